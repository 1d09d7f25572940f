"""JSON Feed 1.1 (https://www.jsonfeed.org/version/1.1/).

Takes a `FeedInfo` and entries, gives bytes with one entry on each line and a fixed order of keys.
Does no I/O.
"""

from __future__ import annotations

import json
from collections.abc import Iterable

from generator.render.feeds.entry import FeedEntry, FeedInfo

VERSION = "https://jsonfeed.org/version/1.1"
_BEFORE, _AFTER = '"items": [\n', "\n]\n}\n"
_ID = '{"id": '
"""The beginning of each entry."""
_decode = json.JSONDecoder().raw_decode


def document(feed: FeedInfo, texts: Iterable[str]) -> bytes:
    """The document with entries that `text` gave."""
    head = {
        "version": VERSION,
        "title": feed.title,
        "home_page_url": feed.page,
        "feed_url": feed.url,
        "description": feed.description,
        "authors": [{"name": feed.publisher, "url": feed.site}],
        "language": feed.language,
    }
    lines = "".join(f"{_json(key)}: {_json(value)},\n" for key, value in head.items())
    items = ",\n".join(texts)
    return f"{{\n{lines}{_BEFORE}{items}{_AFTER}".encode()


def text(entry: FeedEntry) -> str:
    """An entry as JSON on one line."""
    values = {
        "id": entry.id,
        "url": entry.url,
        "external_url": entry.links[0].url if entry.links else "",
        "title": entry.title,
        "content_html": entry.html,
        "summary": entry.summary,
        "date_published": entry.published.isoformat(),
        "date_modified": entry.updated.isoformat(),
        "authors": [{"name": name} for name in entry.authors],
        "tags": [tag.label for tag in entry.tags],
    }
    return _json({key: value for key, value in values.items() if value})


def texts(written: str) -> dict[str, str]:
    """The texts of entries by id, read from a document that `document` wrote."""
    items = written.partition(_BEFORE)[2].removesuffix(_AFTER)
    lines = (line.removesuffix(",") for line in items.split("\n") if line)
    return {_decode(line, len(_ID))[0]: line for line in lines}


def _json(value: object) -> str:
    return json.dumps(value, ensure_ascii=False)
