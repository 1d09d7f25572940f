"""The records of the previous build compared with the files on the disk."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path

import pytest
from msgspec import Raw
from msgspec.structs import replace

from generator.core import files, paths
from generator.core.errors import OutsideError
from generator.site import disk_scan, generated, plan
from generator.site.disk_scan import DiskDifference
from generator.site.generated import Unlisted
from generator.site.plan import BatchRecord, FileStat, TargetRecord

PAGES = ("index.md", "papers/a.md", "papers/b.md", "rss.xml", "former/index.html")
NO_DIFFERENCE = DiskDifference(frozenset(), frozenset(), True, {}, Unlisted(), frozenset())


def put(folder: Path, texts: Mapping[str, str]) -> None:
    for name, text in texts.items():
        files.write(folder / name, text.encode())


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Below it `docs` and `site`, as a build leaves them."""
    put(tmp_path / "docs", {name: name for name in (*PAGES, ".settings")})
    generated.add_to_manifest(tmp_path / "docs", set(records(tmp_path)))
    put(tmp_path / "site", {paths.site_file(name): name for name in PAGES})
    put(tmp_path / "site", {"assets/style.css": "", "about/index.html": "", ".build": "1"})
    return tmp_path


def records(folder: Path) -> dict[str, TargetRecord]:
    docs = disk_scan.stats_of(folder / "docs", {name: name for name in (*PAGES, ".settings")})
    site = disk_scan.stats_of(folder / "site", {name: paths.site_file(name) for name in PAGES})
    return {name: TargetRecord(b"", docs[name], site.get(name)) for name in docs}


def look(folder: Path, known: dict[str, TargetRecord]) -> DiskDifference | None:
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
    assert found
    assert found.damaged == {"papers": frozenset()}


def test_hand_written_files_are_separated_from_generated_ones(folder: Path) -> None:
    known = records(folder)
    mine = {"mine.md": "", "deep/down/mine.png": "", ".hidden": "", ".git/x": "", "stale.md": ""}
    put(folder / "docs", mine)
    generated.add_to_manifest(folder / "docs", {"stale.md"})
    assert look(folder, known) == replace(
        NO_DIFFERENCE,
        unlisted=Unlisted(("deep/down/mine.png", "mine.md")),
        extra=frozenset({"stale.md"}),
    )


def test_a_file_where_only_a_build_puts_files_is_not_hand_written(folder: Path) -> None:
    put(folder / "docs", {"papers/mine.md": "", "tags": "", "authors.md": ""})
    unlisted = Unlisted(("authors.md",), ("papers/mine.md", "tags"))
    assert look(folder, records(folder)) == replace(NO_DIFFERENCE, unlisted=unlisted)


def test_a_missing_manifest_is_noticed(folder: Path) -> None:
    known = records(folder)
    (folder / "docs" / generated.MANIFEST).unlink()
    put(folder / "docs", {paths.SETTINGS_FILE: "{}"})
    assert look(folder, known) == replace(
        NO_DIFFERENCE, missing=frozenset(known), is_whole=False, unlisted=Unlisted(is_whole=False)
    )


def test_files_without_a_record_are_unexpected(folder: Path) -> None:
    known = records(folder)
    put(folder / "site", {"CNAME": "", "papers/c/index.html": "", "other/x": ""})
    unexpected = frozenset({"CNAME", "papers/c", "other"})
    assert look(folder, known) == replace(NO_DIFFERENCE, unexpected=unexpected)


@pytest.mark.parametrize(
    "name",
    [
        *("papers/a/more.html", "papers/b/deep/x", "index-more.html"),
        *("about/more.html", "former/more.html"),
    ],
)
def test_files_beside_a_page_are_unexpected(folder: Path, name: str) -> None:
    known = records(folder)
    put(folder / "site", {name: ""})
    first = name.removesuffix("/x")
    place = (folder / "site" / first).parent
    while place.stat().st_mtime_ns <= (place / "index.html").stat().st_ctime_ns:
        (place / "tick").touch()  # until the file system's clock goes on
        (place / "tick").unlink()
    assert look(folder, known) == replace(NO_DIFFERENCE, unexpected=frozenset({first}))


