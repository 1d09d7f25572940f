"""What an earlier build made, compared with what is on the disk now."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path

import pytest
from msgspec import Raw
from msgspec.structs import replace

from generator.core import files, paths
from generator.site import disk_scan, generated, plan
from generator.site.disk_scan import DiskDifference
from generator.site.plan import BatchRecord, FileStat, TargetRecord

PAGES = ("index.md", "papers/a.md", "papers/b.md", "rss.xml")
ALL_IS_WELL = DiskDifference(frozenset(), frozenset(), {}, (), frozenset())


def put(folder: Path, texts: Mapping[str, str]) -> None:
    for name, text in texts.items():
        files.write(folder / name, text.encode())


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Below it `docs` and `site`, as a build leaves them."""
    put(tmp_path / "docs", {name: name for name in (*PAGES, ".settings")})
    (tmp_path / "docs" / generated.MANIFEST).write_text(
        "".join(f"{name}\n" for name in made(tmp_path))
    )
    put(tmp_path / "site", {paths.site_file(name): name for name in PAGES})
    put(tmp_path / "site", {"assets/style.css": "", "about/index.html": "", ".build": "1"})
    return tmp_path


def made(folder: Path) -> dict[str, TargetRecord]:
    docs = disk_scan.stats_of(folder / "docs", {name: name for name in (*PAGES, ".settings")})
    site = disk_scan.stats_of(folder / "site", {name: paths.site_file(name) for name in PAGES})
    return {name: TargetRecord(b"", docs[name], site.get(name)) for name in docs}


def look(folder: Path, known: dict[str, TargetRecord]) -> DiskDifference:
    beside = ("assets/style.css", "about/index.html")
    return disk_scan.scan(folder / "docs", folder / "site", lots(known), beside)


def lots(known: dict[str, TargetRecord]) -> dict[str, BatchRecord]:
    """Papers in a lot of their own."""
    parts = {
        "papers": {path: each for path, each in known.items() if path.startswith("papers/")},
        "others": {path: each for path, each in known.items() if not path.startswith("papers/")},
    }
    return {name: plan.pack(b"", part) for name, part in parts.items()}


def test_nothing_is_found_where_all_is_as_it_was(folder: Path) -> None:
    assert look(folder, made(folder)) == ALL_IS_WELL


@pytest.mark.parametrize("name", ["docs/papers/a.md", "site/papers/a/index.html"])
@pytest.mark.parametrize("damage", ["removed", "cut", "touched", "a folder"])
def test_a_file_that_is_not_as_it_was_written_is_damaged(
    folder: Path, name: str, damage: str
) -> None:
    known = made(folder)
    path = folder / name
    if damage == "touched":
        os.utime(path, ns=(1, 1))
    elif damage == "cut":
        path.write_text("")
    else:
        path.unlink()
        if damage == "a folder":
            path.mkdir()
    hurt = {"papers": frozenset({"papers/a.md"})}
    assert look(folder, known) == replace(ALL_IS_WELL, damaged=hurt)


def test_a_lot_of_which_nobody_knows_what_was_made_is_damaged(folder: Path) -> None:
    known = lots(made(folder))
    known["papers"] = replace(known["papers"], packed=Raw(b"\xc1"))
    beside = ("assets/style.css", "about/index.html")
    found = disk_scan.scan(folder / "docs", folder / "site", known, beside)
    assert found.damaged == {"papers": frozenset()}


def test_files_that_people_put_into_docs_are_told_from_generated_ones(folder: Path) -> None:
    known = made(folder)
    mine = {"mine.md": "", "deep/down/mine.png": "", ".hidden": "", ".git/x": "", "stale.md": ""}
    put(folder / "docs", mine)
    with (folder / "docs" / generated.MANIFEST).open("a") as file:
        file.write("stale.md\n")
    assert look(folder, known) == replace(
        ALL_IS_WELL, handwritten=("deep/down/mine.png", "mine.md"), extra=frozenset({"stale.md"})
    )


def test_a_list_that_was_lost_is_noticed(folder: Path) -> None:
    known = made(folder)
    (folder / "docs" / generated.MANIFEST).unlink()
    assert look(folder, known) == replace(ALL_IS_WELL, missing=frozenset(known))


def test_unexpected_are_what_lies_beside_known_files(folder: Path) -> None:
    known = made(folder)
    put(folder / "site", {"CNAME": "", "papers/c/index.html": "", "other/x": ""})
    unexpected = frozenset({"CNAME", "papers/c", "other"})
    assert look(folder, known) == replace(ALL_IS_WELL, unexpected=unexpected)


def test_without_docs_all_is_damaged(folder: Path) -> None:
    known = made(folder)
    (folder / "docs").rename(folder / "elsewhere")
    found = look(folder, known)
    assert frozenset().union(*found.damaged.values()) == frozenset(known)
    assert found.handwritten == ()


def test_a_print_tells_size_and_time_of_what_is_there(tmp_path: Path) -> None:
    (tmp_path / "a").write_bytes(b"123")
    os.utime(tmp_path / "a", ns=(1, 7))
    assert disk_scan.stats_of(tmp_path, {"x": "a", "y": "b"}) == {"x": FileStat(3, 7)}
