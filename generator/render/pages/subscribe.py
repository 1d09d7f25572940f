"""How to subscribe: every feed there is, what it is for, and how to add it to a reader.

Takes an archive, gives one target. `render/feeds/catalog.py` decides what is in a feed.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import partial
from urllib.parse import quote

from generator.archive.corrections import Corrected
from generator.archive.model import Archive, TagPage
from generator.core import paths
from generator.core.target import Target, digest
from generator.render.feeds import catalog
from generator.render.feeds.catalog import Subscription
from generator.render.pages.page import feed_links, link, outward, page
from generator.render.pages.tag_tree import tag_tree
from generator.text.markup import Markdown

READERS = (
    ("Feedly", "https://feedly.com/i/subscription/feed/"),
    ("Inoreader", "https://www.inoreader.com/?add_feed="),
    ("NewsBlur", "https://www.newsblur.com/?url="),
    ("The Old Reader", "https://theoldreader.com/feeds/subscribe?url="),
)
"""Online readers, and the URL to which each wants a feed's encoded URL appended."""


def targets(archive: Archive, corrected: Corrected) -> Iterator[Target]:
    """The page; it names the feed of corrections if they are known."""
    tags = [(tag.slug, tag.name, tag.parent) for tag in (p.tag for p in archive.tags.values())]
    has_authors = any(_authors(archive))
    queries = [each.saved for each in archive.queries.values()]
    feeds = list(catalog.of_whole_archive(archive, corrected))
    described = [(each.folder, each.name, each.description) for each in feeds]
    inputs = digest((tags, has_authors, queries, described))
    yield Target(paths.SUBSCRIBE_PAGE, inputs, partial(_subscribe, archive, feeds, has_authors))


def _subscribe(archive: Archive, feeds: Sequence[Subscription], has_authors: bool) -> bytes:
    main, *others = feeds
    return page(
        archive,
        paths.SUBSCRIBE_PAGE,
        "subscribe.md.j2",
        title="Subscribe",
        kind="subscribe",
        description="A feed for every list: all papers, digests, tags, authors.",
        values={
            "whole": main,
            "readers": partial(readers, archive.settings.site_url),
            "others": [(each, Markdown(each.folder.strip("/"))) for each in others],
            "queries": Markdown("".join(_queries(archive))),
            "tree": tag_tree(archive, _tag_line),
            "has_authors": has_authors,
            "opml": Markdown(f"[{paths.OPML_FILE}]({paths.OPML_FILE})"),
        },
    )


def _authors(archive: Archive) -> Iterator[bool]:
    return (catalog.has_feeds(archive.settings, each) for each in archive.authors.values())


def readers(site_url: str, feed: Subscription) -> Markdown:
    """Links that add a feed to online readers."""
    url = quote(f"{site_url}{feed.folder}{paths.RSS_FILE}", safe="")
    return Markdown(" · ".join(outward(name, start + url) for name, start in READERS))


def _queries(archive: Archive) -> Iterator[str]:
    """A list item for each saved query."""
    for saved in (each.saved for each in archive.queries.values()):
        line = _line(saved.name, paths.query_page(saved.slug), paths.query_feeds(saved.slug))
        yield f"- {line}\n"


def _tag_line(tag_page: TagPage) -> str:
    tag = tag_page.tag
    return _line(tag.name, paths.tag_page(tag.slug), paths.tag_feeds(tag.slug))


def _line(name: str, page_path: str, feeds: str) -> str:
    """Links to a page and to its feeds."""
    path = paths.SUBSCRIBE_PAGE
    return f"{link(name, path, page_path)} {feed_links(feeds, path)}"
