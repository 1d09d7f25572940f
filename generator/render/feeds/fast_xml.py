"""The bytes that feedgen makes of feeds, in a part of its time: what it writes of marks, filled in.

Takes items and what feeds say of themselves, gives texts and documents. feedgen decides the form of
everything; here values are escaped and put in their places, which tests compare with what feedgen
makes of the same whole feed. A paper stands in dozens of feeds, so its text is made apart. Does no
I/O.
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
"""One of feedgen's formats, as in `rss_atom.py`; feeds of marks are all it is asked for."""

_THEN, _LATER = datetime(2001, 2, 3, 4, tzinfo=UTC), datetime(2005, 6, 7, 8, tzinfo=UTC)
MARKED_ITEM = FeedEntry(
    id="@id@",
    url="@url@",
    title="@title@",
    authors=("@name@",),
    html="@html@",
    summary="@summary@",
    tags=(TagLink("@label@", "@scheme@", "@term@"),),
    links=(SourceLink("@relation@", "@href@", "@type@"), SourceLink("@relation@", "@href@")),
    published=_THEN,
    updated=_LATER,
)
MARKED_FEED = FeedInfo(
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
)
_MARK = re.compile(r'(?<==")@(\w+)@|@(\w+)@')
_DATES = {"published": _THEN, "updated": _LATER}


class _EntryTemplate(NamedTuple):
    """What feedgen writes of an item, as texts for `str.format`."""

    whole: str
    """With places for all authors, links and categories."""
    author: str
    link: str
    typed_link: str
    category: str


def text(write: Write, item: FeedEntry) -> str:
    """An item as it stands in documents of a format."""
    form = _form(write)
    links = (
        (form.typed_link if media_type else form.link).format(
            relation_=_quoted(label), href_=_quoted(url), type_=_quoted(media_type)
        )
        for label, url, media_type in item.links
    )
    categories = (
        form.category.format(
            term_=_quoted(slug), label=_text(label), label_=_quoted(label), scheme_=_quoted(url)
        )
        for label, url, slug in item.tags
    )
    return form.whole.format(
        id=_text(item.id),
        url=_text(item.url),
        url_=_quoted(item.url),
        title=_text(item.title),
        html=_text(item.html),
        summary=_text(item.summary),
        authors="".join(_author(form.author, name) for name in item.authors),
        links="".join(links),
        categories="".join(categories),
        published=item.published.isoformat(),
        published_rfc=_rfc_822(item.published),
        updated=item.updated.isoformat(),
    )


@lru_cache(maxsize=16_384)
def _author(place: str, name: str) -> str:
    return place.format(name=_text(name))


# Many are published at the same moment.
_rfc_822 = lru_cache(maxsize=4_096)(format_datetime)


def document(write: Write, feed: FeedInfo, texts: Iterable[str]) -> bytes:
    """A whole document of a format, of its items' texts."""
    before, after = _shell(write, marked(feed))
    values: dict[str, str] = {}
    for name in (
        "id",
        "title",
        "description",
        "url",
        "page",
        "language",
        "publisher",
        "site",
        "style",
    ):
        values |= _both(name, getattr(feed, name))
    for at, (_, url) in enumerate(feed.links):
        values |= _both(f"link{at}", url)
    moments = {"updated": feed.updated.isoformat(), "updated_rfc": _rfc_822(feed.updated)}
    head = before.format(**values, **moments)
    return f"{head}{''.join(texts)}{after}".encode()


def marked(feed: FeedInfo) -> FeedInfo:
    """The feed of marks that has the form of a feed."""
    links = tuple((relation, f"@link{at}@") for at, (relation, _) in enumerate(feed.links))
    return MARKED_FEED._replace(links=links, is_archive=feed.is_archive)


def texts(write: Write, written: str) -> dict[str, str]:
    """Items' texts by their ids, out of a document that `document` wrote."""
    opening, before_id = _item(write)
    _, *rest = written.split(opening)
    if not rest:
        return {}
    after = _shell(write, MARKED_FEED)[1]
    rest[-1] = rest[-1].removesuffix(after)
    ids = (text.partition(before_id)[2].partition("<")[0] for text in rest)
    return {unescape(its_id): opening + text for its_id, text in zip(ids, rest, strict=True)}


# --- forms ----------------------------------------------------------------------------------


@lru_cache(maxsize=64)
def _form(write: Write) -> _EntryTemplate:
    _, item, _ = _cut(write(MARKED_FEED, [MARKED_ITEM]).decode())
    indent = len(item) - len(item.lstrip()) + 2
    blocks = re.split(rf"(?<=\n)(?= {{{indent}}}<[^/])", item)
    opening, blocks[-1:] = blocks.pop(0), _last(blocks[-1], indent)
    closing = blocks.pop()
    found: dict[str, str] = {}
    whole = [opening]
    for block in blocks:
        kind, variant = _kind(block)
        if not kind:
            whole.append(_places(block))
            continue
        if f"{{{kind}}}" not in whole:
            whole.append(f"{{{kind}}}")
        found.setdefault(variant, _places(block))
    whole.append(closing)
    return _EntryTemplate(
        "".join(whole),
        author=found["author"],
        link=found.get("link", ""),
        typed_link=found.get("typed_link", ""),
        category=found["category"],
    )


def _last(block: str, indent: int) -> tuple[str, str]:
    """The last block of an item, and what closes the item."""
    before, closing, after = block.rpartition(f"\n{' ' * (indent - 2)}</")
    return f"{before}\n", closing[1:] + after


def _kind(block: str) -> tuple[str, str]:
    """Of what there may be several in an item, and of which variant this one is."""
    if "@name@" in block:
        return "authors", "author"
    if "@href@" in block:
        return "links", "typed_link" if "@type@" in block else "link"
    return ("categories", "category") if "@label@" in block else ("", "")


@lru_cache(maxsize=64)
def _item(write: Write) -> tuple[str, str]:
    """How an item begins, and what stands before its id. No text of an item holds either."""
    whole = _form(write).whole
    return whole.partition("\n")[0] + "\n", whole.partition("{id}")[0].rpartition("\n")[2]


@lru_cache(maxsize=64)
def _shell(write: Write, feed: FeedInfo) -> tuple[str, str]:
    """What stands before and after the items of a feed of marks."""
    before, _, after = _cut(write(feed, [MARKED_ITEM]).decode())
    return _places(before), after


def _cut(written: str) -> tuple[str, str, str]:
    """What stands before an item, the item, and what follows it."""
    tag = "entry" if "<entry>" in written else "item"
    found = re.search(rf"^ *<{tag}>\n.*^ *</{tag}>\n", written, re.DOTALL | re.MULTILINE)
    if found is None:
        raise AssertionError(f"feedgen wrote no {tag}")
    return written[: found.start()], found[0], written[found.end() :]


def _places(written: str) -> str:
    """Marks made places, those in attributes with an underscore behind their names."""
    plain = written.replace("{", "{{").replace("}", "}}")
    for name, moment in _DATES.items():
        plain = plain.replace(moment.isoformat(), f"@{name}@")
        plain = plain.replace(format_datetime(moment), f"@{name}_rfc@")
    return _MARK.sub(lambda mark: f"{{{mark[1]}_}}" if mark[1] else f"{{{mark[2]}}}", plain)


def _both(name: str, value: str) -> dict[str, str]:
    return {name: _text(value), f"{name}_": _quoted(value)}


def _text(value: str) -> str:
    return escape(value, quote=False)


def _quoted(value: str) -> str:
    return escape(value, quote=False).replace('"', "&quot;")
