"""What a digest of a day or a week holds: the papers listed first in it, told in short.

Takes an archive and what to choose of it, gives an `Issue` of plain texts and absolute addresses,
ready for any template that escapes. Knows nothing of mail and feeds; does no I/O, and the clock
has no part in it: the newest day and the newest week are the content's.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from difflib import get_close_matches
from itertools import groupby
from operator import attrgetter
from typing import Literal, TypeVar

from msgspec import Struct

from generator.archive import citation
from generator.archive.model import Archive, Entry
from generator.core import paths
from generator.core.errors import UsageError
from generator.text import markup

Period = Literal["day", "week"]
_Page = TypeVar("_Page")
PERIODS: tuple[Period, ...] = ("day", "week")
SHORT_AUTHORS = 3
TEXT_LENGTH = 240
"""Characters of summary or abstract; whole sentences where they end in time."""
WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
MONTHS = (
    "January February March April May June July August September October November December"
).split()


class Selection(Struct, frozen=True):
    """Some papers of an archive under a name: all of them, those of a tag or of a saved query."""

    key: str
    """Tells it apart in ids: `all`, `tag.SLUG` or `feed.SLUG`; never changes."""
    name: str
    """Plain text; empty for the whole archive."""
    page: str
    """Its Markdown page below docs/."""
    entries: tuple[Entry, ...]


class DigestLink(Struct, frozen=True):
    """A label in plain text with an absolute address."""

    label: str
    address: str


class DigestPaper(Struct, frozen=True):
    """One paper in a digest, each text one line of plain text."""

    number: int
    """From 1, counted through the whole issue."""
    title: str
    address: str
    """Of the paper's page here."""
    authors: str
    text: str
    """The first sentences of summary or abstract; may be empty."""
    tags: tuple[DigestLink, ...]
    links: tuple[DigestLink, ...]
    """To the paper where it is published, its PDF, code and so on."""


class DigestDay(Struct, frozen=True):
    """The papers of an issue that were listed first on one day."""

    date: date
    title: str
    """Monday, 10 March 2025."""
    address: str
    items: tuple[DigestPaper, ...]


class Digest(Struct, frozen=True):
    """One digest: a selection's papers of a day or a week, oldest day first."""

    selection: Selection
    period: Period
    name: str
    """2025-03-10 or 2025-W11."""
    first: date
    last: date
    when: str
    """The period in words: 10 March 2025, or 10 to 16 March 2025."""
    address: str
    """Of the period's page, or of the selection's."""
    days: tuple[DigestDay, ...]

    @property
    def count(self) -> int:
        """How many papers it holds."""
        return sum(len(day.items) for day in self.days)


def select(archive: Archive, tag: str = "", query: str = "") -> Selection:
    """The papers of a tag and those below it, of a saved query, or all.

    Raises UsageError for a tag or query that isn't there.
    """
    if tag:
        chosen = _known(archive.tags, tag, "tag", "tags/")
        return Selection(f"tag.{tag}", chosen.tag.name, paths.tag_page(tag), chosen.entries)
    if query:
        found = _known(archive.queries, query, "saved query", "feeds/")
        return Selection(f"feed.{query}", found.saved.name, paths.query_page(query), found.entries)
    return Selection("all", "", "", tuple(archive.entries.values()))


def _known(pages: Mapping[str, _Page], slug: str, what: str, folder: str) -> _Page:
    if slug in pages:
        return pages[slug]
    near = get_close_matches(slug, pages, n=1)
    hint = f"; did you mean {near[0]}?" if near else f"; pass the name of a file in {folder}"
    raise UsageError(f"there is no {what} '{markup.clean(slug)}'{hint}")


def newest(archive: Archive, period: Period) -> date | None:
    """The last day of the newest day or of the newest week that is over; None if there is none.

    A week is over once a list of its Sunday or of a later day is there: more may come till then.
    """
    listed = [day.date for day in archive.days]
    if not listed:
        return None
    if period == "day":
        return listed[-1]
    over = (last for day in reversed(listed) if (last := bounds(day, "week")[1]) <= listed[-1])
    return next(over, None)


def bounds(day: date, period: Period) -> tuple[date, date]:
    """First and last day of the day or ISO 8601 week that a day is in."""
    if period == "day":
        return day, day
    first = day - timedelta(days=day.weekday())
    return first, first + timedelta(days=6)


def digest_for(archive: Archive, selection: Selection, period: Period, day: date) -> Digest:
    """The digest of the day or week that a day is in; it may hold no papers."""
    first, last = bounds(day, period)
    if period == "day":
        name, page = day.isoformat(), paths.day_page(day)
    else:
        name = paths.week_name(day)
        page = paths.week_page(name)
    return Digest(
        selection=selection,
        period=period,
        name=name,
        first=first,
        last=last,
        when=_span(first, last),
        address=archive.settings.site_url + paths.site_path(selection.page or page),
        days=_days(archive, [each for each in selection.entries if first <= each.listed <= last]),
    )


def _days(archive: Archive, entries: Sequence[Entry]) -> tuple[DigestDay, ...]:
    site = archive.settings.site_url
    number = 0
    days = []
    listed = attrgetter("listed")
    for day, of_day in groupby(sorted(entries, key=listed), key=listed):
        items = []
        for entry in of_day:
            number += 1
            items.append(_item(site, entry, number))
        title = f"{WEEKDAYS[day.weekday()]}, {_span(day, day)}"
        days.append(
            DigestDay(day, title, site + paths.site_path(paths.day_page(day)), tuple(items))
        )
    return tuple(days)


def _item(site: str, entry: Entry, number: int) -> DigestPaper:
    paper = entry.paper
    return DigestPaper(
        number=number,
        title=entry.title or paper.id,
        address=site + paths.site_path(paths.paper_page(entry.key)),
        authors=_authors(paper.authors),
        text=markup.plain(markup.excerpt(paper.summary or paper.abstract, TEXT_LENGTH)),
        tags=tuple(
            DigestLink(
                markup.clean(use.tag.name), site + paths.site_path(paths.tag_page(use.tag.slug))
            )
            for use in entry.tags
        ),
        links=tuple(
            DigestLink(markup.clean(label), address)
            for label, address in citation.source_links(entry)
        ),
    )


def _authors(names: Sequence[str]) -> str:
    """The first names, and how many more there are."""
    shown = [name for each in names if (name := markup.plain(each))]
    more = len(shown) - SHORT_AUTHORS
    if more > 1:  # one more name is as short as "1 more"
        return f"{', '.join(shown[:SHORT_AUTHORS])} and {more} more"
    return ", ".join(shown)


def _span(first: date, last: date) -> str:
    """10 March 2025, 10 to 16 March 2025, 31 March to 6 April 2025."""
    ends = f"{last.day} {MONTHS[last.month - 1]} {last.year}"
    if first == last:
        return ends
    begins = str(first.day)
    if first.month != last.month:
        begins += f" {MONTHS[first.month - 1]}"
    if first.year != last.year:
        begins += f" {first.year}"
    return f"{begins} to {ends}"
