"""The build, readable on one screen: load, check, render, write, make the site.

Takes folders, leaves a site. Raises `ContentError` with all problems before anything is
written, and `OutsideError` where the disk refuses; the old site stays in both cases.
"""

from __future__ import annotations

import functools
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from itertools import chain, combinations
from pathlib import Path

from generator import archive, checks, content, feeds, output, pages, search, site
from generator.archive import Archive
from generator.errors import ArchiveError, UsageError
from generator.model import OutputFile, Problem
from generator.output import Written
from generator.progress import track


class ContentError(ArchiveError):
    """The content has problems, so nothing was built."""

    def __init__(self, problems: list[Problem]) -> None:
        super().__init__(f"{len(problems)} problems in the content")
        self.problems = problems


@dataclass(frozen=True, slots=True)
class Folders:
    """Where a build reads and writes; `project` holds `mkdocs.yml` and hand-written `docs/`."""

    content: Path
    docs: Path
    site: Path
    project: Path


def build(folders: Folders, today: date, *, searchable: bool = True) -> Written:
    """Content to site; tells what changed among the files of `docs/`."""
    site.check_folder(folders.site)
    read, written = _render(folders, today)
    finish = functools.partial(_add_search, read) if searchable else None
    site.build(folders.project, folders.docs, folders.site, finish)
    return written


def render(folders: Folders, today: date) -> Written:
    """Content to `docs/`."""
    return _render(folders, today)[1]


def _render(folders: Folders, today: date) -> tuple[Archive, Written]:
    _keep_apart(folders)
    read = load(folders.content, today)
    outputs = track(_outputs(read, folders), "rendering")
    return read, output.write(folders.docs, outputs)


def load(root: Path, today: date) -> Archive:
    """The archive of a content folder; raises ContentError unless it is free of problems."""
    loaded = content.load(root, lambda paths: track(paths, "reading"))
    problems = checks.check(loaded, today)
    if problems:
        raise ContentError(problems)
    return archive.build(loaded.content)


def _add_search(read: Archive, stage: Path) -> None:
    search.index(read, stage, {})


def _keep_apart(folders: Folders) -> None:
    """Refuse folders within each other: what is generated must never replace content."""
    named = {"content": folders.content, "docs": folders.docs, "site": folders.site}
    for (name, folder), (other_name, other) in combinations(named.items(), 2):
        first, second = folder.resolve(), other.resolve()
        if first == second or first in second.parents or second in first.parents:
            raise UsageError(
                f"the folders of {name} ({folder}) and {other_name} ({other}) lie within each "
                "other: pass separate ones"
            )


def _outputs(read: Archive, folders: Folders) -> Iterator[OutputFile]:
    return chain(
        pages.render(read),
        feeds.render(read),
        site.settings_files(read),
        site.hand_written(folders.project, folders.docs),
    )
