"""Writing a folder of generated files: what changed, what is stale, nothing of other people's."""

from __future__ import annotations

import os
from pathlib import Path, PurePosixPath

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from generator import files, output
from generator.errors import OutsideError
from generator.model import OutputFile
from generator.output import Written
from tests.archives import tree

FILES = st.dictionaries(
    st.sampled_from(["a", "b", "c/d", "c/e", "f/g/h"]), st.binary(max_size=3), max_size=5
)


def outputs(made: dict[str, bytes]) -> list[OutputFile]:
    return [OutputFile(PurePosixPath(name), data) for name, data in made.items()]


def contents(folder: Path) -> dict[str, bytes]:
    return {name: data for name, data in tree(folder).items() if name != output.LIST}


def test_files_are_written_and_counted(tmp_path: Path) -> None:
    assert output.write(tmp_path, outputs({"a": b"1", "b/c": b"2"})) == Written(2, 0, 0)
    assert contents(tmp_path) == {"a": b"1", "b/c": b"2"}
    assert output.write(tmp_path, outputs({"a": b"1", "b/d": b"3"})) == Written(1, 1, 1)
    assert contents(tmp_path) == {"a": b"1", "b/d": b"3"}


def test_what_did_not_change_is_not_touched(tmp_path: Path) -> None:
    output.write(tmp_path, outputs({"a": b"1"}))
    os.utime(tmp_path / "a", ns=(1, 1))
    output.write(tmp_path, outputs({"a": b"1", "b": b"2"}))
    assert (tmp_path / "a").stat().st_mtime_ns == 1


def test_empty_folders_go_with_their_last_file(tmp_path: Path) -> None:
    output.write(tmp_path, outputs({"a/b/c": b"1"}))
    output.write(tmp_path, [])
    assert [path.name for path in tmp_path.iterdir()] == [output.LIST]


def test_a_file_that_a_person_put_there_stays(tmp_path: Path) -> None:
    output.write(tmp_path, outputs({"a/b": b"1"}))
    (tmp_path / "a" / "mine").write_bytes(b"mine")
    output.write(tmp_path, [])
    assert contents(tmp_path) == {"a/mine": b"mine"}


@pytest.mark.parametrize("line", ["../outside", "/etc/passwd", "a/../../outside"])
def test_a_damaged_list_removes_nothing_outside(tmp_path: Path, line: str) -> None:
    (tmp_path / "outside").write_bytes(b"mine")
    folder = tmp_path / "docs"
    folder.mkdir()
    (folder / output.LIST).write_text(f"{line}\n", encoding="utf-8")
    output.write(folder, [])
    assert (tmp_path / "outside").exists()


def test_a_list_that_is_no_text_is_an_error_for_people(tmp_path: Path) -> None:
    (tmp_path / output.LIST).write_bytes(b"\xff\xfe")
    try:
        output.write(tmp_path, outputs({"a": b"1"}))
    except OutsideError:
        return
    assert contents(tmp_path) == {"a": b"1"}


def test_nothing_is_written_while_rendering_may_still_fail(tmp_path: Path) -> None:
    def failing() -> object:
        yield from outputs({"a": b"1"})
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        output.write(tmp_path, failing())  # type: ignore[arg-type]
    assert tree(tmp_path) == {}


@pytest.mark.parametrize("after", range(4))
def test_an_interrupted_run_leaves_no_file_that_nobody_knows_of(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, after: int
) -> None:
    output.write(tmp_path, outputs({"old": b"1"}))
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
        output.write(tmp_path, outputs({"new": b"2", "newer": b"3"}))
    monkeypatch.undo()
    output.write(tmp_path, outputs({"newest": b"4"}))
    assert contents(tmp_path) == {"newest": b"4"}


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(st.lists(FILES, min_size=1, max_size=4))
def test_the_folder_holds_what_the_last_run_made(
    tmp_path_factory: pytest.TempPathFactory, runs: list[dict[str, bytes]]
) -> None:
    folder = tmp_path_factory.mktemp("docs")
    for made in runs:
        output.write(folder, outputs(made))
    assert contents(folder) == runs[-1]
    assert output.write(folder, outputs(runs[-1])).changed == 0
