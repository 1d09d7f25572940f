"""A page's HTML file from its Markdown: head and body, filled into a page template.

Takes a page's Markdown as it stands below docs/, gives what MkDocs would make of it, byte for
byte. Writes nothing.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import Any

from msgspec import Struct
from msgspec.structs import asdict

from generator.core import paths
from generator.core.model import Settings
from generator.site import html_head
from generator.text import fast_markdown
from generator.text.fast_markdown import NotInDialect


class PageWriter(Struct, frozen=True):
    """Makes HTML files from Markdown pages."""

    settings: Mapping[str, Any]
    frame: Frame
    fallback: Callable[[str, str], str]
    """Renders a body that `fast_markdown` refuses, from its Markdown and the page's path."""

    def html(self, path: str, text: str) -> bytes:
        """The HTML file of a page."""
        meta, body = front_matter(text)
        head = html_head.head(
            meta,
            self.settings["site_url"] + paths.site_path(path),
            base(path),
            self.settings,
        )
        template = self.frame.templates[template_key(path, self.frame.in_nav)]
        return template.fill(head, meta["kind"], self._body(body, path))

    def _body(self, text: str, path: str) -> str:
        try:
            return fast_markdown.html(text, path)
        except NotInDialect:
            return self.fallback(text, path)


def page_writer(
    settings: Settings, frame: Frame, fallback: Callable[[str, str], str]
) -> PageWriter:
    """A writer of HTML files for an archive."""
    return PageWriter(asdict(settings), frame, fallback)


def front_matter(text: str) -> tuple[dict[str, Any], str]:
    """A page's front matter, whose values are JSON, one on each line, and the text after it."""
    front, _, body = text.removeprefix("---\n").partition("\n---\n\n")
    pairs = (line.partition(": ") for line in front.split("\n"))
    return {key: json.loads(value) for key, _, value in pairs}, body


HEAD, KIND, BODY = "%%HEAD%%", "%%KIND%%", "%%BODY%%"
"""Marks in a page template for what differs from page to page, in this order."""


class PageTemplate(Struct, frozen=True):
    """A page without head, kind and body, which go between its four pieces."""

    pieces: tuple[str, str, str, str]

    def fill(self, head: str, kind: str, body: str) -> bytes:
        """The page."""
        before, after_head, after_kind, end = self.pieces
        return f"{before}{head}{after_head}{kind}{after_kind}{body}{end}".encode(
            "utf-8", "xmlcharrefreplace"
        )


class Frame(Struct, frozen=True):
    """What MkDocs made for the archive's pages, besides files."""

    templates: dict[str, PageTemplate]
    """By `template_key`."""
    in_nav: frozenset[str]
    """Paths of the archive's pages that the navigation names."""
    asked: dict[str, bool]
    """Paths outside the frame that hand-written pages link to, and whether they were targets."""


def page_template(page: str) -> PageTemplate:
    """The template in a page that holds each mark once and in order. Raises ValueError."""
    before, head, rest = page.partition(HEAD)
    after_head, kind, rest = rest.partition(KIND)
    after_kind, body, end = rest.partition(BODY)
    pieces = (before, after_head, after_kind, end)
    marks = (HEAD, KIND, BODY)
    if not (head and kind and body) or any(mark in each for each in pieces for mark in marks):
        raise ValueError(
            "the theme must place head, kind and content of a page once, in this order"
        )
    return PageTemplate(pieces)


def template_key(path: str, in_nav: frozenset[str]) -> str:
    """Which template a page takes: its own if it is in the navigation, else that of its depth."""
    return path if path in in_nav else str(depth(path))


def depth(path: str) -> int:
    """How many folders a page's URL is below the root: 2 for papers/x.md."""
    parts = path.removesuffix(".md").split("/")
    return len(parts) - (parts[-1] == "index")


def base(path: str) -> str:
    """The relative path from a page to the site's root, as MkDocs writes it."""
    return "/".join([".."] * depth(path)) or "."
