"""The records of the previous build compared with the files on the disk."""

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
NO_DIFFERENCE = DiskDifference(frozenset(), frozenset(), {}, (), frozenset())


def put(folder: Path, texts: Mapping[str, str]) -> None:
    for name, text in texts.items():
        files.write(folder / name, text.encode())


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Below it `docs` and `site`, as a build leaves them."""
    put(tmp_path / "docs", {name: name for name in (*PAGES, ".settings")})
    (tmp_path / "docs" / generated.MANIFEST).write_text(
        "".join(f"{name}\n" for name in records(tmp_path))
    )
    put(tmp_path / "site", {paths.site_file(name): name for name in PAGES})
    put(tmp_path / "site", {"assets/style.css": "", "about/index.html": "", ".build": "1"})
    return tmp_path


def records(folder: Path) -> dict[str, TargetRecord]:
    docs = disk_scan.stats_of(folder / "docs", {name: name for name in (*PAGES, ".settings")})
    site = disk_scan.stats_of(folder / "site", {name: paths.site_file(name) for name in PAGES})
    return {name: TargetRecord(b"", docs[name], site.get(name)) for name in docs}


def look(folder: Path, known: dict[str, TargetRecord]) -> DiskDifference:
    beside = ("assets/style.css", "about/index.html")
    return disk_scan.scan(folder / "docs", folder / "site", batches(known), beside)


def batches(known: dict[str, TargetRecord]) -> dict[str, BatchRecord]:
    """Papers in a batch of their own."""
    parts = {
        "papers": {path: each for path, each in known.items() if path.startswith("papers/")},
        "others": {path: each for path, each in known.items() if not path.startswith("papers/")},
    }
    return {name: plan.pack(b"", part) for name, part in parts.items()}


def test_unchanged_files_are_no_difference(folder: Path) -> None:
    assert look(folder, records(folder)) == NO_DIFFERENCE


@pytest.mark.parametrize("name", ["docs/papers/a.md", "site/papers/a/index.html"])
@pytest.mark.parametrize("damage", ["removed", "cut", "touched", "a folder"])
def test_a_changed_file_is_damaged(folder: Path, name: str, damage: str) -> None:
    known = records(folder)
    path = folder / name
    if damage == "touched":
        os.utime(path, ns=(1, 1))
    elif damage == "cut":
        path.write_text("")
    else:
        path.unlink()
        if damage == "a folder":
            path.mkdir()
    damaged = {"papers": frozenset({"papers/a.md"})}
    assert look(folder, known) == replace(NO_DIFFERENCE, damaged=damaged)


def test_a_batch_whose_record_cannot_be_decoded_is_damaged(folder: Path) -> None:
    known = batches(records(folder))
    known["papers"] = replace(known["papers"], packed=Raw(b"\xc1"))
    beside = ("assets/style.css", "about/index.html")
    found = disk_scan.scan(folder / "docs", folder / "site", known, beside)
    assert found.damaged == {"papers": frozenset()}


def test_hand_written_files_are_separated_from_generated_ones(folder: Path) -> None:
    known = records(folder)
    mine = {"mine.md": "", "deep/down/mine.png": "", ".hidden": "", ".git/x": "", "stale.md": ""}
    put(folder / "docs", mine)
    with (folder / "docs" / generated.MANIFEST).open("a") as file:
        file.write("stale.md\n")
    assert look(folder, known) == replace(
        NO_DIFFERENCE, handwritten=("deep/down/mine.png", "mine.md"), extra=frozenset({"stale.md"})
    )


def test_a_missing_manifest_is_noticed(folder: Path) -> None:
    known = records(folder)
    (folder / "docs" / generated.MANIFEST).unlink()
    assert look(folder, known) == replace(NO_DIFFERENCE, missing=frozenset(known))


def test_files_without_a_record_are_unexpected(folder: Path) -> None:
    known = records(folder)
    put(folder / "site", {"CNAME": "", "papers/c/index.html": "", "other/x": ""})
    unexpected = frozenset({"CNAME", "papers/c", "other"})
    assert look(folder, known) == replace(NO_DIFFERENCE, unexpected=unexpected)


def test_without_docs_every_target_is_damaged(folder: Path) -> None:
    known = records(folder)
    (folder / "docs").rename(folder / "elsewhere")
    found = look(folder, known)
    assert frozenset().union(*found.damaged.values()) == frozenset(known)
    assert found.handwritten == ()


def test_stats_are_size_and_time_of_existing_files(tmp_path: Path) -> None:
    (tmp_path / "a").write_bytes(b"123")
    os.utime(tmp_path / "a", ns=(1, 7))
    assert disk_scan.stats_of(tmp_path, {"x": "a", "y": "b"}) == {"x": FileStat(3, 7)}
