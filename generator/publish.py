"""A page of the archive from its Markdown: head, shell and body, as the whole HTML file.

Takes a page's Markdown as it stands below docs/, gives what MkDocs would make of it, byte for
byte. Writes nothing.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import Any

from msgspec import Struct
from msgspec.structs import asdict

from generator import dialect, heads, shells, urls
from generator.dialect import NotInDialect
from generator.model import Settings
from generator.shells import Frame


class Publisher(Struct, frozen=True):
    """Makes HTML files from Markdown pages."""

    settings: Mapping[str, Any]
    frame: Frame
    fallback: Callable[[str, str], str]
    """Renders a body that the dialect doesn't know, from its Markdown and the page's path."""

    def html(self, path: str, text: str) -> bytes:
        """The HTML file of a page."""
        meta, body = front_matter(text)
        head = heads.head(
            meta,
            self.settings["site_url"] + urls.address(path),
            shells.base(path),
            self.settings,
        )
        shell = self.frame.shells[shells.key(path, self.frame.in_nav)]
        return shell.fill(head, meta["kind"], self._body(body, path))

    def _body(self, text: str, path: str) -> str:
        try:
            return dialect.html(text, path)
        except NotInDialect:
            return self.fallback(text, path)


def publisher(settings: Settings, frame: Frame, fallback: Callable[[str, str], str]) -> Publisher:
    """A publisher for an archive's pages."""
    return Publisher(asdict(settings), frame, fallback)


def front_matter(text: str) -> tuple[dict[str, Any], str]:
    """A page's front matter, each value of which is JSON on its line, and what follows it."""
    front, _, body = text.removeprefix("---\n").partition("\n---\n\n")
    pairs = (line.partition(": ") for line in front.split("\n"))
    return {key: json.loads(value) for key, _, value in pairs}, body
