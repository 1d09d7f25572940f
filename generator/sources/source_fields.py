"""What all importers share: cleaned text, typed fields, papers with ids.

Takes decoded text and JSON values, gives texts, dates and `DailyList`s; raises `SourceError` with
the place that the caller names. Does no I/O and knows no source's format.
"""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterable, Mapping
from datetime import date
from io import BufferedReader
from typing import Any

from msgspec import Struct
from msgspec.structs import replace

from generator.content import merge, yaml_fields
from generator.core import ids, limits
from generator.core.errors import SourceError
from generator.core.limits import Limit
from generator.core.model import DailyList, Paper, Source
from generator.text import markup

_BLANK_LINES = re.compile(r"\n\s*\n")
_DATE = re.compile(r"(\d{4})[-/](\d{1,2})[-/](\d{1,2})(?!\d)")
_KINDS: Mapping[type, str] = {
    bool: "true or false",
    int: "a number",
    float: "a number",
    str: "a text",
    list: "a list",
    dict: "an object",
}


# --- files --------------------------------------------------------------------------------


def whole(source: BufferedReader, name: str) -> str:
    """The text of a response or page; raises SourceError if it is too large, or isn't UTF-8."""
    limit = limits.IMPORT_BODY
    data = source.read(limit.most + 1)
    if len(data) > limit.most:
        raise SourceError(f"{name}:1: larger than {limit.words}; {limit.way_out}")
    return decoded(data, name)


def json_value(text: str) -> Any:
    """The value of a JSON text; raises ValueError with a reason for people.

    A `json.JSONDecodeError` also has the place.
    """
    too_deep = f"JSON nested deeper than {limits.JSON_LEVELS.words}"
    try:
        value = json.loads(text)
    except json.JSONDecodeError:
        raise
    except RecursionError:
        raise ValueError(too_deep) from None
    except ValueError:
        raise ValueError("JSON with a huge number") from None
    if text.count("[") + text.count("{") > limits.JSON_LEVELS.most and _is_too_deep(value):
        raise ValueError(too_deep)
    return value


def _is_too_deep(value: Any) -> bool:
    level, levels = [value], 0
    while level := [each for each in level if isinstance(each, dict | list)]:
        levels += 1
        if levels > limits.JSON_LEVELS.most:
            return True
        level = [
            inner for each in level for inner in (each.values() if isinstance(each, dict) else each)
        ]
    return False


# --- text ---------------------------------------------------------------------------------


def decoded(data: bytes, name: str) -> str:
    """The bytes of a file as text; raises SourceError unless they are UTF-8."""
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        number = data.count(b"\n", 0, error.start) + 1
        message = f"{name}:{number}: not UTF-8 text; save the file as UTF-8"
        raise SourceError(message) from None


def clean_line(text: str) -> str:
    """A text on one line, with white space collapsed, and fit for writing to a file."""
    return " ".join(_writable(text).split())


def clean_prose(text: str) -> str:
    """Paragraphs, separated by blank lines; line breaks within one are the source's wrapping."""
    lines = "\n".join(_writable(text).splitlines())
    paragraphs = (" ".join(part.split()) for part in _BLANK_LINES.split(lines))
    return "\n\n".join(part for part in paragraphs if part)


def clean_lines(texts: Iterable[str]) -> tuple[str, ...]:
    """Each text once, cleaned, in the given order, without empty ones."""
    return tuple(dict.fromkeys(line for text in texts if (line := clean_line(text))))


def web_links(**links: str) -> tuple[tuple[str, str], ...]:
    """The links that are URLs of the web, by kind."""
    return tuple(sorted((kind, url) for kind, url in links.items() if yaml_fields.is_web_url(url)))


def _writable(text: str) -> str:
    """A text without characters that no file can hold.

    NUL is removed, half a surrogate pair becomes U+FFFD; JSON escapes and Python literals can
    contain both. Two halves that belong together are joined.
    """
    text = text.replace("\0", "")
    try:
        text.encode()
    except UnicodeEncodeError:
        return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    return text


# --- fields -------------------------------------------------------------------------------


