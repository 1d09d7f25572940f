"""Formulas: MathML has only listed elements and attributes, Unicode shows the same in one line."""

from __future__ import annotations

import xml.etree.ElementTree as ET

import markdown
import pytest
from hypothesis import given
from hypothesis import strategies as st

from generator.text.mathml import ATTRIBUTES, ELEMENTS, mathml, symbol
from generator.text.unicode_math import readable
from tests.effort import little_work

EXTENSIONS = [
    "generator.text.math_extension",
    "toc",
    "tables",
    "fenced_code",
    "attr_list",
    "md_in_html",
]

READABLE = [
    (r"\mathcal{O}(n^2)", "O(n²)"),
    (r"\pi", "π"),
    (r"\frac{a}{b}", "a/b"),
    (r"\frac{n+2}{3}", "(n+2)/3"),
    (r"x_{i}", "xᵢ"),
    (r"x_{\text{score}}", "x_score"),
    (r"x_{<t}", "x_(<t)"),
    (r"e^{a+b}", "eᵃ⁺ᵇ"),
    (r"e^{a+Q}", "e^(a+Q)"),
    (r"O(n\log n)", "O(n log n)"),
    (r"K_{\rm max}", "Kₘₐₓ"),
    (r"\mathbb{R}^{m\times n}", "ℝ^(m×n)"),
    (r"10^{-3}", "10⁻³"),
    (r"360^\circ", "360°"),
    (r"\hat x", "x\u0302"),
    (r"\sqrt{x+1}", "√(x+1)"),
    (r"A^\top", "Aᵀ"),
    (r"\operatorname*{arg\,min}_x f", "arg minₓ f"),
    (r"a \ne b", "a ≠ b"),
    (r"a \not= b", "a ≠ b"),
    (r"\left( x \right.", "( x "),
    (r"\foo{x}y", r"\foo{x}y"),
    (r"\boxed{x}", "x"),
    (r"f'", "f′"),
    (r"97.3\%", "97.3%"),
    (r"a}b", "a}b"),
]

TYPESET = [
    r"\mathbf{x}", r"\bm{x}", r"\ensuremath{x}", r"\operatorname*{arg\,max}_x", r"\mathds{1}",
    r"\mathbbm{1}", r"\widetilde{x}", r"\mbox{a b}", r"\textsc{Foo}", r"{\cal O}", r"97.3%",
    r"\max_i x", r"\begin{pmatrix} a & b \\ c & d \end{pmatrix}", r"x\!y", r"\norm{x}",
]  # fmt: skip

HOSTILE = [
    r"\href{javascript:alert(1)}{x}", r"\text{<script>alert(1)</script>}", r"\class{a}{b}",
    r"\style{position:fixed}{b}", r"\textcolor{red}{x}", r"\color{red}{x}", r"\hspace{99999cm}x",
    r'\textcolor{red" onclick="x}{b}', r"\eqref{x}", r"\unicode{x3c}", r"\html{<b>}", r"\kern9em x",
    r"\cancel{x}", r"\boxed{x}", r"\phantom{x}", r"\text{&lt;script&gt;}", r"\textrm{a}",
    r"\begin{align}a&=b\\c&=d\end{align}", r"\rule{99em}{99em}", r"\raisebox{99em}{x}",
    r"\mathllap{xxxx}", r"\def\a{\a}\a", r"\newcommand{\a}{<b>}\a", r"\mathchoice{a}{b}{c}{d}",
    "<script>", "x<y>z", "\x00", "\ud800", "]]>", "<!--", "&lt;", "'" * 1900,
]  # fmt: skip


def is_safe(element: ET.Element) -> bool:
    return all(part.tag in ELEMENTS and set(part.attrib) <= ATTRIBUTES for part in element.iter())


@pytest.mark.parametrize(("tex", "shown"), READABLE)
def test_reads_as_unicode(tex: str, shown: str) -> None:
    assert readable(tex) == shown


