"""The archive's feeds as RSS 2.0, Atom and JSON Feed 1.1, its months as Atom, and a list of them.

Takes an archive, gives targets. `catalog.py` decides what stands in a feed, `entry.py`
describes it once, the other modules write it in their formats. Every time comes from the content.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date, datetime
from functools import cache, partial
from typing import Protocol

from msgspec import Struct, field

from generator.archive.corrections import Corrected
from generator.archive.model import Archive, Entry
from generator.core import paths
from generator.core.target import NO_PREVIOUS_FILES, PreviousFiles, Target, digest
from generator.render.feeds import catalog, jsonfeed, opml
from generator.render.feeds.catalog import FeedDigest, Subscription
from generator.render.feeds.entry import (
    FeedEntry,
    FeedInfo,
    correction_entry,
    digest_entry,
    digest_line,
    entry_id,
    lasting,
    midnight,
    paper_entry,
    updated,
)
from generator.render.feeds.xml_template import XmlTemplate

KEPT_TEXTS = 3_000
"""Texts of papers kept for further feeds, a few kilobytes each."""
ARCHIVE = "archive"
"""Names the whole archive in the permanent id of its feed."""
Links = tuple[tuple[str, str], ...]


class _Format(Protocol):
    """A format of feeds."""

    def text(self, item: FeedEntry, /) -> str:
        """An entry as it stands in documents."""

    def document(self, feed: FeedInfo, texts: Iterable[str], /) -> bytes:
        """A whole document, of its entries' texts."""

    def texts(self, written: str, /) -> dict[str, str]:
        """Entries' texts by their ids, out of a document."""


FeedTemplates = Mapping[str, XmlTemplate]
"""RSS and Atom, by the names of their files."""


@cache
def feedgen_templates() -> FeedTemplates:
    """What feedgen decides. Whoever keeps it spares a build to load feedgen, which takes long."""
    from generator.render.feeds import rss_atom  # noqa: PLC0415 - long to load, and seldom needed

    return {
        paths.RSS_FILE: XmlTemplate.of(rss_atom.rss),
        paths.ATOM_FILE: XmlTemplate.of(rss_atom.atom),
    }


def format_of(file: str, templates: FeedTemplates | None = None) -> _Format:
    """The format of feeds with a file name."""
    return jsonfeed if file == paths.JSON_FEED_FILE else (templates or feedgen_templates())[file]


def feed_targets(
    archive: Archive,
    corrected: Corrected = None,
    before: PreviousFiles = NO_PREVIOUS_FILES,
    templates: FeedTemplates | None = None,
) -> Iterator[Target]:
    """All feeds. Papers that stay as they are get their texts from the feeds of `before`.

    `templates` is what `feedgen_templates` gave; without it, the first feed that is made asks.
    """
    feeds = list(catalog.all_of(archive, corrected))
    months = catalog.months(archive)
    history = _links(archive, ("prev-archive", next(iter(months), "")))
    texts = _EntryTexts(archive, _PreviousTexts(archive, before), templates)
    for feed in feeds:
        inputs = _inputs(feed)
        for file in paths.FEED_TYPES:
            is_root = not feed.folder and file == paths.ATOM_FILE
            links = history if is_root else ()
            make = partial(_document, texts, feed, file, links)
            yield Target(feed.folder + file, digest((inputs, links)), make)
    yield from _months(archive, months, texts)
    listed = opml.listed(archive, feeds)
    named = [(feed.folder, feed.name) for feed in listed]
    parents = [(page.tag.slug, page.tag.parent) for page in archive.tags.values()]
    make_list = partial(opml.document, archive, listed)
    yield Target(paths.OPML_FILE, digest((named, parents)), make_list)


class _PreviousTexts:
    """Texts of papers that stay as they were, out of what an earlier build made."""

    def __init__(self, archive: Archive, before: PreviousFiles) -> None:
        self._settings = archive.settings
        self._before = before
        self._path = ""
        self._texts: dict[str, str] = {}

    def text(self, entry: Entry, path: str, format_: _Format) -> str | None:
        """A paper as it stands in a document, None where it isn't there or not as it is now."""
        if not self._before.stays(paths.paper_page(entry.key)):
            return None
        if self._path != path:
            self._path, self._texts = path, format_.texts(self._before.text(path))
        return self._texts.get(entry_id(self._settings, entry))


# --- feeds ----------------------------------------------------------------------------------


