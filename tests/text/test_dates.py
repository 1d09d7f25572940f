"""Dates and counts in words."""

from __future__ import annotations

import calendar
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from generator.text import dates, markup

DAY = date(2025, 3, 11)


def test_a_date_in_words() -> None:
    assert dates.short_day(DAY) == "11 March 2025"
    assert dates.long_day(DAY) == "Tuesday, 11 March 2025"
    assert dates.month(DAY) == "March 2025"
    assert dates.week(DAY) == "Week 11 of 2025"


def test_months_and_weekdays_are_the_calendars() -> None:
    assert list(dates.MONTHS) == calendar.month_name[1:]
    assert list(dates.WEEKDAYS) == list(calendar.day_name)


@pytest.mark.parametrize(
    ("first", "last", "words"),
    [
        (DAY, DAY, "11 March 2025"),
        (date(2025, 3, 10), date(2025, 3, 16), "10 to 16 March 2025"),
        (date(2025, 3, 31), date(2025, 4, 6), "31 March to 6 April 2025"),
        (date(2024, 12, 30), date(2025, 1, 5), "30 December 2024 to 5 January 2025"),
        (date(2024, 3, 10), date(2025, 3, 9), "10 March 2024 to 9 March 2025"),
    ],
)
def test_a_span_repeats_nothing_of_its_end(first: date, last: date, words: str) -> None:
    assert dates.span(first, last) == words


@pytest.mark.parametrize(
    ("day", "words"),
    [
        (date(2024, 12, 30), "Week 1 of 2025"),
        (date(2027, 1, 3), "Week 53 of 2026"),
        (date(1, 1, 1), "Week 1 of 0001"),
    ],
)
def test_a_week_is_of_the_year_that_iso_8601_gives_it(day: date, words: str) -> None:
    assert dates.week(day) == words


@pytest.mark.parametrize(
    ("count", "words"),
    [(0, "0 papers"), (1, "1 paper"), (2, "2 papers"), (1_234, "1,234 papers")],
)
def test_a_count(count: int, words: str) -> None:
    assert dates.counted(count, "paper") == words


def test_a_plural_of_its_own() -> None:
    assert dates.counted(1, "saved query", "saved queries") == "1 saved query"
    assert dates.counted(2, "saved query", "saved queries") == "2 saved queries"


@given(st.dates(), st.dates(), st.integers(min_value=0))
def test_words_mean_nothing_to_markdown(one: date, other: date, count: int) -> None:
    """Templates escape them as any text, and they stay what they are."""
    for words in (
        dates.short_day(one),
        dates.long_day(one),
        dates.month(one),
        dates.week(one),
        dates.span(min(one, other), max(one, other)),
        dates.counted(count, "paper"),
    ):
        assert markup.escape(words) == words
