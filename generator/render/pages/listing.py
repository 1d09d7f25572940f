"""Listings: papers with something in common, on a page that is split where they are many.

Takes a `Listing`, gives targets: its page, and those of its years and months. A page of many papers
shows the newest and links to a page for each year, and a year of very many has a page for each
month. Knows no kind of listing.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import partial
from typing import Any, NamedTuple

from msgspec import Struct

from generator.archive.model import Archive, Entry, by_month, by_year
from generator.core import paths
from generator.core.target import Target, digest
from generator.render.feeds import catalog
from generator.render.pages.page import count_papers, digests, link, link_with, month, page
from generator.text.markup import Markdown

SPLIT_ABOVE, NEWEST = 100, 50
"""A listing of more papers shows the newest alone, and links to a page for each year."""
SPLIT_YEAR_ABOVE = 300
"""A year with more shows none, and links to a page for each month."""


class Listing(Struct, frozen=True, eq=False):
    """Papers with something in common, and how their pages speak of them."""

    path: str
    """Its page; those of its years and months are in the folder of the same name."""
    template: str
    """Of its page; years and months share one."""
    kind: str
    name: str
    """In titles, as plain text."""
    label: str
    """The name on pages: `Markdown`, or text to escape."""
    description: str
    """Of its page."""
    phrase: str
    """What follows "12 papers of 2025", as "tagged RAG"."""
    feeds: str
    """The folder of its feeds; empty where it has none."""
    entries: Sequence[Entry]
    """Newest first."""
    newest: int = NEWEST
    has_years: bool = True
    has_months: bool = True
    has_breadcrumbs: bool = False
    """Whether years and months show the way to them, and not the others beside them."""

    @property
    def shown(self) -> Sequence[Entry]:
        """The papers on its page."""
        return self.entries[: self.newest] if len(self.entries) > SPLIT_ABOVE else self.entries


class _Period(NamedTuple):
    """A year or month of a listing."""

    name: str
    path: str
    entries: Sequence[Entry]


Values = Callable[[], Mapping[str, Any]]
"""What a template shows besides, found when the page is made."""


def listing_targets(
    archive: Archive, listing: Listing, inputs: object = (), values: Values = dict
) -> Iterator[Target]:
    """All pages of a listing; the first depends on `inputs`, and shows `values`, besides."""
    years = _years(listing)
    own = (listing.description, digests(listing.shown), len(listing.entries), _counts(years))
    make = partial(listing_page, archive, listing, values)
    yield Target(listing.path, digest((_words(listing), own, inputs)), make)
    for year in years:
        months = _months(listing, year)
        yield _target(archive, listing, (), year, years, months)
        for each in months:
            yield _target(archive, listing, (year,), each, months, ())


def listing_page(archive: Archive, listing: Listing, values: Values = dict) -> bytes:
    """The page of a listing itself."""
    return page(
        archive,
        listing.path,
        listing.template,
        title=listing.name,
        kind=listing.kind,
        description=listing.description,
        head=_head(listing),
        values={
            "label": listing.label,
            "feeds": listing.feeds,
            "total": len(listing.entries),
            "entries": listing.shown,
            "years": _links(_years(listing), listing.path),
            **values(),
        },
    )


def _years(listing: Listing) -> Sequence[_Period]:
    """None where it is not split."""
    if not listing.has_years or len(listing.entries) <= SPLIT_ABOVE:
        return ()
    return [
        _Period(str(year), paths.listing_year_page(listing.path, year), entries)
        for year, entries in by_year(listing.entries).items()
    ]


def _months(listing: Listing, year: _Period) -> Sequence[_Period]:
    """None where the year is not split."""
    if not listing.has_months or len(year.entries) <= SPLIT_YEAR_ABOVE:
        return ()
    return [
        _Period(str(month(first)), paths.listing_month_page(listing.path, first), entries)
        for first, entries in by_month(year.entries).items()
    ]


def _target(
    archive: Archive,
    listing: Listing,
    above: Sequence[_Period],
    period: _Period,
    beside: Sequence[_Period],
    months: Sequence[_Period],
) -> Target:
    """The page of a year or month: its papers, or its months if it is split."""
    shown = () if months else period.entries
    others = () if listing.has_breadcrumbs else [each.name for each in beside]
    own = (digests(shown), len(period.entries), others, _counts(months))
    make = partial(_page, archive, listing, above, period, beside, months)
    return Target(period.path, digest((_words(listing), own)), make)


def _page(
    archive: Archive,
    listing: Listing,
    above: Sequence[_Period],
    period: _Period,
    beside: Sequence[_Period],
    months: Sequence[_Period],
) -> bytes:
    count = len(period.entries)
    return page(
        archive,
        period.path,
        "listing_period.md.j2",
        title=f"{listing.name}, {period.name}",
        kind=listing.kind,
        description=f"{count_papers(count)} of {period.name} {listing.phrase}.",
        head=_head(listing),
        values={
            "label": listing.label,
            "period": period.name,
            "total": count,
            "navigation": _navigation(listing, above, period, beside),
            "months": _links(months, period.path),
            "entries": period.entries,
        },
    )


def _navigation(
    listing: Listing, above: Iterable[_Period], period: _Period, beside: Iterable[_Period]
) -> Markdown:
    path = period.path
    names: list[str] = [link(listing.label, path, listing.path)]
    names += (link(each.name, path, each.path) for each in above)
    if listing.has_breadcrumbs:
        return Markdown(" › ".join([*names, period.name]))
    names += (
        period.name if each is period else link(each.name, path, each.path) for each in beside
    )
    return Markdown(" · ".join(names))


def _links(periods: Iterable[_Period], path: str) -> Markdown:
    """Links to periods with their counts."""
    made = (link_with(each.name, len(each.entries), path, each.path) for each in periods)
    return Markdown(" ".join(made))


def _counts(periods: Iterable[_Period]) -> list[tuple[str, int]]:
    return [(each.name, len(each.entries)) for each in periods]


def _words(listing: Listing) -> tuple[str, ...]:
    """What each page of a listing says of it."""
    return (listing.name, str(listing.label), listing.phrase, listing.feeds)


def _head(listing: Listing) -> dict[str, Any]:
    return catalog.announced(listing.feeds, listing.name) if listing.feeds else {}
