"""LaTeX in prose: where formulas begin and end, and what macros show."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from generator.text.latex import parse
from tests.effort import little_work


def formulas(line: str) -> list[str]:
    return [piece.shown for piece in parse(line) if piece.is_math]


def text(line: str) -> str:
    return "".join("◆" if piece.is_math else piece.shown for piece in parse(line))


@pytest.mark.parametrize(
    ("line", "found"),
    [
        ("$x$", ["x"]),
        ("a $x$ b $y$", ["x", "y"]),
        ("$$x + y$$", ["x + y"]),
        (r"\(x\) and \[ y \]", ["x", "y"]),
        (r"$\$5$", [r"\$5"]),
        (r"$\sim$10", [r"\sim"]),
        ("$>$5 and $<$9", [">", "<"]),
        ("$x^{a}$", ["x^{a}"]),
        ("costs $5 and $10", []),
        ("$ x$ and $y $", []),
        (r"\$5 and $x$", ["x"]),
        ("a lone $ here", []),
        ("$x{$ and }", []),
        ("for $5 the first one, US$ later", []),
        (r"\(x", []),
        (r"\\(x\\)", []),
        ("$$", []),
        ("$$$$", []),
        (r"$\textit{New}$", []),
        (r"\textbf{a $x$ b}", ["x"]),
        (r"\textbf{a $x} b$", []),
    ],
)
def test_finds_formulas(line: str, found: list[str]) -> None:
    assert formulas(line) == found


@pytest.mark.parametrize(
    ("line", "shown"),
    [
        (r"97.3\% \& \_ \# \$ \{ \}", "97.3% & _ # $ { }"),
        (r"na\"ive na\"{\i}ve {\"o} \'E \c{c} \v s \v{s}", "naïve naïve ö É ç š š"),
        (r"stra\ss e \o{} \aa {\l}", "straße ø å ł"),
        (r"Erd\H{o}s \k{a} It\^o \~n", "Erdős ą Itô ñ"),
        (r"it\'s don\'t caf\'e", "it's don't café"),
        (r"about \~8B and \^3", "about ~8B and ^3"),
        (r"so\"well", 'so"well'),
        (r"\eg this, \ie that, \etal, \aka, \wrt", "e.g. this, i.e. that, et al., a.k.a., w.r.t."),
        (r"\etc.", "etc."),
        (r"\textit{a} \emph{b \textbf{c}} {\em d} \texttt{e_f}", "a b c d e_f"),
        (r"\href{https://x.org/a\_b}{here}", "here (https://x.org/a_b)"),
        (r"\url{https://x.org/\~a}", "https://x.org/~a"),
        (r"word\footnote{a note}", "word (a note)"),
        (r"\textcolor{red}{x}", "x"),
        (r"\alpha \times \rightarrow \ldots", "α × → …"),
        (r"360{\deg}", "360°"),
        (r"\foo bar \ours{} \cite{key}", r"\foo bar \ours{} \cite{key}"),
        ("Fig.~3 robots~(two) at~home 10~GB", "Fig. 3 robots (two) at home 10 GB"),
        ("~50% 10~20 a ~ b ~/x x.org/~me ~~no~~", "~50% 10~20 a ~ b ~/x x.org/~me ~~no~~"),
        ("``a'' and it''s", "“a” and it''s"),
        ("``code`` and ``half, a`` ```b``` ''", "“code” and “half, a” ```b``` ''"),
        ("a---b a--b a -- b --flag ---- x", "a—b a–b a -- b --flag ---- x"),
        ("a % b & c", "a % b & c"),
        ("{GAN} {} { }", "{GAN} {} { }"),
        (r"\2 USD C:\dir \| \\ x\ y", "\\2 USD C:\\dir \\|   x y"),
        ("end \\", "end \\"),
        (r"$\texttt{NAME}$ and $x$", "NAME and ◆"),
        (r"foo\/ bar", "foo/ bar"),
        ("&amp; &lt;", "&amp; &lt;"),
    ],
)
def test_reads_text(line: str, shown: str) -> None:
    assert text(line) == shown


@given(st.text(alphabet=r"\{}$~`'-^abcemt \"()[]", max_size=80))
def test_pieces_cover_the_line(line: str) -> None:
    at = 0
    for piece in parse(line):
        assert piece.start == at
        at = piece.end
    assert at == len(line)


@given(st.text(alphabet=st.characters(exclude_characters="\\$~`-'")))
def test_text_without_latex_stays(line: str) -> None:
    assert text(line) == line


@pytest.mark.parametrize(
    "unit",
    ["$", "{", r"\textit{", r"\(", r"\[", "`", "``", "''", "--", "~", "\\", r"\a{", "$x", "$$x",
     "}", r"{\em ", r"\'", r"\(\)", "$ $", r"\href{a}{", "{}", r"\v ", "$a{"],
)  # fmt: skip
def test_takes_linear_time(unit: str) -> None:
    with little_work():
        parse(unit * 20_000)
        parse(unit * 10_000 + "}" * 10_000)
