"""Reads responses of Hugging Face's daily_papers API: the papers of one day as JSON.

Takes the body of a response, alone or in an object with `date` and `data`; gives one daily list.
Never uses `ai_summary`, which is somebody else's prose, or the outer `publishedAt`, which is when
the paper was listed. Authors that the source marks as hidden are left out, as on its own pages.
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
from generator.core import ids, limits
from generator.core.errors import SourceError, UsageError
from generator.core.model import DailyList, Paper
from generator.sources import source_fields
from generator.sources.importer import Importer
from generator.sources.source_fields import SourceFields

_CHANGED = "fetch the day again; if it stays so, the source has changed its format"
_DAY_IN_NAME = re.compile(r"(?<!\d)\d{4}-\d{2}-\d{2}(?!\d)")


class _Body(Struct, frozen=True):
    entries: Sequence[SourceFields]
    day: date | None
    """The date in the body; None if it has none."""


def parse(source: BufferedReader, name: str, day: date | None) -> tuple[DailyList, ...]:
    """The list of a body. Its date is `day`, or the one in the file's name or in the body."""
    body = _body(_loaded(source_fields.whole(source, name), name), name)
    papers = [_paper(entry) for entry in body.entries]
    return (source_fields.daily_list(_day(body, name, day), papers),)


def _loaded(text: str, name: str) -> Any:
    try:
        return source_fields.json_value(text)
    except json.JSONDecodeError as error:
        problem = f"{name}:{error.lineno}: not valid JSON ({error.msg})"
    except ValueError as error:
        problem = f"{name}:1: not a daily list ({error})"
    raise SourceError(f"{problem}; fetch the day again")


def _body(loaded: Any, name: str) -> _Body:
    day, answer = None, ""
    entries = loaded
    if isinstance(loaded, dict):
        outer = SourceFields(loaded, f"{name}:1")
        day, answer = outer.day("date"), outer.line("message") or outer.line("error")
        if "data" not in loaded and not answer and loaded.keys() - {"date"}:
            raise outer.error("'data' is missing", _CHANGED)
        entries = loaded.get("data")
    if entries in (None, []):
        raise _no_papers(name, day, answer)
    if not isinstance(entries, list):
        raise SourceError(
            f"{name}:1: expected a list of papers, found {source_fields.kind(entries)}; {_CHANGED}"
        )
    if len(entries) > limits.PAPERS.most:
        message, hint = yaml_fields.too_large("the list", len(entries), limits.PAPERS)
        raise SourceError(f"{name}:1: {message}; {hint}")
    return _Body([_entry(entry, f"{name}: entry {n}") for n, entry in enumerate(entries, 1)], day)


def _no_papers(name: str, day: date | None, answer: str) -> SourceError:
    when = day.isoformat() if day else "the day"
    quoted = f" ('{answer[:100]}')" if answer else ""
    return SourceError(
        f"{name}:1: the source had no papers for {when}{quoted}; "
        "fetch it again later, or delete the file"
    )


def _entry(entry: Any, place: str) -> SourceFields:
    """One entry; some archives store it as the text of a Python dictionary."""
    value = _literal(entry, place) if isinstance(entry, str) else entry
    if isinstance(value, dict):
        return SourceFields(value, place)
    raise SourceError(
        f"{place}: expected an object, found {source_fields.kind(value)}; fetch the day again"
    )


def _literal(text: str, place: str) -> Any:
    if len(text) > limits.LITERAL.most:
        raise SourceError(
            f"{place}: expected an object, found a text of {len(text):,} characters; "
            "fetch the day again"
        )
    try:
        return ast.literal_eval(text)
    except (ValueError, SyntaxError, TypeError, RecursionError, MemoryError):
        raise SourceError(
            f"{place}: expected an object, found a text that is not a Python literal; "
            "fetch the day again"
        ) from None


def _day(body: _Body, name: str, day: date | None) -> date:
    """The date of the list, if all given dates agree; it is never guessed."""
    if day and body.day and day != body.day:
        raise UsageError(
            f"{name} is dated {body.day}, but --date says {day}; pass the date of the list"
        )
    if day:
        return day
    given = _days_in_name(name) | ({body.day} if body.day else set())
    known = given or {_listed(entry) for entry in body.entries}
    days = sorted(each for each in known if each)
    if len(known) == len(days) == 1:
        return days[0]
    what = f"has several dates ({', '.join(map(str, days))})" if days else "has no date"
    raise UsageError(f"{name} {what}, so the day of its list is unclear; pass --date YYYY-MM-DD")


def _days_in_name(name: str) -> set[date | None]:
    """The dates in a file's name."""
    days = (yaml_fields.parse_day(text) for text in _DAY_IN_NAME.findall(PurePath(name).name))
    return {day for day in days if day}


def _listed(entry: SourceFields) -> date | None:
    paper = entry.fields("paper")
    return paper.leading_day("submittedOnDailyAt") if paper else None


def _paper(entry: SourceFields) -> Paper:
    paper = entry.fields("paper")
    if paper is None:
        raise entry.error("'paper' is missing", "fetch the day again")
    title = _title(paper.line("title", limits.TITLE), entry.line("title", limits.TITLE))
    if not title:
        raise entry.error("the paper has no title", "fetch the day again, or remove the entry")
    authors = [
        each
        for each in paper.items("authors", limits.AUTHORS)
        if each.values.get("hidden") is not True
    ]
    return Paper(
        id=ids.arxiv_id(paper.line("id")),
        title=title,
        authors=source_fields.clean_lines(each.line("name", limits.NAME) for each in authors),
        published=paper.leading_day("publishedAt"),
        abstract=paper.prose("summary", limits.ABSTRACT) or entry.prose("summary", limits.ABSTRACT),
        links=source_fields.web_links(
            code=paper.line("githubRepo", limits.URL), project=paper.line("projectPage", limits.URL)
        ),
        keywords=paper.lines("ai_keywords", limits.KEYWORDS, limits.KEYWORD),
        upvotes=paper.whole("upvotes"),
    )


def _title(inner: str, outer: str) -> str:
    """The better of the two titles of an entry, which may differ in more than white space.

    One of them may have lost its math: the one that has some is better, then the longer one, then
    the paper's own.
    """
    return max(inner, outer, key=lambda title: ("$" in title or "\\" in title, len(title)))


IMPORTER = Importer(
    name="hf-api",
    help="a response of Hugging Face's daily_papers API, as JSON",
    date_help="required if neither the file's name nor the response has it",
    parse=parse,
)
