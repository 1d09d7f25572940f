"""The days and ISO weeks that digests are made of: bounds, names, and what was listed in each.

Takes dates and daily lists. The clock has no part in it: what is over is told by the lists. Does
no I/O.
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
        """How often there is one."""
        return "daily" if self.kind == "day" else "weekly"

    @property
    def name(self) -> str:
        """2025-03-10 or 2025-W11."""
        return self.first.isoformat() if self.kind == "day" else paths.week_name(self.first)

    @property
    def page(self) -> str:
        """The path of its page."""
        return paths.day_page(self.first) if self.kind == "day" else paths.week_page(self.name)

    @property
    def title(self) -> str:
        """2025-03-10 or Week 11 of 2025."""
        return self.name if self.kind == "day" else dates.week(self.first)

    @property
    def words(self) -> str:
        """10 March 2025, or 10 to 16 March 2025."""
        return dates.span(self.first, self.last)

    @property
    def published(self) -> date:
        """The date that feeds give it: the day itself, of a week the Monday after it."""
        return self.last if self.kind == "day" else self.last + timedelta(days=1)

    def is_over(self, newest: date) -> bool:
        """Whether lists have come to its last day; till then it may get more papers."""
        return self.last <= newest


def period_of(day: date, kind: PeriodKind) -> Period:
    """The day or week that a day is in."""
    if kind == "day":
        return Period(kind, day, day)
    first = day - timedelta(days=day.weekday())
    return Period(kind, first, first + timedelta(days=6))


def newest_over(days: Sequence[Day], kind: PeriodKind) -> Period | None:
    """The newest period with a list that is over, of lists given oldest first."""
    periods = (period for period, _ in newest_first(days, kind))
    return next((period for period in periods if period.is_over(days[-1].date)), None)


def newest_first(days: Sequence[Day], kind: PeriodKind) -> Iterator[tuple[Period, tuple[Day, ...]]]:
    """Periods with their lists, of lists given oldest first; those of a period stay so."""
    for period, own in groupby(reversed(days), lambda day: period_of(day.date, kind)):
        yield period, tuple(own)[::-1]
