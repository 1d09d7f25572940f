"""A site built in shards by several machines and merged: the same bytes as from one build."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from generator.core.errors import UsageError
from generator.site import build, merge_shards, staging
from generator.site.options import BuildOptions, Folders
from tests.archives import ROOT, command, tree, varied, write

TODAY = date(2100, 1, 1)


def built(root: Path, name: str, shard: tuple[int, int]) -> Path:
    folder = root / name
    folders = Folders(root / "content", folder / "docs", folder / "site", ROOT, folder / "cache")
    build.build(folders, TODAY, BuildOptions(shard=shard))
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


def test_a_file_of_two_shards_is_refused(sites: list[Path], tmp_path: Path) -> None:
    _, first, second, third = sites
    (third / "rss.xml").write_text("another")
    (second / "rss.xml").write_text("another")
    with pytest.raises(UsageError, match=r"and another shard both have rss\.xml"):
        merge_shards.merge_shards([first, second, third], tmp_path / "site")
    assert not (tmp_path / "site").exists()
