"""The part of a page around its own head and body, rendered once and filled in for each page.

Takes the HTML that the theme made of a page of marks, gives pages as bytes. Knows no theme and
does no I/O.
"""

from __future__ import annotations

from msgspec import Struct

HEAD, KIND, BODY = "%%HEAD%%", "%%KIND%%", "%%BODY%%"
"""Marks that stand in a shell for what differs from page to page, in this order."""


class Shell(Struct, frozen=True):
    """A page in four pieces: head, kind and body go between them."""

    pieces: tuple[str, str, str, str]

    def fill(self, head: str, kind: str, body: str) -> bytes:
        """The page."""
        before, after_head, after_kind, end = self.pieces
        return f"{before}{head}{after_head}{kind}{after_kind}{body}{end}".encode(
            "utf-8", "xmlcharrefreplace"
        )


class Frame(Struct, frozen=True):
    """What MkDocs made for the archive's pages, besides the files it wrote."""

    shells: dict[str, Shell]
    """By `key`."""
    in_nav: frozenset[str]
    """Paths of the archive's pages that the navigation names."""
    asked: dict[str, bool]
    """Paths that hand-written pages link to beyond each other, and whether they were there."""


def shell(page: str) -> Shell:
    """A shell from a page that holds each mark once and in order; raises ValueError otherwise."""
    before, head, rest = page.partition(HEAD)
    after_head, kind, rest = rest.partition(KIND)
    after_kind, body, end = rest.partition(BODY)
    pieces = (before, after_head, after_kind, end)
    marks = (HEAD, KIND, BODY)
    if not (head and kind and body) or any(mark in each for each in pieces for mark in marks):
        raise ValueError(
            "the theme must place head, kind and content of a page once, in this order"
        )
    return Shell(pieces)


def key(path: str, in_nav: frozenset[str]) -> str:
    """Which shell a page takes: its own if it is in the navigation, else that of its depth."""
    return path if path in in_nav else str(depth(path))


def depth(path: str) -> int:
    """How far the address of a Markdown page lies below the root: 2 for papers/x.md."""
    parts = path.removesuffix(".md").split("/")
    return len(parts) - (parts[-1] == "index")


def base(path: str) -> str:
    """The way from a page's address to the site's root, as MkDocs writes it."""
    return "/".join([".."] * depth(path)) or "."
