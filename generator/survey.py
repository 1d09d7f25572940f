"""Looks whether what an earlier build made is still there as it was, and what else lies beside it.

Takes folders and what was made; gives the differences, which are few where little happened, so that
a process of its own can look while the content is read. Writes nothing.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

from msgspec import Struct

from generator import files, output, plan, urls
from generator.plan import Made, MadeLot, Print


class Listed(Struct, frozen=True):
    """How the list of generated files differs from the targets that were made before."""

    beside: frozenset[str]
    """What it names beside them."""
    missing: frozenset[str]
    """What it doesn't name of them."""


class Found(Listed, frozen=True):
    """How the disk differs from what an earlier build left there."""

    damaged: Mapping[str, frozenset[str]]
    """Targets whose file below docs/ or on the site is missing, or not as it was written, by the
    name of their lot; none of a lot of which nobody knows any more what was made."""
    others: tuple[str, ...]
    """Files below docs/ of no target, and of no list of generated files, in order."""
    strangers: frozenset[str]
    """Files and folders of the site beside known ones."""


def look(docs: Path, site: Path, lots: Mapping[str, MadeLot], files_beside: Iterable[str]) -> Found:
    """Compare both folders with what was made, the site's other files too. Raises OutsideError."""
    by_lot = {name: plan.unpacked([lot]) for name, lot in lots.items()}
    made = {path: each for own in by_lot.values() for path, each in own.items()}
    listed = output.listed(docs)
    others: list[str] = []
    whole: set[str] = set()
    with files.outside(f"cannot read {docs}"):
        for name, entry in walk(docs) if docs.is_dir() else ():
            known = made.get(name)
            if known is None:
                if name not in listed and not is_hidden(name):
                    others.append(name)
            elif _is_as_printed(entry.stat(), known.docs):
                whole.add(name)
    damaged = made.keys() - whole
    on_site = _compare(site, made, damaged)
    return Found(
        frozenset(listed - made.keys()),
        frozenset(made.keys() - listed),
        {
            name: frozenset(own.keys() & damaged)
            for name, own in by_lot.items()
            if len(own) != lots[name].count or not damaged.isdisjoint(own)
        },
        tuple(sorted(others)),
        frozenset(_strangers(site, {*on_site, *files_beside, output.MARK})),
    )


def listed(docs: Path) -> Listed:
    """The list where nothing is known to be made before. Raises OutsideError."""
    return Listed(frozenset(output.listed(docs)), frozenset())


def _compare(site: Path, made: Mapping[str, Made], damaged: set[str]) -> list[str]:
    """Add to the damaged targets those whose file of the site isn't as it was; gives all files."""
    names: list[str] = []
    top, stat = f"{site}/", os.stat  # a Path takes longer, for each file
    for path, each in made.items():
        if each.site is None:
            continue
        name = urls.site_file(path)
        names.append(name)
        try:
            status = stat(top + name)
        except OSError:
            damaged.add(path)
            continue
        if not _is_as_printed(status, each.site):
            damaged.add(path)
    return names


def _is_as_printed(status: os.stat_result, known: Print) -> bool:
    return status.st_size == known.size and status.st_mtime_ns == known.mtime


def walk(top: Path) -> Iterator[tuple[str, os.DirEntry[str]]]:
    """All files below a folder by their paths, in no certain order; none of hidden folders."""
    folders = [""]
    while folders:
        below = folders.pop()
        with os.scandir(f"{top}/{below}") as entries:
            for entry in entries:
                name = entry.name
                if not entry.is_dir():
                    yield below + name, entry
                elif not name.startswith("."):
                    folders.append(f"{below}{name}/")


def is_hidden(name: str) -> bool:
    """Whether a file is hidden, so that nobody publishes it."""
    return name.rpartition("/")[2].startswith(".")


def prints_of(folder: Path, names: Mapping[str, str]) -> dict[str, Print]:
    """What is on the disk, by key, of files named below a folder; nothing for those missing."""
    found: dict[str, Print] = {}
    top = f"{folder}/"
    for key, name in names.items():
        try:
            found[key] = _print(os.stat(top + name))  # noqa: PTH116 - quicker by far
        except OSError:
            continue
    return found


def _print(status: os.stat_result) -> Print:
    return Print(status.st_size, status.st_mtime_ns)


def _strangers(site: Path, known: set[str]) -> Iterator[str]:
    """What lies in folders that hold folders, beside known files and folders.

    A look into each page's own folder would take as long as the rest of a small build.
    """
    beside: dict[str, set[str]] = {"": set()}
    for folder in {name.rpartition("/")[0] for name in known}:
        below = folder
        while below:
            above, _, last = below.rpartition("/")
            there = beside.setdefault(above, set())
            if last in there:
                break  # and so are those above it
            there.add(last)
            below = above
    for name in known:
        folder, _, last = name.rpartition("/")
        if folder in beside:
            beside[folder].add(last)
    for folder, expected in beside.items():
        if (site / folder).is_dir():
            names = os.listdir(site / folder)  # noqa: PTH208 - quicker by far
            strangers = sorted(set(names) - expected)
            yield from (f"{folder}/{name}" if folder else name for name in strangers)
