"""Makes the targets of a plan: Markdown below docs/, and from it the files of the site.

Takes targets and where to put them, leaves files. Knows neither MkDocs nor what a page holds.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import partial
from pathlib import Path
from typing import NamedTuple

from msgspec import Struct

from generator.core import files, parallel, paths
from generator.core.page_kinds import kind_of, name_of
from generator.core.target import Target
from generator.site import staging
from generator.site.plan import FileStat, TargetRecord


class OutputFolders(Struct, frozen=True):
    """Where files go, and how Markdown becomes a page."""

    docs: Path
    stage: Path
    html: Callable[[str, str], bytes] | None
    """From a path and its Markdown; None where only docs/ is wanted."""
    is_merged: bool = False
    """Whether the stage's files go into a site that stays, not the stage as a whole."""

    def page(self, path: str) -> str:
        """Where the stage holds the site's file of a target."""
        name = paths.site_file(path)
        return f"{self.stage}/{staging.loose(name) if self.is_merged else name}"


class WrittenTarget(NamedTuple):
    """A target that was made."""

    path: str
    made: TargetRecord


def write_targets(
    targets: Sequence[Target], places: OutputFolders, jobs: int
) -> Iterator[WrittenTarget]:
    """Make all targets, giving each as it is known to be made. Raises OutsideError."""
    # What only MkDocs reads comes first: rendering a page may need it.
    yield from _write(places, [target for target in targets if not target.published])
    published = [target for target in targets if target.published]
    yield from parallel.spread(partial(_write, places), published, jobs, kin=_kin)


def _kin(target: Target) -> tuple[str, str]:
    """What pages and feeds of tags share, and those of one tag or author: papers they show."""
    kind = kind_of(target.path)
    own = f"{kind.subject} {name_of(target.path)}" if kind.subject else kind.name
    return ("tags" if kind.subject == "tag" else own, own)


def _write(places: OutputFolders, targets: Iterable[Target]) -> Iterator[WrittenTarget]:
    folders: set[str] = set()
    for target in targets:
        data = target.make()
        source = f"{places.docs}/{target.path}"
        docs = _write_docs(source, data)
        site = None
        if places.html is not None and target.published:
            site = _publish(places, target.path, data, folders, source)
        yield WrittenTarget(target.path, TargetRecord(target.inputs, docs, site))


def write_pages(paths: Sequence[str], places: OutputFolders, jobs: int) -> Iterator[FileStat]:
    """Make the site's files of files that are below docs/ already. Raises OutsideError."""
    yield from parallel.spread(partial(_read_and_publish, places), paths, jobs)


def _read_and_publish(places: OutputFolders, paths: Iterable[str]) -> Iterator[FileStat]:
    folders: set[str] = set()
    for path in paths:
        with files.outside(f"cannot read {path}"):
            data = (places.docs / path).read_bytes()
        yield _publish(places, path, data, folders)


def _write_docs(path: str, data: bytes) -> FileStat:
    if path.endswith(".md"):
        return _print(files.renew(path, data))
    files.put(path, data)  # a new file, since the site's is a link to it
    with files.outside(f"cannot read {path}"):
        return _print(os.stat(path))  # noqa: PTH116 - a Path takes longer, for each file


def _publish(
    places: OutputFolders, path: str, data: bytes, folders: set[str], source: str | None = None
) -> FileStat:
    """Write a file in the stage, where nobody looks before it is done.

    What isn't Markdown is linked to its `source`, the same file below docs/, where both are on one
    disk: nothing writes into either.
    """
    is_page = path.endswith(".md")
    if is_page and places.html:
        data = places.html(path, data.decode())
    place = places.page(path)
    folder = place.rpartition("/")[0]
    with files.outside(f"cannot write {place}"):
        if folder not in folders:
            Path(folder).mkdir(parents=True, exist_ok=True)
            folders.add(folder)
        if source and not is_page and _linked(source, place):
            return _print(os.stat(place))  # noqa: PTH116 - as above
        with open(place, "wb", buffering=files.BUFFER) as file:  # noqa: PTH123 - as above
            file.write(data)
            file.flush()
            return _print(os.fstat(file.fileno()))


def _linked(source: str, place: str) -> bool:
    try:
        os.link(source, place, follow_symlinks=False)
    except OSError:
        return False
    return True


def _print(status: os.stat_result) -> FileStat:
    return FileStat(status.st_size, status.st_mtime_ns)
