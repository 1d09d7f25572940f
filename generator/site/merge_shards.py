"""Merges the shards of a site, built by several machines, into one site.

Takes folders made by `build --shard`, writes one site with the same bytes as a single build makes.
Knows nothing of what is in the files, except for the records of the search index.
"""

from __future__ import annotations

import contextlib
import os
import re
import shutil
import stat
from collections.abc import Iterator, Sequence
from itertools import chain
from pathlib import Path

from generator.core import files, lock, paths
from generator.core.errors import UsageError
from generator.render.search import index_record
from generator.site import size_budget, staging
from generator.site.size_budget import Weights

_MARK = re.compile(r"([0-9a-f]+) (\d+)/(\d+)")
_OF_EACH_SHARD = {Path(staging.MARK), Path(paths.SEARCH_INDEX, paths.SEARCH_RECORD)}
"""Files that each shard has; the merged site gets its own."""


def mark(site_digest: str, shard: tuple[int, int]) -> str:
    """The mark of a shard: the digest of the whole site, and the shard, unless it is all of it."""
    number, of = shard
    return site_digest if of == 1 else f"{site_digest} {number}/{of}"


def merge_shards(shards: Sequence[Path], site: Path, wait: float = 0) -> Weights:
    """Make a site from the folders of all its shards; gives its weights.

    Waits so many seconds for other commands that use the folders. Raises UsageError for shards that
    don't belong together, OutsideError.
    """
    _refuse_nested(shards, site)  # before it would wait for itself
    with contextlib.ExitStack() as stack:
        stack.enter_context(lock.writing(site, f"the merge of shards into {site}", wait))
        for shard in shards:
            stack.enter_context(lock.reading(shard, wait))
        staging.check_site(site)
        site_digest = _site_digest(shards)
        stage = stack.enter_context(staging.staged(site))
        weights = size_budget.weigh(chain.from_iterable(_copy(shard, stage) for shard in shards))
        _merge_index(shards, stage)
        staging.replace(site, stage, site_digest)
    return weights


def _refuse_nested(shards: Sequence[Path], site: Path) -> None:
    """Refuse shards that the site would replace."""
    place = site.resolve()
    for shard in shards:
        if place in (shard.resolve(), *shard.resolve().parents):
            raise UsageError(f"{shard} is in the merged site: pass another folder with --site")


def _site_digest(shards: Sequence[Path]) -> str:
    """The digest of the whole site in the marks of its shards, which must all be of one site."""
    by_number: dict[int, Path] = {}
    sites: set[tuple[str, int]] = set()
    for shard in shards:
        marked = _MARK.fullmatch(staging.mark_of(shard))
        if not marked:
            raise UsageError(f"{shard} is not a shard of a site: pass folders made with --shard")
        number = int(marked[2])
        if number in by_number:
            raise UsageError(
                f"{shard} and {by_number[number]} are both shard {number}: pass each shard once"
            )
        by_number[number] = shard
        sites.add((marked[1], int(marked[3])))
    if len(sites) != 1:
        raise UsageError(
            "the shards are not of one site: build all of them from the same content, with the "
            "same tools, and with the same number after the slash of --shard"
        )
    ((site_digest, of),) = sites
    missing = [str(number) for number in range(1, of + 1) if number not in by_number]
    if missing:
        raise UsageError(f"of {of} shards these are missing: {', '.join(missing)}")
    return site_digest


def _copy(shard: Path, stage: Path) -> Iterator[tuple[str, int]]:
    """Copy the files of a shard into the stage; gives the path and bytes of each."""
    for name in _names(shard):
        target = stage / name
        if target.exists():
            raise UsageError(f"{shard} and another shard both have {name}: build both again")
        with files.outside(f"cannot write {target}"):
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(shard / name, target)
            size = target.stat().st_size
        yield name.as_posix(), size


def _merge_index(shards: Sequence[Path], stage: Path) -> None:
    """Write the record of the index in the stage, once each of its bundles is found to be whole."""
    index = stage / paths.SEARCH_INDEX
    records = {shard: index_record.read(shard / paths.SEARCH_INDEX) for shard in shards}
    merged = {name: each for found in records.values() for name, each in found.items()}
    recorded = {name: each.inputs[: index_record.LISTED] for name, each in merged.items()}
    different = recorded.items() ^ index_record.listed(index).items()
    if different:
        names = ", ".join(sorted({name for name, _ in different}))
        raise UsageError(
            f"parts of the search index are missing or damaged in the shards ({names}): build all "
            "shards again, either all of them with --no-search or none"
        )
    for shard, bundles in records.items():
        for name, bundle in bundles.items():
            if not index_record.verified(index / name, bundle):
                raise UsageError(
                    f"{shard / paths.SEARCH_INDEX / name} was changed or damaged after it was "
                    "built: build this shard again"
                )
    if merged:
        files.write(index / paths.SEARCH_RECORD, index_record.encoded(merged))


def _names(shard: Path) -> Iterator[Path]:
    """The files of a shard but its mark; refuses links, pipes and so on, which no build makes."""
    with files.outside(f"cannot read {shard}"):
        for folder, folders, names in os.walk(shard, onerror=_raise):
            below = Path(folder).relative_to(shard)
            for name in (*folders, *names):
                mode = os.lstat(Path(folder, name)).st_mode
                if not stat.S_ISDIR(mode) and not stat.S_ISREG(mode):
                    raise UsageError(
                        f"{Path(folder, name)} is no file or folder, but a link or a pipe: "
                        "build the shard again"
                    )
            yield from (below / name for name in names if below / name not in _OF_EACH_SHARD)


def _raise(error: OSError) -> None:
    raise error
