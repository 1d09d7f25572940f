"""The tree of tags as nested lists, with a line for each tag that the caller words.

Takes an archive and a function that gives a tag's line, gives Markdown.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

from generator.archive.model import Archive, TagPage
from generator.text.markup import Markdown


def tag_tree(archive: Archive, line: Callable[[TagPage], str]) -> Markdown:
    """A list item for each tag, below that of its parent; `line` gives its text in one line."""
    return Markdown("".join(_items(archive, line, "", 0)))


def _items(
    archive: Archive, line: Callable[[TagPage], str], parent: str, depth: int
) -> Iterator[str]:
    for tag_page in archive.tags.values():
        if tag_page.tag.parent == parent:
            yield f"{'    ' * depth}- {line(tag_page)}\n"
            yield from _items(archive, line, tag_page.tag.slug, depth + 1)
