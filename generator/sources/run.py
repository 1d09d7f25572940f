"""Imports a source's file into `content/daily/`; each format has its own module.

The module of a format takes an open file, its name and a date, and gives daily lists; it reads
nothing else and writes nothing. `run_import` merges them into the content: it writes daily lists,
never what people write (`tagging/`, `tags/`, `archive.yaml`), and only whole files, one after
another, so an import that was interrupted can be run again.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
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
from generator.sources.importer import Importer

_Item = TypeVar("_Item")


class Track(Protocol):
    """Passes items through while showing how far the work is."""

    def __call__(
        self, items: Iterable[_Item], label: str, total: int | None, /
    ) -> Iterable[_Item]: ...


_MODULES = (hf_api, hf_page, jsonl)
FORMATS: Mapping[str, Importer] = MappingProxyType(
    {each.IMPORTER.name: each.IMPORTER for each in _MODULES}
)


class ImportReport(Struct, frozen=True):
    """What an import did."""

    lists_written: int = 0
    lists_unchanged: int = 0
    papers: int = 0
    """Number of papers in all lists of the source."""
    papers_new: int = 0
    papers_updated: int = 0
    ids_replaced: tuple[str, ...] = ()
    """Slugs that were replaced by a better id: the page of each gets a new URL."""

    def __str__(self) -> str:
        parts = [
            f"{self.papers} papers read: {self.papers_new} new, {self.papers_updated} updated",
            f"{self.lists_written} lists written, {self.lists_unchanged} unchanged",
        ]
        if self.ids_replaced:
            parts.append(f"replaced by a better id: {', '.join(self.ids_replaced)}")
        return "; ".join(parts)


class _ListChange(Struct, frozen=True):
    """The change of one day's file."""

    before: DailyList | None
    after: DailyList
    given: int
    """Number of papers that the source gave for the day."""


def untracked(items: Iterable[_Item], _label: str, _total: int | None, /) -> Iterable[_Item]:
    """Passes items through and shows nothing."""
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
    newest. Everything is read and merged before anything is written. Raises UsageError,
    SourceError, and OutsideError if the disk refuses.
    """
    lists = _chosen(_read(format_name, path, day), abstracts, newest)
    changes = [_change(root, each) for each in track(lists, "merging lists", len(lists))]
    written = [
        each.before != each.after and writer.write_list(root, each.after)
        for each in track(changes, "writing lists", len(changes))
    ]
    return _report(changes, sum(written))


def _read(format_name: str, path: Path, day: date | None) -> Sequence[DailyList]:
    importer = FORMATS.get(format_name)
    if importer is None:
        hint = did_you_mean(format_name, FORMATS) or f"the formats are {', '.join(FORMATS)}"
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


def _change(root: Path, new: DailyList) -> _ListChange:
    with files.outside(f"cannot read {root / paths.list_file(new.date)}"):
        old, problems = reader.read_list(root, new.date)
        if problems:
            raise SourceError(f"{problems[0]}; fix the file, then import again")
        if old is None:
            return _ListChange(None, new, len(new.papers))
        _refuse_duplicates(root, old)
        merged = merge.merge(old, new, _tagged_ids(root, old.papers))
        return _ListChange(old, merged, len(new.papers))


def _refuse_duplicates(root: Path, old: DailyList) -> None:
    """Raise SourceError unless ids are unique: merging would lose a paper."""
    seen: set[str] = set()
    for paper in old.papers:
        if paper.id in seen:
            file = root / paths.list_file(old.date)
            raise SourceError(
                f"{file.as_posix()}: {paper.id} is listed twice; merge the two, then import again"
            )
        seen.add(paper.id)


def _tagged_ids(root: Path, papers: Iterable[Paper]) -> frozenset[str]:
    """The ids of papers with a tagging file: a new id would leave that file without its paper."""
    return frozenset(
        paper.id
        for paper in papers
        if (root / paths.tagging_file(ids.paper_key(paper.id))).exists()
    )


def _report(changes: Iterable[_ListChange], written: int) -> ImportReport:
    new = updated = given = lists = 0
    replaced: list[str] = []
    for change in changes:
        lists += 1
        given += change.given
        before = {paper.id: paper for paper in change.before.papers} if change.before else {}
        after = {paper.id: paper for paper in change.after.papers}
        gone = [paper_id for paper_id in before if paper_id not in after]
        replaced += gone
        new += len(after) - len(before)
        updated += len(gone) + sum(
            before[paper_id] != paper for paper_id, paper in after.items() if paper_id in before
        )
    return ImportReport(written, lists - written, given, new, updated, tuple(replaced))
