"""Edits of an archive on an ordinary day: a new list, a tag.

Takes a content folder, changes files in it and next to it. Edits are deterministic.
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
    """Remove a day and all later ones from an archive; `add_day` restores the day.

    It is the newest day that has at least the median number of papers of recent days.
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
    """Restore the day that `hold_out` removed."""
    (aside,) = _list_files(_aside(root, root))
    aside.rename(root / aside.relative_to(_aside(root, root)))


def tag_paper(root: Path) -> None:
    """Write a tagging file with one tag, for a paper from the middle of the archive."""
    lists = _list_files(root)
    middle = _read(root, lists[len(lists) // 2])
    paper = middle.papers[0]
    slug = min(path.stem for path in (root / "tags").glob("*.yaml"))
    path = root / paths.tagging_file(ids.paper_key(paper.id))
    files.write(path, f"tags:\n- {slug}\n".encode())


def nothing(_root: Path) -> None:
    """Make no edit."""


def _aside(root: Path, path: Path) -> Path:
    """The place of a file while it is held out."""
    return root.with_name("held-out") / path.relative_to(root)


def _list_files(root: Path) -> list[Path]:
    return sorted((root / "daily").rglob("*.yaml"))


def _read(root: Path, path: Path) -> DailyList:
    found, problems = reader.read_list(root, date.fromisoformat(path.stem))
    if found is None:
        raise ValueError(f"{path}: {problems}")
    return found
