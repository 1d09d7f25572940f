"""Pages of ISO weeks, months and years: their days, and their papers, most upvoted first.

Takes an archive, gives targets. A year shows only its most upvoted papers, and links to
the months that hold them all.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from functools import partial
from typing import Any

from generator.archive.model import Archive, Day, Entry, by_upvotes, unique
from generator.archive.period import period_of
from generator.core import paths
from generator.core.target import Target, digest
from generator.render.feeds import catalog
from generator.render.pages.calendar import month_tables
from generator.render.pages.page import digests, page
from generator.text import dates
from generator.text.dates import counted

YEAR_PAPERS = 100


def targets(archive: Archive) -> Iterator[Target]:
    """All week, month and year pages."""
    weeks = _grouped((paths.week_name(day.date), day) for day in archive.days)
    for name, days, before, after in _in_line(weeks):
        make = partial(_week, archive, name, days, before, after)
        yield Target(paths.week_page(name), _inputs(days, before, after), make)
    months = _grouped((paths.month_name(day.date), day) for day in archive.days)
    for name, days, before, after in _in_line(months):
        title = dates.month(days[0].date)
        make = partial(_month, archive, name, days, before, after, title)
        yield Target(paths.month_page(name), _inputs(days, before, after), make)
    years = _grouped((f"{day.date.year:04}", day) for day in archive.days)
    for name, days, before, after in _in_line(years):
        make = partial(_year, archive, name, days, before, after)
        yield Target(paths.year_page(int(name)), _inputs(days, before, after), make)


def _inputs(days: Iterable[Day], before: str | None, after: str | None) -> bytes:
    listed = [(day.date, digests(day.entries)) for day in days]
    return digest((listed, before, after))


def _week(
    archive: Archive, name: str, days: list[Day], before: str | None, after: str | None
) -> bytes:
    week = period_of(days[0].date, "week")
    lead = f"The ISO week from {dates.long_day(week.first)}."
    feeds = catalog.announced(paths.WEEKLY_FEEDS, catalog.EVERY_WEEK)
    return _period(archive, paths.week_page, name, days, before, after, week.title, lead, feeds)


def _month(
    archive: Archive, name: str, days: list[Day], before: str | None, after: str | None, title: str
) -> bytes:
    feeds = catalog.announced("", title, [paths.month_feed(name)])
    return _period(archive, paths.month_page, name, days, before, after, title, "", feeds)


def _grouped(named: Iterable[tuple[str, Day]]) -> dict[str, list[Day]]:
    groups: dict[str, list[Day]] = {}
    for name, day in named:
        groups.setdefault(name, []).append(day)
    return groups


def _in_line(
    groups: dict[str, list[Day]],
) -> Iterator[tuple[str, list[Day], str | None, str | None]]:
    """Each group with the names of the one before and the one after."""
    names = list(groups)
    for index, name in enumerate(names):
        before = names[index - 1] if index else None
        after = names[index + 1] if index + 1 < len(names) else None
        yield name, groups[name], before, after


def _papers(days: Iterable[Day]) -> list[Entry]:
    return by_upvotes(unique(entry for day in days for entry in day.entries))


def _period(
    archive: Archive,
    page_of: Callable[[str], str],
    name: str,
    days: list[Day],
    before: str | None,
    after: str | None,
    title: str,
    lead: str,
    feeds: dict[str, Any],
) -> bytes:
    path = page_of(name)
    papers = _papers(days)
    return page(
        archive,
        path,
        "period.md.j2",
        title=title,
        kind="period",
        description=f"{counted(len(papers), 'paper')} on {counted(len(days), 'day')}.",
        head=feeds,
        values={
            "title": title,
            "lead": lead,
            "days": days,
            "tables": month_tables(days, path),
            "entries": papers,
            "has_upvotes": _has_upvotes(papers),
            "up": [paths.year_page(days[-1].date.year)],
            "previous": page_of(before) if before else None,
            "next": page_of(after) if after else None,
        },
    )


def _year(
    archive: Archive, name: str, days: list[Day], before: str | None, after: str | None
) -> bytes:
    path = paths.year_page(int(name))
    papers = _papers(days)
    return page(
        archive,
        path,
        "year.md.j2",
        title=name,
        kind="period",
        description=f"{counted(len(papers), 'paper')} on {counted(len(days), 'day')} of {name}.",
        values={
            "year": name,
            "days": days,
            "tables": month_tables(days, path),
            "total": len(papers),
            "entries": papers[:YEAR_PAPERS],
            "has_upvotes": _has_upvotes(papers),
            "up": [paths.DAYS_PAGE],
            "previous": paths.year_page(int(before)) if before else None,
            "next": paths.year_page(int(after)) if after else None,
        },
    )


def _has_upvotes(papers: Iterable[Entry]) -> bool:
    return any(entry.upvotes for entry in papers)
