"""The only reader and writer of `content/`: what is written is read again, whatever it holds."""

from __future__ import annotations

import os
import random
from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from generator.content import checks, reader, writer, yaml_fields
from generator.content.problems import CODES
from generator.core import paths
from generator.core.errors import OutsideError
from generator.core.model import DailyList, Problem, Source
from tests.archives import MONDAY, SETTINGS, TODAY, daily, minimal, paper, tree, varied, write
from tests.papers import LINES, PAPER, SOME_TEXT, URL, kept, line, lines

LIST = st.builds(
    DailyList,
    date=st.dates(),
    source=st.builds(Source, name=SOME_TEXT, url=st.just("") | URL, curators=LINES),
    papers=st.lists(PAPER, max_size=3).map(tuple),
)


def read_text(daily_list: DailyList, text: str) -> tuple[DailyList | None, list[Problem]]:
    """What the loader makes of a list's text."""
    problems: list[Problem] = []
    path = Path(paths.list_file(daily_list.date))
    fields = yaml_fields.read_fields(path.as_posix(), text.encode(), problems)
    assert fields is not None, problems
    found = reader._read_list(fields, path, problems)
    fields.done()
    return found, problems


def normal(daily_list: DailyList) -> DailyList:
    """What a file keeps of a list.

    Lost is white space only: in lines it collapses, around prose it goes.
    """
    source = daily_list.source
    return DailyList(
        daily_list.date,
        Source(line(source.name), source.url, lines(source.curators)),
        tuple(map(kept, daily_list.papers)),
    )


# ---- round trip


@given(LIST)
def test_a_list_that_is_written_is_read_again(daily_list: DailyList) -> None:
    text = writer.list_text(daily_list)
    assert read_text(daily_list, text) == (normal(daily_list), [])


@given(LIST)
def test_what_was_read_is_written_the_same_again(daily_list: DailyList) -> None:
    once = writer.list_text(normal(daily_list))
    found, _ = read_text(daily_list, once)
    assert found is not None
    assert writer.list_text(found) == once


@pytest.mark.parametrize(
    "text",
    [
        "no",
        "null",
        "~",
        "2401.10020",
        "2025-03-11",
        "- a",
        "a: b",
        "a #b",
        "'a' \"b\"",
        "%a",
        "@a",
        "`a",
        "\\alpha",
        "&a *b",
        "!a",
        "|",
        ">",
        "{a",
        "[a",
        "a\x85b\u2028c",
        "\x01\x7f\x9f",
        "\ufeffa",
        "\U0001f600",
        "---",
        "...",
        "<<",
    ],
)
def test_texts_that_mean_something_to_yaml_stay_texts(text: str) -> None:
    given_list = daily(MONDAY, paper(title=text, authors=(text,), summary=text, keywords=(text,)))
    assert read_text(given_list, writer.list_text(given_list)) == (normal(given_list), [])


def test_a_written_list_looks_as_people_would_write_it() -> None:
    abstract = "First paragraph.\n\nSecond: paragraph."
    daily_list = daily(
        MONDAY, paper(authors=("A. Author", "Ö. Müller-Beispiel"), abstract=abstract, upvotes=3)
    )
    assert writer.list_text(daily_list) == (
        "date: 2025-03-10\n"
        "source:\n"
        "  name: A Source\n"
        "  url: https://example.org/source\n"
        "  curators: [A. Curator]\n"
        "papers:\n"
        '- id: "2503.00001"\n'
        "  title: A Placeholder\n"
        "  authors: [A. Author, Ö. Müller-Beispiel]\n"
        "  abstract: |-\n"
        "    First paragraph.\n"
        "\n"
        "    Second: paragraph.\n"
        "  upvotes: 3\n"
    )


def test_one_day_in_two_places_is_written_out_twice() -> None:
    """For a date object that stands twice PyYAML writes an alias, which the loader refuses."""
    daily_list = daily(MONDAY, paper(published=MONDAY), paper("2503.00002", published=MONDAY))
    text = writer.list_text(daily_list)
    assert "&" not in text
    assert read_text(daily_list, text) == (daily_list, [])


def test_a_list_is_written_once_and_then_left_alone(tmp_path: Path) -> None:
    assert writer.write_list(tmp_path, daily())
    assert not writer.write_list(tmp_path, daily())
    assert list(tree(tmp_path)) == ["daily/2025/2025-03-10.yaml"]


# ---- the whole folder


def test_what_is_written_to_a_folder_is_loaded_from_it(tmp_path: Path) -> None:
    loaded = reader.load_content(write(tmp_path, varied()))
    assert loaded.problems == ()
    assert loaded.content == varied()


def test_the_order_in_which_files_were_made_is_of_no_consequence(tmp_path: Path) -> None:
    first = write(tmp_path / "first", varied())
    files = list(tree(first).items())
    random.Random(1).shuffle(files)
    for name, data in files:
        path = tmp_path / "second" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)
    assert reader.load_content(first).content == reader.load_content(tmp_path / "second").content


def test_settings_that_are_left_out_have_their_defaults(tmp_path: Path) -> None:
    text = "title: T\ndescription: D\nsite_url: https://example.org/sub\nid: example.org,2025\n"
    (tmp_path / "archive.yaml").write_text(text, encoding="utf-8")
    found = reader.load_content(tmp_path).content.settings
    assert (found.site_url, found.repository, found.branch) == (
        "https://example.org/sub/",
        "",
        "main",
    )
    assert (found.language, found.author_min_papers, found.feed_entries) == ("en", 3, 100)


