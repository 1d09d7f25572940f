"""Reads JSON Lines, one paper on each line, plain or compressed with gzip.

Takes objects with `list_date, arxiv_id, title, authors, abstract, published, upvotes, github,
keywords`; only the title is required. Gives a daily list for each `list_date`, oldest
first, papers in the order of the file. Other fields are ignored.
"""

from __future__ import annotations

import gzip
import json
import zlib
from collections import defaultdict
from collections.abc import Iterator
from datetime import date
from io import BufferedReader
from typing import Any

from generator.core import ids, limits
from generator.core.errors import SourceError, UsageError
from generator.core.model import DailyList, Paper
from generator.sources import source_fields
from generator.sources.importer import Importer
from generator.sources.source_fields import SourceFields

_GZIP = b"\x1f\x8b"


def parse(source: BufferedReader, name: str, day: date | None) -> tuple[DailyList, ...]:
    """The lists of a file; `day` is the date of lines without a `list_date`."""
    papers: dict[date, list[Paper]] = defaultdict(list)
    used = False
    for row in _rows(source, name):
        own = row.day("list_date")
        used = used or own is None or own == day
        its_day = own or _required(row, day)
        papers[its_day].append(_paper(row))
        if len(papers[its_day]) > limits.PAPERS.most:
            message = f"the list of {its_day} has more than {limits.PAPERS.words}"
            raise row.error(message, limits.PAPERS.way_out)
    if not papers:
        raise SourceError(f"{name}:1: the file has no papers; write one JSON object on each line")
    if day and not used:
        raise UsageError(
            f"every line of {name} has its own list_date, and none is {day}; leave --date out"
        )
    return tuple(source_fields.daily_list(each, papers[each]) for each in sorted(papers))


def _required(row: SourceFields, day: date | None) -> date:
    if day is None:
        raise row.error("'list_date' is missing", "add it, or pass --date YYYY-MM-DD")
    return day


def _rows(source: BufferedReader, name: str) -> Iterator[SourceFields]:
    for number, line in enumerate(_lines(source, name), start=1):
        place = f"{name}:{number}"
        text = _text(line, place)
        if text.strip():
            yield SourceFields(_object(text, place), place)


def _lines(source: BufferedReader, name: str) -> Iterator[bytes]:
    if not source.peek(2).startswith(_GZIP):
        for _, line in _limited(source, name):
            yield line
        return
    number = 0
    try:
        with gzip.GzipFile(fileobj=source) as unpacked:
            for number, line in _limited(unpacked, name):  # noqa: B007
                yield line
    except (EOFError, zlib.error, gzip.BadGzipFile) as error:
        message = f"{name}:{number + 1}: the compressed file is damaged ({error})"
        raise SourceError(f"{message}; fetch it again") from None


def _limited(lines: gzip.GzipFile | BufferedReader, name: str) -> Iterator[tuple[int, bytes]]:
    """Lines and their numbers; none is read beyond its limit, and no more than all may have."""
    one, total, most = limits.IMPORT_LINE, limits.IMPORT_FILE, limits.IMPORT_LINES
    size = number = 0
    while line := lines.readline(one.most + 1):
        number += 1
        size += len(line)
        if len(line) > one.most:
            raise _too_large(name, number, f"the line is larger than {one.words}; {one.way_out}")
        if size > total.most:
            raise _too_large(
                name, number, f"the file is larger than {total.words}; {total.way_out}"
            )
        if number > most.most:
            raise _too_large(name, number, f"the file has more than {most.words}; {most.way_out}")
        yield number, line


def _too_large(name: str, number: int, message: str) -> SourceError:
    return SourceError(f"{name}:{number}: {message}")


def _text(line: bytes, place: str) -> str:
    try:
        return line.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise SourceError(f"{place}: not UTF-8 text; save the file as UTF-8") from None


def _object(text: str, place: str) -> dict[str, Any]:
    try:
        value = source_fields.json_value(text)
    except json.JSONDecodeError as error:
        problem = f"not valid JSON ({error.msg} at column {error.colno})"
    except ValueError as error:
        problem = str(error)
    else:
        if isinstance(value, dict):
            return value
        problem = f"expected an object, found {source_fields.kind(value)}"
    raise SourceError(f"{place}: {problem}; write one JSON object on each line")


def _paper(row: SourceFields) -> Paper:
    title = row.line("title", limits.TITLE)
    if not title:
        raise row.error("the paper has no title", "add it, or remove the line")
    return Paper(
        id=_id(row),
        title=title,
        authors=row.lines("authors", limits.AUTHORS, limits.NAME),
        published=row.leading_day("published"),
        abstract=row.prose("abstract", limits.ABSTRACT),
        links=source_fields.web_links(code=row.line("github", limits.URL)),
        keywords=row.lines("keywords", limits.KEYWORDS, limits.KEYWORD),
        upvotes=row.whole("upvotes"),
    )


def _id(row: SourceFields) -> str:
    written = row.line("arxiv_id")
    found = ids.arxiv_id(written)
    if written and not found:
        fix = "write it like 2503.01496, or leave it out"
        raise row.error(f"'{written[:40]}' is not an arXiv id", fix)
    return found


IMPORTER = Importer(
    name="jsonl",
    help="JSON Lines, one paper on each line, plain or compressed with gzip",
    date_help="for lines without a list_date",
    parse=parse,
)
