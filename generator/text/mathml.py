"""TeX formulas as MathML, and the tables to show them as Unicode.

Takes untrusted TeX without its dollars. Does no I/O, never executes a definition in the TeX, and
never returns an element or attribute that isn't listed here. Imports only libraries.
"""

from __future__ import annotations

import html
import re
import xml.etree.ElementTree as ET
from functools import lru_cache
from typing import Final

from math_core import LatexError, LatexToMathML

# No formula in an abstract comes near these limits; they bound the time and the space it takes.
MAX_TEX_LENGTH: Final = 2_000
MAX_DEPTH: Final = 60
_MAX_MATHML_LENGTH: Final = 30_000
_MAX_DIMENSION: Final = 4.0
"""Of an attribute, whatever its unit."""


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

# Definitions, macros that hide or shift their content, and macros that link or refer elsewhere.
_FORBIDDEN: Final = re.compile(
    r"\\(?:(?:re)?new\w*|provide\w*|[gex]?def|let|futurelet|mathchoice|[hv]?phantom|smash"
    r"|(?:math)?[lrc]lap|raise\w*|lower\w*|rule|tag|label|eqref|ref|cite\w*|href|url|html\w*"
    r"|class|style|data|cssId)(?![A-Za-z])"
)
# TeX would drop the spaces between words, so a formula that holds prose isn't typeset.
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
    """An inline `<math>` element for the TeX, or None if it can't be typeset."""
    if len(tex) > MAX_TEX_LENGTH or _FORBIDDEN.search(tex) or PROSE.search(_ARGUMENT.sub("", tex)):
        return None
    # Authors of abstracts mean the sign itself; TeX would drop the rest as a comment.
    escaped = _COMMENT.sub(lambda hit: hit[1] or "\\" + hit[2], tex)
    try:
        return _cleaned(convert(escaped))
    except (LatexError, ET.ParseError, RecursionError, UnicodeEncodeError):
        return None


def convert(tex: str) -> ET.Element:
    """The MathML that the library makes of TeX, unchecked. Raises what the library raises."""
    raw = _CONVERTER.convert_with_local_state(tex, displaystyle=False)
    if len(raw) > _MAX_MATHML_LENGTH:
        raise RecursionError
    # The library writes entities such as `&ApplyFunction;`, which only HTML defines. It escapes its
    # input and writes no document type, so the parser has no entities to expand.
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
    return value[1] is None or abs(float(value[1])) <= _MAX_DIMENSION


_SYMBOLS: Final = {"ldots": "…", "dots": "…", "hdots": "…", "cdots": "⋯", "epsilon": "ε"}


@lru_cache(maxsize=4_096)
def symbol(name: str) -> str | None:
    r"""What the macro `\name` shows without an argument (`alpha`: `α`); None if unknown."""
    if name in _SYMBOLS:
        return _SYMBOLS[name]
    if len(name) > 32 or _FORBIDDEN.match("\\" + name):
        return None
    try:
        return "".join(convert("\\" + name).itertext()) or None
    except (LatexError, ET.ParseError, RecursionError):
        return None
