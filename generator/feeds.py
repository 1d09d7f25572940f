"""The archive's feed: its newest papers as RSS 2.0, whole days at a time.

Takes an archive, gives feed files. Every time in it comes from the content.

Known of feedgen 1.0: the last link added becomes RSS's <link>, `add_entry` prepends unless told
otherwise, `lastBuildDate` defaults to the clock, and RSS drops authors who have no e-mail, so
they go into dc:creator.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, time
from functools import partial
from html import escape

from feedgen.feed import FeedGenerator

from generator import exports, markup, urls
from generator.archive import Archive, Day, Entry
from generator.model import Settings
from generator.plan import Target, digest


def targets(archive: Archive) -> Iterator[Target]:
    """All feeds."""
    inputs = [(day.date, [entry.digest for entry in day.entries]) for day in newest(archive)]
    yield Target(urls.RSS_FILE, digest(inputs), partial(rss, archive))


def newest(archive: Archive) -> list[Day]:
    """The newest days, whole, until they hold as many papers as the settings ask for."""
    days: list[Day] = []
    papers = 0
    for day in reversed(archive.days):
        if papers >= archive.settings.feed_entries:
            break
        days.append(day)
        papers += len(day.entries)
    return days


def entry_id(settings: Settings, entry: Entry) -> str:
    """The permanent id of a paper's feed entry, as a `tag:` URI (RFC 4151)."""
    return f"tag:{settings.id}:papers/{entry.key}"


def rss(archive: Archive) -> bytes:
    """RSS 2.0 of the newest papers; each stands at the day it was listed first."""
    settings = archive.settings
    feed = FeedGenerator()
    feed.load_extension("dc")
    feed.title(markup.plain(settings.title))
    feed.description(markup.plain(settings.description))
    feed.link(href=settings.site_url + urls.RSS_FILE, rel="self", type="application/rss+xml")
    feed.link(href=settings.site_url, rel="alternate")
    feed.language(settings.language)
    feed.generator("paper-archive")
    feed.docs("https://www.rssboard.org/rss-specification")
    days = newest(archive)
    feed.lastBuildDate(_midnight(days[0].date) if days else _midnight(date(1970, 1, 1)))
    for day in days:
        for entry in day.entries:
            if entry.listed == day.date:
                _add(feed, settings, entry)
    # feedgen always indents; its default of no declaration would leave the encoding to guess.
    data: bytes = feed.rss_str(pretty=True)
    return data


def _add(feed: FeedGenerator, settings: Settings, entry: Entry) -> None:
    item = feed.add_entry(order="append")
    item.title(entry.title)
    item.guid(entry_id(settings, entry), permalink=False)
    item.link(href=settings.site_url + urls.address(urls.paper_page(entry.key)))
    item.description(description(entry))
    item.pubDate(_midnight(entry.listed))
    for use in entry.tags:
        item.category(
            term=markup.clean(use.tag.name),
            scheme=settings.site_url + urls.address(urls.tag_page(use.tag.slug)),
        )
    names = [name for each in entry.paper.authors if (name := markup.plain(each))]
    if names:
        item.dc.dc_creator(names)


def description(entry: Entry) -> str:
    """Summary and abstract in full as safe HTML, and links to the paper; never empty."""
    paper = entry.paper
    texts = "".join(markup.html(text) for text in (paper.summary, paper.abstract) if text)
    links = " · ".join(
        f'<a href="{escape(address)}">{escape(markup.clean(label))}</a>'
        for label, address in exports.source_links(entry)
    )
    return texts + (f"<p>{links}</p>" if links else "") or f"<p>{escape(entry.title)}</p>"


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time(), tzinfo=UTC)
