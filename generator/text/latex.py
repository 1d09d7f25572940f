r"""LaTeX in prose: finds the formulas of a line and shows the rest as Unicode.

Takes one line of untrusted text, with white space collapsed and control characters removed. Never
raises: what isn't understood stays as it is written, so no word is lost. Reads from left to right,
in linear time.
"""

from __future__ import annotations

import re
import unicodedata
from typing import Final, NamedTuple

from generator.text.mathml import PROSE, symbol, words


class Piece(NamedTuple):
    """A part of a line, made from `line[start:end]`; pieces are in order and have no gaps."""

    shown: str
    """Unicode text; TeX without its dollars if `is_math`."""
    is_math: bool
    start: int
    end: int
    can_end: bool
    """Whether the line can be cut right after it: not inside the braces of a macro."""


def parse(line: str) -> list[Piece]:
    """The pieces of a line; adjacent text pieces aren't joined."""
    if is_plain(line):
        return [Piece(line, False, 0, len(line), True)]
    return _Parser(line).pieces()


def is_plain(line: str) -> bool:
    """Whether a line has no LaTeX, so that it is shown as it is written; most lines have none."""
    # Five searches are faster than one regular expression.
    return not ("\\" in line or "$" in line or "~" in line or "``" in line or "--" in line)


_RUN: Final = re.compile(r"(?:[^\\${}~`'-]+|-(?!-)|'(?!')|`(?!`))+")
_DASHES: Final = re.compile(r"-+")
_OPENING_QUOTE: Final = re.compile(r"(?<![\w`])``(?=[^\s`])")
_CLOSING_QUOTE: Final = re.compile(r"''|(?<=[^\s`])``(?![\w`])")
_WORD: Final = re.compile(r"\\([A-Za-z]+)")
_SPACE: Final = re.compile(r" *")
_BRACE: Final = re.compile(r"\\.|[{}]")
_TIE: Final = re.compile(
    r"(?<=[^\W\d_]{2})~(?=[\w(\[\\$])|(?<=\d)~(?=[^\W\d_]|[(\[\\$])|(?<=[.,;:)\]}$'”])~(?=[\w(\[\\$])"
)

# How a formula begins, how it ends, and what can be in between.
_MATH: Final = {
    "$$": ("$$", re.compile(r"(?:[^$\\]+|\\.)*")),
    "$": ("$", re.compile(r"(?:[^$\\]+|\\.)*")),
    r"\(": (r"\)", re.compile(r"(?:[^\\]+|\\[^()])*")),
    r"\[": (r"\]", re.compile(r"(?:[^\\]+|\\[^\[\]])*")),
}
# A single macro or sign is a formula even before a digit, as in `$\sim$10`.
_SIGN: Final = re.compile(r"\\[A-Za-z]+|[<>=~+±×≈≤≥∼-]")
_TEXT_ONLY: Final = re.compile(r"\\(text[a-z]*|emph|mbox|url|href)\{")
_CLOSED_BEFORE_OPENED: Final = re.compile(r"[^(\[]*\).*\([^)]*", re.DOTALL)

