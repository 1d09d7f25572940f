"""Importers: what each format's traps become, and what a run does to the content."""

import errno
import gzip
import json
import os
import re
import xml.etree.ElementTree as ET
from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from io import BufferedReader, BytesIO
from pathlib import Path
from typing import NoReturn, TypeVar

import pytest
from hypothesis import given
from hypothesis import strategies as st

from generator.content import merge, reader, writer, yaml_fields
from generator.core import paths
from generator.core.errors import OutsideError, SourceError, UsageError
from generator.core.ids import (
    arxiv_id,
    distinct_slug,
    is_arxiv_id,
    is_paper_id,
    is_slug,
    title_slug,
)
from generator.core.model import DailyList, Paper, Source
from generator.sources import hf_api, hf_page, jsonl, run, source_fields
from generator.text import markup
from tests.archives import ROOT

FIXTURES = ROOT / "tests" / "fixtures" / "importers"
MARCH_11 = date(2025, 3, 11)
T = TypeVar("T")


def stream(data: bytes | str) -> BufferedReader:
    return BufferedReader(BytesIO(data.encode() if isinstance(data, str) else data))


def fixture(name: str) -> BufferedReader:
    return stream((FIXTURES / name).read_bytes())


def tree(root: Path) -> dict[str, bytes]:
    """Every file below a folder with its bytes."""
    return {
        path.relative_to(root).as_posix(): path.read_bytes()
        for path in root.rglob("*")
        if path.is_file()
    }


def page(day: date | None = MARCH_11, name: str = "page.txt") -> DailyList:
    (daily,) = hf_page.parse(fixture(name), name, day)
    return daily


def api(name: str, day: date | None = None) -> DailyList:
    (daily,) = hf_api.parse(fixture(name), name, day)
    return daily


def api_body(body: object, name: str = "2025-04-17.json", day: date | None = None) -> DailyList:
    (daily,) = hf_api.parse(stream(json.dumps(body)), name, day)
    return daily


def lines(*rows: object, day: date | None = None) -> tuple[DailyList, ...]:
    text = "\n".join(json.dumps(row) for row in rows)
    return jsonl.parse(stream(text), "papers.jsonl", day)


# --- text ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (" a\n  title ", "a title"),
        ("nul\0s go", "nuls go"),
        ("half \ud83d a pair", "half \ufffd a pair"),
        ("a \ud83d\ude00 pair", "a \U0001f600 pair"),
        ("next\x85line \u2028 separator", "next line separator"),
        ("bell \x07 stays", "bell \x07 stays"),
    ],
)
def test_a_line_is_clean(text: str, expected: str) -> None:
    assert source_fields.clean_line(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("wrapped\nlines\r\nmeet", "wrapped lines meet"),
        ("one\n\ntwo\n \n\n three\n", "one\n\ntwo\n\nthree"),
        ("\n\n", ""),
    ],
)
def test_prose_keeps_paragraphs_only(text: str, expected: str) -> None:
    assert source_fields.clean_prose(text) == expected


any_text = st.text(st.characters(exclude_categories=()))


@given(any_text, st.lists(any_text), any_text, st.lists(any_text))
def test_whatever_a_source_holds_survives_writing_and_reading(
    tmp_path_factory: pytest.TempPathFactory,
    title: str,
    authors: list[str],
    abstract: str,
    keywords: list[str],
) -> None:
    paper = Paper(
        id="2503.00001",
        title=source_fields.clean_line(title) or "A Title",
        authors=source_fields.clean_lines(authors),
        abstract=source_fields.clean_prose(abstract),
        keywords=source_fields.clean_lines(keywords),
    )
    root = tmp_path_factory.getbasetemp() / "round-trip"
    daily = source_fields.daily_list(MARCH_11, [paper])
    writer.write_list(root, daily)
    assert reader.read_list(root, MARCH_11) == (daily, ())


# --- hf-page ------------------------------------------------------------------------------


def test_page_gives_every_paper_in_order() -> None:
    papers = page().papers
    assert [paper.id for paper in papers] == [
        title_slug(markup.plain(papers[0].title)),
        "rivers-roads-revisited",
        distinct_slug("Rivers & Roads Revisited"),
        "naive-clocks",
    ]


def test_page_keeps_the_text_as_it_is() -> None:
    first, wrapped, twin, _ = page().papers
    assert first.title == r"Counting Pebbles: A Study of $\mathcal{O}(n)$ Piles, \eg Small Ones"
    assert first.abstract.endswith("The code lies at https://example.org/pebbles.")
    assert wrapped.abstract.endswith(
        "invented land and wrap this abstract over three lines, as some captures do."
    )
    assert twin.abstract.startswith("Another paper")


