"""From a source's file to `content/daily/`: one module per format, and the one way to run them.

A format's module takes an open file, its name and a day, and gives daily lists; it reads nothing
else and writes nothing. `run` merges them into the content: it writes daily lists, never what
people write (`tagging/`, `tags/`, `archive.yaml`), and only whole files, one after another, so
an interrupted import can simply be run again.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date
from io import BufferedReader
from pathlib import Path
from types import MappingProxyType
from typing import Protocol, TypeVar

from msgspec import Struct
from msgspec.structs import replace

from generator.content import merge, reader, writer
from generator.content.yaml_fields import did_you_mean
from generator.core import files, ids, paths
from generator.core.errors import SourceError, UsageError
from generator.core.model import DailyList, Paper
from generator.sources import hf_api, hf_page, jsonl

_Item = TypeVar("_Item")


class Track(Protocol):
    """Wraps what is gone through, to show how far it is."""

    def __call__(
        self, items: Iterable[_Item], label: str, total: int | None, /
    ) -> Iterable[_Item]: ...


class Importer(Struct, frozen=True):
    """One format that can be imported."""

    help: str
    """What it reads, in one line."""
    needs_date: bool
    """Whether `--date` must be given; where it need not, it may."""
    date_help: str
    """What `--date` means for it, in one line."""
    parse: Callable[[BufferedReader, str, date | None], Sequence[DailyList]]
    """Gives the lists of an open file; takes its name for messages."""


FORMATS: Mapping[str, Importer] = MappingProxyType(
    {
        "hf-page": Importer(
            "Hugging Face's daily-papers page, saved as text",
            True,
            "the page's date, since the page shows no year",
            hf_page.parse,
        ),
        "hf-api": Importer(
            "a body of Hugging Face's daily_papers API, as JSON",
            False,
            "the list's date, where neither the file's name nor the body tells it",
            hf_api.parse,
        ),
        "jsonl": Importer(
            "one paper a line as JSON, plain or compressed with gzip",
            False,
            "the date of lines without a list_date",
            jsonl.parse,
        ),
    }
)


class ImportReport(Struct, frozen=True):
    """What an import did."""

    lists_written: int = 0
    lists_unchanged: int = 0
    papers: int = 0
    """Papers the source gave, on all its lists."""
    papers_new: int = 0
    papers_updated: int = 0
    ids_replaced: tuple[str, ...] = ()
    """Slugs that gave way to a better id: the page of each has a new address."""

    def __str__(self) -> str:
        said = [
            f"{self.papers} papers read: {self.papers_new} new, {self.papers_updated} updated",
            f"{self.lists_written} lists written, {self.lists_unchanged} as before",
        ]
        if self.ids_replaced:
            said.append(f"replaced by a better id: {', '.join(self.ids_replaced)}")
        return "; ".join(said)


class _Step(Struct, frozen=True):
    """What is to happen to one day's file."""

    before: DailyList | None
    after: DailyList
    given: int


def untracked(items: Iterable[_Item], _label: str, _total: int | None, /) -> Iterable[_Item]:
    """Shows nothing."""
    return items


def run_import(
    root: Path,
    format_name: str,
    path: Path,
    day: date | None,
    *,
    abstracts: bool = True,
    newest: int | None = None,
    track: Track = untracked,
) -> ImportReport:
    """Import a file into the content below `root`.

    `abstracts=False` leaves the source's abstracts out; `newest` takes only that many lists, the
    newest. Everything is read and merged before anything is written. Raises `UsageError`,
    `SourceError`, and `OutsideError` where the disk refuses.
    """
    lists = _chosen(_read(format_name, path, day), abstracts, newest)
    steps = [_step(root, each) for each in track(lists, "merging lists", len(lists))]
    written = [
        step.before != step.after and writer.write_list(root, step.after)
        for step in track(steps, "writing lists", len(steps))
    ]
    return _report(steps, sum(written))


def _read(format_name: str, path: Path, day: date | None) -> Sequence[DailyList]:
    importer = FORMATS.get(format_name)
    if importer is None:
        hint = did_you_mean(format_name, FORMATS) or f"formats are {', '.join(FORMATS)}"
        raise UsageError(f"there is no format '{format_name}'; {hint}")
    if not path.exists():
        raise UsageError(f"there is no file {path}; pass the file to import")
    with files.outside(f"cannot read {path}"), path.open("rb") as source:
        return importer.parse(source, path.as_posix(), day)


def _chosen(lists: Sequence[DailyList], abstracts: bool, newest: int | None) -> Sequence[DailyList]:
    if newest is not None:
        if newest < 1:
            raise UsageError(f"--newest {newest} would import nothing; pass 1 or more")
        lists = sorted(lists, key=lambda each: each.date)[-newest:]
    if abstracts:
        return lists
    return [
        replace(each, papers=tuple(replace(paper, abstract="") for paper in each.papers))
        for each in lists
    ]


def _step(root: Path, new: DailyList) -> _Step:
    with files.outside(f"cannot read {root / paths.list_file(new.date)}"):
        old, problems = reader.read_list(root, new.date)
        if problems:
            raise SourceError(f"{problems[0]}; fix the file, then import again")
        if old is None:
            return _Step(None, new, len(new.papers))
        _refuse_twins(root, old)
        return _Step(old, merge.merge(old, new, _named(root, old.papers)), len(new.papers))


def _refuse_twins(root: Path, old: DailyList) -> None:
    """Merging needs ids to be unique, else a paper would be lost."""
    seen: set[str] = set()
    for paper in old.papers:
        if paper.id in seen:
            file = root / paths.list_file(old.date)
            raise SourceError(
                f"{file.as_posix()}: {paper.id} stands twice; join the two, then import again"
            )
        seen.add(paper.id)


def _named(root: Path, papers: Iterable[Paper]) -> frozenset[str]:
    """Ids that people's tagging files name: another id would leave those files behind."""
    return frozenset(
        paper.id
        for paper in papers
        if (root / paths.tagging_file(ids.paper_key(paper.id))).exists()
    )


def _report(steps: Iterable[_Step], written: int) -> ImportReport:
    new = updated = given = lists = 0
    replaced: list[str] = []
    for step in steps:
        lists += 1
        given += step.given
        before = {paper.id: paper for paper in step.before.papers} if step.before else {}
        after = {paper.id: paper for paper in step.after.papers}
        gone = [paper_id for paper_id in before if paper_id not in after]
        replaced += gone
        new += len(after) - len(before)
        updated += len(gone) + sum(
            before[paper_id] != paper for paper_id, paper in after.items() if paper_id in before
        )
    return ImportReport(written, lists - written, given, new, updated, tuple(replaced))
