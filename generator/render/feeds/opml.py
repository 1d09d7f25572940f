"""`feeds.opml`: all feeds in groups, for import into feed readers (OPML 2.0).

Takes subscriptions, gives bytes. Does no I/O.
"""

from __future__ import annotations

import xml.etree.ElementTree as ET
from collections.abc import Iterable, Sequence

from generator.archive.model import Archive
from generator.core import paths
from generator.render.feeds.catalog import Subscription, shown

MAX_AUTHORS = 500
"""Maximum authors in the list, those with the most papers; others' feeds are on their pages."""


def document(archive: Archive, feeds: Sequence[Subscription]) -> bytes:
    """The OPML document, in which the feeds of tags form a tree."""
    root = ET.Element("opml", version="2.0")
    head = ET.SubElement(root, "head")
    ET.SubElement(head, "title").text = shown(archive.settings.title)
    body = ET.SubElement(root, "body")
    for group, heading in HEADINGS.items():
        in_group = [feed for feed in feeds if feed.group == group]
        if in_group:
            _add(_outline(body, heading), archive, in_group)
    ET.indent(root)
    data: bytes = ET.tostring(root, encoding="UTF-8", xml_declaration=True)
    return data + b"\n"


HEADINGS = {
    "archive": "All papers",
    "digests": "Digests",
    "queries": "Saved queries",
    "corrections": "Corrections",
    "tags": "Tags",
    "authors": "Authors",
}
"""Headings of the groups, in the order of the document."""


def listed(archive: Archive, feeds: Iterable[Subscription]) -> list[Subscription]:
    """The feeds that are included in the document."""
    named = {paths.author_feeds(author.slug) for author in archive.busiest(MAX_AUTHORS)}
    return [feed for feed in feeds if feed.group != "authors" or feed.folder in named]


def _add(parent: ET.Element, archive: Archive, feeds: Iterable[Subscription]) -> None:
    """Add feeds below a heading, the feeds of tags as a tree.

    A tag with children becomes a group whose first outline is its own feed, since many readers
    ignore the children of an outline that is a feed.
    """
    tags = {paths.tag_feeds(slug): page for slug, page in archive.tags.items()}
    groups = {
        folder: ET.Element("outline", text=page.tag.name, title=page.tag.name)
        for folder, page in tags.items()
        if page.children
    }
    for feed in feeds:
        page = tags.get(feed.folder)
        above = groups.get(paths.tag_feeds(page.tag.parent)) if page else None
        place = parent if above is None else above
        group = groups.get(feed.folder)
        if group is not None:
            place.append(group)
            group.insert(0, _feed(archive, feed))
        else:
            place.append(_feed(archive, feed))


def _outline(parent: ET.Element, text: str) -> ET.Element:
    return ET.SubElement(parent, "outline", text=text, title=text)


def _feed(archive: Archive, feed: Subscription) -> ET.Element:
    settings = archive.settings
    title = feed.title(settings)  # readers show either, beside feeds of other sites
    return ET.Element(
        "outline",
        text=title,
        title=title,
        type="rss",
        xmlUrl=settings.site_url + feed.folder + paths.RSS_FILE,
        htmlUrl=paths.page_url(settings.site_url, feed.page),
    )
