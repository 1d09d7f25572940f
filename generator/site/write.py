"""Writes the targets of a plan: files below docs/, and the files of the site made from them.

Takes targets and output folders, writes files. Knows neither MkDocs nor what is in a page.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Generator, Iterable, Iterator, Sequence
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
    """The folders that files are written to, and the function that renders a page."""

    docs: Path
    stage: Path
    html: Callable[[str, str], bytes] | None
    """Renders a page from its path and Markdown; None: only docs/ is written."""
    is_merged: bool = False
    """Whether files of the stage are moved into the site one by one, not the stage as a whole."""

    def page(self, path: str) -> str:
        """The path in the stage for the site's file of a target."""
        name = paths.site_file(path)
        return f"{self.stage}/{staging.loose(name) if self.is_merged else name}"


class WrittenTarget(NamedTuple):
    """A target whose files are written."""

    path: str
    record: TargetRecord


def write_targets(
    targets: Sequence[Target], output: OutputFolders, jobs: int
) -> Generator[WrittenTarget]:
    """Write all targets; gives each once its files are written. Raises OutsideError."""
    # Targets that only MkDocs reads come first: rendering a page may need them.
    yield from _write(output, [target for target in targets if not target.published])
    published = [target for target in targets if target.published]
    yield from parallel.spread(partial(_write, output), published, jobs, group=_group)


def _group(target: Target) -> tuple[str, str]:
    """Groups of targets that show the same papers: all of tags, then those of one tag or author."""
    kind = kind_of(target.path)
    subject = f"{kind.subject} {name_of(target.path)}" if kind.subject else kind.name
    return ("tags" if kind.subject == "tag" else subject, subject)


def _write(output: OutputFolders, targets: Iterable[Target]) -> Iterator[WrittenTarget]:
    folders: set[str] = set()
    for target in targets:
        data = target.make()
        source = f"{output.docs}/{target.path}"
        docs = _write_docs(source, data)
        site = None
        if output.html is not None and target.published:
            site = _publish(output, target.path, data, folders, source)
        yield WrittenTarget(target.path, TargetRecord(target.inputs, docs, site))


def write_pages(paths: Sequence[str], output: OutputFolders, jobs: int) -> Iterator[FileStat]:
    """Write the site's files for files that are already below docs/. Raises OutsideError."""
    yield from parallel.spread(partial(_read_and_publish, output), paths, jobs)


def _read_and_publish(output: OutputFolders, paths: Iterable[str]) -> Iterator[FileStat]:
    folders: set[str] = set()
    for path in paths:
        with files.outside(f"cannot read {path}"):
            data = (output.docs / path).read_bytes()
        yield _publish(output, path, data, folders)


def _write_docs(path: str, data: bytes) -> FileStat:
    if path.endswith(".md"):
        return _file_stat(files.renew(path, data))
    files.put(path, data)  # a new file: the site's old one may be a hard link to the old file
    with files.outside(f"cannot read {path}"):
        return _file_stat(os.stat(path))  # noqa: PTH116 - a Path takes longer, for each file


def _publish(
    output: OutputFolders, path: str, data: bytes, folders: set[str], source: str | None = None
) -> FileStat:
    """Write a file of the site in the stage; `folders` has the folders that were made already.

    A file that isn't a page becomes a hard link to `source`, the same file below docs/, if the
    system allows it: nothing writes into either of them.
    """
    is_page = path.endswith(".md")
    if is_page and output.html:
        data = output.html(path, data.decode())
    place = output.page(path)
    folder = place.rpartition("/")[0]
    with files.outside(f"cannot write {place}"):
        if folder not in folders:
            Path(folder).mkdir(parents=True, exist_ok=True)
            folders.add(folder)
        if source and not is_page and _hard_link(source, place):
            return _file_stat(os.stat(place))  # noqa: PTH116 - as above
        # The stage isn't in use yet, so files need no renaming into place.
        with open(place, "wb", buffering=files.BUFFER) as file:  # noqa: PTH123 - as above
            file.write(data)
            file.flush()
            return _file_stat(os.fstat(file.fileno()))


def _hard_link(source: str, place: str) -> bool:
    """Make a hard link; False if the system refuses."""
    try:
        os.link(source, place, follow_symlinks=False)
    except OSError:
        return False
    return True


def _file_stat(status: os.stat_result) -> FileStat:
    return FileStat(status.st_size, status.st_mtime_ns)
