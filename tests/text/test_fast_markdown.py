"""The dialect of our pages is rendered byte for byte as by Python-Markdown and MkDocs."""

from __future__ import annotations

import json
import random
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from generator.archive.build import build_archive
from generator.content import reader
from generator.core import paths
from generator.core.model import Content
from generator.core.target import Target
from generator.site import html_page, mkdocs_site
from generator.text import markup
from generator.text.fast_markdown import NotInDialect, html
from tests.archives import ROOT, SETTINGS, all_pages
from tests.effort import little_work
from tests.example import archive as large_archive

Slow = Callable[[str, str], str]


@pytest.fixture(scope="module")
def slow(tmp_path_factory: pytest.TempPathFactory) -> Slow:
    """Renders a page with Python-Markdown and MkDocs, whatever it links to."""
    docs = tmp_path_factory.mktemp("docs")
    settings = {"title": "A", "description": "B", "site_url": SETTINGS.site_url, "language": "en"}
    (docs / paths.SETTINGS_FILE).write_text(json.dumps(settings), encoding="utf-8")
    return mkdocs_site.Fallback(ROOT, docs, lambda _: True).html


def bodies(what: Content) -> dict[str, str]:
    """The Markdown bodies of all pages of an archive."""
    read = build_archive(what)
    return {each.path: body(each) for each in all_pages(read) if each.path.endswith(".md")}


def body(target: Target) -> str:
    return html_page.front_matter(target.make().decode())[1]


GOLDEN = sorted(path.parent for path in (ROOT / "tests" / "golden").glob("*/content"))


@pytest.mark.parametrize("case", GOLDEN, ids=lambda case: case.name)
def test_every_page_is_what_markdown_makes_of_it(case: Path, slow: Slow) -> None:
    assert_as_markdown(bodies(reader.load_content(case / "content").content), slow)


def test_every_page_of_a_large_archive_is_what_markdown_makes_of_it(slow: Slow) -> None:
    assert_as_markdown(bodies(large_archive()), slow)


def assert_as_markdown(pages: dict[str, str], slow: Slow) -> None:
    for path, text in pages.items():
        if not has_code_with_angle_bracket(text):
            assert html(text, path) == slow(text, path), path


def has_code_with_angle_bracket(text: str) -> bool:
    """Whether a page has such a citation, which is left to Python-Markdown."""
    return any("<" in line for line in text.split("\n") if line.startswith("    "))


@pytest.mark.corpus
@pytest.mark.slow
def test_pages_of_the_corpus_are_what_markdown_makes_of_them(
    corpus_content: Path, slow: Slow
) -> None:
    """A sample of all kinds of page, and papers with formulas; each page is in the dialect."""
    texts = bodies(reader.load_content(corpus_content).content)
    other = [path for path in texts if not path.startswith("papers/")]
    formulas = [path for path, text in texts.items() if path not in other and "$" in text]
    drawn = random.Random(1)
    for path in drawn.sample(other, 200) + drawn.sample(formulas, min(300, len(formulas))):
        assert html(texts[path], path) == slow(texts[path], path), path
    for path, text in texts.items():
        if not has_code_with_angle_bracket(text):
            html(text, path)


SPECIAL = st.text(alphabet="ab 1.)$\\_*[](){}<>&#`|!-+=:~\"'", max_size=30)
TEX = st.sampled_from(
    ["$x^2$", "$a_{1}$ b", r"$\alpha$", r"$\]$ x", "$5 and $6", r"\textit{a}", "97%"]
)
TEXTS = st.lists(st.one_of(SPECIAL, TEX, st.text(max_size=8)), max_size=4).map(" ".join)
PAGE = "papers/2503.00001.md"


def line(title: str, name: str) -> str:
    """The line of a list, as the templates write it."""
    return f"- [{markup.inline(title) or 'x'}](../tags/x.md)\n  *{markup.inline(name) or 'x'} · y*"


PLACES: dict[str, Callable[[str], str]] = {
    "heading": lambda text: f"# {markup.inline(text) or 'x'} {{: #paper }}",
    "linked heading": lambda text: f"## [{markup.inline(text) or 'x'}](x.md) {{: #p-1 .paper }}",
    "paragraph": lambda text: markup.paragraphs(text) or "x",
    "byline": lambda text: f"{markup.inline(text) or 'x'}\n{{: .byline }}",
    "tag": lambda text: f"[{markup.escape(text) or 'x'} *3*](../tags/x.md)\n{{: .tags }}",
    "item": lambda text: f"- [x](y.md) — by rule: “{markup.escape(text) or 'x'}”",
    "line": lambda text: line(text, text),
    "pager": lambda text: (
        f"[Next: {markup.inline(text) or 'x'}](y.md){{: rel=next }}\n{{: .pager }}"
    ),
}


