"""What a build remembers for the next one, and whether the site is still that build's.

Takes folders, gives a `PreviousBuild`. Loads little, so that the scan of the disk, in a process of
its own, begins before everything else is loaded.
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
    """Changes with the settings that every page depends on, and with the shard."""
    mark: str
    """The site's."""
    batches: dict[str, BatchRecord]
    """By name."""
    frame: CachedFrame
    weights: Weights
    """Of everything but the search index."""


class PreviousBuild(NamedTuple):
    """What the previous build left."""

    cache: Cache
    state: BuildState | None
    """None if the site isn't that build's, or isn't to be trusted."""
    difference: Callable[[], DiskDifference | None]
    """Waits for the scan of the disk; None if there is nothing to compare with."""


@contextlib.contextmanager
def without_collecting() -> Iterator[None]:
    """Switch off Python's garbage collection of circles: an archive has none, and it takes long.

    What was loaded is left out of later collections, too.
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
    """Read what the cache has of the previous build, and scan its site meanwhile.

    Restores a site that an interrupted build left aside. Raises UsageError for a folder that is no
    site, OutsideError.
    """
    staging.check_site(site)
    cache = Cache(folder, toolchain.fingerprint(project))
    with without_collecting():
        known = _remembered(cache, site) if is_trusted else None
        with parallel.beside(partial(_scan, known, docs, site), jobs if known else 1) as found:
            yield PreviousBuild(cache, known, found)


def keep(cache: Cache, state: BuildState) -> None:
    """Store the state for the next build."""
    cache.write(_NAME, state)


def _remembered(cache: Cache, site: Path) -> BuildState | None:
    """The state of the previous build, if the site is still that build's."""
    state = cache.read(_NAME, BuildState)
    return state if state and state.mark == staging.mark_of(site) else None


def _scan(known: BuildState | None, docs: Path, site: Path) -> DiskDifference | None:
    """How the disk differs from what the previous build left."""
    if known is None:
        return None
    index = f"{paths.SEARCH_INDEX}/{paths.SEARCH_LISTING}"
    return disk_scan.scan(docs, site, known.batches, (*known.frame.files, index))
