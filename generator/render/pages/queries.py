"""The listing of each saved query with a bibliography of its papers, and the index of queries.

Takes an archive, gives targets.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import partial
from typing import Any

from generator.archive import citation
from generator.archive.model import Archive, Entry, QueryPage
from generator.core import links, paths
from generator.core.model import SavedQuery
from generator.core.target import Target, digest
from generator.render.pages.listing import Listing, listing_targets
from generator.render.pages.page import digests, link, literal, outward, page
from generator.text.dates import counted
from generator.text.markup import Markdown

_NEW_QUERY = """\
name: What the page and its feeds are called
description: One sentence that says what they hold.
query: 'tag:reasoning AND upvotes>=20'
"""


def targets(archive: Archive) -> Iterator[Target]:
    """All pages of saved queries and their index."""
    sizes = [(each.saved, len(each.entries)) for each in archive.queries.values()]
    yield Target(paths.QUERIES_PAGE, digest(sizes), partial(_index, archive))
    for query_page in archive.queries.values():
        saved, entries = query_page.saved, query_page.entries
        values = partial(_values, archive, saved)
        yield from listing_targets(archive, _listing(query_page), saved, values)
        for each in citation.EXPORT_FORMATS:
            yield Target(
                paths.query_export_file(saved.slug, each.ending),
                digest((each.name, digests(entries))),
                partial(_export, each, entries),
            )


def _listing(query_page: QueryPage) -> Listing:
    saved = query_page.saved
    return Listing(
        path=paths.query_page(saved.slug),
        kind="query",
        name=saved.name,
        label=saved.name,
        description=saved.description,
        phrase=f"that {saved.name} finds",
        feeds=paths.query_feeds(saved.slug),
        entries=query_page.entries,
        has_breadcrumbs=True,
    )


def _values(archive: Archive, saved: SavedQuery) -> dict[str, Any]:
    path = paths.query_page(saved.slug)
    exports = (
        link(each.name, path, paths.query_export_file(saved.slug, each.ending))
        for each in citation.EXPORT_FORMATS
    )
    edit_url = links.edit_url(archive.settings, paths.query_file(saved.slug))
    return {
        "saved": saved,
        "query": literal(saved.query),
        "exports": Markdown(" · ".join(exports)),
        "suggest": outward("Suggest a change to this query", edit_url),
    }


def _export(export: citation.ExportFormat, entries: Iterable[Entry]) -> bytes:
    return export.text(entries).encode()


def _index(archive: Archive) -> bytes:
    path = paths.QUERIES_PAGE
    file = paths.query_file("my-query")
    count = counted(len(archive.queries), "saved query", "saved queries")
    return page(
        archive,
        path,
        "queries.md.j2",
        title="Saved queries",
        kind="queries",
        description=f"{count}, each with a page, feeds and BibTeX.",
        values={
            "queries": [
                (link(each.saved.name, path, paths.query_page(each.saved.slug)), each)
                for each in archive.queries.values()
            ],
            "count": count,
            "example": literal(_NEW_QUERY),
            "add": outward("Save a query", links.new_file_url(archive.settings, file, _NEW_QUERY)),
        },
    )
