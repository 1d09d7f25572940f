"""The archive's feeds as RSS 2.0, Atom and JSON Feed 1.1, its months as Atom, and a list of them.

Takes an archive, gives targets. `subscriptions.py` decides what stands in a feed, `items.py`
describes it once, the other modules write it in their formats. Every time comes from the content.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import partial
from typing import NamedTuple

from generator import subscriptions, urls
from generator.archive import Archive, Entry
from generator.corrections import Corrected
from generator.feeds import forms, items, jsonfeed, opml, syndication
from generator.feeds.items import Item
from generator.feeds.syndication import Feed
from generator.plan import Target, digest
from generator.subscriptions import Issue, Subscription

KEPT_TEXTS = 12_000
"""Texts of papers kept for further feeds, a few kilobytes each."""
ARCHIVE = "archive"
"""Names the whole archive in the permanent id of its feed."""
Links = tuple[tuple[str, str], ...]
_Text = Callable[[Item], str]
_Document = Callable[[Feed, Iterable[str]], bytes]


class _Format(NamedTuple):
    """A format of feeds."""

    file: str
    text: _Text
    document: _Document


def _by_feedgen(write: forms.Write) -> tuple[_Text, _Document]:
    return partial(forms.text, write), partial(forms.document, write)


FORMATS = (
    _Format(urls.RSS_FILE, *_by_feedgen(syndication.rss)),
    _Format(urls.ATOM_FILE, *_by_feedgen(syndication.atom)),
    _Format(urls.JSON_FEED_FILE, jsonfeed.text, jsonfeed.document),
)


def targets(archive: Archive, corrected: Corrected = None) -> Iterator[Target]:
    """All feeds."""
    feeds = list(subscriptions.all_of(archive, corrected))
    months = subscriptions.months(archive)
    history = _links(archive, ("prev-archive", next(iter(months), "")))
    texts = _Texts(archive)
    for feed in feeds:
        inputs = _inputs(feed)
        for each in FORMATS:
            is_root = not feed.folder and each.file == urls.ATOM_FILE
            links = history if is_root else ()
            make = partial(_document, texts, feed, each, links)
            yield Target(feed.folder + each.file, digest((inputs, links)), make)
    yield from _months(archive, months)
    listed = opml.listed(archive, feeds)
    named = [(feed.folder, feed.name) for feed in listed]
    parents = [(page.tag.slug, page.tag.parent) for page in archive.tags.values()]
    make_list = partial(opml.document, archive, listed)
    yield Target(urls.OPML_FILE, digest((named, parents)), make_list)


# --- feeds ----------------------------------------------------------------------------------


@dataclass(slots=True)
class _Texts:
    """What feeds say of each paper, in each format, made once for all of them."""

    archive: Archive
    _made: dict[tuple[str, str], str] = field(default_factory=dict)
    _items: dict[str, Item] = field(default_factory=dict)
    _issues: dict[str, Item] = field(default_factory=dict)
    _lines: dict[str, str] = field(default_factory=dict)

    def of(self, entry: Entry, format_: _Format) -> str:
        """A paper in a format."""
        key = (entry.key, format_.file)
        made = self._made.get(key)
        if made is None:
            if len(self._made) >= KEPT_TEXTS:
                self._made.clear()
                self._items.clear()
            item = self._items.get(entry.key)
            if item is None:
                item = self._items[entry.key] = items.of_paper(self.archive, entry)
            made = self._made[key] = format_.text(item)
        return made

    def issue(self, issue: Issue) -> Item:
        """A day or week of a digest."""
        item = self._issues.get(issue.path)
        if item is None:
            item = self._issues[issue.path] = items.of_issue(self.archive, issue, self._line)
        return item

    def _line(self, entry: Entry) -> str:
        """A paper in a digest: of a day, and of the week."""
        line = self._lines.get(entry.key)
        if line is None:
            line = self._lines[entry.key] = items.listed(self.archive.settings, entry)
        return line


def _inputs(feed: Subscription) -> bytes:
    papers = [entry.digest for entry in feed.entries]
    issues = [
        (issue.title, issue.path, [(day.date, [each.digest for each in day.entries])])
        for issue in feed.issues
        for day in issue.days
    ]
    return digest((feed.name, feed.description, papers, issues, feed.corrections))


def _document(texts: _Texts, feed: Subscription, format_: _Format, links: Links) -> bytes:
    archive = texts.archive
    issues = [texts.issue(issue) for issue in feed.issues]
    issues += [items.of_correction(archive, each) for each in feed.corrections]
    moments = [*map(items.updated, feed.entries), *(issue.updated for issue in issues)]
    described = _feed(
        archive,
        feed.folder.rstrip("/") or ARCHIVE,
        feed.title(archive.settings),
        feed.description,
        feed.folder + format_.file,
        feed.page,
        moments,
    )
    papers = [texts.of(entry, format_) for entry in feed.entries]
    return format_.document(described._replace(links=links), [*papers, *map(format_.text, issues)])


def _feed(
    archive: Archive,
    name: str,
    title: str,
    description: str,
    file: str,
    page: str,
    moments: Iterable[datetime],
) -> Feed:
    settings = archive.settings
    return Feed(
        id=f"tag:{settings.id}:feeds/{name}",
        title=title,
        description=description,
        url=settings.site_url + file,
        page=settings.site_url + urls.address(page),
        language=settings.language,
        publisher=subscriptions.title_of("", settings),
        site=settings.site_url,
        style="../" * file.count("/") + urls.FEED_STYLE,
        updated=max(moments, default=items.midnight(date(1970, 1, 1))),
    )


# --- months, as archived documents (RFC 5005, section 4) --------------------------------------


def _months(archive: Archive, months: dict[str, list[Entry]]) -> Iterator[Target]:
    """A document for each month; all but the one under way are done and link to each other."""
    names = list(months)
    under_way = urls.month_name(archive.newest.date) if archive.newest else ""
    for index, name in enumerate(names):
        after = names[index - 1] if index else ""
        before = names[index + 1] if index + 1 < len(names) else ""
        is_over = name != under_way
        entries = months[name]
        papers = [(entry.key, entry.days[0], entry.of_paper) for entry in entries]
        yield Target(
            urls.month_feed(name),
            digest((papers, before, after, is_over)),
            partial(_month, archive, name, entries, before, after, is_over),
        )


def _month(
    archive: Archive, name: str, entries: Sequence[Entry], before: str, after: str, is_over: object
) -> bytes:
    settings = archive.settings
    papers = [items.lasting(items.of_paper(archive, entry)) for entry in entries]
    feed = _feed(
        archive,
        ARCHIVE,  # all documents of one feed have its id
        subscriptions.title_of(name, settings),
        subscriptions.shown(settings.description),
        urls.month_feed(name),
        urls.month_page(name),
        [paper.updated for paper in papers],
    )
    links = (
        ("current", settings.site_url + urls.ATOM_FILE),
        *_links(archive, ("prev-archive", before), ("next-archive", after)),
    )
    texts = [forms.text(syndication.atom, paper) for paper in papers]
    described = feed._replace(links=links, is_archive=bool(is_over))
    return forms.document(syndication.atom, described, texts)


def _links(archive: Archive, *months: tuple[str, str]) -> Links:
    """Relations and addresses of months' documents, of those that have a name."""
    site = archive.settings.site_url
    return tuple((relation, site + urls.month_feed(name)) for relation, name in months if name)
