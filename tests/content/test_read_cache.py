"""What was read before: lists without their papers, each paper when somebody looks at it."""

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
    return reader.load_content(root, shelf=ReadCache(cache))


@pytest.fixture
def kept(root: Path, tmp_path: Path) -> Path:
    """The folder of a cache that has seen the content."""
    load(root, Cache(tmp_path / "cache", b"tools"))
    return tmp_path / "cache"


def looked_at(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Names of the files of papers that are opened from now on."""
    names: list[str] = []
    real = Cache.blob

    def blob(self: Cache, name: str) -> Blob:
        names.append(name)
        return real(self, name)

    monkeypatch.setattr(Cache, "blob", blob)
    return names


def test_papers_are_read_when_somebody_looks(
    root: Path, kept: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    opened = looked_at(monkeypatch)
    cache = Cache(kept, b"tools")
    build_archive(load(root, cache).content, cache)  # finds what rules say of each
    again = load(root, cache)
    opened.clear()
    read = build_archive(again.content, cache, heads=again.heads)
    assert not opened
    assert read.entries["b-2"].paper == LISTS[2].papers[1]
    assert opened == [f"papers/daily-{LISTS[2].date:%Y-%m}"]
    assert again.content.lists == LISTS
    assert [hash(each) for each in again.content.lists] == [hash(each) for each in LISTS]


def test_nothing_that_is_kept_is_read_from_its_list_again(root: Path, kept: Path) -> None:
    def read() -> DailyList:
        raise AssertionError("it is kept")

    shelf = ReadCache(Cache(kept, b"tools"))
    for each in LISTS:
        name = paths.list_file(each.date)
        shelf.open([name])
        assert shelf.get(name, sha256((root / name).read_bytes()).digest(), read) == each


@pytest.mark.parametrize("damage", ["lost", "cut", "other bytes", "of other lists"])
def test_a_paper_that_is_not_as_it_was_is_read_from_its_list(
    root: Path, kept: Path, damage: str
) -> None:
    for path in (kept / "papers").iterdir():
        if damage == "lost":
            path.unlink()
        elif damage == "cut":
            path.write_bytes(path.read_bytes()[:-3])
        elif damage == "other bytes":
            path.write_bytes(path.read_bytes().replace(b"Long", b"Lung"))
        else:
            path.write_bytes(path.read_bytes()[::-1])
    loaded = load(root, Cache(kept, b"tools"))
    assert loaded.content.lists == LISTS
    assert loaded.problems == ()


@pytest.mark.parametrize("most", [0, 1, 2, 100])
@pytest.mark.parametrize("jobs", [1, 2])
def test_however_many_papers_are_in_memory_all_can_be_read(
    root: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, most: int, jobs: int
) -> None:
    monkeypatch.setattr(read_cache, "MOST_PAPERS", most)
    monkeypatch.setattr(parallel, "FEW", 1)
    opened = looked_at(monkeypatch)
    for first in (True, False):
        cache = Cache(tmp_path / "cache", b"tools")
        loaded = reader.load_content(root, shelf=ReadCache(cache), jobs=jobs)
        assert loaded.content.lists == LISTS
        assert build_archive(loaded.content, cache, jobs, loaded.heads).entries.keys()
        # Few stay in memory since they were read as YAML, of many all but some.
        assert bool(opened) == (not first or most < 6)


def test_without_a_cache_all_papers_stay_in_memory(
    root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(read_cache, "MOST_PAPERS", 0)
    loaded = load(root, Cache(None, b"tools"))
    for path in (root / "daily").rglob("*.yaml"):
        path.unlink()
    assert loaded.content.lists == LISTS


def test_a_list_that_changes_while_a_lost_paper_is_needed_is_a_message(
    root: Path, kept: Path
) -> None:
    loaded = load(root, Cache(kept, b"tools"))
    for path in (kept / "papers").iterdir():
        path.unlink()
    for path in (root / "daily").rglob("*.yaml"):
        path.write_text(path.read_text().replace("Long.", "Longer."))
    with pytest.raises(OutsideError, match="changed while it was used: run it again"):
        loaded.content.lists[0].papers[0]


def test_a_month_that_changes_keeps_its_other_papers(root: Path, kept: Path) -> None:
    more: list[DailyList] = [*LISTS, daily(LISTS[1].date + timedelta(1), paper("c"))]
    write(root, whole(*more))
    assert load(root, Cache(kept, b"tools")).content.lists == (*LISTS[:2], more[3], LISTS[2])
    (root / f"daily/{LISTS[1].date:%Y}/{LISTS[1].date}.yaml").unlink()
    again = load(root, Cache(kept, b"tools"))
    assert again.content.lists == (LISTS[0], more[3], LISTS[2])


def test_papers_of_a_month_that_changes_are_found_where_they_moved(
    root: Path, kept: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def again(*_: object) -> DailyList:
        raise AssertionError("they are kept")

    monkeypatch.setattr(reader, "_list_again", again)
    between = daily(LISTS[0].date + timedelta(1), paper("c", abstract="Longer than others."))
    assert f"{between.date:%Y-%m}" == f"{LISTS[1].date:%Y-%m}"
    write(root, whole(*LISTS, between))
    loaded = load(root, Cache(kept, b"tools"))
    assert loaded.content.lists == (LISTS[0], between, *LISTS[1:])


def test_lists_found_right_are_not_looked_at_again(
    root: Path, kept: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    loaded = load(root, Cache(kept, b"tools"))
    assert checks.check(loaded, TODAY) == []
    sound = checks.sound(loaded, frozenset())
    assert len(sound) == 2, "one list has a correction, which a day makes right or wrong"
    opened = looked_at(monkeypatch)
    again = load(root, Cache(kept, b"tools"))
    assert checks.check(again, TODAY, sound) == []
    assert opened == [f"papers/daily-{LISTS[1].date:%Y-%m}"]
    (early,) = checks.check(again, LISTS[2].date, sound)
    assert early.code == "future-date"
    assert checks.sound(again, sound) == sound


def test_a_list_that_changes_is_checked_again(root: Path, kept: Path) -> None:
    sound = checks.sound(load(root, Cache(kept, b"tools")), frozenset())
    wrong = daily(LISTS[0].date, *LISTS[0].papers, LISTS[0].papers[0])
    write(root, whole(wrong, *LISTS[1:]))
    problems = checks.check(load(root, Cache(kept, b"tools")), date.max, sound)
    assert [each.code for each in problems] == ["duplicate-paper"]