class SourceFields(Struct, frozen=True):
    """The typed values of one JSON object; null counts as missing.

    A value of another type is an error, so that a change of the source's format is noticed.
    """

    values: Mapping[str, Any]
    place: str
    """The place of the object, which error messages begin with."""

    def line(self, key: str, limit: Limit = limits.TEXT) -> str:
        """A text on one line."""
        return clean_line(self._text(key, limit))

    def prose(self, key: str, limit: Limit) -> str:
        """A text of several paragraphs."""
        return clean_prose(self._text(key, limit))

    def lines(self, key: str, limit: Limit, each: Limit) -> tuple[str, ...]:
        """A list of texts, each once, cleaned; `each` limits one of them."""
        items = self._of(key, list, "a list of texts") or []
        self._refuse_too_many(key, items, limit)
        for item in items:
            if not isinstance(item, str):
                raise self.error(f"an entry of '{key}' is {kind(item)}", "write texts")
            if len(item) > each.most:
                raise self._too_large(f"an entry of '{key}'", len(item), each)
        return clean_lines(items)

    def whole(self, key: str) -> int | None:
        """A whole number that isn't negative."""
        number = self._of(key, int, "a whole number")
        if number is not None and not 0 <= number < 10**15:
            raise self.error(
                f"'{key}' is {str(number)[:20]}", "write a whole number from 0 to 10^15"
            )
        return None if number is None else int(number)

    def day(self, key: str) -> date | None:
        """A date, or the date of a time; any other text is an error."""
        text = self.line(key)
        day = _leading_date(text)
        if text and day is None:
            raise self.error(f"'{key}' is '{text[:40]}', not a date", "write it as 2025-03-11")
        return day

    def leading_day(self, key: str) -> date | None:
        """The date that a text begins with, or None: sources also write months, years and more."""
        return _leading_date(self.line(key))

    def fields(self, key: str) -> SourceFields | None:
        """An object in the object."""
        values = self._of(key, dict, "an object")
        return None if values is None else SourceFields(values, self.place)

    def items(self, key: str, limit: Limit) -> list[SourceFields]:
        """A list of objects."""
        items = self._of(key, list, "a list of objects") or []
        self._refuse_too_many(key, items, limit)
        for item in items:
            if not isinstance(item, dict):
                raise self.error(f"an entry of '{key}' is {kind(item)}", "write objects")
        return [SourceFields(item, self.place) for item in items]

    def error(self, message: str, fix: str) -> SourceError:
        """An error in this object, with what to do about it."""
        return SourceError(f"{self.place}: {message}; {fix}")

    def _text(self, key: str, limit: Limit) -> str:
        text: str = self._of(key, str, "a text") or ""
        if len(text) > limit.most:
            raise self._too_large(f"'{key}'", len(text), limit)
        return text

    def _refuse_too_many(self, key: str, items: list[Any], limit: Limit) -> None:
        if len(items) > limit.most:
            raise self._too_large(f"'{key}'", len(items), limit)

    def _too_large(self, what: str, size: int, limit: Limit) -> SourceError:
        return self.error(*yaml_fields.too_large(what, size, limit))

    def _of(self, key: str, expected: type, words: str) -> Any:
        value = self.values.get(key)
        # True is an int in Python, but not in JSON.
        if value is None or (isinstance(value, expected) and not isinstance(value, bool)):
            return value
        raise self.error(f"'{key}' is {kind(value)}", f"write {words}, or leave it out")


def _leading_date(text: str) -> date | None:
    match = _DATE.match(text)
    return (
        yaml_fields.parse_day("-".join(each.zfill(2) for each in match.groups())) if match else None
    )


def kind(value: object) -> str:
    """The type of a JSON value, in plain words."""
    return _KINDS.get(type(value), "null" if value is None else "something else")


# --- lists --------------------------------------------------------------------------------


def daily_list(day: date, papers: Iterable[Paper], curators: tuple[str, ...] = ()) -> DailyList:
    """A list of Hugging Face's daily papers; papers whose id is empty get a slug."""
    url = f"https://huggingface.co/papers/date/{day.isoformat()}"
    source = Source("Hugging Face Daily Papers", url, curators)
    return DailyList(day, source, _identified(papers, day))


def _identified(papers: Iterable[Paper], day: date) -> tuple[Paper, ...]:
    """Papers with distinct ids: a paper that is repeated fills the gaps of the first one.

    Raises SourceError if very many have the same title: each is compared with those before it.
    """
    found: dict[str, Paper] = {}
    titles: Counter[str] = Counter()
    for given in papers:
        titles[given.title] += 1
        if titles[given.title] > limits.SAME_TITLE.most:
            raise SourceError(
                f"the list of {day} has more than {limits.SAME_TITLE.words} with the title "
                f"'{given.title[:40]}'; {limits.SAME_TITLE.way_out}"
            )
        paper = given if given.id else replace(given, id=_slug_id(given, found))
        first = found.get(paper.id)
        found[paper.id] = merge.merge_paper(paper, first) if first else paper
    return tuple(found.values())


def _slug_id(paper: Paper, found: Mapping[str, Paper]) -> str:
    """A slug of the title, a new one or that of the same paper before it.

    Papers with the same title but different abstracts are different papers.
    """
    title = markup.plain(paper.title)
    candidate, number = ids.title_slug(title), 1
    while candidate in found and not _same(found[candidate], paper):
        number += 1
        candidate = ids.distinct_slug(title if number == 2 else f"{title} {number}")
    return candidate


def _same(one: Paper, other: Paper) -> bool:
    if one.title != other.title:
        return False
    return one.abstract == other.abstract or not (one.abstract and other.abstract)
