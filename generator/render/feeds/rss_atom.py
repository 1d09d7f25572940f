"""RSS 2.0 and Atom (RFC 4287, archives as RFC 5005), written by feedgen.

Takes a `FeedInfo` and entries, gives bytes. This is the only module that uses feedgen:
`xml_template.py` makes templates of its output, which give the same bytes faster. Does no I/O.

What to know about feedgen 1.0:

- The last link that is added becomes the <link> of an RSS channel.
- `add_entry` prepends by default.
- `lastBuildDate` defaults to the current time.
- RSS drops authors without an e-mail address, so they are written as dc:creator, in RSS only.
- Links of Atom entries lose everything except their URL, so an extension adds those that don't
  point to the page itself.
"""

from __future__ import annotations

from collections.abc import Iterable
from html import escape
from typing import Any

from feedgen.entry import FeedEntry as FeedgenEntry
from feedgen.ext.base import BaseEntryExtension, BaseExtension
from feedgen.ext.dc import DcEntryExtension, DcExtension
from feedgen.feed import FeedGenerator
from lxml import etree

from generator.core import paths
from generator.render.feeds.entry import FeedEntry, FeedInfo
from generator.render.preview import SourceLink

HISTORY = "http://purl.org/syndication/history/1.0"
"""The namespace of RFC 5005."""
ATOM_TYPE = paths.FEED_TYPES[paths.ATOM_FILE]


class _Archive(BaseExtension):  # type: ignore[misc]
    """Marks an Atom document as an archive document (RFC 5005, section 4)."""

    def extend_ns(self) -> dict[str, str]:
        return {"fh": HISTORY}

    def extend_atom(self, feed: Any) -> Any:
        etree.SubElement(feed, f"{{{HISTORY}}}archive")
        return feed


class _Related(BaseEntryExtension):  # type: ignore[misc]
    """Adds links from an Atom entry to the paper on other sites."""

    links: Iterable[SourceLink] = ()

    def extend_atom(self, entry: Any) -> Any:
        for label, url, media_type in self.links:
            link = etree.SubElement(entry, "link", href=url, rel="related", title=label)
            if media_type:
                link.set("type", media_type)
        return entry


def rss(feed: FeedInfo, entries: Iterable[FeedEntry]) -> bytes:
    """A whole RSS 2.0 document."""
    return _styled(
        feed, _filled(feed, paths.FEED_TYPES[paths.RSS_FILE], entries).rss_str(pretty=True)
    )


def atom(feed: FeedInfo, entries: Iterable[FeedEntry]) -> bytes:
    """A whole Atom document."""
    return _styled(feed, _filled(feed, ATOM_TYPE, entries).atom_str(pretty=True))


def _styled(feed: FeedInfo, document: bytes) -> bytes:
    """The document with a style sheet for browsers (xml-stylesheet, W3C 2010)."""
    declaration, line_end, rest = document.partition(b"?>\n")
    style = f'<?xml-stylesheet type="text/css" href="{escape(feed.style)}"?>\n'
    return b"".join((declaration, line_end, style.encode(), rest))


def _filled(feed: FeedInfo, media_type: str, entries: Iterable[FeedEntry]) -> FeedGenerator:
    made = _channel(feed, media_type)
    for entry in entries:
        _fill(made.add_entry(order="append"), entry)
    return made


def _channel(feed: FeedInfo, media_type: str) -> FeedGenerator:
    """A feedgen feed without entries."""
    made = FeedGenerator()
    made.register_extension("dc", DcExtension, DcEntryExtension, atom=False)
    made.register_extension("related", BaseExtension, _Related, rss=False)
    if feed.is_archive:
        made.register_extension("fh", _Archive, BaseEntryExtension, rss=False)
    made.id(feed.id)
    made.title(feed.title)
    made.description(feed.description)
    made.updated(feed.updated)
    made.language(feed.language)
    made.author({"name": feed.publisher, "uri": feed.site})
    made.generator("paper-archive")
    made.docs("https://www.rssboard.org/rss-specification")
    made.link(href=feed.url, rel="self", type=media_type)
    for relation, url in feed.links:
        made.link(href=url, rel=relation, type=ATOM_TYPE)
    made.link(href=feed.page, rel="alternate", type="text/html")
    return made


def _fill(made: FeedgenEntry, entry: FeedEntry) -> None:
    """Fill a feedgen entry."""
    made.title(entry.title)
    made.guid(entry.id, permalink=False)
    made.link(href=entry.url, rel="alternate")
    made.related.links = entry.links
    made.content(entry.html, type="html")
    made.summary(entry.summary, type="text")
    made.published(entry.published)
    made.updated(entry.updated)
    if entry.authors:
        made.author([{"name": name} for name in entry.authors])
        made.dc.dc_creator(list(entry.authors))
    made.category(
        [{"term": slug, "scheme": url, "label": label} for label, url, slug in entry.tags]
    )
