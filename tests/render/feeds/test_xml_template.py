"""Feeds filled into templates have the same bytes as those that feedgen writes."""

from __future__ import annotations

import functools
from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from generator.render.feeds import rss_atom
from generator.render.feeds import targets as targets_module
from generator.render.feeds.entry import (
    FeedEntry,
    FeedInfo,
    midnight,
    paper_entry,
)
from generator.render.feeds.targets import feed_targets, feedgen_templates
from generator.render.feeds.xml_template import Write, XmlTemplate
from generator.render.preview import SourceLink, TagLink
from tests.archives import MONDAY, daily, joined, paper
from tests.render.feeds.test_feed_formats import archive_of_months, everything

TEXT = st.text(
    st.characters(blacklist_categories=("Cs", "Cc"), blacklist_characters="\ufffe\uffff"),
    min_size=1,
    max_size=12,
)
URL = st.sampled_from(["https://example.org/", "https://example.org/?a=1&b='2'", "http://x.y/{z}"])
MOMENT = st.datetimes(min_value=midnight(date(1900, 1, 1)).replace(tzinfo=None)).map(
    lambda moment: moment.replace(tzinfo=midnight(MONDAY).tzinfo)
)
ITEMS = st.builds(
    FeedEntry,
    id=TEXT,
    url=URL,
    title=TEXT,
    authors=st.lists(TEXT, max_size=3).map(tuple),
    html=TEXT,
    summary=TEXT,
    tags=st.lists(st.builds(TagLink, TEXT, URL, TEXT), max_size=3).map(tuple),
    links=st.lists(
        st.builds(SourceLink, TEXT, URL, st.sampled_from(["", "application/pdf"])), max_size=3
    ).map(tuple),
    published=MOMENT,
    updated=MOMENT,
)
FEEDS = st.builds(
    FeedInfo,
    id=TEXT,
    title=TEXT,
    description=TEXT,
    url=URL,
    page=URL,
    language=st.sampled_from(["en", "de-AT"]),
    publisher=TEXT,
    site=URL,
    style=st.sampled_from(["assets/feed.css", "../../assets/feed.css"]),
    updated=MOMENT,
    links=st.lists(
        st.tuples(st.sampled_from(["current", "prev-archive", "next-archive"]), URL), max_size=3
    ).map(tuple),
    is_archive=st.booleans(),
)


FEED = FeedInfo(
    id="tag:example.org,2025:feeds/archive",
    title="Title",
    description="Description",
    url="https://example.org/atom.xml",
    page="https://example.org/",
    language="en",
    publisher="Publisher",
    site="https://example.org/",
    style="assets/feed.css",
    updated=midnight(MONDAY),
)

template_of = functools.cache(XmlTemplate.of)


@pytest.mark.parametrize("write", [rss_atom.rss, rss_atom.atom])
@settings(max_examples=40, deadline=None)
@given(feed=FEEDS, own=st.lists(ITEMS, max_size=3))
def test_documents_are_what_feedgen_makes_of_the_whole_feed(
    write: Write, feed: FeedInfo, own: list[FeedEntry]
) -> None:
    template = template_of(write)
    assert template.document(feed, map(template.text, own)) == write(feed, own)


def test_papers_are_written_as_feedgen_writes_them() -> None:
    archive = everything()
    own = [paper_entry(archive, entry) for entry in archive.entries.values()]
    for write in (rss_atom.rss, rss_atom.atom):
        template = template_of(write)
        assert template.document(FEED, map(template.text, own)) == write(FEED, own)


def test_feeds_with_cached_templates_do_not_call_feedgen(monkeypatch: pytest.MonkeyPatch) -> None:
    archives = (everything(), archive_of_months(), joined(daily(MONDAY, paper())))
    expected = [{each.path: each.make() for each in feed_targets(one)} for one in archives]
    templates = feedgen_templates()
    monkeypatch.setattr(targets_module, "feedgen_templates", None)
    for one, files in zip(archives, expected, strict=True):
        made = {each.path: each.make() for each in feed_targets(one, templates=templates)}
        assert made == files