def test_page_gives_source_and_curators() -> None:
    assert page().source == Source(
        "Hugging Face Daily Papers",
        "https://huggingface.co/papers/date/2025-03-11",
        ("AK", "the research community"),
    )


def test_page_may_have_full_dates_wrapped_titles_and_no_blank_lines_in_its_header() -> None:
    daily = page(date(2024, 3, 1), "page_wrapped.txt")
    assert daily.source.curators == ("AK", "B. Curator", "the research community")
    assert [paper.title for paper in daily.papers] == ["A Title Wrapped over Two Lines"]


def test_page_with_the_same_pair_twice_has_the_paper_once() -> None:
    pair = "A Title\n\nAn abstract that is the same both times.\n\n"
    (daily,) = hf_page.parse(stream(f"Mar 11\n\n{pair}{pair}"), "page", MARCH_11)
    assert len(daily.papers) == 1


def test_page_keeps_three_papers_of_one_title_apart() -> None:
    pairs = "".join(
        f"A Title\n\nAn abstract that is long enough and has the number {n}.\n\n" for n in range(3)
    )
    (daily,) = hf_page.parse(stream(f"Mar 11\n\n{pairs}"), "page", MARCH_11)
    assert len({paper.id for paper in daily.papers}) == 3
    assert all(is_paper_id(paper.id) for paper in daily.papers)


def test_page_needs_a_date_and_says_which() -> None:
    with pytest.raises(UsageError, match=r"'Mar 11'.*--date YYYY-03-11"):
        page(None)


@pytest.mark.parametrize("day", [date(2025, 3, 12), date(2025, 4, 11)])
def test_page_of_another_day_is_refused(day: date) -> None:
    with pytest.raises(UsageError, match=rf"'Mar 11'.*--date says {day}"):
        page(day)


def test_page_of_another_year_is_refused_if_it_shows_one() -> None:
    with pytest.raises(UsageError, match="'March 1, 2024'"):
        page(date(2025, 3, 1), "page_wrapped.txt")


TITLE, ABSTRACT = "A Short Title", "An abstract that is a good deal longer than its title."


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "page:1: the file is empty"),
        (" \n\n", "page:1: the file is empty"),
        ("\n<!DOCTYPE html><html>", "page:2: this is the page's HTML"),
        ("Some\n\nother text", "page:1: no line such as 'Mar 11'"),
        ("by AK\n\nMar 11\n", "page:3: there are no papers below"),
        (f"Mar 11\n\n{TITLE}\n\n{ABSTRACT}\n\n{TITLE}", "page:7: the last title has no abstract"),
        (f"Mar 11\n\n{ABSTRACT}\n\n{TITLE}\n\n{ABSTRACT}", "page:3: expected a title"),
        (f"Mar 11\n\n{TITLE}\n\n{ABSTRACT}\n\n{ABSTRACT}\n\n{TITLE}", "page:7: expected a title"),
        (f"Mar 11\n\n{TITLE}\n\n{ABSTRACT}\n\nCompany\n\n© Example", "page:7: expected a title"),
        (f"Mar 11\n\n{'long ' * 90}\n\n{'longer ' * 90}", "page:3: expected a title"),
    ],
)
def test_text_that_is_no_page_is_refused_with_its_line(text: str, message: str) -> None:
    with pytest.raises(SourceError, match=rf"^{message}.*; "):
        hf_page.parse(stream(text), "page", MARCH_11)


def test_page_in_another_encoding_is_refused_with_its_line() -> None:
    with pytest.raises(SourceError, match=r"^page:3: not UTF-8"):
        hf_page.parse(stream("Mar 11\n\nNaïve".encode("latin-1")), "page", MARCH_11)


# --- hf-api -------------------------------------------------------------------------------


def test_api_gives_the_papers_facts() -> None:
    paper = api("api-2025-04-17.json").papers[0]
    assert paper == Paper(
        id="2504.00001",
        title=r"Folding Paper Boats in $\mathbb{R}^3$",
        authors=("A. Author", "B. Author"),
        published=date(2025, 4, 10),
        abstract="Boats fold in three dimensions.\n\nThey also float.",
        links=(("code", "https://example.org/boats"), ("project", "https://boats.example.org/")),
        keywords=("paper boats", "folding"),
        upvotes=12,
    )


def test_api_needs_only_titles() -> None:
    _, kites, elsewhere = api("api-2025-04-17.json").papers
    assert kites == Paper(
        id="2504.00002",
        title="Kites Without Wind",
        abstract="Kites need no wind where they are carried.",
        upvotes=0,
    )
    assert elsewhere == Paper(id="a-paper-that-is-elsewhere", title="A Paper That Is Elsewhere")


