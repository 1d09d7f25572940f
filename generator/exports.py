"""Citations of papers in other programs' formats: BibTeX.

Takes entries, gives text. Does no I/O.
"""

from __future__ import annotations

import re
import unicodedata

from generator import urls
from generator.archive import Entry

MOST_AUTHORS = 40
"""A citation names this many authors and says "and others" for the rest."""

_STOP_WORDS = frozenset({"a", "an", "the", "on", "of", "in", "for", "to", "and", "is", "are"})
_WORD = re.compile(r"[a-z0-9]+")
_MATH = re.compile(r"(?<!\\)\$[^$]+\$")
_ACTIVE = re.compile(r"(?<!\\)([%&#_$])")
_BACKSLASH_TAIL = re.compile(r"\\+$")


def bibtex(entry: Entry) -> str:
    """A BibTeX entry, one field a line, balanced braces whatever the title holds."""
    paper = entry.paper
    names = [_field_text(name) for name in paper.authors[:MOST_AUTHORS]]
    if len(paper.authors) > MOST_AUTHORS:
        names.append("others")
    when = paper.published or entry.listed
    fields = [
        ("title", f"{{{_field_text(paper.title)}}}"),
        ("author", " and ".join(names)),
        ("year", str(when.year)),
        *_identifiers(paper.id),
    ]
    lines = "".join(f"  {name:<13} = {{{value}}},\n" for name, value in fields if value)
    return f"@misc{{{citation_key(entry)},\n{lines}}}\n"


def citation_key(entry: Entry) -> str:
    """First author's last name, year and the first telling word of the title, in ASCII."""
    paper = entry.paper
    last_name = _ascii_words(paper.authors[0])[-1:] if paper.authors else []
    title_words = _ascii_words(entry.title)
    telling = next((word for word in title_words if word not in _STOP_WORDS), "paper")
    year = (paper.published or entry.listed).year
    return f"{''.join(last_name) or 'anonymous'}{year}{telling}"


def _identifiers(paper_id: str) -> list[tuple[str, str]]:
    address = urls.abstract_address(paper_id)
    if urls.is_arxiv_id(paper_id):
        return [("eprint", paper_id), ("archiveprefix", "arXiv"), ("url", address)]
    if urls.is_doi(paper_id):
        return [("doi", _field_text(paper_id.removeprefix("doi:"))), ("url", address)]
    return []


def _field_text(text: str) -> str:
    """Text for a BibTeX field: LaTeX as the source has it, what would break it escaped."""
    pieces: list[str] = []
    end = 0
    for math in _MATH.finditer(text):
        pieces += [_ACTIVE.sub(r"\\\1", text[end : math.start()]), math.group()]
        end = math.end()
    pieces.append(_ACTIVE.sub(r"\\\1", text[end:]))
    joined = " ".join("".join(pieces).split())
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
