"""Our Markdown in the dialects of other generators: the same text, their marks.

Takes the bytes of one page under `docs/` and its path there, gives its front matter and its
body. Never does I/O, and is never part of what is measured.
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
    """The front matter and the body; a page written by hand gets its first heading as title."""
    found = _FRONT.match(text)
    if found is None:
        heading = _HEADING.search(text)
        return {"title": heading[1] if heading else ""}, text
    pairs = (line.split(": ", 1) for line in found[1].splitlines())
    return {key: json.loads(value) for key, value in pairs}, text[found.end() :]


def commonmark(body: str, path: PurePosixPath) -> str:
    """The body for Goldmark: its attributes, ready addresses, formulas left for the browser.

    Python-Markdown makes MathML of formulas while it builds; here they stay TeX between the
    marks that scripts such as KaTeX look for, which is less work for the competitor.
    """
    body = without_formulas(body)
    body = _LINK_MARKS.sub(r'<a href="\2" \3>\1</a>', body)
    body = addresses(body, path)
    body = _MARKS.sub(lambda found: "{" + _NO_VALUE.sub("", found[1]) + "}", body)
    body = body.replace(" markdown>", ">")
    return _SHORTCODE.sub("{&#8203;{", body)


def without_formulas(body: str) -> str:
    """The body with its formulas as text, for a script in the browser to typeset."""
    return _FORMULA.sub(lambda found: _literal(f"\\({found[1]}\\)"), body)


def addresses(body: str, path: PurePosixPath) -> str:
    """The body with links to source files made links to folders, as the site will have them."""
    up = "" if path.stem == "index" else "../"

    def link(found: re.Match[str]) -> str:
        return f"]({_address(up, found[1], found[2], found[3])})"

    def href(found: re.Match[str]) -> str:
        return f'{found[1]}{_address(up, found[2], found[3], found[4])}"'

    return _INNER_HREF.sub(href, _INNER_LINK.sub(link, body))


def _address(up: str, target: str, markdown: str | None, anchor: str | None) -> str:
    if markdown:
        folder, _, name = target.rpartition("/")
        target = f"{folder}/" if name == "index" and folder else f"{target}/"
        if name == "index" and not folder:
            target = "./"
    return f"{up}{target}{anchor or ''}" if target or anchor is None else anchor


def _literal(text: str) -> str:
    """Text in which Markdown finds nothing to read."""
    return _PUNCTUATION.sub(r"\\\1", text)
