"""Our Markdown in the dialects of other generators: the same text in their syntax.

Takes the bytes of a page and its path relative to `docs/`, gives its front matter and its body.
Does no I/O, and is never measured.
"""

from __future__ import annotations

import json
import re
from pathlib import PurePosixPath
from typing import Any

_FRONT = re.compile(r"---\n(.*?)\n---\n\n?", re.DOTALL)
_HEADING = re.compile(r"^# (.+?)(?: \{:[^}]*\})?$", re.MULTILINE)
_LINK_MARKS = re.compile(r"\[((?:\\.|[^\]\\])*)\]\(([^)]*)\)\{: (rel=\w+) \}")
_MARKS = re.compile(r"\{: ?([^}]*?) ?\}$", re.MULTILINE)
_NO_VALUE = re.compile(r" ?\bdata-search-exclude\b")
_INNER_LINK = re.compile(r"\]\((?![a-z]+:|[#/])([^)\s]*?)(\.md)?(#[^)]*)?\)")
_INNER_HREF = re.compile(r'(<a href=")(?![a-z]+:|[#/])([^"]*?)(\.md)?(#[^"]*)?"')
_FORMULA = re.compile(r"(?<!\\)\$(?![\s$])((?:\\[^\n]|[^$\\`\n])+)(?<!\s)\$(?!\d)")
_PUNCTUATION = re.compile(r"([!-/:-@\[-`{-~])")
_SHORTCODE = re.compile(r"\{\{(?=[<%])")


def split(text: str) -> tuple[dict[str, Any], str]:
    """The front matter and the body; a handwritten page gets its first heading as title."""
    found = _FRONT.match(text)
    if found is None:
        heading = _HEADING.search(text)
        return {"title": heading[1] if heading else ""}, text
    pairs = (line.split(": ", 1) for line in found[1].splitlines())
    return {key: json.loads(value) for key, value in pairs}, text[found.end() :]


def commonmark(body: str, path: PurePosixPath) -> str:
    """The body for Goldmark: its attribute syntax, resolved URLs, and formulas for the browser.

    Python-Markdown converts formulas to MathML during the build. Here they remain TeX in the
    delimiters of scripts such as KaTeX, which is less work for the competitor.
    """
    body = without_formulas(body)
    body = _LINK_MARKS.sub(r'<a href="\2" \3>\1</a>', body)
    body = with_urls(body, path)
    body = _MARKS.sub(lambda found: "{" + _NO_VALUE.sub("", found[1]) + "}", body)
    body = body.replace(" markdown>", ">")
    return _SHORTCODE.sub("{&#8203;{", body)


def without_formulas(body: str) -> str:
    """The body with its formulas as text, which a script in the browser can typeset."""
    return _FORMULA.sub(lambda found: _literal(f"\\({found[1]}\\)"), body)


def with_urls(body: str, path: PurePosixPath) -> str:
    """The body with links to source files replaced by links to the site's folders."""
    up = "" if path.stem == "index" else "../"

    def link(found: re.Match[str]) -> str:
        return f"]({_url(up, found[1], found[2], found[3])})"

    def href(found: re.Match[str]) -> str:
        return f'{found[1]}{_url(up, found[2], found[3], found[4])}"'

    return _INNER_HREF.sub(href, _INNER_LINK.sub(link, body))


def _url(up: str, target: str, markdown: str | None, anchor: str | None) -> str:
    if markdown:
        folder, _, name = target.rpartition("/")
        target = f"{folder}/" if name == "index" and folder else f"{target}/"
        if name == "index" and not folder:
            target = "./"
    return f"{up}{target}{anchor or ''}" if target or anchor is None else anchor


def _literal(text: str) -> str:
    """Text escaped for Markdown."""
    return _PUNCTUATION.sub(r"\\\1", text)
