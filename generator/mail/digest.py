"""The content of a digest of a day or a week: previews of the papers first listed in it.

Takes an archive and a selection of its papers, gives a `Digest` of plain texts and absolute URLs,
which templates have to escape. Knows nothing of mail and feeds, and does no I/O.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from difflib import get_close_matches
from itertools import count, groupby
from typing import TypeVar

from msgspec import Struct

from generator.archive.model import FIRST_DAY, Archive, Entry, best
from generator.archive.period import Period
from generator.core import paths
from generator.core.errors import UsageError
from generator.render.preview import PaperPreview, preview
from generator.text import dates, markup

_Page = TypeVar("_Page")
MAX_PAPERS = 500
"""Papers of a mail: the most upvoted; it counts the others. Many times an ordinary week's."""
EXCERPT_LENGTH = 240
"""Maximum characters of the summary or abstract, cut after a sentence if possible."""


class Selection(Struct, frozen=True):
    """The papers of a digest: the whole archive, a tag or a saved query."""

    key: str
    """Its permanent name in ids: `all`, `tag.SLUG` or `feed.SLUG`."""
    name: str
    """As in its file; empty for the whole archive."""
    page: str
    """Path of its Markdown page below docs/; empty for the whole archive."""
    entries: tuple[Entry, ...]


class DigestDay(Struct, frozen=True):
    """The papers of a digest that were first listed on one day."""

    title: str
    """Such as Monday, 10 March 2025."""
    url: str
    papers: tuple[tuple[int, PaperPreview], ...]
    """Each paper with its number in the whole digest, counted from 1."""


class Digest(Struct, frozen=True):
    """The papers of a selection in a day or a week, oldest day first."""

    selection: Selection
    period: Period
    url: str
    """URL of the selection's page; of the period's page for the whole archive."""
    days: tuple[DigestDay, ...]
    count: int
    """The number of papers, of which `days` has at most `MAX_PAPERS`."""

    @property
    def name(self) -> str:
        """Such as 2025-03-10 or 2025-W11."""
        return self.period.name

    @property
    def more(self) -> int:
        """The number of papers that it only counts."""
        return self.count - sum(len(day.papers) for day in self.days)


def select(archive: Archive, tag: str = "", query: str = "") -> Selection:
    """The papers of a tag and its descendants, of a saved query, or of the whole archive.

    Raises UsageError if there is no such tag or query.
    """
    if tag:
        chosen = _page_of(archive.tags, tag, "tag", "content/tags/")
        return Selection(f"tag.{tag}", chosen.tag.name, paths.tag_page(tag), chosen.entries)
    if query:
        found = _page_of(archive.queries, query, "saved query", "content/feeds/")
        return Selection(f"feed.{query}", found.saved.name, paths.query_page(query), found.entries)
    return Selection("all", "", "", tuple(archive.entries.values()))


def _page_of(pages: Mapping[str, _Page], slug: str, what: str, folder: str) -> _Page:
    if slug in pages:
        return pages[slug]
    near = get_close_matches(slug, pages, n=1)
    hint = f"; did you mean {near[0]}?" if near else f"; pass the name of a file in {folder}"
    raise UsageError(f"there is no {what} '{markup.clean(slug)}'{hint}")


def digest_for(archive: Archive, selection: Selection, period: Period) -> Digest:
    """The digest of a day or week; it may have no papers."""
    site = archive.settings.site_url
    entries = [each for each in selection.entries if period.first <= each.listed <= period.last]
    entries.sort(key=FIRST_DAY)
    return Digest(
        selection=selection,
        period=period,
        url=paths.page_url(site, selection.page or period.page),
        days=tuple(_days(site, best(entries, MAX_PAPERS))),
        count=len(entries),
    )


def _days(site: str, entries: Iterable[Entry]) -> Iterator[DigestDay]:
    """The days of entries, oldest first."""
    numbers = count(1)
    for day, of_day in groupby(entries, key=FIRST_DAY):
        papers = (preview(site, entry, EXCERPT_LENGTH, cut_summary=True) for entry in of_day)
        url = paths.page_url(site, paths.day_page(day))
        numbered = tuple((next(numbers), paper) for paper in papers)
        yield DigestDay(dates.long_day(day), url, numbered)
