"""Merges the shards of a site that several machines built into one site.

Takes folders that builds with `--shard` left, leaves one site: the same bytes as of one build.
Knows nothing of what is in the files.
"""

from __future__ import annotations

import os
import re
import shutil
from collections.abc import Iterator, Sequence
from itertools import chain
from pathlib import Path

from generator.core import files
from generator.core.errors import UsageError
from generator.site import size_budget, staging
from generator.site.size_budget import Weights

_MARK = re.compile(r"([0-9a-f]+) (\d+)/(\d+)")


def mark(whole: str, shard: tuple[int, int]) -> str:
    """The mark of a shard, which names the whole site it belongs to; a whole site's is plain."""
    number, of = shard
    return whole if of == 1 else f"{whole} {number}/{of}"


def merge_shards(parts: Sequence[Path], site: Path) -> Weights:
    """Make a site of all its parts; gives what it weighs.

    Raises UsageError for parts that don't belong together, OutsideError.
    """
    staging.check_site(site)
    whole = _whole(parts)
    with staging.staged(site) as stage:
        weights = size_budget.weigh(chain.from_iterable(_copy(part, stage) for part in parts))
        staging.replace(site, stage, whole)
    return weights


def _whole(parts: Sequence[Path]) -> str:
    """What the parts say of the whole, if they are all of one."""
    found: dict[int, Path] = {}
    told: set[tuple[str, int]] = set()
    for part in parts:
        says = _MARK.fullmatch(staging.mark_of(part))
        if not says:
            raise UsageError(f"{part} is no part of a site: pass folders made with --shard")
        number = int(says[2])
        if number in found:
            raise UsageError(f"{part} and {found[number]} are both part {number}: pass each once")
        found[number] = part
        told.add((says[1], int(says[3])))
    if len(told) != 1:
        raise UsageError(
            "the parts are not of one site: build all of them from the same content, with the same "
            "tools, and with the same number after the slash of --shard"
        )
    ((whole, of),) = told
    missing = [str(number) for number in range(1, of + 1) if number not in found]
    if missing:
        raise UsageError(f"of {of} parts these are missing: {', '.join(missing)}")
    return whole


def _copy(part: Path, stage: Path) -> Iterator[tuple[str, int]]:
    """Copy a part's files; gives each one's path and bytes."""
    for name in _names(part):
        target = stage / name
        if target.exists():
            raise UsageError(f"{part} has {name}, and so has another part: build both again")
        with files.outside(f"cannot write {target}"):
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(part / name, target)
            size = target.stat().st_size
        yield name.as_posix(), size


def _names(part: Path) -> Iterator[Path]:
    for folder, _, names in os.walk(part):
        below = Path(folder).relative_to(part)
        yield from (below / name for name in names if below / name != Path(staging.MARK))
