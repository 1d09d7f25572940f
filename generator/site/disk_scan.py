"""Looks whether what an earlier build made is still there as it was, and what else lies beside it.

Takes folders and what was made; gives the differences, which are few where little happened, so that
a process of its own can look while the content is read. Writes nothing.
"""

from __future__ import annotations

import contextlib
import os
from collections.abc import Iterable, Iterator, Mapping, Set
from itertools import chain
from pathlib import Path

from msgspec import Struct

from generator.core import files, paths
from generator.site import generated, plan, staging
from generator.site.plan import BatchRecord, FileStat, TargetRecord


class ManifestDifference(Struct, frozen=True):
    """How the list of generated files differs from the targets that were made before."""

    beside: frozenset[str]
    """What it names beside them."""
    missing: frozenset[str]
    """What it doesn't name of them."""


class DiskDifference(ManifestDifference, frozen=True):
    """How the disk differs from what an earlier build left there."""

    damaged: Mapping[str, frozenset[str]]
    """Targets whose file below docs/ or on the site is missing, or not as it was written, by the
    name of their lot; none of a lot of which nobody knows any more what was made."""
    others: tuple[str, ...]
    """Files below docs/ of no target, and of no list of generated files, in order."""
    unexpected: frozenset[str]
    """Files and folders of the site beside known ones."""


def scan(
    docs: Path, site: Path, lots: Mapping[str, BatchRecord], files_beside: Iterable[str]
) -> DiskDifference:
    """Compare both folders with what was made, the site's other files too. Raises OutsideError."""
    by_lot = {name: plan.unpacked([lot]) for name, lot in lots.items()}
    made = {path: each for own in by_lot.values() for path, each in own.items()}
    listed = generated.manifest(docs)
    others: list[str] = []
    damaged = set(made)
    with files.outside(f"cannot read {docs}"):
        for name, entry in walk(docs) if docs.is_dir() else ():
            known = made.get(name)
            if known is None:
                if name not in listed and not is_hidden(name):
                    others.append(name)
                continue
            status = entry.stat()
            if status.st_size == known.docs.size and status.st_mtime_ns == known.docs.mtime:
                damaged.discard(name)
    with files.outside(f"cannot read {site}"):
        damaged.update(_damaged(site, made))
        strangers = frozenset(_unexpected(site, made, {*files_beside, staging.MARK}))
    return DiskDifference(
        frozenset(listed.difference(made)),
        frozenset(path for path in made if path not in listed),
        {
            name: frozenset(own.keys() & damaged)
            for name, own in by_lot.items()
            if len(own) != lots[name].count or not damaged.isdisjoint(own)
        },
        tuple(sorted(others)),
        strangers,
    )


def manifest_only(docs: Path) -> ManifestDifference:
    """The list where nothing is known to be made before. Raises OutsideError."""
    return ManifestDifference(frozenset(generated.manifest(docs)), frozenset())


def _damaged(site: Path, made: Mapping[str, TargetRecord]) -> Iterator[str]:
    """Targets whose file of the site isn't as it was."""
    with _opened(site) as top:
        for path, each in made.items():
            known = each.site
            if known is None:
                continue
            try:
                status = os.stat(paths.site_file(path), dir_fd=top)
            except OSError:
                yield path
                continue
            if status.st_size != known.size or status.st_mtime_ns != known.mtime:
                yield path


@contextlib.contextmanager
def _opened(folder: Path) -> Iterator[int]:
    """A folder in which files are looked up by their names alone, which is quicker."""
    number = os.open(folder, os.O_RDONLY)
    try:
        yield number
    finally:
        os.close(number)


def walk(top: Path) -> Iterator[tuple[str, os.DirEntry[str]]]:
    """All files below a folder by their paths, in no certain order; none of hidden folders.

    An entry may be asked for its status until the next one is taken.
    """
    folders = [""]
    while folders:
        below = folders.pop()
        with _opened(top / below) as folder, os.scandir(folder) as entries:
            for entry in entries:
                name = entry.name
                if not entry.is_dir():
                    yield below + name, entry
                elif not name.startswith("."):
                    folders.append(f"{below}{name}/")


def is_hidden(name: str) -> bool:
    """Whether a file is hidden, so that nobody publishes it."""
    return name.rpartition("/")[2].startswith(".")


def stats_of(folder: Path, names: Mapping[str, str]) -> dict[str, FileStat]:
    """What is on the disk, by key, of files named below a folder; nothing for those missing."""
    found: dict[str, FileStat] = {}
    top = f"{folder}/"
    for key, name in names.items():
        try:
            found[key] = _stat(os.stat(top + name))  # noqa: PTH116 - quicker by far
        except OSError:
            continue
    return found


def _stat(status: os.stat_result) -> FileStat:
    return FileStat(status.st_size, status.st_mtime_ns)


def _unexpected(site: Path, made: Mapping[str, TargetRecord], beside: Set[str]) -> Iterator[str]:
    """What lies in folders that hold folders, comes of no target, and isn't a file `beside` them.

    A look into each page's own folder would take as long as the rest of a small build.
    """
    # A page lies in a folder of its own, within the folder that its Markdown lies in.
    holding = {path.rpartition("/")[0] for path in made if path.endswith(paths.PAGE)}
    others = (path for path in made if not path.endswith(paths.PAGE))
    folders = _with_those_above(
        chain(holding, (path.rpartition("/")[0] for path in chain(others, beside)))
    )
    holding.update(folder.rpartition("/")[0] for folder in folders)

    def is_published(path: str) -> bool:
        each = made.get(path)
        return bool(each and each.site)

    def is_known(folder: str, path: str) -> bool:
        if path in folders or path in beside:
            return True
        if path == paths.site_file(f"{folder}index.md"):
            return is_published(f"{folder}index.md") or is_published(folder[:-1] + paths.PAGE)
        return is_published(path)

    for name in holding:
        if not (site / name).is_dir():
            continue
        folder = f"{name}/" if name else ""
        for found in os.listdir(site / name):  # noqa: PTH208 - quicker by far
            path = folder + found
            page = made.get(path + paths.PAGE)
            if not (page and page.site) and not is_known(folder, path):
                yield path


def _with_those_above(folders: Iterable[str]) -> set[str]:
    """Folders and all that they lie in, but for the top."""
    found = {""}
    for folder in set(folders):
        below = folder
        while below not in found:
            found.add(below)
            below = below.rpartition("/")[0]
    return found - {""}
