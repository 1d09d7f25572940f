"""Cached lists without their papers, and papers that are read only when they are needed."""

from __future__ import annotations

from datetime import date, timedelta
from hashlib import sha256
from pathlib import Path

import pytest

from generator.archive.build import build_archive
from generator.content import checks, read_cache, reader
from generator.content.read_cache import ReadCache
from generator.content.reader import LoadedContent
from generator.core import parallel, paths
from generator.core.cache import Blob, Cache
from generator.core.errors import OutsideError
from generator.core.model import DailyList
from tests.archives import MONDAY, TODAY, daily, paper, whole, write

LISTS = tuple(
    daily(
        MONDAY + timedelta(20 * day),
        paper(f"a-{day}", authors=("A. Author",), abstract="Long."),
        paper(f"b-{day}", corrected=MONDAY + timedelta(60) if day == 1 else None),
    )
    for day in range(3)
)


@pytest.fixture
def root(tmp_path: Path) -> Path:
    return write(tmp_path / "content", whole(*LISTS))


def load(root: Path, cache: Cache) -> LoadedContent:
    return reader.load_content(root, read_cache=ReadCache(cache))


@pytest.fixture
def cache_folder(root: Path, tmp_path: Path) -> Path:
    """The folder of a cache that has the content."""
    load(root, Cache(tmp_path / "cache", b"tools"))
    return tmp_path / "cache"


def opened_from_now_on(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Names of the cache's files of papers that are opened after this call."""
    names: list[str] = []
    real = Cache.blob

    def blob(self: Cache, name: str) -> Blob:
        names.append(name)
        return real(self, name)

    monkeypatch.setattr(Cache, "blob", blob)
    return names


def test_papers_are_read_only_when_they_are_needed(
    root: Path, cache_folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    opened = opened_from_now_on(monkeypatch)
    cache = Cache(cache_folder, b"tools")
    build_archive(load(root, cache).content, cache)  # finds the rule matches of each
    again = load(root, cache)
    opened.clear()
    read = build_archive(again.content, cache, heads=again.heads)
    assert not opened
    assert read.entries["b-2"].paper == LISTS[2].papers[1]
    assert opened == [f"papers/daily-{LISTS[2].date:%Y-%m}"]
    assert again.content.lists == LISTS
    assert [hash(each) for each in again.content.lists] == [hash(each) for each in LISTS]


def test_cached_lists_are_not_parsed_again(root: Path, cache_folder: Path) -> None:
    def parse() -> DailyList:
        raise AssertionError("it is cached")

    cached = ReadCache(Cache(cache_folder, b"tools"))
    for each in LISTS:
        name = paths.list_file(each.date)
        cached.open([name])
        assert cached.get(name, sha256((root / name).read_bytes()).digest(), parse) == each


@pytest.mark.parametrize("damage", ["lost", "cut", "other bytes", "of other lists"])
def test_a_damaged_paper_is_read_from_its_list(root: Path, cache_folder: Path, damage: str) -> None:
    for path in (cache_folder / "papers").iterdir():
        if damage == "lost":
            path.unlink()
        elif damage == "cut":
            path.write_bytes(path.read_bytes()[:-3])
        elif damage == "other bytes":
            path.write_bytes(path.read_bytes().replace(b"Long", b"Lung"))
        else:
            path.write_bytes(path.read_bytes()[::-1])
    loaded = load(root, Cache(cache_folder, b"tools"))
    assert loaded.content.lists == LISTS
    assert loaded.problems == ()


@pytest.mark.parametrize("most", [0, 1, 2, 100])
@pytest.mark.parametrize("jobs", [1, 2])
def test_all_papers_can_be_read_whatever_the_limit_of_papers_in_memory(
    root: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, most: int, jobs: int
) -> None:
    monkeypatch.setattr(read_cache, "MAX_PAPERS", most)
    monkeypatch.setattr(parallel, "FEW", 1)
    opened = opened_from_now_on(monkeypatch)
    for first in (True, False):
        cache = Cache(tmp_path / "cache", b"tools")
        loaded = reader.load_content(root, read_cache=ReadCache(cache), jobs=jobs)
        assert loaded.content.lists == LISTS
        assert build_archive(loaded.content, cache, jobs, loaded.heads).entries.keys()
        # Parsed papers stay in memory up to the limit; the others are read from the cache.
        assert bool(opened) == (not first or most < 6)


def test_without_a_cache_all_papers_stay_in_memory(
    root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(read_cache, "MAX_PAPERS", 0)
    loaded = load(root, Cache(None, b"tools"))
    for path in (root / "daily").rglob("*.yaml"):
        path.unlink()
    assert loaded.content.lists == LISTS


def test_a_list_that_changes_while_a_missing_paper_is_needed_is_an_error(
    root: Path, cache_folder: Path
) -> None:
    loaded = load(root, Cache(cache_folder, b"tools"))
    for path in (cache_folder / "papers").iterdir():
        path.unlink()
    for path in (root / "daily").rglob("*.yaml"):
        path.write_text(path.read_text().replace("Long.", "Longer."))
    with pytest.raises(OutsideError, match="changed while it was in use"):
        loaded.content.lists[0].papers[0]


def test_a_month_that_changes_keeps_its_other_papers(root: Path, cache_folder: Path) -> None:
    more: list[DailyList] = [*LISTS, daily(LISTS[1].date + timedelta(1), paper("c"))]
    write(root, whole(*more))
    loaded = load(root, Cache(cache_folder, b"tools"))
    assert loaded.content.lists == (*LISTS[:2], more[3], LISTS[2])
    (root / f"daily/{LISTS[1].date:%Y}/{LISTS[1].date}.yaml").unlink()
    again = load(root, Cache(cache_folder, b"tools"))
    assert again.content.lists == (LISTS[0], more[3], LISTS[2])


def test_papers_of_a_month_that_changes_are_found_where_they_moved(
    root: Path, cache_folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def again(*_: object) -> DailyList:
        raise AssertionError("they are cached")

    monkeypatch.setattr(reader, "_reread_list", again)
    between = daily(LISTS[0].date + timedelta(1), paper("c", abstract="Longer than others."))
    assert f"{between.date:%Y-%m}" == f"{LISTS[1].date:%Y-%m}"
    write(root, whole(*LISTS, between))
    loaded = load(root, Cache(cache_folder, b"tools"))
    assert loaded.content.lists == (LISTS[0], between, *LISTS[1:])


def test_papers_of_checked_lists_are_not_read_again(
    root: Path, cache_folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    loaded = load(root, Cache(cache_folder, b"tools"))
    assert checks.check(loaded, TODAY) == []
    checked = checks.checked_lists(loaded, frozenset())
    assert len(checked) == 2, "the date of the other list's correction depends on today"
    opened = opened_from_now_on(monkeypatch)
    again = load(root, Cache(cache_folder, b"tools"))
    assert checks.check(again, TODAY, checked) == []
    assert opened == [f"papers/daily-{LISTS[1].date:%Y-%m}"]
    (early,) = checks.check(again, LISTS[2].date, checked)
    assert early.code == "future-date"
    assert checks.checked_lists(again, checked) == checked


def test_a_list_that_changes_is_checked_again(root: Path, cache_folder: Path) -> None:
    checked = checks.checked_lists(load(root, Cache(cache_folder, b"tools")), frozenset())
    wrong = daily(LISTS[0].date, *LISTS[0].papers, LISTS[0].papers[0])
    write(root, whole(wrong, *LISTS[1:]))
    problems = checks.check(load(root, Cache(cache_folder, b"tools")), date.max, checked)
    assert [each.code for each in problems] == ["duplicate-paper"]
