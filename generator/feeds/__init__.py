"""The archive's feeds as RSS 2.0, Atom and JSON Feed 1.1, its months as Atom, and a list of them.

Takes an archive, gives targets. `subscriptions.py` decides what stands in a feed, `items.py`
describes it once, the other modules write it in their formats. Every time comes from the content.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import date, datetime
from functools import partial
from typing import NamedTuple

from msgspec import Struct, field

from generator import subscriptions, urls
from generator.archive import Archive, Entry
from generator.corrections import Corrected
from generator.feeds import forms, items, jsonfeed, opml
from generator.feeds.items import Feed, Item
from generator.plan import NOTHING_BEFORE, Before, Target, digest
from generator.subscriptions import Issue, Subscription

KEPT_TEXTS = 3_000
"""Texts of papers kept for further feeds, a few kilobytes each."""
ARCHIVE = "archive"
"""Names the whole archive in the permanent id of its feed."""
Links = tuple[tuple[str, str], ...]


class _Format(NamedTuple):
    """A format of feeds."""

    file: str
    text: Callable[[Item], str]
    """An item as it stands in documents."""
    document: Callable[[Feed, Iterable[str]], bytes]
    texts: Callable[[str], dict[str, str]]
    """Items' texts by their ids, out of a document."""


Forms = Mapping[str, str]
"""What feedgen writes of feeds of marks, by `_form_name`."""


def forms_of_feedgen() -> Forms:
    """All forms of feeds. Whoever keeps them spares a build to load feedgen."""
    alone: list[tuple[str, ...]] = [(), ("prev-archive",)]
    of_months = [("current", *rest) for rest in [*alone, ("next-archive",), _BOTH_WAYS]]
    rss = [(urls.RSS_FILE, (), False)]
    atom = [(urls.ATOM_FILE, each, False) for each in (*alone, *of_months)]
    done = [(urls.ATOM_FILE, each, True) for each in of_months]
    found = {}
    for file, relations, is_archive in (*rss, *atom, *done):
        links = tuple((relation, "") for relation in relations)
        feed = forms.marked(forms.MARKED_FEED._replace(links=links, is_archive=is_archive))
        written = _by_feedgen(file, feed, [forms.MARKED_ITEM])
        found[_form_name(file, feed)] = written.decode()
    return found


_BOTH_WAYS = ("prev-archive", "next-archive")


def _form_name(file: str, feed: Feed) -> str:
    """What decides the form of a feed."""
    relations = (relation for relation, _ in feed.links)
    return " ".join((file, *relations, *(["archive"] if feed.is_archive else [])))


def _formats(known: Forms) -> tuple[_Format, _Format, _Format]:
    """RSS, Atom and JSON Feed."""
    rss, atom = (_format(known, file) for file in (urls.RSS_FILE, urls.ATOM_FILE))
    return rss, atom, _Format(urls.JSON_FEED_FILE, jsonfeed.text, jsonfeed.document, jsonfeed.texts)


def _format(known: Forms, file: str) -> _Format:
    """A format that feedgen writes."""

    def write(marked: Feed, its_items: Iterable[Item]) -> bytes:
        form = known.get(_form_name(file, marked))
        return form.encode() if form else _by_feedgen(file, marked, its_items)

    return _Format(
        file,
        partial(forms.text, write),
        partial(forms.document, write),
        partial(forms.texts, write),
    )


def _by_feedgen(file: str, feed: Feed, its_items: Iterable[Item]) -> bytes:
    from generator.feeds import syndication  # noqa: PLC0415 - long to load, and seldom needed

    write = syndication.rss if file == urls.RSS_FILE else syndication.atom
    return write(feed, its_items)


FORMATS = _formats({})


