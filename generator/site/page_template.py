"""Page templates: pages that MkDocs made without head, kind and body, which are filled in later.

Takes a page with marks, gives a template. Knows neither MkDocs nor what goes in. Loads little: a
build reads the frame of the previous one before everything else is loaded.
"""

from __future__ import annotations

from msgspec import Struct

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
