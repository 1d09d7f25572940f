"""The parser of three formats: the fields it reads, and the files it refuses."""

from __future__ import annotations

import json
import re
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from generator.review.feeds import parse
from generator.review.feeds.parse import MalformedFeed, ParsedEntry
from tests.effort import peak_memory

RSS = """<?xml version="1.0" encoding="UTF-8"?>
<rss version="2.0" xmlns:atom="http://www.w3.org/2005/Atom"><channel><title>T</title>
<item><title>A title</title><link>https://example.org/papers/1/</link>
<guid isPermaLink="false">tag:example.org,2025:papers/1</guid>
<pubDate>Mon, 10 Mar 2025 00:00:00 +0000</pubDate><description>Text</description>
<category>Graphs</category></item></channel></rss>"""
ATOM = """<?xml version="1.0" encoding="UTF-8"?>
<feed xmlns="http://www.w3.org/2005/Atom"><title>T</title>
<entry><id>tag:example.org,2025:papers/1</id><title>A title</title>
<link rel="related" href="https://example.org/code"/>
<link rel="alternate" href="https://example.org/papers/1/"/>
<published>2025-03-10T00:00:00Z</published><updated>2025-03-11T01:00:00+01:00</updated>
<author><name>A. Author</name></author><content type="html">Text</content>
<category term="graphs"/></entry></feed>"""
JSON = json.dumps(
    {
        "version": "https://jsonfeed.org/version/1.1",
        "items": [
            {
                "id": "tag:example.org,2025:papers/1",
                "url": "https://example.org/papers/1/",
                "title": "A title",
                "date_published": "2025-03-10T00:00:00Z",
                "date_modified": "2025-03-11T00:00:00Z",
                "content_html": "Text",
                "tags": ["Graphs"],
            }
        ],
    }
)
FEEDS = {"rss.xml": RSS, "atom.xml": ATOM, "feed.json": JSON}


def read(name: str, text: str) -> ParsedEntry:
    (entry,) = parse.read(name, text.encode()).items
    return entry


def test_the_formats_are_those_a_site_has() -> None:
    assert list(parse.PARSERS) == list(FEEDS)


@pytest.mark.parametrize("name", FEEDS)
def test_an_entry_is_the_same_in_each_format(name: str) -> None:
    item = read(name, FEEDS[name])
    assert item.id == "tag:example.org,2025:papers/1"
    assert item.link == "https://example.org/papers/1/"
    assert item.title == "A title"
    assert item.published == datetime(2025, 3, 10, tzinfo=UTC)
    assert item.updated == (None if name == "rss.xml" else datetime(2025, 3, 11, tzinfo=UTC))


@pytest.mark.parametrize("name", FEEDS)
@pytest.mark.parametrize(
    ("old", "new", "is_content"),
    [
        ("A title", "Another", True),
        ("Text", "Other text", True),
        ("https://example.org/papers/1/", "https://example.org/papers/2/", True),
        ("Graphs", "Sets", False),
        ('term="graphs"', 'term="sets"', False),
        ("Mon, 10 Mar", "Tue, 11 Mar", False),
        ("2025-03-1", "2025-03-2", False),
        ("papers/1<", "papers/2<", False),
    ],
)
def test_categories_ids_and_times_are_not_content(
    name: str, old: str, new: str, *, is_content: bool
) -> None:
    text = FEEDS[name]
    changed = read(name, text.replace(old, new))
    if old in text:
        assert (changed.content != read(name, text).content) == is_content


def test_an_author_is_content_and_an_extension_is_not() -> None:
    assert read("atom.xml", ATOM.replace("A. Author", "B. Author")).content != (
        read("atom.xml", ATOM).content
    )
    extended = JSON.replace('"tags"', '"_tags": [{"slug": "graphs"}], "tags"')
    assert read("feed.json", extended).content == read("feed.json", JSON).content


def test_the_way_xml_is_written_is_not_content() -> None:
    other = RSS.replace("<rss ", '<rss xmlns:dc="http://purl.org/dc/elements/1.1/" ')
    other = other.replace(">Text<", "><![CDATA[Text]]><").replace("<item>", "<item><!-- x -->")
    assert read("rss.xml", other) == read("rss.xml", RSS)


