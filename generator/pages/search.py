"""The search page: a form whose work a script does, and what to use without it.

Takes an archive, gives one `OutputFile`. The index it searches is made by `generator.search`.
"""

from __future__ import annotations

import html
from collections.abc import Iterator

from generator import markup, urls
from generator.archive import Archive
from generator.markup import Markdown
from generator.model import OutputFile
from generator.pages.page import page


def render(archive: Archive) -> Iterator[OutputFile]:
    """The search page."""
    years = sorted({entry.listed.year for entry in archive.entries.values()}, reverse=True)
    tags = [each.tag for each in archive.tags.values() if each.entries]
    yield page(
        archive,
        urls.SEARCH_PAGE,
        "search.md.j2",
        title="Search",
        kind="search",
        description=f"Search the papers of {markup.plain(archive.settings.title)}.",
        values={
            "tags": [(Markdown(each.slug), _text(each.name)) for each in tags],
            "years": [Markdown(f"{year:04}") for year in years],
            "days_link": _way(urls.DAYS_PAGE),
            "tags_link": _way(urls.TAGS_PAGE),
            "authors_link": _way(urls.AUTHORS_PAGE),
        },
    )


def _text(source: str) -> Markdown:
    """Text within HTML, where Markdown's own escapes would be shown."""
    return Markdown(html.escape(markup.plain(source)))


def _way(target: str) -> Markdown:
    """The relative address of another page, for HTML."""
    return Markdown(f"../{urls.address(target)}")
