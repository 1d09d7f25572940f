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

from generator.core import ids, page_kinds, paths
from generator.core.model import Paper, SavedQuery, Settings, Source, Tag, Tagging

_Period = TypeVar("_Period")


class TagUse(Struct, frozen=True):
    """A tag of a paper, and why the paper has it."""

    tag: Tag
    origin: Literal["rule", "people"]
    phrase: str = ""
    """The phrase or keyword that a rule found."""


class Entry(msgspec.Struct, frozen=True, eq=False, gc=False):
    """One paper of the archive, listed on one day or several.

    There are very many: a `Struct` is created in a tenth of the time of a dataclass.
    """

    key: str
    source: Sequence[Paper]
    """The papers that this one is read from, when it is needed."""
    place: int
    """Position of the paper in `source`."""
    days: tuple[date, ...]
    """Days on which it was listed, oldest first."""
    tags: tuple[TagUse, ...]
    """Sorted by name."""
    tagging: Tagging | None
    """What people say in all of its files, with the name of the first file; None without a file."""
    title: str
    """The title as one line of plain text."""
    digest: bytes
    """16 bytes that change with any other field."""
    paper_digest: bytes
    """16 bytes that change with the paper alone, not with its tags."""
    upvotes: int
    """0 if the source gives none."""

    @property
    def paper(self) -> Paper:
        """The paper, merged from all of its lists."""
        return self.source[self.place]

    @property
    def listed(self) -> date:
        """The day on which it was first listed."""
        return self.days[0]


FIRST_DAY = attrgetter("listed")


class Day(Struct, frozen=True, eq=False):
    """One daily list with its entries in the source's order."""

    date: date
    source: Source
    entries: tuple[Entry, ...]


class TagPage(Struct, frozen=True, eq=False):
    """A tag with its place in the tree and its papers."""

    tag: Tag
    children: tuple[Tag, ...]
    """Sorted by name."""
    ancestors: tuple[Tag, ...]
    """From the root down to the parent."""
    entries: tuple[Entry, ...]
    """Papers with the tag or one below it, newest first."""
    own: int
    """How many papers have the tag itself."""
    below: frozenset[str]
    """Slugs of all tags below it."""


class Author(msgspec.Struct, frozen=True, eq=False, gc=False):
    """People with names of one slug; the archive can't tell namesakes apart."""

    slug: str
    name: str
    """The most common spelling."""
    places: tuple[int, ...]
    """Positions of their papers in `all_entries`."""
    all_entries: Sequence[Entry]
    """All papers of the archive, oldest first."""

    @property
    def entries(self) -> tuple[Entry, ...]:
        """Their papers, newest first."""
        own = map(self.all_entries.__getitem__, self.places)
        return tuple(sorted(own, key=FIRST_DAY, reverse=True))

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
    """Everything that pages and feeds are made from."""

    settings: Settings
    entries: Mapping[str, Entry]
    """By key, newest first."""
    days: tuple[Day, ...]
    """Oldest first."""
    tags: Mapping[str, TagPage]
    """By slug, sorted by name."""
    authors: Mapping[str, Author]
    """Authors who have a page, by slug."""
    queries: Mapping[str, QueryPage] = field(default_factory=dict)
    """Saved queries by slug, sorted by name."""
    moved: Mapping[str, str] = field(default_factory=dict)
    """Where addresses on the site moved, as `/papers/2503.01496/`: new ones by old ones."""
    oldest_first: Sequence[Entry] = ()
    """Entries by the day on which they were first listed; those of a day in the source's order."""
    links: bytes = b""
    """`authors.LINK_SIZE` bytes for each of `oldest_first`, which depend on which of its authors
    have a page.
    """

    @property
    def newest(self) -> Day | None:
        """The newest daily list, None in an empty archive."""
        return self.days[-1] if self.days else None

    def busiest(self, most: int) -> list[Author]:
        """Up to `most` authors with the most papers, by number of papers, then by slug."""
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

    def has(self, path: str) -> bool:
        """Whether it has the paper, saved query or day that a path is named after."""
        subject, name = page_kinds.kind_of(path).subject, page_kinds.name_of(path)
        return (
            (subject == "paper" and name in self.entries)
            or (subject == "query" and name in self.queries)
            or (subject == "period" and any(name == day.date.isoformat() for day in self.days))
        )

    def author_of(self, name: str) -> Author | None:
        """The author of a name as papers spell it; None if the name has no page."""
        return self.authors.get(ids.slug(name))


def by_upvotes(entries: Iterable[Entry]) -> list[Entry]:
    """Most upvoted first; equally upvoted ones in the given order."""
    return sorted(entries, key=lambda entry: -entry.upvotes)


def best(entries: Sequence[Entry], most: int) -> Sequence[Entry]:
    """The most upvoted entries in their given order; among equally upvoted ones the first."""
    if len(entries) <= most:
        return entries
    places = sorted(range(len(entries)), key=lambda place: (-entries[place].upvotes, place))[:most]
    return [entries[place] for place in sorted(places)]


def unique(entries: Iterable[Entry]) -> list[Entry]:
    """Each entry once, at its first position."""
    return list({entry.key: entry for entry in entries}.values())


def by_year(entries: Sequence[Entry]) -> dict[int, Sequence[Entry]]:
    """Entries by the year in which they were first listed; they must be sorted by that day."""
    return dict(_runs(entries, lambda day: day.year))


def by_month(entries: Sequence[Entry]) -> dict[date, Sequence[Entry]]:
    """Entries, newest first, by the first day of the month in which they were first listed."""
    runs = _runs(entries, lambda day: (day.year, day.month))
    return {date(year, month, 1): own for (year, month), own in runs}


def _runs(
    entries: Sequence[Entry], period: Callable[[date], _Period]
) -> Iterator[tuple[_Period, Sequence[Entry]]]:
    """Runs of entries of the same period, found by bisection without a look at each entry."""
    end = 0
    while (start := end) < len(entries):
        own = period(entries[start].days[0])

        def is_later(entry: Entry, own: _Period = own) -> bool:
            return period(entry.days[0]) != own

        end = bisect_left(entries, True, lo=start, key=is_later)
        yield own, entries[start:end]
