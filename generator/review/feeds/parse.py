"""Parses feeds: RSS 2.0, Atom and JSON Feed 1.1 to the same type.

Takes the bytes of a file, which may be hostile; gives a `ParsedFeed` or raises `MalformedFeed`.
Expands no entities, loads nothing that a file refers to and does no I/O.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable, Mapping
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from hashlib import blake2b
from types import MappingProxyType
from typing import Any

from lxml import etree
from msgspec import Struct

MAX_BYTES = 32 * 1024 * 1024
"""Larger files are refused unread. The feed of a month with 5,000 papers has about 25 MB."""

_ATOM = "{http://www.w3.org/2005/Atom}"
_MODIFIED = "{http://purl.org/dc/terms/}modified"
_DOCTYPE = re.compile(rb"(?:\xef\xbb\xbf)?(?:\s+|<\?.*?\?>|<!--.*?-->)*+<!DOCTYPE", re.DOTALL)
_NOT_CONTENT = frozenset(
    {"guid", "pubDate", "category", _MODIFIED}
    | {_ATOM + name for name in ("id", "published", "updated", "category")}
)
"""Elements that aren't content: if only they change, the entry's content is the same."""


class MalformedFeed(Exception):  # noqa: N818 - it says what the file is
    """A file isn't a feed of the format that its name says; the message says why."""


class ParsedEntry(Struct, frozen=True):
    """The fields of an entry that subscribers rely on."""

    id: str
    link: str
    """The URL of the entry's page; empty if there is none."""
    title: str
    published: datetime | None
    updated: datetime | None
    """None if the entry doesn't have it; RSS 2.0 has no element for it."""
    content: bytes
    """The digest of everything except id, times and categories."""


class ParsedFeed(Struct, frozen=True):
    """The entries of a feed, in its order; each id is unique."""

    items: tuple[ParsedEntry, ...]
    url: str = ""
    """The address of the feed, as it says itself; empty if it doesn't."""


_Parsed = tuple[str, Iterable[ParsedEntry]]
"""The address of a feed and its entries."""


def read(name: str, data: bytes) -> ParsedFeed:
    """The feed in a file; its name must be in `PARSERS`. Raises MalformedFeed."""
    if len(data) > MAX_BYTES:
        raise MalformedFeed(f"it is larger than {MAX_BYTES >> 20} MB")
    url, entries = PARSERS[name](data)
    items = tuple(entries)
    seen: set[str] = set()
    for item in items:
        if not item.id:
            raise MalformedFeed(f"the entry '{item.title[:60]}' has no id")
        if item.id in seen:
            raise MalformedFeed(f"the id {item.id[:100]} appears twice")
        seen.add(item.id)
    return ParsedFeed(items, url)


def _rss(data: bytes) -> _Parsed:
    """RSS 2.0 (https://www.rssboard.org/rss-specification), with `atom:updated` if present."""
    root = _xml(data)
    channel = root.find("channel")
    if root.tag != "rss" or channel is None:
        raise MalformedFeed("it is XML, but not RSS 2.0")
    return _self(channel), _rss_items(channel)


def _rss_items(channel: etree._Element) -> Iterable[ParsedEntry]:
    for item in channel.iterfind("item"):
        updated = _text(item, _ATOM + "updated") or _text(item, _MODIFIED)
        yield ParsedEntry(
            id=_text(item, "guid"),
            link=_text(item, "link"),
            title=_text(item, "title"),
            published=_rfc822(_text(item, "pubDate")),
            updated=_rfc3339(updated),
            content=_digest(_children(item)),
        )


def _atom(data: bytes) -> _Parsed:
    """Atom (RFC 4287)."""
    root = _xml(data)
    if root.tag != _ATOM + "feed":
        raise MalformedFeed("it is XML, but not Atom")
    return _self(root), _atom_entries(root)


def _atom_entries(root: etree._Element) -> Iterable[ParsedEntry]:
    for entry in root.iterfind(_ATOM + "entry"):
        links = [
            link.get("href", "")
            for link in entry.iterfind(_ATOM + "link")
            if link.get("rel", "alternate") == "alternate"
        ]
        item = ParsedEntry(
            id=_text(entry, _ATOM + "id"),
            link=links[0] if links else "",
            title=_text(entry, _ATOM + "title"),
            published=_rfc3339(_text(entry, _ATOM + "published")),
            updated=_rfc3339(_text(entry, _ATOM + "updated")),
            content=_digest(_children(entry)),
        )
        if item.updated is None:
            raise MalformedFeed(f"the entry {item.id[:100]} has no `updated`")
        yield item


