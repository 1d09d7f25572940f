"""What a digest of a day or a week holds: the papers listed first in it, told in short.

Takes an archive and what to choose of it, gives a `Digest` of plain texts and absolute addresses,
ready for any template that escapes. Knows nothing of mail and feeds, and does no I/O.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from difflib import get_close_matches
from itertools import count, groupby
from operator import attrgetter
from typing import TypeVar

from msgspec import Struct

from generator.archive.model import Archive, Entry
from generator.archive.period import Period
from generator.core import paths
from generator.core.errors import UsageError
from generator.render.preview import PaperPreview, preview
from generator.text import dates, markup

_Page = TypeVar("_Page")
EXCERPT_LENGTH = 240
"""Characters of summary or abstract; whole sentences where they end in time."""


class Selection(Struct, frozen=True):
    """Some papers of an archive under a name: all of them, those of a tag or of a saved query."""

    key: str
    """Tells it apart in ids: `all`, `tag.SLUG` or `feed.SLUG`; never changes."""
    name: str
    """Plain text; empty for the whole archive."""
    page: str
    """Its Markdown page below docs/."""
    entries: tuple[Entry, ...]


class DigestDay(Struct, frozen=True):
    """The papers of a digest that were listed first on one day."""

    title: str
    """Monday, 10 March 2025."""
    address: str
    papers: tuple[tuple[int, PaperPreview], ...]
    """Each with its number, from 1, counted through the whole digest."""


class Digest(Struct, frozen=True):
    """One digest: a selection's papers of a day or a week, oldest day first."""

    selection: Selection
    period: Period
    address: str
    """Of the period's page, or of the selection's."""
    days: tuple[DigestDay, ...]

    @property
    def name(self) -> str:
        """2025-03-10 or 2025-W11."""
        return self.period.name

    @property
    def count(self) -> int:
        """How many papers it holds."""
        return sum(len(day.papers) for day in self.days)


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


def digest_for(archive: Archive, selection: Selection, period: Period) -> Digest:
    """The digest of a day or week; it may hold no papers."""
    site = archive.settings.site_url
    entries = (each for each in selection.entries if period.first <= each.listed <= period.last)
    return Digest(
        selection=selection,
        period=period,
        address=paths.page_url(site, selection.page or period.page),
        days=tuple(_days(site, entries)),
    )


def _days(site: str, entries: Iterable[Entry]) -> Iterator[DigestDay]:
    numbers = count(1)
    listed = attrgetter("listed")
    for day, of_day in groupby(sorted(entries, key=listed), key=listed):
        papers = (preview(site, entry, EXCERPT_LENGTH, cut_summary=True) for entry in of_day)
        address = paths.page_url(site, paths.day_page(day))
        numbered = tuple((next(numbers), paper) for paper in papers)
        yield DigestDay(dates.long_day(day), address, numbered)
