"""One fault in a running command: a signal, a refused write or a pause at the nth file operation.

Python's audit events report each open, rename, link and removal before it happens, whichever
function asks for it, in the process that was started and in all that it forks. `arm` is called in
that process, before the command; from then on every operation below a folder is logged and counted.
Operations of the main process and those of its workers are counted apart.
"""

from __future__ import annotations

import errno
import os
import resource
import signal
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

Who = Literal["main", "worker"]
Action = Literal[
    "none",
    "kill",
    "term",
    "int",
    "kill all",
    "int group",
    "kill parent",
    "term parent",
    "refuse once",
    "refuse writes",
    "refuse all",
    "refuse reads",
    "cut",
    "cut and kill",
    "pause",
    "fill",
]

WENT_ON = "went on"
"""The kind of an event that is none: a worker outlived its parent."""
_FORSAKEN = 15.0
"""Seconds in which a worker has to end with its parent, however busy the machine."""
_FIRST_NUMBERS = 1 << 14
"""More operations than a command on a small archive does."""
_WRITING = os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC | os.O_APPEND
_CHANGES = frozenset({"rename", "remove", "rmdir"})
"""Operations that need no space."""
_PATHS = {
    "os.rename": ("rename", 2),
    "os.remove": ("remove", 1),
    "os.rmdir": ("rmdir", 1),
    "os.mkdir": ("mkdir", 1),
    "os.link": ("link", 2),
    "os.symlink": ("symlink", 2),
    "os.truncate": ("truncate", 1),
    "os.chmod": ("chmod", 1),
}
"""Audit events: the operation, and how many of the arguments are paths."""
_FOLDERS = {"os.remove": 1, "os.rmdir": 1, "os.mkdir": 2}
"""Where an event has the descriptor of the folder that its path is relative to."""


@dataclass(frozen=True)
class Fault:
    """What happens at which operation."""

    action: Action = "none"
    at: int = 0
    """The number of the operation, from 1."""
    who: Who = "main"
    """Whose operations count."""
    error: int = errno.ENOSPC
    """What a refused operation fails with."""
    limit: int = 0
    """Bytes: of a file where writes are `cut`; free on the disk from the operation on (`fill`)."""


@dataclass(frozen=True)
class Event:
    """A file operation."""

    who: Who
    kind: str
    """`read`, `write` (an open for writing), `rename`, `run` (of a program) …"""
    path: str
    """Relative to the folder."""

    def __str__(self) -> str:
        return f"{self.who} {self.kind} {self.path}"


def read_log(data: bytes) -> list[Event]:
    """The operations that a command logged, in order."""
    events = []
    for line in data.decode("utf-8").splitlines():
        who, kind, path = line.split("\t", 2)
        events.append(Event("worker" if who == "worker" else "main", kind, path))
    return events


def arm(fault: Fault, folder: Path, log: int, pause: tuple[int, int]) -> None:
    """Log the operations below a folder from now on, and let the fault happen when it is due.

    `log` is the descriptor of a pipe, as `pause` are: a byte goes into the second, then the process
    waits for one from the first.
    """
    watch = _Watch(fault, folder, log, pause)
    os.register_at_fork(after_in_child=watch.forked)
    sys.addaudithook(watch)


