"""Runs the command in forked processes, with a fault, and says how each ended.

The libraries are loaded once, in the process that forks; a forked process then runs the same
`generator.__main__.main` as the command. Each has a session of its own, so what it started is known
and can be ended.
"""

from __future__ import annotations

import contextlib
import ctypes
import os
import select
import signal
import sys
import tempfile
import time
import traceback
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from importlib import import_module
from io import BufferedWriter, FileIO, TextIOWrapper
from pathlib import Path
from pkgutil import walk_packages

import generator
from generator.site import mkdocs_site
from tests.archives import ROOT
from tests.faults.fault import WENT_ON, Event, Fault, arm, read_log

HANGS = 300.0
"""Seconds after which a command is taken to never end, however busy the machine."""
GRACE = 30.0
"""Seconds in which processes that lost their parent have to be gone."""
_PR_SET_PDEATHSIG, _PR_SET_CHILD_SUBREAPER = 1, 36
_OPTIONAL = ("generator.archive.tag_model",)


def load_libraries() -> None:
    """Import what commands import, so that a forked process needn't."""
    for module in walk_packages(generator.__path__, "generator."):
        if not module.name.endswith("__main__") and module.name not in _OPTIONAL:
            import_module(module.name)
    import_module("generator.__main__")
    import_module("pagefind.service")
    if sys.platform == "linux":
        # Processes whose parent was killed become ours, so they don't stay as zombies.
        ctypes.CDLL(None).prctl(_PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)


def end_with_parent() -> None:
    """Let this process be killed when the one that forked it ends, where the system can do that."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)


@dataclass(frozen=True)
class Ended:
    """How a command ended, and what it left running."""

    arguments: Sequence[str]
    code: int
    """Negative: the signal that ended it."""
    out: str
    err: str
    troubles: tuple[str, ...] = ()
    """Processes that survived, pipes that stayed open, or that it never ended."""
    events: list[Event] = field(default_factory=list)

    @property
    def said(self) -> str:
        return f"{self.out}\n{self.err}".strip()


class Running:
    """A command that was started; its folder is where its operations count."""

    def __init__(
        self,
        arguments: Sequence[str | Path],
        folder: Path,
        fault: Fault | None = None,
        environment: Mapping[str, str] | None = None,
    ) -> None:
        self.arguments, self.folder = list(map(str, arguments)), folder
        pipes = [os.pipe() for _ in range(5)]
        (out, out_sink), (err, err_sink), (log, log_sink), (self._paused, paused_sink), _ = pipes
        go, self._go = pipes[-1]
        sys.stdout.flush()
        sys.stderr.flush()
        self.pid = os.fork()
        if not self.pid:
            for mine in (out, err, log, self._paused, self._go):
                os.close(mine)
            os.dup2(out_sink, 1)
            os.dup2(err_sink, 2)
            os.close(out_sink)
            os.close(err_sink)
            _become(self.arguments, environment or {})
            arm(fault or Fault(), folder, log_sink, (go, paused_sink))
            _run()
        for theirs in (out_sink, err_sink, log_sink, paused_sink, go):
            os.close(theirs)
        self._out, self._err, self._log = out, err, log
        self._outputs = {out: bytearray(), err: bytearray(), log: bytearray()}
        self._open = set(self._outputs)
        self._status: int | None = None
        self._is_paused = False

    # --- waiting

    def pause(self) -> bool:
        """Wait until the command pauses; False if it ended before."""
        self._wait(lambda: self._is_paused or self._has_ended(), HANGS)
        return self._is_paused

    def proceed(self) -> None:
        """Let a paused command go on."""
        with contextlib.suppress(BrokenPipeError):
            os.write(self._go, b"1")

    def says(self, *texts: str, seconds: float = HANGS) -> bool:
        """Wait until the command has printed one of these texts; False if it ended before."""

        def has_said() -> bool:
            said = self._outputs[self._out] + self._outputs[self._err]
            return any(text.encode() in said for text in texts)

        self._wait(lambda: has_said() or self._has_ended(), seconds)
        return has_said()

    def ends(self, seconds: float) -> bool:
        """Wait for the end; False if time is up."""
        self._wait(self._has_ended, seconds)
        return self._has_ended()

    def send(self, number: signal.Signals) -> None:
        """Send a signal to the main process."""
        if not self._has_ended():
            os.kill(self.pid, number)

    def finish(self) -> Ended:
        """Wait for the end, and for whatever it started."""
        troubles: list[str] = []
        if not self.ends(HANGS):
            troubles.append(f"it did not end within {HANGS:.0f} s")
            os.killpg(self.pid, signal.SIGKILL)
            self.ends(HANGS)
        self._wait(lambda: not self._group_lives(), GRACE)
        if self._group_lives():
            troubles.append(f"a process lived on for {GRACE:.0f} s after the command had ended")
            with contextlib.suppress(ProcessLookupError):
                os.killpg(self.pid, signal.SIGKILL)
        else:
            self._wait(lambda: not self._open, GRACE)
            if self._open:
                troubles.append("a pipe of its output stayed open")
        self._wait(lambda: not self._group_lives() and not self._open, GRACE)
        for number in (self._out, self._err, self._log, self._paused, self._go):
            os.close(number)
        assert self._status is not None
        events = read_log(bytes(self._outputs[self._log]))
        if any(each.kind == WENT_ON for each in events):
            troubles.append("a worker went on after its parent had been ended")
        return Ended(
            self.arguments,
            os.waitstatus_to_exitcode(self._status),
            self._outputs[self._out].decode("utf-8", "replace"),
            self._outputs[self._err].decode("utf-8", "replace"),
            tuple(troubles),
            events,
        )

    def _wait(self, until: Callable[[], bool], seconds: float) -> None:
        end = time.monotonic() + seconds
        pause = 0.001
        while not until() and time.monotonic() < end:
            watched = [*self._open, *([] if self._is_paused else [self._paused])]
            ready, _, _ = select.select(watched, [], [], pause)
            pause = min(0.02, pause * 1.5)
            for number in ready:
                data = os.read(number, 1 << 16)
                if number == self._paused:
                    self._is_paused = True
                elif data:
                    self._outputs[number] += data
                else:
                    self._open.discard(number)

    def _has_ended(self) -> bool:
        if self._status is None:
            pid, status = os.waitpid(self.pid, os.WNOHANG)
            if pid:
                self._status = status
        return self._status is not None

    def _group_lives(self) -> bool:
        """Whether a process of the command's session is there, after reaping those that ended."""
        with contextlib.suppress(ChildProcessError):
            while os.waitpid(-self.pid, os.WNOHANG)[0]:
                pass
        try:
            os.killpg(self.pid, 0)
        except (ProcessLookupError, PermissionError):
            return False
        return True