@pytest.mark.parametrize("tex", TYPESET)
def test_typesets_what_authors_use(tex: str) -> None:
    typeset = mathml(tex)
    assert typeset is not None
    assert is_safe(ET.fromstring(typeset))


@pytest.mark.parametrize("tex", HOSTILE)
def test_returns_only_listed_elements(tex: str) -> None:
    typeset = mathml(tex)
    assert typeset is None or is_safe(ET.fromstring(typeset))


@pytest.mark.parametrize(
    "tex", [r"\foo", r"\href{a}{b}", r"\phantom{x}", "x" * 3000, "", r"\,", r"{", "a real word"]
)
def test_returns_none_for_what_cannot_be_typeset(tex: str) -> None:
    assert mathml(tex) is None


def test_percent_sign_is_no_comment() -> None:
    assert "b" in (mathml("a%b") or "")


def test_symbols() -> None:
    assert symbol("alpha") == "α"
    assert symbol("ldots") == "…"
    assert symbol("foo") is None
    assert symbol("frac") is None
    assert symbol("x" * 99) is None


@given(st.text(alphabet=r"\{}^_&$%#~ '<>abcfrtxyz01+-=()[]|", max_size=60))
def test_any_tex_is_safe(tex: str) -> None:
    typeset = mathml(tex)
    assert typeset is None or is_safe(ET.fromstring(typeset))
    assert "\x01" not in readable(tex)


@given(
    st.lists(
        st.sampled_from(
            [
                r"\frac",
                r"\sqrt",
                r"\left(",
                r"\right)",
                r"\text{",
                r"\mathbf{",
                "}",
                "{",
                "^",
                "_",
                "x",
                "1",
                "&",
                r"\\\\",
                r"\begin{matrix}",
                r"\end{matrix}",
                r"\hat",
                r"\sum",
                r"\limits",
                r"\not",
                r"\big",
                r"\color{red}",
                r"\hspace{1em}",
                r"\operatorname{",
            ]
        ),
        max_size=30,
    )
)
def test_any_macros_are_safe(tokens: list[str]) -> None:
    typeset = mathml(" ".join(tokens))
    assert typeset is None or is_safe(ET.fromstring(typeset))
    readable(" ".join(tokens))


@pytest.mark.parametrize(
    "tex",
    ["{" * 20_000, "{" * 900 + "}" * 900, r"\sqrt" * 390, "x" + "^{x" * 400 + "}" * 400,
     r"\frac" * 390, r"\text{" * 300 + "}" * 300, "^" * 1900, r"\left(" * 300],
)  # fmt: skip
def test_deep_nesting_takes_linear_time(tex: str) -> None:
    with little_work():
        mathml(tex)
        readable(tex)


def render(source: str) -> str:
    return markdown.markdown(source, extensions=EXTENSIONS)


@pytest.mark.parametrize(
    ("source", "html"),
    [
        ("$x$", "<p><math><mi>x</mi></math></p>"),
        (r"\$x\$", "<p>$x$</p>"),
        (r"\$5 and $x$", "<p>$5 and <math><mi>x</mi></math></p>"),
        ("`$x$`", "<p><code>$x$</code></p>"),
        ("$a `b` c$", "<p>$a <code>b</code> c$</p>"),
        (r"$\foo*x*$", r'<p><code class="tex">\foo*x*</code></p>'),
        ("costs $5 and $10", "<p>costs $5 and $10</p>"),
        ("# A $x$", '<h1 id="a-x">A <math><mi>x</mi></math></h1>'),
        ("$a$$b$", "<p><math><mi>a</mi></math><math><mi>b</mi></math></p>"),
    ],
)
def test_extension(source: str, html: str) -> None:
    assert render(source) == html


def test_link_around_a_formula() -> None:
    assert render("[on $x$](a.md)") == '<p><a href="a.md">on <math><mi>x</mi></math></a></p>'
