"""Scans docs/ and the site for files that the previous build didn't leave as they are.

Takes folders and the records of the previous build; gives the differences. They are few where
little happened, so a process of its own can scan while the content is read. Follows links that stay
in docs/, and refuses others, and whatever is no file or folder. Writes nothing.
"""

from __future__ import annotations

import contextlib
import os
import stat
from collections.abc import Iterable, Iterator, Mapping, Set
from itertools import chain
from pathlib import Path
from typing import NamedTuple, NoReturn

from msgspec import Struct

from generator.core import files, paths
from generator.core.errors import OutsideError
from generator.core.page_kinds import is_for_builds
from generator.site import generated, plan, staging
from generator.site.generated import Unlisted
from generator.site.plan import BatchRecord, FileStat, TargetRecord

_PAGE = "/index.html"
"""Ending of a page's path in the site: each has a folder of its own."""


class ManifestDifference(Struct, frozen=True):
    """How the manifest of generated files differs from the records of the previous build."""

    extra: frozenset[str]
    """Files it lists that have no record."""
    missing: frozenset[str]
    """Files with a record that it doesn't list."""
    is_whole: bool
    """Whether the manifest is."""


class DiskDifference(ManifestDifference, frozen=True):
    """How the disk differs from what the previous build left."""

    damaged: Mapping[str, frozenset[str]]
    """Paths of targets whose file in docs/ or in the site is missing or changed, by batch. A batch
    whose record can't be decoded has no paths, but is there."""
    unlisted: Unlisted
    """Files below docs/ without a record that the manifest doesn't list."""
    unexpected: frozenset[str]
    """Files and folders of the site that no build left there."""


def scan(
    docs: Path, site: Path, batches: Mapping[str, BatchRecord], other_files: Iterable[str]
) -> DiskDifference | None:
    """Compare both folders with the records; `other_files` are known files of the site without one.

    None if the folders aren't the ones that the build made. Raises OutsideError.
    """
    by_batch = {name: plan.unpacked([batch]) for name, batch in batches.items()}
    made = {path: each for own in by_batch.values() for path, each in own.items()}
    listed = generated.manifest(docs)
    if listed.is_whole and not listed.names.issuperset(made):
        return None  # a build lists what it makes: these records are of another folder of pages
    unlisted: list[str] = []
    damaged = set(made)
    with files.outside(f"cannot read {docs}"):
        for name, entry in walk(docs) if docs.is_dir() else ():
            known = made.get(name)
            if known is None:
                if name not in listed.names and not is_hidden(name):
                    unlisted.append(name)
                continue
            status = entry.stat()
            if status.st_size == known.docs.size and status.st_mtime_ns == known.docs.mtime:
                damaged.discard(name)
    with files.outside(f"cannot read {site}"):
        try:
            pages = _damaged_and_touched(site, made)
            damaged |= pages.damaged
            unexpected = frozenset(
                _unexpected(site, made, {*other_files, staging.MARK}, pages.touched)
            )
        except NotADirectoryError:
            return None
    return DiskDifference(
        frozenset(listed.names.difference(made)),
        frozenset(path for path in made if path not in listed.names),
        listed.is_whole,
        {
            name: frozenset(own.keys() & damaged)
            for name, own in by_batch.items()
            if len(own) != batches[name].count or not damaged.isdisjoint(own)
        },
        generated.parted(unlisted, is_whole=listed.is_whole),
        unexpected,
    )


def manifest_only(docs: Path) -> ManifestDifference:
    """The difference where there are no records. Raises OutsideError."""
    listed = generated.manifest(docs)
    return ManifestDifference(listed.names, frozenset(), listed.is_whole)


def unlisted(docs: Path) -> Unlisted:
    """The files that the manifest doesn't list. Raises OutsideError."""
    listed = generated.manifest(docs)
    names = [name for name in visible(docs) if name not in listed.names]
    return generated.parted(names, is_whole=listed.is_whole)


def visible(docs: Path) -> Iterator[str]:
    """All files below a folder that aren't hidden. Raises OutsideError."""
    with files.outside(f"cannot read {docs}"):
        yield from (
            name for name, _ in (walk(docs) if docs.is_dir() else ()) if not is_hidden(name)
        )


class _Pages(NamedTuple):
    """How targets' files of the site are."""

    damaged: set[str]
    """Paths of targets whose file is missing or changed."""
    touched: set[str]
    """Folders of pages to which something happened later than to the page."""


