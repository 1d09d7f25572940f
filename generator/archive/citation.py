"""Citations of papers in BibTeX.

Takes entries, gives text. Does no I/O.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterable
from typing import NamedTuple

from generator.archive.model import Entry
from generator.core import ids, links
from generator.text import markup

MAX_AUTHORS = 10
"""A citation names at most this many authors, and says "and others" for the rest."""

_STOP_WORDS = frozenset({"a", "an", "the", "on", "of", "in", "for", "to", "and", "is", "are"})
_AND = re.compile(r"\band\b", re.IGNORECASE)
_WORD = re.compile(r"[a-z0-9]+")
_MATH = re.compile(r"(?<!\\)\$[^$]+\$")
_ACTIVE = re.compile(r"(?<!\\)([%&#_$])")
_BACKSLASH_TAIL = re.compile(r"\\+$")


def bibliography(entries: Iterable[Entry]) -> str:
    """BibTeX of papers given newest first.

    BibTeX refuses duplicate keys. If several papers would have the same key, the oldest has it,
    since it may be cited already; the paper's own key is appended to that of the others.
    """
    newest_first = list(entries)
    oldest = {citation_key(entry): entry for entry in newest_first}
    citations: list[str] = []
    for entry in newest_first:
        key = citation_key(entry)
        citations.append(bibtex(entry, key if oldest[key] is entry else f"{key}-{entry.key}"))
    return "\n".join(citations)


class ExportFormat(NamedTuple):
    """A format in which all papers of a saved query are exported."""

    name: str
    ending: str
    """Of its files."""
    text: Callable[[Iterable[Entry]], str]
    """The file's text, of papers given newest first."""


EXPORT_FORMATS = (ExportFormat("BibTeX", "bib", bibliography),)


def bibtex(entry: Entry, key: str = "") -> str:
    """A BibTeX entry, one field a line, with balanced braces whatever the title contains.

    The default key is that of `citation_key`.
    """
    paper = entry.paper
    names = [_name(name) for name in paper.authors[:MAX_AUTHORS]]
    if len(paper.authors) > MAX_AUTHORS:
        names.append("others")
    when = paper.published or entry.listed
    fields = [
        ("title", f"{{{_field_text(paper.title)}}}"),
        ("author", " and ".join(names)),
        ("year", str(when.year)),
        *_identifiers(paper.id),
    ]
    lines = "".join(f"  {name} = {{{value}}},\n" for name, value in fields if value)
    return f"@misc{{{key or citation_key(entry)},\n{lines}}}\n"


def citation_key(entry: Entry) -> str:
    """First author's last name, year and the first significant word of the title, in ASCII."""
    paper = entry.paper
    last_name = _ascii_words(paper.authors[0])[-1:] if paper.authors else []
    title_words = _ascii_words(entry.title)
    significant = next((word for word in title_words if word not in _STOP_WORDS), "paper")
    year = (paper.published or entry.listed).year
    return f"{''.join(last_name) or 'anonymous'}{year}{significant}"


def _identifiers(paper_id: str) -> list[tuple[str, str]]:
    url = links.abstract_url(paper_id)
    if ids.is_arxiv_id(paper_id):
        return [("eprint", paper_id), ("archiveprefix", "arXiv"), ("url", url)]
    if ids.is_doi(paper_id):
        return [("doi", _field_text(paper_id.removeprefix("doi:"))), ("url", url)]
    return []


def _name(name: str) -> str:
    """A name for the author field, in braces if it contains "and", which separates names."""
    text = _field_text(name)
    return f"{{{text}}}" if _AND.search(text) else text


def _field_text(text: str) -> str:
    """Text for a BibTeX field: the source's LaTeX, with characters that would break it escaped."""
    pieces: list[str] = []
    end = 0
    for math in _MATH.finditer(text):
        pieces += [_ACTIVE.sub(r"\\\1", text[end : math.start()]), math.group()]
        end = math.end()
    pieces.append(_ACTIVE.sub(r"\\\1", text[end:]))
    joined = markup.clean("".join(pieces))
    if not _is_balanced(joined):
        joined = joined.replace("{", "").replace("}", "")
    return _BACKSLASH_TAIL.sub("", joined)


def _is_balanced(text: str) -> bool:
    depth = 0
    for char in text:
        depth += (char == "{") - (char == "}")
        if depth < 0:
            return False
    return depth == 0


def _ascii_words(text: str) -> list[str]:
    decomposed = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode().lower()
    return _WORD.findall(decomposed)
