r"""Untrusted titles, abstracts and names as plain text, Markdown or HTML that is safe to show.

Takes text as a source gave it: prose with LaTeX, Markdown's special characters, HTML, scripts. All
of it is shown as text: nothing in it becomes markup, a link or a script; only formulas are typeset,
by the extension in `text/math_extension.py`. Never does I/O, never raises, never drops a word.

Markdown made here fits behind `# `, `- ` and `| `, between the brackets of a link and at the start
of a line. Where a page is rendered, these extensions may be on and no others: `generator.formulas`,
toc, tables, fenced_code, attr_list, md_in_html.
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


# What XML forbids, and what turns the direction of the text that follows.
_REMOVED: Final = re.compile(
    "[\x00-\x08\x0e-\x1b\x7f-\x84\x86-\x9f\u202a-\u202e\u2066-\u2069\ud800-\udfff\ufffe\uffff]"
)
_BLANK_LINE: Final = re.compile(r"\n\s*\n")
# A title stands on a dozen pages and a name on more, the beginning of an abstract on pages and in
# feeds, so what was said of them is kept.
_KEPT: Final = 8_192
_FEW_KEPT: Final = 2_048
"""Of what is long."""


def plain(source: str) -> str:
    r"""One line of Unicode, legal in XML 1.0: `$\mathcal{O}(n^2)$` becomes `O(n²)`."""
    return " ".join(" ".join(map(_shown, _lines(source))).split())


@lru_cache(maxsize=_KEPT)
def inline(source: str) -> Markdown:
    """One line of Markdown: the text escaped, formulas as `$tex$`."""
    return _line(" ".join(map(_marked, _lines(source))))


def paragraphs(source: str) -> Markdown:
    """Markdown with one line for each paragraph, and a blank line between them."""
    marked = (_line(_marked(line)) for line in _lines(source))
    return Markdown("\n\n".join(line for line in marked if line))


def html(source: str) -> str:
    """HTML for feeds: a `<p>` for each paragraph, all else escaped, formulas as Unicode."""
    shown = (" ".join(_shown(line).split()) for line in _lines(source))
    return "\n".join(f"<p>{_html.escape(line)}</p>" for line in shown if line)


def clean(text: str) -> str:
    """One line of the text as it is, without what XML forbids and what turns its direction."""
    return " ".join(_allowed(text).split())


@lru_cache(maxsize=_KEPT)
def escape(text: str) -> Markdown:
    """One line of Markdown that shows the text as it is, with no LaTeX read into it."""
    return _line(_escaped(clean(text)))


@lru_cache(maxsize=_FEW_KEPT)
def excerpt(source: str, limit: int) -> str:
    """The beginning, in the notation of the source, of at most `limit` characters once plain.

    Ends with a sentence where one ends in the last two fifths, else with a word and "…";
    never inside a formula or the braces of a macro. A text that fits comes back whole.
    """
    kept: list[str] = []
    room = limit
    for line in _lines(source):
        length = len(line if is_plain(line) else " ".join(_shown(line).split()))
        if length > room:
            tail = _cut(line, room, limit)
            return "\n\n".join([*kept, tail] if tail else kept) or _ELLIPSIS
        kept.append(line)
        room -= length + 1
    return "\n\n".join(kept)


def _lines(source: str) -> list[str]:
    """The paragraphs, each one line with its white space collapsed."""
    if "\n" not in source:
        return [" ".join(_allowed(source).split())]
    cleaned = _allowed(source).replace("\r\n", "\n")
    lines = (" ".join(part.split()) for part in _BLANK_LINE.split(cleaned))
    return [line for line in lines if line]


def _allowed(text: str) -> str:
    # All that is removed isn't printable, which is known sooner.
    return text if text.isprintable() else _REMOVED.sub("", text)


def _shown(line: str) -> str:
    if is_plain(line):
        return line
    return "".join(_text_of(piece) for piece in parse(line))


def _text_of(piece: Piece) -> str:
    return readable(piece.shown) if piece.is_math else piece.shown


_ACTIVE: Final = re.compile(r"[\\`*_{}\[\]#$<>&|]")
# Code spans and escapes are found before anything else; as entities these can't be part of one.
_HARMLESS: Final = {c: "\\" + c for c in "*_{}[]#$"} | {
    "<": "&lt;", ">": "&gt;", "&": "&amp;", "\\": "&#92;", "`": "&#96;", "|": "&#124;",
}  # fmt: skip
_AT_START: Final = {c: "\\" + c for c in "-+!"} | {c: f"&#{ord(c)};" for c in "=:~?%"}
_NUMBER: Final = re.compile(r"\d+(?=[.)](?: |$))")


def _escaped(text: str) -> str:
    # Behind a bracket a colon may make a link's definition of the line, which shows nothing.
    escaped = _ACTIVE.sub(lambda active: _HARMLESS[active[0]], text)
    return escaped.replace("]:", "]&#58;")


def _line(marked: str) -> Markdown:
    """Collapses white space and takes from the first characters what they mean to a block."""
    marked = " ".join(marked.split())
    first = marked[:1]
    if first in _AT_START:
        return Markdown(_AT_START[first] + marked[1:])
    number = _NUMBER.match(marked)
    if number:
        return Markdown(f"{number[0]}\\{marked[number.end() :]}")
    return Markdown(marked)


def _marked(line: str) -> str:
    if is_plain(line):
        return _escaped(line)
    marked: list[str] = []
    dollar = False
    for piece in parse(line):
        part = _formula(piece.shown) if piece.is_math else _escaped(piece.shown)
        if dollar and part[:1].isdigit():
            # A dollar before a digit is a price to Markdown's readers, so the digit hides.
            part = f"&#{ord(part[0])};{part[1:]}"
        dollar = part.endswith("$") and piece.is_math if part else dollar
        marked.append(part)
    return "".join(marked)


_TEX: Final = re.compile(
    r"\\(left|right|middle|[Bb]igg?[lrm]?) *([<>])|\\[A-Za-z]+|\\.|[<>|&]", re.DOTALL
)
_SPELLED: Final = {"<": r"\lt ", ">": r"\gt ", "|": r"\vert ", r"\|": r"\Vert ", "&": "& "}
_NOT_IN_DOLLARS: Final = re.compile(r"(?<!\\)\$|`|\\$")


def _formula(tex: str) -> str:
    portable = " ".join(_TEX.sub(_spelled, tex).split())
    if _NOT_IN_DOLLARS.search(portable) or mathml(portable) is None:
        return _escaped(readable(tex))
    return f"${portable}$"


def _spelled(token: re.Match[str]) -> str:
    if token[2]:
        return rf"\{token[1]}\{'l' if token[2] == '<' else 'r'}angle "
    return _SPELLED.get(token[0], token[0])


# A word (not an initial, not `e.g.`), its stop, closing quotes; then something with a capital.
_SENTENCE: Final = re.compile(
    r"(?:(?<![^\W\d_])[^\W\d_]{2,}|[\d)\]}%])[.!?…][\"'”’)\]]*"
    r"(?= [\"'“‘(\[]?[^\W_a-z])|[。！？]"
)
_ABBREVIATION: Final = re.compile(
    r"(?:^|\W)(?:al|vs|cf|etc|approx|resp|[Ff]igs?|[Ee]qs?|[Ss]ec|[DM]rs?|No)\.$"
)
_ELLIPSIS: Final = "…"


# Where the beginning would read otherwise than it does in the whole, the next cut is tried.
_TRIES: Final = 20


def _cut(line: str, room: int, limit: int) -> str:
    """The beginning of a line of which not more than `room` characters are to be shown."""
    shown, ends = _cuts(line, room)
    sentence = _sentence_end(shown, ends, room - limit + limit * 6 // 10, room)
    if sentence is not None and shown.startswith(_shown(line[:sentence])):
        return line[:sentence]
    last = min(room - 1, len(shown) - 1)
    places = (at for at in range(last, 0, -1) if ends[at] > 0)
    at_words = (
        at for at in range(last, 0, -1) if shown[at] == " " != shown[at - 1] and ends[at] > 0
    )
    for at in chain(islice(at_words, _TRIES), islice(places, _TRIES)):
        short = line[: ends[at]].rstrip(" ,;:")
        if short and shown.startswith(_shown(short + _ELLIPSIS).removesuffix(_ELLIPSIS)):
            return short + _ELLIPSIS
    return ""


# What begins so may mean something else once it's shorter.
_WHOLE: Final = ("\\", "$", "~", "{", "}", "--", "``", "''")


def _cuts(line: str, room: int) -> tuple[str, Sequence[int]]:
    """What a line shows, a bit beyond the room, and where each of it may end (-1: nowhere)."""
    if is_plain(line) and not line.startswith(_WHOLE):
        return line, range(len(line) + 1)
    shown = ""
    ends = [0]
    for piece in parse(line):
        text = _text_of(piece)
        shown += text
        if piece.cut and not text.startswith(_WHOLE) and text == line[piece.start : piece.end]:
            ends.extend(range(piece.start + 1, piece.end + 1))
        elif text:
            ends.extend([-1] * (len(text) - 1))
            ends.append(piece.end if piece.cut else -1)
        else:
            ends[-1] = piece.end if piece.cut else -1
        if len(shown) > room + 2:
            break
    return shown, ends


def _sentence_end(shown: str, ends: Sequence[int], earliest: int, room: int) -> int | None:
    found = None
    # No sentence's end holds a space, so the search may begin behind any.
    first = shown.rfind(" ", 0, max(earliest, 0)) + 1
    for sentence in _SENTENCE.finditer(shown, first, room + 2):
        end = sentence.end()
        if end > room:
            break
        if end >= max(earliest, 1) and ends[end] > 0 and not _ABBREVIATION.search(shown[:end]):
            found = ends[end]
    return found
