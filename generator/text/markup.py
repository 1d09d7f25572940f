r"""Untrusted titles, abstracts and names as plain text, Markdown or HTML that is safe to show.

Takes text as a source gave it: prose with LaTeX, Markdown's special characters, HTML, scripts. All
of it is shown as text: nothing in it becomes markup, a link or a script; only formulas are typeset.
Does no I/O, never raises, never drops a word.

The Markdown is safe after `# `, `- ` and `| `, between the brackets of a link and at the start of a
line, as long as pages are rendered with no other extensions than `text/math_extension.py`, toc,
tables, fenced_code, attr_list and md_in_html.
"""

from __future__ import annotations

import html as _html
import re
from collections.abc import Sequence
from functools import lru_cache
from itertools import chain, islice
from typing import Final

from generator.text.latex import Piece, is_plain, parse
from generator.text.mathml import mathml
from generator.text.unicode_math import readable


class Markdown(str):
    """Markdown source that is safe to place in a page."""

    __slots__ = ()


# What XML forbids, and controls of the text's direction.
_REMOVED: Final = re.compile(
    "[\x00-\x08\x0e-\x1b\x7f-\x84\x86-\x9f\u202a-\u202e\u2066-\u2069\ud800-\udfff\ufffe\uffff]"
)
_BLANK_LINE: Final = re.compile(r"\n\s*\n")
# A title is on a dozen pages, a name on more, the beginning of an abstract on pages and in feeds.
_CACHE_SIZE: Final = 8_192
_EXCERPT_CACHE_SIZE: Final = 2_048
"""Smaller, since excerpts are long."""


def plain(source: str) -> str:
    r"""One line of Unicode, legal in XML 1.0: `$\mathcal{O}(n^2)$` becomes `O(n²)`."""
    return " ".join(" ".join(map(_plain_line, _lines(source))).split())


@lru_cache(maxsize=_CACHE_SIZE)
def inline(source: str) -> Markdown:
    """One line of Markdown: the text escaped, formulas as `$tex$`."""
    return _line(" ".join(map(_markdown, _lines(source))))


def paragraphs(source: str) -> Markdown:
    """Markdown with one line for each paragraph, and blank lines between them."""
    marked = (_line(_markdown(line)) for line in _lines(source))
    return Markdown("\n\n".join(line for line in marked if line))


def html(source: str) -> str:
    """HTML for feeds: a `<p>` for each paragraph, its text escaped, formulas as Unicode."""
    shown = (" ".join(_plain_line(line).split()) for line in _lines(source))
    return "\n".join(f"<p>{_html.escape(line)}</p>" for line in shown if line)


def clean(text: str) -> str:
    """The text as one line, without what XML forbids and controls of the text's direction."""
    return " ".join(_legal(text).split())


@lru_cache(maxsize=_CACHE_SIZE)
def escape(text: str) -> Markdown:
    """One line of Markdown that shows the text as it is; LaTeX in it isn't interpreted."""
    return _line(_escaped(clean(text)))


@lru_cache(maxsize=_EXCERPT_CACHE_SIZE)
def excerpt(source: str, limit: int) -> str:
    """The beginning of a source text, at most `limit` characters long as plain text.

    Ends with a sentence if one ends in the last two fifths of the limit, otherwise with a word and
    "…", never inside a formula or the braces of a macro. A text that fits comes back whole.
    """
    whole: list[str] = []
    room = limit
    for line in _lines(source):
        length = len(line if is_plain(line) else " ".join(_plain_line(line).split()))
        if length > room:
            tail = _cut(line, room, limit)
            return "\n\n".join([*whole, tail] if tail else whole) or _ELLIPSIS
        whole.append(line)
        room -= length + 1
    return "\n\n".join(whole)


def _lines(source: str) -> list[str]:
    """The paragraphs, each as one line with its white space collapsed."""
    if "\n" not in source:
        return [" ".join(_legal(source).split())]
    cleaned = _legal(source).replace("\r\n", "\n")
    lines = (" ".join(part.split()) for part in _BLANK_LINE.split(cleaned))
    return [line for line in lines if line]


def _legal(text: str) -> str:
    # Printable text has nothing to remove, and `isprintable` is faster than the search.
    return text if text.isprintable() else _REMOVED.sub("", text)


def _plain_line(line: str) -> str:
    if is_plain(line):
        return line
    return "".join(_text_of(piece) for piece in parse(line))


def _text_of(piece: Piece) -> str:
    return readable(piece.shown) if piece.is_math else piece.shown


_SPECIAL: Final = re.compile(r"[\\`*_{}\[\]#$<>&|]")
# Markdown finds code spans and escapes before anything else; entities can't be part of one.
_ESCAPES: Final = {c: "\\" + c for c in "*_{}[]#$"} | {
    "<": "&lt;", ">": "&gt;", "&": "&amp;", "\\": "&#92;", "`": "&#96;", "|": "&#124;",
}  # fmt: skip
_START_ESCAPES: Final = {c: "\\" + c for c in "-+!"} | {c: f"&#{ord(c)};" for c in "=:~?%"}
_NUMBER: Final = re.compile(r"\d+(?=[.)](?: |$))")


def _escaped(text: str) -> str:
    escaped = _SPECIAL.sub(lambda special: _ESCAPES[special[0]], text)
    # `[x]: y` would be a link definition, which shows nothing.
    return escaped.replace("]:", "]&#58;")


