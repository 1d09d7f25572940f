"""The archive in memory: papers, days, tags, authors and saved queries, joined and indexed.

Holds frozen values that `archive.build` makes, and pure views of them. Does no I/O.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import date
from heapq import nlargest
from operator import attrgetter
from typing import Literal, TypeVar

import msgspec
from msgspec import Struct, field

from generator.core import ids, paths
from generator.core.model import Paper, SavedQuery, Settings, Source, Tag, Tagging

_Period = TypeVar("_Period")


class TagUse(Struct, frozen=True):
    """Why a paper has a tag."""

    tag: Tag
    origin: Literal["rule", "people"]
    phrase: str = ""
    """The phrase or keyword that a rule found."""


class Entry(msgspec.Struct, frozen=True, eq=False, gc=False):
    """One paper of the archive, on however many days it was listed.

    There are very many: a `Struct` is made in a tenth of a dataclass's time.
    """

    key: str
    source: Sequence[Paper]
    """Papers among which this one is read when somebody looks at it."""
    place: int
    """Where it is among them."""
    days: tuple[date, ...]
    """Days it was listed, oldest first."""
    tags: tuple[TagUse, ...]
    """By name."""
    tagging: Tagging | None
    """What people said, in the first of its files and all others; None where nobody did."""
    title: str
    """The title as one line of plain text."""
    digest: bytes
    """16 bytes that change with anything here."""
    of_paper: bytes
    """16 bytes that change with the paper alone, whatever tags it gets."""
    upvotes: int
    """0 where the source gives none."""

    @property
    def paper(self) -> Paper:
        """The paper, as all of its lists together give it."""
        return self.source[self.place]

    @property
    def listed(self) -> date:
        """The day it was listed first."""
        return self.days[0]


_FIRST_DAY = attrgetter("listed")


class Day(Struct, frozen=True, eq=False):
    """One daily list with its entries in the source's order."""

    date: date
    source: Source
    entries: tuple[Entry, ...]


class TagPage(Struct, frozen=True, eq=False):
    """A tag with its place in the tree and its papers."""

    tag: Tag
    children: tuple[Tag, ...]
    """By name."""
    ancestors: tuple[Tag, ...]
    """From the root down to the parent."""
    entries: tuple[Entry, ...]
    """Papers with the tag or one below it, newest first."""
    own: int
    """How many of them have the tag itself."""
    below: frozenset[str]
    """Slugs of all tags below it."""


class Author(msgspec.Struct, frozen=True, eq=False, gc=False):
    """People of one name; the archive can't tell namesakes apart."""

    slug: str
    name: str
    """The commonest spelling."""
    places: tuple[int, ...]
    """Where their papers are among all."""
    everything: Sequence[Entry]
    """All papers of the archive, oldest first."""

    @property
    def entries(self) -> tuple[Entry, ...]:
        """Their papers, newest first."""
        own = map(self.everything.__getitem__, self.places)
        return tuple(sorted(own, key=_FIRST_DAY, reverse=True))

    @property
    def count(self) -> int:
        """How many papers they have."""
        return len(self.places)


class QueryPage(Struct, frozen=True, eq=False):
    """A saved query with the papers it finds."""

    saved: SavedQuery
    entries: tuple[Entry, ...]
    """Newest first."""


class Archive(Struct, frozen=True, eq=False):
    """Everything the pages and feeds are made from."""

    settings: Settings
    entries: Mapping[str, Entry]
    """By key, newest first."""
    days: tuple[Day, ...]
    """Oldest first."""
    tags: Mapping[str, TagPage]
    """By slug, in the order of names."""
    authors: Mapping[str, Author]
    """Authors who have a page, by slug."""
    queries: Mapping[str, QueryPage] = field(default_factory=dict)
    """Saved queries by slug, in the order of names."""
    oldest_first: Sequence[Entry] = ()
    """Entries by the day they were listed first; those of a day in the source's order."""
    links: bytes = b""
    """`authors.LINK` bytes for each of these, which change with those of its authors who have a
    page."""

    @property
    def newest(self) -> Day | None:
        """The newest daily list, None in an empty archive."""
        return self.days[-1] if self.days else None

    def busiest(self, most: int) -> list[Author]:
        """So many authors with the most papers, by how many they have and by slug."""
        everybody = self.authors.values()
        least = min(nlargest(most, (author.count for author in everybody)), default=0)
        found = [author for author in everybody if author.count >= least]
        return sorted(found, key=lambda author: (-author.count, author.slug))[:most]

    def has_page(self, path: str) -> bool:
        """Whether a path is the page of a paper or author."""
        name = path.partition("/")[2].removesuffix(paths.PAGE)
        if path == paths.paper_page(name):
            return name in self.entries
        return path == paths.author_page(name) and name in self.authors

    def author_of(self, name: str) -> Author | None:
        """The author with a name that papers have, None where the name has no page."""
        return self.authors.get(ids.slug(name))


def by_upvotes(entries: Iterable[Entry]) -> list[Entry]:
    """Most upvoted first; the given order among equals."""
    return sorted(entries, key=lambda entry: -entry.upvotes)


def unique(entries: Iterable[Entry]) -> list[Entry]:
    """Each entry once, where it comes first."""
    return list({entry.key: entry for entry in entries}.values())


def by_year(entries: Sequence[Entry]) -> dict[int, Sequence[Entry]]:
    """Papers, given by the day they were listed first, by the year of that day."""
    return dict(_runs(entries, lambda day: day.year))


def by_month(entries: Sequence[Entry]) -> dict[date, Sequence[Entry]]:
    """Papers, given newest first, by the first day of the month in which they were listed first."""
    runs = _runs(entries, lambda day: (day.year, day.month))
    return {date(year, month, 1): own for (year, month), own in runs}


def _runs(
    entries: Sequence[Entry], period: Callable[[date], _Period]
) -> Iterator[tuple[_Period, Sequence[Entry]]]:
    """Neighbours of the same period, found without a look at each of them."""
    end = 0
    while (start := end) < len(entries):
        own = period(entries[start].days[0])

        def is_later(entry: Entry, own: _Period = own) -> bool:
            return period(entry.days[0]) != own

        end = bisect_left(entries, True, lo=start, key=is_later)
        yield own, entries[start:end]