def test_pages_that_are_put_there_again_are_as_expected(folder: Path) -> None:
    put(folder / "site", {"papers/a/index.html": "papers/a.md, again"})
    (folder / "site" / "papers" / "b").touch()
    assert look(folder, records(folder)) == NO_DIFFERENCE


@pytest.mark.parametrize("instead", ["nothing", "the pages of another build"])
def test_docs_whose_list_lacks_files_with_a_record_are_not_the_builds(
    folder: Path, instead: str
) -> None:
    known = records(folder)
    (folder / "docs").rename(folder / "elsewhere")
    if instead != "nothing":
        generated.add_to_manifest(folder / "docs", known.keys() - {min(known)})
    assert look(folder, known) is None


@pytest.mark.parametrize(
    ("name", "what"),
    [("papers", "a file"), ("papers", "a link to the folder itself"), ("papers/b", "a file")],
)
def test_a_site_whose_folders_are_others_is_not_the_builds(
    folder: Path, name: str, what: str
) -> None:
    known = records(folder)
    papers = folder / "site" / name
    papers.rename(folder / "papers")
    papers.write_text("") if what == "a file" else papers.symlink_to(folder / "papers")
    assert look(folder, known) is None


# ---- links, and what is neither a file nor a folder


def walked(docs: Path) -> list[str]:
    return sorted(name for name, _ in disk_scan.walk(docs))


def test_links_that_stay_in_docs_are_followed(tmp_path: Path) -> None:
    docs = tmp_path / "docs"
    put(docs, {"dev/a.md": "", "dev/deep/b.md": "", "notes/c.md": ""})
    (docs / "about.md").symlink_to("dev/a.md")
    (docs / "notes" / "dev").symlink_to(docs / "dev")
    linked = ["about.md", "notes/dev/a.md", "notes/dev/deep/b.md"]
    assert walked(docs) == sorted(["dev/a.md", "dev/deep/b.md", "notes/c.md", *linked])
    (tmp_path / "link").symlink_to(docs)
    assert walked(tmp_path / "link") == walked(docs)


@pytest.mark.parametrize(
    ("link", "target", "why"),
    [
        ("secret.md", "../outside/secret.md", "leads out of .*, to .*put the file .* itself there"),
        ("all", "../outside", "leads out of"),
        ("all", "/", "leads out of"),
        ("new.md", "nowhere.md", "leads nowhere"),
        ("loop.md", "loop.md", "leads nowhere"),
        ("dev/up", "..", "to what a build makes"),
        ("dev/again", "../dev", "leads to itself"),
        ("dev/one", "../more", "leads to itself"),
        ("latest.md", "papers/a.md", "to what a build makes; link to it in Markdown"),
        ("feeds", "dev", "only a build makes files there"),
        ("index.md", "../outside/secret.md", "leads out of .*; remove it"),
    ],
)
def test_other_links_are_refused(tmp_path: Path, link: str, target: str, why: str) -> None:
    docs = tmp_path / "docs"
    put(docs, {"dev/a.md": "", "papers/a.md": ""})
    put(tmp_path, {"outside/secret.md": ""})
    (docs / "more").mkdir()
    (docs / "more" / "two").symlink_to("../dev") if link == "dev/one" else None
    (docs / link).symlink_to(target)
    with pytest.raises(OutsideError, match=why) as caught:
        walked(docs)
    assert str(docs) in str(caught.value)


def test_a_pipe_is_refused_and_never_opened(tmp_path: Path) -> None:
    docs = tmp_path / "docs"
    docs.mkdir()
    os.mkfifo(docs / "a.md")
    with pytest.raises(OutsideError, match=r"a\.md: it is a pipe, socket or device; move it away"):
        walked(docs)
    (docs / "a.md").rename(docs / ".a.md")
    (docs / "b.md").symlink_to(".a.md")
    with pytest.raises(OutsideError, match=r"b\.md: it is a symbolic link to a pipe"):
        walked(docs)


def test_stats_are_size_and_time_of_existing_files(tmp_path: Path) -> None:
    (tmp_path / "a").write_bytes(b"123")
    os.utime(tmp_path / "a", ns=(1, 7))
    assert disk_scan.stats_of(tmp_path, {"x": "a", "y": "b"}) == {"x": FileStat(3, 7)}
