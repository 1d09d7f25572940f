"""What stands in a feed, described once for all formats: a `Feed`, and each `Item` in it.

Takes an archive's entries, gives items of plain text and of HTML that is safe to show, all links
absolute. Knows no format and does no I/O. Ids are permanent (`tag:` URIs, RFC 4151): the same in
each feed and format, wherever the site is.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from hashlib import blake2b
from html import escape
from typing import NamedTuple

from generator.archive import citation
from generator.archive.corrections import Correction
from generator.archive.model import Archive, Entry
from generator.core import paths
from generator.core.model import Settings, Tag
from generator.render.feeds.catalog import FeedDigest
from generator.text import markup

SUMMARY_LENGTH = 280
"""Characters of the plain summary where a paper has only an abstract."""
SHORT_AUTHORS = 5
"""A digest names so many authors, and says how many more there are."""
SUMMARY_TITLES = 5
"""The plain summary of a digest names so many papers."""
_MINUTE = 60_000_000


class Category(NamedTuple):
    """A tag."""

    slug: str
    name: str
    url: str


class EntryLink(NamedTuple):
    """To what a paper is elsewhere."""

    label: str
    url: str
    media_type: str = ""


class FeedEntry(NamedTuple):
    """One entry of a feed."""

    id: str
    url: str
    title: str
    authors: tuple[str, ...]
    html: str
    summary: str
    """Plain text, never empty."""
    categories: tuple[Category, ...]
    links: tuple[EntryLink, ...]
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
    title = entry.title or entry.key
    links = tuple(_link(*link) for link in citation.source_links(entry))
    return FeedEntry(
        id=entry_id(settings, entry),
        url=_page(settings, paths.paper_page(entry.key)),
        title=title,
        authors=tuple(name for each in entry.paper.authors if (name := _name(each))),
        html=_html(entry, title, links),
        summary=beginning(entry) or title,
        categories=tuple(_category(settings, use.tag) for use in entry.tags),
        links=links,
        published=midnight(entry.days[0]),
        updated=updated(entry),
    )


def entry_id(settings: Settings, entry: Entry) -> str:
    """A paper's permanent id."""
    return f"tag:{settings.id}:papers/{entry.key}"


def lasting(item: FeedEntry) -> FeedEntry:
    """An item without what everyday work changes: its tags."""
    return item._replace(categories=())


def digest_entry(archive: Archive, issue: FeedDigest, line: Callable[[Entry], str]) -> FeedEntry:
    """A day or week of a digest: its papers in a list, each as `listed` gives it."""
    settings, entries = archive.settings, issue.entries
    titles = [entry.title or entry.key for entry in entries]
    more = len(titles) - SUMMARY_TITLES
    return FeedEntry(
        id=f"tag:{settings.id}:{issue.path}",
        url=_page(settings, issue.page),
        title=issue.title,
        authors=(),
        html=f"<ol>{''.join(map(line, entries))}</ol>",
        summary="; ".join(titles[:SUMMARY_TITLES]) + (f"; {more} more" if more > 0 else ""),
        categories=(),
        links=(),
        published=midnight(issue.published),
        updated=moment(issue.published, issue.path),
    )


def correction_entry(archive: Archive, each: Correction) -> FeedEntry:
    """A change of a published paper, or of a tag."""
    settings = archive.settings
    path = f"corrections/{each.name}"
    return FeedEntry(
        id=f"tag:{settings.id}:{path}",
        url=_page(settings, each.page or paths.CORRECTIONS_PAGE),
        title=each.title,
        authors=(),
        html=f"<ul>{''.join(f'<li>{escape(said)}</li>' for said in each.what)}</ul>",
        summary=" ".join(each.what),
        categories=(),
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


def beginning(entry: Entry) -> str:
    """The summary, or the abstract's first sentences, as plain text; may be empty."""
    paper = entry.paper
    return markup.plain(paper.summary or markup.excerpt(paper.abstract, SUMMARY_LENGTH))


# A name stands on many papers.
_name = lru_cache(maxsize=16_384)(markup.plain)


def _html(entry: Entry, title: str, links: tuple[EntryLink, ...]) -> str:
    """Summary and abstract in full, and links to the paper; never empty."""
    paper = entry.paper
    texts = "".join(markup.html(text) for text in (paper.summary, paper.abstract) if text)
    return texts + _links_html(links) or f"<p>{escape(title)}</p>"


def _links_html(links: tuple[EntryLink, ...]) -> str:
    shown = " · ".join(f'<a href="{escape(each.url)}">{escape(each.label)}</a>' for each in links)
    return f"<p>{shown}</p>" if shown else ""


def digest_line(settings: Settings, entry: Entry) -> str:
    """A paper in a digest's list."""
    page = escape(_page(settings, paths.paper_page(entry.key)))
    text = escape(beginning(entry))
    names = [name for each in entry.paper.authors[:SHORT_AUTHORS] if (name := _name(each))]
    more = len(entry.paper.authors) - SHORT_AUTHORS
    byline = escape(", ".join(names)) + (f" and {more} more" if more > 0 else "")
    tags = " · ".join(
        f'<a href="{escape(each.url)}">{escape(each.name)}</a>'
        for each in (_category(settings, use.tag) for use in entry.tags)
    )
    return (
        f'<li><p><a href="{page}"><strong>{escape(entry.title or entry.key)}</strong></a>'
        + (f"<br>{byline}" if byline else "")
        + "</p>"
        + (f"<p>{text}</p>" if text else "")
        + (f"<p>{tags}</p>" if tags else "")
        + _links_html(tuple(_link(*link) for link in citation.source_links(entry)))
        + "</li>"
    )


def _link(label: str, address: str) -> EntryLink:
    return EntryLink(markup.clean(label), address, "application/pdf" if label == "PDF" else "")


@lru_cache(maxsize=4096)
def _category(settings: Settings, tag: Tag) -> Category:
    return Category(tag.slug, markup.clean(tag.name), _page(settings, paths.tag_page(tag.slug)))


def _page(settings: Settings, path: str) -> str:
    return settings.site_url + paths.site_path(path)
