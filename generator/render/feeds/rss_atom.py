"""RSS 2.0 and Atom (RFC 4287, archives as RFC 5005), written by feedgen.

Takes a feed described once and its items, gives bytes. The only user of feedgen: `xml_template.py`
makes templates of what it writes, which give the same bytes faster. Does no I/O.

Known of feedgen 1.0: the last link added becomes RSS's <link> of a channel, `add_entry` prepends
unless told otherwise, `lastBuildDate` defaults to the clock, RSS drops authors who have no e-mail,
so they go into dc:creator, in RSS alone; and Atom entries' links lose all but their address, so
those that aren't to the page itself are added by an extension.
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
    """Marks an Atom document as one that is done."""

    def extend_ns(self) -> dict[str, str]:
        return {"fh": HISTORY}

    def extend_atom(self, feed: Any) -> Any:
        etree.SubElement(feed, f"{{{HISTORY}}}archive")
        return feed


class _Related(BaseEntryExtension):  # type: ignore[misc]
    """Adds an Atom entry's links to what the paper is elsewhere."""

    links: Iterable[SourceLink] = ()

    def extend_atom(self, entry: Any) -> Any:
        for label, url, media_type in self.links:
            link = etree.SubElement(entry, "link", href=url, rel="related", title=label)
            if media_type:
                link.set("type", media_type)
        return entry


def rss(feed: FeedInfo, items: Iterable[FeedEntry]) -> bytes:
    """RSS 2.0, one whole document."""
    return _styled(
        feed, _filled(feed, paths.FEED_TYPES[paths.RSS_FILE], items).rss_str(pretty=True)
    )


def atom(feed: FeedInfo, items: Iterable[FeedEntry]) -> bytes:
    """Atom, one whole document."""
    return _styled(feed, _filled(feed, ATOM_TYPE, items).atom_str(pretty=True))


def _styled(feed: FeedInfo, document: bytes) -> bytes:
    """The document with a style sheet, for who opens it in a browser (xml-stylesheet, W3C 2010)."""
    declaration, line_end, rest = document.partition(b"?>\n")
    style = f'<?xml-stylesheet type="text/css" href="{escape(feed.style)}"?>\n'
    return b"".join((declaration, line_end, style.encode(), rest))


def _filled(feed: FeedInfo, media_type: str, items: Iterable[FeedEntry]) -> FeedGenerator:
    made = _channel(feed, media_type)
    for item in items:
        _fill(made.add_entry(order="append"), item)
    return made


def _channel(feed: FeedInfo, media_type: str) -> FeedGenerator:
    """A feed for feedgen, as yet without items."""
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


def _fill(made: FeedgenEntry, item: FeedEntry) -> None:
    """Tell feedgen of an item."""
    made.title(item.title)
    made.guid(item.id, permalink=False)
    made.link(href=item.url, rel="alternate")
    made.related.links = item.links
    made.content(item.html, type="html")
    made.summary(item.summary, type="text")
    made.published(item.published)
    made.updated(item.updated)
    if item.authors:
        made.author([{"name": name} for name in item.authors])
        made.dc.dc_creator(list(item.authors))
    made.category([{"term": slug, "scheme": url, "label": label} for label, url, slug in item.tags])
