"""Feeds as machines read them: valid Atom, JSON Feed and OPML, the same entries in each format.

The schemas in `tests/schemas/` are written after RFC 4287 and https://www.jsonfeed.org/version/1.1/.
"""

from __future__ import annotations

import functools
import json
from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import feedparser
import jsonschema
import listparser
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import etree

from generator.archive.build import build_archive
from generator.archive.model import Archive
from generator.content import reader
from generator.core import paths
from generator.core.target import PreviousFiles, Target
from generator.render.feeds import rss_atom
from generator.render.feeds import targets as targets_module
from generator.render.feeds.entry import (
    Category,
    EntryLink,
    FeedEntry,
    FeedInfo,
    midnight,
    paper_entry,
)
from generator.render.feeds.targets import feed_targets, feedgen_templates, format_of
from generator.render.feeds.xml_template import Write, XmlTemplate
from generator.sources import run
from tests.archives import MONDAY, ROOT, daily, joined, minimal, paper, tag, varied
from tests.render.feeds.test_feeds import HOSTILE, OWN_ELEMENTS, Markup, elements, hostile_paper

SCHEMAS = ROOT / "tests" / "schemas"
ATOM = "{http://www.w3.org/2005/Atom}"
HISTORY = "{http://purl.org/syndication/history/1.0}"
SITE = "https://example.org/papers/"


@functools.cache
def atom_schema() -> Any:
    return etree.RelaxNG(etree.parse(SCHEMAS / "atom.rng"))


@functools.cache
def json_schema() -> Any:
    schema = json.loads((SCHEMAS / "jsonfeed.json").read_text("utf-8"))
    jsonschema.Draft202012Validator.check_schema(schema)
    return jsonschema.Draft202012Validator(schema)


def files(archive: Archive) -> dict[str, bytes]:
    return {target.path: target.make() for target in feed_targets(archive)}


def valid_atom(data: bytes) -> Any:
    """The feed element of an Atom document that obeys RFC 4287, its prose included."""
    root = etree.fromstring(data)
    schema = atom_schema()
    assert schema.validate(root), schema.error_log
    entries = root.findall(f"{ATOM}entry")
    for entry in [root, *entries]:
        alternates = [
            (link.get("type"), link.get("hreflang"))
            for link in entry.findall(f"{ATOM}link")
            if link.get("rel", "alternate") == "alternate"
        ]
        assert len(alternates) == len(set(alternates)) == 1
    assert root.find(f"{ATOM}author") is not None
    assert len([link for link in root.findall(f"{ATOM}link") if link.get("rel") == "self"]) == 1
    for name in ("id", "updated"):
        values = [entry.findtext(ATOM + name) for entry in entries]
        assert len(values) == len(set(values)), name
    return root


def valid_json(data: bytes) -> Any:
    found = json.loads(data)
    json_schema().validate(found)
    ids = [item["id"] for item in found["items"]]
    assert len(ids) == len(set(ids))
    return found


def parsed(data: bytes) -> Any:
    found = feedparser.parse(data, sanitize_html=False, resolve_relative_uris=False)
    assert not found.bozo, found.get("bozo_exception")
    return found


def check_all(archive: Archive) -> dict[str, bytes]:
    """Every file of the feeds, after each was read by its schema and by feedparser."""
    found = files(archive)
    for path, data in found.items():
        if path.endswith("atom.xml"):
            root = valid_atom(data)
            (own,) = [each for each in root.findall(f"{ATOM}link") if each.get("rel") == "self"]
            assert own.get("href") == archive.settings.site_url + path
        if path.endswith("feed.json"):
            assert valid_json(data)["feed_url"] == archive.settings.site_url + path
        if path.endswith(".xml"):
            parsed(data)
    return found


def everything() -> Archive:
    return build_archive(varied())


# ---- valid


def test_all_feeds_of_an_archive_are_valid() -> None:
    found = check_all(everything())
    assert {path for path in found if "/" not in path} == {
        "rss.xml",
        "atom.xml",
        "feed.json",
        "feeds.opml",
    }
    assert {path for path in found if path.startswith("tags/graphs/")} == {
        "tags/graphs/rss.xml",
        "tags/graphs/atom.xml",
        "tags/graphs/feed.json",
    }
    assert {path for path in found if path.startswith("monthly/")} == {
        "monthly/2025-03/atom.xml",
        "monthly/2024-12/atom.xml",
    }


