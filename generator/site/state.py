"""What a build remembers of the site it left, and whether the site is still as it was.

Takes folders, gives a `State` and how the disk differs from it. Loads little, so that the look at
the disk, in a process of its own, begins before all else is loaded.
"""

from __future__ import annotations

import contextlib
import gc
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import NamedTuple

from msgspec import Struct

from generator.core import parallel, paths, toolchain
from generator.core.cache import Cache
from generator.site import disk_scan, staging
from generator.site.disk_scan import DiskDifference
from generator.site.frame import CachedFrame
from generator.site.plan import BatchRecord
from generator.site.size_budget import Weights

_NAME = "site"


class BuildState(Struct, frozen=True):
    """What a build remembers for the next one."""

    key: bytes
    mark: str
    batches: dict[str, BatchRecord]
    """By name."""
    frame: CachedFrame
    weights: Weights
    """Of all but the search index."""


class PreviousBuild(NamedTuple):
    """What the last build left."""

    cache: Cache
    state: BuildState | None
    """None where the site isn't that build's, or isn't to be trusted."""
    difference: Callable[[], DiskDifference | None]
    """Waits for how the disk differs from it."""


@contextlib.contextmanager
def without_collecting() -> Iterator[None]:
    """Spare Python its search for circles: an archive has none, and the search takes half the time.

    What was loaded is left out of later searches too.
    """
    gc.disable()
    try:
        yield
    finally:
        gc.freeze()
        gc.enable()


@contextlib.contextmanager
def previous_build(
    project: Path, docs: Path, site: Path, folder: Path | None, jobs: int, *, is_trusted: bool
) -> Iterator[PreviousBuild]:
    """Look at the site of a project, and what is kept of it in a folder of the cache.

    Puts an old site back that an interrupted build left aside. Raises UsageError for a folder that
    is no site, OutsideError.
    """
    staging.check_site(site)
    cache = Cache(folder, toolchain.fingerprint(project))
    with without_collecting():
        known = _remembered(cache, site) if is_trusted else None
        with parallel.beside(partial(_look, known, docs, site), jobs if known else 1) as found:
            yield PreviousBuild(cache, known, found)


def keep(cache: Cache, state: BuildState) -> None:
    """Remember a state for the next build."""
    cache.write(_NAME, state)


def _remembered(cache: Cache, site: Path) -> BuildState | None:
    """What the last build left, if the site is still that build's."""
    state = cache.read(_NAME, BuildState)
    return state if state and state.mark == staging.mark_of(site) else None


def _look(known: BuildState | None, docs: Path, site: Path) -> DiskDifference | None:
    """Whether what the last build left is still as it was."""
    if known is None:
        return None
    index = f"{paths.SEARCH_INDEX}/{paths.SEARCH_LISTING}"
    return disk_scan.scan(docs, site, known.batches, (*known.frame.files, index))
