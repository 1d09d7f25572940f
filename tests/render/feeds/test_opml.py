"""The list of all feeds, as feed readers import it."""

from __future__ import annotations

from typing import Any

import listparser
from lxml import etree

from tests.render.feeds.test_feed_formats import SITE, everything, files


def outlines(data: bytes) -> list[Any]:
    found = listparser.parse(data.decode())
    assert not found.get("bozo"), found
    return list(found.feeds)


def test_the_list_names_every_feed_once_in_groups() -> None:
    archive = everything()
    found = files(archive)
    listed = {each.url: each for each in outlines(found["feeds.opml"])}
    assert set(listed) == {SITE + path for path in found if path.endswith("rss.xml")}
    graphs = listed[f"{SITE}tags/graphs/rss.xml"]
    assert graphs.title == "Graphs · Archive of Placeholders"
    assert graphs.categories == [["Tags", "Methods", "Graphs"]]
    assert listed[f"{SITE}rss.xml"].categories == [["All papers"]]
    assert listed[f"{SITE}daily/rss.xml"].categories == [["Digests"]]


def test_outlines_say_where_feed_and_page_are() -> None:
    root = etree.fromstring(files(everything())["feeds.opml"])
    assert root.get("version") == "2.0"
    (own,) = root.xpath("//outline[starts-with(@text, 'Long context')]")
    assert dict(own.attrib) == {
        "text": "Long context · Archive of Placeholders",
        "title": "Long context · Archive of Placeholders",
        "type": "rss",
        "xmlUrl": f"{SITE}tags/long-context/rss.xml",
        "htmlUrl": f"{SITE}tags/long-context/",
    }
