"""Feeds as machines read them: valid Atom and JSON Feed, the same entries in each format.

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
import pytest
from lxml import etree

from generator.archive.build import build_archive
from generator.archive.model import Archive
from generator.content import reader
from generator.render.feeds.targets import feed_targets
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
    """The feed element of an Atom document, checked by the schema and the prose of RFC 4287."""
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
    """Check each feed file by its schema and by feedparser, and return them all."""
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
    """Otherwise the tests above would prove nothing."""
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
        # feedparser trims the content, and joins names if there is only one creator.
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


def test_an_atom_entry_has_all_data() -> None:
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


def test_a_json_entry_has_all_data() -> None:
    found = valid_json(files(everything())["feed.json"])
    item = next(each for each in found["items"] if "2503.00001" in each["id"])
    assert item["external_url"] == "https://arxiv.org/abs/2503.00001"
    assert item["authors"][1] == {"name": "A. Author"}
    assert item["tags"] == ["Long context", "Methods"]
    assert found["language"] == "en"
    assert found["home_page_url"] == SITE


# ---- all months, by following their links (RFC 5005)


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
    """Paths of the documents, from the newest month to the oldest."""
    paths = []
    path = link_of(valid_atom(found["atom.xml"]), "prev-archive")
    while path:
        paths.append(path)
        path = link_of(valid_atom(found[path]), "prev-archive")
    return paths


def test_following_the_links_back_gives_each_paper_once() -> None:
    archive = archive_of_months()
    found = files(archive)
    paths = walk(found)
    assert paths == [f"monthly/{month}/atom.xml" for month in ("2025-03", "2025-01", "2024-11")]
    met = [entry[0] for path in paths for entry in of_atom(found[path])]
    assert sorted(met) == sorted(f"tag:example.org,2025:papers/{key}" for key in archive.entries)
    assert {entry[0] for entry in of_atom(found["atom.xml"])} <= set(met)


def test_documents_of_months_link_to_neighbours_and_say_whether_they_are_complete() -> None:
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
    """The input digests and the bytes of the documents of months."""
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
def test_a_past_month_is_not_changed_by_everyday_work(everyday: dict[str, Any]) -> None:
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


def test_a_month_is_complete_once_there_is_a_later_list() -> None:
    def is_done(*days: date) -> bool:
        lists = [daily(day, paper(f"2501.{n:05}")) for n, day in enumerate(days)]
        return b"<fh:archive/>" in documents_of(joined(*lists))["monthly/2025-01/atom.xml"][1]

    assert not is_done(OLD)
    assert is_done(OLD, date(2025, 2, 3))
    assert is_done(OLD, MONDAY)


def test_a_month_whose_papers_were_all_listed_before_is_included() -> None:
    found = files(joined(daily(OLD), daily(MONDAY)))
    assert walk(found) == ["monthly/2025-03/atom.xml", "monthly/2025-01/atom.xml"]
    assert of_atom(found["monthly/2025-03/atom.xml"]) == []


# ---- times


def updated(archive: Archive) -> dict[str, str]:
    root = valid_atom(files(archive)["atom.xml"])
    return {
        e.findtext(f"{ATOM}id"): e.findtext(f"{ATOM}updated") for e in root.findall(f"{ATOM}entry")
    }


def test_updated_is_unique_within_a_day_and_changes_only_with_corrections() -> None:
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