_MACROS: Final = {
    "eg": "e.g.", "ie": "i.e.", "etal": "et al.", "aka": "a.k.a.", "wrt": "w.r.t.", "cf": "cf.",
    "vs": "vs.", "etc": "etc.", "LaTeX": "LaTeX", "TeX": "TeX", "deg": "°", "ss": "ß", "o": "ø",
    "O": "Ø", "l": "ł", "L": "Ł", "aa": "å", "AA": "Å", "ae": "æ", "AE": "Æ", "oe": "œ",
    "OE": "Œ", "i": "ı", "j": "ȷ", "dh": "ð", "th": "þ", "textemdash": "—", "textendash": "–",
    "textquoteright": "’", "textquoteleft": "‘", "textquotedblleft": "“", "textquotedblright": "”",
    "textasciitilde": "~", "textasciicircum": "^", "textbackslash": "\\", "textgreater": ">",
    "textless": "<", "textbar": "|", "textunderscore": "_", "textdegree": "°",
    "textregistered": "®", "texttrademark": "™", "textrightarrow": "→", "textleftarrow": "←",
    "textmu": "µ", "texttimes": "×", "textpm": "±", "textellipsis": "…", "textbullet": "•",
    "quad": " ", "qquad": " ", "newline": " ", "linebreak": " ", "par": " ", "xspace": "",
    "allowbreak": "", "nobreakdash": "", "noindent": "",
}  # fmt: skip
_LETTERS: Final = words("ss o O l L aa AA ae AE oe OE i j dh th")
_SWITCHES: Final = words(
    "em it bf tt rm sc sl sf itshape bfseries ttfamily rmfamily sffamily scshape slshape upshape"
    " mdseries normalfont boldmath small footnotesize scriptsize normalsize large Large"
)
CONTENT: Final = words(
    "text textrm textit textbf texttt textsf textsc textup textsl textmd textnormal emph mbox hbox"
    " uline underline textsuperscript textsubscript ensuremath enquote"
)
_ESCAPES: Final = (
    {c: c for c in "%&_#${}"} | dict.fromkeys(",;:> \\", " ") | dict.fromkeys("!-@", "")
)
_ACCENTS: Final = {
    "'": "\u0301", '"': "\u0308", "^": "\u0302", "`": "\u0300", "~": "\u0303", "=": "\u0304",
    ".": "\u0307", "c": "\u0327", "v": "\u030c", "u": "\u0306", "H": "\u030b", "k": "\u0328",
    "r": "\u030a", "b": "\u0331", "d": "\u0323",
}  # fmt: skip
_ACCENTED: Final = re.compile(
    r" *\{ *(?:\\([ij])|([^\W\d_])) *\}|\\([ij])(?![A-Za-z]) ?|([^\W\d_])"
)
_LETTER_ACCENTED: Final = re.compile(
    r" *\{ *(?:\\([ij])|([^\W\d_])) *\}| *\\([ij])(?![A-Za-z]) ?| +([^\W\d_])"
)
# Escapes that aren't meant as accents: an apostrophe (`it\'s`) and a closing quote.
_CONTRACTION: Final = re.compile(r"(?<=[^\W\d_])\\'(?=(?:s|t|d|m|ll|re|ve)(?![^\W\d_]))")
_NO_ACCENT: Final = re.compile(r'\\"(?![aeiouyAEIOUY{\\])')


