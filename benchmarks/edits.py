"""What happens to an archive on an ordinary day: a new list, a tag given.

Takes a content folder, changes files in it and beside it. The same folder gets the same edits.
"""

from __future__ import annotations

import statistics
from datetime import date
from pathlib import Path

from generator.content import reader
from generator.core import files, ids, paths
from generator.core.model import DailyList

_RECENT_LISTS = 50


def hold_out(root: Path) -> None:
    """Take a day out of an archive, for `add_day`, and those after it.

    It is the newest that is no shorter than half of those of late.
    """
    newest = _list_files(root)[-_RECENT_LISTS:]
    lengths = [len(_read(root, path).papers) for path in newest]
    usual = statistics.median_low(lengths)
    day = max(path for path, length in zip(newest, lengths, strict=True) if length >= usual)
    aside = _aside(root, day)
    aside.parent.mkdir(parents=True)
    day.rename(aside)
    for later in newest[newest.index(day) + 1 :]:
        later.unlink()


def add_day(root: Path) -> None:
    """Put the day back that `hold_out` took."""
    (aside,) = _list_files(_aside(root, root))
    aside.rename(root / aside.relative_to(_aside(root, root)))


def tag_paper(root: Path) -> None:
    """One tag given to one paper of the middle of the archive, which nobody tagged before."""
    lists = _list_files(root)
    middle = _read(root, lists[len(lists) // 2])
    paper = middle.papers[0]
    slug = min(path.stem for path in (root / "tags").glob("*.yaml"))
    path = root / paths.tagging_file(ids.paper_key(paper.id))
    files.write(path, f"tags:\n- {slug}\n".encode())


def nothing(_root: Path) -> None:
    """No edit at all."""


def _aside(root: Path, path: Path) -> Path:
    """Where a file of the archive lies while it is held out."""
    return root.with_name("held-out") / path.relative_to(root)


def _list_files(root: Path) -> list[Path]:
    return sorted((root / "daily").rglob("*.yaml"))


def _read(root: Path, path: Path) -> DailyList:
    found, problems = reader.read_list(root, date.fromisoformat(path.stem))
    if found is None:
        raise ValueError(f"{path}: {problems}")
    return found
