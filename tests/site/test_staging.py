"""The stage of a site: how a new site replaces the old one, and what is restored after a kill."""

from __future__ import annotations

import errno
import os
import subprocess
import sys
from collections.abc import Callable
from itertools import count
from pathlib import Path

import pytest

from generator.core.errors import UsageError
from generator.site import staging
from tests.archives import tree

STEPS = {"os.rename", "os.link", "os.remove", "os.rmdir", "os.mkdir", "ctypes.dlopen"}
"""Audit events of what changes the disk, and of what comes right before an exchange."""
KILLED = 9


def stage(site: Path, made: dict[str, str]) -> Path:
    folder = staging.stage_of(site)
    for name, text in made.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text, "ascii")
    return folder


def test_a_stage_replaces_the_site(tmp_path: Path) -> None:
    site = tmp_path / "site"
    staging.replace(site, stage(site, {"a/index.html": "old"}), "1")
    old = staging.replace(site, stage(site, {"b/index.html": "new"}), "2")
    assert tree(old) == {".build": b"1", "a/index.html": b"old"}
    staging.discard(old)
    assert tree(tmp_path) == {"site/.build": b"2", "site/b/index.html": b"new"}
    assert staging.mark_of(site) == "2"


def test_a_stage_merges_into_the_site(tmp_path: Path) -> None:
    site = tmp_path / "site"
    staging.replace(site, stage(site, {"a/b/index.html": "1", "c/index.html": "2"}), "1")
    new = stage(site, {"c/index.html": "3", "d/e": "4"})
    replaced = staging.merge(site, new, ["a/b/index.html"], "2")
    assert sorted(tree(replaced).values()) == [b"1", b"1", b"2", b"d/e\n"]
    made = tree(site)
    assert made == {".build": b"2", "c/index.html": b"3", "d/e": b"4"}
    assert not (site / "a").exists()


def test_nothing_stays_beside_the_site(tmp_path: Path) -> None:
    site = tmp_path / "site"
    for text in ("1", "2"):
        with staging.staged(site) as new:
            (new / "a").write_text(text, "ascii")
            staging.merge(site, new, [], text)
        with staging.staged(site) as new:
            (new / "a").write_text(text, "ascii")
            staging.replace(site, new, text)
    assert tree(tmp_path) == {"site/.build": b"2", "site/a": b"2"}


@pytest.mark.parametrize("name", ["a", "c", staging.MARK])
def test_a_merge_that_fails_leaves_the_old_site(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    site = tmp_path / "site"
    staging.replace(site, stage(site, {"a": "1"}), "1")

    new = stage(site, {"a": "2", "b/c": "2"})
    before, real = tree(site), os.rename

    def interrupted(source: str, target: str) -> None:
        if Path(source).name == name and Path(source).is_relative_to(new):
            monkeypatch.undo()
            raise KeyboardInterrupt
        real(source, target)

    monkeypatch.setattr(os, "rename", interrupted)
    with pytest.raises(KeyboardInterrupt):
        staging.merge(site, new, [], "2")
    assert tree(site) == before


@pytest.mark.parametrize("stale", ["a/b", "a"])
def test_a_merge_that_a_full_disk_stops_leaves_the_old_site(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, stale: str
) -> None:
    """Putting files back takes no space, even if their folder held nothing but new ones."""
    site = tmp_path / "site"
    staging.replace(site, stage(site, {stale: "1"}), "1")
    new = stage(site, {staging.loose("a/n"): "2", staging.loose("z/e"): "2"})
    (site / "mine" / "deep").mkdir(parents=True)
    (site / "mine" / "deep" / "note").write_text("3")
    before, real = tree(site), os.mkdir
    is_full = False

    def refused(path: str | Path, mode: int = 0o777) -> None:
        nonlocal is_full
        is_full = is_full or Path(path) == site / "z"
        if is_full:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), str(path))
        real(path, mode)

    monkeypatch.setattr(os, "mkdir", refused)
    with pytest.raises(OSError, match="No space"):
        staging.merge(site, new, [stale, "mine"], "2")
    assert tree(site) == before
    assert not (tmp_path / ".site.aside").exists()


@pytest.mark.parametrize("name", [staging.MARK, "assets/archive.css"])
def test_only_a_site_made_here_is_replaced(tmp_path: Path, name: str) -> None:
    site = tmp_path / "site"
    site.mkdir()
    staging.check_site(site)
    (site / "mine.txt").write_text("mine")
    with pytest.raises(UsageError, match="was not made by paper-archive"):
        staging.check_site(site)
    (site / name).parent.mkdir(exist_ok=True)
    (site / name).write_text("")
    staging.check_site(site)


