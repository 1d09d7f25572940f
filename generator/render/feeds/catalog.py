"""Which feeds an archive has, and what is in each: for the feeds, and for pages that name them.

Takes an archive, gives `Subscription`s. Says nothing of formats and does no I/O.

A feed of papers holds whole days, the newest: no paper of a busy day is ever missing.
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
"""Feeds of a tag or author hold at least so many papers, and all of the main feeds' days."""
MOST_BYTES = 520_000
"""Above it, the main feeds give up days; one day stays, whatever it weighs."""
DAYS, WEEKS, DIGEST_PAPERS = 15, 5, 400
"""How many days and weeks the digests hold, and how many papers unless the newest has more."""
EVERY_DAY, EVERY_WEEK = "Every day", "Every week"
"""The digests' names."""

Group = Literal["archive", "digests", "corrections", "queries", "tags", "authors"]


class FeedDigest(NamedTuple):
    """What a digest says of one day or week."""

    period: Period
    days: tuple[Day, ...]
    entries: tuple[Entry, ...]
    """Its papers, each once, in the order of the lists."""

    @property
    def path(self) -> str:
        """Names it in its permanent id, as daily/2025-03-11 or weekly/2025-W11."""
        return f"{self.period.frequency}/{self.period.name}"

    @property
    def title(self) -> str:
        """The period, and how many papers it has."""
        return f"{self.period.title}: {counted(len(self.entries), 'paper')}"


class Subscription(Struct, frozen=True, eq=False):
    """What somebody can subscribe to; its feeds are the same in each format."""

    folder: str
    """Where its feeds lie: empty for the whole archive, else as tags/rag/."""
    name: str
    """What it is of, as plain text: the archive's title, a tag's name."""
    description: str
    page: str
    """Path of the page that it belongs to."""
    group: Group
    entries: tuple[Entry, ...] = ()
    """Papers, newest first, in whole days."""
    issues: tuple[FeedDigest, ...] = ()
    """Of a digest, newest first, instead of papers."""
    corrections: tuple[Correction, ...] = ()
    """Of published papers, newest first, instead of papers."""

    def title(self, settings: Settings) -> str:
        """The title of its feeds, which says of which archive they are."""
        return title_of(self.name if self.folder else "", settings)


def title_of(name: str, settings: Settings) -> str:
    """The title of feeds of something; of the whole archive for an empty name."""
    archive = shown(settings.title)
    return f"{name} · {archive}" if name else archive


def shown(text: str) -> str:
    """A text of the content that must show something, as plain text: never empty, if it isn't."""
    return markup.plain(text) or markup.clean(text)


def all_of(archive: Archive, corrected: Corrected = None) -> Iterator[Subscription]:
    """All feeds of an archive: main ones, digests; saved queries, tags and authors by name.

    There is a feed of corrections, which may be empty, unless nothing is known of any.
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
    """The main feed, and other feeds of the archive as a whole."""
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
    """One entry a day."""
    return Subscription(
        folder=paths.DAILY_FEEDS,
        name=EVERY_DAY,
        description="One entry a day: its papers with authors, first sentences and tags.",
        page=paths.DAYS_PAGE,
        group="digests",
        issues=_newest_digests(archive, "day", DAYS),
    )


def weekly(archive: Archive) -> Subscription:
    """One entry a week, of weeks that are over: a list of a later one is there."""
    return Subscription(
        folder=paths.WEEKLY_FEEDS,
        name=EVERY_WEEK,
        description="One entry a week, once it is over: its papers with authors, first sentences "
        "and tags.",
        page=paths.DAYS_PAGE,
        group="digests",
        issues=_newest_digests(archive, "week", WEEKS),
    )


def of_corrections(corrected: tuple[Correction, ...]) -> Subscription:
    """What was changed in papers after they were published."""
    return Subscription(
        folder=paths.CORRECTIONS_FEEDS,
        name="Corrections",
        description="Papers that were corrected, retagged, merged or withdrawn.",
        page=paths.CORRECTIONS_PAGE,
        group="corrections",
        corrections=corrected,
    )


def of_tag(page: TagPage, since: date) -> Subscription:
    """The newest papers with a tag or one below it, all since a day at least."""
    return Subscription(
        folder=paths.tag_feeds(page.tag.slug),
        name=shown(page.tag.name),
        description=shown(page.tag.description),
        page=paths.tag_page(page.tag.slug),
        group="tags",
        entries=newest(page.entries, TAG_PAPERS, since),
    )


def of_query(page: QueryPage, since: date) -> Subscription:
    """The newest papers that a saved query finds, all since a day at least."""
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
    """The newest papers of an author, all since a day at least."""
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
    """What a page's front matter says of feeds, for its head."""
    return {"feeds": {"title": name, "files": [folder + file for file in files]}}


