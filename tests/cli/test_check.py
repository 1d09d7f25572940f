"""`check`: what it prints of problems, and in which form."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.archives import ROOT, minimal, tree
from tests.cli.calls import BROKEN, CAPSYS, add_a_broken_tag, run


def test_check_of_content_without_problems(tmp_path: Path, capsys: CAPSYS) -> None:
    assert run("check", "--content", minimal(tmp_path)) == 0
    said = capsys.readouterr()
    assert said.out == ""
    assert said.err == "no problems in 1 list with 1 paper\n"


def test_check_prints_each_problem_and_counts_them(tmp_path: Path, capsys: CAPSYS) -> None:
    root = minimal(tmp_path / "content")
    path = add_a_broken_tag(tmp_path)
    assert run("check", "--content", root) == 1
    said = capsys.readouterr()
    assert said.out.startswith(f"{path}:3:1: yaml-syntax ")
    assert said.out.count("\n") == 1
    assert said.err == "1 problem in 1 list with 1 paper\n"


def test_check_as_json_and_for_github(tmp_path: Path, capsys: CAPSYS) -> None:
    root = minimal(tmp_path / "content")
    path = add_a_broken_tag(tmp_path)
    assert run("check", "--content", root, "--format", "json") == 1
    (problem,) = json.loads(capsys.readouterr().out)
    assert (problem["path"], problem["line"], problem["code"]) == (str(path), 3, "yaml-syntax")
    assert run("check", "--content", root, "--format", "github") == 1
    first, second = capsys.readouterr().out.splitlines()
    assert first.startswith(f"::error file={path},line=3,col=1,title=yaml-syntax::")
    assert second.startswith(f"{path}:3:1: yaml-syntax ")


def test_check_as_json_of_no_problems_is_an_empty_list(tmp_path: Path, capsys: CAPSYS) -> None:
    assert run("check", "--content", minimal(tmp_path), "--format", "json") == 0
    assert json.loads(capsys.readouterr().out) == []


@pytest.mark.parametrize(
    ("chosen", "found"),
    [
        (["tags/a.yaml"], ["a"]),
        (["tags"], ["a", "b"]),
        (["tags/a.yaml", "tags/b.yaml"], ["a", "b"]),
        (["daily"], []),
        (["."], ["a", "b"]),
    ],
)
def test_check_of_some_paths_prints_only_theirs(
    tmp_path: Path, capsys: CAPSYS, chosen: list[str], found: list[str]
) -> None:
    root = minimal(tmp_path)
    (root / "tags").mkdir()
    for name in ("a", "b"):
        (root / "tags" / f"{name}.yaml").write_text(BROKEN, encoding="utf-8")
    code = run("check", "--content", root, *(root / each for each in chosen))
    lines = capsys.readouterr().out.splitlines()
    assert [Path(line.split(":")[0]).stem for line in lines] == found
    assert code == bool(found)


def test_check_of_a_missing_path_is_wrong_usage(tmp_path: Path, capsys: CAPSYS) -> None:
    """A misspelt path must not look like one without problems."""
    root = minimal(tmp_path)
    assert run("check", "--content", root, root / "tags" / "grpahs.yaml") == 2
    assert "grpahs.yaml" in capsys.readouterr().err


def test_check_of_a_missing_folder_names_it(tmp_path: Path, capsys: CAPSYS) -> None:
    assert run("check", "--content", tmp_path / "nowhere") in (1, 2)
    said = capsys.readouterr()
    assert "nowhere" in said.out + said.err


def test_check_changes_nothing(folder: Path) -> None:
    add_a_broken_tag(folder)
    before = tree(folder)
    run("check", "--content", folder / "content")
    assert tree(folder) == before


@pytest.mark.parametrize("encoding", ["ascii", "latin-1", "utf-8"])
@pytest.mark.parametrize("format_name", ["text", "github", "json"])
def test_any_terminal_can_show_any_problem(tmp_path: Path, encoding: str, format_name: str) -> None:
    root = minimal(tmp_path)
    (root / "tags").mkdir()
    (root / "tags" / "a.yaml").write_text("näme…例: 1\n", encoding="utf-8")
    (root / "tags" / os.fsdecode(b"\xff.yaml")).write_text(BROKEN, encoding="utf-8")
    result = subprocess.run(
        [
            sys.executable,
            "-m",
            "generator",
            "check",
            "--content",
            tmp_path,
            "--format",
            format_name,
        ],
        cwd=ROOT,
        env=os.environ | {"PYTHONIOENCODING": encoding},
        capture_output=True,
        check=False,
    )
    assert result.returncode == 1, result.stderr.decode()[-500:]
    assert b"unknown-key" in result.stdout
    assert b"Traceback" not in result.stderr