def test_the_feeds_of_an_empty_archive_are_valid() -> None:
    assert set(check_all(joined())) == {
        *("rss.xml", "atom.xml", "feed.json", "feeds.opml"),
        *(f"{folder}/{name}" for folder in ("daily", "weekly") for name in NAMES),
    }


NAMES = ("rss.xml", "atom.xml", "feed.json")


def test_the_schemas_refuse_what_is_wrong() -> None:
    """Else all of the above would say nothing."""
    good = files(everything())["atom.xml"]
    for wrong in (
        good.replace(b"<id>tag:", b"<id>relative", 1),
        good.replace(b"<updated>2025-", b"<updated>yesterday ", 1),
        good.replace(b"  <entry>", b"  <item/>\n  <entry>", 1),
        good.replace(b"<name>A. Author</name>", b"<name> </name>", 1),
        good.replace(b'type="html"', b'type="markup"', 1),
    ):
        assert wrong != good
        assert not atom_schema().validate(etree.fromstring(wrong))
    feed = json.loads(files(everything())["feed.json"])
    for key, value in (("id", 7), ("url", "papers/x/"), ("date_published", "2025-03-10")):
        broken = {**feed, "items": [{**feed["items"][0], key: value}]}
        with pytest.raises(jsonschema.ValidationError):
            json_schema().validate(broken)


# ---- the same in each format


def of_rss(data: bytes) -> list[tuple[Any, ...]]:
    return [
        (
            each.id,
            each.link,
            each.title,
            [author.name for author in each.get("authors", ())],
            each.content[0].value,
        )
        for each in parsed(data).entries
    ]


def of_atom(data: bytes) -> list[tuple[Any, ...]]:
    return [
        (
            entry.findtext(f"{ATOM}id"),
            next(e.get("href") for e in entry.findall(f"{ATOM}link") if e.get("rel") is None),
            entry.findtext(f"{ATOM}title"),
            [name.text for name in entry.findall(f"{ATOM}author/{ATOM}name")],
            entry.findtext(f"{ATOM}content"),
        )
        for entry in etree.fromstring(data).findall(f"{ATOM}entry")
    ]


def of_json(data: bytes) -> list[tuple[Any, ...]]:
    return [
        (
            item["id"],
            item["url"],
            item["title"],
            [author["name"] for author in item.get("authors", ())],
            item["content_html"],
        )
        for item in json.loads(data)["items"]
    ]


READERS: dict[str, Callable[[bytes], list[tuple[Any, ...]]]] = {
    "rss.xml": of_rss,
    "atom.xml": of_atom,
    "feed.json": of_json,
}


def test_entries_are_the_same_in_each_format() -> None:
    found = files(everything())
    folders = {path.removesuffix("rss.xml") for path in found if path.endswith("rss.xml")}
    assert folders >= {"", "daily/", "weekly/", "tags/graphs/", "authors/a-author/"}
    for folder in folders:
        rss, atom, json_feed = (read(found[folder + name]) for name, read in READERS.items())
        assert atom == json_feed
        # feedparser trims the content; names are joined where there is one creator alone.
        assert [entry[:3] for entry in rss] == [entry[:3] for entry in atom]
        assert [entry[3] for entry in rss] == [entry[3] for entry in atom]
        assert [entry[4].strip() for entry in rss] == [entry[4].strip() for entry in atom]


def test_an_id_of_a_paper_is_the_same_in_each_feed() -> None:
    found = files(everything())
    ids: dict[str, set[str]] = {}
    for path, data in found.items():
        if path.endswith("atom.xml") and not path.startswith(("daily", "weekly")):
            for entry_id, url, *_ in of_atom(data):
                ids.setdefault(url, set()).add(entry_id)
    assert len(ids) == 4
    assert all(len(own) == 1 for own in ids.values())


