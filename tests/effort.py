"""Work and memory, measured alike on a busy machine and on a quiet one."""

from __future__ import annotations

import time
import tracemalloc
from collections.abc import Callable, Iterator
from contextlib import contextmanager

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
