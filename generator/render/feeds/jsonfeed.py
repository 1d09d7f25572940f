"""JSON Feed 1.1 (https://www.jsonfeed.org/version/1.1/).

Takes a feed described once and its items, gives bytes: an item a line, in a fixed order of keys.
Does no I/O.
"""

from __future__ import annotations

import json
from collections.abc import Iterable

from generator.render.feeds.entry import FeedEntry, FeedInfo

VERSION = "https://jsonfeed.org/version/1.1"
_BEFORE, _AFTER = '"items": [\n', "\n]\n}\n"
_ID = '{"id": '
"""Each item begins so."""
_decode = json.JSONDecoder().raw_decode


def document(feed: FeedInfo, texts: Iterable[str]) -> bytes:
    """The feed of items' texts."""
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


def text(item: FeedEntry) -> str:
    """An item as it stands in documents."""
    values = {
        "id": item.id,
        "url": item.url,
        "external_url": item.links[0].url if item.links else "",
        "title": item.title,
        "content_html": item.html,
        "summary": item.summary,
        "date_published": item.published.isoformat(),
        "date_modified": item.updated.isoformat(),
        "authors": [{"name": name} for name in item.authors],
        "tags": [tag.label for tag in item.tags],
    }
    return _json({key: value for key, value in values.items() if value})


def texts(written: str) -> dict[str, str]:
    """Items' texts by their ids, out of a document that `document` wrote."""
    items = written.partition(_BEFORE)[2].removesuffix(_AFTER)
    lines = (line.removesuffix(",") for line in items.split("\n") if line)
    return {_decode(line, len(_ID))[0]: line for line in lines}


def _json(value: object) -> str:
    return json.dumps(value, ensure_ascii=False)
