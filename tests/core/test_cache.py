"""The cache: stored values can be read again, and anything damaged reads as None."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from generator.core.cache import Cache
from generator.site.plan import FileStat, TargetRecord

TOOLS = b"0" * 32


@dataclass(frozen=True, slots=True)
class Kept:
    made: dict[str, TargetRecord]
    day: date


VALUE = Kept({"a": TargetRecord(b"1", FileStat(1, 2), None)}, date(2025, 3, 11))


def test_a_stored_value_can_be_read_again(tmp_path: Path) -> None:
    Cache(tmp_path / "cache", TOOLS).write("folder/name", VALUE)
    cache = Cache(tmp_path / "cache", TOOLS)
    assert cache.read("folder/name", Kept) == VALUE
    assert cache.read("other", Kept) is None


def test_other_tools_and_other_types_read_as_none(tmp_path: Path) -> None:
    Cache(tmp_path, TOOLS).write("name", VALUE)
    assert Cache(tmp_path, b"1" * 32).read("name", Kept) is None
    assert Cache(tmp_path, TOOLS).read("name", list[int]) is None


def test_without_a_folder_nothing_is_stored() -> None:
    cache = Cache(None, TOOLS)
    cache.write("name", VALUE)
    assert cache.read("name", Kept) is None


@given(st.data())
def test_any_damage_reads_as_none(
    tmp_path_factory: pytest.TempPathFactory, data: st.DataObject
) -> None:
    folder = tmp_path_factory.mktemp("cache")
    Cache(folder, TOOLS).write("name", VALUE)
    whole = (folder / "name").read_bytes()
    at = data.draw(st.integers(0, len(whole) - 1))
    byte = data.draw(st.integers(0, 255).filter(lambda byte: byte != whole[at]))
    cut = data.draw(st.booleans())
    damaged = whole[:at] if cut else whole[:at] + bytes([byte]) + whole[at + 1 :]
    (folder / "name").write_bytes(damaged)
    assert Cache(folder, TOOLS).read("name", Kept) is None


def test_a_disk_that_refuses_is_reported_once(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "file").write_text("in the way")
    cache = Cache(tmp_path / "file", TOOLS)
    cache.write("a", VALUE)
    cache.write("b", VALUE)
    assert capsys.readouterr().err.count("the next build will take longer") == 1
    assert cache.read("a", Kept) is None


def test_files_no_longer_used_are_removed(tmp_path: Path) -> None:
    cache = Cache(tmp_path, TOOLS)
    for name in ("in/a", "in/b", "other"):
        cache.write(name, 1)
    cache.keep_only({"in/b"}, "in")
    assert [cache.read(name, int) for name in ("in/a", "in/b", "other")] == [None, 1, 1]
