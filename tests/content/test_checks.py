"""Checks of the content as a whole; `test_invalid.py` holds a case for each code."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path

import pytest

from generator.archive.build import build_archive
from generator.content import checks, reader, tag_names
from generator.content.reader import LoadedContent
from generator.core.model import Content, Problem, Tagging
from generator.text.phrases import normal_form
from tests.archives import MONDAY, TODAY, daily, minimal, paper, tag, varied, whole, write


def check(root: Path, what: Content, today: date = TODAY) -> list[Problem]:
    return checks.check(reader.load_content(write(root, what)), today)


def codes(problems: list[Problem]) -> list[str]:
    return [problem.code for problem in problems]


def test_an_archive_with_everything_has_no_problems(tmp_path: Path) -> None:
    assert check(tmp_path, varied()) == []


def test_today_is_no_future_and_tomorrow_is(tmp_path: Path) -> None:
    loaded = reader.load_content(minimal(tmp_path))
    assert checks.check(loaded, MONDAY) == []
    assert codes(checks.check(loaded, MONDAY - timedelta(days=1))) == ["future-date"]


def test_problems_are_sorted_and_each_is_reported_once(tmp_path: Path) -> None:
    loaded = reader.load_content(minimal(tmp_path))
    twice = (
        Problem("z.yaml", 1, 1, "bad-name", "m"),
        Problem("a.yaml", 9, 1, "bad-name", "m"),
        Problem("a.yaml", 10, 1, "bad-name", "m"),
        Problem("z.yaml", 1, 1, "bad-name", "m"),
    )
    found = checks.check(LoadedContent(loaded.root, loaded.content, twice), TODAY)
    assert [(problem.path, problem.line) for problem in found] == [
        ("a.yaml", 9),
        ("a.yaml", 10),
        ("z.yaml", 1),
    ]


@pytest.mark.parametrize(
    "written", ["graphs", "Graphs", "GRAPH", "graph learning", "Graph-Learning"]
)
def test_a_tag_may_be_given_by_any_name_that_the_archive_takes(
    tmp_path: Path, written: str
) -> None:
    """What the check lets pass, the archive understands: neither is stricter."""
    tags = (tag("graphs", aliases=("graph learning",)),)
    what = whole(daily(), tags=tags, taggings=[Tagging("2503.00001", (written,))])
    assert check(tmp_path, what) == []
    (entry,) = build_archive(what).entries.values()
    assert [use.tag.slug for use in entry.tags] == ["graphs"]
    assert normal_form(written) in tag_names.names(tags)


def test_taggings_find_papers_by_their_key(tmp_path: Path) -> None:
    what = whole(
        daily(MONDAY, paper("doi:10.1000/A_b")),
        tags=[tag("graphs")],
        taggings=[Tagging("doi-10.1000-a-b", ("graphs",))],
    )
    assert check(tmp_path, what) == []


def test_a_paper_on_two_days_is_no_duplicate(tmp_path: Path) -> None:
    assert check(tmp_path, whole(daily(), daily(date(2025, 3, 11)))) == []


def test_tags_that_differ_only_in_their_signs_are_two(tmp_path: Path) -> None:
    """C and C++ have words in common, so it is unclear which of them a keyword means."""
    found = check(tmp_path, whole(daily(), tags=[tag("c", "C"), tag("cpp", "C++")]))
    assert codes(found) == ["alias-collision"]


def test_tags_without_a_letter_do_not_collide_for_being_empty(tmp_path: Path) -> None:
    assert check(tmp_path, whole(daily(), tags=[tag("plus", "++"), tag("stars", "**")])) == []


@pytest.mark.parametrize("length", [2, 50])
def test_every_tag_of_a_circle_is_reported_and_no_other(tmp_path: Path, length: int) -> None:
    circle = [tag(f"t{n}x", parent=f"t{(n + 1) % length}x") for n in range(length)]
    found = check(tmp_path, whole(daily(), tags=[*circle, tag("below", parent="t0x")]))
    assert codes(found) == ["parent-circle"] * length
    assert not any("below" in problem.path for problem in found)


@pytest.mark.parametrize(
    "archive_id",
    [
        "example.org",
        ",2025",
        "example.org,",
        "example.org,20",
        "example.org,year",
        "exam ple.org,2025",
        "example.org,2025 or so",
        "example.org,²⁰²⁵",
        "example.org,2025-13-01",
        "https://example.org,2025",
        "a\x01b,2025",
    ],
)
def test_an_archives_id_must_make_a_tag_uri(tmp_path: Path, archive_id: str) -> None:
    assert codes(check(tmp_path, whole(daily(), id=archive_id))) == ["bad-id"]


@pytest.mark.parametrize(
    "archive_id",
    [
        "example.org,2025",
        "example.org,2025-03",
        "a.b-c.example.org,2025-03-11",
        "a@example.org,2025",
    ],
)
def test_ids_of_archives(tmp_path: Path, archive_id: str) -> None:
    assert check(tmp_path, whole(daily(), id=archive_id)) == []


@pytest.mark.parametrize("paper_id", ["a" * 300, "doi:10.1000/" + "x" * 300])
def test_an_id_too_long_for_a_file_is_a_problem_of_the_content(
    tmp_path: Path, paper_id: str
) -> None:
    """Or else its page has a shorter name; in neither case the disk is to blame."""
    what = whole(daily(MONDAY, paper(paper_id)))
    if not check(tmp_path, what):
        (key,) = build_archive(what).entries
        assert len(key) < 250


@pytest.mark.parametrize("title", ["\u202e", "{}", "\x01", r"\textbf{}", "\u2066 \u2069"])
def test_a_title_of_which_nothing_is_shown_is_an_empty_value(tmp_path: Path, title: str) -> None:
    """Or else something is shown for it: a link must have a text."""
    what = whole(daily(MONDAY, paper(title=title)))
    if "empty-value" not in codes(check(tmp_path, what)):
        (entry,) = build_archive(what).entries.values()
        assert entry.title.strip()


@pytest.mark.parametrize("text", ["a\x01b", "a\x7fb", "a\x9fb", "a\ufffeb"])
@pytest.mark.parametrize("field", ["name", "description", "aliases"])
def test_a_tag_with_a_control_character_does_not_reach_the_pages(
    tmp_path: Path, text: str, field: str
) -> None:
    values = {"aliases": (text,)} if field == "aliases" else {field: text}
    what = whole(daily(), tags=[tag("graphs", **values)])
    loaded = reader.load_content(write(tmp_path, what))
    if not checks.check(loaded, TODAY):
        (found,) = loaded.content.tags
        assert text not in (found.name, found.description, *found.aliases)