@pytest.mark.parametrize(
    ("inner", "outer", "expected"),
    [
        ("A  B", "A B", "A B"),
        ("A $x$ B", "A x B, in All Its Length", "A $x$ B"),
        ("A x B", r"A \emph{x} B", r"A \emph{x} B"),
        ("Short", "Short, and Long", "Short, and Long"),
        ("One A", "One B", "One A"),
        (None, "Only This", "Only This"),
    ],
)
def test_api_takes_the_better_title(inner: str | None, outer: str, expected: str) -> None:
    body = [{"paper": {"id": "2504.00001", "title": inner}, "title": outer}]
    assert api_body(body).papers[0].title == expected


def test_api_reads_entries_written_as_python() -> None:
    daily = api("api-wrapped.json")
    assert daily.date == date(2025, 1, 10)
    assert [paper.title for paper in daily.papers] == [
        "A Robin's Nest in Python",
        "An Entry as an Object",
    ]


def listed(*times: str | None) -> list[dict[str, object]]:
    return [
        {"paper": {"title": f"Paper {n}", "submittedOnDailyAt": time}}
        for n, time in enumerate(times)
    ]


@pytest.mark.parametrize(
    ("name", "body", "day", "expected"),
    [
        ("a.json", listed(None), "2025-04-17", "2025-04-17"),
        ("2025-04-16.json", listed(None), "2025-04-17", "2025-04-17"),
        ("2020-01-01/of_2025-04-17.json", listed(None), None, "2025-04-17"),
        ("a.json", {"date": "2025-04-17", "data": listed(None)}, None, "2025-04-17"),
        ("a.json", listed("2025-04-17T00:01:00Z", "2025-04-17T09:00:00Z"), None, "2025-04-17"),
        ("2025-04-17.json", listed("2025-04-16T23:59:00Z"), None, "2025-04-17"),
    ],
)
def test_api_takes_the_day_from_name_body_or_entries(
    name: str, body: object, day: str | None, expected: str
) -> None:
    given_day = date.fromisoformat(day) if day else None
    assert api_body(body, name, given_day).date == date.fromisoformat(expected)


@pytest.mark.parametrize(
    ("name", "body", "day", "message"),
    [
        ("a.json", listed(None), None, "a.json has no date"),
        ("a.json", listed("2025-04-17T00:00:00Z", None), None, "pass --date YYYY-MM-DD"),
        ("a.json", listed("2025-04-17", "2025-04-18"), None, r"several dates \(2025-04-17, 2025-"),
        ("2025-04-17_2025-04-18.json", listed(None), None, "several dates"),
        ("2025-04-16.json", {"date": "2025-04-17", "data": listed(None)}, None, "several dates"),
        ("a.json", {"date": "2025-04-17", "data": listed(None)}, "2025-04-18", "dated 2025-04-17"),
    ],
)
def test_api_never_guesses_the_day(name: str, body: object, day: str | None, message: str) -> None:
    with pytest.raises(UsageError, match=message):
        api_body(body, name, date.fromisoformat(day) if day else None)


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("api-one.json", "found a number: the source had none for the day"),
        ("api-no-data.json", r"the source had no papers for 2025-01-11 \('No papers found"),
    ],
)
def test_api_without_papers_says_so(name: str, message: str) -> None:
    with pytest.raises(SourceError, match=rf"^{name}:1: .*{message}"):
        api(name)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "2025-04-17.json:1: not valid JSON"),
        ('[\n{"paper": }]', "2025-04-17.json:2: not valid JSON"),
        ("[" * 100_000, "2025-04-17.json:1: not a daily list"),
        ("[" + "9" * 5000 + "]", "2025-04-17.json:1: not a daily list"),
        ("[]", "2025-04-17.json:1: the source had no papers for the day"),
        ("{}", "2025-04-17.json:1: the source had no papers for the day"),
        ('{"data": []}', "2025-04-17.json:1: the source had no papers for the day"),
        ('{"data": "text"}', "2025-04-17.json:1: expected a list of papers, found a text"),
        ('{"data": [], "date": 7}', "2025-04-17.json:1: 'date' is a number"),
        ("[7]", "2025-04-17.json: entry 1: expected an object, found a number"),
        (
            '["{\'a\': 1}", "{"]',
            "2025-04-17.json: entry 2: expected an object, found a text that is not",
        ),
        (
            "[\"__import__('os')\"]",
            "2025-04-17.json: entry 1: expected an object, found a text that is not",
        ),
        ('["[1]"]', "2025-04-17.json: entry 1: expected an object, found a list"),
        ("[{}]", "2025-04-17.json: entry 1: 'paper' is missing"),
        ('[{"paper": 1}]', "2025-04-17.json: entry 1: 'paper' is a number"),
        ('[{"paper": {}}]', "2025-04-17.json: entry 1: the paper has no title"),
        ('[{"paper": {"title": 1}}]', "2025-04-17.json: entry 1: 'title' is a number"),
        ('[{"paper": {"title": "T", "authors": ["A"]}}]', "2025-04-17.json: entry 1: an entry of"),
        ('[{"paper": {"title": "T", "upvotes": -1}}]', "2025-04-17.json: entry 1: 'upvotes' is -1"),
        ('[{"paper": {"title": "T", "upvotes": true}}]', "2025-04-17.json: entry 1: 'upvotes' is"),
    ],
)
def test_text_that_is_no_api_response_is_refused_with_its_place(text: str, message: str) -> None:
    with pytest.raises(SourceError, match=rf"^{message}.*; "):
        hf_api.parse(stream(text), "2025-04-17.json", None)