class _Watch:
    """The audit hook."""

    def __init__(self, fault: Fault, folder: Path, log: int, pause: tuple[int, int]) -> None:
        self._fault, self._top, self._pause, self._log = fault, f"{folder}/", pause, log
        self._main = os.getpid()
        self._who: Who = "main"
        # Processes draw numbers from a pipe, so all workers together count once, and one that is
        # killed can't leave a lock behind.
        self._numbers: dict[str, int] = {}
        for kind in ("main", "worker", "read"):
            source, sink = os.pipe()
            os.set_blocking(sink, False)
            os.write(sink, b"".join(n.to_bytes(4, "little") for n in range(1, _FIRST_NUMBERS)))
            os.close(sink)
            self._numbers[kind] = source
        self._is_due = False
        self._filler = folder / "filler"
        self._is_busy = False

    def forked(self) -> None:
        """In a new process: it is a worker."""
        self._who = "worker"

    def __call__(self, event: str, arguments: tuple[Any, ...]) -> None:
        if self._is_busy:
            return
        kind, path = self._operation(event, arguments)
        if not kind:
            return
        self._is_busy = True
        try:
            self._happens(kind, path)
        finally:
            self._is_busy = False

    def _operation(self, event: str, arguments: tuple[Any, ...]) -> tuple[str, str]:
        """The kind and path of an operation below the folder; otherwise empty."""
        if event == "open":
            path, mode, flags = arguments
            is_write = (
                bool(set(mode) & set("wxa+"))
                if isinstance(mode, str)
                else bool(isinstance(flags, int) and flags & _WRITING)
            )
            below = self._below(path)
            return ("write" if is_write else "read", below) if below else ("", "")
        if event == "subprocess.Popen":
            return "run", Path(os.fsdecode(arguments[0])).name
        if event not in _PATHS:
            return "", ""
        kind, count = _PATHS[event]
        folder = arguments[_FOLDERS[event]] if event in _FOLDERS else -1
        for path in arguments[:count]:
            below = self._below(path, folder if isinstance(folder, int) else -1)
            if below:
                return kind, below
        return "", ""

    def _below(self, path: Any, folder: int = -1) -> str:
        if not isinstance(path, str | bytes | os.PathLike):
            return ""
        name = os.fsdecode(path)
        if folder >= 0:
            try:
                name = os.path.join(os.readlink(f"/proc/self/fd/{folder}"), name)  # noqa: PTH115,PTH118
            except OSError:
                return ""
        name = os.path.abspath(name)  # noqa: PTH100 - no system call, so no event
        return name.removeprefix(self._top) if name.startswith(self._top) else ""

    def _happens(self, kind: str, path: str) -> None:
        os.write(self._log, f"{self._who}\t{kind}\t{path}\n".encode("utf-8", "replace"))
        fault = self._fault
        if fault.action == "refuse reads":
            if kind == "read" and self._who == fault.who and self._number("read") == fault.at:
                raise self._error(path)
            return
        if kind == "read" or fault.action == "none":
            return
        if self._who == fault.who and not self._is_due:
            number = self._number(self._who)
            self._is_due = number >= fault.at if fault.action in _LASTING else number == fault.at
            if self._is_due and fault.action in _ACTIONS:
                _ACTIONS[fault.action](self)
            if self._is_due and fault.action == "refuse once":
                raise self._error(path)
        elif self._is_due and fault.action == "fill":
            self._filler.unlink(missing_ok=True)
        if self._is_due and (
            fault.action == "refuse all"
            or (fault.action == "refuse writes" and kind not in {*_CHANGES, "run"})
        ):
            raise self._error(path)

    def _number(self, kind: str) -> int:
        drawn = os.read(self._numbers[kind], 4)
        return int.from_bytes(drawn, "little") if drawn else _FIRST_NUMBERS

    def _error(self, path: str) -> OSError:
        number = self._fault.error
        return OSError(number, os.strerror(number), f"{self._top}{path}")

    # --- actions

    def kill(self) -> None:
        os.kill(os.getpid(), signal.SIGKILL)

    def term(self) -> None:
        os.kill(os.getpid(), signal.SIGTERM)

    def interrupt(self) -> None:
        os.kill(os.getpid(), signal.SIGINT)

    def kill_all(self) -> None:
        """As a container's end does; a worker that starts programs leads a group with them."""
        os.killpg(self._main, signal.SIGKILL)
        os.killpg(0, signal.SIGKILL)

    def interrupt_group(self) -> None:
        """As a terminal does: workers with groups of their own don't get the signal."""
        os.killpg(self._main, signal.SIGINT)

    def kill_parent(self) -> None:
        self._end_parent(signal.SIGKILL)

    def term_parent(self) -> None:
        self._end_parent(signal.SIGTERM)

    def _end_parent(self, number: signal.Signals) -> None:
        """Send a signal to the main process, and wait here for the end that comes with it."""
        os.kill(self._main, number)
        end = time.monotonic() + _FORSAKEN
        while time.monotonic() < end:
            time.sleep(0.005)
        os.write(self._log, f"{self._who}\t{WENT_ON}\t\n".encode())

    def cut(self) -> None:
        """From now on no file may grow beyond the limit: a write stops midway."""
        _, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
        resource.setrlimit(resource.RLIMIT_FSIZE, (self._fault.limit, hard))

    def cut_and_kill(self) -> None:
        """As `cut`, and the process that writes beyond is killed midway."""
        signal.signal(signal.SIGXFSZ, signal.SIG_DFL)
        self.cut()

    def pause(self) -> None:
        ours, theirs = self._pause
        os.write(theirs, b"1")
        os.read(ours, 1)

    def fill(self) -> None:
        """Fill the disk but for some bytes, until this process touches it again."""
        fill(self._filler, self._fault.limit)


_LASTING = frozenset({"refuse writes", "refuse all"})
_ACTIONS: dict[str, Callable[[_Watch], None]] = {
    "kill": _Watch.kill,
    "term": _Watch.term,
    "int": _Watch.interrupt,
    "kill all": _Watch.kill_all,
    "int group": _Watch.interrupt_group,
    "kill parent": _Watch.kill_parent,
    "term parent": _Watch.term_parent,
    "cut": _Watch.cut,
    "cut and kill": _Watch.cut_and_kill,
    "pause": _Watch.pause,
    "fill": _Watch.fill,
}


def fill(filler: Path, free: int) -> None:
    """Make a file so large that the disk has this many bytes left."""
    status = os.statvfs(filler.parent)
    size = status.f_bavail * status.f_frsize - free
    if size > 0:
        with filler.open("wb") as file:
            os.posix_fallocate(file.fileno(), 0, size)
