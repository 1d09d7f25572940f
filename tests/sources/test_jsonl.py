"""A line a paper: what the traps of that format become."""

import gzip
import os
import re
from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest

from generator.core.errors import SourceError, UsageError
from generator.core.ids import distinct_slug
from generator.core.model import Paper
from generator.sources import jsonl
from tests.archives import minimal
from tests.effort import measured_command
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
        (b"[" * 100_000, "JSON nested deeper than 50 levels"),
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


# ---- what is too large

MEGABYTE = 1 << 20


def packed(*parts: tuple[bytes, int]) -> bytes:
    """Data of parts that are repeated, compressed a part at a time: gzip may have many members."""
    return b"".join(gzip.compress(part) * times for part, times in parts)


def test_a_line_of_2_gb_in_2_mb_of_gzip_takes_little_memory(tmp_path: Path) -> None:
    file = tmp_path / "papers.jsonl.gz"
    file.write_bytes(packed((b'{"title": "', 1), (b"a" * 16 * MEGABYTE, 128), (b'"}\n', 1)))
    assert file.stat().st_size < 2.5 * MEGABYTE
    done = measured_command("import", "jsonl", file, "--content", minimal(tmp_path / "content"))
    assert done.code == 1
    assert f"{file}:1: the line is larger than 4 MB; write one paper on each line" in done.said
    assert done.megabytes < 150


def test_a_file_is_read_no_further_than_its_limit_once_unpacked(tmp_path: Path) -> None:
    file = tmp_path / "papers.jsonl.gz"
    line = b" " * (MEGABYTE - 1) + b"\n"
    file.write_bytes(packed((GOOD, 1), (line, 1_000)))
    done = measured_command("import", "jsonl", file, "--content", minimal(tmp_path / "content"))
    assert done.code == 1
    assert f"{file}:257: the file is larger than 256 MB; split the file" in done.said
    assert done.megabytes < 150


@pytest.mark.parametrize("pack", [bytes, gzip.compress])
def test_blank_lines_are_lines(pack: Callable[[bytes], bytes]) -> None:
    with pytest.raises(SourceError, match=r"papers\.jsonl:200001: the file has more than 200,000"):
        jsonl.parse(stream(pack(GOOD + b"\n" * 300_000)), "papers.jsonl", None)


@pytest.mark.parametrize(
    ("row", "message"),
    [
        ({"title": "T" * 2_001}, "'title' has 2,001 characters, more than 2,000; shorten it"),
        ({"abstract": "a" * 50_001}, "'abstract' has 50,001 characters"),
        ({"authors": ["A"] * 20_001}, "'authors' has 20,001 authors, more than 20,000; name the"),
        ({"authors": ["A" * 501]}, "an entry of 'authors' has 501 characters"),
        ({"keywords": ["a"] * 501}, "'keywords' has 501 keywords"),
        ({"keywords": ["a" * 301]}, "an entry of 'keywords' has 301 characters"),
        ({"github": "https://example.org/" + "a" * 2_000}, "'github' has 2,020 characters"),
        ({"published": "2025-01-01" * 101}, "'published' has 1,010 characters"),
        ({"other": [[[[1]]]], "title": "T", "deep": {"a": 1}}, ""),
    ],
)
def test_a_row_with_too_much_is_refused_with_its_line(row: dict[str, object], message: str) -> None:
    given = {"list_date": "2024-02-01", "title": "T"} | row
    if not message:
        assert lines(given)
        return
    with pytest.raises(SourceError, match=rf"^papers\.jsonl:1: {re.escape(message)}"):
        lines(given)


def test_a_list_of_too_many_papers_is_refused() -> None:
    data = b"".join(GOOD.replace(b"A", b"%d" % n) for n in range(20_001))
    with pytest.raises(SourceError, match=r":20001: the list of 2024-02-01 has more than 20,000"):
        jsonl.parse(stream(data), "papers.jsonl", None)


def test_many_papers_of_one_title_take_no_long_comparison() -> None:
    rows = [{"list_date": "2024-02-01", "title": "A", "abstract": f"{n}"} for n in range(101)]
    assert len(lines(*rows[:100])[0].papers) == 100
    with pytest.raises(SourceError, match="more than 100 papers with the title 'A'; check the"):
        lines(*rows)


def test_json_within_50_levels_is_read() -> None:
    def nested(levels: int) -> bytes:
        return GOOD[:-2] + b', "x": ' + b"[" * levels + b"]" * levels + b"}\n"

    assert jsonl.parse(stream(nested(49)), "papers.jsonl", None)
    with pytest.raises(SourceError, match=r"papers\.jsonl:1: JSON nested deeper than 50 levels"):
        jsonl.parse(stream(nested(50)), "papers.jsonl", None)