def assert_as_markdown_or_refused(source: str, page: str, slow: Slow) -> None:
    try:
        made = html(source, page)
    except NotInDialect:
        return
    assert made == slow(source, page)


@pytest.mark.parametrize("place", PLACES)
@example(text="a]: b")
@given(text=TEXTS)
def test_any_text_in_any_place_is_what_markdown_makes_of_it_or_refused(
    place: str, slow: Slow, text: str
) -> None:
    source = PLACES[place](text)
    assert_as_markdown_or_refused(source, PAGE, slow)


@pytest.mark.parametrize("second", ["* x*", "*x *", "*\u00a0x*", "*x* y", "*x**", "***", "*x* *y*"])
def test_stars_in_a_list_mean_what_they_mean_to_markdown_or_are_refused(
    slow: Slow, second: str
) -> None:
    source = f"- [x](../tags/x.md)\n  {second}"
    assert_as_markdown_or_refused(source, PAGE, slow)


@pytest.mark.parametrize("place", PLACES)
@pytest.mark.parametrize(
    "text",
    ["Words, and more: of (them) – “quoted” don't; a/b?", r"$\mathcal{O}(n)$ * a_b [c] {d} <e> & f",
     "2024. A year", "- dash", "# hash", "C++ & C#", "50% of $5", "ü ß 你好 🎉"],
)  # fmt: skip
def test_ordinary_texts_are_in_the_dialect(place: str, slow: Slow, text: str) -> None:
    source = PLACES[place](text)
    assert html(source, PAGE) == slow(source, PAGE)


@pytest.mark.parametrize(
    "source",
    ["> quote", "1. item", "# no id", "## a {: #b onclick=x }", "text\n- item", "`*`",
     "<script>", "<div onclick=x markdown>", '<div class="a" markdown>\n\ntext', "**bold**",
     "![image](x.md)", "[a](javascript:x)", "[a][b]", "[a]: https://example.org/", "a  \nb",
     "    code outside", "Setext\n======", "| a |", "***", "a <b> c", "&copy;", "_a_",
     "[a](b.md){: .c }",
     "- a\n\n    b", "- a\n        - b", "* a", "a\n{: #id }", "[a](/b.md)",
     "[a](b%20c.md)", "*a*{: .b }"],
)  # fmt: skip
def test_what_templates_do_not_write_is_refused(source: str) -> None:
    with pytest.raises(NotInDialect):
        html(source, PAGE)


LINKS = {
    "index.md": ["daily/2025-03-11.md", "subscribe.md", "rss.xml", "daily/index.md"],
    "papers/x.md": [
        "../papers/y.md",
        "y.md",
        "x.md",
        "../tags/a.md",
        "../daily/2025-03-11.md",
        "../daily/index.md",
    ],
    "tags/index.md": ["a.md", "../papers/x.md"],
    "tags/a.md": ["a/2025.md", "b.md", "index.md", "../index.md", "aa/2025.md"],
    "tags/a/2025.md": ["../a.md", "2024.md", "../b.md", "../../papers/x.md", "../index.md"],
    "authors/letter/a.md": ["b.md", "../x.md", "../index.md", "../letter.md"],
}


@pytest.mark.parametrize(
    ("page", "target"), [(page, target) for page, own in LINKS.items() for target in own]
)
def test_links_lead_where_mkdocs_leads_them(page: str, target: str, slow: Slow) -> None:
    source = f"[a]({target})"
    assert_as_markdown_or_refused(source, page, slow)


@pytest.mark.parametrize(
    "unit",
    ["*", "a *b", "[", "[a](", "[a", "$a", "$", "\\", "&", "{:", "- a\n", "# ", "| a ",
     "<div ", "a\n", "    a\n"],
)  # fmt: skip
def test_takes_linear_time(unit: str) -> None:
    with little_work():
        for source in (unit * 20_000, f"[{unit * 20_000}](a.md)", f"*{unit * 20_000}*"):
            try:
                html(source, PAGE)
            except NotInDialect:
                continue