def _damaged_and_touched(site: Path, made: Mapping[str, TargetRecord]) -> _Pages:
    """How targets' files are. Raises NotADirectoryError if a file is in the place of a folder."""
    found = _Pages(set(), set())
    with _opened(site) as top:
        for path, each in made.items():
            known = each.site
            if known is None:
                continue
            name = paths.site_file(path)
            try:
                status = os.stat(name, dir_fd=top)
                if name.endswith(_PAGE):
                    # A page that is put there changes both at once, another file only the folder.
                    folder = name[: -len(_PAGE)]
                    if os.stat(folder, dir_fd=top).st_mtime_ns > status.st_ctime_ns:
                        found.touched.add(folder)
            except NotADirectoryError:
                raise
            except OSError:
                found.damaged.add(path)
                continue
            if status.st_size != known.size or status.st_mtime_ns != known.mtime:
                found.damaged.add(path)
    return found


@contextlib.contextmanager
def _opened(folder: Path) -> Iterator[int]:
    """A folder, opened, so that files are looked up by name alone, which is quicker."""
    number = os.open(folder, os.O_RDONLY)
    try:
        yield number
    finally:
        os.close(number)


def walk(top: Path) -> Iterator[tuple[str, os.DirEntry[str]]]:
    """All files below docs/ with their paths, in no certain order; hidden folders are skipped.

    An entry may be asked for its status until the next one is taken. Raises OSError, and
    OutsideError for what is neither a file nor a folder.
    """
    folders: list[tuple[str, tuple[Path, ...]]] = [("", ())]
    while folders:
        below, links = folders.pop()
        with _opened(top / below) as folder, os.scandir(folder) as entries:
            for entry in entries:
                path = below + entry.name
                if entry.is_file(follow_symlinks=False):
                    yield path, entry
                elif entry.name.startswith("."):
                    continue
                elif entry.is_dir(follow_symlinks=False):
                    folders.append((f"{path}/", links))
                elif not entry.is_symlink():
                    _refuse(top / path, "it is a pipe, socket or device", "move it away")
                elif _leads_to_a_folder(top, path, links):
                    folders.append((f"{path}/", (*links, (top / below).resolve())))
                else:
                    yield path, entry


def _leads_to_a_folder(top: Path, path: str, links: Iterable[Path]) -> bool:
    """Whether a link leads to a folder and not a file; refuses one that leads nowhere or out.

    `links` has the folders of the links that led here.
    """
    link, root = top / path, top.resolve()
    target = Path(os.path.realpath(link))
    move = "remove it" if is_for_builds(path) else "put the file or folder itself there"
    if not target.exists():
        _refuse(link, "it is a symbolic link that leads nowhere", "remove it")
    if root not in target.parents and target != root:
        _refuse(link, f"it is a symbolic link that leads out of {top}, to {target}", move)
    if target == root or is_for_builds(target.relative_to(root).as_posix()):
        _refuse(link, "it is a symbolic link to what a build makes", "link to it in Markdown")
    if not target.is_dir():
        if not target.is_file():
            _refuse(link, "it is a symbolic link to a pipe, socket or device", "remove it")
        return False
    if is_for_builds(path):
        _refuse(link, "only a build makes files there, and it is a symbolic link", "move it away")
    above = {folder for each in (link.parent.resolve(), *links) for folder in (each, *each.parents)}
    if target in above:
        _refuse(link, "it is a symbolic link that leads to itself", "remove it")
    return True


def _refuse(path: Path, why: str, way_out: str) -> NoReturn:
    raise OutsideError(f"cannot read {path}: {why}; {way_out}")


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
    site: Path, made: Mapping[str, TargetRecord], other_files: Set[str], touched: Set[str]
) -> Iterator[str]:
    """Files and folders that are neither of a target nor among `other_files`.

    Looks into folders that hold pages' folders or other files, or were touched, not into each
    page's own: that would take as long as the rest of a small build. Raises NotADirectoryError if
    one of a target's folders is a link or a file.
    """
    # A page lies in a folder of its own, within the folder that its Markdown lies in.
    holding = {path.rpartition("/")[0] for path in made if path.endswith(paths.PAGE)}
    others = (path for path in made if not path.endswith(paths.PAGE))
    folders = _with_those_above(
        chain(holding, (path.rpartition("/")[0] for path in chain(others, other_files)))
    )
    holding.update(folder.rpartition("/")[0] for folder in folders)
    # Bundles of the search index have stamps of their own.
    holding |= (folders - {paths.SEARCH_INDEX}) | touched

    def is_published(path: str) -> bool:
        each = made.get(path)
        return bool(each and each.site)

    def is_known(folder: str, path: str) -> bool:
        if path in folders:
            if not stat.S_ISDIR(os.lstat(f"{site}/{path}").st_mode):
                raise NotADirectoryError(path)
            return True
        if path in other_files or is_published(path):
            return True
        is_index = path == paths.site_file(f"{folder}index.md")
        return is_index and (
            is_published(f"{folder}index.md") or is_published(folder[:-1] + paths.PAGE)
        )

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
