"""A site built in parts by several machines, and put together: the same bytes as of one build."""

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
def parts(tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    """A whole site, then its three parts."""
    root = tmp_path_factory.mktemp("parts")
    write(root / "content", varied())
    return [
        built(root, "whole", (1, 1)),
        *(built(root, f"part{number}", (number, 3)) for number in (1, 2, 3)),
    ]


def test_parts_make_the_same_site(parts: list[Path], tmp_path: Path) -> None:
    whole, *shards = parts
    result = command("merge", *reversed(shards), "--site", tmp_path / "site")
    assert result.returncode == 0, result.stderr
    assert tree(tmp_path / "site") == tree(whole)
    assert all(len(tree(shard)) < len(tree(whole)) for shard in shards)


def test_a_part_is_built_again_only_where_it_changed(parts: list[Path]) -> None:
    part = parts[2]
    before = {path: path.stat().st_mtime_ns for path in part.rglob("*")}
    built(part.parents[1], "part2", (2, 3))
    assert {path: path.stat().st_mtime_ns for path in part.rglob("*")} == before


def test_parts_that_do_not_belong_together_are_refused(parts: list[Path], tmp_path: Path) -> None:
    whole, first, second, third = parts
    site = tmp_path / "site"
    with pytest.raises(UsageError, match="these are missing: 2"):
        merge_shards.merge_shards([first, third], site)
    with pytest.raises(UsageError, match="both part 1"):
        merge_shards.merge_shards([first, first], site)
    with pytest.raises(UsageError, match="is no part of a site"):
        merge_shards.merge_shards([whole], site)
    other = tmp_path / "other"
    other.mkdir()
    (other / staging.MARK).write_text("0123 3/3")
    with pytest.raises(UsageError, match="not of one site"):
        merge_shards.merge_shards([first, second, other], site)
    assert not site.exists()


def test_a_file_of_two_parts_is_refused(parts: list[Path], tmp_path: Path) -> None:
    _, first, second, third = parts
    (third / "rss.xml").write_text("another")
    (second / "rss.xml").write_text("another")
    with pytest.raises(UsageError, match=r"rss\.xml, and so has another part"):
        merge_shards.merge_shards([first, second, third], tmp_path / "site")
    assert not (tmp_path / "site").exists()
