"""Untrusted text is shown whole, and only as text."""

from __future__ import annotations

import gzip
import html as html_library
import json
import re
import unicodedata
import xml.etree.ElementTree as ET
from collections import Counter
from collections.abc import Callable, Iterator
from html.parser import HTMLParser
from pathlib import Path

import markdown
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from generator.text import markup
from generator.text.markup import escape, excerpt, inline, paragraphs, plain
from generator.text.mathml import ATTRIBUTES, ELEMENTS
from tests.effort import little_work

EXTENSIONS = [
    "generator.text.math_extension",
    "toc",
    "tables",
    "fenced_code",
    "attr_list",
    "md_in_html",
]

# source, plain, inline
GOLDEN = [
    ("", "", ""),
    ("Plain words.", "Plain words.", "Plain words."),
    ("  two\n  lines ", "two lines", "two lines"),
    ("two\n\nparagraphs", "two paragraphs", "two paragraphs"),
    (r"in $\mathcal{O}(n^2)$ time", "in O(n²) time", r"in $\mathcal{O}(n^2)$ time"),
    (r"Net-$\pi$: x", "Net-π: x", r"Net-$\pi$: x"),
    (r"\(x\) and \[y\]", "x and y", "$x$ and $y$"),
    ("$$a+b$$", "a+b", "$a+b$"),
    ("$x_i$", "xᵢ", "$x_i$"),
    ("$x_{score}$", "x_score", "$x_{score}$"),
    ("$a<b>c$", "a<b>c", r"$a\lt b\gt c$"),
    (r"$|x|$ $\|x\|$", "|x| ‖x‖", r"$\vert x\vert$ $\Vert x\Vert$"),
    (r"$\left<x\right>$", "<x>", r"$\left\langle x\right\rangle$"),
    (r"$\sim$10", "∼10", r"$\sim$&#49;0"),
    (r"\(x\)5", "x5", "$x$&#53;"),
    (r"\(x \ \)", "x", "$x$"),
    ("$P(a word here) = x^2$", "P(a word here) = x²", "P(a word here) = x²"),
    (r"$\foo{x}$", r"\foo{x}", r"&#92;foo\{x\}"),
    (r"$\href{javascript:x}{y}$", "y (javascript:x)", "y (javascript:x)"),
    (r"\(`x`\)", "`x`", "&#96;x&#96;"),
    (r"\(\text{a$b$}\)", "a$b$", r"a\$b\$"),
    (r"$\textit{New}$ one", "New one", "New one"),
    ("costs $5 and $10", "costs $5 and $10", r"costs \$5 and \$10"),
    ("a lone $", "a lone $", r"a lone \$"),
    (r"\$x\$", "$x$", r"\$x\$"),
    (r"up 97.3\% or 5%", "up 97.3% or 5%", "up 97.3% or 5%"),
    ("R & D", "R & D", "R &amp; D"),
    ("a &lt; b &amp;", "a &lt; b &amp;", "a &amp;lt; b &amp;amp;"),
    ("<b>x</b>", "<b>x</b>", "&lt;b&gt;x&lt;/b&gt;"),
    ("*x* _y_ `z`", "*x* _y_ `z`", r"\*x\* \_y\_ &#96;z&#96;"),
    ("[x](y) ![x](y)", "[x](y) ![x](y)", r"\[x\](y) !\[x\](y)"),
    ("a | b", "a | b", "a &#124; b"),
    ("In C#", "In C#", r"In C\#"),
    ("# x", "# x", r"\# x"),
    ("- x", "- x", r"\- x"),
    ("+ x", "+ x", r"\+ x"),
    ("* x", "* x", r"\* x"),
    ("1. x", "1. x", r"1\. x"),
    ("12) x", "12) x", r"12\) x"),
    ("3.5 is", "3.5 is", "3.5 is"),
    ("> x", "> x", "&gt; x"),
    ("=== x", "=== x", "&#61;== x"),
    ("!!! x", "!!! x", r"\!!! x"),
    ("~~~", "~~~", "&#126;~~"),
    (": x", ": x", "&#58; x"),
    ("[^1]: x", "[^1]: x", r"\[^1\]&#58; x"),
    ("*[x]: y", "*[x]: y", r"\*\[x\]&#58; y"),
    ("{: onclick=x }", "{: onclick=x }", r"\{: onclick=x \}"),
    ("{{ x }} {% y %}", "{{ x }} {% y %}", r"\{\{ x \}\} \{% y %\}"),
    (r"C:\temp", r"C:\temp", "C:&#92;temp"),
    (r"M\"uller and \'Etoile", "Müller and Étoile", "Müller and Étoile"),
    (r"\textbf{A} \emph{b} {\em c}", "A b c", "A b c"),
    (r"\textbf{A $x$ b}", "A x b", "A $x$ b"),
    (r"\eg x, \ie y", "e.g. x, i.e. y", "e.g. x, i.e. y"),
    (r"\href{http://a.b/c_d}{x}", "x (http://a.b/c_d)", r"x (http://a.b/c\_d)"),
    (r"\url{http://a.b}", "http://a.b", "http://a.b"),
    (r"x\footnote{y}", "x (y)", "x (y)"),
    (r"\alpha-\times", "α-×", "α-×"),
    (r"\unknown{x}", r"\unknown{x}", r"&#92;unknown\{x\}"),
    ("Fig.~3 ~50% ``x''", "Fig. 3 ~50% “x”", "Fig. 3 ~50% “x”"),
    ("a---b c--d --flag", "a—b c–d --flag", "a—b c–d --flag"),
    ("a\x00b\x02c\x85d\ufffe\u202ee\u2066f\ud800", "abc def", "abc def"),
    ("Größe 日本語 العربية", "Größe 日本語 العربية", "Größe 日本語 العربية"),
]

