"""Two commands at the same time: who waits, who is refused, and that nothing comes to harm."""

from __future__ import annotations

import shutil
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from generator.content import reader
from generator.content.edit import tag_paper
from generator.core import lock
from generator.core.cache import Cache
from tests.archives import (
    MONDAY,
    ROOT,
    build_arguments,
    command,
    commit,
    daily,
    git,
    many_papers,
    paper,
    tag,
    tree,
    whole,
    write,
)
from tests.processes import said_to_the_end, start, until

ROWS = '{"id": "2503.00009", "title": "Imported", "list_date": "2025-03-11"}\n'


@pytest.fixture(scope="session")
def ready(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with content, docs, site, and two shards of it; tests take copies."""
    root = tmp_path_factory.mktemp("ready")
    papers = (paper(), paper("2503.00002", "Another"))
    write(root / "content", whole(daily(MONDAY, *papers), tags=[tag("graphs"), tag("sets")]))
    for number in "12":
        elsewhere = ["--docs", str(root / "docs2"), "--site", str(root / "shards" / number)]
        done = command(*arguments("build", root), *elsewhere, "--shard", f"{number}/2")
        assert done.returncode == 0, done.stderr
    assert command(*arguments("build", root)).returncode == 0
    (root / "rows.jsonl").write_text(ROWS)
    return root


@pytest.fixture
def folder(ready: Path, tmp_path: Path) -> Path:
    shutil.copytree(ready, tmp_path / "archive", symlinks=True)
    return tmp_path / "archive"


def arguments(name: str, folder: Path) -> list[str]:
    """A command that works in the folder; `serve` is called by its first build."""
    shards = " ".join(str(folder / "shards" / number) for number in "12")
    build = " ".join([*build_arguments(folder), "--no-search"])
    content = f"--content {folder}/content"
    known = {
        "build": build,
        "build elsewhere": f"{build} --docs {folder}/docs2 --site {folder}/site2",
        "build of the same site": f"{build} --docs {folder}/docs2",
        "build of the same docs": f"{build} --site {folder}/site2",
        "serve": f"serve {content} --docs {folder}/docs --cache {folder}/cache",
        "merge-shards": f"merge-shards --site {folder}/site {shards}",
        "import": f"import {content} jsonl {folder}/rows.jsonl",
        "tag": f"tag {content} --cache {folder}/cache 2503.00002 --add graphs",
        "rename-tag": f"rename-tag {content} --cache {folder}/cache graphs networks",
    }
    return known.get(name, f"{name} {content}").split()


def tagged(folder: Path, paper_id: str) -> list[str]:
    """The tags that people gave to a paper."""
    taggings = reader.load_content(folder / "content").content.taggings
    return sorted(slug for each in taggings if each.paper == paper_id for slug in each.tags)


def site_of(content: Path) -> dict[str, bytes]:
    """The site that a first build makes of some content."""
    again = content.parent.with_name("again")
    shutil.copytree(content, again / "content")
    assert command(*arguments("build", again)).returncode == 0
    return tree(again / "site")


@contextmanager
def held(folder: Path) -> Iterator[None]:
    with lock.writing(folder, "a test"):
        yield


USES = {
    "build": ("docs", "site", "content"),
    "build of the same site": ("site", "content"),
    "build of the same docs": ("docs", "content"),
    "build elsewhere": ("content",),
    "serve": ("docs", "content"),
    "merge-shards": ("site", "shards/1"),
    "import": ("content",),
    "tag": ("content",),
    "rename-tag": ("content",),
}


@pytest.mark.parametrize(("name", "used"), [(name, each) for name in USES for each in USES[name]])
def test_a_command_is_refused_while_another_one_changes_its_folders(
    folder: Path, name: str, used: str
) -> None:
    before = {name: data for name, data in tree(folder).items() if not name.startswith("cache/")}
    with held(folder / used):
        done = command(*arguments(name, folder))
    assert done.returncode == 3, done.stderr
    assert f"paper-archive: {folder / used} is in use by a test (process " in done.stderr
    assert "pass --wait" in done.stderr
    after = {name: data for name, data in tree(folder).items() if not name.startswith("cache/")}
    assert after == before


@pytest.mark.parametrize("name", ["check", "stats"])
def test_commands_that_only_read_are_not_refused(folder: Path, name: str) -> None:
    with held(folder / "docs"), held(folder / "site"), lock.reading(folder / "content"):
        assert command(*arguments(name, folder)).returncode == 0


def test_builds_into_other_folders_do_not_know_each_other(folder: Path) -> None:
    with held(folder / "docs"), held(folder / "site"):
        assert command(*arguments("build elsewhere", folder)).returncode == 0


@pytest.mark.parametrize("name", ["build", "merge-shards", "import", "tag", "rename-tag"])
def test_who_waits_uses_what_is_there_afterwards(folder: Path, name: str) -> None:
    used = {"build": "docs", "merge-shards": "site"}.get(name, "content")
    with held(folder / used):
        process = start(*arguments(name, folder), "--wait")
        assert process.stderr
        assert process.stderr.readline().startswith("waiting for a test (process ")
        if used == "content":
            done = tag_paper.tag_paper(
                folder / "content", "2503.00001", ["graphs"], [], Cache(None, b"")
            )
            assert done.is_changed
        elif used == "docs":
            write(folder / "content", whole(daily(MONDAY, paper(title="Changed"))))
        else:
            shutil.rmtree(folder / "site")
    said_to_the_end(process)
    assert process.returncode == 0
    assert command("check", "--content", folder / "content").returncode == 0
    if name == "rename-tag":
        assert tagged(folder, "2503.00001") == ["networks"]
    if used != "content":
        assert tree(folder / "site") == site_of(folder / "content")


def test_builds_that_start_at_the_very_same_time(folder: Path) -> None:
    """One of them is done, the others are done or refused, and the site is right."""
    for number in range(3):
        title = f"Title {number}"
        write(folder / "content", whole(daily(MONDAY, paper(title=title)), title=title))
        runs = [start(*arguments("build", folder)) for _ in range(3)]
        for each in runs:
            _, errors = said_to_the_end(each)
            assert each.returncode in (0, 3)
            assert (each.returncode == 3) == ("is in use by the build of " in errors)
            assert "Traceback" not in errors
        assert 0 in [each.returncode for each in runs]
        page = (folder / "site" / "papers" / "2503.00001" / "index.html").read_text()
        assert title in page
    assert [path.name for path in folder.iterdir() if path.name.startswith(".")] == []
    assert tree(folder / "site") == site_of(folder / "content")


def test_all_who_wait_get_their_turn(folder: Path) -> None:
    """Builds, a preview's first build into another folder, and edits of the same file."""
    slugs = ["graphs", "sets"]
    tagging = [
        start("tag", "--content", folder / "content", "2503.00002", "--add", slug, "--wait")
        for slug in slugs
    ]
    builds = [start(*arguments(name, folder), "--wait") for name in USES if "build" in name]
    for each in [*tagging, *builds]:
        _, errors = said_to_the_end(each)
        assert each.returncode == 0, errors
    assert tagged(folder, "2503.00002") == slugs
    assert command(*arguments("build", folder)).returncode == 0
    assert tree(folder / "site") == site_of(folder / "content")


def test_the_next_build_needs_no_help_after_one_was_killed(tmp_path: Path) -> None:
    folder = tmp_path / "archive"
    write(folder / "content", many_papers())
    process = start(*build_arguments(folder), "--no-search", "--jobs", "2")
    until((folder / ".site.new").exists)
    refused = command(*build_arguments(folder))
    assert refused.returncode == 3
    assert f"in use by the build of {folder / 'site'} (process {process.pid}, " in refused.stderr
    process.send_signal(signal.SIGKILL)
    said_to_the_end(process, seconds=30)
    assert (folder / ".site.lock").exists()
    done = command(*build_arguments(folder), "--no-search")
    assert done.returncode == 0, done.stderr
    assert sorted(path.name for path in folder.iterdir()) == ["cache", "content", "docs", "site"]


def test_git_sees_no_lock(folder: Path) -> None:
    """Neither after a command, nor after one that was killed."""
    shutil.copy(ROOT / ".gitignore", folder)
    commit(folder)
    for name in ("import", "tag", "rename-tag", "build"):
        assert command(*arguments(name, folder)).returncode == 0
    assert [path.name for path in folder.rglob(".*.lock")] == []
    for name in ("content", "docs", "sent", "site"):
        (folder / f".{name}.lock").touch()
    assert ".lock" not in git(folder, "status", "--porcelain", "--untracked-files=all")


@pytest.mark.parametrize("given", [["--wait", "soon"], ["--wait", "2503.00001"], ["--wait=-1"]])
def test_a_time_that_is_none(given: list[str]) -> None:
    done = command("build", *given)
    assert done.returncode == 2
    assert "--wait" in done.stderr
