"""What asks the program to end (Ctrl-C, SIGTERM, SIGHUP), as an exception, a message, an exit code.

Takes signals, raises an `Interruption` where the program is, so that everything half done is undone
as by any error. While one is on its way, further signals change nothing: impatience must not stop
what is being undone. Loads as little as possible, since it comes before everything else.
"""

from __future__ import annotations

import signal
import sys
import weakref

SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


class Interruption(KeyboardInterrupt):
    """The program was asked to end by a signal."""

    def __init__(self, number: int) -> None:
        super().__init__(number)
        self.number = number


_latest: weakref.ref[Interruption] | None = None
"""Alive as long as it is on its way. What somebody swallowed is gone, and can be raised again."""
_kept: list[BaseException] = []
"""An interruption that was reported: nothing interrupts the end of the program."""


def catch() -> None:
    """Turn signals into exceptions, except those that this process was started to ignore."""
    for number in SIGNALS:
        if signal.getsignal(number) is not signal.SIG_IGN:
            signal.signal(number, _raise)
    sys.unraisablehook = _raise_later


def _raise(number: int, _frame: object) -> None:
    global _latest  # noqa: PLW0603 - there is one main thread, and signals come to it
    if _latest is None or _latest() is None:
        error = Interruption(number)
        _latest = weakref.ref(error)
        try:
            raise error
        finally:
            del error  # with it, this frame and the error would keep each other alive


def _raise_later(lost: sys.UnraisableHookArgs) -> None:
    """Where nothing can be raised, as while Python frees an object, wait until it can be."""
    if isinstance(lost.exc_value, Interruption):
        number = lost.exc_value.number
        signal.signal(signal.SIGALRM, lambda _number, frame: _raise(number, frame))
        signal.setitimer(signal.ITIMER_REAL, 0.01)
    else:
        sys.__unraisablehook__(lost)


def ignore() -> None:
    """Let no signal end the program any more: its work is done."""
    for number in SIGNALS:
        signal.signal(number, signal.SIG_IGN)


def is_ctrl_c(error: KeyboardInterrupt) -> bool:
    """Whether somebody at the keyboard asked for the end."""
    return _number(error) == signal.SIGINT


def report(error: KeyboardInterrupt) -> int:
    """Say why the program ends; gives its exit code, 128 and the signal's number."""
    _kept.append(error)
    said = "interrupted" if is_ctrl_c(error) else "terminated"
    try:  # noqa: SIM105 - contextlib would be loaded before anything is caught
        sys.stderr.write(f"paper-archive: {said}; no file is half-written\n")
    except OSError:  # the terminal is gone
        pass
    return 128 + _number(error)


def _number(error: KeyboardInterrupt) -> int:
    return error.number if isinstance(error, Interruption) else signal.SIGINT


def only_terminate() -> None:
    """In a process that works for another one: only SIGTERM ends it, as an exception.

    Ctrl-C reaches all processes of a terminal; the one that started the others ends them.
    """
    for number in SIGNALS:
        signal.signal(number, _raise if number == signal.SIGTERM else signal.SIG_IGN)
    signal.pthread_sigmask(signal.SIG_UNBLOCK, SIGNALS)