def _line(marked: str) -> Markdown:
    """Collapse white space, and escape first characters that would begin a block."""
    marked = " ".join(marked.split())
    first = marked[:1]
    if first in _START_ESCAPES:
        return Markdown(_START_ESCAPES[first] + marked[1:])
    number = _NUMBER.match(marked)
    if number:
        return Markdown(f"{number[0]}\\{marked[number.end() :]}")
    return Markdown(marked)


def _markdown(line: str) -> str:
    if is_plain(line):
        return _escaped(line)
    marked: list[str] = []
    dollar = False
    for piece in parse(line):
        part = _formula(piece.shown) if piece.is_math else _escaped(piece.shown)
        if dollar and part[:1].isdigit():
            # Before a digit, a closing dollar would be read as a price; an entity prevents that.
            part = f"&#{ord(part[0])};{part[1:]}"
        dollar = part.endswith("$") and piece.is_math if part else dollar
        marked.append(part)
    return "".join(marked)


_TEX: Final = re.compile(
    r"\\(left|right|middle|[Bb]igg?[lrm]?) *([<>])|\\[A-Za-z]+|\\.|[<>|&]", re.DOTALL
)
_PORTABLE: Final = {"<": r"\lt ", ">": r"\gt ", "|": r"\vert ", r"\|": r"\Vert ", "&": "& "}
_NOT_IN_DOLLARS: Final = re.compile(r"(?<!\\)\$|`|\\$")


def _formula(tex: str) -> str:
    portable = " ".join(_TEX.sub(_portable, tex).split())
    if _NOT_IN_DOLLARS.search(portable) or mathml(portable) is None:
        return _escaped(readable(tex))
    return f"${portable}$"


def _portable(token: re.Match[str]) -> str:
    if token[2]:
        return rf"\{token[1]}\{'l' if token[2] == '<' else 'r'}angle "
    return _PORTABLE.get(token[0], token[0])


# A word (not an initial, not `e.g.`), a full stop, closing quotes; then no small letter.
_SENTENCE: Final = re.compile(
    r"(?:(?<![^\W\d_])[^\W\d_]{2,}|[\d)\]}%])[.!?…][\"'”’)\]]*"
    r"(?= [\"'“‘(\[]?[^\W_a-z])|[。！？]"
)
_ABBREVIATION: Final = re.compile(
    r"(?:^|\W)(?:al|vs|cf|etc|approx|resp|[Ff]igs?|[Ee]qs?|[Ss]ec|[DM]rs?|No)\.$"
)
_ELLIPSIS: Final = "…"


# If a cut would change what is shown before it, the next one is tried.
_MAX_TRIES: Final = 20


def _cut(line: str, room: int, limit: int) -> str:
    """The beginning of a line that shows at most `room` characters."""
    shown, ends = _cut_points(line, room)
    sentence = _sentence_end(shown, ends, room - limit + limit * 6 // 10, room)
    if sentence is not None and shown.startswith(_plain_line(line[:sentence])):
        return line[:sentence]
    last = min(room - 1, len(shown) - 1)
    anywhere = (at for at in range(last, 0, -1) if ends[at] > 0)
    at_words = (
        at for at in range(last, 0, -1) if shown[at] == " " != shown[at - 1] and ends[at] > 0
    )
    for at in chain(islice(at_words, _MAX_TRIES), islice(anywhere, _MAX_TRIES)):
        short = line[: ends[at]].rstrip(" ,;:")
        if short and shown.startswith(_plain_line(short + _ELLIPSIS).removesuffix(_ELLIPSIS)):
            return short + _ELLIPSIS
    return ""


# A piece that begins like this could be read differently when it is cut.
_INDIVISIBLE: Final = ("\\", "$", "~", "{", "}", "--", "``", "''")


def _cut_points(line: str, room: int) -> tuple[str, Sequence[int]]:
    """What a line shows, to slightly beyond `room`, and where it can be cut.

    The second value has, for each number of characters shown, the index in the line that comes
    after them; -1 if the line can't be cut there.
    """
    if is_plain(line) and not line.startswith(_INDIVISIBLE):
        return line, range(len(line) + 1)
    shown = ""
    ends = [0]
    for piece in parse(line):
        text = _text_of(piece)
        shown += text
        if (
            piece.can_end
            and not text.startswith(_INDIVISIBLE)
            and text == line[piece.start : piece.end]
        ):
            ends.extend(range(piece.start + 1, piece.end + 1))
        elif text:
            ends.extend([-1] * (len(text) - 1))
            ends.append(piece.end if piece.can_end else -1)
        else:
            ends[-1] = piece.end if piece.can_end else -1
        if len(shown) > room + 2:
            break
    return shown, ends


def _sentence_end(shown: str, ends: Sequence[int], earliest: int, room: int) -> int | None:
    found = None
    # A match has no space in it, so the search can begin after any.
    first = shown.rfind(" ", 0, max(earliest, 0)) + 1
    for sentence in _SENTENCE.finditer(shown, first, room + 2):
        end = sentence.end()
        if end > room:
            break
        if end >= max(earliest, 1) and ends[end] > 0 and not _ABBREVIATION.search(shown[:end]):
            found = ends[end]
    return found