class _Parser:
    """Reads one line; each `_read_…` method emits pieces and advances."""

    def __init__(self, line: str) -> None:
        self._line = line
        self._at = 0
        self._pieces: list[Piece] = []
        # What to show for the closing brace or dollar at an index.
        self._closers: dict[int, str] = {}
        self._pairs = _brace_pairs(line)
        self._quotes = 0

    def pieces(self) -> list[Piece]:
        line, end = self._line, len(self._line)
        while self._at < end:
            run = _RUN.match(line, self._at)
            if run:
                self._emit(run[0], run.end())
            else:
                self._read_special(line[self._at])
        return self._pieces

    def _emit(self, shown: str, end: int, *, is_math: bool = False) -> None:
        self._pieces.append(Piece(shown, is_math, self._at, end, not self._closers))
        self._at = end

    def _open(self, shown: str, brace: int, closer: str) -> None:
        """Show `shown` for everything up to the brace, and `closer` for its closing brace."""
        self._closers[self._pairs[brace]] = closer
        self._emit(shown, brace + 1)

    def _read_special(self, char: str) -> None:
        at, line = self._at, self._line
        if at in self._closers:
            self._emit(self._closers.pop(at), at + 1)
        elif char == "\\":
            self._read_backslash()
        elif char == "$":
            self._read_dollar()
        elif char == "{" and self._opens_known_macro(at):
            self._open("", at, "")
        elif char == "~":
            self._emit(" " if _TIE.match(line, at) else "~", at + 1)
        elif char == "-":
            self._read_dashes()
        elif char in "`'":
            self._read_quotes(char)
        else:
            self._emit(char, at + 1)

    def _read_dollar(self) -> None:
        if self._line.startswith("$$", self._at) and self._read_math("$$"):
            return
        if not self._read_math("$"):
            self._emit("$", self._at + 1)

    def _read_dashes(self) -> None:
        line, at = self._line, self._at
        found = _DASHES.match(line, at)
        end = found.end() if found else at + 1
        dashes = line[at:end]
        if len(dashes) == 3:
            dashes = "—"
        elif len(dashes) == 2 and line[at - 1 : at].isalnum() and line[end : end + 1].isalnum():
            dashes = "–"
        self._emit(dashes, end)

    def _read_quotes(self, char: str) -> None:
        # Looks back, and ahead by one character, so that a line reads the same when it is cut.
        line, at = self._line, self._at
        if _OPENING_QUOTE.match(line, at):
            self._quotes += 1
            self._emit("“", at + 2)
        elif self._quotes and _CLOSING_QUOTE.match(line, at):
            self._quotes -= 1
            self._emit("”", at + 2)
        else:
            self._emit(char, at + 1)

    def _read_math(self, opener: str) -> bool:
        line, start = self._line, self._at + len(opener)
        closer, body = _MATH[opener]
        found = body.match(line, start)
        end = found.end() if found else start
        tex = line[start:end]
        if not line.startswith(closer, end) or not _is_formula(tex):
            return False
        after = end + len(closer)
        if opener == "$" and not _fits_dollars(tex, line[after : after + 1]):
            return False
        if opener == "$" and self._is_text_only(tex, end):
            self._closers[end] = ""
            self._emit("", start)
        else:
            self._emit(_trimmed(tex), after, is_math=True)
        return True

    def _is_text_only(self, tex: str, end: int) -> bool:
        r"""Whether a "formula" is only a text macro, as in `$\textit{New}$`, and so is text."""
        macro = _TEXT_ONLY.match(tex)
        if macro is None:
            return False
        close = self._pairs.get(self._at + macro.end())
        if macro[1] == "href" and close is not None:
            close = self._pairs.get(close + 1)
        return close == end - 1

    def _read_backslash(self) -> None:
        line, at = self._line, self._at
        word = _WORD.match(line, at)
        if word:
            self._read_macro(word[1], word.end())
            return
        char = line[at + 1 : at + 2]
        if char in ("(", "["):
            if not self._read_math("\\" + char):
                self._emit("\\" + char, at + 2)
        elif char == "/":
            self._emit("" if line.startswith("}", at + 2) else "/", at + 2)
        elif char in _ESCAPES:
            self._emit(_ESCAPES[char], at + 2)
        elif char in _ACCENTS:
            self._read_accent(char)
        else:
            self._emit("\\", at + 1)

    def _read_accent(self, char: str) -> None:
        line, at = self._line, self._at
        letter = _ACCENTED.match(line, at + 2)
        if letter and not _CONTRACTION.match(line, at) and not _NO_ACCENT.match(line, at):
            self._emit(_accented(char, letter), letter.end())
        else:
            self._emit(char, at + 4 if line.startswith("{}", at + 2) else at + 2)

    def _read_macro(self, name: str, end: int) -> None:
        brace = _skip(self._line, end)
        if self._pairs.get(brace, 0) > brace + 1 and self._read_with_argument(name, brace):
            return
        if name in _ACCENTS:
            letter = _LETTER_ACCENTED.match(self._line, end)
            if letter:
                self._emit(_accented(name, letter), letter.end())
                return
        if name in _SWITCHES:
            self._emit("", brace)
            return
        known = _MACROS.get(name, symbol(name))
        if known is None:
            self._read_unknown(name, end)
            return
        if name in _LETTERS and self._is_inside_word(name, brace):
            end = brace
        if self._line.startswith("{}", end):
            end += 2
        elif known.endswith(".") and self._line.startswith(".", end):
            end += 1
        self._emit(known, end)

    def _is_inside_word(self, name: str, after: int) -> bool:
        r"""Whether the space after a letter only ends its macro (`stra\ss e`, `\O ystein`)."""
        before, next_one = self._line[self._at - 1 : self._at], self._line[after : after + 1]
        return next_one.islower() and (name[0].isupper() or before.isalpha())

    def _gap(self) -> str:
        """A space if the word before would run into the URL or note that follows."""
        before = self._line[self._at - 1 : self._at]
        return " " if before.isalnum() or before in (".", ",", ")", "}") else ""

    def _read_with_argument(self, name: str, brace: int) -> bool:
        if name in CONTENT:
            self._open("", brace, "")
        elif name == "footnote":
            self._open(f"{self._gap()}(", brace, ")")
        elif name == "url":
            close = self._pairs[brace]
            self._emit(self._gap() + _unescaped(self._line[brace + 1 : close]), close + 1)
        elif name in ("href", "textcolor"):
            close = self._pairs[brace]
            second = _skip(self._line, close + 1)
            if second not in self._pairs:
                return False
            first = _unescaped(self._line[brace + 1 : close])
            self._open("", second, f" ({first})" if name == "href" else "")
        else:
            return False
        return True

    def _read_unknown(self, name: str, end: int) -> None:
        if end in self._pairs and end not in self._closers:
            self._open(f"\\{name}{{", end, "}")
        else:
            self._emit("\\" + name, end)

    def _opens_known_macro(self, brace: int) -> bool:
        if brace not in self._pairs or not self._line.startswith("\\", brace + 1):
            return False
        word = _WORD.match(self._line, brace + 1)
        if word is None:
            char = self._line[brace + 2 : brace + 3]
            return char in _ACCENTS or char in _ESCAPES
        known = (_MACROS, _SWITCHES, CONTENT, _ACCENTS)
        return any(word[1] in names for names in known) or symbol(word[1]) is not None