HOSTILE = [
    "<script>alert(1)</script>",
    "</script><script>x",
    "<img src=x onerror=alert(1)>",
    '<a href="javascript:alert(1)">x</a>',
    "[x](javascript:1)",
    "![x](y)",
    "[x][y]\n\n[y]: http://z",
    "{: onclick=x }",
    "x {: onclick=x }",
    "x{: .a }\n{: #b }",
    "<!-- x -->",
    "<!-- x",
    "&#x3c;script",
    "&lt;script&gt;",
    "]]>",
    "<![CDATA[x]]>",
    "<?php x ?>",
    "{{ jinja }}",
    "{% x %}",
    "<http://x.org>",
    "<me@x.org>",
    "http://x.org",
    "**x** __y__ *z*",
    "``x``",
    "```\nx\n```",
    "~~~ python\n\nx\n\n~~~",
    "    code",
    "\tcode",
    "# h",
    "h\n===",
    "h\n---",
    "***",
    "- a\n- b",
    "1. a",
    "1\\. a",
    "> q",
    "a | b\n--|--\nc | d",
    "| a |\n|---|\n| b |",
    "!!! note\n    x",
    "??? x",
    "[^1]: x",
    "*[HTML]: x",
    "[TOC]",
    ":   x",
    "term\n: x",
    r"\<b>",
    r"\`x`",
    r"\\`x`",
    r"\*x*",
    r"\[x](y)",
    r"\\*x*",
    "x  \ny",
    '<div markdown="1">*x*</div>',
    "wzxhzdk:0",
    "\x02wzxhzdk:0\x03",
    "klzzwxh:0001",
    "\x0242\x03",
    "title: x",
    "---\ntitle: x\n---",
    r"\$x$",
    r"\\$x$",
    "$`x`$",
    "$<b>$",
    "$a$<b>$c$",
    "$x$$y$",
    r"$\text{<script>}$",
    r"\(\text{$`<b>`$}\)",
    r"$x\$",
    r"\(x\\\)",
    r"$\href{javascript:1}{x}$",
    r"$\class{x}{y}$",
    r"\href{javascript:1}{x}",
    r"\url{javascript:1}",
    "x\u202ey",
    "\ud800",
    r"\textbf{<b>*x*</b>}",
    r"\foo{*x*}",
    "$a &lt; b$",
    r"$a\&lt;b$",
    "&copy;",
    "&#96;x&#96;",
    "+",
    "-",
]