def targets(
    archive: Archive,
    corrected: Corrected = None,
    before: Before = NOTHING_BEFORE,
    known: Forms | None = None,
) -> Iterator[Target]:
    """All feeds. Papers that stay as they are get their texts from the feeds of `before`.

    `known` is what `forms_of_feedgen` gave.
    """
    formats = _formats(known) if known else FORMATS
    feeds = list(subscriptions.all_of(archive, corrected))
    months = subscriptions.months(archive)
    history = _links(archive, ("prev-archive", next(iter(months), "")))
    kept = _Kept(archive, before)
    texts = _Texts(archive, kept)
    for feed in feeds:
        inputs = _inputs(feed)
        for each in formats:
            is_root = not feed.folder and each.file == urls.ATOM_FILE
            links = history if is_root else ()
            make = partial(_document, texts, feed, each, links)
            yield Target(feed.folder + each.file, digest((inputs, links)), make)
    yield from _months(archive, months, kept, formats[1])
    listed = opml.listed(archive, feeds)
    named = [(feed.folder, feed.name) for feed in listed]
    parents = [(page.tag.slug, page.tag.parent) for page in archive.tags.values()]
    make_list = partial(opml.document, archive, listed)
    yield Target(urls.OPML_FILE, digest((named, parents)), make_list)


class _Kept:
    """Texts of papers that stay as they were, out of what an earlier build made."""

    def __init__(self, archive: Archive, before: Before) -> None:
        self._settings = archive.settings
        self._before = before
        self._path = ""
        self._texts: dict[str, str] = {}

    def text(self, entry: Entry, path: str, format_: _Format) -> str | None:
        """A paper as it stands in a document, None where it isn't there or not as it is now."""
        if not self._before.stays(urls.paper_page(entry.key)):
            return None
        if self._path != path:
            self._path, self._texts = path, format_.texts(self._before.text(path))
        return self._texts.get(items.id_of(self._settings, entry))


# --- feeds ----------------------------------------------------------------------------------


class _Texts(Struct):
    """What feeds say of each paper, in each format, made once for all of them."""

    archive: Archive
    kept: _Kept
    _made: dict[tuple[str, str], str] = field(default_factory=dict)
    _items: dict[str, Item] = field(default_factory=dict)
    _issues: dict[str, Item] = field(default_factory=dict)
    _lines: dict[str, str] = field(default_factory=dict)

    def of(self, entry: Entry, path: str, format_: _Format) -> str:
        """A paper in a format, for a feed of a path."""
        key = (entry.key, format_.file)
        made = self._made.get(key)
        if made is None:
            if len(self._made) >= KEPT_TEXTS:
                self._made.clear()
                self._items.clear()
            made = self.kept.text(entry, path, format_) or format_.text(self._item(entry))
            self._made[key] = made
        return made

    def _item(self, entry: Entry) -> Item:
        item = self._items.get(entry.key)
        if item is None:
            item = self._items[entry.key] = items.of_paper(self.archive, entry)
        return item

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
    path = feed.folder + format_.file
    described = _feed(
        archive,
        feed.folder.rstrip("/") or ARCHIVE,
        feed.title(archive.settings),
        feed.description,
        path,
        feed.page,
        moments,
    )
    papers = [texts.of(entry, path, format_) for entry in feed.entries]
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


def _months(
    archive: Archive, months: dict[str, list[Entry]], kept: _Kept, atom: _Format
) -> Iterator[Target]:
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
            partial(_month, archive, kept, atom, name, entries, before, after, is_over),
        )


def _month(
    archive: Archive,
    kept: _Kept,
    atom: _Format,
    name: str,
    entries: Sequence[Entry],
    before: str,
    after: str,
    is_over: object,
) -> bytes:
    settings = archive.settings
    feed = _feed(
        archive,
        ARCHIVE,  # all documents of one feed have its id
        subscriptions.title_of(name, settings),
        subscriptions.shown(settings.description),
        urls.month_feed(name),
        urls.month_page(name),
        map(items.updated, entries),
    )
    links = (
        ("current", settings.site_url + urls.ATOM_FILE),
        *_links(archive, ("prev-archive", before), ("next-archive", after)),
    )
    texts = (
        kept.text(entry, urls.month_feed(name), atom)
        or atom.text(items.lasting(items.of_paper(archive, entry)))
        for entry in entries
    )
    return atom.document(feed._replace(links=links, is_archive=bool(is_over)), texts)


def _links(archive: Archive, *months: tuple[str, str]) -> Links:
    """Relations and addresses of months' documents, of those that have a name."""
    site = archive.settings.site_url
    return tuple((relation, site + urls.month_feed(name)) for relation, name in months if name)
