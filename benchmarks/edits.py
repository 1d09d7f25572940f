"""What happens to an archive on an ordinary day: a new list, a tag given.

Takes a content folder, changes files in it. The same folder gets the same edits.
"""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path
from random import Random

from msgspec.structs import replace

from benchmarks import corpora, synthetic, tables
from generator import content, files, urls
from generator.model import DailyList, Paper

_RECENT_LISTS = 50


def add_day(root: Path) -> None:
    """A list for the day after the newest, as long as they are of late, by authors known here."""
    newest = _newest(root)
    day = newest[0].date + timedelta(1)
    while day.weekday() not in tables.WEEKDAYS:
        day += timedelta(1)
    rng = Random("new day")
    known = sorted({name for each in newest for paper in each.papers for name in paper.authors})
    length = round(sum(len(each.papers) for each in newest) / len(newest))
    writer = synthetic.Writer(corpora.vocabulary(), seed=1)
    papers = tuple(_by(writer.paper(day), known, rng) for _ in range(length))
    added = DailyList(day, newest[0].source, papers)
    content.write_list(root, added)


def tag_paper(root: Path) -> None:
    """One tag given to one paper of the middle of the archive, which nobody tagged before."""
    lists = _list_files(root)
    middle = _read(root, lists[len(lists) // 2])
    paper = middle.papers[0]
    slug = min(path.stem for path in (root / "tags").glob("*.yaml"))
    path = root / urls.tagging_file(urls.paper_key(paper.id))
    files.write(path, f"tags:\n- {slug}\n".encode())


def nothing(_root: Path) -> None:
    """No edit at all."""


def _by(paper: Paper, known: list[str], rng: Random) -> Paper:
    """The paper, most of its authors from those known."""
    count = min(len(paper.authors), len(known))
    return replace(
        paper, id=f"{paper.id[:5]}9{paper.id[6:]}", authors=tuple(rng.sample(known, count))
    )


def _newest(root: Path) -> list[DailyList]:
    paths = _list_files(root)[-_RECENT_LISTS:]
    return [_read(root, path) for path in reversed(paths)]


def _list_files(root: Path) -> list[Path]:
    return sorted((root / "daily").rglob("*.yaml"))


def _read(root: Path, path: Path) -> DailyList:
    found, problems = content.read_list(root, date.fromisoformat(path.stem))
    if found is None:
        raise ValueError(f"{path}: {problems}")
    return found