def test_api_does_not_evaluate_huge_texts() -> None:
    with pytest.raises(
        SourceError, match=r"entry 1: expected an object, found a text of 1,000,002 characters"
    ):
        api_body(["[" + " " * hf_api.MAX_LITERAL_LENGTH + "]"])


# --- jsonl --------------------------------------------------------------------------------


@pytest.mark.parametrize("packed", [False, True])
def test_jsonl_gives_a_list_for_each_date(packed: bool) -> None:
    data = (FIXTURES / "papers.jsonl").read_bytes()
    found = jsonl.parse(stream(gzip.compress(data) if packed else data), "papers.jsonl", None)
    assert [(each.date.isoformat(), [paper.id for paper in each.papers]) for each in found] == [
        ("2024-02-01", ["hep-th/9901001"]),
        (
            "2024-02-02",
            [
                "2402.00001",
                "a-paper-without-number",
                distinct_slug("A Paper Without Number"),
                distinct_slug("A paper without number!"),
            ],
        ),
    ]


def test_jsonl_gives_the_papers_facts_and_the_first_of_two_lines_wins() -> None:
    _, second = jsonl.parse(fixture("papers.jsonl"), "papers.jsonl", None)
    assert second.papers[0] == Paper(
        id="2402.00001",
        title="Lanterns: A Survey of Light",
        authors=("A. Author", "B. Author"),
        published=date(2024, 1, 31),
        abstract="Lanterns give light.",
        links=(("code", "https://example.org/lanterns"),),
        keywords=("light",),
        upvotes=7,
    )


def test_jsonl_line_without_a_date_takes_the_given_one() -> None:
    own = {"title": "A", "list_date": "2024-02-01"}
    assert [each.date for each in lines(own, {"title": "B"}, day=MARCH_11)] == [
        date(2024, 2, 1),
        MARCH_11,
    ]


def test_jsonl_refuses_a_date_that_no_line_needs() -> None:
    own = {"title": "A", "list_date": "2024-02-01"}
    with pytest.raises(UsageError, match="leave --date out"):
        lines(own, day=MARCH_11)
    assert lines(own, day=date(2024, 2, 1)) == lines(own)


@pytest.mark.parametrize(
    ("published", "expected"),
    [
        ("2024-01-31T23:59:59.000Z", date(2024, 1, 31)),
        ("2024-01-31", date(2024, 1, 31)),
        ("2024/1/31/", date(2024, 1, 31)),
        ("2024-01", None),
        ("2024-13-01", None),
        ("last year", None),
        ("", None),
        (None, None),
    ],
)
def test_jsonl_takes_the_day_published_if_there_is_one(
    published: str | None, expected: date | None
) -> None:
    (daily,) = lines({"list_date": "2024-02-01", "title": "A", "published": published})
    assert daily.papers[0].published == expected


GOOD = b'{"list_date": "2024-02-01", "title": "A"}\n'


