"""TeX formulas as MathML or as readable Unicode.

Takes the TeX that stands between two dollars, from anybody. Never does I/O, never runs a
definition of the TeX, and never lets out an element or attribute that isn't listed here.
Imports only libraries; `text/latex.py`, `text/markup.py` and `text/math_extension.py` build on it.
"""

from __future__ import annotations

import html
import re
import xml.etree.ElementTree as ET
from functools import lru_cache
from typing import Final

from math_core import LatexError, LatexToMathML

# Longer or bigger is no formula of an abstract, but an attack on the reader's patience.
_LONGEST_TEX: Final = 2_000
_DEEPEST: Final = 60
_BIGGEST_MATHML: Final = 30_000
_WIDEST: Final = 4.0


def words(names: str) -> frozenset[str]:
    """The names in a string, divided by spaces."""
    return frozenset(names.split())


ELEMENTS: Final = words(
    "math mi mn mo mtext mspace mrow mfrac msqrt mroot msub msup msubsup munder mover munderover"
    " mtable mtr mtd mpadded"
)
ATTRIBUTES: Final = words(
    "mathvariant stretchy form lspace rspace minsize maxsize accent accentunder movablelimits"
    " linethickness displaystyle scriptlevel width height depth"
)
_VALUE: Final = re.compile(r"normal|true|false|prefix|infix|postfix|(-?\d*\.?\d+)(?:em|rem|%)?")
_TEXT_MARKUP: Final = frozenset({"i", "b", "em", "code", "span", "strong"})

# Definitions, things that hide or shift what they hold, and things that point elsewhere.
_FORBIDDEN: Final = re.compile(
    r"\\(?:(?:re)?new\w*|provide\w*|[gex]?def|let|futurelet|mathchoice|[hv]?phantom|smash"
    r"|(?:math)?[lrc]lap|raise\w*|lower\w*|rule|tag|label|eqref|ref|cite\w*|href|url|html\w*"
    r"|class|style|data|cssId)(?![A-Za-z])"
)
# TeX would run these words into one; where a formula holds prose, prose it shall stay.
_ARGUMENT: Final = re.compile(r"\\[A-Za-z]+\*?(?:\s*\{[^{}]*\})?")
PROSE: Final = re.compile(r"[^\W\d_]{2,}[,;]?\s+[^\W\d_]{3,}|[^\W\d_]{3,}[,;]?\s+[^\W\d_]{2,}")
_COMMENT: Final = re.compile(r"(\\.)|([%#])", re.DOTALL)
_ENTITY: Final = re.compile(r"&(?!(?:amp|lt|gt|quot|apos);)[A-Za-z][A-Za-z0-9]*;")

_CONVERTER: Final = LatexToMathML(
    fancy_error=False,
    max_expansions=200,
    macros={
        "Bbb": r"\mathbb{#1}",
        "abs": r"\lvert #1\rvert",
        "bold": r"\mathbf{#1}",
        "chiup": r"\chi",
        "ensuremath": r"#1",
        "hdots": r"\ldots",
        "mathbbm": r"\mathbb{#1}",
        "mathds": r"\mathbb{#1}",
        "mbox": r"\text{#1}",
        "nicefrac": r"#1/#2",
        "norm": r"\lVert #1\rVert",
        "pmb": r"\boldsymbol{#1}",
        "sfrac": r"#1/#2",
        "textsubscript": r"_{\text{#1}}",
        "textsuperscript": r"^{\text{#1}}",
        "widetilde": r"\tilde{#1}",
        "xspace": "",
    },
)


@lru_cache(maxsize=4_096)
def mathml(tex: str) -> str | None:
    """An inline `<math>` element for the TeX, or None where it can't be typeset."""
    if len(tex) > _LONGEST_TEX or _FORBIDDEN.search(tex) or PROSE.search(_ARGUMENT.sub("", tex)):
        return None
    # In an abstract a percent sign is a percent sign: TeX would drop the rest of the formula.
    escaped = _COMMENT.sub(lambda hit: hit[1] or "\\" + hit[2], tex)
    try:
        return _cleaned(_convert(escaped))
    except (LatexError, ET.ParseError, RecursionError, UnicodeEncodeError):
        return None


def _convert(tex: str) -> ET.Element:
    raw = _CONVERTER.convert_with_local_state(tex, displaystyle=False)
    if len(raw) > _BIGGEST_MATHML:
        raise RecursionError
    # The library writes names such as `&ApplyFunction;`, which only HTML knows.
    # It escapes what it is given and writes no document type, so there's nothing to expand.
    return ET.fromstring(_ENTITY.sub(lambda name: html.unescape(name[0]), raw))  # noqa: S314


def _cleaned(root: ET.Element) -> str | None:
    if not "".join(root.itertext()).strip():
        return None
    for element in root.iter("mtext"):
        if any(child.tag not in _TEXT_MARKUP for child in element.iter() if child is not element):
            return None
        element.text = "".join(element.itertext())
        for child in list(element):
            element.remove(child)
    for element in root.iter():
        if element.tag not in ELEMENTS:
            return None
        for name in [name for name in element.attrib if not _harmless(element, name)]:
            del element.attrib[name]
    return ET.tostring(root, encoding="unicode", short_empty_elements=False)


def _harmless(element: ET.Element, name: str) -> bool:
    value = _VALUE.fullmatch(element.attrib[name])
    if name not in ATTRIBUTES or value is None:
        return False
    return value[1] is None or abs(float(value[1])) <= _WIDEST


_OWN_SYMBOLS: Final = {"ldots": "…", "dots": "…", "hdots": "…", "cdots": "⋯", "epsilon": "ε"}


@lru_cache(maxsize=4_096)
def symbol(name: str) -> str | None:
    r"""What the macro `\name`, which takes no argument, shows (`alpha`: `α`); None if unknown."""
    if name in _OWN_SYMBOLS:
        return _OWN_SYMBOLS[name]
    if len(name) > 32 or _FORBIDDEN.match("\\" + name):
        return None
    try:
        return "".join(_convert("\\" + name).itertext()) or None
    except (LatexError, ET.ParseError, RecursionError):
        return None


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
_MARKS: Final = {
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
_NOTHING: Final = words(
    "limits nolimits displaystyle textstyle scriptstyle rm bf it cal sf tt em xspace nonumber"
    " notag left right middle big Big bigg Bigg bigl bigr Bigl Bigr biggl biggr bigm !"
)
_DELIMITERS: Final = words("left right middle")
_SPACES: Final = frozenset((",", ";", ":", ">", " ", "\\", "quad", "qquad", "thinspace"))
_ARGUMENT_DROPPED: Final = words("color hspace vspace begin end")
