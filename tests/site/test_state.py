"""What a build trusts of what earlier builds left: of sites that share a cache, or were damaged."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest

from generator.core import paths
from generator.core.model import Content
from generator.site import build
from generator.site.options import DEFAULT, BuildOptions, Folders
from tests.archives import MONDAY, ROOT, daily, paper, tree, whole, write

TODAY = date(2100, 1, 1)
INDEX = Path(paths.SEARCH_INDEX)
OLD = daily(date(2024, 12, 30), paper("2412.00009", "Older", abstract="Old words."))


def content(number: int) -> Content:
    """The archive at three times: the second has one day more, the third is another in all."""
    if number == 3:
        return whole(daily(MONDAY, paper("2503.00001", "Foreign"), paper("2503.00002", "Other")))
    days = (MONDAY, date(2025, 3, 11))[:number]
    return whole(OLD, *(daily(day, paper(f"2503.000{day.day}", "New")) for day in days))


class Place:
    """Builds in one folder, into any site of it, with one cache."""

    def __init__(self, root: Path) -> None:
        self.root = root

    def folders(self, site: str, docs: str = "docs") -> Folders:
        root = self.root
        return Folders(root / "content", root / docs, root / site, ROOT, root / "cache")

    def write(self, number: int) -> None:
        shutil.rmtree(self.root / "content", ignore_errors=True)
        write(self.root / "content", content(number))

    def build(
        self, site: str = "site", docs: str = "docs", options: BuildOptions = DEFAULT
    ) -> Path:
        folders = self.folders(site, docs)
        build.build(folders, TODAY, options)
        return folders.site


@pytest.fixture(scope="module")
def right(tmp_path_factory: pytest.TempPathFactory) -> dict[int, Path]:
    """For each content, a place where it was built from nothing."""
    places = {}
    for number in (1, 2, 3):
        place = Place(tmp_path_factory.mktemp(f"right{number}"))
        place.write(number)
        place.build()
        places[number] = place.root
    return places


@pytest.fixture
def place(right: dict[int, Path], tmp_path: Path) -> Place:
    """A place where the first content was built, times of files included."""
    shutil.copytree(right[1], tmp_path / "place")
    return Place(tmp_path / "place")


@pytest.fixture
def no_pagefind(monkeypatch: pytest.MonkeyPatch) -> None:
    """Lets builds fail that make a part of the index."""
    monkeypatch.setenv("PAGEFIND_BINARY_PATH", "/no/such/program")


# ---- two sites, one cache

ORDERS = (
    "a1 b2 a2",
    "a1 b2 a1",
    "a1 b1 a1 b2 a2",
    "a2 b1 a1 b2 a2",
    "a1 b3 a1 b1",
    "a3 b2 a1 b3 a2",
)
"""Sites and contents, in the order in which they are built."""


@pytest.mark.parametrize("order", ORDERS)
def test_sites_that_share_a_cache_are_each_right(
    right: dict[int, Path], tmp_path: Path, order: str
) -> None:
    """As `make serve` and `make site` do, with the same docs/, too."""
    place = Place(tmp_path)
    for site, number in map(tuple, order.split()):
        place.write(int(number))
        assert tree(place.build(site)) == tree(right[int(number)] / "site"), order
        assert tree(tmp_path / "docs") == tree(right[int(number)] / "docs"), order


def test_sites_that_share_a_cache_may_have_docs_of_their_own(
    right: dict[int, Path], tmp_path: Path
) -> None:
    place = Place(tmp_path)
    for site, number in map(tuple, ("a1", "b2", "a2", "b1")):
        place.write(int(number))
        assert tree(place.build(site, f"docs-{site}")) == tree(right[int(number)] / "site")


def test_a_copied_site_is_as_good_as_the_one_it_was_copied_from(
    right: dict[int, Path], place: Place
) -> None:
    shutil.copytree(place.root / "site", place.root / "copy")
    place.write(2)
    for site in ("copy", "site"):
        assert tree(place.build(site)) == tree(right[2] / "site")
    place.write(1)
    shutil.rmtree(place.root / "copy")
    shutil.copytree(right[1] / "site", place.root / "copy")
    assert tree(place.build("copy")) == tree(right[1] / "site")


def test_a_site_in_the_place_of_another_is_noticed(right: dict[int, Path], place: Place) -> None:
    """A colleague's site, an older one from a backup, that of another archive."""
    for number in (2, 3):
        shutil.rmtree(place.root / "site")
        shutil.copytree(right[number] / "site", place.root / "site")
        assert tree(place.build()) == tree(right[1] / "site")


def test_an_index_in_the_place_of_another_is_noticed(right: dict[int, Path], place: Place) -> None:
    """Even with the record that belongs to it, and the site's own mark."""
    shutil.rmtree(place.root / "site" / INDEX)
    shutil.copytree(right[2] / "site" / INDEX, place.root / "site" / INDEX)
    assert tree(place.build()) == tree(right[1] / "site")


