"""Imports a source's file into `content/daily/`; each format has its own module.

The module of a format takes an open file, its name and a date, and gives daily lists; it reads
nothing else and writes nothing. `run_import` merges them into the content: it writes daily lists,
never what people write (`tags/`, `archive.yaml`), and only whole files, one after another, so an
import that was interrupted can be run again. If a paper gets a better id, the tagging files of
people move with it, in one step with the list.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import date
from pathlib import Path
from types import MappingProxyType
from typing import Protocol, TypeVar

from msgspec import Struct
from msgspec.structs import replace

from generator.content import merge, reader, writer, yaml_fields
from generator.content.edit import moved_papers
from generator.content.yaml_fields import did_you_mean
from generator.core import files, ids, journal, paths
from generator.core.errors import SourceError, UsageError
from generator.core.model import DailyList
from generator.sources import hf_api, hf_page, jsonl
from generator.sources.importer import Importer
from generator.text.dates import counted

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
    papers_moved: int = 0
    """Number of papers among them whose tags by people moved to the new id."""

    def __str__(self) -> str:
        papers = f"{self.papers_new:,} new, {self.papers_updated:,} updated"
        parts = [
            f"{counted(self.papers, 'paper')} read: {papers}",
            f"{counted(self.lists_written, 'list')} written, {self.lists_unchanged:,} unchanged",
        ]
        if self.ids_replaced:
            parts.append(f"replaced by a better id: {', '.join(self.ids_replaced)}")
        if self.papers_moved:
            parts.append(f"tags of {counted(self.papers_moved, 'paper')} moved with it")
        return "; ".join(parts)


class _ListChange(Struct, frozen=True):
    """The change of one day's file."""

    before: DailyList | None
    after: DailyList
    given: int
    """Number of papers that the source gave for the day."""
    new_ids: Mapping[str, str]
    """The better ids of papers, by the ids they had."""


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
    moved, papers_moved = _moved_taggings(root, changes)
    with_new_ids = {
        paths.list_file(each.after.date): writer.list_text(each.after).encode()
        for each in changes
        if each.new_ids
    }
    journal.replace_all(root, with_new_ids | moved)
    written = len(with_new_ids) + sum(
        not each.new_ids and each.before != each.after and writer.write_list(root, each.after)
        for each in track(changes, "writing lists", len(changes))
    )
    return _report(changes, written, papers_moved)


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
            change = _ListChange(None, new, len(new.papers), {})
        else:
            _refuse_duplicates(root, old)
            merged, replaced = merge.merge(old, new), merge.replaced_ids(old, new)
            change = _ListChange(old, merged, len(new.papers), replaced)
    if change.after != old:
        _refuse_unreadable(root, change.after)
    return change


def _refuse_unreadable(root: Path, daily: DailyList) -> None:
    """Raise SourceError if a list couldn't be read again, as one that is too large when merged."""
    file, data = paths.list_file(daily.date), writer.list_text(daily).encode()
    _, problems = reader.parse_file(root, file, data)
    if problems:
        wrong = problems[0]
        raise SourceError(f"{root / file} would have a problem: {wrong.message}; {wrong.hint}")


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


def _moved_taggings(
    root: Path, changes: Sequence[_ListChange]
) -> tuple[dict[str, bytes | None], int]:
    """The tagging files that change with the ids of papers, and the number of these papers."""
    moves: dict[str, set[str]] = {}
    for change in changes:
        for old, new in change.new_ids.items():
            if moved_papers.is_tagged(root, ids.paper_key(old)):
                moves.setdefault(old, set()).add(ids.paper_key(new))
    if not moves:
        return {}, 0
    staying = {ids.paper_key(each) for each in _still_listed(root, moves, changes)}
    by_key = {ids.paper_key(old): news for old, news in moves.items()}
    return moved_papers.tagging_changes(root, by_key, staying), len(moves)


def _still_listed(
    root: Path, paper_ids: Collection[str], changes: Iterable[_ListChange]
) -> set[str]:
    """Those of some ids that some list has after the import, as it does if the slug is twice."""
    lists: dict[Path, DailyList | None] = {
        root / paths.list_file(change.after.date): change.after for change in changes
    }
    with files.outside(f"cannot read {root}"):
        for path in sorted(root.glob("daily/*/*.yaml")):
            day = yaml_fields.parse_day(path.stem)
            if day and path not in lists and _may_have(path.read_bytes(), paper_ids):
                lists[path], _ = reader.read_list(root, day)
    found = {paper.id for daily in lists.values() if daily for paper in daily.papers}
    return found & set(paper_ids)


def _may_have(data: bytes, paper_ids: Iterable[str]) -> bool:
    """Whether a file may have one of some ids: reading very many lists as YAML takes long."""
    return any(each.encode() in data for each in paper_ids)


def _report(changes: Iterable[_ListChange], written: int, papers_moved: int) -> ImportReport:
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
    unchanged = lists - written
    return ImportReport(written, unchanged, given, new, updated, tuple(replaced), papers_moved)
