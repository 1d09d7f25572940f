"""The RSS feed as feedparser reads it: whole days, permanent ids, and text that stays text."""

from __future__ import annotations

import calendar
import html.parser
import re
import xml.etree.ElementTree as ET
from datetime import UTC, date, datetime, timedelta
from typing import Any

import feedparser
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from generator.archive.model import Archive
from generator.core.model import Paper
from generator.render.feeds.targets import feed_targets
from tests.archives import MONDAY, daily, joined, paper, tag, varied

TUESDAY = MONDAY + timedelta(days=1)
DC = "{http://purl.org/dc/elements/1.1/}"
CONTENT = "{http://purl.org/rss/1.0/modules/content/}"
HOSTILE = (
    '<script>alert("1")</script>',
    "<img src=x onerror=alert(1)>",
    "]]><b>",
    "&lt;b&gt;&amp;",
    "a\x00b\x01c\x0b\x1f",
    "\x7f\x9f\ufffe\uffff",
    "\u202eabc",
    "[a](javascript:alert(1))",
    r"\href{javascript:alert(1)}{x}",
    "$<b>$",
    "<!-- -->",
    "<![CDATA[x]]>",
    "<?xml?>",
    "&#60;b&#62;",
)


def made(archive: Archive, path: str = "rss.xml") -> bytes:
    """The bytes of a feed file."""
    return next(target.make() for target in feed_targets(archive) if target.path == path)


def read(archive: Archive, path: str = "rss.xml") -> Any:
    found = feedparser.parse(made(archive, path), sanitize_html=False, resolve_relative_uris=False)
    assert not found.bozo, found.get("bozo_exception")
    return found


def items(archive: Archive) -> list[ET.Element]:
    return list(ET.fromstring(made(archive)).iter("item"))


def archive_of_days(*counts: int, entries: int) -> Archive:
    lists = [
        daily(MONDAY + timedelta(days=day), *(paper(f"25{day:02}.{n:05}") for n in range(count)))
        for day, count in enumerate(counts)
    ]
    return joined(*lists, feed_entries=entries)


