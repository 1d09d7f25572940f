"""The search page: a form that a script answers, and what to use without JavaScript.

Takes an archive, gives one target. `render/search/` makes the index that the script searches.
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
    former_names = tag_names.former(each.tag for each in archive.tags.values())
    former_slugs = [
        [slug for slug, is_whole in former_names[tag.slug].items() if is_whole] for tag in tags
    ]
    make = partial(_search, archive, years, tags, former_slugs)
    yield Target(paths.SEARCH_PAGE, digest((years, tags, former_slugs)), make)


def _search(
    archive: Archive, years: list[int], tags: list[Tag], former_slugs: list[list[str]]
) -> bytes:
    return page(
        archive,
        paths.SEARCH_PAGE,
        "search.md.j2",
        title="Search",
        kind="search",
        description=f"Search the papers of {markup.plain(archive.settings.title)}.",
        values={
            "tags": [
                (Markdown(each.slug), Markdown(" ".join(slugs)), _html_text(each.name))
                for each, slugs in zip(tags, former_slugs, strict=True)
            ],
            "years": [Markdown(f"{year:04}") for year in years],
            "days_link": _relative_url(paths.DAYS_PAGE),
            "tags_link": _relative_url(paths.TAGS_PAGE),
            "authors_link": _relative_url(paths.AUTHORS_PAGE),
        },
    )


def _html_text(source: str) -> Markdown:
    """Plain text, escaped for HTML, where escapes of Markdown would be shown."""
    return Markdown(html.escape(markup.plain(source)))


def _relative_url(target: str) -> Markdown:
    """The relative URL of another page, for HTML."""
    return Markdown(f"../{paths.site_path(target)}")