@pytest.mark.parametrize(
    ("line", "message"),
    [
        (b"{", "not valid JSON"),
        (b"[]", "expected an object, found a list"),
        (b"null", "expected an object, found null"),
        (b"[" * 100_000, "JSON nested too deeply"),
        (b'{"title": "\xff"}', "not UTF-8"),
        (b'{"title": "A"}', "'list_date' is missing"),
        (b'{"list_date": "soon", "title": "A"}', "'list_date' is 'soon', not a date"),
        (b'{"list_date": "2024-02-01"}', "the paper has no title"),
        (b'{"list_date": "2024-02-01", "title": "\\u0000"}', "the paper has no title"),
        (b'{"list_date": "2024-02-01", "title": "A", "arxiv_id": "x"}', "'x' is not an arXiv id"),
        (b'{"list_date": "2024-02-01", "title": "A", "authors": "B"}', "'authors' is a text"),
        (b'{"list_date": "2024-02-01", "title": "A", "keywords": [1]}', "an entry of 'keywords'"),
        (b'{"list_date": "2024-02-01", "title": "A", "upvotes": 1e400}', "'upvotes' is a number"),
        (GOOD[:-2] + b', "upvotes": ' + b"9" * 400 + b"}", "'upvotes' is 9999"),
    ],
)
def test_wrong_jsonl_line_is_refused_with_its_number(line: bytes, message: str) -> None:
    with pytest.raises(SourceError, match=rf"^papers.jsonl:3: {message}.*; "):
        jsonl.parse(stream(GOOD + b"\n" + line), "papers.jsonl", None)


def test_jsonl_without_papers_is_refused() -> None:
    with pytest.raises(SourceError, match=r"papers\.jsonl:1: the file has no papers"):
        lines()


@pytest.mark.parametrize("cut", [slice(None, -9), slice(None, 12), slice(2)])
def test_jsonl_that_is_cut_off_in_its_compression_is_refused(cut: slice) -> None:
    with pytest.raises(SourceError, match="compressed file is damaged"):
        jsonl.parse(stream(gzip.compress(GOOD)[cut]), "papers.jsonl", None)


def test_jsonl_with_damaged_compression_is_refused() -> None:
    data = bytearray(gzip.compress(os.urandom(5000)))
    data[2000:2100] = bytes(100)
    with pytest.raises(SourceError, match=r"damaged|not UTF-8"):
        jsonl.parse(stream(bytes(data)), "papers.jsonl", None)


def test_a_link_that_is_no_web_url_is_left_out() -> None:
    for github in ("example/repository", "ftp://example.org/", "javascript:alert(1)", "https://"):
        (daily,) = lines({"list_date": "2024-02-01", "title": "A", "github": github})
        assert daily.papers[0].links == ()


# --- run ----------------------------------------------------------------------------------


def run_all(root: Path) -> list[run.ImportReport]:
    return [
        run.run_import(root, "jsonl", FIXTURES / "papers.jsonl", None),
        run.run_import(root, "hf-page", FIXTURES / "page.txt", MARCH_11),
        run.run_import(root, "hf-api", FIXTURES / "api-2025-04-17.json", None),
        run.run_import(root, "hf-api", FIXTURES / "api-wrapped.json", None),
    ]


def people_write(root: Path) -> dict[str, bytes]:
    """Files of people below a content folder, in a form that no importer would write."""
    for name in ("archive.yaml", "tags/light.yaml", "tagging/2402/2402.00001.yaml"):
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("# by hand\ntags:\n   -   light\n")
    return tree(root)


def test_importing_again_changes_no_byte(tmp_path: Path) -> None:
    run_all(tmp_path)
    before = tree(tmp_path)
    reports = run_all(tmp_path)
    assert tree(tmp_path) == before
    assert all(each.lists_written == each.papers_new == 0 for each in reports)
    assert sorted(before) == [
        "daily/2024/2024-02-01.yaml",
        "daily/2024/2024-02-02.yaml",
        "daily/2025/2025-01-10.yaml",
        "daily/2025/2025-03-11.yaml",
        "daily/2025/2025-04-17.yaml",
    ]


def test_a_list_written_by_hand_keeps_its_formatting(tmp_path: Path) -> None:
    run_all(tmp_path)
    path = tmp_path / paths.list_file(MARCH_11)
    path.write_text(f"# a remark\n{path.read_text()}")
    before = tree(tmp_path)
    run_all(tmp_path)
    assert tree(tmp_path) == before


def test_what_people_write_is_never_touched(tmp_path: Path) -> None:
    before = people_write(tmp_path)
    run_all(tmp_path)
    after = tree(tmp_path)
    assert {name: after[name] for name in before} == before


def write_rows(path: Path, *rows: Mapping[str, object]) -> Path:
    path.write_text("".join(json.dumps({"list_date": "2024-02-02", **row}) + "\n" for row in rows))
    return path


