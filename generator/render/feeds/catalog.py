"""Which feeds an archive has and what each contains, for the feeds and the pages that list them.

Takes an archive, gives `Subscription`s. Knows no formats and does no I/O.

A feed of papers holds the newest days, each in full, so no paper of a busy day is ever missing.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date
from html import escape
from itertools import groupby, islice
from operator import attrgetter
from typing import Any, Literal, NamedTuple

from msgspec import Struct

from generator.archive.corrections import Corrected, Correction
from generator.archive.model import Archive, Author, Day, Entry, QueryPage, TagPage, unique
from generator.archive.period import Period, PeriodKind, newest_first
from generator.core import paths
from generator.core.model import Settings
from generator.text import markup
from generator.text.dates import counted

TAG_PAPERS, AUTHOR_PAPERS = 20, 10
"""Minimum papers in a feed of a tag or an author, which also covers the days of the main feed."""
MAX_BYTES = 520_000
"""Maximum size of the main feeds; older days are left out above it, but never the newest day."""
DAYS, WEEKS, DIGEST_PAPERS = 15, 5, 400
"""Maximum days, weeks and papers in the digests; the newest digest may have more papers."""
EVERY_DAY, EVERY_WEEK = "Every day", "Every week"
"""Names of the two digest feeds."""

Group = Literal["archive", "digests", "corrections", "queries", "tags", "authors"]


class FeedDigest(NamedTuple):
    """The digest of one day or week, an entry of a digest feed."""

    period: Period
    days: tuple[Day, ...]
    entries: tuple[Entry, ...]
    """Papers without duplicates, in the order of the lists."""

    @property
    def path(self) -> str:
        """Its part of the permanent id, such as daily/2025-03-11 or weekly/2025-W11."""
        return f"{self.period.frequency}/{self.period.name}"

    @property
    def title(self) -> str:
        """The period and its number of papers."""
        return f"{self.period.title}: {counted(len(self.entries), 'paper')}"


class Subscription(Struct, frozen=True, eq=False):
    """A feed that people can subscribe to, with the same entries in each format."""

    folder: str
    """The folder of its files, such as tags/rag/; empty for the whole archive."""
    name: str
    """Plain text, such as the archive's title or the name of a tag."""
    description: str
    page: str
    """Path of the page that it belongs to, relative to docs/."""
    group: Group
    entries: tuple[Entry, ...] = ()
    """Papers of whole days, newest first."""
    digests: tuple[FeedDigest, ...] = ()
    """Digests, newest first, in a digest feed, which has no `entries`."""
    corrections: tuple[Correction, ...] = ()
    """Corrections, newest first, in the corrections feed, which has no `entries`."""

    def title(self, settings: Settings) -> str:
        """The title in its feeds, which includes the archive's title."""
        return title_of(self.name if self.folder else "", settings)


def title_of(name: str, settings: Settings) -> str:
    """The title of a feed; an empty name means the feed of the whole archive."""
    archive = shown(settings.title)
    return f"{name} · {archive}" if name else archive


def shown(text: str) -> str:
    """A text of the content as plain text, which is empty only if the text itself is."""
    return markup.plain(text) or markup.clean(text)


def all_of(archive: Archive, corrected: Corrected = None) -> Iterator[Subscription]:
    """All feeds: the whole archive, digests, corrections, saved queries, tags and authors.

    `corrected` is None if corrections are unknown; then there is no feed of corrections.
    """
    main, *others = of_whole_archive(archive, corrected)
    since = main.entries[-1].listed if main.entries else date.max
    yield main
    yield from others
    yield from (of_query(page, since) for page in archive.queries.values())
    yield from (of_tag(page, since) for page in archive.tags.values())
    for author in archive.authors.values():
        if has_feeds(archive.settings, author):
            yield of_author(author, since)


def of_whole_archive(archive: Archive, corrected: Corrected) -> Iterator[Subscription]:
    """The main feed, the digests and the corrections."""
    yield whole(archive)
    yield daily(archive)
    yield weekly(archive)
    if corrected is not None:
        yield of_corrections(corrected)


def whole(archive: Archive) -> Subscription:
    """The newest papers of the archive."""
    settings = archive.settings
    return Subscription(
        folder="",
        name=shown(settings.title),
        description=shown(settings.description),
        page=paths.HOME_PAGE,
        group="archive",
        entries=tuple(_of_main_feeds(archive)),
    )


def daily(archive: Archive) -> Subscription:
    """The digest feed with an entry for each day."""
    return Subscription(
        folder=paths.DAILY_FEEDS,
        name=EVERY_DAY,
        description="One entry a day: its papers with authors, first sentences and tags.",
        page=paths.DAYS_PAGE,
        group="digests",
        digests=_newest_digests(archive, "day", DAYS),
    )


def weekly(archive: Archive) -> Subscription:
    """The digest feed with an entry for each week that has ended, as a later list shows."""
    return Subscription(
        folder=paths.WEEKLY_FEEDS,
        name=EVERY_WEEK,
        description="One entry a week, once it is over: its papers with authors, first sentences "
        "and tags.",
        page=paths.DAYS_PAGE,
        group="digests",
        digests=_newest_digests(archive, "week", WEEKS),
    )


