"""Bodies of the API: what their traps become."""

import re
from datetime import date
from pathlib import Path

import pytest

from generator.core import limits
from generator.core.errors import SourceError, UsageError
from generator.core.model import Paper
from generator.sources import hf_api
from tests.archives import minimal
from tests.effort import measured_command
from tests.sources.inputs import api, api_body, stream


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
        ("api-one.json", "expected a list of papers, found a number; fetch the day again"),
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
        ("null", "2025-04-17.json:1: the source had no papers for the day"),
        ('{"data": null}', "2025-04-17.json:1: the source had no papers for the day"),
        ('{"data": "text"}', "2025-04-17.json:1: expected a list of papers, found a text; fetch"),
        ('{"data": {"papers": []}}', "2025-04-17.json:1: expected a list of papers, found an obj"),
        ('"papers"', "2025-04-17.json:1: expected a list of papers, found a text; fetch the day"),
        ("true", "2025-04-17.json:1: expected a list of papers, found true or false; fetch the"),
        ('{"papers": [{"title": "T"}]}', "2025-04-17.json:1: 'data' is missing; fetch the day"),
        ('{"error": "No list"}', r"2025-04-17.json:1: the source had no papers .*\('No list'\)"),
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
    with pytest.raises(SourceError, match="found a text of 1,000,002 characters"):
        api_body(["[" + " " * limits.LITERAL.most + "]"])


# ---- what is too large


@pytest.mark.parametrize(
    ("paper", "message"),
    [
        ({"title": "T" * 2_001}, "'title' has 2,001 characters"),
        ({"summary": "a" * 50_001}, "'summary' has 50,001 characters"),
        ({"authors": [{"name": "A"}] * 20_001}, "'authors' has 20,001 authors"),
        ({"authors": [{"name": "A" * 501}]}, "'name' has 501 characters"),
        ({"ai_keywords": ["a"] * 501}, "'ai_keywords' has 501 keywords"),
        ({"githubRepo": "https://example.org/" + "a" * 2_000}, "'githubRepo' has 2,020"),
        ({"id": "1" * 1_001}, "'id' has 1,001 characters"),
    ],
)
def test_an_entry_with_too_much_is_refused_with_its_number(
    paper: dict[str, object], message: str
) -> None:
    body = [{"paper": {"title": "T"}}, {"paper": {"title": "T"} | paper}]
    with pytest.raises(SourceError, match=rf"^2025-04-17\.json: entry 2: {re.escape(message)}"):
        api_body(body)


def test_a_list_of_too_many_papers_is_refused() -> None:
    with pytest.raises(SourceError, match=r"2025-04-17\.json:1: the list has 20,001 papers"):
        api_body([{"paper": {"title": "T"}}] * 20_001)


def test_a_body_is_read_up_to_its_limit(tmp_path: Path) -> None:
    file = tmp_path / "2025-04-17.json"
    with file.open("wb") as written:
        written.truncate(1 << 40)
    done = measured_command("import", "hf-api", file, "--content", minimal(tmp_path / "content"))
    assert (done.code, f"{file}:1: larger than 16 MB; fetch it again" in done.said) == (1, True)
    assert done.megabytes < 150
