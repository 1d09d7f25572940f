"""The tree of tags as nested lists, which pages show with different things beside each tag.

Takes an archive and what to say of a tag, gives Markdown.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

from generator.archive.model import Archive, TagPage
from generator.text.markup import Markdown


def tag_tree(archive: Archive, line: Callable[[TagPage], str]) -> Markdown:
    """An item of one line for each tag, below that of its parent."""
    return Markdown("".join(_items(archive, line, "", 0)))


def _items(
    archive: Archive, line: Callable[[TagPage], str], parent: str, depth: int
) -> Iterator[str]:
    for tag_page in archive.tags.values():
        if tag_page.tag.parent == parent:
            yield f"{'    ' * depth}- {line(tag_page)}\n"
            yield from _items(archive, line, tag_page.tag.slug, depth + 1)
