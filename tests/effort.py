"""A limit on processor time, which is the same on a busy machine."""

from __future__ import annotations

import time
from collections.abc import Iterator
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
