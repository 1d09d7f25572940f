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
from generator.render.pages.page import digests, link, link_with, page
from generator.text import dates
from generator.text.dates import counted
from generator.text.markup import Markdown

SPLIT_ABOVE, NEWEST = 100, 50
"""A listing of more papers shows the newest alone, and links to a page for each year."""
SPLIT_YEAR_ABOVE = 300
"""A year with more shows none, and links to a page for each month."""


class Listing(Struct, frozen=True, eq=False):
    """Papers with something in common, and how their pages speak of them."""

    path: str
    """Its page; those of its years and months are in the folder of the same name."""
    kind: str
    """Also names the template of its page; years and months share one."""
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
    """So many are on its page if it is split."""
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


class _PeriodPage(NamedTuple):
    """A period with those that its page leads to."""

    period: _Period
    above: Sequence[_Period]
    """The year of a month."""
    beside: Sequence[_Period]
    """The period itself among those of its kind."""
    months: Sequence[_Period]
    """Shown instead of papers where there are some."""


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
        yield _target(archive, listing, _PeriodPage(year, (), years, months))
        for each in months:
            yield _target(archive, listing, _PeriodPage(each, (year,), months, ()))


def listing_page(archive: Archive, listing: Listing, values: Values = dict) -> bytes:
    """The page of a listing itself."""
    return page(
        archive,
        listing.path,
        f"{listing.kind}.md.j2",
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
        _Period((dates.month(first)), paths.listing_month_page(listing.path, first), entries)
        for first, entries in by_month(year.entries).items()
    ]


def _target(archive: Archive, listing: Listing, its: _PeriodPage) -> Target:
    """The page of a year or month."""
    entries = its.period.entries
    shown = () if its.months else entries
    others = () if listing.has_breadcrumbs else [each.name for each in its.beside]
    own = (digests(shown), len(entries), others, _counts(its.months))
    make = partial(_page, archive, listing, its)
    return Target(its.period.path, digest((_words(listing), own)), make)


def _page(archive: Archive, listing: Listing, its: _PeriodPage) -> bytes:
    name, path, entries = its.period
    return page(
        archive,
        path,
        "listing_period.md.j2",
        title=f"{listing.name}, {name}",
        kind=listing.kind,
        description=f"{counted(len(entries), 'paper')} of {name} {listing.phrase}.",
        head=_head(listing),
        values={
            "label": listing.label,
            "period": name,
            "total": len(entries),
            "navigation": _navigation(listing, its),
            "months": _links(its.months, path),
            "entries": entries,
        },
    )


def _navigation(listing: Listing, its: _PeriodPage) -> Markdown:
    """The way to a period's page, to those beside it as well unless it is breadcrumbs."""
    name, path, _ = its.period
    shown: list[str] = [link(listing.label, path, listing.path)]
    shown += (link(each.name, path, each.path) for each in its.above)
    if listing.has_breadcrumbs:
        return Markdown(" › ".join([*shown, name]))
    shown += (
        name if each is its.period else link(each.name, path, each.path) for each in its.beside
    )
    return Markdown(" · ".join(shown))


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
