"""Days and weeks as digests know them: bounds, names, and when they are over."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from generator.archive.model import Archive
from generator.archive.period import Period, newest_first, newest_over, period_of
from tests.archives import MONDAY, daily, joined

SUNDAY = MONDAY + timedelta(days=6)


def listed(*days: int) -> Archive:
    """An archive with lists so many days after MONDAY."""
    return joined(*(daily(MONDAY + timedelta(days=day)) for day in days))


def test_a_day() -> None:
    day = period_of(MONDAY, "day")
    assert day == Period("day", MONDAY, MONDAY)
    assert (day.name, day.page) == ("2025-03-10", "daily/2025-03-10.md")
    assert (day.title, day.words) == ("2025-03-10", "10 March 2025")
    assert (day.frequency, day.published) == ("daily", MONDAY)


@pytest.mark.parametrize("day", range(7))
def test_a_week(day: int) -> None:
    week = period_of(MONDAY + timedelta(days=day), "week")
    assert week == Period("week", MONDAY, SUNDAY)
    assert (week.name, week.page) == ("2025-W11", "weekly/2025-W11.md")
    assert (week.title, week.words) == ("Week 11 of 2025", "10 to 16 March 2025")
    assert (week.frequency, week.published) == ("weekly", SUNDAY + timedelta(days=1))


@given(st.dates(date(1, 1, 8), date(9999, 12, 20)))
def test_a_week_holds_its_days_and_meets_the_next(day: date) -> None:
    week = period_of(day, "week")
    assert week.first <= day <= week.last
    assert period_of(week.published, "week").first == week.published
    assert period_of(week.first, "week") == period_of(week.last, "week") == week


def test_a_week_is_over_once_lists_have_come_to_its_sunday() -> None:
    week = period_of(MONDAY, "week")
    assert not week.is_over(SUNDAY - timedelta(days=1))
    assert week.is_over(SUNDAY)
    assert period_of(MONDAY, "day").is_over(MONDAY)


@pytest.mark.parametrize(
    ("days", "week"),
    [
        ((0,), None),
        ((0, 5), None),
        ((0, 6), 6),
        ((0, 7), 6),
        ((0, 40), 6),
        ((0, 6, 7, 12), 6),
        ((0, 8, 14), 13),
    ],
)
def test_the_newest_week_that_is_over(days: tuple[int, ...], week: int | None) -> None:
    found = newest_over(listed(*days).days, "week")
    assert (found and found.last) == (None if week is None else MONDAY + timedelta(days=week))


def test_the_newest_day_is_over() -> None:
    assert newest_over(listed(0, 5).days, "day") == period_of(MONDAY + timedelta(days=5), "day")


def test_an_empty_archive_has_no_newest() -> None:
    assert newest_over((), "day") is None
    assert newest_over((), "week") is None


def test_periods_come_newest_first_and_their_lists_oldest_first() -> None:
    days = listed(0, 2, 8).days
    weeks = [(week.name, [day.date.day for day in own]) for week, own in newest_first(days, "week")]
    assert weeks == [("2025-W12", [18]), ("2025-W11", [10, 12])]
    assert [own for _, own in newest_first(days, "day")] == [(day,) for day in days[::-1]]