def test_what_is_kept_is_in_both_sites(tmp_path: Path) -> None:
    site = tmp_path / "site"
    staging.replace(site, stage(site, {"search/index/2025/a": "kept", "b": "old"}), "1")
    before = (site / "search/index/2025/a").stat()
    old = staging.replace(site, stage(site, {"b": "new"}), "2", ["search/index/2025"])
    assert tree(site) == {".build": b"2", "b": b"new", "search/index/2025/a": b"kept"}
    assert tree(old) == {".build": b"1", "b": b"old", "search/index/2025/a": b"kept"}
    after = (site / "search/index/2025/a").stat()
    assert (after.st_ino, after.st_mtime_ns) == (before.st_ino, before.st_mtime_ns)


# --- killed at each step --------------------------------------------------------------------------


def is_killed_at(nth: int, work: Callable[[], object]) -> bool:
    """Do some work in another process that is gone before its nth step; False if it has fewer."""
    process = os.fork()
    if not process:
        seen = 0

        def watch(event: str, arguments: tuple[object, ...]) -> None:
            nonlocal seen
            writes = event == "open" and set(str(arguments[1])) & set("wx")
            seen += bool(event in STEPS or writes)
            if seen == nth:
                os._exit(KILLED)

        sys.addaudithook(watch)
        try:
            work()
        except BaseException:  # noqa: BLE001 - nothing may leave the other process
            os._exit(1)
        os._exit(0)
    code = os.waitstatus_to_exitcode(os.waitpid(process, 0)[1])
    assert code in (0, KILLED)
    return code == KILLED


OLD = {"index.html": "1", "a/index.html": "1", "gone/b": "1", "i/24/x": "i", "i/25/y": "i"}
NEW = {"index.html": "2", "a/index.html": "2", "new/deep/c": "2"}
KEEP = ["i/24", "i/25/y"]
OLD_FOLDERS = {"whole/x": "1", "whole/y": "1", "was/folder": "1", "was-file": "1"}
NEW_FOLDERS = {"whole/x": "2", "whole/z": "2", "was": "2", "was-file/x": "2"}
"""A folder that is replaced as one, one that becomes a file, and a file that becomes a folder."""


def sites(
    folder: Path, kept: dict[str, str], before: dict[str, str] = OLD, after: dict[str, str] = NEW
) -> tuple[dict[str, bytes], dict[str, bytes]]:
    """Put the old site into a folder; gives it and the one that will replace it."""
    site = folder / "site"
    old = staging.replace(site, stage(site, before), "1")
    staging.discard(old)
    new = {**after, **kept, staging.MARK: "2"}
    return tree(site), {name: text.encode() for name, text in new.items()}


@pytest.fixture(params=["a folder", "a link"])
def place(request: pytest.FixtureRequest, tmp_path: Path) -> Callable[[], Path]:
    """Makes new folders in which `site` is a folder, or a link to one elsewhere."""

    def new() -> Path:
        folder = tmp_path / str(next(numbers))
        (folder / "www").mkdir(parents=True)
        if request.param == "a link":
            (folder / "www" / "site").mkdir()
            (folder / "site").symlink_to("www/site")
        return folder

    numbers = count()
    return new


def assert_nothing_is_beside(folder: Path) -> None:
    beside = [path.name for top in (folder, folder / "www") for path in top.iterdir()]
    assert [name for name in beside if name.startswith(".")] == []


@pytest.mark.parametrize("has_exchange", [True, False])
def test_after_a_kill_at_any_step_of_replacing_a_whole_site_is_there(
    place: Callable[[], Path], monkeypatch: pytest.MonkeyPatch, has_exchange: bool
) -> None:
    """The old one with all that the new one would keep, or the new one; marked as what it is."""
    if not has_exchange:
        monkeypatch.setattr(staging, "exchange", lambda *_: False)
    missing = 0
    for nth in count(1):
        folder = place()
        site = folder / "site"
        both = sites(folder, dict.fromkeys(("i/24/x", "i/25/y"), "i"))
        new = stage(site, NEW)
        killed = is_killed_at(
            nth,
            lambda: staging.discard(staging.replace(site, new, "2", KEEP)),  # noqa: B023
        )
        if site.exists():
            assert tree(site) in both, nth
        else:
            missing += 1
        with staging.staged(site):
            pass
        assert tree(site) in both, nth
        assert tree(site) == both[1] or killed
        assert_nothing_is_beside(folder)
        if not killed:
            break
    assert nth > 8
    assert missing == (0 if has_exchange else 1)