def of_corrections(corrected: tuple[Correction, ...]) -> Subscription:
    """The feed of changes that were made to papers after their publication."""
    return Subscription(
        folder=paths.CORRECTIONS_FEEDS,
        name="Corrections",
        description="Papers that were corrected, retagged, merged or withdrawn.",
        page=paths.CORRECTIONS_PAGE,
        group="corrections",
        corrections=corrected,
    )


def of_tag(page: TagPage, since: date) -> Subscription:
    """The newest papers with a tag or one of its descendants, at least all since a day."""
    return Subscription(
        folder=paths.tag_feeds(page.tag.slug),
        name=shown(page.tag.name),
        description=shown(page.tag.description),
        page=paths.tag_page(page.tag.slug),
        group="tags",
        entries=newest(page.entries, TAG_PAPERS, since),
    )


def of_query(page: QueryPage, since: date) -> Subscription:
    """The newest papers that match a saved query, at least all since a day."""
    saved = page.saved
    return Subscription(
        folder=paths.query_feeds(saved.slug),
        name=shown(saved.name),
        description=shown(saved.description),
        page=paths.query_page(saved.slug),
        group="queries",
        entries=newest(page.entries, TAG_PAPERS, since),
    )


def of_author(author: Author, since: date) -> Subscription:
    """The newest papers of an author, at least all since a day."""
    name = shown(author.name) or author.slug
    return Subscription(
        folder=paths.author_feeds(author.slug),
        name=name,
        description=f"Papers by {name}.",
        page=paths.author_page(author.slug),
        group="authors",
        entries=newest(author.entries, AUTHOR_PAPERS, since),
    )


def announced(
    folder: str, name: str, files: Iterable[str] = tuple(paths.FEED_TYPES)
) -> dict[str, Any]:
    """The front matter with which a page announces feeds in its HTML head."""
    return {"feeds": {"title": name, "files": [folder + file for file in files]}}


def has_feeds(settings: Settings, author: Author) -> bool:
    """Whether an author with a page also has feeds."""
    at_least = settings.author_feed_min_papers
    return at_least is None or 0 < at_least <= author.count


def newest(entries: tuple[Entry, ...], at_least: int, since: date) -> tuple[Entry, ...]:
    """The newest of papers sorted newest first: `at_least` of them, whole days, all since a day."""
    if len(entries) <= at_least:
        return entries
    last = min(entries[at_least - 1].days[0], since)
    end = at_least
    while end < len(entries) and entries[end].days[0] >= last:
        end += 1
    return entries[:end]


def months(archive: Archive) -> dict[str, list[Entry]]:
    """Papers by the name of the month in which they were first listed, newest first.

    Includes each month with a list, even if all of its papers were listed in earlier months.
    """
    months = {day.date: paths.month_name(day.date) for day in archive.days[::-1]}
    found: dict[str, list[Entry]] = {month: [] for month in months.values()}
    for entry in archive.entries.values():
        found[months[entry.days[0]]].append(entry)
    return found


def _of_main_feeds(archive: Archive) -> Iterator[Entry]:
    """Papers of whole days, newest first, until there are `feed_entries`, within `MAX_BYTES`."""
    papers = size = 0
    for _, day in groupby(archive.entries.values(), attrgetter("listed")):
        papers_of_day = list(day)
        size += sum(weight(archive, entry) for entry in papers_of_day)
        if papers and (papers >= archive.settings.feed_entries or size > MAX_BYTES):
            return
        yield from papers_of_day
        papers += len(papers_of_day)


def weight(archive: Archive, entry: Entry) -> int:
    """An upper estimate of a paper's size in bytes in Atom, the largest format."""
    paper, site = entry.paper, len(archive.settings.site_url)
    texts = (paper.title, paper.title, paper.summary, paper.summary or paper.abstract[:300])
    # HTML is text in XML, so its escapes are escaped again.
    text = _bytes(escape(f"{paper.abstract}{''.join(texts)}"))
    authors = filter(None, map(archive.author_of, paper.authors))
    return (
        1_200
        + text
        + 20 * paper.abstract.count("\n")
        + 2 * (site + len(entry.key))
        + sum(170 + 2 * _bytes(kind + escape(url)) for kind, url in paper.links)
        + sum(60 + _bytes(name) for name in paper.authors)
        + sum(30 + site + len(author.slug) for author in authors)
        + sum(60 + site + 2 * len(use.tag.slug) + _bytes(use.tag.name) for use in entry.tags)
    )


def _bytes(text: str) -> int:
    """The size of a text in XML, escaped."""
    return len(escape(text).encode("utf-8", "replace"))


def _newest_digests(archive: Archive, kind: PeriodKind, at_most: int) -> tuple[FeedDigest, ...]:
    """The newest digests, newest first, limited in number and by `DIGEST_PAPERS`.

    A digest is included only if the archive has a list of its publication date or a later one, so
    that no entry of a feed has a date in the future.
    """
    found: list[FeedDigest] = []
    papers = 0
    periods = newest_first(archive.days, kind)
    over = (each for each in periods if each[0].published <= archive.days[-1].date)
    for period, days in islice(over, at_most):
        entries = tuple(unique(entry for day in days for entry in day.entries))
        papers += len(entries)
        if found and papers > DIGEST_PAPERS:
            break
        if entries:
            found.append(FeedDigest(period, days, entries))
    return tuple(found)
