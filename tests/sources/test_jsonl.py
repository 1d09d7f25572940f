"""A line a paper: what the traps of that format become."""

import gzip
import os
from datetime import date

import pytest

from generator.core.errors import SourceError, UsageError
from generator.core.ids import distinct_slug
from generator.core.model import Paper
from generator.sources import jsonl
from tests.sources.inputs import FIXTURES, MARCH_11, fixture, lines, stream


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
