"""The tree of tags, and the listing of each tag.

Takes an archive, gives targets.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from functools import partial
from itertools import chain
from operator import attrgetter
from typing import Any

from generator.archive.model import Archive, TagPage
from generator.core import links, paths
from generator.core.model import Tag
from generator.core.target import Target, digest
from generator.render.pages.listing import Listing, listing_targets
from generator.render.pages.page import digests, link, outward, page
from generator.render.pages.tag_tree import tag_tree
from generator.text.dates import counted

RELATED_TAGS, RELATED_IN = 8, 1_000
"""At most this many related tags are named, counted in this many of a tag's newest papers."""
_TAGS, _SLUG_OF_USE, _SLUG = attrgetter("tags"), attrgetter("tag.slug"), attrgetter("slug")


def targets(archive: Archive) -> Iterator[Target]:
    """All tag pages and their index."""
    tagged = sum(1 for entry in archive.entries.values() if entry.tags)
    sizes = [(each.tag, len(each.entries)) for each in archive.tags.values()]
    inputs = digest((sizes, tagged, len(archive.entries)))
    yield Target(paths.TAGS_PAGE, inputs, partial(_tree, archive, tagged))
    for tag_page in archive.tags.values():
        listing = _listing(tag_page)
        contents = (
            (
                tag_page.tag,
                tag_page.children,
                tag_page.ancestors,
                sorted(tag_page.below),
                tag_page.own,
            ),
            _counts(archive, tag_page.children),
            # Related tags depend on these papers, too; the listing digests those it shows.
            digests(tag_page.entries[len(listing.shown) : RELATED_IN]),
        )
        values = partial(_values, archive, tag_page)
        yield from listing_targets(archive, listing, contents, values)


def _listing(tag_page: TagPage) -> Listing:
    tag = tag_page.tag
    return Listing(
        path=paths.tag_page(tag.slug),
        kind="tag",
        name=tag.name,
        label=tag.name,
        description=tag.description,
        phrase=f"tagged {tag.name}",
        feeds=paths.tag_feeds(tag.slug),
        entries=tag_page.entries,
        # If a tag only groups others, its papers are listed by year on their pages.
        has_years=tag_page.own > 0,
    )


def _values(archive: Archive, tag_page: TagPage) -> dict[str, Any]:
    tag = tag_page.tag
    edit_url = links.edit_url(archive.settings, paths.tag_file(tag.slug))
    return {
        "tag": tag,
        "tag_page": tag_page,
        "counts": _counts(archive, tag_page.children),
        "related": _related(archive, tag_page),
        "related_in": RELATED_IN,
        "suggest": outward("Suggest a change to this tag", edit_url),
    }


def _counts(archive: Archive, tags: tuple[Tag, ...]) -> list[tuple[Tag, int]]:
    return [(tag, len(archive.tags[tag.slug].entries)) for tag in tags]


def _related(archive: Archive, tag_page: TagPage) -> list[tuple[Tag, int]]:
    """The most frequent other tags of its newest papers, with counts.

    Leaves out ancestors and descendants of the tag.
    """
    lineage = {tag_page.tag.slug, *map(_SLUG, tag_page.ancestors), *tag_page.below}
    uses = chain.from_iterable(map(_TAGS, tag_page.entries[:RELATED_IN]))
    counts = Counter(map(_SLUG_OF_USE, uses))
    found = [(slug, count) for slug, count in counts.items() if slug not in lineage]
    found.sort(key=lambda pair: (-pair[1], pair[0]))
    return [(archive.tags[slug].tag, count) for slug, count in found[:RELATED_TAGS]]


def _tree(archive: Archive, tagged: int) -> bytes:
    return page(
        archive,
        paths.TAGS_PAGE,
        "tags.md.j2",
        title="Tags",
        kind="tags",
        description=f"{counted(len(archive.tags), 'tag')} in a tree, with their papers.",
        values={"tree": tag_tree(archive, _line), "tagged": tagged},
    )


def _line(tag_page: TagPage) -> str:
    tag = tag_page.tag
    label = link(tag.name, paths.TAGS_PAGE, paths.tag_page(tag.slug))
    return f"{label} *{len(tag_page.entries):,}*"