def test_an_atom_entry_tells_all_there_is() -> None:
    root = valid_atom(files(everything())["atom.xml"])
    entries = root.findall(f"{ATOM}entry")
    entry = next(each for each in entries if "2503.00001" in each.findtext(f"{ATOM}id"))
    authors = [each.findtext(f"{ATOM}name") for each in entry.findall(f"{ATOM}author")]
    assert authors == ["Ö. Müller-Beispiel", "A. Author", "B. Author"]
    assert [dict(each.attrib) for each in entry.findall(f"{ATOM}category")] == [
        {
            "term": "long-context",
            "scheme": f"{SITE}tags/long-context/",
            "label": "Long context",
        },
        {"term": "methods", "scheme": f"{SITE}tags/methods/", "label": "Methods"},
    ]
    links = [dict(each.attrib) for each in entry.findall(f"{ATOM}link")]
    assert links[0] == {"href": f"{SITE}papers/2503.00001/"}
    assert links[1:3] == [
        {"href": "https://arxiv.org/abs/2503.00001", "rel": "related", "title": "arXiv"},
        {
            "href": "https://arxiv.org/pdf/2503.00001",
            "rel": "related",
            "title": "PDF",
            "type": "application/pdf",
        },
    ]
    assert {each["title"] for each in links[3:]} == {"Code", "Project"}
    assert entry.findtext(f"{ATOM}summary") == "A summary in our own words."
    assert entry.findtext(f"{ATOM}published") == "2025-03-10T00:00:00+00:00"
    assert entry.findtext(f"{ATOM}updated").startswith("2025-03-10T00:00:")


def test_a_json_item_tells_all_there_is() -> None:
    found = valid_json(files(everything())["feed.json"])
    item = next(each for each in found["items"] if "2503.00001" in each["id"])
    assert item["external_url"] == "https://arxiv.org/abs/2503.00001"
    assert item["authors"][1] == {"name": "A. Author"}
    assert item["tags"] == ["Long context", "Methods"]
    assert found["language"] == "en"
    assert found["home_page_url"] == SITE


