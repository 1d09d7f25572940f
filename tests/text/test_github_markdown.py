"""Untrusted text in GitHub's Markdown is shown as it is, without any effect."""

from __future__ import annotations

import html
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st
from markdown import markdown

from generator.text import github_markdown, markup

MARK = "\u2060"

# What GitHub links in rendered text, according to its documentation.
LINKED = re.compile(
    r"(?<!\w)@[a-z0-9]|#\d|\bGH-\d|https?://|ftp://|mailto:\w|www\.\w|[\w.+-]+@[\w-]+\.\w"
    r"|:[+\w-]+:|\b[0-9a-f]{7,40}\b",
    re.IGNORECASE,
)
HOSTILE = [
    "@everyone look",
    "ping @octo-cat/team",
    "see #123 and GH-45 and owner/repo#6",
    "http://example.org www.example.org https://example.org/?a=b",
    "mail a@example.org or mailto:a@example.org",
    "deadbeefdeadbeefdeadbeefdeadbeefdeadbeef",
    "<script>alert(1)</script><img src=x onerror=alert(1)>",
    "</details><h1>Approved</h1>",
    "[approve](https://example.org) ![x](https://example.org/x.png)",
    "[a]: https://example.org",
    "**bold** _it_ ~~gone~~ `code` ``` fence",
    "a | b | c",
    "$$\\sum$$ and $`x`$",
    "<!-- comment --> &lt;b&gt; &amp; &#64;user",
    "\\@user \\<b> \\\\`x`",
    ":tada: :+1:",
    "a\n# heading\n\n- item\n\n    code\n::error::forged",
    "\u202egnp.exe \u0000 \x1b[31m",
]


def shown(source: str) -> tuple[str, str]:
    """The HTML of a list item that holds the text, and what a reader sees of it."""
    made = markdown(f"- Title: {source}")
    return made, html.unescape(re.sub(r"<[^>]*>", "", made)).strip()


@pytest.mark.parametrize("source", HOSTILE)
def test_hostile_text_is_only_text(source: str) -> None:
    made, seen = shown(github_markdown.text(source))
    assert set(re.findall(r"</?(\w+)", made)) == {"ul", "li"}
    assert not LINKED.search(seen)
    assert seen.replace(MARK, "") == f"Title: {markup.clean(source)}"


@given(st.text(max_size=80))
def test_any_text_is_only_text(source: str) -> None:
    made, seen = shown(github_markdown.text(source))
    assert set(re.findall(r"</?(\w+)", made)) == {"ul", "li"}
    assert not LINKED.search(seen)
    assert "\n" not in github_markdown.text(source)


@given(st.text(alphabet="`|\\<@#a \n", max_size=40))
def test_code_never_ends_early(source: str) -> None:
    made = github_markdown.code(source)
    assert made == "" or (made[0] == made[-1] == "`" and "`" not in made[1:-1])
    assert "\n" not in made
    assert "|" not in made


def test_long_text_is_cut() -> None:
    assert github_markdown.text("word " * 100, 12) == "word word w…"
    assert len(github_markdown.code("x" * 1000)) == 202
