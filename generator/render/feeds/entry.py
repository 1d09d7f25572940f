"""The content of a feed, independent of formats: a `FeedInfo` and `FeedEntry`s.

Takes an archive's entries, gives plain text and safe HTML with absolute links. Knows no format and
does no I/O. Ids are permanent `tag:` URIs (RFC 4151): they are the same in each feed and format,
and don't change if the site moves.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import UTC, date, datetime, time, timedelta
from hashlib import blake2b
from html import escape
from typing import NamedTuple

from generator.archive.corrections import Correction
from generator.archive.model import Archive, Entry, best
from generator.core import paths
from generator.core.model import Settings
from generator.render.feeds.catalog import FeedDigest
from generator.render.preview import PaperPreview, SourceLink, TagLink, byline, preview
from generator.text import markup

EXCERPT_LENGTH = 280
"""Maximum characters of the plain summary of a paper that has only an abstract."""
MAX_AUTHORS = 5
"""Maximum authors that a digest names of a paper; it gives the number of the others."""
MAX_LINES = 500
"""Maximum papers that a digest shows, the most upvoted; it gives the number of the others."""
SUMMARY_TITLES = 5
"""Maximum titles in the plain summary of a digest."""
_MINUTE = 60_000_000


class FeedEntry(NamedTuple):
    """One entry of a feed."""

    id: str
    url: str
    title: str
    authors: tuple[str, ...]
    html: str
    summary: str
    """Plain text, never empty."""
    tags: tuple[TagLink, ...]
    links: tuple[SourceLink, ...]
    published: datetime
    updated: datetime


class FeedInfo(NamedTuple):
    """The metadata of a feed in any format."""

    id: str
    title: str
    description: str
    url: str
    """URL of the feed itself."""
    page: str
    """URL of the page that it belongs to."""
    language: str
    publisher: str
    site: str
    """URL of the publisher."""
    style: str
    """Relative URL of the style sheet for browsers."""
    updated: datetime
    links: tuple[tuple[str, str], ...] = ()
    """Pairs of relation and URL, which link Atom documents of months (RFC 5005)."""
    is_archive: bool = False
    """Whether it is an archive document, to which nothing will be added (RFC 5005, section 4)."""


def paper_entry(archive: Archive, entry: Entry) -> FeedEntry:
    """A paper with all of its data."""
    settings = archive.settings
    short = preview(settings.site_url, entry, EXCERPT_LENGTH)
    return FeedEntry(
        id=entry_id(settings, entry),
        url=short.url,
        title=short.title,
        authors=short.authors,
        html=_html(entry, short),
        summary=short.excerpt or short.title,
        tags=short.tags,
        links=short.links,
        published=midnight(entry.days[0]),
        updated=updated(entry),
    )


def entry_id(settings: Settings, entry: Entry) -> str:
    """A paper's permanent id."""
    return f"tag:{settings.id}:papers/{entry.key}"


def without_tags(entry: FeedEntry) -> FeedEntry:
    """The entry without its tags, which change often after publication."""
    return entry._replace(tags=())


def digest_entry(archive: Archive, each: FeedDigest, line: Callable[[Entry], str]) -> FeedEntry:
    """The digest of a day or week: a list of its papers, each as `line` gives it."""
    settings, entries = archive.settings, each.entries
    url = paths.page_url(settings.site_url, each.period.page)
    left = len(entries) - MAX_LINES
    rest = f'<p><a href="{escape(url)}">and {left:,} more</a></p>' if left > 0 else ""
    titles = [entry.title or entry.key for entry in entries]
    more = len(titles) - SUMMARY_TITLES
    return FeedEntry(
        id=f"tag:{settings.id}:{each.path}",
        url=url,
        title=each.title,
        authors=(),
        html=f"<ol>{''.join(map(line, best(entries, MAX_LINES)))}</ol>{rest}",
        summary="; ".join(titles[:SUMMARY_TITLES]) + (f"; {more:,} more" if more > 0 else ""),
        tags=(),
        links=(),
        published=midnight(each.period.published),
        updated=moment(each.period.published, each.path),
    )


def correction_entry(archive: Archive, each: Correction) -> FeedEntry:
    """A correction of a published paper or of a tag."""
    settings = archive.settings
    path = f"corrections/{each.name}"
    return FeedEntry(
        id=f"tag:{settings.id}:{path}",
        url=paths.page_url(settings.site_url, each.page or paths.CORRECTIONS_PAGE),
        title=each.title,
        authors=(),
        html=f"<ul>{''.join(f'<li>{escape(change)}</li>' for change in each.what)}</ul>",
        summary=" ".join(each.what),
        tags=(),
        links=(),
        published=midnight(each.day),
        updated=moment(each.day, path),
    )


def updated(entry: Entry) -> datetime:
    """When a paper was last corrected, or first listed if it never was."""
    return moment(entry.paper.corrected or entry.days[0], entry.key)


def midnight(day: date) -> datetime:
    """The beginning of a day, UTC."""
    return datetime.combine(day, time(), tzinfo=UTC)


def moment(day: date, key: str) -> datetime:
    """A moment in the first minute of a day that depends only on the key.

    Feed validators warn if two entries have the same `atom:updated`. A hash of the key chooses one
    of 60 million microseconds, so other papers never change it.
    """
    number = int.from_bytes(blake2b(key.encode(), digest_size=8).digest(), "big")
    return midnight(day) + timedelta(microseconds=number % _MINUTE)


def digest_line(settings: Settings, entry: Entry) -> str:
    """A paper as an HTML list item of a digest."""
    short = preview(settings.site_url, entry, EXCERPT_LENGTH)
    names = byline(short.authors, MAX_AUTHORS)
    return (
        f'<li><p><a href="{escape(short.url)}"><strong>{escape(short.title)}</strong></a>'
        + (f"<br>{escape(names)}" if names else "")
        + "</p>"
        + (f"<p>{escape(short.excerpt)}</p>" if short.excerpt else "")
        + _links_html(short.tags)
        + _links_html(short.links)
        + "</li>"
    )


def _html(entry: Entry, short: PaperPreview) -> str:
    """The full summary and abstract, and links to the paper; never empty."""
    paper = entry.paper
    texts = "".join(markup.html(text) for text in (paper.summary, paper.abstract) if text)
    return texts + _links_html(short.links) or f"<p>{escape(short.title)}</p>"


def _links_html(links: Iterable[TagLink | SourceLink]) -> str:
    shown = " · ".join(f'<a href="{escape(each.url)}">{escape(each.label)}</a>' for each in links)
    return f"<p>{shown}</p>" if shown else ""
