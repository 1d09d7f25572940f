"""The targets of all feeds: RSS 2.0, Atom, JSON Feed 1.1, Atom of months, and `feeds.opml`.

Takes an archive and the files of the previous build, gives targets. Texts of entries are made once
for all feeds, or read from the previous feeds if the paper is unchanged.
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
    midnight,
    paper_entry,
    updated,
    without_tags,
)
from generator.render.feeds.xml_template import XmlTemplate

MAX_CACHED_TEXTS = 3_000
"""Maximum texts of papers in memory, a few kilobytes each, for use in several feeds."""
ARCHIVE = "archive"
"""The name of the main feed in its permanent id."""
Links = tuple[tuple[str, str], ...]


class _Format(Protocol):
    """A feed format."""

    def text(self, entry: FeedEntry, /) -> str:
        """An entry as documents contain it."""

    def document(self, feed: FeedInfo, texts: Iterable[str], /) -> bytes:
        """A whole document with entries that `text` gave."""

    def texts(self, written: str, /) -> dict[str, str]:
        """The texts of entries by id, read from a document."""


FeedTemplates = Mapping[str, XmlTemplate]
"""The templates of RSS and Atom, by file name."""


@cache
def feedgen_templates() -> FeedTemplates:
    """Templates of feedgen's output. Builds cache them, since feedgen is slow to import."""
    from generator.render.feeds import rss_atom  # noqa: PLC0415 - slow to import, and rarely needed

    return {
        paths.RSS_FILE: XmlTemplate.of(rss_atom.rss),
        paths.ATOM_FILE: XmlTemplate.of(rss_atom.atom),
    }


def format_of(file: str, templates: FeedTemplates | None = None) -> _Format:
    """The format of a feed file with this name."""
    return jsonfeed if file == paths.JSON_FEED_FILE else (templates or feedgen_templates())[file]


def feed_targets(
    archive: Archive,
    corrected: Corrected = None,
    before: PreviousFiles = NO_PREVIOUS_FILES,
    templates: FeedTemplates | None = None,
) -> Iterator[Target]:
    """The targets of all feeds. Texts of unchanged papers are read from the feeds of `before`.

    `templates` is what `feedgen_templates` gave; it is called if they are missing and needed.
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
    """Texts of unchanged papers, read from the feeds of the previous build."""

    def __init__(self, archive: Archive, before: PreviousFiles) -> None:
        self._settings = archive.settings
        self._before = before
        self._path = ""
        self._texts: dict[str, str] = {}

    def text(self, entry: Entry, path: str, format_: _Format) -> str | None:
        """A paper's text in the feed of a path; None if the paper is changed or not in it."""
        if not self._before.stays(paths.paper_page(entry.key)):
            return None
        if self._path != path:
            self._path, self._texts = path, format_.texts(self._before.text(path))
        return self._texts.get(entry_id(self._settings, entry))


# --- feeds ----------------------------------------------------------------------------------


class _EntryTexts(Struct):
    """Texts of entries in each format, made once for all feeds."""

    archive: Archive
    previous: _PreviousTexts
    templates: FeedTemplates | None
    _made: dict[tuple[str, str], str] = field(default_factory=dict)
    _entries: dict[str, FeedEntry] = field(default_factory=dict)
    _digests: dict[str, FeedEntry] = field(default_factory=dict)
    _lines: dict[str, str] = field(default_factory=dict)

    def of(self, entry: Entry, path: str, file: str) -> str:
        """A paper in the format of a file name, for the feed of a path."""
        key = (entry.key, file)
        made = self._made.get(key)
        if made is None:
            if len(self._made) >= MAX_CACHED_TEXTS:
                self._made.clear()
                self._entries.clear()
            format_ = self.format(file)
            made = self.previous.text(entry, path, format_) or format_.text(self._entry(entry))
            self._made[key] = made
        return made

    def without_tags(self, entry: Entry, path: str) -> str:
        """A paper in Atom without its tags, for the document of a month at a path."""
        atom = self.format(paths.ATOM_FILE)
        return self.previous.text(entry, path, atom) or atom.text(
            without_tags(paper_entry(self.archive, entry))
        )

    def format(self, file: str) -> _Format:
        """The format of a feed file with this name."""
        return format_of(file, self.templates)

    def _entry(self, entry: Entry) -> FeedEntry:
        made = self._entries.get(entry.key)
        if made is None:
            made = self._entries[entry.key] = paper_entry(self.archive, entry)
        return made

    def of_digest(self, each: FeedDigest) -> FeedEntry:
        """The entry of a digest, the same for each format."""
        made = self._digests.get(each.path)
        if made is None:
            made = self._digests[each.path] = digest_entry(self.archive, each, self._line)
        return made

    def _line(self, entry: Entry) -> str:
        """A paper's line, which the digests of its day and its week share."""
        line = self._lines.get(entry.key)
        if line is None:
            line = self._lines[entry.key] = digest_line(self.archive.settings, entry)
        return line


def _inputs(feed: Subscription) -> bytes:
    papers = [entry.digest for entry in feed.entries]
    digests = [
        (each.title, each.path, [(day.date, [entry.digest for entry in day.entries])])
        for each in feed.digests
        for day in each.days
    ]
    return digest((feed.name, feed.description, papers, digests, feed.corrections))


def _document(texts: _EntryTexts, feed: Subscription, file: str, links: Links) -> bytes:
    archive, format_ = texts.archive, texts.format(file)
    others = [texts.of_digest(each) for each in feed.digests]
    others += [correction_entry(archive, each) for each in feed.corrections]
    moments = [*map(updated, feed.entries), *(each.updated for each in others)]
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
    return format_.document(described._replace(links=links), [*papers, *map(format_.text, others)])


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


# --- months, as archive documents (RFC 5005, section 4) --------------------------------------


def _months(
    archive: Archive, months: dict[str, list[Entry]], texts: _EntryTexts
) -> Iterator[Target]:
    """Linked documents of all months; each except the current month's is complete."""
    names = list(months)
    current = paths.month_name(archive.newest.date) if archive.newest else ""
    for index, name in enumerate(names):
        after = names[index - 1] if index else ""
        before = names[index + 1] if index + 1 < len(names) else ""
        is_over = name != current
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
    written = (texts.without_tags(entry, path) for entry in entries)
    return texts.format(paths.ATOM_FILE).document(
        feed._replace(links=links, is_archive=is_over), written
    )


def _links(archive: Archive, *months: tuple[str, str]) -> Links:
    """Pairs of relation and URL for documents of months; empty names are left out."""
    site = archive.settings.site_url
    return tuple((relation, site + paths.month_feed(name)) for relation, name in months if name)
