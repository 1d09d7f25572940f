"""Templates of feedgen's output, which give the same bytes in a fraction of its time.

Takes a `FeedInfo` and entries, gives texts and documents. feedgen writes one feed whose values are
marks such as `@title@`; here the marks become placeholders, which are filled with escaped values.
Tests compare the results with feedgen's own. Entries are written separately from documents, since
a paper is in dozens of feeds. Does no I/O.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from datetime import UTC, datetime
from email.utils import format_datetime
from functools import lru_cache
from html import escape, unescape
from typing import NamedTuple

from generator.render.feeds.entry import FeedEntry, FeedInfo
from generator.render.preview import SourceLink, TagLink

Write = Callable[[FeedInfo, Iterable[FeedEntry]], bytes]
"""Writes a whole feed with feedgen, such as `rss_atom.atom`."""

_THEN, _LATER = datetime(2001, 2, 3, 4, tzinfo=UTC), datetime(2005, 6, 7, 8, tzinfo=UTC)
_RELATION = "current"
"""feedgen doesn't accept a mark as a relation."""
_MARKED_ENTRY = FeedEntry(
    id="@id@",
    url="@url@",
    title="@title@",
    authors=("@name@",),
    html="@html@",
    summary="@summary@",
    tags=(TagLink("@label@", "@scheme@", "@term@"),),
    links=(SourceLink("@relation@", "@href@"), SourceLink("@relation@", "@href@", "@type@")),
    published=_THEN,
    updated=_LATER,
)
_MARKED_FEED = FeedInfo(
    id="@id@",
    title="@title@",
    description="@description@",
    url="@url@",
    page="@page@",
    language="@language@",
    publisher="@publisher@",
    site="@site@",
    style="@style@",
    updated=_LATER,
    links=((_RELATION, "@href@"),),
)
_MARK = re.compile(r'(?<==")@(\w+)@|@(\w+)@')
_TEXTS = ("id", "title", "description", "url", "page", "language", "publisher", "site", "style")
"""The fields of a `FeedInfo` that are text."""


class XmlTemplate(NamedTuple):
    """A feed format as templates for `str.format`, empty for elements that it doesn't have."""

    head: str
    """The text before the entries."""
    archive_head: str
    """The text before the entries of an archive document (RFC 5005)."""
    feed_link: str
    entry: str
    author: str
    link: str
    typed_link: str
    category: str
    foot: str

    @classmethod
    def of(cls, write: Write) -> XmlTemplate:
        """The template of a format that feedgen writes."""
        archive = _MARKED_FEED._replace(is_archive=True)
        archive_head, _, _ = _cut(write(archive, [_MARKED_ENTRY]).decode())
        head, entry, foot = _cut(write(_MARKED_FEED, [_MARKED_ENTRY]).decode())
        indent = entry.partition("<")[0]
        inner = f"{indent}  "
        archive_head, _ = _lift(archive_head, indent, "@href@", "@links@")
        head, (feed_link, *_) = _lift(head, indent, "@href@", "@links@")
        entry, (author, *_) = _lift(entry, inner, "@name@", "@authors@")
        entry, (link, typed_link, *_) = _lift(entry, inner, "@href@", "@links@")
        entry, (category, *_) = _lift(entry, inner, "@label@", "@categories@")
        feed_link = feed_link.replace(f'rel="{_RELATION}"', 'rel="@relation@"')
        own = (head, archive_head, feed_link, entry, author, link, typed_link, category, foot)
        return cls(*map(_places, own))

    def text(self, entry: FeedEntry) -> str:
        """An entry as it stands in documents."""
        links = (
            (self.typed_link if media_type else self.link).format(
                relation_=_quoted(label), href_=_quoted(url), type_=_quoted(media_type)
            )
            for label, url, media_type in entry.links
        )
        categories = (
            self.category.format(
                term_=_quoted(slug), label=_text(name), label_=_quoted(name), scheme_=_quoted(url)
            )
            for name, url, slug in entry.tags
        )
        return self.entry.format(
            id=_text(entry.id),
            url=_text(entry.url),
            url_=_quoted(entry.url),
            title=_text(entry.title),
            html=_text(entry.html),
            summary=_text(entry.summary),
            authors="".join(_author(self.author, name) for name in entry.authors),
            links="".join(links),
            categories="".join(categories),
            published=entry.published.isoformat(),
            published_rfc=_rfc_822(entry.published),
            updated=entry.updated.isoformat(),
        )

    def document(self, feed: FeedInfo, texts: Iterable[str]) -> bytes:
        """A whole document with entries that `text` gave."""
        values: dict[str, str] = {}
        for name in _TEXTS:
            value = getattr(feed, name)
            values |= {name: _text(value), f"{name}_": _quoted(value)}
        head = (self.archive_head if feed.is_archive else self.head).format(
            **values,
            links="".join(
                self.feed_link.format(relation_=relation, href_=_quoted(url))
                for relation, url in feed.links
            ),
            updated=feed.updated.isoformat(),
            updated_rfc=_rfc_822(feed.updated),
        )
        return f"{head}{''.join(texts)}{self.foot}".encode()

    def texts(self, written: str) -> dict[str, str]:
        """The texts of entries by id, read from a document that `document` wrote."""
        # Neither can occur in the values of an entry, in which "<" is escaped.
        opening = self.entry.partition("\n")[0] + "\n"
        before_id = self.entry.partition("{id}")[0].rpartition("\n")[2]
        _, *rest = written.removesuffix(self.foot).split(opening)
        ids = (text.partition(before_id)[2].partition("<")[0] for text in rest)
        return {
            unescape(entry_id): opening + text for entry_id, text in zip(ids, rest, strict=True)
        }


@lru_cache(maxsize=16_384)
def _author(place: str, name: str) -> str:
    return place.format(name=_text(name))


# Cached since many entries have the same time.
_rfc_822 = lru_cache(maxsize=4_096)(format_datetime)


def _text(value: str) -> str:
    return escape(value, quote=False)


def _quoted(value: str) -> str:
    return escape(value, quote=False).replace('"', "&quot;")


# --- templates of feedgen's output --------------------------------------------------------------


def _cut(written: str) -> tuple[str, str, str]:
    """The text before the entry, the entry, and the text after it."""
    found = re.search(r"^ *<(entry|item)>\n.*^ *</\1>\n", written, re.DOTALL | re.MULTILINE)
    if found is None:
        raise AssertionError("feedgen wrote no entry")
    return written[: found.start()], found[0], written[found.end() :]


def _lift(written: str, indent: str, mark: str, place: str) -> tuple[str, list[str]]:
    """Replace all elements that contain a mark by one placeholder.

    Returns the text and the elements, or two empty strings if there are none. An element begins
    after `indent` and includes the lines that are indented further and its end tag.
    """
    element = rf"^{indent}<[^/].*\n(?:{indent}(?: |</).*\n)*"
    found = [each for each in re.findall(element, written, re.MULTILINE) if mark in each]
    for each in found:
        written = written.replace(each, place if each is found[0] else "")
    return written, found or ["", ""]


def _places(written: str) -> str:
    """Turn marks into placeholders; names of those in attributes get an underscore at the end."""
    plain = written.replace("{", "{{").replace("}", "}}")
    for name, moment in {"published": _THEN, "updated": _LATER}.items():
        plain = plain.replace(moment.isoformat(), f"@{name}@")
        plain = plain.replace(format_datetime(moment), f"@{name}_rfc@")
    return _MARK.sub(lambda mark: f"{{{mark[1]}_}}" if mark[1] else f"{{{mark[2]}}}", plain)