class Reader(HTMLParser):
    """The text of a page, and what is in it that shouldn't be."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.prose: list[str] = []
        self.wrong: list[str] = []
        self.tags: Counter[str] = Counter()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags[tag] += 1
        allowed = attrs == [("class", "tex")] if tag == "code" else tag in ELEMENTS | {"p"}
        names = ATTRIBUTES if tag in ELEMENTS else {"class"} if tag == "code" else frozenset()
        if not allowed or not {name for name, _ in attrs} <= names:
            self.wrong.append(f"{tag} {attrs}")

    def handle_comment(self, data: str) -> None:
        self.wrong.append(data)

    def handle_decl(self, decl: str) -> None:
        self.wrong.append(decl)

    def handle_pi(self, data: str) -> None:
        self.wrong.append(data)

    def unknown_decl(self, data: str) -> None:
        self.wrong.append(data)

    def handle_data(self, data: str) -> None:
        self.prose.append(data)


def read(rendered: str) -> Reader:
    reader = Reader()
    reader.feed(rendered)
    reader.close()
    assert not reader.wrong
    return reader


def shown(source: str) -> str:
    """The text of rendered Markdown, after a check that it is only text and formulas."""
    rendered = markdown.markdown(source, extensions=EXTENSIONS)
    return " ".join("".join(read(rendered).prose).split())


@pytest.mark.parametrize(("source", "as_plain", "as_inline"), GOLDEN)
def test_golden(source: str, as_plain: str, as_inline: str) -> None:
    assert plain(source) == as_plain
    assert inline(source) == as_inline
    assert isinstance(inline(source), markup.Markdown)


@pytest.mark.parametrize("source", HOSTILE)
def test_hostile_text_stays_text(source: str) -> None:
    check_safe(source)


def check_safe(source: str) -> None:
    if "$" not in source and "\\" not in source:
        assert shown(inline(source)) == plain(source)
    assert len(inline(source).splitlines()) <= 1
    shown(inline(source))
    rendered = markdown.markdown(paragraphs(source), extensions=EXTENSIONS)
    blocks = [block for block in paragraphs(source).split("\n\n") if block]
    assert read(rendered).tags["p"] == len(blocks)
    assert shown(escape(source)) == " ".join(markup._REMOVED.sub("", source).split())
    assert read(markup.html(source)).tags.keys() <= {"p"}
    ET.fromstring(f"<x>{html_library.escape(plain(source))}</x>")


TRICKY = st.text(alphabet="\\`*_{}[]()#+-.!|<>&;:$~=^'\"/% \n\tab1x\x02\x03é日", max_size=60)


@given(st.text() | TRICKY)
@settings(max_examples=400)
def test_any_text_stays_text(source: str) -> None:
    check_safe(source)


@given(st.text(alphabet=st.characters(exclude_characters="\\$~`-'{}")))
def test_text_without_latex_is_shown_as_it_is(source: str) -> None:
    cleaned = " ".join(markup._REMOVED.sub("", source).split())
    assert plain(source) == cleaned
    assert shown(inline(source)) == cleaned
    assert shown(paragraphs(source)) == cleaned


@given(st.lists(st.sampled_from(HOSTILE), max_size=4).map("".join))
def test_hostile_texts_together(source: str) -> None:
    check_safe(source)


@pytest.mark.parametrize("source", HOSTILE)
@pytest.mark.parametrize(
    ("page", "around"),
    [
        ("# {}", {"h1"}),
        ("- {}", {"ul", "li"}),
        ("| a |\n|---|\n| {} |", {"table", "thead", "tbody", "tr", "th", "td"}),
        ("[{}](a.md)", {"p", "a"}),
        ("**{}**", {"p", "strong"}),
    ],
)
def test_fits_into_a_page(source: str, page: str, around: set[str]) -> None:
    text = inline(source) or "x"
    rendered = markdown.markdown(page.format(text), extensions=EXTENSIONS)
    reader = Reader()
    reader.feed(rendered)
    assert reader.tags.keys() - ELEMENTS == around
    if "$" not in source and "\\" not in source:
        assert plain(source) in " ".join("".join(reader.prose).split())


def test_paragraphs_stay_apart() -> None:
    assert paragraphs("a\nb\n \n# c\n\n\n\nd $x\n\ny$") == "a b\n\n\\# c\n\nd \\$x\n\ny\\$"
    assert markup.html("a <b>\n\n$x^2$") == "<p>a &lt;b&gt;</p>\n<p>x²</p>"
    assert markup.html("") == ""


TEXT = r"We show a thing. It has $x^2 + y$ in \textbf{it, always} (cf. Fig. 3). The end is near."


@pytest.mark.parametrize(
    ("limit", "expected"),
    [
        (200, TEXT),
        (25, "We show a thing."),
        (29, "We show a thing. It has…"),
        (30, "We show a thing. It has…"),
        (33, "We show a thing. It has $x^2 + y$…"),
        (44, "We show a thing. It has $x^2 + y$ in…"),
        (65, TEXT.removesuffix(" The end is near.")),
        (1, "…"),
    ],
)
def test_excerpt(limit: int, expected: str) -> None:
    assert excerpt(TEXT, limit) == expected


def test_excerpt_of_a_text_without_spaces() -> None:
    assert excerpt("日本語。" * 10, 10) == "日本語。日本語。"
    assert excerpt("x" * 50, 10) == "x" * 9 + "…"
    assert excerpt("a\n\nb c d", 100) == "a\n\nb c d"


@given(st.text() | TRICKY | st.lists(st.sampled_from(HOSTILE)).map(" ".join), st.integers(1, 80))
def test_excerpt_is_a_beginning(source: str, limit: int) -> None:
    short = excerpt(source, limit)
    assert len(plain(short)) <= limit
    whole = " ".join(plain(source).split())
    assert whole.startswith(plain(short).removesuffix("…").rstrip())


@pytest.mark.parametrize(
    "unit",
    ["$", "{", r"\textit{", "[", "`", "*", "_", "<", "&", "\\", "$x", "\n", "\n ", "a ", "``",
     "a. ", "$x$", r"\(", "{{", "\x00", "1", "!", r"\foo{", "(", "'", "$$"],
)  # fmt: skip
@pytest.mark.parametrize("shape", [plain, inline, paragraphs, markup.html, escape])
def test_takes_linear_time(unit: str, shape: Callable[[str], str]) -> None:
    with little_work():
        shape(unit * 20_000)
        excerpt(unit * 20_000, 300)


def words(text: str) -> Counter[str]:
    return Counter(re.findall(r"[^\W_]+", folded(text)))


def folded(text: str) -> str:
    # Superscripts and subscripts come from formulas; as plain letters they would join words.
    text = re.sub("[\u00b2\u00b3\u00b9\u02b0-\u02b8\u1d43-\u1d6a\u2070-\u209c\u2061]", " ", text)
    decomposed = unicodedata.normalize("NFKD", text).replace("ı", "i")
    return "".join(c for c in decomposed if not unicodedata.combining(c))


ACCENT = r"""\\['"^`~=.] ?\{?\\?([A-Za-z])\}?|\\[cvuHkr](?:\{\\?([A-Za-z])\}| ([A-Za-z]))"""


def source_words(source: str) -> Counter[str]:
    """The words of the prose: formulas and names of macros aren't looked at."""
    text = markup._REMOVED.sub("", source)
    text = re.sub(r"\$\$.*?\$\$|\\\(.*?\\\)|\\\[.*?\\\]", " ", text, flags=re.DOTALL)
    text = re.sub(r"(?<!\\)\$(?!\s)(?:\\.|[^$\\])+(?<!\s)\$", " ", text)
    text = re.sub(r"\\textcolor\{\w+\}", " ", text)
    text = re.sub(r"(?<=\w)\\'(?=s\b)", "'", text)  # an apostrophe, not an accent
    text = re.sub(ACCENT, lambda hit: hit[1] or hit[2] or hit[3], text)
    return words(re.sub(r"\{?\\[A-Za-z]+\}?", " ", text))


def real_texts(corpus: Path) -> Iterator[str]:
    with gzip.open(corpus / "hf-daily-2024-2026.jsonl.gz", "rt", encoding="utf-8") as lines:
        records = [json.loads(line) for line in lines]
    nasty = (corpus / "nasty.jsonl").read_text(encoding="utf-8")
    records += [json.loads(line) for line in nasty.split("\n") if line]
    for record in records:
        yield from filter(None, (record["title"], record["abstract"]))


@pytest.mark.corpus
@pytest.mark.slow
def test_loses_no_word_of_real_texts(corpus: Path) -> None:
    lost: list[str] = []
    for source in real_texts(corpus):
        wanted = source_words(source)
        for shape, text in (
            ("plain", plain(source)),
            ("html", "".join(read(markup.html(source)).prose)),
            ("inline", shown(inline(source))),
            ("paragraphs", shown(paragraphs(source))),
        ):
            # A word that touches a formula or a macro may have become part of a longer one.
            missing = [
                word for word in wanted - words(text) if folded(text).count(word) < wanted[word]
            ]
            if missing:
                lost.append(f"{shape}: {missing}: {source[:60]!r}")
    assert not lost


@pytest.mark.corpus
def test_excerpts_of_real_texts_fit(corpus: Path) -> None:
    for source in real_texts(corpus):
        short = excerpt(source, 300)
        assert 150 <= len(plain(short)) <= 300 or plain(short) == plain(source)
