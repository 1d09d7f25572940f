"""Reads bodies of Hugging Face's daily_papers API: the papers of one day as JSON.

Takes the body, alone or wrapped in an object with `date` and `data`; gives one daily list. Never
takes `ai_summary`, which is somebody else's prose, nor the outer `publishedAt`, which is when the
paper was listed. Authors that the source marks as hidden are left out, as on its own pages.
"""

from __future__ import annotations

import ast
import json
import re
from collections.abc import Sequence
from datetime import date
from io import BufferedReader
from pathlib import PurePath
from typing import Any

from msgspec import Struct

from generator.content import yaml_fields
from generator.core import ids
from generator.core.errors import SourceError, UsageError
from generator.core.model import DailyList, Paper
from generator.sources import source_fields
from generator.sources.source_fields import SourceFields

LONGEST_LITERAL = 1_000_000
"""Characters of an entry written as a Python literal; parsing one takes much memory."""
_NAMED_DAY = re.compile(r"(?<!\d)\d{4}-\d{2}-\d{2}(?!\d)")


class _Body(Struct, frozen=True):
    entries: Sequence[SourceFields]
    day: date | None
    """As the body itself says."""


def parse(source: BufferedReader, name: str, day: date | None) -> tuple[DailyList, ...]:
    """The one list of a body; its day is `day`, or the one that file name or body tell."""
    body = _body(_loaded(source_fields.decoded(source.read(), name), name), name)
    papers = [_paper(entry) for entry in body.entries]
    return (source_fields.daily_list(_day(body, name, day), papers),)


def _loaded(text: str, name: str) -> Any:
    try:
        return json.loads(text)
    except json.JSONDecodeError as error:
        problem = f"{name}:{error.lineno}: not valid JSON ({error.msg})"
    except (ValueError, RecursionError):
        problem = (
            f"{name}:1: JSON that no daily list looks like (nested too deeply, or a huge number)"
        )
    raise SourceError(f"{problem}; fetch the day again")


def _body(loaded: Any, name: str) -> _Body:
    day = None
    entries = loaded
    if isinstance(loaded, dict):
        outer = SourceFields(loaded, f"{name}:1")
        day = outer.day("date")
        entries = loaded.get("data")
        if entries is None:
            raise _no_papers(name, day, outer.line("message") or outer.line("error"))
    if entries == []:
        raise _no_papers(name, day, "")
    if not isinstance(entries, list):
        raise SourceError(
            f"{name}:1: expected a list of papers, found {source_fields.kind(entries)}: "
            "the source had none for the day; fetch it again later or drop this file"
        )
    return _Body([_entry(entry, f"{name}: entry {n}") for n, entry in enumerate(entries, 1)], day)


def _no_papers(name: str, day: date | None, said: str) -> SourceError:
    when = day.isoformat() if day else "the day"
    quoted = f" ('{said[:100]}')" if said else ""
    return SourceError(
        f"{name}:1: the source had no papers for {when}{quoted}; "
        "fetch it again later or drop this file"
    )


def _entry(entry: Any, place: str) -> SourceFields:
    """One entry, which some archives keep as the text of a Python dictionary."""
    value = _literal(entry, place) if isinstance(entry, str) else entry
    if isinstance(value, dict):
        return SourceFields(value, place)
    raise SourceError(
        f"{place}: expected an object, found {source_fields.kind(value)}; fetch it again"
    )


def _literal(text: str, place: str) -> Any:
    if len(text) > LONGEST_LITERAL:
        raise SourceError(
            f"{place}: a text of {len(text):,} characters; expected an object; fetch it again"
        )
    try:
        return ast.literal_eval(text)
    except (ValueError, SyntaxError, TypeError, RecursionError, MemoryError):
        raise SourceError(
            f"{place}: a text that is no Python literal; expected an object; fetch it again"
        ) from None


def _day(body: _Body, name: str, day: date | None) -> date:
    """The list's day, where nothing contradicts it; never guessed."""
    if day and body.day and day != body.day:
        raise UsageError(f"{name} is dated {body.day}, --date says {day}; pass the list's date")
    if day:
        return day
    said = _named(name) | ({body.day} if body.day else set())
    known = said or {_listed(entry) for entry in body.entries}
    days = sorted(each for each in known if each)
    if len(known) == len(days) == 1:
        return days[0]
    why = f"tells several days ({', '.join(map(str, days))})" if days else "tells no day"
    raise UsageError(f"{name} {why} to put the list under; pass --date YYYY-MM-DD")


def _named(name: str) -> set[date | None]:
    """The days in a file's name."""
    days = (yaml_fields.parse_day(text) for text in _NAMED_DAY.findall(PurePath(name).name))
    return {day for day in days if day}


def _listed(entry: SourceFields) -> date | None:
    paper = entry.fields("paper")
    return paper.told_day("submittedOnDailyAt") if paper else None


def _paper(entry: SourceFields) -> Paper:
    paper = entry.fields("paper")
    if paper is None:
        raise entry.error("'paper' is missing", "fetch the day again")
    title = _title(paper.line("title"), entry.line("title"))
    if not title:
        raise entry.error("the paper has no title", "fetch the day again, or remove the entry")
    authors = [each for each in paper.items("authors") if each.values.get("hidden") is not True]
    return Paper(
        id=ids.arxiv_id(paper.line("id")),
        title=title,
        authors=source_fields.clean_lines(each.line("name") for each in authors),
        published=paper.told_day("publishedAt"),
        abstract=paper.prose("summary") or entry.prose("summary"),
        links=source_fields.web_links(
            code=paper.line("githubRepo"), project=paper.line("projectPage")
        ),
        keywords=paper.lines("ai_keywords"),
        upvotes=paper.whole("upvotes"),
    )


def _title(inner: str, outer: str) -> str:
    """The better of an entry's two titles, which may differ in more than white space.

    Sometimes one lost its math; the one that still has some wins, then the longer, then the
    paper's own.
    """
    return max(inner, outer, key=lambda title: ("$" in title or "\\" in title, len(title)))
