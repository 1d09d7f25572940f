"""Formulas as plain text in Unicode, for titles, feeds and search.

Takes TeX, gives text. Does no I/O.
"""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache
from typing import Final

from generator.text.mathml import MAX_DEPTH, MAX_TEX_LENGTH, convert, symbol, words

_TOKEN: Final = re.compile(r"\\operatorname\*|\\[A-Za-z]+|\\.|\s+|.", re.DOTALL)
_SUPERSCRIPTS: Final = (
    dict(
        zip(
            "0123456789+-−=()abcdefghijklmnoprstuvwxyzTβγδθ",
            "⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻⁻⁼⁽⁾ᵃᵇᶜᵈᵉᶠᵍʰⁱʲᵏˡᵐⁿᵒᵖʳˢᵗᵘᵛʷˣʸᶻᵀᵝᵞᵟᶿ",
            strict=True,
        )
    )
    | {"⊤": "ᵀ", "∘": "°"}
    | {c: c for c in "*∗°′″†‡"}
)
_SUBSCRIPTS: Final = dict(
    zip(
        "0123456789+-−=()aehijklmnoprstuvxβγρφϕχ",
        "₀₁₂₃₄₅₆₇₈₉₊₋₋₌₍₎ₐₑₕᵢⱼₖₗₘₙₒₚᵣₛₜᵤᵥₓᵦᵧᵨᵩᵩᵪ",
        strict=True,
    )
)
_ACCENTS: Final = {
    "hat": "\u0302", "widehat": "\u0302", "bar": "\u0304", "overline": "\u0305",
    "tilde": "\u0303", "widetilde": "\u0303", "vec": "\u20d7", "dot": "\u0307",
    "ddot": "\u0308", "check": "\u030c", "breve": "\u0306", "acute": "\u0301",
    "grave": "\u0300", "mathring": "\u030a", "underline": "\u0332",
}  # fmt: skip
_FRACTIONS: Final = words("frac dfrac tfrac cfrac nicefrac sfrac")
_DOUBLE_STRUCK: Final = words("mathbb mathds mathbbm Bbb")
_CONTENT: Final = words(
    "text textrm textit textbf texttt textsf textsc textup textnormal emph mbox hbox mathrm mathit"
    " mathbf mathsf mathtt mathcal mathscr mathfrak mathnormal boldsymbol bm bold pmb ensuremath"
    " boxed cancel underbrace overbrace substack mathop mathbin mathrel mathord textsuperscript"
    " textsubscript uline"
)
_DROPPED: Final = words(
    "limits nolimits displaystyle textstyle scriptstyle rm bf it cal sf tt em xspace nonumber"
    " notag left right middle big Big bigg Bigg bigl bigr Bigl Bigr biggl biggr bigm !"
)
_DELIMITERS: Final = words("left right middle")
_SPACES: Final = frozenset((",", ";", ":", ">", " ", "\\", "quad", "qquad", "thinspace"))
_DROPPED_WITH_ARGUMENT: Final = words("color hspace vspace begin end")


@lru_cache(maxsize=4_096)
def readable(tex: str) -> str:
    r"""The formula as Unicode (`\frac{a}{b}`: `a/b`); unknown macros stay as they are written."""
    if len(tex) > MAX_TEX_LENGTH:
        return tex
    try:
        shown = _TexReader(tex).row(nested=False)
    except RecursionError:
        return tex
    # Names of functions are between \1 and \2; letters beside them are separated by a space.
    shown = re.sub(r"(?<=[\w)\]])\x01", " ", shown)
    shown = re.sub(r"\x02(?=[A-Za-z0-9Α-ω√])", " ", shown)
    return unicodedata.normalize("NFC", re.sub(r"[\x01\x02]", "", shown))


