"""Dates and counts in English words, as plain text.

Takes dates and numbers, gives words that contain no Markdown or HTML. Never reads the clock or the
machine's locale.
"""

from __future__ import annotations

from datetime import date

WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
MONTHS = (
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
)


def short_day(day: date) -> str:
    """For example 11 March 2025."""
    return f"{day.day} {MONTHS[day.month - 1]} {day.year}"


def long_day(day: date) -> str:
    """For example Tuesday, 11 March 2025."""
    return f"{WEEKDAYS[day.weekday()]}, {short_day(day)}"


def span(first: date, last: date) -> str:
    """For example 10 March 2025, 10 to 16 March 2025, or 31 March to 6 April 2025."""
    if first == last:
        return short_day(last)
    begins = str(first.day)
    if (first.year, first.month) != (last.year, last.month):
        begins += f" {MONTHS[first.month - 1]}"
    if first.year != last.year:
        begins += f" {first.year}"
    return f"{begins} to {short_day(last)}"


def week(day: date) -> str:
    """For example Week 11 of 2025: the ISO 8601 week that a day is in."""
    year, number, _ = day.isocalendar()
    return f"Week {number} of {year:04}"


def month(day: date) -> str:
    """For example March 2025."""
    return f"{MONTHS[day.month - 1]} {day.year}"


def counted(count: int, noun: str, plural: str = "") -> str:
    """For example 1 paper, 1,234 papers; `plural` is needed only if it isn't the noun with an s."""
    return f"{count:,} {noun if count == 1 else plural or f'{noun}s'}"
