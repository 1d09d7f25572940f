"""Folders of generated files, where files of people stay, and the stage of a site."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from generator.core import files
from generator.core.errors import OutsideError, UsageError
from generator.site import generated, staging
from tests.archives import tree

FILES = st.dictionaries(
    st.sampled_from(["a", "b", "c/d", "c/e", "f/g/h"]), st.binary(max_size=3), max_size=5
)


def write(folder: Path, made: dict[str, bytes]) -> int:
    """One run as the build does it; gives how many files it removed."""
    stale = sorted(generated.manifest(folder) - made.keys())
    generated.add_to_manifest(folder, made.keys() - generated.manifest(folder))
    for name, data in made.items():
        files.write(folder / name, data)
    generated.remove_stale(folder, stale)
    return len(stale)


def contents(folder: Path) -> dict[str, bytes]:
    return {name: data for name, data in tree(folder).items() if name != generated.MANIFEST}


def test_stale_files_are_removed_and_counted(tmp_path: Path) -> None:
    assert write(tmp_path, {"a": b"1", "b/c": b"2"}) == 0
    assert contents(tmp_path) == {"a": b"1", "b/c": b"2"}
    assert write(tmp_path, {"a": b"1", "b/d": b"3"}) == 1
    assert contents(tmp_path) == {"a": b"1", "b/d": b"3"}


def test_unchanged_files_are_not_touched(tmp_path: Path) -> None:
    write(tmp_path, {"a": b"1"})
    os.utime(tmp_path / "a", ns=(1, 1))
    write(tmp_path, {"a": b"1", "b": b"2"})
    assert (tmp_path / "a").stat().st_mtime_ns == 1


def test_empty_folders_go_with_their_last_file(tmp_path: Path) -> None:
    write(tmp_path, {"a/b/c": b"1"})
    write(tmp_path, {})
    assert [path.name for path in tmp_path.iterdir()] == [generated.MANIFEST]


def test_a_file_that_a_person_put_there_stays(tmp_path: Path) -> None:
    write(tmp_path, {"a/b": b"1"})
    (tmp_path / "a" / "mine").write_bytes(b"mine")
    write(tmp_path, {})
    assert contents(tmp_path) == {"a/mine": b"mine"}


@pytest.mark.parametrize("line", ["../outside", "/etc/passwd", "a/../../outside"])
def test_a_damaged_manifest_removes_nothing_outside(tmp_path: Path, line: str) -> None:
    (tmp_path / "outside").write_bytes(b"mine")
    folder = tmp_path / "docs"
    folder.mkdir()
    (folder / generated.MANIFEST).write_text(f"{line}\n", encoding="utf-8")
    write(folder, {})
    assert (tmp_path / "outside").exists()


def test_a_manifest_that_is_no_text_is_an_error_with_a_message(tmp_path: Path) -> None:
    (tmp_path / generated.MANIFEST).write_bytes(b"\xff\xfe")
    try:
        write(tmp_path, {"a": b"1"})
    except OutsideError:
        return
    assert contents(tmp_path) == {"a": b"1"}


@pytest.mark.parametrize("after", range(4))
def test_an_interrupted_run_leaves_no_file_outside_the_manifest(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, after: int
) -> None:
    write(tmp_path, {"old": b"1"})
    real = files.write
    calls = 0

    def interrupted(path: Path, data: bytes) -> bool:
        nonlocal calls
        calls += 1
        if calls > after:
            raise KeyboardInterrupt
        return real(path, data)

    monkeypatch.setattr(files, "write", interrupted)
    with pytest.raises(KeyboardInterrupt):
        write(tmp_path, {"new": b"2", "newer": b"3"})
    monkeypatch.undo()
    write(tmp_path, {"newest": b"4"})
    assert contents(tmp_path) == {"newest": b"4"}


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(st.lists(FILES, min_size=1, max_size=4))
def test_the_folder_holds_what_the_last_run_made(
    tmp_path_factory: pytest.TempPathFactory, runs: list[dict[str, bytes]]
) -> None:
    folder = tmp_path_factory.mktemp("docs")
    for made in runs:
        write(folder, made)
    assert contents(folder) == runs[-1]


# --- the site ---------------------------------------------------------------------------------


def stage(site: Path, made: dict[str, str]) -> Path:
    folder = staging.stage_of(site)
    for name, text in made.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text, "ascii")
    return folder


def test_a_stage_replaces_the_site(tmp_path: Path) -> None:
    site = tmp_path / "site"
    staging.replace(site, stage(site, {"a/index.html": "old"}), "1")
    old = staging.replace(site, stage(site, {"b/index.html": "new"}), "2")
    assert tree(old) == {".build": b"1", "a/index.html": b"old"}
    staging.discard(old)
    assert tree(tmp_path) == {"site/.build": b"2", "site/b/index.html": b"new"}
    assert staging.mark_of(site) == "2"


def test_a_stage_merges_into_the_site(tmp_path: Path) -> None:
    site = tmp_path / "site"
    staging.replace(site, stage(site, {"a/b/index.html": "1", "c/index.html": "2"}), "1")
    new = stage(site, {"c/index.html": "3", "d/e": "4"})
    replaced = staging.merge(site, new, ["a/b/index.html"], "2")
    assert sorted(tree(replaced).values()) == [b"1", b"1", b"2"]
    made = tree(site)
    assert made == {".build": b"2", "c/index.html": b"3", "d/e": b"4"}
    assert not (site / "a").exists()


def test_nothing_stays_beside_the_site(tmp_path: Path) -> None:
    site = tmp_path / "site"
    for text in ("1", "2"):
        with staging.staged(site) as new:
            (new / "a").write_text(text, "ascii")
            staging.merge(site, new, [], text)
        with staging.staged(site) as new:
            (new / "a").write_text(text, "ascii")
            staging.replace(site, new, text)
    assert tree(tmp_path) == {"site/.build": b"2", "site/a": b"2"}


@pytest.mark.parametrize("name", ["a", "c", staging.MARK])
def test_a_merge_that_fails_leaves_the_old_site(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    site = tmp_path / "site"
    staging.replace(site, stage(site, {"a": "1"}), "1")

    new = stage(site, {"a": "2", "b/c": "2"})
    before, real = tree(site), os.rename

    def interrupted(source: str, target: str) -> None:
        if Path(source).name == name and Path(source).is_relative_to(new):
            monkeypatch.undo()
            raise KeyboardInterrupt
        real(source, target)

    monkeypatch.setattr(os, "rename", interrupted)
    with pytest.raises(KeyboardInterrupt):
        staging.merge(site, new, [], "2")
    assert tree(site) == before


@pytest.mark.parametrize("name", [staging.MARK, "assets/archive.css"])
def test_only_a_site_made_here_is_replaced(tmp_path: Path, name: str) -> None:
    site = tmp_path / "site"
    site.mkdir()
    staging.check_site(site)
    (site / "mine.txt").write_text("mine")
    with pytest.raises(UsageError, match="was not made by paper-archive"):
        staging.check_site(site)
    (site / name).parent.mkdir(exist_ok=True)
    (site / name).write_text("")
    staging.check_site(site)


def test_an_old_site_left_aside_comes_back(tmp_path: Path) -> None:
    (tmp_path / ".site.old").mkdir()
    (tmp_path / ".site.old" / staging.MARK).write_text("1")
    staging.check_site(tmp_path / "site")
    assert staging.mark_of(tmp_path / "site") == "1"
