"""Checks of the content as a whole; `test_invalid.py` holds a case for each code."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path

import pytest

from generator.archive.build import build_archive
from generator.content import checks, reader, tag_names
from generator.content.reader import LoadedContent
from generator.core import limits, paths
from generator.core.model import Content, Problem, Tag, Tagging
from generator.text.phrases import normal_form
from tests.archives import (
    MONDAY,
    TODAY,
    build_arguments,
    command,
    daily,
    minimal,
    paper,
    saved,
    tag,
    varied,
    whole,
    write,
)
from tests.effort import little_work
from tests.text.test_look_alikes import ORDINARY


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


# ---- what is too much in all files together


def chain(length: int) -> list[Tag]:
    """Tags of which each is the parent of the next."""
    return [tag(f"t{n}", parent=f"t{n - 1}" if n else "") for n in range(length)]


def test_a_tree_of_tags_that_is_too_deep_is_reported_once_where_it_is(tmp_path: Path) -> None:
    most = limits.TAG_LEVELS.most
    assert check(tmp_path / "right", whole(daily(), tags=chain(most))) == []
    found = check(tmp_path / "wrong", whole(daily(), tags=chain(200)))
    assert [(each.code, each.path.rpartition("/")[2], each.line) for each in found] == [
        ("too-large", f"t{most}.yaml", 3)
    ]


def test_the_command_says_that_a_tree_of_tags_is_too_deep(tmp_path: Path) -> None:
    done = command(
        *build_arguments(tmp_path, write(tmp_path / "content", whole(tags=chain(1_100))))
    )
    assert done.returncode == 1
    assert "is on level 11 of the tree of tags, below level 10" in done.stderr
    assert "Traceback" not in done.stderr
    assert not (tmp_path / "site").exists()


@pytest.mark.parametrize("name", ["TAGS", "ALIASES", "PHRASES", "QUERIES", "GIVEN_TAGS"])
def test_totals_have_limits(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    tags = [tag(f"t{n}", aliases=(f"a{n}", f"b{n}"), match=(f"p{n}", f"q{n}")) for n in range(3)]
    queries = [saved(f"s{n}", "words") for n in range(3)]
    taggings = [Tagging("2503.00001", (f"t{n}",), part=f"t{n}") for n in range(3)]
    what = whole(daily(), tags=tags, queries=queries, taggings=taggings)
    each = 2 if name in {"ALIASES", "PHRASES"} else 1
    limit = getattr(limits, name)
    monkeypatch.setattr(limits, name, limit._replace(most=3 * each))
    assert check(tmp_path, what) == []
    monkeypatch.setattr(limits, name, limit._replace(most=3 * each - 1))
    (problem,) = check(tmp_path, what)
    assert problem.code == "too-large"
    assert f"has {3 * each} {limit.unit}, more than {3 * each - 1}" in problem.message
    assert problem.hint == limit.way_out


def test_as_many_aliases_as_5000_tags_could_have_are_refused_before_a_build(tmp_path: Path) -> None:
    """Each would be a redirect: 320,000 files."""
    tags = [tag(f"t{n}", aliases=[f"t{n}-a{m}" for m in range(60)]) for n in range(1_000)]
    done = command(*build_arguments(tmp_path, write(tmp_path / "content", whole(tags=tags))))
    assert done.returncode == 1
    assert "the vocabulary has 60,000 aliases, more than 20,000" in done.stderr


def test_many_unknown_names_are_reported_without_a_long_look_for_each(tmp_path: Path) -> None:
    papers = [paper(f"2503.{n:05}") for n in range(5_000)]
    taggings = [Tagging(f"2504.{n:05}", ("unknown",)) for n in range(1_000)]
    loaded = reader.load_content(write(tmp_path, whole(daily(MONDAY, *papers), taggings=taggings)))
    with little_work():
        assert len(checks.check(loaded, TODAY)) == 2_000


# ---- names and links


def test_names_of_tags_in_ordinary_letters_of_all_kinds_are_no_problem(tmp_path: Path) -> None:
    aliases = tuple(each for each in ORDINARY if each != "модель")
    assert check(tmp_path, whole(daily(), tags=[tag("names", aliases=aliases)])) == []


@pytest.mark.parametrize(
    "kind", ["arXiv", "arxiv", "DOI", "doi", "Abstract page", "abstract", "Abstract"]
)
def test_a_link_must_not_have_a_label_of_the_site(tmp_path: Path, kind: str) -> None:
    linked = paper(links=((kind, "https://example.org/"),))
    (problem,) = check(tmp_path, whole(daily(MONDAY, linked)))
    assert problem.code == "reserved-link"


def test_a_paper_without_arxiv_id_and_doi_may_link_to_its_abstract(tmp_path: Path) -> None:
    linked = paper("a-slug", links=(("abstract", "https://example.org/"),))
    assert check(tmp_path, whole(daily(MONDAY, linked))) == []


@pytest.mark.parametrize("kind", ["", " ", "\u202e", "\u200b", "k" * 51])
def test_the_key_of_a_link_is_visible_and_short(tmp_path: Path, kind: str) -> None:
    linked = paper(links=((kind, "https://example.org/"),))
    (problem,) = check(tmp_path, whole(daily(MONDAY, linked)))
    assert problem.code == ("too-large" if len(kind) > 1 else "empty-value")


@pytest.mark.parametrize("title", ["\u200b", "\u2060\n", "\ufe0f \ufeff"])
def test_a_title_has_something_that_people_see(tmp_path: Path, title: str) -> None:
    (problem,) = check(tmp_path, whole(daily(MONDAY, paper(title=title))))
    assert problem.message == "'title' has no visible characters"


@pytest.mark.parametrize(
    "name",
    [
        "tags/aux.yaml",
        "tags/com1.yaml",
        "feeds/nul.yaml",
        "tagging/con/con-artists.yaml",
        "nul.txt",
    ],
)
def test_a_name_that_windows_cannot_have_is_refused(tmp_path: Path, name: str) -> None:
    file = minimal(tmp_path) / name
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text("tags: []\n")
    found = [each for each in checks.check(reader.load_content(tmp_path), TODAY) if not each.line]
    assert {each.code for each in found} & {"bad-name"}, found


@pytest.mark.parametrize("name", ["a:b.md", "what?.txt", "notes.md ", "notes .", "a\\b.md"])
def test_a_file_at_the_top_has_a_name_that_windows_can_have(tmp_path: Path, name: str) -> None:
    (minimal(tmp_path) / name).touch()
    (problem,) = checks.check(reader.load_content(tmp_path), TODAY)
    assert problem.code == "bad-name"


def test_two_files_whose_names_differ_in_case_alone_are_one_elsewhere(tmp_path: Path) -> None:
    for name in ("README.md", "readme.md", "notes.md"):
        (minimal(tmp_path) / name).touch()
    (problem,) = checks.check(reader.load_content(tmp_path), TODAY)
    assert problem.message == "on some systems this is the same file as 'README.md'"
    assert problem.path.endswith("readme.md")


def test_a_list_with_a_problem_in_each_paper_is_not_parsed_for_each(tmp_path: Path) -> None:
    papers = [paper(f"Not an id {n}") for n in range(3_000)]
    loaded = reader.load_content(write(tmp_path, whole(daily(MONDAY, *papers))))
    with little_work():
        found = checks.check(loaded, TODAY)
    assert [each.code for each in found] == ["bad-id"] * 3_000
    assert len({each.line for each in found}) == 3_000


def test_places_are_those_of_the_file_as_it_is_now(tmp_path: Path) -> None:
    loaded = reader.load_content(minimal(tmp_path))
    file = paths.list_file(MONDAY)
    before = loaded.problem(file, ["papers", 0, "title"], "bad-id", "m")
    text = (tmp_path / file).read_text()
    (tmp_path / file).write_text(f"# a comment\n\n{text}")
    after = loaded.problem(file, ["papers", 0, "title"], "bad-id", "m")
    assert after.line == before.line + 2
