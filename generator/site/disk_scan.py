"""Scans docs/ and the site for files that the previous build didn't leave as they are.

Takes folders and the records of the previous build; gives the differences. They are few where
little happened, so a process of its own can scan while the content is read. Writes nothing.
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
    """How the manifest of generated files differs from the records of the previous build."""

    extra: frozenset[str]
    """Files it lists that have no record."""
    missing: frozenset[str]
    """Files with a record that it doesn't list."""


class DiskDifference(ManifestDifference, frozen=True):
    """How the disk differs from what the previous build left."""

    damaged: Mapping[str, frozenset[str]]
    """Paths of targets whose file in docs/ or in the site is missing or changed, by batch. A batch
    whose record can't be decoded has no paths, but is there."""
    handwritten: tuple[str, ...]
    """Files below docs/ without a record that the manifest doesn't list, in order."""
    unexpected: frozenset[str]
    """Files and folders of the site that no build left there."""


def scan(
    docs: Path, site: Path, batches: Mapping[str, BatchRecord], other_files: Iterable[str]
) -> DiskDifference:
    """Compare both folders with the records; `other_files` are known files of the site without one.

    Raises OutsideError.
    """
    by_batch = {name: plan.unpacked([batch]) for name, batch in batches.items()}
    made = {path: each for own in by_batch.values() for path, each in own.items()}
    listed = generated.manifest(docs)
    handwritten: list[str] = []
    damaged = set(made)
    with files.outside(f"cannot read {docs}"):
        for name, entry in walk(docs) if docs.is_dir() else ():
            known = made.get(name)
            if known is None:
                if name not in listed and not is_hidden(name):
                    handwritten.append(name)
                continue
            status = entry.stat()
            if status.st_size == known.docs.size and status.st_mtime_ns == known.docs.mtime:
                damaged.discard(name)
    with files.outside(f"cannot read {site}"):
        damaged.update(_damaged(site, made))
        unexpected = frozenset(_unexpected(site, made, {*other_files, staging.MARK}))
    return DiskDifference(
        frozenset(listed.difference(made)),
        frozenset(path for path in made if path not in listed),
        {
            name: frozenset(own.keys() & damaged)
            for name, own in by_batch.items()
            if len(own) != batches[name].count or not damaged.isdisjoint(own)
        },
        tuple(sorted(handwritten)),
        unexpected,
    )


def manifest_only(docs: Path) -> ManifestDifference:
    """The difference where there are no records. Raises OutsideError."""
    return ManifestDifference(frozenset(generated.manifest(docs)), frozenset())


def _damaged(site: Path, made: Mapping[str, TargetRecord]) -> Iterator[str]:
    """Paths of targets whose file of the site is missing or changed."""
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
    """A folder, opened, so that files are looked up by name alone, which is quicker."""
    number = os.open(folder, os.O_RDONLY)
    try:
        yield number
    finally:
        os.close(number)


def walk(top: Path) -> Iterator[tuple[str, os.DirEntry[str]]]:
    """All files below a folder with their paths, in no certain order; hidden folders are skipped.

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
    """Whether a file is hidden; hidden files aren't published."""
    return name.rpartition("/")[2].startswith(".")


def stats_of(folder: Path, names: Mapping[str, str]) -> dict[str, FileStat]:
    """Size and time of files below a folder, by key; missing files are left out."""
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


def _unexpected(
    site: Path, made: Mapping[str, TargetRecord], other_files: Set[str]
) -> Iterator[str]:
    """Files and folders that are neither of a target nor among `other_files`.

    Looks into folders that hold pages' folders, not into each page's own: that would take as long
    as the rest of a small build.
    """
    # A page lies in a folder of its own, within the folder that its Markdown lies in.
    holding = {path.rpartition("/")[0] for path in made if path.endswith(paths.PAGE)}
    others = (path for path in made if not path.endswith(paths.PAGE))
    folders = _with_those_above(
        chain(holding, (path.rpartition("/")[0] for path in chain(others, other_files)))
    )
    holding.update(folder.rpartition("/")[0] for folder in folders)

    def is_published(path: str) -> bool:
        each = made.get(path)
        return bool(each and each.site)

    def is_known(folder: str, path: str) -> bool:
        if path in folders or path in other_files:
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
    """Folders and all folders above them, without the top."""
    found = {""}
    for folder in set(folders):
        below = folder
        while below not in found:
            found.add(below)
            below = below.rpartition("/")[0]
    return found - {""}
