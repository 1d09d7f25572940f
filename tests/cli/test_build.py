"""`build`: what it says, what it refuses, and the site that gives way to the new one."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest

from generator.content import writer
from tests.archives import (
    MONDAY,
    ROOT,
    build_arguments,
    command,
    daily,
    minimal,
    paper,
    tag,
    tree,
    whole,
    write,
)
from tests.cli.calls import CAPSYS, add_a_broken_tag, run

# ---- wrong usage


def test_a_build_outside_an_archive_says_where_to_run_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: CAPSYS
) -> None:
    minimal(tmp_path / "content")
    monkeypatch.chdir(tmp_path)
    assert run("build") == 2
    assert "mkdocs.yml" in capsys.readouterr().err


UNSAFE_FOLDERS: dict[str, Callable[[Path], list[tuple[str, Path]]]] = {
    "site is content": lambda root: [("--site", root / "content")],
    "site is within content": lambda root: [("--site", root / "content" / "site")],
    "site holds content": lambda root: [("--site", root)],
    "site is docs": lambda root: [("--site", root / "docs")],
    "docs is content": lambda root: [("--docs", root / "content")],
    "docs is within content": lambda root: [("--docs", root / "content" / "daily")],
    "site is somebody's folder": lambda root: [("--site", root / "papers")],
}


@pytest.mark.parametrize("case", UNSAFE_FOLDERS.values(), ids=UNSAFE_FOLDERS)
def test_a_build_never_replaces_a_folder_that_is_no_site(
    folder: Path, case: Callable[[Path], list[tuple[str, Path]]]
) -> None:
    (folder / "papers").mkdir()
    (folder / "papers" / "mine.txt").write_text("mine", encoding="utf-8")
    before = tree(folder)
    changes = [str(part) for pair in case(folder) for part in pair]
    result = command(*build_arguments(folder), *changes)
    assert result.returncode == 2, result.stderr
    assert "Traceback" not in result.stderr
    assert tree(folder) == before


def test_a_build_never_replaces_the_project_it_runs_in(tmp_path: Path) -> None:
    """In a copy: should the command do what it must not, only the copy is lost."""
    project = tmp_path / "project"
    shutil.copytree(
        ROOT / "generator", project / "generator", ignore=shutil.ignore_patterns("__pycache__")
    )
    shutil.copy(ROOT / "mkdocs.yml", project)
    minimal(project / "content")
    before = tree(project)
    for site in (".", "..", str(project), "generator"):
        result = subprocess.run(
            [
                sys.executable,
                "-m",
                "generator",
                "build",
                "--site",
                site,
                "--docs",
                tmp_path / "docs",
            ],
            cwd=project,
            env=os.environ | {"PYTHONDONTWRITEBYTECODE": "1"},
            capture_output=True,
            text=True,
            check=False,
        )
        assert "Traceback" not in result.stderr, site
        assert result.returncode == 2, site
        assert tree(project) == before, site


# ---- build


def test_a_build_says_what_it_made(folder: Path, capsys: CAPSYS) -> None:
    shutil.rmtree(folder / "docs")
    assert run(*build_arguments(folder)) == 0
    said = capsys.readouterr()
    assert said.err.startswith(f"built {folder / 'site'}: ")
    assert said.err.count("\n") == 1
    assert re.search(r"^  papers +\d", said.out, re.MULTILINE)


def test_a_new_day_imports_no_library_that_it_does_not_need(folder: Path) -> None:
    """They take as long to load as a tenth of the day's pages to make."""
    heavy = {"dateutil", "feedgen", "importlib.metadata", "lark", "lxml", "markdown", "mkdocs"}
    code = (
        "import sys; from generator.cli import main; main.main(sys.argv[1:]); print(*sys.modules)"
    )

    def loaded() -> set[str]:
        arguments = [*build_arguments(folder), "--no-search", "--jobs", "1"]
        output = subprocess.check_output([sys.executable, "-c", code, *arguments], text=True)
        return heavy & set(output.splitlines()[-1].split())

    shutil.rmtree(folder / "cache")
    assert loaded() >= {"feedgen", "mkdocs"}
    writer.write_list(folder / "content", daily(date(2025, 3, 12), paper("2503.00099")))
    assert loaded() == set()