class _EntryTexts(Struct):
    """What feeds say of each paper, in each format, made once for all of them."""

    archive: Archive
    previous: _PreviousTexts
    templates: FeedTemplates | None
    _made: dict[tuple[str, str], str] = field(default_factory=dict)
    _items: dict[str, FeedEntry] = field(default_factory=dict)
    _issues: dict[str, FeedEntry] = field(default_factory=dict)
    _lines: dict[str, str] = field(default_factory=dict)

    def of(self, entry: Entry, path: str, file: str) -> str:
        """A paper in the format of a file name, for a feed of a path."""
        key = (entry.key, file)
        made = self._made.get(key)
        if made is None:
            if len(self._made) >= KEPT_TEXTS:
                self._made.clear()
                self._items.clear()
            format_ = self.format(file)
            made = self.previous.text(entry, path, format_) or format_.text(self._item(entry))
            self._made[key] = made
        return made

    def lasting(self, entry: Entry, path: str) -> str:
        """A paper in Atom without its tags, for a month's document of a path."""
        atom = self.format(paths.ATOM_FILE)
        return self.previous.text(entry, path, atom) or atom.text(
            lasting(paper_entry(self.archive, entry))
        )

    def format(self, file: str) -> _Format:
        """The format of feeds with a file name."""
        return format_of(file, self.templates)

    def _item(self, entry: Entry) -> FeedEntry:
        item = self._items.get(entry.key)
        if item is None:
            item = self._items[entry.key] = paper_entry(self.archive, entry)
        return item

    def issue(self, issue: FeedDigest) -> FeedEntry:
        """A day or week of a digest."""
        item = self._issues.get(issue.path)
        if item is None:
            item = self._issues[issue.path] = digest_entry(self.archive, issue, self._line)
        return item

    def _line(self, entry: Entry) -> str:
        """A paper in a digest: of a day, and of the week."""
        line = self._lines.get(entry.key)
        if line is None:
            line = self._lines[entry.key] = digest_line(self.archive.settings, entry)
        return line


def _inputs(feed: Subscription) -> bytes:
    papers = [entry.digest for entry in feed.entries]
    issues = [
        (issue.title, issue.path, [(day.date, [each.digest for each in day.entries])])
        for issue in feed.issues
        for day in issue.days
    ]
    return digest((feed.name, feed.description, papers, issues, feed.corrections))


def _document(texts: _EntryTexts, feed: Subscription, file: str, links: Links) -> bytes:
    archive, format_ = texts.archive, texts.format(file)
    issues = [texts.issue(issue) for issue in feed.issues]
    issues += [correction_entry(archive, each) for each in feed.corrections]
    moments = [*map(updated, feed.entries), *(issue.updated for issue in issues)]
    path = feed.folder + file
    described = _feed(
        archive,
        feed.folder.rstrip("/") or ARCHIVE,
        feed.title(archive.settings),
        feed.description,
        path,
        feed.page,
        moments,
    )
    papers = [texts.of(entry, path, file) for entry in feed.entries]
    return format_.document(described._replace(links=links), [*papers, *map(format_.text, issues)])


def _feed(
    archive: Archive,
    name: str,
    title: str,
    description: str,
    file: str,
    page: str,
    moments: Iterable[datetime],
) -> FeedInfo:
    settings = archive.settings
    return FeedInfo(
        id=f"tag:{settings.id}:feeds/{name}",
        title=title,
        description=description,
        url=settings.site_url + file,
        page=paths.page_url(settings.site_url, page),
        language=settings.language,
        publisher=catalog.title_of("", settings),
        site=settings.site_url,
        style="../" * file.count("/") + paths.FEED_STYLE,
        updated=max(moments, default=midnight(date(1970, 1, 1))),
    )


# --- months, as archived documents (RFC 5005, section 4) --------------------------------------


def _months(
    archive: Archive, months: dict[str, list[Entry]], texts: _EntryTexts
) -> Iterator[Target]:
    """A document for each month; all but the one under way are done and link to each other."""
    names = list(months)
    under_way = paths.month_name(archive.newest.date) if archive.newest else ""
    for index, name in enumerate(names):
        after = names[index - 1] if index else ""
        before = names[index + 1] if index + 1 < len(names) else ""
        is_over = name != under_way
        entries = months[name]
        papers = [(entry.key, entry.days[0], entry.paper_digest) for entry in entries]
        yield Target(
            paths.month_feed(name),
            digest((papers, before, after, is_over)),
            partial(_month, texts, name, entries, before, after, is_over),
        )


def _month(
    texts: _EntryTexts,
    name: str,
    entries: Sequence[Entry],
    before: str,
    after: str,
    is_over: bool,
) -> bytes:
    archive, path = texts.archive, paths.month_feed(name)
    settings = archive.settings
    feed = _feed(
        archive,
        ARCHIVE,  # all documents of one feed have its id
        catalog.title_of(name, settings),
        catalog.shown(settings.description),
        path,
        paths.month_page(name),
        map(updated, entries),
    )
    links = (
        ("current", settings.site_url + paths.ATOM_FILE),
        *_links(archive, ("prev-archive", before), ("next-archive", after)),
    )
    written = (texts.lasting(entry, path) for entry in entries)
    return texts.format(paths.ATOM_FILE).document(
        feed._replace(links=links, is_archive=is_over), written
    )


def _links(archive: Archive, *months: tuple[str, str]) -> Links:
    """Relations and addresses of months' documents, of those that have a name."""
    site = archive.settings.site_url
    return tuple((relation, site + paths.month_feed(name)) for relation, name in months if name)
