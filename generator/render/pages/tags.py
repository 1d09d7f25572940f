"""The tree of tags, a page for each tag, and one for each year, or month, of one with many papers.

Takes an archive, gives targets.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import date
from functools import partial
from itertools import chain
from operator import attrgetter
from typing import Any

from generator.archive.model import Archive, Entry, TagPage, by_month, by_year
from generator.core import links, paths
from generator.core.model import Tag
from generator.core.target import Target, digest
from generator.render.feeds import catalog
from generator.render.pages.page import digests, link, outward, page
from generator.text import dates
from generator.text.dates import counted
from generator.text.markup import Markdown

SPLIT_ABOVE, NEWEST = 100, 50
"""A tag with more papers shows the newest alone, and links to a page for each year."""
SPLIT_YEAR_ABOVE = 300
"""A year with more shows none, and links to a page for each month."""
RELATED_TAGS, RELATED_IN = 8, 1_000
"""How many tags it occurs with are named, and in how many of its papers, the newest, they count."""
_TAGS, _SLUG_OF_USE, _SLUG = attrgetter("tags"), attrgetter("tag.slug"), attrgetter("slug")


def targets(archive: Archive) -> Iterator[Target]:
    """All tag pages and their index."""
    tagged = sum(1 for entry in archive.entries.values() if entry.tags)
    sizes = [(each.tag, len(each.entries)) for each in archive.tags.values()]
    inputs = digest((sizes, tagged, len(archive.entries)))
    yield Target(paths.TAGS_PAGE, inputs, partial(_tree, archive, tagged))
    for tag_page in archive.tags.values():
        yield from _targets(archive, tag_page)


def _targets(archive: Archive, tag_page: TagPage) -> Iterator[Target]:
    tag = tag_page.tag
    # A tag that only groups others has no papers of its own: theirs are on their pages.
    splits = tag_page.own > 0 and len(tag_page.entries) > SPLIT_ABOVE
    years = by_year(tag_page.entries) if splits else {}
    counts = [(year, len(own)) for year, own in years.items()]
    inputs = (
        (tag, tag_page.children, tag_page.ancestors, tag_page.own, len(tag_page.entries)),
        _counts(archive, tag_page.children),
        digests(tag_page.entries[:RELATED_IN]),
        counts,
    )
    make = partial(_tag, archive, tag_page, counts)
    yield Target(paths.tag_page(tag.slug), digest(inputs), make)
    for year, entries in years.items():
        yield from _targets_of_year(archive, tag, year, entries, list(years))


def _targets_of_year(
    archive: Archive, tag: Tag, year: int, entries: Sequence[Entry], years: list[int]
) -> Iterator[Target]:
    months = by_month(entries) if len(entries) > SPLIT_YEAR_ABOVE else {}
    shown = () if months else entries
    counts = [(first, len(own)) for first, own in months.items()]
    yield Target(
        paths.tag_page(tag.slug, year),
        digest((tag, digests(shown), len(entries), counts, years)),
        partial(_year, archive, tag, year, shown, len(entries), counts, years),
    )
    for first, own in months.items():
        yield Target(
            paths.tag_month_page(tag.slug, first),
            digest((tag, digests(own), list(months))),
            partial(_month, archive, tag, first, own, list(months)),
        )


def newest(entries: Sequence[Entry]) -> Sequence[Entry]:
    """Those to show of papers that have pages for each year if they are many."""
    return entries[:NEWEST] if len(entries) > SPLIT_ABOVE else entries


def _tree(archive: Archive, tagged: int) -> bytes:
    return page(
        archive,
        paths.TAGS_PAGE,
        "tags.md.j2",
        title="Tags",
        kind="tags",
        description=f"{counted(len(archive.tags), 'tag')} in a tree, with their papers.",
        values={"tree": Markdown("".join(_branches(archive, "", 0))), "tagged": tagged},
    )


def _branches(archive: Archive, parent: str, depth: int) -> Iterator[str]:
    """The tags below a parent as nested list items."""
    for tag_page in archive.tags.values():
        if tag_page.tag.parent != parent:
            continue
        tag = tag_page.tag
        label = link(tag.name, paths.TAGS_PAGE, paths.tag_page(tag.slug))
        yield f"{'    ' * depth}- {label} *{len(tag_page.entries):,}*\n"
        yield from _branches(archive, tag.slug, depth + 1)


def _tag(archive: Archive, tag_page: TagPage, years: list[tuple[int, int]]) -> bytes:
    tag = tag_page.tag
    return page(
        archive,
        paths.tag_page(tag.slug),
        "tag.md.j2",
        title=tag.name,
        kind="tag",
        description=tag.description,
        head=_feeds(tag),
        values={
            "tag": tag,
            "tag_page": tag_page,
            "counts": _counts(archive, tag_page.children),
            "entries": newest(tag_page.entries),
            "years": years,
            "related": _related(archive, tag_page),
            "related_in": RELATED_IN,
            "suggest": _suggest_link(archive, tag),
        },
    )


def _related(archive: Archive, tag_page: TagPage) -> list[tuple[Tag, int]]:
    """Tags that its newest papers have most often besides, with how many; not its own line."""
    line = {tag_page.tag.slug, *map(_SLUG, tag_page.ancestors), *tag_page.below}
    uses = chain.from_iterable(map(_TAGS, tag_page.entries[:RELATED_IN]))
    counts = Counter(map(_SLUG_OF_USE, uses))
    found = [(slug, count) for slug, count in counts.items() if slug not in line]
    found.sort(key=lambda pair: (-pair[1], pair[0]))
    return [(archive.tags[slug].tag, count) for slug, count in found[:RELATED_TAGS]]


def _feeds(tag: Tag) -> dict[str, Any]:
    return catalog.announced(paths.tag_feeds(tag.slug), tag.name)


def _suggest_link(archive: Archive, tag: Tag) -> Markdown:
    """To the repository's editor, with the tag's file open; empty without a repository."""
    settings = archive.settings
    if not settings.repository:
        return Markdown("")
    file = "content/" + paths.tag_file(tag.slug)
    address = links.edit_url(settings.repository, settings.branch, file)
    return outward("Suggest a change to this tag", address)


def _year(
    archive: Archive,
    tag: Tag,
    year: int,
    entries: Sequence[Entry],
    total: int,
    months: list[tuple[date, int]],
    years: list[int],
) -> bytes:
    return page(
        archive,
        paths.tag_page(tag.slug, year),
        "tag_year.md.j2",
        title=f"{tag.name}, {year}",
        kind="tag",
        description=f"{counted(total, 'paper')} of {year} tagged {tag.name}.",
        head=_feeds(tag),
        values={
            "tag": tag,
            "year": year,
            "entries": entries,
            "total": total,
            "months": months,
            "years": years,
        },
    )


def _month(
    archive: Archive, tag: Tag, first: date, entries: Sequence[Entry], months: list[date]
) -> bytes:
    words = dates.month(first)
    return page(
        archive,
        paths.tag_month_page(tag.slug, first),
        "tag_month.md.j2",
        title=f"{tag.name}, {words}",
        kind="tag",
        description=f"{counted(len(entries), 'paper')} of {words} tagged {tag.name}.",
        head=_feeds(tag),
        values={"tag": tag, "first": first, "entries": entries, "months": months},
    )


def _counts(archive: Archive, tags: tuple[Tag, ...]) -> list[tuple[Tag, int]]:
    return [(tag, len(archive.tags[tag.slug].entries)) for tag in tags]
