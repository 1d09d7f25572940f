"""Listings: papers with something in common, on one page or split by year and month.

Takes a `Listing`, gives targets: its page, and those of its years and months. A page of many papers
shows the newest and links to a page for each year, and a year with very many has a page for each
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
"""With more papers than this, a page shows only the newest, and links to a page for each year."""
SPLIT_YEAR_ABOVE = 300
"""With more papers than this, a year's page shows none, and links to a page for each month."""

MAX_PAPERS = 2_000
"""At most this many papers are on the page of a year or month: many times what most have."""


class Listing(Struct, frozen=True, eq=False):
    """Papers with something in common, and the words for them on their pages."""

    path: str
    """Of its page; those of its years and months are in the folder of the same name."""
    kind: str
    """Also names the template of its page; years and months share one."""
    name: str
    """As plain text, in titles."""
    label: str
    """The name on pages: `Markdown`, or text to escape."""
    description: str
    """Of its page."""
    phrase: str
    """What follows "12 papers of 2025", for example "tagged RAG"."""
    feeds: str
    """The folder of its feeds; empty if it has none."""
    entries: Sequence[Entry]
    """Newest first."""
    newest: int = NEWEST
    """How many papers its page shows if it is split."""
    has_years: bool = True
    has_months: bool = True
    has_breadcrumbs: bool = False
    """Whether pages of years and months link only to what is above them, not to their siblings."""

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
    """A period with those that its page links to."""

    period: _Period
    parents: Sequence[_Period]
    """For a month, its year."""
    siblings: Sequence[_Period]
    """All periods of its kind, itself included."""
    months: Sequence[_Period]
    """If there are any, they are shown instead of papers."""


Values = Callable[[], Mapping[str, Any]]
"""Further values for the template, computed when the page is made."""


def listing_targets(
    archive: Archive, listing: Listing, inputs: object = (), values: Values = dict
) -> Iterator[Target]:
    """All pages of a listing; the first also depends on `inputs` and shows `values`."""
    years = _years(listing)
    contents = (
        listing.description,
        digests(listing.shown),
        len(listing.entries),
        _counts(years),
    )
    make = partial(listing_page, archive, listing, values)
    yield Target(listing.path, digest((_texts(listing), contents, inputs)), make)
    for year in years:
        months = _months(listing, year)
        yield _target(archive, listing, _PeriodPage(year, (), years, months))
        for each in months:
            yield _target(archive, listing, _PeriodPage(each, (year,), months, ()))


def listing_page(archive: Archive, listing: Listing, values: Values = dict) -> bytes:
    """The page of the listing itself."""
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
    """Empty if the listing isn't split."""
    if not listing.has_years or len(listing.entries) <= SPLIT_ABOVE:
        return ()
    return [
        _Period(str(year), paths.listing_year_page(listing.path, year), entries)
        for year, entries in by_year(listing.entries).items()
    ]


def _months(listing: Listing, year: _Period) -> Sequence[_Period]:
    """Empty if the year isn't split."""
    if not listing.has_months or len(year.entries) <= SPLIT_YEAR_ABOVE:
        return ()
    return [
        _Period(dates.month(first), paths.listing_month_page(listing.path, first), entries)
        for first, entries in by_month(year.entries).items()
    ]


def _target(archive: Archive, listing: Listing, period_page: _PeriodPage) -> Target:
    """The page of a year or month."""
    period, _, siblings, months = period_page
    shown = () if months else period.entries[:MAX_PAPERS]
    others = () if listing.has_breadcrumbs else [each.name for each in siblings]
    contents = (digests(shown), len(period.entries), others, _counts(months))
    make = partial(_page, archive, listing, period_page)
    return Target(period.path, digest((_texts(listing), contents)), make)


def _page(archive: Archive, listing: Listing, period_page: _PeriodPage) -> bytes:
    name, path, entries = period_page.period
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
            "navigation": _navigation(listing, period_page),
            "months": _links(period_page.months, path),
            "entries": entries[:MAX_PAPERS],
        },
    )


def _navigation(listing: Listing, period_page: _PeriodPage) -> Markdown:
    """Links to what is above a period's page and, unless they are breadcrumbs, to its siblings."""
    period, parents, siblings, _ = period_page
    name, path, _ = period
    links: list[str] = [link(listing.label, path, listing.path)]
    links += (link(each.name, path, each.path) for each in parents)
    if listing.has_breadcrumbs:
        return Markdown(" › ".join([*links, name]))
    links += (name if each is period else link(each.name, path, each.path) for each in siblings)
    return Markdown(" · ".join(links))


def _links(periods: Iterable[_Period], path: str) -> Markdown:
    """Links to periods with their counts."""
    made = (link_with(each.name, len(each.entries), path, each.path) for each in periods)
    return Markdown(" ".join(made))


def _counts(periods: Iterable[_Period]) -> list[tuple[str, int]]:
    return [(each.name, len(each.entries)) for each in periods]


def _texts(listing: Listing) -> tuple[str, ...]:
    """The texts that all pages of a listing show."""
    return (listing.name, str(listing.label), listing.phrase, listing.feeds)


def _head(listing: Listing) -> dict[str, Any]:
    return catalog.announced(listing.feeds, listing.name) if listing.feeds else {}
