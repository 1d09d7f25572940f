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
from generator.site.page_template import Frame, base, template_key
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