def test_a_list_fetched_again_is_merged(tmp_path: Path) -> None:
    one = {"arxiv_id": "2402.00001", "title": "One", "upvotes": 1, "github": "https://a.example/"}
    two = {"arxiv_id": "2402.00002", "title": "Two", "upvotes": 2}
    late = {"arxiv_id": "2402.00003", "title": "Late", "upvotes": 0}
    root = tmp_path / "content"
    run.run_import(root, "jsonl", write_rows(tmp_path / "first", one, two), None)
    again = write_rows(tmp_path / "again", late, {**one, "upvotes": 9, "github": None})
    report = run.run_import(root, "jsonl", again, None)
    assert report == run.ImportReport(
        lists_written=1, lists_unchanged=0, papers=2, papers_new=1, papers_updated=1
    )
    daily, problems = reader.read_list(root, date(2024, 2, 2))
    assert daily
    assert not problems
    assert [(paper.title, paper.upvotes) for paper in daily.papers] == [
        ("Late", 0),
        ("One", 9),
        ("Two", 2),
    ]
    assert daily.papers[1].links == (("code", "https://a.example/"),)


def test_a_better_id_replaces_a_slug_unless_people_tagged_it(tmp_path: Path) -> None:
    slug = write_rows(tmp_path / "slug", {"title": "One"}, {"title": "Two"})
    ids = write_rows(
        tmp_path / "ids",
        {"title": "One", "arxiv_id": "2402.00001"},
        {"title": "Two", "arxiv_id": "2402.00002"},
    )
    root = tmp_path / "content"
    run.run_import(root, "jsonl", slug, None)
    tagging = root / paths.tagging_file("two")
    tagging.parent.mkdir(parents=True)
    tagging.write_text("tags: [light]\n")
    report = run.run_import(root, "jsonl", ids, None)
    assert (report.papers_new, report.papers_updated, report.ids_replaced) == (0, 1, ("one",))
    assert "replaced by a better id: one" in str(report)
    daily, _ = reader.read_list(root, date(2024, 2, 2))
    assert daily
    assert [paper.id for paper in daily.papers] == ["2402.00001", "two"]


def test_the_order_of_imports_makes_no_difference_where_sources_agree(tmp_path: Path) -> None:
    one, two = {"title": "One", "abstract": "1"}, {"title": "Two", "upvotes": 2}
    three = {"title": "Three", "arxiv_id": "2402.00003"}
    sources = [
        write_rows(tmp_path / "a", one, {"title": "Three"}),
        write_rows(tmp_path / "b", two, three),
    ]
    for name, order in (("ab", sources), ("ba", sources[::-1])):
        for source in order:
            run.run_import(tmp_path / name, "jsonl", source, None)
    assert tree(tmp_path / "ab") == tree(tmp_path / "ba")


def test_abstracts_can_be_left_out_and_existing_ones_stay(tmp_path: Path) -> None:
    page_file, bare = FIXTURES / "page.txt", tmp_path / "bare"
    run.run_import(bare, "hf-page", page_file, MARCH_11, abstracts=False)
    assert b"abstract" not in tree(bare)[paths.list_file(MARCH_11)]
    whole = tmp_path / "whole"
    run.run_import(whole, "hf-page", page_file, MARCH_11)
    before = tree(whole)
    run.run_import(whole, "hf-page", page_file, MARCH_11, abstracts=False)
    assert tree(whole) == before


def test_only_the_newest_lists_can_be_taken(tmp_path: Path) -> None:
    report = run.run_import(tmp_path, "jsonl", FIXTURES / "papers.jsonl", None, newest=1)
    assert list(tree(tmp_path)) == ["daily/2024/2024-02-02.yaml"]
    assert report.lists_written == 1
    with pytest.raises(UsageError, match="--newest 0"):
        run.run_import(tmp_path, "jsonl", FIXTURES / "papers.jsonl", None, newest=0)


def test_every_format_says_what_it_is() -> None:
    assert sorted(run.FORMATS) == ["hf-api", "hf-page", "jsonl"]
    assert [name for name, each in run.FORMATS.items() if each.needs_date] == ["hf-page"]
    assert all(each.help and "\n" not in each.help for each in run.FORMATS.values())


@pytest.mark.parametrize(
    ("format_name", "file", "message"),
    [
        ("hf_api", "page.txt", "no format 'hf_api'; did you mean 'hf-api'"),
        ("zip", "page.txt", "formats are hf-page, hf-api, jsonl"),
        ("hf-page", "nowhere.txt", r"no file .*nowhere\.txt"),
        ("hf-page", "page.txt", "pass --date"),
    ],
)
def test_wrong_usage_is_reported(tmp_path: Path, format_name: str, file: str, message: str) -> None:
    with pytest.raises(UsageError, match=message):
        run.run_import(tmp_path, format_name, FIXTURES / file, None)
    assert tree(tmp_path) == {}


def test_a_folder_is_no_file_to_import(tmp_path: Path) -> None:
    with pytest.raises(OutsideError, match="cannot read"):
        run.run_import(tmp_path, "jsonl", FIXTURES, None)


