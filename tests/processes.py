"""Processes that tests start, watch, signal and kill."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

from tests.archives import ROOT

T = TypeVar("T")
LONG = 120
"""Seconds: ends what hangs, on the busiest machine."""


def start(*arguments: str | Path, script: str = "", **environment: str) -> subprocess.Popen[str]:
    """Start the command, or a script in Python, where `mkdocs.yml` is; its output goes to pipes.

    A shell ignores Ctrl-C for what runs in the background, as a suite may: not so here.
    """
    run = ["-c", script] if script else ["-m", "generator"]
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    try:
        return subprocess.Popen(
            [sys.executable, *run, *map(str, arguments)],
            cwd=ROOT,
            env=os.environ | environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
    finally:
        signal.signal(signal.SIGINT, before)


def until(is_so: Callable[[], T]) -> T:
    """Wait for a state; gives what the function gives."""
    end = time.monotonic() + LONG
    while not (found := is_so()):
        assert time.monotonic() < end
        time.sleep(0.01)
    return found


def below(process: int, name: str = "") -> list[int]:
    """All processes that a process has started, and those that these have started.

    With a name, only those whose command line has it.
    """
    found = [process]
    for each in found:
        found += _children(each)
    return [each for each in found[1:] if not name or name in _command(each)]


def _children(process: int) -> list[int]:
    listed = Path(f"/proc/{process}/task/{process}/children")
    if Path("/proc/self/task").exists():  # quick enough to see what lives for some milliseconds
        try:
            return [each for each in map(int, listed.read_text().split()) if _command(each)]
        except OSError:
            return []
    rows = (line.split() for line in _ps("-A", "-o", "pid=,ppid=,stat=").splitlines())
    return [int(own) for own, parent, stat in rows if int(parent) == process and stat[0] != "Z"]


def _command(process: int) -> str:
    """The command line of a process; empty if it has ended."""
    try:
        return Path(f"/proc/{process}/cmdline").read_text()
    except OSError:
        return _ps("-o", "args=", "-p", str(process))


def _ps(*arguments: str) -> str:
    return subprocess.run(["ps", *arguments], capture_output=True, text=True, check=False).stdout


def is_running(process: int) -> bool:
    """Whether a process runs; one that has ended may still wait for its parent to notice."""
    stat = _ps("-o", "stat=", "-p", str(process)).strip()
    return bool(stat) and not stat.startswith("Z")


def said_to_the_end(process: subprocess.Popen[str], seconds: float = LONG) -> tuple[str, str]:
    """What a process said, once nobody holds its output any more. Fails if that takes longer."""
    return process.communicate(timeout=seconds)


def kill(*processes: int) -> None:
    """Kill what a test started and may have left."""
    for each in processes:
        try:
            os.kill(each, signal.SIGKILL)
        except ProcessLookupError:
            continue