ENTITIES = "".join(
    f'<!ENTITY {name} "{f"&{before};" * 10}">'
    for before, name in zip("abcdefghi", "bcdefghij", strict=True)
)
BOMB = RSS.replace("<rss ", f'<!DOCTYPE rss [<!ENTITY a "aaaaaaaaaa">{ENTITIES}]><rss ')
OUTSIDE = '<!-- x --> <?x y?>\n<!DOCTYPE rss SYSTEM "http://127.0.0.1:9/">\n<rss '
ITEM = RSS[RSS.index("<item>") : RSS.index("</channel>")]


@pytest.mark.parametrize(
    ("name", "text", "why"),
    [
        ("rss.xml", "", "XML"),
        ("rss.xml", RSS[:-20], "well-formed"),
        ("rss.xml", ATOM, "not RSS"),
        ("atom.xml", RSS, "not Atom"),
        ("atom.xml", ATOM.replace("entry><id>", "entry><id/><id>"), "no id"),
        ("atom.xml", re.sub("<updated>.*?</updated>", "", ATOM), "updated"),
        ("rss.xml", RSS.replace("10 Mar 2025", "40 Mar 2025"), "valid time"),
        ("atom.xml", ATOM.replace("2025-03-11T", "2025-13-11T"), "valid time"),
        ("atom.xml", ATOM.replace("2025-03-11T01:00:00+", "0001-01-01T00:00:00+"), "valid time"),
        ("rss.xml", RSS.replace("</channel>", ITEM + "</channel>"), "twice"),
        ("rss.xml", BOMB.replace("Text", "&j;"), "document type"),
        ("rss.xml", BOMB.replace('"false"', '"&j;"'), "document type"),
        ("rss.xml", RSS.replace("<rss ", OUTSIDE), "document type"),
        ("rss.xml", RSS.replace("Text", "&undeclared;"), "well-formed"),
        ("rss.xml", RSS.replace("Text", "<a>" * 100_000 + "</a>" * 100_000), "well-formed"),
        ("rss.xml", "<?xml version='1.0' encoding='utf-16'?><rss/>", "not RSS"),
        ("feed.json", "", "valid JSON"),
        ("feed.json", "[" * 1_000_000, "valid JSON"),
        ("feed.json", '{"items":' * 200_000, "valid JSON"),
        ("feed.json", "9" * 100_000, "valid JSON"),
        ("feed.json", "[]", "not a JSON Feed"),
        ("feed.json", '{"version": "https://jsonfeed.org/version/1.1"}', "items"),
        ("feed.json", JSON.replace('"A title"', "7"), "isn't text"),
        ("feed.json", JSON.replace('"items": [', '"items": [3, '), "items"),
        ("feed.json", JSON.replace('"tag:example.org,2025:papers/1"', "null"), "isn't text"),
    ],
)
def test_a_file_that_is_no_feed_is_refused_with_a_reason(name: str, text: str, why: str) -> None:
    with pytest.raises(MalformedFeed, match=why):
        parse.read(name, text.encode())


def test_a_document_type_in_a_text_is_text() -> None:
    text = RSS.replace(">Text<", "><![CDATA[<!DOCTYPE html>]]><")
    assert read("rss.xml", text).title == "A title"


def test_a_file_that_is_too_large_is_refused_unread() -> None:
    data = bytes(100_000_000)

    def refuse() -> None:
        with pytest.raises(MalformedFeed, match="larger than 32 MB"):
            parse.read("rss.xml", data)

    assert peak_memory(refuse) < 1_000_000


def reads_or_refuses(name: str, data: bytes) -> bool:
    try:
        parse.read(name, data)
    except MalformedFeed as error:
        return bool(str(error))
    return True


@given(st.sampled_from(sorted(FEEDS)), st.binary(max_size=200))
def test_any_bytes_are_a_feed_or_refused(name: str, data: bytes) -> None:
    assert reads_or_refuses(name, data)


@given(st.sampled_from(sorted(FEEDS)), st.integers(0, 600), st.binary(min_size=1, max_size=3))
def test_a_damaged_feed_is_a_feed_or_refused(name: str, place: int, damage: bytes) -> None:
    data = FEEDS[name].encode()
    assert reads_or_refuses(name, data[:place] + damage + data[place + 1 :])
