"""Work and memory, measured so that a busy machine and the tests before make no difference."""

from __future__ import annotations

import time
import tracemalloc
from collections.abc import Callable, Iterator
from contextlib import contextmanager

MOST = 10


@contextmanager
def little_work() -> Iterator[None]:
    """Fails where the processor works on a block for longer than `MOST` seconds.

    What is held to it takes well below one; where its time grows with the square of what it is
    given, or by powers, it takes minutes.
    """
    before = time.process_time()
    yield
    assert time.process_time() - before < MOST


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
