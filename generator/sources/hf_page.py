"""Reads Hugging Face's daily-papers page, saved as text: titles and abstracts by turns.

Takes the text and the date of the page; gives one daily list. The page shows no year, ids or
authors, and none is guessed: ids are slugs of the titles. A title that is repeated with another
abstract is another paper; if both are repeated word for word, it is the same paper.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date
from io import BufferedReader
from typing import NamedTuple

from generator.content import yaml_fields
from generator.core import limits
from generator.core.errors import SourceError, UsageError
from generator.core.model import DailyList, Paper
from generator.sources import source_fields
from generator.sources.importer import Importer
from generator.text.dates import MONTHS

MAX_HEADER_LINES = 40
"""The date of the page is within its first lines; a date further down belongs to a paper's text."""
MAX_TITLE_LENGTH = 400
MIN_ABSTRACT_LENGTH = 40
"""Of 11,500 real papers, none has a title over 175 characters or an abstract under 290."""

_MONTHS = tuple(month[:3] for month in MONTHS)
_DAY = re.compile(rf"({'|'.join(_MONTHS)})[a-z]*\.? (\d{{1,2}})(?:, (\d{{4}}))?")
_CURATORS = re.compile(r"[Bb]y(?:\s+|(?=[A-Z]))(.+)")
_AND = re.compile(r",\s*(?:and\s+)?|\s+and\s+")


class _Paragraph(NamedTuple):
    line: int
    """Number of its first line, from 1."""
    text: str


def parse(source: BufferedReader, name: str, day: date | None) -> tuple[DailyList, ...]:
    """The list of a page; `day` is required, since the page shows no year."""
    lines = source_fields.whole(source, name).split("\n")
    _refuse_html(lines, name)
    header, shown = _header(lines, name)
    day = _dated(shown, day, name)
    paragraphs = _paragraphs(lines, header)
    if not paragraphs:
        raise SourceError(
            f"{name}:{header}: there are no papers below the page's date; "
            "save the whole page as text, or delete the file if the day had none"
        )
    return (source_fields.daily_list(day, _papers(paragraphs, name), _curators(lines[:header])),)


def _refuse_html(lines: Sequence[str], name: str) -> None:
    for number, line in enumerate(lines, start=1):
        if not line.strip():
            continue
        if re.match(r"\s*<(!doctype|html|\?xml|head|body|div)\b", line, re.IGNORECASE):
            raise SourceError(
                f"{name}:{number}: this is the page's HTML; "
                "save the page as text (copy what the browser shows into a file)"
            )
        return
    raise SourceError(f"{name}:1: the file is empty; save the page as text again")


def _header(lines: Sequence[str], name: str) -> tuple[int, re.Match[str]]:
    """The number of lines in the header, and the page's date, which is the last of them."""
    for number, line in enumerate(lines[:MAX_HEADER_LINES], start=1):
        shown = _DAY.fullmatch(line.strip())
        if shown:
            return number, shown
    raise SourceError(
        f"{name}:1: no line such as 'Mar 11' shows the page's date; "
        "save the page as text from its top"
    )


def _dated(shown: re.Match[str], day: date | None, name: str) -> date:
    month, number, year = _MONTHS.index(shown[1]) + 1, int(shown[2]), shown[3]
    if day is None:
        raise UsageError(
            f"{name} shows '{shown[0]}', but the list needs a date with a year; "
            f"pass --date YYYY-{month:02}-{number:02} with the right year"
        )
    if (day.month, day.day) != (month, number) or (year and int(year) != day.year):
        raise UsageError(
            f"{name} shows '{shown[0]}', but --date says {day.isoformat()}; "
            "pass the date of this page"
        )
    return day


def _curators(header: Sequence[str]) -> tuple[str, ...]:
    """The people who chose the papers, from the header's line 'by …'; the space may be missing."""
    for line in header:
        match = _CURATORS.fullmatch(line.strip())
        if match:
            return source_fields.clean_lines(_AND.split(match[1]))
    return ()


def _paragraphs(lines: Sequence[str], start: int) -> list[_Paragraph]:
    """Texts between blank lines; each may be wrapped over several lines."""
    found: list[tuple[int, list[str]]] = []
    continues = False
    for number, line in enumerate(lines[start:], start=start + 1):
        text = source_fields.clean_line(line)
        if text and continues:
            found[-1][1].append(text)
        elif text:
            found.append((number, [text]))
        continues = bool(text)
    return [_Paragraph(number, " ".join(texts)) for number, texts in found]


def _papers(paragraphs: Sequence[_Paragraph], name: str) -> list[Paper]:
    papers: list[Paper] = []
    if len(paragraphs) // 2 > limits.PAPERS.most:
        what = yaml_fields.too_large("the page", len(paragraphs) // 2, limits.PAPERS)
        raise SourceError(f"{name}:{paragraphs[0].line}: {'; '.join(what)}")
    for title, abstract in zip(paragraphs[::2], paragraphs[1::2], strict=False):
        if not _plausible(title.text, abstract.text):
            raise SourceError(
                f"{name}:{title.line}: expected a title here and its abstract in line "
                f"{abstract.line}, but their lengths don't fit; "
                "check whether a title or an abstract is missing above, or whether one is too many"
            )
        if len(abstract.text) > limits.ABSTRACT.most:
            what = yaml_fields.too_large("the abstract", len(abstract.text), limits.ABSTRACT)
            raise SourceError(f"{name}:{abstract.line}: {'; '.join(what)}")
        papers.append(Paper(id="", title=title.text, abstract=abstract.text))
    if len(paragraphs) % 2:
        raise SourceError(
            f"{name}:{paragraphs[-1].line}: the last title has no abstract; "
            "save the page as text to its end"
        )
    return papers


def _plausible(title: str, abstract: str) -> bool:
    return len(title) <= MAX_TITLE_LENGTH and len(abstract) >= max(len(title), MIN_ABSTRACT_LENGTH)


IMPORTER = Importer(
    name="hf-page",
    help="Hugging Face's daily-papers page, saved as text",
    date_help="required, since the page shows no year",
    parse=parse,
    needs_date=True,
)
