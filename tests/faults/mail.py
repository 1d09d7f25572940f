"""A mail server in a process of its own, which notes in files what it took.

It can also stop the client just before or after it takes a message, when no file operation shows
where the client is.
"""

from __future__ import annotations

import json
import os
import shutil
import signal
import tempfile
import time
from collections.abc import Mapping
from pathlib import Path

from tests.faults.process import end_with_parent
from tests.postbox import Postbox, serving

_WAIT = 10.0
"""Seconds to wait for the client's number to become known."""
_servers: dict[int, MailServer] = {}
"""By process: one that was forked starts its own."""


class MailServer:
    """A server, seen from the process that started it."""

    def __init__(self) -> None:
        self._folder = Path(tempfile.mkdtemp(prefix="mail-"))
        source, sink = os.pipe()
        self._pid = os.fork()
        if not self._pid:
            end_with_parent()
            try:
                with serving(_Filing(self._folder)) as environment:
                    os.write(sink, json.dumps(environment).encode())
                    os.close(sink)
                    signal.pause()
            finally:
                os._exit(0)
        os.close(sink)
        with os.fdopen(source, "rb") as pipe:
            self.environment: Mapping[str, str] = json.loads(pipe.read())

    def empty(self) -> None:
        """Forget what came so far."""
        for path in self._folder.iterdir():
            path.unlink()

    def to(self) -> list[str]:
        """The recipients of what came, in order."""
        return [path.read_text() for path in sorted(self._folder.glob("*.to"))]

    def stop_client(self, at: int, number: signal.Signals) -> None:
        """Send a signal at an odd moment before, at an even one after a message is taken."""
        (self._folder / "stop").write_text(f"{at} {int(number)}")

    def client_is(self, pid: int) -> None:
        """Say which process to stop."""
        part = self._folder / "pid.part"
        part.write_text(str(pid))
        part.rename(self._folder / "pid")

    def close(self) -> None:
        """End the server."""
        os.kill(self._pid, signal.SIGKILL)
        os.waitpid(self._pid, 0)
        shutil.rmtree(self._folder, ignore_errors=True)


def server() -> MailServer:
    """This process's server, started on first use."""
    if os.getpid() not in _servers:
        _servers[os.getpid()] = MailServer()
    return _servers[os.getpid()]


def close() -> None:
    """End this process's server, if it has one."""
    if running := _servers.pop(os.getpid(), None):
        running.close()


class _Filing(Postbox):
    """A postbox whose messages are files."""

    def __init__(self, folder: Path) -> None:
        super().__init__()
        self._folder = folder

    def _die(self, where: str, _server: object) -> None:
        if where == "after":
            number = len(list(self._folder.glob("*.to"))) + 1
            (self._folder / f"{number:04}.to").write_text(self.messages[-1][0])
            self._stop(2 * number)
        if where == "before":
            self._stop(2 * len(list(self._folder.glob("*.to"))) + 1)

    def _stop(self, moment: int) -> None:
        order = self._folder / "stop"
        if not order.exists():
            return
        at, number = map(int, order.read_text().split())
        if at == moment:
            order.unlink()
            end = time.monotonic() + _WAIT
            while not (self._folder / "pid").exists() and time.monotonic() < end:
                time.sleep(0.01)
            os.kill(int((self._folder / "pid").read_text()), number)
            time.sleep(0.05)  # let it arrive before the answer does