def test_broken_content_builds_nothing_and_touches_nothing(folder: Path, capsys: CAPSYS) -> None:
    path = add_a_broken_tag(folder)
    before = tree(folder)
    times = {each: each.stat().st_mtime_ns for each in (folder / "site").rglob("*")}
    assert run(*build_arguments(folder)) == 1
    said = capsys.readouterr().err
    assert f"{path}:3:1: yaml-syntax " in said
    assert "nothing was built" in said
    assert tree(folder) == before
    assert {each: each.stat().st_mtime_ns for each in (folder / "site").rglob("*")} == times


def test_a_first_build_of_broken_content_makes_no_folder(tmp_path: Path) -> None:
    minimal(tmp_path / "content")
    add_a_broken_tag(tmp_path)
    assert run(*build_arguments(tmp_path)) == 1
    assert {path.name for path in tmp_path.iterdir()} == {"content", "cache"}


def test_a_page_with_mkdocs_warnings_leaves_the_old_site(folder: Path) -> None:
    """A hand-written page with a dead link is a warning, and warnings are errors."""
    (folder / "docs" / "mine.md").write_text("# Mine\n\n[dead](nowhere.md)\n", encoding="utf-8")
    before = tree(folder / "site")
    result = command(*build_arguments(folder))
    assert result.returncode == 3
    assert "nowhere.md" in result.stderr
    assert "Traceback" not in result.stderr
    assert tree(folder / "site") == before


def test_the_new_site_replaces_the_old_one(folder: Path) -> None:
    (folder / "site" / "stale.html").write_text("stale", encoding="utf-8")
    write(folder / "content", whole(daily(MONDAY, paper(), paper("2503.00002"))))
    assert command(*build_arguments(folder)).returncode == 0
    assert not (folder / "site" / "stale.html").exists()
    assert (folder / "site" / "papers" / "2503.00002" / "index.html").exists()
    assert {path.name for path in folder.iterdir()} == {"cache", "content", "docs", "site"}


@pytest.mark.parametrize("day", [date(1969, 12, 31), date(999, 1, 1), date(1, 1, 1)])
def test_old_papers_can_be_archived(tmp_path: Path, day: date) -> None:
    write(tmp_path / "content", whole(daily(day, paper(published=day))))
    result = command(*build_arguments(tmp_path))
    assert (result.returncode, "Traceback" in result.stderr) == (0, False), result.stderr[-300:]


def test_hostile_names_of_tags_never_end_in_a_traceback(tmp_path: Path) -> None:
    what = whole(
        daily(), tags=[tag("graphs", "a\x01b", description="c\x9fd", match=("placeholder",))]
    )
    write(tmp_path / "content", what)
    result = command(*build_arguments(tmp_path))
    assert result.returncode in (0, 1)
    assert "Traceback" not in result.stderr


def test_a_navigation_without_the_home_page_is_built(tmp_path: Path) -> None:
    project = tmp_path / "project"
    (project / "docs").mkdir(parents=True)
    (project / "generator").symlink_to(ROOT / "generator")
    config = (ROOT / "mkdocs.yml").read_text(encoding="utf-8")
    without_home, count = re.subn(r"(?<=\nnav:\n)(  .*\n)+", "  - Tags: tags/index.md\n", config)
    assert count == 1
    (project / "mkdocs.yml").write_text(without_home, encoding="utf-8")
    minimal(project / "content")
    result = subprocess.run(
        [sys.executable, "-m", "generator", "build", "--no-search"],
        cwd=project,
        capture_output=True,
        text=True,
        check=False,
    )
    assert result.returncode == 0, result.stderr
    assert "A Placeholder" in (project / "site" / "index.html").read_text(encoding="utf-8")


def test_serve_has_no_option_that_it_would_ignore(capsys: CAPSYS) -> None:
    assert run("serve", "--site", "elsewhere") == 2
    assert "--site" in capsys.readouterr().err
