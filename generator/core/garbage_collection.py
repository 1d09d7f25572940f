"""Python's cyclic garbage collector, switched off while an archive is in memory.

Takes and gives nothing. Frees no memory itself.
"""

from __future__ import annotations

import contextlib
import gc
from collections.abc import Iterator


@contextlib.contextmanager
def paused() -> Iterator[None]:
    """Switch off the collector: an archive has no reference cycles, and looking for them is slow.

    What was loaded is left out of later collections, too.
    """
    gc.disable()
    try:
        yield
    finally:
        gc.freeze()
        gc.enable()
