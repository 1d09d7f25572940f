"""The days and ISO weeks that digests cover: bounds, names, and the lists of each.

Takes dates and daily lists. Never reads the clock: a period is over when a list of its last day or
a later day exists. Does no I/O.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from itertools import groupby
from typing import Literal

from msgspec import Struct

from generator.archive.model import Day
from generator.core import paths
from generator.text import dates

PeriodKind = Literal["day", "week"]


class Period(Struct, frozen=True):
    """A day, or an ISO 8601 week from Monday to Sunday."""

    kind: PeriodKind
    first: date
    last: date

    @property
    def frequency(self) -> Literal["daily", "weekly"]:
        """How often digests of this kind appear."""
        return "daily" if self.kind == "day" else "weekly"

    @property
    def name(self) -> str:
        """For example 2025-03-10 or 2025-W11."""
        return self.first.isoformat() if self.kind == "day" else paths.week_name(self.first)

    @property
    def page(self) -> str:
        """The path of its page."""
        return paths.day_page(self.first) if self.kind == "day" else paths.week_page(self.name)

    @property
    def title(self) -> str:
        """For example 2025-03-10 or Week 11 of 2025."""
        return self.name if self.kind == "day" else dates.week(self.first)

    @property
    def words(self) -> str:
        """For example 10 March 2025, or 10 to 16 March 2025."""
        return dates.span(self.first, self.last)

    @property
    def published(self) -> date:
        """The date of its entry in feeds: the day itself, or the Monday after the week."""
        return self.last if self.kind == "day" else self.last + timedelta(days=1)

    def is_over(self, newest: date) -> bool:
        """Whether the newest list is of its last day or later; else it may get more papers."""
        return self.last <= newest


def period_of(day: date, kind: PeriodKind) -> Period:
    """The day or week that a day is in."""
    if kind == "day":
        return Period(kind, day, day)
    first = day - timedelta(days=day.weekday())
    return Period(kind, first, first + timedelta(days=6))


def newest_over(days: Sequence[Day], kind: PeriodKind) -> Period | None:
    """The newest period that has a list and is over; `days` are oldest first."""
    periods = (period for period, _ in newest_first(days, kind))
    return next((period for period in periods if period.is_over(days[-1].date)), None)


def newest_first(days: Sequence[Day], kind: PeriodKind) -> Iterator[tuple[Period, tuple[Day, ...]]]:
    """Periods with their lists, newest period first, of `days` given oldest first.

    The lists of a period are oldest first, too.
    """
    for period, listed in groupby(reversed(days), lambda day: period_of(day.date, kind)):
        yield period, tuple(listed)[::-1]
