"""Calendars as Markdown tables: a row for each ISO week; listed days are links with their counts.

Takes days, gives Markdown. Months without a list have no table.
"""

from __future__ import annotations

import calendar
from collections.abc import Iterable
from datetime import date

from msgspec import Struct

from generator.archive.model import Day
from generator.core import paths
from generator.render.pages.page import link
from generator.text import dates
from generator.text.markup import Markdown

_HEAD = "| Week | Mo | Tu | We | Th | Fr | Sa | Su |\n|---|---|---|---|---|---|---|---|\n"
_WEEKS = calendar.Calendar(firstweekday=calendar.MONDAY)


class MonthTable(Struct, frozen=True):
    """One month of the calendar."""

    name: str
    """For example 2025-03."""
    words: str
    """For example March 2025."""
    table: Markdown


def month_tables(days: Iterable[Day], path: str) -> list[MonthTable]:
    """A table for each month of the days, newest first, with links from the page at `path`."""
    by_month: dict[date, dict[date, int]] = {}
    for day in days:
        by_month.setdefault(day.date.replace(day=1), {})[day.date] = len(day.entries)
    return [_month(first, by_month[first], path) for first in sorted(by_month, reverse=True)]


def _month(first: date, counts: dict[date, int], path: str) -> MonthTable:
    rows = [
        _row(week, counts, path)
        for week in _WEEKS.monthdatescalendar(first.year, first.month)
        if any(day in counts for day in week)
    ]
    return MonthTable(
        name=paths.month_name(first),
        words=dates.month(first),
        table=Markdown(_HEAD + "".join(rows)),
    )


def _row(week: list[date], counts: dict[date, int], path: str) -> str:
    name = paths.week_name(week[0])
    cells = [link(Markdown(name[5:]), path, paths.week_page(name))]
    for day in week:
        if day in counts:
            count = counts[day]
            target = paths.day_page(day)
            cells.append(Markdown(f"{link(Markdown(str(day.day)), path, target)} *{count}*"))
        else:
            cells.append(Markdown(""))
    return f"| {' | '.join(cells)} |\n"