class _TexReader:
    """Reads TeX from left to right; each method consumes tokens and returns what they show."""

    def __init__(self, tex: str) -> None:
        self._tokens = _TOKEN.findall(tex)
        self._tokens.reverse()
        self._depth = 0

    def row(self, *, nested: bool = True) -> str:
        shown: list[str] = []
        while self._tokens:
            if nested and self._tokens[-1] == "}":
                self._tokens.pop()
                break
            shown.append(self._atom())
        return "".join(shown)

    def _atom(self) -> str:
        part = self._tokens.pop()
        if part in ("^", "_"):
            return _script(part, self._argument())
        if part == "{":
            return self._nested()
        if len(part) > 1 and part[0] == "\\":
            return self._macro(part[1:])
        if part in ("~", "&") or part.isspace():
            return " "
        return "′" if part == "'" else part

    def _nested(self) -> str:
        self._depth += 1
        if self._depth > MAX_DEPTH:
            raise RecursionError
        shown = self.row()
        self._depth -= 1
        return shown

    def _argument(self) -> str:
        self._skip_space()
        if not self._tokens or self._tokens[-1] == "}":
            return ""
        self._depth += 1
        if self._depth > MAX_DEPTH:
            raise RecursionError
        shown = self._atom()
        self._depth -= 1
        return shown

    def _skip_space(self) -> None:
        while self._tokens and self._tokens[-1].isspace():
            self._tokens.pop()

    def _macro(self, name: str) -> str:
        if name in _CONTENT:
            return self._argument()
        if name in _ACCENTS:
            letter = self._argument()
            return letter + _ACCENTS[name] if len(letter) == 1 else letter
        if name in _DROPPED:
            return self._dropped(name)
        if name in _SPACES:
            return " "
        if name in _DROPPED_WITH_ARGUMENT:
            self._argument()
            return ""
        return self._two_arguments(name)

    def _dropped(self, name: str) -> str:
        self._skip_space()
        if name in _DELIMITERS and self._tokens and self._tokens[-1] == ".":
            self._tokens.pop()
        return ""

    def _two_arguments(self, name: str) -> str:
        if name in _FRACTIONS:
            return f"{_grouped(self._argument())}/{_grouped(self._argument())}"
        if name == "binom":
            return f"({self._argument()} choose {self._argument()})"
        if name == "href":
            target = self._argument()
            return f"{self._argument()} ({target})"
        if name == "textcolor":
            self._argument()
            return self._argument()
        if name in ("overset", "stackrel", "underset"):
            script = _script("_" if name == "underset" else "^", self._argument())
            return self._argument() + script
        return self._one_argument(name)

    def _one_argument(self, name: str) -> str:
        if name == "sqrt":
            return "√" + _grouped(self._argument())
        if name in _DOUBLE_STRUCK:
            return _double_struck(self._argument())
        if name.startswith("operatorname"):
            return f"\x01{self._argument()}\x02"
        if name == "not":
            return self._argument() + "\u0338"
        if len(name) == 1 and not name.isalpha():
            return "‖" if name == "|" else name
        return self._symbol(name)

    def _symbol(self, name: str) -> str:
        known = symbol(name)
        if known is not None:
            return f"\x01{known}\x02" if len(known) > 1 and known.isascii() else known
        if self._tokens and self._tokens[-1] == "{":
            return f"\\{name}{{{self._argument()}}}"
        return "\\" + name


def _script(mark: str, body: str) -> str:
    body = re.sub(r" *([^\w\s]) *", r"\1", body.strip())
    table = _SUPERSCRIPTS if mark == "^" else _SUBSCRIPTS
    if all(letter in table for letter in body):
        return "".join(table[letter] for letter in body)
    return mark + (body if body.isalnum() else f"({body})")


def _grouped(shown: str) -> str:
    shown = shown.strip()
    return shown if len(shown) < 2 or re.fullmatch(r"[\w.]+", shown) else f"({shown})"


def _double_struck(letter: str) -> str:
    if len(letter) != 1 or not letter.isascii() or not letter.isalnum():
        return letter
    return "".join(convert(rf"\mathbb{{{letter}}}").itertext())