def has_feeds(settings: Settings, author: Author) -> bool:
    """Whether an author who has a page has feeds too."""
    at_least = settings.author_feed_min_papers
    return at_least is None or 0 < at_least <= author.count


def newest(entries: tuple[Entry, ...], at_least: int, since: date) -> tuple[Entry, ...]:
    """The first of papers given newest first: so many, all others of that day, all since a day."""
    if len(entries) <= at_least:
        return entries
    last = min(entries[at_least - 1].days[0], since)
    end = at_least
    while end < len(entries) and entries[end].days[0] >= last:
        end += 1
    return entries[:end]


def months(archive: Archive) -> dict[str, list[Entry]]:
    """Papers by the name of the month in which they were listed first, newest first.

    Every month with a list is there, should all of its papers have been listed before.
    """
    months = {day.date: paths.month_name(day.date) for day in archive.days[::-1]}
    found: dict[str, list[Entry]] = {month: [] for month in months.values()}
    for entry in archive.entries.values():
        found[months[entry.days[0]]].append(entry)
    return found


def _of_main_feeds(archive: Archive) -> Iterator[Entry]:
    """The newest days, whole, until there are enough papers, or the next day would be too much."""
    papers = size = 0
    for _, day in groupby(archive.entries.values(), attrgetter("listed")):
        own = list(day)
        size += sum(weight(archive, entry) for entry in own)
        if papers and (papers >= archive.settings.feed_entries or size > MOST_BYTES):
            return
        yield from own
        papers += len(own)


def weight(archive: Archive, entry: Entry) -> int:
    """About how many bytes a paper takes in Atom, the heaviest format, and rather too many."""
    paper, site = entry.paper, len(archive.settings.site_url)
    texts = (paper.title, paper.title, paper.summary, paper.summary or paper.abstract[:300])
    # HTML stands in XML as text, so what is escaped in it is escaped again.
    text = _bytes(escape(f"{paper.abstract}{''.join(texts)}"))
    authors = filter(None, map(archive.author_of, paper.authors))
    return (
        1_200
        + text
        + 20 * paper.abstract.count("\n")
        + 2 * (site + len(entry.key))
        + sum(170 + 2 * _bytes(kind + escape(address)) for kind, address in paper.links)
        + sum(60 + _bytes(name) for name in paper.authors)
        + sum(30 + site + len(author.slug) for author in authors)
        + sum(60 + site + 2 * len(use.tag.slug) + _bytes(use.tag.name) for use in entry.tags)
    )


def _bytes(text: str) -> int:
    """Of a text in XML."""
    return len(escape(text).encode("utf-8", "replace"))


def _newest_digests(archive: Archive, kind: PeriodKind, most: int) -> tuple[FeedDigest, ...]:
    """So many at most, newest first, as long as they hold no more papers than a feed can take.

    An entry bears the date from which on it may be shown, so it waits for a list of that day or a
    later one: a feed tells of nothing that is still to come.
    """
    found: list[FeedDigest] = []
    papers = 0
    periods = newest_first(archive.days, kind)
    over = (each for each in periods if each[0].published <= archive.days[-1].date)
    for period, days in islice(over, most):
        entries = tuple(unique(entry for day in days for entry in day.entries))
        papers += len(entries)
        if found and papers > DIGEST_PAPERS:
            break
        if entries:
            found.append(FeedDigest(period, days, entries))
    return tuple(found)