# ---- feedgen's own bytes

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
    categories=st.lists(st.builds(Category, TEXT, TEXT, URL), max_size=3).map(tuple),
    links=st.lists(
        st.builds(EntryLink, TEXT, URL, st.sampled_from(["", "application/pdf"])), max_size=3
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
    url=SITE + "atom.xml",
    page=SITE,
    language="en",
    publisher="Publisher",
    site=SITE,
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


def test_kept_templates_are_all_that_feeds_need_of_feedgen(monkeypatch: pytest.MonkeyPatch) -> None:
    archives = (everything(), archive_of_months(), joined(daily(MONDAY, paper())))
    expected = [{each.path: each.make() for each in feed_targets(one)} for one in archives]
    templates = feedgen_templates()
    monkeypatch.setattr(targets_module, "feedgen_templates", None)
    for one, files in zip(archives, expected, strict=True):
        made = {each.path: each.make() for each in feed_targets(one, templates=templates)}
        assert made == files


# ---- all months, by way of their links (RFC 5005)


def archive_of_months() -> Archive:
    days = [date(2024, 11, 29), date(2025, 1, 2), date(2025, 1, 3), date(2025, 3, 10)]
    return joined(
        *(
            daily(day, *(paper(f"{day:%y%m}.{day.day:02}{n:03}") for n in range(3)), paper())
            for day in days
        ),
        feed_entries=1,
    )


def link_of(root: Any, relation: str) -> str | None:
    found = {each.get("rel"): each.get("href") for each in root.findall(f"{ATOM}link")}
    address = found.get(relation)
    return address and address.removeprefix(SITE)


def walk(found: dict[str, bytes]) -> list[str]:
    """Paths of the documents from the newest month to the first."""
    paths = []
    path = link_of(valid_atom(found["atom.xml"]), "prev-archive")
    while path:
        paths.append(path)
        path = link_of(valid_atom(found[path]), "prev-archive")
    return paths


def test_who_walks_back_meets_every_paper_once() -> None:
    archive = archive_of_months()
    found = files(archive)
    paths = walk(found)
    assert paths == [f"monthly/{month}/atom.xml" for month in ("2025-03", "2025-01", "2024-11")]
    met = [entry[0] for path in paths for entry in of_atom(found[path])]
    assert sorted(met) == sorted(f"tag:example.org,2025:papers/{key}" for key in archive.entries)
    assert {entry[0] for entry in of_atom(found["atom.xml"])} <= set(met)


def test_documents_of_months_know_their_neighbours_and_whether_they_are_done() -> None:
    found = files(archive_of_months())
    paths = walk(found)
    roots = [valid_atom(found[path]) for path in paths]
    assert [root.find(f"{HISTORY}archive") is not None for root in roots] == [False, True, True]
    assert [link_of(root, "next-archive") for root in roots] == [None, *paths[:-1]]
    assert {link_of(root, "current") for root in roots} == {"atom.xml"}
    main = valid_atom(found["atom.xml"])
    assert main.find(f"{HISTORY}archive") is None
    assert len({root.findtext(f"{ATOM}id") for root in [main, *roots]}) == 1


def documents_of(archive: Archive) -> dict[str, tuple[bytes, bytes]]:
    """What documents of months are made from, and their bytes."""
    return {
        target.path: (target.inputs, target.make())
        for target in feed_targets(archive)
        if target.path.startswith("monthly/")
    }


OLD = date(2025, 1, 31)


@pytest.mark.parametrize(
    "everyday",
    [
        {"tags": [tag("graphs", match=("placeholder",))]},
        {"tags": [tag("graphs", "Another name", match=("placeholder",))]},
        {"author_min_papers": 1},
    ],
)
def test_a_month_that_is_over_stays_whatever_is_done_every_day(everyday: dict[str, Any]) -> None:
    lists = [daily(OLD, paper(authors=("A. Author",))), daily(MONDAY, paper("2503.00002"))]
    before = documents_of(joined(*lists))["monthly/2025-01/atom.xml"]
    more = daily(MONDAY + timedelta(days=1), paper("2503.00003", authors=("A. Author",)))
    again = daily(MONDAY + timedelta(days=2), paper("2503.00004"), paper(authors=("A. Author",)))
    assert before[1].count(b"<entry>") == 1
    for added in ([more], [more, again], [again]):
        after = documents_of(joined(*lists, *added, **everyday))
        assert after["monthly/2025-01/atom.xml"] == before


def test_a_corrected_paper_changes_the_document_of_its_month() -> None:
    later = daily(MONDAY, paper("2503.00002"))
    before = documents_of(joined(daily(OLD, paper()), later))
    after = documents_of(joined(daily(OLD, paper(summary="New.", corrected=MONDAY)), later))
    assert {path for path in before if before[path] != after[path]} == {"monthly/2025-01/atom.xml"}
    (entry,) = valid_atom(after["monthly/2025-01/atom.xml"][1]).findall(f"{ATOM}entry")
    assert entry.findtext(f"{ATOM}updated").startswith("2025-03-10T00:00:")
    assert entry.findtext(f"{ATOM}published") == "2025-01-31T00:00:00+00:00"


def test_a_month_is_done_once_a_later_list_is_there() -> None:
    def is_done(*days: date) -> bool:
        lists = [daily(day, paper(f"2501.{n:05}")) for n, day in enumerate(days)]
        return b"<fh:archive/>" in documents_of(joined(*lists))["monthly/2025-01/atom.xml"][1]

    assert not is_done(OLD)
    assert is_done(OLD, date(2025, 2, 3))
    assert is_done(OLD, MONDAY)


def test_a_month_whose_papers_were_all_listed_before_is_no_gap() -> None:
    found = files(joined(daily(OLD), daily(MONDAY)))
    assert walk(found) == ["monthly/2025-03/atom.xml", "monthly/2025-01/atom.xml"]
    assert of_atom(found["monthly/2025-03/atom.xml"]) == []


# ---- times


def updated(archive: Archive) -> dict[str, str]:
    root = valid_atom(files(archive)["atom.xml"])
    return {
        e.findtext(f"{ATOM}id"): e.findtext(f"{ATOM}updated") for e in root.findall(f"{ATOM}entry")
    }


def test_updated_is_unique_within_a_day_and_moves_with_nothing_but_a_correction() -> None:
    papers = [paper(f"2503.{n:05}", "On graphs") for n in range(300)]
    before = updated(joined(daily(MONDAY, *papers), feed_entries=500))
    assert len(set(before.values())) == 300
    tags = [tag("graphs", match=("graphs",))]
    again = joined(daily(MONDAY, paper("2502.00001"), *papers[::-1]), tags=tags, feed_entries=500)
    after = updated(again)
    assert {key: after[key] for key in before} == before
    papers[7] = paper("2503.00007", "On grapes", corrected=MONDAY + timedelta(days=4))
    moved = updated(joined(daily(MONDAY, *papers), feed_entries=500))
    assert {key for key in before if moved[key] != before[key]} == {
        "tag:example.org,2025:papers/2503.00007"
    }
    assert moved["tag:example.org,2025:papers/2503.00007"].startswith("2025-03-14T00:00:")


# ---- hostile texts


@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_texts_anywhere_leave_valid_feeds(text: str) -> None:
    archive = joined(
        daily(MONDAY, hostile_paper(text, abstract=f"S {text}", keywords=("k",))),
        daily(MONDAY + timedelta(days=7), hostile_paper(text, paper_id="2503.00002")),
        tags=[tag("graphs", f"N {text}", match=("T",), description=f"D {text}")],
        title=f"T {text}",
        description=f"D {text}",
        author_min_papers=1,
    )
    found = check_all(archive)
    for name, read in READERS.items():
        for folder in ("", "tags/graphs/"):
            for entry in read(found[folder + name]):
                assert {element for element, _ in elements(entry[4])} <= {"p", "a"}
        for folder in ("daily/", "weekly/"):
            for entry in read(found[folder + name]):
                assert {element for element, _ in elements(entry[4])} <= LIST_ELEMENTS
                hrefs = [value for _, given in elements(entry[4]) for key, value in given]
                assert all(str(value).startswith(ALLOWED) for value in hrefs)


LIST_ELEMENTS = {"p", "a", "ol", "li", "strong", "br"}
ALLOWED = (SITE, "https://arxiv.org/")


@pytest.mark.corpus
def test_nasty_records_make_valid_feeds(corpus: Path, tmp_path: Path) -> None:
    """Real titles and abstracts with control characters, markup and broken LaTeX."""
    root = minimal(tmp_path / "content", feed_entries=1000, author_min_papers=1000)
    run.run_import(root, "jsonl", corpus / "nasty.jsonl", date(2025, 1, 1))
    archive = build_archive(reader.load_content(root).content)
    assert len(archive.entries) > 200
    found = check_all(archive)
    for path in ("atom.xml", *walk(found)):
        for entry in of_atom(found[path]):
            assert {name for name, _ in Markup(entry[4]).elements} <= {"p", "a"}
    assert OWN_ELEMENTS


# ---- the list of feeds


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


# --- what an earlier build made -------------------------------------------------------------

NUMBERED = [
    (f"2503.{number:05}", text) for number, text in enumerate((*HOSTILE, "<item>\n", "  <entry>\n"))
]
WITH_PAPERS = ("rss.xml", "atom.xml", "feed.json", paths.month_feed("2025-03"))


@pytest.mark.parametrize("file", paths.FEED_TYPES)
def test_texts_are_found_again_in_documents(file: str) -> None:
    made = format_of(file)
    papers = (
        paper(number, f"T {text}", summary=f"S {text}", authors=(f"A {text}",))
        for number, text in NUMBERED
    )
    archive = joined(daily(MONDAY, *papers))
    its_items = [paper_entry(archive, entry) for entry in archive.entries.values()]
    texts = {item.id: made.text(item) for item in its_items}
    feed = FEED._replace(title="    <item>", description='"items": [\n')
    assert made.texts(made.document(feed, texts.values()).decode()) == texts
    assert made.texts(made.document(feed, []).decode()) == {}
    assert made.texts("") == {}


def after(*, stays: bool, changed: bool) -> dict[str, bytes]:
    """Feeds of two papers, after those of the first where each text began with "old"."""
    known, fresh = paper("2503.00001", summary="Told."), paper("2503.00002", summary="New.")
    targets = {each.path: each for each in feed_targets(joined(daily(MONDAY, known)))}
    old = {path: each.make().decode().replace("Told", "old") for path, each in targets.items()}
    before = PreviousFiles(old.__getitem__)
    page = Target(paths.paper_page("2503.00001"), b"", bytes)
    made = frozenset(each.path for each in (*targets.values(), *(() if stays else (page,))))
    before.know(made, made if changed else frozenset())
    now = joined(daily(MONDAY, known, fresh))
    return {each.path: each.make() for each in feed_targets(now, None, before)}


def test_a_paper_that_stays_gets_its_text_from_the_feed_before() -> None:
    made = after(stays=True, changed=True)
    for path in WITH_PAPERS:
        assert b"Told" not in made[path]
        assert b"old." in made[path]
        assert b"New." in made[path]


@pytest.mark.parametrize(("stays", "changed"), [(True, False), (False, True)])
def test_what_changed_or_is_damaged_is_made_anew(*, stays: bool, changed: bool) -> None:
    made = after(stays=stays, changed=changed)
    for path in WITH_PAPERS:
        assert b"Told." in made[path]
