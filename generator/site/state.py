"""What a build remembers for the next one, and whether the site is still that build's.

Takes folders, gives a `PreviousBuild`. Loads little, so that the scan of the disk, in a process of
its own, begins before everything else is loaded.
"""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import NamedTuple

from msgspec import Struct

from generator.core import garbage_collection, lock, parallel, paths, toolchain
from generator.core.cache import Cache
from generator.render.search import index_record
from generator.render.search.index_record import StampedBundle
from generator.site import disk_scan, staging
from generator.site.disk_scan import DiskDifference
from generator.site.frame import CachedFrame
from generator.site.options import BuildOptions, Folders
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
    index: dict[str, StampedBundle]
    """Bundles of the search index, by name."""


class DiskFindings(NamedTuple):
    """What a scan of the disk found."""

    difference: DiskDifference
    """From what the previous build left."""
    bundles: dict[str, StampedBundle]
    """Bundles of the search index that are as it left them, by name."""


class PreviousBuild(NamedTuple):
    """What the previous build left."""

    cache: Cache
    state: BuildState | None
    """None if the site isn't that build's, or isn't to be trusted."""
    findings: Callable[[], DiskFindings | None]
    """Waits for the scan of the disk; None if there is nothing to compare with."""


@contextlib.contextmanager
def previous_build(folders: Folders, options: BuildOptions) -> Iterator[PreviousBuild]:
    """Read what the cache has of the previous build, and scan its site meanwhile.

    Keeps other commands out of docs/ and the site until the end. Restores a site that an
    interrupted build left aside. Raises UsageError for a folder that is no site, OutsideError.
    """
    folders.check()
    doing = f"the build of {folders.site}"
    with (
        lock.writing(folders.docs, doing, options.wait),
        lock.writing(folders.site, doing, options.wait),
        garbage_collection.paused(),
    ):
        staging.check_site(folders.site)
        cache = Cache(folders.cache, toolchain.fingerprint(folders.project))
        known = None if options.full else _remembered(cache, folders.site)
        scan = partial(_scan, known, folders.docs, folders.site)
        with parallel.beside(scan, options.jobs if known else 1) as found:
            yield PreviousBuild(cache, known, found)


def keep(cache: Cache, state: BuildState) -> None:
    """Store the state for the next build."""
    cache.write(_NAME, state)


def _remembered(cache: Cache, site: Path) -> BuildState | None:
    """The state of the previous build, if the site is still that build's."""
    state = cache.read(_NAME, BuildState)
    return state if state and state.mark == staging.mark_of(site) else None


def _scan(known: BuildState | None, docs: Path, site: Path) -> DiskFindings | None:
    """How the disk differs from what the previous build left."""
    if known is None:
        return None
    listing = f"{paths.SEARCH_INDEX}/{paths.SEARCH_LISTING}"
    difference = disk_scan.scan(docs, site, known.batches, (*known.frame.files, listing))
    if difference is None:
        return None
    return DiskFindings(difference, index_record.unchanged(site / paths.SEARCH_INDEX, known.index))