def _brace_pairs(line: str) -> dict[int, int]:
    """The index of each opening brace that is closed, with that of its closing brace."""
    pairs: dict[int, int] = {}
    if "{" not in line or "}" not in line:
        return pairs
    open_braces: list[int] = []
    for brace in _BRACE.finditer(line):
        if brace[0] == "{":
            open_braces.append(brace.start())
        elif brace[0] == "}" and open_braces:
            pairs[open_braces.pop()] = brace.start()
    return pairs


def _skip(line: str, at: int) -> int:
    spaces = _SPACE.match(line, at)
    return spaces.end() if spaces else at


def _unescaped(url: str) -> str:
    return re.sub(r"\\([%#&_~$])(?:\{\})?", r"\1", url)


def _accented(accent: str, letter: re.Match[str]) -> str:
    base = next(part for part in letter.groups() if part)
    return unicodedata.normalize("NFC", base + _ACCENTS[accent])


def _trimmed(tex: str) -> str:
    tex = tex.strip()
    # A `\ ` at the end has lost its space, and would escape the dollar that follows.
    return tex[:-1].rstrip() if (len(tex) - len(tex.rstrip("\\"))) % 2 else tex


def _is_formula(tex: str) -> bool:
    if not tex.strip() or not _balanced(tex) or _CLOSED_BEFORE_OPENED.fullmatch(tex):
        return False
    return not PROSE.search(tex) or any(sign in tex for sign in "\\^_{}")


def _fits_dollars(tex: str, after: str) -> bool:
    if tex[0].isspace() or tex[-1].isspace():
        return False
    return not after.isdigit() or _SIGN.fullmatch(tex) is not None


def _balanced(tex: str) -> bool:
    depth = 0
    for brace in _BRACE.finditer(tex):
        if brace[0] == "{":
            depth += 1
        elif brace[0] == "}":
            depth -= 1
        if depth < 0:
            return False
    return depth == 0
