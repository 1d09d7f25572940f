"""Pages of ISO weeks, months and years: their days, and their papers, most upvoted first.

Takes an archive, gives targets. A year shows only its most upvoted papers, and links to its months,
which show all of them, unless there are very many: all are on the pages of the days.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import date
from functools import partial
from itertools import groupby
from typing import Any, TypeVar

from generator.archive.model import Archive, Day, by_upvotes, unique
from generator.archive.period import period_of
from generator.core import paths
from generator.core.target import Target, digest
from generator.render.feeds import catalog
from generator.render.pages.calendar import month_tables
from generator.render.pages.neighbours import with_neighbours
from generator.render.pages.page import digests, page
from generator.text import dates
from generator.text.dates import counted

YEAR_PAPERS = 100
"""At most this many papers are on a year's page, the most upvoted."""
MAX_PAPERS = 2_000
"""At most this many papers are on a week's or month's page: many times what most have."""
_Name = TypeVar("_Name", str, int)
NeighbourPages = tuple[str | None, str | None]
"""Paths of the pages of the periods before and after."""


def targets(archive: Archive) -> Iterator[Target]:
    """All week, month and year pages."""
    yield from _targets(archive, paths.week_name, paths.week_page, _week)
    yield from _targets(archive, paths.month_name, paths.month_page, _month)
    yield from _targets(archive, _year_of, paths.year_page, _year)


def _year_of(day: date) -> int:
    return day.year


def _targets(
    archive: Archive,
    name_of: Callable[[date], _Name],
    page_of: Callable[[_Name], str],
    make: Callable[[Archive, _Name, Sequence[Day], NeighbourPages], bytes],
) -> Iterator[Target]:
    """The pages of all periods of one kind."""
    grouped = groupby(archive.days, lambda day: name_of(day.date))
    periods = [(name, list(days)) for name, days in grouped]
    for before, (name, days), after in with_neighbours(periods):
        neighbours = (page_of(before[0]) if before else None, page_of(after[0]) if after else None)
        listed = [(day.date, digests(day.entries)) for day in days]
        make_page = partial(make, archive, name, days, neighbours)
        yield Target(page_of(name), digest((listed, neighbours)), make_page)


def _week(archive: Archive, _name: str, days: Sequence[Day], neighbours: NeighbourPages) -> bytes:
    week = period_of(days[0].date, "week")
    return _page(
        archive,
        week.page,
        days,
        neighbours,
        title=week.title,
        lead=f"The ISO week from {dates.long_day(week.first)}.",
        up=paths.year_page(days[-1].date.year),
        head=catalog.announced(paths.WEEKLY_FEEDS, catalog.EVERY_WEEK),
    )


def _month(archive: Archive, name: str, days: Sequence[Day], neighbours: NeighbourPages) -> bytes:
    title = dates.month(days[0].date)
    return _page(
        archive,
        paths.month_page(name),
        days,
        neighbours,
        title=title,
        up=paths.year_page(days[0].date.year),
        head=catalog.announced("", title, [paths.month_feed(name)]),
    )


def _year(archive: Archive, year: int, days: Sequence[Day], neighbours: NeighbourPages) -> bytes:
    title = f"{year:04}"
    return _page(
        archive,
        paths.year_page(year),
        days,
        neighbours,
        template="year.md.j2",
        title=title,
        within=f" of {title}",
        up=paths.DAYS_PAGE,
        most=YEAR_PAPERS,
    )


def _page(
    archive: Archive,
    path: str,
    days: Sequence[Day],
    neighbours: NeighbourPages,
    *,
    title: str,
    up: str,
    template: str = "period.md.j2",
    lead: str = "",
    within: str = "",
    most: int = MAX_PAPERS,
    head: Mapping[str, Any] | None = None,
) -> bytes:
    """The page of a period: its calendar and papers, at most `most` of them."""
    papers = by_upvotes(unique(entry for day in days for entry in day.entries))
    return page(
        archive,
        path,
        template,
        title=title,
        kind="period",
        description=f"{counted(len(papers), 'paper')} on {counted(len(days), 'day')}{within}.",
        head=head,
        values={
            "title": title,
            "lead": lead,
            "days": days,
            "tables": month_tables(days, path),
            "total": len(papers),
            "entries": papers[:most],
            "has_upvotes": any(entry.upvotes for entry in papers),
            "up": up,
            "previous": neighbours[0],
            "next": neighbours[1],
        },
    )
