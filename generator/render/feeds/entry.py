"""What stands in a feed, described once for all formats: a `Feed`, and each `Item` in it.

Takes an archive's entries, gives items of plain text and of HTML that is safe to show, all links
absolute. Knows no format and does no I/O. Ids are permanent (`tag:` URIs, RFC 4151): the same in
each feed and format, wherever the site is.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import UTC, date, datetime, time, timedelta
from hashlib import blake2b
from html import escape
from typing import NamedTuple

from generator.archive.corrections import Correction
from generator.archive.model import Archive, Entry
from generator.core import paths
from generator.core.model import Settings
from generator.render.feeds.catalog import FeedDigest
from generator.render.preview import PaperPreview, SourceLink, TagLink, byline, preview
from generator.text import markup

EXCERPT_LENGTH = 280
"""Characters of the plain summary where a paper has only an abstract."""
MOST_AUTHORS = 5
"""A digest names so many authors, and says how many more there are."""
SUMMARY_TITLES = 5
"""The plain summary of a digest names so many papers."""
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
    """What a feed says of itself, in any format."""

    id: str
    title: str
    description: str
    url: str
    """Its own."""
    page: str
    """URL of the page that it belongs to."""
    language: str
    publisher: str
    site: str
    """URL of the publisher."""
    style: str
    """Relative URL of the style sheet that a browser shows it with."""
    updated: datetime
    links: tuple[tuple[str, str], ...] = ()
    """Pairs of relation and URL: to the documents before and after, for Atom."""
    is_archive: bool = False
    """Whether it is done, so that nothing will be added (RFC 5005, section 4)."""


def paper_entry(archive: Archive, entry: Entry) -> FeedEntry:
    """A paper with all that the archive has of it."""
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


def lasting(item: FeedEntry) -> FeedEntry:
    """An item without what everyday work changes: its tags."""
    return item._replace(tags=())


def digest_entry(archive: Archive, issue: FeedDigest, line: Callable[[Entry], str]) -> FeedEntry:
    """A day or week of a digest: its papers in a list, each as `listed` gives it."""
    settings, entries = archive.settings, issue.entries
    titles = [entry.title or entry.key for entry in entries]
    more = len(titles) - SUMMARY_TITLES
    return FeedEntry(
        id=f"tag:{settings.id}:{issue.path}",
        url=paths.page_url(settings.site_url, issue.period.page),
        title=issue.title,
        authors=(),
        html=f"<ol>{''.join(map(line, entries))}</ol>",
        summary="; ".join(titles[:SUMMARY_TITLES]) + (f"; {more} more" if more > 0 else ""),
        tags=(),
        links=(),
        published=midnight(issue.period.published),
        updated=moment(issue.period.published, issue.path),
    )


def correction_entry(archive: Archive, each: Correction) -> FeedEntry:
    """A change of a published paper, or of a tag."""
    settings = archive.settings
    path = f"corrections/{each.name}"
    return FeedEntry(
        id=f"tag:{settings.id}:{path}",
        url=paths.page_url(settings.site_url, each.page or paths.CORRECTIONS_PAGE),
        title=each.title,
        authors=(),
        html=f"<ul>{''.join(f'<li>{escape(said)}</li>' for said in each.what)}</ul>",
        summary=" ".join(each.what),
        tags=(),
        links=(),
        published=midnight(each.day),
        updated=moment(each.day, path),
    )


def updated(entry: Entry) -> datetime:
    """When a paper's text last changed by intent: as it was listed, or corrected."""
    return moment(entry.paper.corrected or entry.days[0], entry.key)


def midnight(day: date) -> datetime:
    """The beginning of a day, UTC."""
    return datetime.combine(day, time(), tzinfo=UTC)


def moment(day: date, key: str) -> datetime:
    """A moment in the first minute of a day, told by a key alone.

    Validators ask that no two entries of a feed have the same `atom:updated`. Keys leave 60 million
    moments, and another paper moves none of them.
    """
    number = int.from_bytes(blake2b(key.encode(), digest_size=8).digest(), "big")
    return midnight(day) + timedelta(microseconds=number % _MINUTE)


def digest_line(settings: Settings, entry: Entry) -> str:
    """A paper in a digest's list."""
    short = preview(settings.site_url, entry, EXCERPT_LENGTH)
    names = byline(short.authors, MOST_AUTHORS)
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
    """Summary and abstract in full, and links to the paper; never empty."""
    paper = entry.paper
    texts = "".join(markup.html(text) for text in (paper.summary, paper.abstract) if text)
    return texts + _links_html(short.links) or f"<p>{escape(short.title)}</p>"


def _links_html(links: Iterable[TagLink | SourceLink]) -> str:
    shown = " · ".join(f'<a href="{escape(each.url)}">{escape(each.label)}</a>' for each in links)
    return f"<p>{shown}</p>" if shown else ""