def test_files_of_editors_and_unfinished_ones_are_not_content(tmp_path: Path) -> None:
    root = minimal(tmp_path)
    for name in (".2025-03-11.yaml.part", ".2025-03-11.yaml.swp", ".hidden.yaml"):
        (root / "daily" / "2025" / name).write_text("half a", encoding="utf-8")
    assert checks.check(reader.load_content(root), TODAY) == []


@pytest.mark.parametrize(
    "name",
    [
        "daily/2025/2025-03-11",
        "daily/2025/2025-03-11.yaml.txt",
        "tagging/2503/2503.00001",
        "tags/graphs.YAML",
        "tags/graphs.json",
        "dialy/2025/2025-03-11.yaml",
        "2025-03-11.yaml",
    ],
)
def test_a_file_that_would_be_overlooked_is_a_problem(tmp_path: Path, name: str) -> None:
    path = minimal(tmp_path) / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("tags: [graphs]\n", encoding="utf-8")
    problems = checks.check(reader.load_content(tmp_path), TODAY)
    assert [(each.path, each.code) for each in problems] == [(path.as_posix(), "bad-name")]


def test_a_folder_that_cannot_be_read_is_not_taken_for_an_empty_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    root = minimal(tmp_path)
    real = os.scandir

    def refusing(path: str | Path = ".") -> object:
        if Path(path) == root / "daily" / "2025":
            raise PermissionError(13, "Permission denied", str(path))
        return real(path)

    monkeypatch.setattr(os, "scandir", refusing)
    try:
        problems = reader.load_content(root).problems
    except OutsideError:
        return
    assert [each.code for each in problems] == ["unreadable"]


@pytest.mark.parametrize(
    "change",
    [
        lambda text: text.replace("date: 2025-03-10", "date: 10 March"),
        lambda text: text.replace("date: 2025-03-10\n", ""),
        lambda text: text.replace("source:\n  name: A Source", "sauce:\n  name: A Source"),
    ],
    ids=["bad date", "no date", "no source"],
)
def test_the_papers_of_a_list_are_checked_though_its_head_is_wrong(
    tmp_path: Path, change: Callable[[str], str]
) -> None:
    root = write(tmp_path, varied())
    path = root / "daily" / "2025" / "2025-03-10.yaml"
    text = change(path.read_text(encoding="utf-8"))
    path.write_text(text.replace('"doi:10.1000/Ab_c(1)"', '"2503.00001"'), encoding="utf-8")
    codes = [each.code for each in checks.check(reader.load_content(root), TODAY)]
    assert "duplicate-paper" in codes
    assert "unknown-paper" not in codes


@pytest.mark.parametrize(
    "change",
    [
        lambda text: text.replace("papers:", "papers: ["),
        lambda _text: "",
        lambda text: text.replace('id: "2503.00001"', 'od: "2503.00001"'),
        lambda text: text.replace('- id: "2503.00001"', '- "2503.00001"\n- {}\n- zzz: 1'),
    ],
    ids=["no yaml", "nothing", "a paper without an id", "entries that are no papers"],
)
def test_no_tagging_is_blamed_for_a_list_that_cannot_be_read(
    tmp_path: Path, change: Callable[[str], str]
) -> None:
    """The papers of the list are unknown, so none can be reported as missing."""
    what = varied()
    root = write(tmp_path, type(what)(what.settings, what.lists[1:2], what.tags, what.taggings[:1]))
    path = root / "daily" / "2025" / "2025-03-10.yaml"
    path.write_text(change(path.read_text(encoding="utf-8")), encoding="utf-8")
    codes = {each.code for each in checks.check(reader.load_content(root), TODAY)}
    assert codes
    assert "unknown-paper" not in codes


# ---- never a crash


@settings(
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
    max_examples=60,
)
@given(
    data=st.binary(max_size=60) | st.text("abc:-?[]{}#&*!|>'\"%@`,. \n\t\\~0").map(str.encode),
    name=st.sampled_from(
        [
            "archive.yaml",
            "daily/2025/2025-03-10.yaml",
            "tags/a.yaml",
            "tagging/2503/2503.00001.yaml",
        ]
    ),
)
def test_the_loader_never_raises_whatever_a_file_holds(
    tmp_path: Path, data: bytes, name: str
) -> None:
    path = tmp_path / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(data)
    loaded = reader.load_content(tmp_path)
    path.unlink()
    assert loaded.problems
    assert list(loaded.problems) == sorted(loaded.problems)
    assert {each.code for each in loaded.problems} <= set(CODES)


MUTATIONS = st.lists(st.tuples(st.integers(0, 2000), st.binary(max_size=3)), min_size=1, max_size=4)


@settings(
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
    max_examples=80,
)
@given(mutations=MUTATIONS, which=st.integers(0, 20))
def test_a_damaged_archive_is_checked_without_raising(
    tmp_path: Path, mutations: list[tuple[int, bytes]], which: int
) -> None:
    """Bytes are overwritten in one file of an archive that has everything."""
    files = tree(write(tmp_path, varied()))
    name = sorted(files)[which % len(files)]
    damaged = bytearray(files[name])
    for at, new in mutations:
        damaged[at % len(damaged) : at % len(damaged) + len(new)] = new
    (tmp_path / name).write_bytes(bytes(damaged))
    problems = checks.check(reader.load_content(tmp_path), TODAY)
    assert problems == sorted(set(problems))
    for problem in problems:
        assert problem.code in CODES
        assert Path(problem.path).is_file()


def test_settings_of_the_tests_are_valid() -> None:
    assert SETTINGS.site_url.endswith("/")
    assert date(2025, 3, 10).weekday() == 0
