"""A bound on work that is the same on a busy machine: seconds of the processor."""

from __future__ import annotations

import time
from collections.abc import Iterator
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
