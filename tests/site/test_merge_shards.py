"""A site built in shards by several machines and merged: the same bytes as from one build."""

from __future__ import annotations

import os
import shutil
from datetime import date
from pathlib import Path

import pytest

from generator.core import paths
from generator.core.errors import UsageError
from generator.site import build, merge_shards, staging
from generator.site.options import BuildOptions, Folders
from tests.archives import ROOT, command, tree, varied, write

TODAY = date(2100, 1, 1)


def built(root: Path, name: str, shard: tuple[int, int], *, searchable: bool = True) -> Path:
    folder = root / name
    folders = Folders(root / "content", folder / "docs", folder / "site", ROOT, folder / "cache")
    build.build(folders, TODAY, BuildOptions(shard=shard, searchable=searchable))
    return folder / "site"


@pytest.fixture(scope="module")
def sites(tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    """A whole site, then its three shards."""
    root = tmp_path_factory.mktemp("shards")
    write(root / "content", varied())
    return [
        built(root, "whole", (1, 1)),
        *(built(root, f"shard{number}", (number, 3)) for number in (1, 2, 3)),
    ]


def test_shards_make_the_same_site(sites: list[Path], tmp_path: Path) -> None:
    whole, *shards = sites
    result = command("merge", *reversed(shards), "--site", tmp_path / "site")
    assert result.returncode == 0, result.stderr
    assert tree(tmp_path / "site") == tree(whole)
    assert all(len(tree(shard)) < len(tree(whole)) for shard in shards)


def test_a_shard_is_built_again_only_where_it_changed(sites: list[Path]) -> None:
    shard = sites[2]
    before = {path: path.stat().st_mtime_ns for path in shard.rglob("*")}
    built(shard.parents[1], "shard2", (2, 3))
    assert {path: path.stat().st_mtime_ns for path in shard.rglob("*")} == before


def test_a_merged_site_has_the_record_of_its_index(
    sites: list[Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """So a build into it makes no part of the index again."""
    _, *shards = sites
    merge_shards.merge_shards(shards, tmp_path / "again" / "site")
    write(tmp_path / "content", varied())
    monkeypatch.setenv("PAGEFIND_BINARY_PATH", "/no/such/program")
    assert tree(built(tmp_path, "again", (1, 1))) == tree(sites[0])


def damaged(sites: list[Path], folder: Path, pattern: str) -> list[Path]:
    """Copies of the shards; in one of them, a file of the search index was changed."""
    shards = [
        Path(shutil.copytree(shard, folder / shard.parent.name, dirs_exist_ok=True))
        for shard in sites[1:]
    ]
    path = min(each for shard in shards for each in (shard / paths.SEARCH_INDEX).glob(pattern))
    path.write_bytes(path.read_bytes()[:-3])
    return shards


@pytest.mark.parametrize(
    ("pattern", "message"),
    [
        ("2025/fragment/*", r"shard\d/search/index/2025 was changed or damaged"),
        ("*/pagefind.js", r"shard\d/search/index/base was changed or damaged"),
        (paths.SEARCH_RECORD, r"parts of the search index are missing .*\((20\d\d|base)\b"),
        (paths.SEARCH_LISTING, r"parts of the search index are missing .*\(2024, 2025, base\)"),
    ],
)
def test_a_damaged_index_of_a_shard_is_refused(
    sites: list[Path], tmp_path: Path, pattern: str, message: str
) -> None:
    shards = damaged(sites, tmp_path, pattern)
    with pytest.raises(UsageError, match=message):
        merge_shards.merge_shards(shards, tmp_path / "site")
    assert not (tmp_path / "site").exists()


def test_shards_with_and_without_search_do_not_belong_together(tmp_path: Path) -> None:
    write(tmp_path / "content", varied())
    first, without = (built(tmp_path, f"{n}", (n, 2), searchable=False) for n in (1, 2))
    merge_shards.merge_shards([first, without], tmp_path / "site")
    assert not (tmp_path / "site" / paths.SEARCH_INDEX).exists()
    with_index = [built(tmp_path, f"with{n}", (n, 2)) for n in (1, 2)]
    for mixed in ([first, with_index[1]], [with_index[0], without]):
        with pytest.raises(UsageError, match="either all of them with --no-search or none"):
            merge_shards.merge_shards(mixed, tmp_path / "mixed")
        assert not (tmp_path / "mixed").exists()


def test_shards_that_do_not_belong_together_are_refused(sites: list[Path], tmp_path: Path) -> None:
    whole, first, second, third = sites
    site = tmp_path / "site"
    with pytest.raises(UsageError, match="these are missing: 2"):
        merge_shards.merge_shards([first, third], site)
    with pytest.raises(UsageError, match="both shard 1"):
        merge_shards.merge_shards([first, first], site)
    with pytest.raises(UsageError, match="is not a shard of a site"):
        merge_shards.merge_shards([whole], site)
    other = tmp_path / "other"
    other.mkdir()
    (other / staging.MARK).write_text("0123 3/3")
    with pytest.raises(UsageError, match="not of one site"):
        merge_shards.merge_shards([first, second, other], site)
    assert not site.exists()


@pytest.mark.parametrize("what", ["a link", "a link to a folder", "a pipe"])
def test_a_shard_with_links_or_pipes_is_refused(
    sites: list[Path], tmp_path: Path, what: str
) -> None:
    _, first, second, third = sites
    copy = tmp_path / "first"
    shutil.copytree(first, copy)
    (tmp_path / "private").mkdir()
    (tmp_path / "private" / "secret.txt").write_text("secret")
    if what == "a pipe":
        os.mkfifo(copy / "x")
    else:
        (copy / "x").symlink_to(tmp_path / "private" / ("" if "folder" in what else "secret.txt"))
    with pytest.raises(UsageError, match="x is no file or folder, but a link or a pipe"):
        merge_shards.merge_shards([copy, second, third], tmp_path / "site")
    assert not (tmp_path / "site").exists()


def test_a_shard_that_the_site_would_replace_is_refused(sites: list[Path]) -> None:
    shards = sites[1:]
    before = tree(shards[1])
    for site in (shards[1], shards[1].parent):
        with pytest.raises(UsageError):
            merge_shards.merge_shards(shards, site)
    assert tree(shards[1]) == before


def test_a_file_of_two_shards_is_refused(sites: list[Path], tmp_path: Path) -> None:
    _, first, second, third = sites
    (third / "rss.xml").write_text("another")
    (second / "rss.xml").write_text("another")
    with pytest.raises(UsageError, match=r"and another shard both have rss\.xml"):
        merge_shards.merge_shards([first, second, third], tmp_path / "site")
    assert not (tmp_path / "site").exists()
