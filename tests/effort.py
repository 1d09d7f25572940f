"""Work and memory, measured alike on a busy machine and on a quiet one."""

from __future__ import annotations

import subprocess
import sys
import tempfile
import time
import tracemalloc
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

from tests.archives import ROOT

MAX_SECONDS = 10


@contextmanager
def little_work() -> Iterator[None]:
    """Fails if the processor works on a block for longer than `MAX_SECONDS` seconds.

    The tested code takes well below a second; if its time grew quadratically or exponentially with
    its input, it would take minutes.
    """
    before = time.process_time()
    yield
    assert time.process_time() - before < MAX_SECONDS


def peak_memory(work: Callable[[], object]) -> int:
    """The most bytes that a work held at a time, of two runs the one with less.

    Tables of the whole process, such as that of Python's strings, double now and then: what falls
    into one run isn't the work's.
    """
    return min(_peak_memory(work) for _ in range(2))


def _peak_memory(work: Callable[[], object]) -> int:
    tracemalloc.start()
    try:
        work()
        return tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()


class Done(NamedTuple):
    """A command that has ended."""

    code: int
    said: str
    """What it printed, on both streams."""
    megabytes: int
    """The most memory that it had at a time."""


_MEASURE = """
import resource, subprocess, sys
code = subprocess.call(sys.argv[2:])
used = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss
open(sys.argv[1], "w").write(f"{code} {used}")
"""


def measured_command(*arguments: str | Path) -> Done:
    """Run `python -m generator` in a process of its own, and measure its memory.

    A small process starts it: the system counts the memory of who starts a process as the process's
    own.
    """
    with tempfile.TemporaryDirectory() as folder:
        found = Path(folder, "found")
        command = [sys.executable, "-m", "generator", *map(str, arguments)]
        done = subprocess.run(
            [sys.executable, "-c", _MEASURE, found, *command],
            cwd=ROOT,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            check=True,
        )
        code, used = map(int, found.read_text().split())
    unit = 1 << 20 if sys.platform == "darwin" else 1 << 10
    return Done(code, done.stdout, used // unit)
