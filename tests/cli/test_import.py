"""`import`: what it says, and what it leaves alone."""

from __future__ import annotations

from pathlib import Path

from tests.archives import ROOT, tree
from tests.cli.calls import CAPSYS, run

# ---- wrong usage


def test_the_year_of_a_page_is_never_guessed(tmp_path: Path, capsys: CAPSYS) -> None:
    page = ROOT / "tests" / "fixtures" / "importers" / "page.txt"
    assert run("import", "hf-page", page, "--content", tmp_path) == 2
    assert "--date" in capsys.readouterr().err
    assert tree(tmp_path) == {}


# ---- import


def test_import_says_what_it_did_and_changes_nothing_the_second_time(
    tmp_path: Path, capsys: CAPSYS
) -> None:
    lines = ROOT / "tests" / "fixtures" / "importers" / "papers.jsonl"
    assert run("import", "jsonl", lines, "--content", tmp_path) == 0
    first = capsys.readouterr().out
    assert "new" in first
    before = tree(tmp_path)
    assert before
    assert run("import", "jsonl", lines, "--content", tmp_path) == 0
    assert "0 lists written" in capsys.readouterr().out
    assert tree(tmp_path) == before


def test_one_paper_of_one_list_is_counted_as_such(tmp_path: Path, capsys: CAPSYS) -> None:
    source = tmp_path / "a.jsonl"
    source.write_text('{"list_date": "2025-03-10", "title": "A"}\n', encoding="utf-8")
    assert run("import", "jsonl", source, "--content", tmp_path / "content") == 0
    said = "1 paper read: 1 new, 0 updated; 1 list written, 0 unchanged\n"
    assert capsys.readouterr().out == said


def test_import_of_a_damaged_file_writes_nothing(tmp_path: Path, capsys: CAPSYS) -> None:
    source = tmp_path / "a.jsonl"
    source.write_text('{"list_date": "2025-03-10", "title": "A"}\n{"title"\n', encoding="utf-8")
    assert run("import", "jsonl", source, "--content", tmp_path / "content") == 1
    assert f"{source}:2" in capsys.readouterr().err
    assert not (tmp_path / "content").exists()


def test_import_into_a_file_instead_of_a_folder_exits_with_3(
    tmp_path: Path, capsys: CAPSYS
) -> None:
    (tmp_path / "content").write_text("a file", encoding="utf-8")
    lines = ROOT / "tests" / "fixtures" / "importers" / "papers.jsonl"
    assert run("import", "jsonl", lines, "--content", tmp_path / "content") == 3
    assert "content" in capsys.readouterr().err