HEAD = "date: 2024-02-02\nsource: {name: S}\npapers:\n"


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("papers: [", r"2024-02-02\.yaml:2:1: yaml-syntax"),
        (f"{HEAD}- id: 1.2\n", r"yaml:4:7: unquoted-id"),
        (f"{HEAD}- {{id: a, title: A}}\n- {{id: a, title: B}}\n", "a is listed twice"),
    ],
)
def test_a_broken_list_is_left_alone_and_nothing_else_is_written(
    tmp_path: Path, text: str, message: str
) -> None:
    path = tmp_path / "daily/2024/2024-02-02.yaml"
    path.parent.mkdir(parents=True)
    path.write_text(text)
    before = tree(tmp_path)
    with pytest.raises(SourceError, match=rf"{message}.*import again"):
        run.run_import(tmp_path, "jsonl", FIXTURES / "papers.jsonl", None)
    assert tree(tmp_path) == before


def whole(root: Path) -> bool:
    """Whether all there is are daily lists without problems."""
    days = [yaml_fields.parse_day(Path(name).stem) for name in tree(root)]
    return all(day and reader.read_list(root, day)[1] == () for day in days)


def test_an_interruption_between_lists_leaves_whole_files(tmp_path: Path) -> None:
    def stop_at_second(items: Iterable[T], label: str, _total: int | None) -> Iterator[T]:
        for number, item in enumerate(items):
            if label == "writing lists" and number == 1:
                raise KeyboardInterrupt
            yield item

    with pytest.raises(KeyboardInterrupt):
        run.run_import(tmp_path, "jsonl", FIXTURES / "papers.jsonl", None, track=stop_at_second)
    assert len(tree(tmp_path)) == 1
    assert whole(tmp_path)
    run.run_import(tmp_path, "jsonl", FIXTURES / "papers.jsonl", None)
    assert len(tree(tmp_path)) == 2


def fail_second(monkeypatch: pytest.MonkeyPatch, name: str, error: BaseException) -> None:
    """Let the second call of a function of `os` fail."""
    original, calls = getattr(os, name), []

    def failing(*args: object, **kwargs: object) -> object:
        calls.append(args)
        if len(calls) == 2:
            raise error
        return original(*args, **kwargs)

    monkeypatch.setattr(os, name, failing)


