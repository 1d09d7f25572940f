"""What the files of `content/breaking-changes/` say, and the lines that would say something.

Takes breaking changes, gives `Statement`s; a broken promise names those that excuse it. Does no
I/O.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from datetime import date, timedelta
from typing import Literal, NamedTuple

from generator.core import paths
from generator.core.model import BreakingChange
from generator.core.progress import printable

Key = Literal["removed", "moved", "redated", "floods", "settings"]
_PERIOD = re.compile(r"/(?:daily|weekly|monthly|yearly)/([0-9W-]+)/", re.ASCII)
_PLACEHOLDER = "what-breaks"


class Statement(NamedTuple):
    """One thing that a breaking change says, or that it would have to say."""

    key: Key
    subject: str
    """An address, or the name of a setting."""
    value: str = ""
    """The new address of what moved, or the former value of a setting; empty: any."""

    @property
    def line(self) -> str:
        """How it is written in a file, on one line."""
        if self.key in ("moved", "settings"):
            return f"{self.key}: {{{_quoted(self.subject)}: {_quoted(self.value or '…')}}}"
        return f"{self.key}: [{_quoted(self.subject)}]"


class Statements:
    """All statements of breaking changes."""

    def __init__(self, changes: Iterable[BreakingChange] = ()) -> None:
        self._by: dict[Statement, BreakingChange] = {}
        for change in changes:
            for each in of(change):
                # Also without its value: what is broken doesn't always know it.
                self._by.setdefault(each, change)
                self._by.setdefault(each._replace(value=""), change)

    def excuse(self, ways: Iterable[Statement]) -> BreakingChange | None:
        """The breaking change that says one of these."""
        return next((self._by[way] for way in ways if way in self._by), None)


def of(change: BreakingChange) -> Iterator[Statement]:
    """Everything that a breaking change says."""
    yield from (Statement("removed", address) for address in change.removed)
    yield from (Statement("moved", *pair) for pair in change.moved)
    yield from (Statement("redated", address) for address in change.redated)
    yield from (Statement("floods", address) for address in change.floods)
    yield from (Statement("settings", *pair) for pair in change.settings)


def gone(address: str, *, day: date | None = None) -> tuple[Statement, ...]:
    """What may be said if a page no longer exists; the page's own address first.

    A page whose list is gone, that of `day`, is gone with it, as is the page of a week or month.
    """
    days = [] if day is None else [paths.address(paths.day_page(day))]
    addresses = [address, *days, *_days_within(address)]
    return tuple(
        Statement(key, each) for each in dict.fromkeys(addresses) for key in ("removed", "moved")
    )


def redated(address: str, *, day: date | None = None) -> tuple[Statement, ...]:
    """What may be said if the dates of an entry change, of a paper first listed on `day`."""
    lists = gone(paths.address(paths.day_page(day))) if day else ()
    return (Statement("redated", address), *lists)


def _days_within(address: str) -> Iterator[str]:
    """The addresses of the days of a week, month or year, if the address is that of one."""
    found = _PERIOD.fullmatch(address)
    first, last = _bounds(found[1]) if found else (None, None)
    while first and last and first <= last:
        yield paths.address(paths.day_page(first))
        first += timedelta(1)


def _bounds(name: str) -> tuple[date | None, date | None]:
    """The first and last day of a period, by its name."""
    try:
        if "W" in name:
            first = date.fromisoformat(name)
            return first, first + timedelta(6)
        year, month, *_ = (int(part) for part in f"{name}-0".split("-"))
        if len(name) == len("2025-03-10"):
            return date.fromisoformat(name), date.fromisoformat(name)
        start = date(year, month or 1, 1)
        end = date(year + (month in (0, 12)), month % 12 + 1 if month else 1, 1) - timedelta(1)
    except (ValueError, OverflowError):
        return None, None
    else:
        return start, end


def as_file(statements: Iterable[Statement], today: date) -> str:
    """The text of a file that says all of these: path, and lines to be completed."""
    lines = [f"since: {today.isoformat()}", "reason: …"]
    by_key: dict[str, list[Statement]] = {}
    for each in sorted(set(statements), key=_order):
        by_key.setdefault(each.key, []).append(each)
    for key, said in by_key.items():
        lines.append(f"{key}:")
        lines += [_entry(each) for each in said]
    return "".join(f"{line}\n" for line in lines)


def place(root: str, today: date) -> str:
    """The path of a file to add."""
    return f"{root}/{paths.breaking_change_file(f'{today.isoformat()}-{_PLACEHOLDER}')}"


_KEYS: Sequence[Key] = ("removed", "moved", "redated", "floods", "settings")


def _order(each: Statement) -> tuple[int, str, str]:
    return _KEYS.index(each.key), each.subject, each.value


def _entry(each: Statement) -> str:
    if each.key in ("moved", "settings"):
        return f"  {_quoted(each.subject)}: {_quoted(each.value or '…')}"
    return f"- {_quoted(each.subject)}"


def _quoted(text: str) -> str:
    """A text as YAML, in quotes where it needs them."""
    if re.fullmatch(r"[\w./…-]+(:[\w./-]+)*", text):
        return text
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{printable(escaped)}"'