def test_after_a_kill_at_any_step_of_merging_the_old_site_comes_back(
    place: Callable[[], Path],
) -> None:
    """Meanwhile each page of both is there, and a mark only if the site is whole."""
    ends = []
    for nth in count(1):
        folder = place()
        site = folder / "site"
        both = sites(folder, dict.fromkeys(("i/24/x", "i/25/y"), "i"))
        new = stage(site, NEW)
        stale = ["gone/b"]
        killed = is_killed_at(nth, lambda: staging.merge(site, new, stale, "2"))  # noqa: B023
        if staging.mark_of(site):
            assert tree(site) in both, nth
        assert tree(site).keys() >= (both[0].keys() & both[1].keys()) - {staging.MARK}
        for step in range(1, 12):
            is_killed_at(step, lambda: staging.check_site(site))  # noqa: B023
            assert not staging.mark_of(site) or tree(site) in both, nth
        staging.check_site(site)
        with staging.staged(site):
            pass
        assert tree(site) in both, nth
        assert not (site / ("new" if tree(site) == both[0] else "gone")).exists()
        assert_nothing_is_beside(folder)
        ends.append(tree(site) == both[1])
        if not killed:
            break
    assert ends == sorted(ends)
    assert {True, False} == set(ends)


def test_after_a_kill_at_any_step_folders_come_back_as_well(tmp_path: Path) -> None:
    for nth in count(1):
        folder = tmp_path / str(nth)
        site = folder / "site"
        folder.mkdir()
        both = sites(folder, {}, OLD_FOLDERS, NEW_FOLDERS)
        new = stage(site, {staging.loose(name): text for name, text in NEW_FOLDERS.items()})
        stale = ["whole", "was/folder", "was-file"]
        killed = is_killed_at(nth, lambda: staging.merge(site, new, stale, "2"))  # noqa: B023
        for step in range(1, 14):
            is_killed_at(step, lambda: staging.check_site(site))  # noqa: B023
            assert not staging.mark_of(site) or tree(site) in both, (nth, step)
        with staging.staged(site):
            pass
        assert tree(site) == both[0] if killed else both[1], nth
        assert [path.name for path in folder.iterdir()] == ["site"]
        if not killed:
            break
    assert nth > 20


# --- a site that is a link ----------------------------------------------------------------------


def test_a_link_stays_and_what_it_leads_to_is_replaced(tmp_path: Path) -> None:
    (tmp_path / "www" / "live").mkdir(parents=True)
    site = tmp_path / "site"
    site.symlink_to("www/live")
    for text in ("1", "2"):
        staging.check_site(site)
        with staging.staged(site) as new:
            (new / "a").write_text(text, "ascii")
            staging.replace(site, new, text)
        with staging.staged(site) as new:
            (new / "b").write_text(text, "ascii")
            staging.merge(site, new, [], text)
    assert site.readlink() == Path("www/live")
    assert sorted(path.name for path in tmp_path.iterdir()) == ["site", "www"]
    assert tree(tmp_path / "www") == {"live/.build": b"2", "live/a": b"2", "live/b": b"2"}


@pytest.mark.parametrize("target", ["nowhere", "site"])
def test_a_link_that_leads_nowhere_is_refused(tmp_path: Path, target: str) -> None:
    site = tmp_path / "site"
    site.symlink_to(target)
    with pytest.raises(UsageError, match=f"is a symbolic link to {target}, which leads nowhere"):
        staging.check_site(site)
    assert site.is_symlink()


def test_a_link_that_an_earlier_version_moved_aside_comes_back(tmp_path: Path) -> None:
    (tmp_path / "www").mkdir()
    (tmp_path / "www" / staging.MARK).write_text("1")
    (tmp_path / ".site.old").symlink_to("www")
    staging.check_site(tmp_path / "site")
    assert (tmp_path / "site").readlink() == Path("www")
    (tmp_path / "site").rename(tmp_path / ".site.old")
    (tmp_path / "site").mkdir()
    staging.check_site(tmp_path / "site")
    assert sorted(path.name for path in tmp_path.iterdir()) == ["site", "www"]
    assert tree(tmp_path / "www") == {staging.MARK: b"1"}


@pytest.mark.skipif(sys.platform != "linux" or os.geteuid() != 0, reason="mounting needs root")
def test_a_mounted_folder_is_refused_before_anything_is_built(tmp_path: Path) -> None:
    site = tmp_path / "site"
    site.mkdir()
    mounted = subprocess.run(["mount", "-t", "tmpfs", "tmpfs", site], check=False)
    if mounted.returncode:
        pytest.skip("mounting is not permitted here")
    try:
        with pytest.raises(UsageError, match=r"is mounted .*: pass a folder in it, as with --site"):
            staging.check_site(site)
        staging.check_site(site / "site")
    finally:
        subprocess.run(["umount", site], check=True)


def test_a_pipe_in_place_of_the_mark_is_never_opened(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / staging.MARK)
    assert staging.mark_of(tmp_path) == ""


def test_an_old_site_left_aside_comes_back(tmp_path: Path) -> None:
    (tmp_path / ".site.old").mkdir()
    (tmp_path / ".site.old" / staging.MARK).write_text("1")
    staging.check_site(tmp_path / "site")
    assert staging.mark_of(tmp_path / "site") == "1"