def test_an_interruption_within_a_list_leaves_whole_files(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    fail_second(monkeypatch, "replace", KeyboardInterrupt())
    with pytest.raises(KeyboardInterrupt):
        run.run_import(tmp_path, "jsonl", FIXTURES / "papers.jsonl", None)
    assert len(tree(tmp_path)) == 1
    assert whole(tmp_path)


def test_a_full_disk_is_reported_and_leaves_whole_files(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    fail_second(monkeypatch, "replace", OSError(errno.ENOSPC, "No space left on device"))
    with pytest.raises(OutsideError, match=r"No space left on device.*free some space"):
        run.run_import(tmp_path, "jsonl", FIXTURES / "papers.jsonl", None)
    assert whole(tmp_path)


def test_a_folder_that_cannot_be_written_to_is_reported(tmp_path: Path) -> None:
    (tmp_path / "daily").write_text("a file where a folder should be")
    before = tree(tmp_path)
    with pytest.raises(OutsideError, match=r"cannot write .*daily"):
        run.run_import(tmp_path, "hf-page", FIXTURES / "page.txt", MARCH_11)
    assert tree(tmp_path) == before


def test_a_list_that_cannot_be_read_is_reported(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_args: object) -> NoReturn:
        raise PermissionError(errno.EACCES, "Permission denied")

    monkeypatch.setattr(reader, "read_list", refuse)
    with pytest.raises(OutsideError, match=r"Permission denied.*check who owns it"):
        run.run_import(tmp_path, "hf-page", FIXTURES / "page.txt", MARCH_11)


# --- real data ----------------------------------------------------------------------------

PAGE = "hf-page-2025-03-11.txt"
ROWS = "hf-daily-2024-2026.jsonl.gz"


@pytest.mark.corpus
def test_the_real_page_has_78_papers(tmp_path: Path, corpus: Path) -> None:
    report = run.run_import(tmp_path, "hf-page", corpus / PAGE, MARCH_11)
    daily, problems = reader.read_list(tmp_path, MARCH_11)
    assert daily
    assert not problems
    assert (report.papers, report.papers_new, len(daily.papers)) == (78, 78, 78)
    assert len({paper.id for paper in daily.papers}) == 78
    assert all(is_slug(paper.id) and paper.abstract for paper in daily.papers)
    assert daily.source.curators == ("AK", "the research community")


@pytest.mark.corpus
def test_the_real_page_adds_nothing_to_the_committed_list(tmp_path: Path, corpus: Path) -> None:
    committed = ROOT / "content" / paths.list_file(MARCH_11)
    copy = tmp_path / paths.list_file(MARCH_11)
    copy.parent.mkdir(parents=True)
    copy.write_bytes(committed.read_bytes())
    report = run.run_import(tmp_path, "hf-page", corpus / PAGE, MARCH_11)
    assert (report.papers, report.papers_new) == (78, 0)


@pytest.mark.corpus
@pytest.mark.slow
def test_the_real_rows_become_544_lists(tmp_path: Path, corpus: Path) -> None:
    root = tmp_path / "content"
    report = run.run_import(root, "jsonl", corpus / ROWS, None)
    assert (report.lists_written, report.papers, report.papers_new) == (544, 11_522, 11_522)
    loaded = reader.load_content(root)
    assert {problem.code for problem in loaded.problems} == {"missing-file"}  # archive.yaml
    papers = [paper for each in loaded.content.lists for paper in each.papers]
    assert len(papers) == 11_522
    assert len({paper.id for paper in papers}) == 11_520
    assert all(is_arxiv_id(paper.id) for paper in papers)
    assert sum(paper.published is None for paper in papers) == 912
    assert sum(not paper.authors for paper in papers) == 55
    before = tree(root)
    again = run.run_import(root, "jsonl", corpus / ROWS, None)
    assert (again.lists_written, again.papers_new, again.papers_updated) == (0, 0, 0)
    assert tree(root) == before


@pytest.mark.corpus
def test_page_and_rows_of_a_day_join_in_any_order(tmp_path: Path, corpus: Path) -> None:
    day_only = tmp_path / "rows"
    with gzip.open(corpus / ROWS, "rt", encoding="utf-8") as rows:
        day_only.write_text("".join(row for row in rows if '"list_date": "2025-03-11"' in row))
    page_first, rows_first = tmp_path / "page-first", tmp_path / "rows-first"
    run.run_import(page_first, "hf-page", corpus / PAGE, MARCH_11)
    run.run_import(page_first, "jsonl", day_only, None)
    run.run_import(rows_first, "jsonl", day_only, None)
    run.run_import(rows_first, "hf-page", corpus / PAGE, MARCH_11)
    assert tree(page_first) == tree(rows_first)


@pytest.mark.corpus
def test_every_real_api_body_is_read_or_refused(tmp_path: Path, corpus: Path) -> None:
    refused: dict[str, str] = {}
    papers = 0
    for path in sorted((corpus / "hf-api").iterdir()):
        try:
            papers += run.run_import(tmp_path, "hf-api", path, None).papers
        except SourceError as error:
            refused[path.name] = str(error)
    assert all("the source had no" in message for message in refused.values())
    assert list(refused) == ["odd_body_1_2025-01-11.json", "odd_error_dict_2025-01-11.json"]
    assert (len(tree(tmp_path)), papers) == (12, 71)


@pytest.mark.corpus
def test_nasty_records_are_all_read(tmp_path: Path, corpus: Path) -> None:
    report = run.run_import(tmp_path, "jsonl", corpus / "nasty.jsonl", date(2025, 1, 1))
    assert report.papers == 301  # 302 lines, of which two are one paper on one day
    before = tree(tmp_path)
    assert whole(tmp_path)
    run.run_import(tmp_path, "jsonl", corpus / "nasty.jsonl", date(2025, 1, 1))
    assert tree(tmp_path) == before


@pytest.mark.corpus
def test_a_real_list_fetched_twice_is_merged(corpus: Path) -> None:
    first, second = (
        feed(corpus / "hf-refetch" / f"2025-05-30-{name}.xml") for name in ("first", "second")
    )
    merged = merge.merge(first, second)
    assert (len(first.papers), len(second.papers)) == (63, 66)
    ids = {paper.id for paper in (*first.papers, *second.papers)}
    assert {paper.id for paper in merged.papers} == ids
    assert len(merged.papers) == len(ids)
    upvotes = {paper.id: paper.upvotes for paper in merged.papers}
    assert all(upvotes[paper.id] == paper.upvotes for paper in second.papers)
    assert merge.merge(merged, second) == merged


def feed(path: Path) -> DailyList:
    """A capture of the list as a feed, read as far as merging needs it."""
    papers = [
        Paper(
            id=arxiv_id(item.findtext("link", "").rpartition("/")[2]),
            title=source_fields.clean_line(item.findtext("title", "")),
            upvotes=int(re.findall(r"Upvotes:</b> (\d+)", item.findtext("description", ""))[0]),
        )
        for item in ET.parse(path).iterfind("channel/item")
    ]
    return source_fields.daily_list(date(2025, 5, 30), papers)
