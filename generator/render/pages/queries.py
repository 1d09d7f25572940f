"""A page for each saved query with its papers' bibliography, and a page that lists them all.

Takes an archive, gives targets. A page is split by year and month as a tag's is.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from functools import partial
from typing import Any

from generator.archive import citation
from generator.archive.model import Archive, Entry, QueryPage, by_month, by_year
from generator.core import links, paths
from generator.core.model import SavedQuery
from generator.core.target import Target, digest
from generator.render.feeds import catalog
from generator.render.pages.page import digests, link, link_with, literal, outward, page
from generator.render.pages.tags import SPLIT_ABOVE, SPLIT_YEAR_ABOVE, newest
from generator.text import dates
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
        yield from _targets(archive, query_page)


def _targets(archive: Archive, query_page: QueryPage) -> Iterator[Target]:
    saved, entries = query_page.saved, query_page.entries
    years = by_year(entries) if len(entries) > SPLIT_ABOVE else {}
    counts = [(year, len(own)) for year, own in years.items()]
    shown = newest(entries)
    yield Target(
        paths.query_page(saved.slug),
        digest((saved, digests(shown), len(entries), counts)),
        partial(_query, archive, saved, shown, len(entries), counts),
    )
    yield Target(
        paths.query_bib_file(saved.slug),
        digest(("bibliography", digests(entries))),
        partial(_bibliography, entries),
    )
    for year, own in years.items():
        yield from _targets_of_year(archive, saved, year, own)


def _targets_of_year(
    archive: Archive, saved: SavedQuery, year: int, entries: Sequence[Entry]
) -> Iterator[Target]:
    months = by_month(entries) if len(entries) > SPLIT_YEAR_ABOVE else {}
    top = paths.query_page(saved.slug)
    path = paths.query_page(saved.slug, year)
    shown = () if months else entries
    parts = [
        (dates.month(first), paths.query_month_page(saved.slug, first), len(own))
        for first, own in months.items()
    ]
    above = [(saved.name, top)]
    yield _part(archive, saved, path, str(year), above, shown, len(entries), parts)
    for (words, its_path, count), own in zip(parts, months.values(), strict=True):
        its_above = [*above, (str(year), path)]
        yield _part(archive, saved, its_path, words, its_above, own, count, [])


def _part(
    archive: Archive,
    saved: SavedQuery,
    path: str,
    period: str,
    above: Sequence[tuple[str, str]],
    shown: Sequence[Entry],
    total: int,
    parts: Sequence[tuple[str, str, int]],
) -> Target:
    """The page of a year or month, with those of its months if it is split."""
    values = {
        "saved": saved,
        "period": period,
        "above": [link(name, path, target) for name, target in above],
        "total": total,
        "entries": shown,
        "parts": [link_with(name, count, path, target) for name, target, count in parts],
    }
    make = partial(
        page,
        archive,
        path,
        "query_part.md.j2",
        title=f"{saved.name}, {period}",
        kind="query",
        description=f"{counted(total, 'paper')} of {period} that {saved.name} finds.",
        head=_announced(saved),
        values=values,
    )
    return Target(path, digest((saved.name, digests(shown), total, parts)), make)


def _query(
    archive: Archive,
    saved: SavedQuery,
    shown: Sequence[Entry],
    total: int,
    years: Iterable[tuple[int, int]],
) -> bytes:
    path = paths.query_page(saved.slug)
    return page(
        archive,
        path,
        "query.md.j2",
        title=saved.name,
        kind="query",
        description=saved.description,
        head=_announced(saved),
        values={
            "saved": saved,
            "query": literal(saved.query),
            "total": total,
            "entries": shown,
            "bibliography": link("BibTeX", path, paths.query_bib_file(saved.slug)),
            "years": [
                link_with(str(year), count, path, paths.query_page(saved.slug, year))
                for year, count in years
            ],
            "suggest": _suggest_link(archive, saved),
        },
    )


def _announced(saved: SavedQuery) -> dict[str, Any]:
    return catalog.announced(paths.query_feeds(saved.slug), saved.name)


def _bibliography(entries: Iterable[Entry]) -> bytes:
    return citation.bibliography(entries).encode()


def _suggest_link(archive: Archive, saved: SavedQuery) -> Markdown:
    """To the repository's editor, with the query's file open; empty without a repository."""
    settings = archive.settings
    if not settings.repository:
        return Markdown("")
    file = "content/" + paths.query_file(saved.slug)
    address = links.edit_url(settings.repository, settings.branch, file)
    return outward("Suggest a change to this query", address)


def _index(archive: Archive) -> bytes:
    path, settings = paths.QUERIES_PAGE, archive.settings
    count = counted(len(archive.queries), "saved query", "saved queries")
    add = Markdown("")
    if settings.repository:
        file = "content/" + paths.query_file("my-query")
        add = outward(
            "Save a query",
            links.new_file_url(settings.repository, settings.branch, file, _NEW_QUERY),
        )
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
            "add": add,
        },
    )