def _json(data: bytes) -> _Parsed:
    """JSON Feed 1.1 (https://www.jsonfeed.org/version/1.1/)."""
    try:
        feed = json.loads(data)
    except (ValueError, RecursionError) as error:
        raise MalformedFeed(f"it isn't valid JSON: {_short(error)}") from None
    if not isinstance(feed, dict) or not str(feed.get("version")).startswith(
        "https://jsonfeed.org/version/"
    ):
        raise MalformedFeed("it is JSON, but not a JSON Feed")
    items = feed.get("items")
    if not isinstance(items, list) or not all(isinstance(item, dict) for item in items):
        raise MalformedFeed("its 'items' isn't a list of objects")
    return _string(feed, "feed_url"), _json_items(items)


def _json_items(items: list[dict[str, Any]]) -> Iterable[ParsedEntry]:
    for item in items:
        yield ParsedEntry(
            id=_string(item, "id"),
            link=_string(item, "url"),
            title=_string(item, "title"),
            published=_rfc3339(_string(item, "date_published")),
            updated=_rfc3339(_string(item, "date_modified")),
            content=_digest(_members(item)),
        )


PARSERS: Mapping[str, Callable[[bytes], _Parsed]] = MappingProxyType(
    {"rss.xml": _rss, "atom.xml": _atom, "feed.json": _json}
)
"""Parsers by the name of a feed's file, which is the same in all folders."""


def _xml(data: bytes) -> etree._Element:
    if _DOCTYPE.match(data):
        raise MalformedFeed("it has a document type, which feeds don't need")
    parser = etree.XMLParser(
        encoding="utf-8",
        resolve_entities=False,
        load_dtd=False,
        no_network=True,
        huge_tree=False,
        remove_comments=True,
        remove_pis=True,
    )
    try:
        return etree.fromstring(data, parser)
    except (etree.LxmlError, ValueError) as error:
        raise MalformedFeed(f"it isn't well-formed XML: {_short(error)}") from None


def _self(element: etree._Element) -> str:
    """The address that a feed gives of itself."""
    links = element.iterfind(_ATOM + "link")
    return next((link.get("href", "") for link in links if link.get("rel") == "self"), "")


def _text(element: etree._Element, name: str) -> str:
    return (element.findtext(name) or "").strip()


def _string(item: dict[str, Any], key: str) -> str:
    value = item.get(key, "")
    if not isinstance(value, str):
        raise MalformedFeed(f"a '{key}' isn't text")
    return value


def _children(element: etree._Element) -> Iterable[bytes]:
    """The content of an RSS item or Atom entry, as canonical XML of its elements."""
    for child in element:
        if child.tag not in _NOT_CONTENT:
            yield etree.tostring(child, method="c14n", exclusive=True, with_tail=False)


def _members(item: dict[str, Any]) -> Iterable[bytes]:
    """The content of a JSON Feed item; extensions (`_…`) aren't content."""
    for key in sorted(item):
        if key not in {"id", "tags", "date_published", "date_modified"} and key[:1] != "_":
            yield json.dumps([key, item[key]], sort_keys=True).encode()


def _digest(parts: Iterable[bytes]) -> bytes:
    digest = blake2b(digest_size=16)
    for part in parts:
        digest.update(b"%d:" % len(part) + part)
    return digest.digest()


def _rfc822(text: str) -> datetime | None:
    return _time(text, parsedate_to_datetime)


def _rfc3339(text: str) -> datetime | None:
    return _time(text, datetime.fromisoformat)


def _time(text: str, parse: Callable[[str], datetime]) -> datetime | None:
    """A time in UTC, which is also the default; None for an empty text."""
    if not text:
        return None
    try:
        moment = parse(text)
        return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).astimezone(UTC)
    except (ValueError, OverflowError):
        raise MalformedFeed(f"'{text[:60]}' isn't a valid time") from None


def _short(error: Exception) -> str:
    """The first line of an error, cut."""
    lines = str(error).splitlines()
    return lines[0][:200] if lines else type(error).__name__