class Markup(html.parser.HTMLParser):
    """The elements, comments, declarations and words of an HTML text."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.elements: list[tuple[str, list[tuple[str, str | None]]]] = []
        self.text = ""
        self.feed(text)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, attrs))

    def handle_data(self, data: str) -> None:
        self.text += data

    def handle_comment(self, data: str) -> None:
        self.elements.append((f"comment {data}", []))

    def handle_decl(self, decl: str) -> None:
        self.elements.append((f"declaration {decl}", []))

    def unknown_decl(self, data: str) -> None:
        self.elements.append((f"declaration {data}", []))

    def handle_pi(self, data: str) -> None:
        self.elements.append((f"instruction {data}", []))


OWN_ELEMENTS = {
    ("p", ()),
    ("a", (("href", "https://arxiv.org/abs/2503.00001"),)),
    ("a", (("href", "https://arxiv.org/pdf/2503.00001"),)),
}


def elements(text: str) -> set[tuple[str, tuple[tuple[str, str | None], ...]]]:
    return {(name, tuple(attributes)) for name, attributes in Markup(text).elements}


# ---- what is in it


@pytest.mark.parametrize(
    ("counts", "entries", "expected"),
    [
        ((3, 2, 1), 1, 1),
        ((3, 2, 1), 2, 3),
        ((3, 2, 1), 3, 3),
        ((3, 2, 1), 4, 6),
        ((3, 2, 1), 100, 6),
        ((50, 2), 3, 52),
    ],
)
def test_whole_days_until_there_are_enough(
    counts: tuple[int, ...], entries: int, expected: int
) -> None:
    assert len(items(archive_of_days(*counts, entries=entries))) == expected


def test_newest_first_and_within_a_day_in_the_lists_order() -> None:
    found = read(archive_of_days(2, 2, entries=9))
    assert [entry.link[-11:-1] for entry in found.entries] == [
        "2501.00000",
        "2501.00001",
        "2500.00000",
        "2500.00001",
    ]


def test_a_paper_that_is_listed_again_does_not_come_back() -> None:
    archive = joined(daily(MONDAY, paper()), daily(TUESDAY, paper(), paper("2503.00002")))
    assert [entry.link[-11:-1] for entry in read(archive).entries] == ["2503.00002", "2503.00001"]
    assert read(archive).entries[1].published.startswith("Mon, 10 Mar 2025")


def test_the_channel() -> None:
    channel = read(joined(daily(), language="de")).feed
    assert (channel.title, channel.link) == (
        "Archive of Placeholders",
        "https://example.org/papers/",
    )
    assert (channel.subtitle, channel.language) == ("Invented papers, for tests.", "de")
    (own,) = [link for link in channel.links if link.rel == "self"]
    assert (own.href, own.type) == ("https://example.org/papers/rss.xml", "application/rss+xml")


def test_an_entry() -> None:
    entry = next(each for each in read(joined_varied()).entries if "2503.00001" in each.link)
    assert entry.title == "Über die O(n) of placeholders"
    assert entry.link == "https://example.org/papers/papers/2503.00001/"
    assert [author.name for author in entry.authors] == [
        "Ö. Müller-Beispiel",
        "A. Author",
        "B. Author",
    ]
    assert {(each.term, each.scheme) for each in entry.tags} == {
        ("Long context", "https://example.org/papers/tags/long-context/"),
        ("Methods", "https://example.org/papers/tags/methods/"),
    }
    assert entry.summary == "A summary in our own words."
    assert entry.content[0].value.startswith(
        "<p>A summary in our own words.</p>"
        "<p>First paragraph, 97.3% sure.</p>\n<p>Second paragraph.</p>"
    )


def joined_varied() -> Archive:
    from generator.archive.build import build_archive

    return build_archive(varied())


def test_an_id_is_a_tag_uri_and_no_permalink() -> None:
    for item in items(joined_varied()):
        guid = item.find("guid")
        assert guid is not None
        assert guid.text is not None
        assert guid.attrib == {"isPermaLink": "false"}
        assert re.fullmatch(r"tag:example\.org,2025:papers/[a-z0-9.-]+", guid.text)


@pytest.mark.parametrize(
    "settings_changed",
    [{"site_url": "https://example.org/moved/"}, {"title": "Another"}, {"repository": ""}],
)
def test_ids_stay_when_the_site_moves(settings_changed: dict[str, str]) -> None:
    def ids(archive: Archive) -> list[str]:
        return [entry.id for entry in read(archive).entries]

    assert ids(joined(daily(), **settings_changed)) == ids(joined(daily()))


def test_an_id_stays_when_title_text_and_tags_change() -> None:
    one = joined(daily(MONDAY, paper(title="One")))
    other = joined(
        daily(MONDAY, paper(title="Two", summary="New.")), tags=[tag("graphs", match=("two",))]
    )
    assert read(one).entries[0].id == read(other).entries[0].id


def test_every_author_is_a_creator() -> None:
    names = tuple(f"N. Number{n}" for n in range(60))
    (item,) = items(joined(daily(MONDAY, paper(authors=names))))
    assert [creator.text for creator in item.iter(f"{DC}creator")] == list(names)


def test_a_paper_without_authors_has_no_creator() -> None:
    (item,) = items(joined(daily()))
    assert list(item.iter(f"{DC}creator")) == []


# ---- times


def test_times_are_the_lists_and_not_the_clocks() -> None:
    archive = joined(daily(MONDAY), daily(TUESDAY, paper("2503.00002")))
    found = read(archive)
    times = [
        datetime.fromtimestamp(calendar.timegm(e.published_parsed), UTC) for e in found.entries
    ]
    assert times == [datetime(2025, 3, 11, tzinfo=UTC), datetime(2025, 3, 10, tzinfo=UTC)]
    assert re.fullmatch(r"Tue, 11 Mar 2025 00:00:\d\d \+0000", found.feed.updated)
    assert str(date.today().year) not in made(archive).decode() or date.today().year == 2025  # noqa: DTZ011


def test_two_runs_give_the_same_bytes() -> None:
    assert made(joined_varied()) == made(joined_varied())


def test_an_empty_archive_has_a_feed() -> None:
    found = read(joined())
    assert (found.entries, found.feed.title) == ([], "Archive of Placeholders")


def test_an_old_archive_has_a_feed() -> None:
    assert (
        read(joined(daily(date(1066, 10, 14)))).entries[0].published.endswith("1066 00:00:00 +0000")
    )


# ---- hostile texts


def hostile_paper(text: str, **more: Any) -> Paper:
    return paper(title=f"T {text}", authors=(f"A {text}",), **more)


@pytest.mark.parametrize("text", HOSTILE)
@pytest.mark.parametrize("fields", [(), ("summary",), ("abstract",), ("summary", "abstract")])
def test_nothing_in_a_text_becomes_markup(text: str, fields: tuple[str, ...]) -> None:
    """Readers take `description` as HTML, so it may contain only elements that we wrote."""
    archive = joined(daily(MONDAY, hostile_paper(text, **dict.fromkeys(fields, f"S {text}"))))
    (entry,) = read(archive).entries
    assert elements(entry.content[0].value) <= OWN_ELEMENTS
    assert Markup(entry.content[0].value).text.strip()


@pytest.mark.parametrize("text", HOSTILE)
def test_an_entry_with_only_a_title_shows_it_as_text(text: str) -> None:
    (entry,) = read(joined(daily(MONDAY, hostile_paper(text, paper_id="a-slug")))).entries
    assert elements(entry.content[0].value) == {("p", ())}
    assert Markup(entry.content[0].value).text.startswith("T")


def test_links_in_an_entry_are_those_of_the_paper() -> None:
    links = (("code", "https://example.org/?a=1&b='2'"), ("<b>", "https://example.org/b"))
    (entry,) = read(joined(daily(MONDAY, paper("a-slug", links=links)))).entries
    shown = elements(entry.content[0].value)
    found = {value for _, attributes in shown for _, value in attributes}
    assert found <= {url for _, url in links}
    assert "b" not in {name for name, _ in shown}


@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_texts_anywhere_leave_well_formed_xml(text: str) -> None:
    archive = joined(
        daily(MONDAY, hostile_paper(text)),
        tags=[tag("graphs", f"N {text}", match=("T",))],
        title=f"T {text}",
        description=f"D {text}",
        language="en",
    )
    (item,) = items(archive)
    assert {child.tag for child in item} == {
        "title",
        "link",
        "description",
        f"{CONTENT}encoded",
        "guid",
        "category",
        "pubDate",
        f"{DC}creator",
    }
    assert read(archive).feed.link == "https://example.org/papers/"


@settings(max_examples=60)
@given(st.text(max_size=30), st.text(max_size=30), st.text(max_size=30))
def test_any_texts_make_a_feed(title: str, name: str, summary: str) -> None:
    archive = joined(daily(MONDAY, paper(title=f"T{title}", authors=(name,), summary=summary)))
    (entry,) = read(archive).entries
    assert entry.title.startswith("T")
    assert elements(entry.content[0].value) <= OWN_ELEMENTS


@pytest.mark.parametrize("title", ["\u202e", "{}", "\x01"])
def test_a_title_without_visible_characters_makes_a_feed(title: str) -> None:
    assert len(items(joined(daily(MONDAY, paper(title=title))))) == 1