@pytest.mark.usefixtures("no_pagefind")
@pytest.mark.parametrize("kept", ["cache", "nothing", "cache of another"])
def test_bundles_that_are_whole_are_kept(right: dict[int, Path], place: Place, kept: str) -> None:
    """Without the records of the cache, their content is compared."""
    before = times(place.root / "site" / INDEX)
    if kept != "cache":
        shutil.rmtree(place.root / "cache")
    if kept == "cache of another":
        shutil.copytree(right[3] / "cache", place.root / "cache")
    assert tree(place.build()) == tree(right[1] / "site")
    assert times(place.root / "site" / INDEX) == before


@pytest.mark.usefixtures("no_pagefind")
def test_a_full_build_trusts_no_bundle(place: Place) -> None:
    with pytest.raises(Exception, match="/no/such/program"):
        place.build(options=BuildOptions(full=True))


def test_an_index_comes_and_goes(right: dict[int, Path], place: Place) -> None:
    without = place.build(options=BuildOptions(searchable=False))
    assert not (without / INDEX).exists()
    assert tree(place.build()) == tree(right[1] / "site")


# ---- damage


def times(folder: Path) -> dict[Path, int]:
    return {path: path.stat().st_mtime_ns for path in folder.rglob("*") if path.is_file()}


def first(index: Path, pattern: str) -> Path:
    return min(index.glob(pattern))


def remove(pattern: str) -> Callable[[Path], None]:
    def damage(index: Path) -> None:
        path = first(index, pattern)
        shutil.rmtree(path) if path.is_dir() else path.unlink()

    return damage


def change(pattern: str) -> Callable[[Path], None]:
    """One byte, so the size stays."""

    def damage(index: Path) -> None:
        path = first(index, pattern)
        data = bytearray(path.read_bytes())
        data[len(data) // 2] ^= 1
        path.write_bytes(data)

    return damage


def cut(pattern: str) -> Callable[[Path], None]:
    return lambda index: os.truncate(first(index, pattern), 20)


def add(name: str) -> Callable[[Path], None]:
    def damage(index: Path) -> None:
        (index / name).parent.mkdir(parents=True, exist_ok=True)
        (index / name).write_text("added")

    return damage


def exchange(index: Path) -> None:
    """A chunk of one year in the place of another's."""
    first(index, "2024/index/*").replace(first(index, "2025/index/*"))


def link_all(index: Path) -> None:
    """A link to the same file or folder, elsewhere."""
    elsewhere = index.parents[2] / "elsewhere"
    index.rename(elsewhere)
    index.symlink_to(elsewhere)


def link(pattern: str) -> Callable[[Path], None]:
    def damage(index: Path) -> None:
        path = first(index, pattern)
        elsewhere = index.parents[2] / "elsewhere"
        path.rename(elsewhere)
        path.symlink_to(elsewhere)

    return damage


def pipe(index: Path) -> None:
    """What would be waited for without end, if it were read."""
    path = first(index, "2025/fragment/*")
    path.unlink()
    os.mkfifo(path)


def file(index: Path) -> None:
    """A file in the place of the folder."""
    shutil.rmtree(index)
    index.write_text("a file")


DAMAGES = {
    "a fragment removed": remove("2025/fragment/*"),
    "a bundle removed": remove("2024"),
    "the program removed": remove("base/pagefind.js"),
    "everything removed": shutil.rmtree,
    "the record removed": remove(paths.SEARCH_RECORD),
    "the listing removed": remove(paths.SEARCH_LISTING),
    "a chunk changed": change("2025/index/*"),
    "a filter changed": change("2025/*.pf_meta"),
    "the program changed": change("base/pagefind-worker.js"),
    "the record changed": change(paths.SEARCH_RECORD),
    "the listing changed": change(paths.SEARCH_LISTING),
    "a fragment cut": cut("2024/fragment/*"),
    "the record cut": cut(paths.SEARCH_RECORD),
    "a file added": add("2025/fragment/added"),
    "a hidden file added": add("2025/.added"),
    "a bundle added": add("2023/pagefind-entry.json"),
    "a file added beside the bundles": add("added"),
    "chunks exchanged": exchange,
    "a link to a fragment": link("2025/fragment/*"),
    "a link to a bundle": link("2025"),
    "a link to the listing": link(paths.SEARCH_LISTING),
    "a link to all": link_all,
    "a pipe": pipe,
    "a file for a folder": file,
}


@pytest.mark.parametrize("has_cache", [True, False], ids=["cache", "no cache"])
@pytest.mark.parametrize("damage", DAMAGES.values(), ids=DAMAGES)
def test_damage_of_the_index_is_mended(
    right: dict[int, Path], place: Place, damage: Callable[[Path], None], has_cache: bool
) -> None:
    damage(place.root / "site" / INDEX)
    if not has_cache:
        shutil.rmtree(place.root / "cache")
    site = place.build()
    assert tree(site) == tree(right[1] / "site")
    assert not [path for path in (site / INDEX).rglob("*") if path.is_symlink()]
    assert not (site / INDEX).is_symlink()


def test_of_a_damaged_index_only_what_is_damaged_is_made_again(place: Place) -> None:
    index = place.root / "site" / INDEX
    before = times(index)
    change("2025/index/*")(index)
    place.build()
    after = times(index)
    assert {path.relative_to(index).parts[0] for path in before if before[path] != after[path]} == {
        "2025"
    }
