"""The search page: a form whose work a script does, and what to use without it.

Takes an archive, gives one target. The index it searches is made by `generator.search`.
"""

from __future__ import annotations

import html
from collections.abc import Iterator
from functools import partial

from generator.archive.model import Archive, by_year
from generator.content import tag_names
from generator.core import paths
from generator.core.model import Tag
from generator.core.target import Target, digest
from generator.render.pages.page import page
from generator.text import markup
from generator.text.markup import Markdown


def targets(archive: Archive) -> Iterator[Target]:
    """The search page."""
    years = sorted(by_year(archive.oldest_first), reverse=True)
    tags = [each.tag for each in archive.tags.values() if each.entries]
    former = tag_names.former(each.tag for each in archive.tags.values())
    old = [[slug for slug, is_whole in former[tag.slug].items() if is_whole] for tag in tags]
    make = partial(_search, archive, years, tags, old)
    yield Target(paths.SEARCH_PAGE, digest((years, tags, old)), make)


def _search(archive: Archive, years: list[int], tags: list[Tag], old: list[list[str]]) -> bytes:
    return page(
        archive,
        paths.SEARCH_PAGE,
        "search.md.j2",
        title="Search",
        kind="search",
        description=f"Search the papers of {markup.plain(archive.settings.title)}.",
        values={
            "tags": [
                (Markdown(each.slug), Markdown(" ".join(slugs)), _text(each.name))
                for each, slugs in zip(tags, old, strict=True)
            ],
            "years": [Markdown(f"{year:04}") for year in years],
            "days_link": _way(paths.DAYS_PAGE),
            "tags_link": _way(paths.TAGS_PAGE),
            "authors_link": _way(paths.AUTHORS_PAGE),
        },
    )


def _text(source: str) -> Markdown:
    """Text within HTML, where Markdown's own escapes would be shown."""
    return Markdown(html.escape(markup.plain(source)))


def _way(target: str) -> Markdown:
    """The relative address of another page, for HTML."""
    return Markdown(f"../{paths.site_path(target)}")