def call(
    arguments: Sequence[str | Path],
    folder: Path,
    fault: Fault | None = None,
    environment: Mapping[str, str] | None = None,
) -> Ended:
    """Run a command to its end."""
    return Running(arguments, folder, fault, environment).finish()


def _become(arguments: list[str], environment: Mapping[str, str]) -> None:
    """Let a forked process be as the command's own process is when it starts."""
    os.setsid()
    null = os.open(os.devnull, os.O_RDONLY)
    os.dup2(null, 0)
    os.close(null)
    os.chdir(ROOT)
    for name in list(os.environ):
        if name.startswith(("PAPER_ARCHIVE_", "GITHUB_", "PYTEST_")) or name == "CI":
            del os.environ[name]
    os.environ.update(environment)
    tempfile.tempdir = None
    # Those of before know what kind of file they wrote to.
    sys.stdout = TextIOWrapper(BufferedWriter(FileIO(1, "w", closefd=False)), "utf-8")
    sys.stderr = TextIOWrapper(
        BufferedWriter(FileIO(2, "w", closefd=False)), "utf-8", line_buffering=True
    )
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    signal.signal(signal.SIGINT, signal.default_int_handler)
    sys.argv = ["paper-archive", *arguments]
    mkdocs_site.PORT = 0  # any free one: others may serve on this machine


def _run() -> None:
    """Run the command, and end as the interpreter would."""
    code = 1
    try:
        from generator.__main__ import main

        main()
    except SystemExit as ending:
        code = ending.code if isinstance(ending.code, int) else int(ending.code is not None)
    except BaseException:  # noqa: BLE001 - as the interpreter does
        traceback.print_exc()
    finally:
        with contextlib.suppress(OSError, ValueError):
            sys.stdout.flush()
            sys.stderr.flush()
        os._exit(code)
