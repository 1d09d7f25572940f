"""A build with something in its way, or whose processes are ended: what it leaves behind.

That it may be stopped or refused at any file operation is for `tests/faults`.
"""

from __future__ import annotations

import multiprocessing
import os
import re
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterable, Iterator
from pathlib import Path

import pytest

from generator.site import build, staging
from tests.archives import (
    MONDAY,
    ROOT,
    build_arguments,
    command,
    daily,
    many_papers,
    paper,
    tree,
    whole,
    write,
)
from tests.cli.calls import CAPSYS, add_a_broken_tag, run
from tests.processes import below, is_running, said_to_the_end, start


def assert_refused(
    result: subprocess.CompletedProcess[str], folder: Path, before: dict[str, bytes]
) -> None:
    """Exit 3 with one message; content and old site as they were, nothing half-written."""
    assert result.returncode == 3, result.stderr
    assert "paper-archive: cannot " in result.stderr
    assert "Traceback" not in result.stderr
    after = tree(folder)
    for name, data in before.items():
        if name.startswith(("content/", "site/")):
            assert after.get(name) == data, name
    assert not [name for name in after if name.endswith(".part")]
    assert not [name for name in after if name.startswith((".site.new", ".site.old"))]


@pytest.mark.parametrize(
    "blocked", ["content", "docs", "docs/papers", "docs/papers/2503.00001.md", "site", "cache"]
)
def test_a_file_in_place_of_a_folder_or_a_folder_in_place_of_a_file(
    folder: Path, blocked: str
) -> None:
    path = folder / blocked
    was_folder = path.is_dir()
    shutil.rmtree(path) if was_folder else path.unlink()
    if was_folder and blocked != "site":
        path.write_text("a file", encoding="utf-8")
    elif blocked == "site":
        (folder / ".site.new").write_text("a file", encoding="utf-8")
        (folder / "site").write_text("a file", encoding="utf-8")
    else:
        (path / "in it").mkdir(parents=True)
    before = tree(folder)
    result = command(*build_arguments(folder))
    assert "Traceback" not in result.stderr
    if blocked != "site":
        assert_refused(result, folder, before)
        assert re.search(r"move (it|what is there) (away|to another folder)", result.stderr)
    else:
        assert result.returncode in (2, 3)
        assert (folder / "site").read_text(encoding="utf-8") == "a file"


def change(folder: Path) -> None:
    """Content that differs from what was built: a paper more, another title."""
    write(
        folder / "content",
        whole(daily(MONDAY, paper(title="Changed"), paper("2503.00002")), title="Changed"),
    )


@pytest.fixture(scope="session")
def rebuilt(built: Path, tmp_path_factory: pytest.TempPathFactory) -> dict[str, bytes]:
    """What a build of the changed content makes from nothing."""
    folder = tmp_path_factory.mktemp("rebuilt") / "archive"
    shutil.copytree(built / "content", folder / "content")
    change(folder)
    assert command(*build_arguments(folder)).returncode == 0
    return without_cache(folder)


def without_cache(folder: Path) -> dict[str, bytes]:
    """All files except the records of builds, which contain times."""
    return {name: data for name, data in tree(folder).items() if not name.startswith("cache/")}


def test_an_old_site_is_restored_even_if_the_content_is_broken(folder: Path) -> None:
    """A build was stopped between its two renames, then somebody broke the content."""
    before = tree(folder / "site")
    (folder / "site").rename(folder / ".site.old")
    add_a_broken_tag(folder)
    assert command(*build_arguments(folder)).returncode == 1
    assert tree(folder / "site") == before


PIPES = [
    *("content/archive.yaml", "content/tags/graphs.yaml", "content/daily/2025/2025-03-10.yaml"),
    *("docs/mine.md", "docs/papers/2503.00001.md", "docs/rss.xml", "docs/index.md"),
    *("docs/.generated", "docs/.archive.json", "docs/..generated.part", "docs/papers"),
    *("site/.build", "site/index.html", "site/papers", "site/rss.xml", "site"),
    *("cache/site", "cache/index", "cache/.site.part", "cache", ".site.new"),
]
HANDLED = re.compile(r"site/.|cache/|docs/\.archive|docs/\.\.|docs/rss|docs/.*index|docs/papers/")
"""Those in place of what a build makes, which it makes again."""


@pytest.mark.timeout(60)
@pytest.mark.parametrize("name", PIPES)
def test_a_pipe_is_refused_or_replaced_and_never_waited_for(
    folder: Path, capsys: CAPSYS, name: str
) -> None:
    path = folder / name
    if path.is_dir():
        shutil.rmtree(path)
    else:
        path.unlink(missing_ok=True)
    path.parent.mkdir(exist_ok=True)
    os.mkfifo(path)
    code = run(*build_arguments(folder))
    said = capsys.readouterr().err
    assert "Traceback" not in said
    if code == 0:
        assert HANDLED.match(name)
    else:
        assert re.search(r"move it away|put a file here|move it to another|delete it", said), said
    if name.startswith("content/"):
        for command in (["check"], ["diff", "--against", "HEAD"]):
            assert run(*command, "--content", folder / "content") != 0


@pytest.mark.parametrize("full", [False, True])
def test_a_link_out_of_docs_is_refused(folder: Path, capsys: CAPSYS, full: bool) -> None:
    (folder / "private.md").write_text("# Private")
    (folder / "docs" / "mine.md").symlink_to(folder / "private.md")
    before = tree(folder / "site")
    assert run(*build_arguments(folder), *(["--full"] if full else [])) == 3
    said = capsys.readouterr().err
    assert f"cannot read {folder}/docs/mine.md: it is a symbolic link that leads out" in said
    assert "put the file or folder itself there" in said
    assert tree(folder / "site") == before


@pytest.mark.parametrize("name", ["archive.yaml", "daily", "daily/2025/2025-03-10.yaml"])
def test_a_link_in_the_content_is_refused(folder: Path, capsys: CAPSYS, name: str) -> None:
    path = folder / "content" / name
    path.rename(folder / "moved")
    path.symlink_to(folder / "moved")
    for arguments in (build_arguments(folder), ["check", "--content", folder / "content"]):
        assert run(*arguments) == 1
        assert f"{name}:0:0: unreadable symbolic links" in "".join(capsys.readouterr())


@pytest.mark.parametrize("name", ["docs/mine.md", "docs/dev", "docs/papers", "content/tags/a.yaml"])
def test_what_cannot_be_read_is_a_message(folder: Path, name: str) -> None:
    path = folder / name
    if not path.suffix:
        path.mkdir(exist_ok=True)
    else:
        path.parent.mkdir(exist_ok=True)
        path.write_text("name: A\n")
    path.chmod(0)
    before = tree(folder / "site")
    # Root may read everything, unless it gives that up.
    plain = ["setpriv", "--bounding-set=-dac_override,-dac_read_search"]
    if os.geteuid() == 0 and not shutil.which("setpriv"):
        pytest.skip("there is no setpriv on the PATH")
    done = subprocess.run(
        [
            *(plain if os.geteuid() == 0 else []),
            *(sys.executable, "-m", "generator", *build_arguments(folder)),
        ],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    path.chmod(0o755)
    assert done.returncode == (1 if name.startswith("content") else 3), done.stderr
    assert name in done.stderr
    assert "check " in done.stderr
    assert "permissions" in done.stderr
    assert tree(folder / "site") == before


@pytest.mark.parametrize("target", ["www/live", "www"])
def test_a_site_that_is_a_link_is_built_where_it_leads(
    folder: Path, rebuilt: dict[str, bytes], target: str
) -> None:
    """From the first build on; the whole site, then what changed, then all of it again."""
    (folder / target).parent.mkdir(exist_ok=True)
    (folder / "site").rename(folder / target)
    (folder / "site").symlink_to(target)
    for arguments in ([], [], ["--full"], []):
        assert run(*build_arguments(folder), *arguments) == 0
        change(folder)
    assert (folder / "site").readlink() == Path(target)
    made = {name: data for name, data in rebuilt.items() if name.startswith("site/")}
    assert {f"site/{name}": data for name, data in tree(folder / target).items()} == made
    beside = {path.name for top in (folder, folder / "www") for path in top.iterdir()}
    assert not [name for name in beside if name.startswith((".site", ".live"))]


@pytest.mark.parametrize(("cache", "content"), [("content/cache", "content"), (".", "content")])
def test_a_cache_around_or_in_other_folders_is_refused(
    folder: Path, capsys: CAPSYS, cache: str, content: str
) -> None:
    before = tree(folder)
    assert run(*build_arguments(folder), "--cache", folder / cache) == 2
    assert "lie within each other" in capsys.readouterr().err
    assert tree(folder) == before


# ---- a build with several processes


@pytest.fixture(scope="session")
def large(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with content, docs and site of many papers; tests take copies of it."""
    root = tmp_path_factory.mktemp("large")
    write(root / "content", many_papers())
    result = command(*build_arguments(root), "--jobs", "3")
    assert result.returncode == 0, result.stderr
    return root


def start_full_build(folder: Path, **environment: str) -> subprocess.Popen[str]:
    return start(*build_arguments(folder), "--jobs", "3", "--full", **environment)


def in_stage(folder: Path) -> bool:
    return (folder / ".site.new").exists() and any((folder / ".site.new").iterdir())


def wait_for(
    moment: str, folder: Path, **environment: str
) -> tuple[subprocess.Popen[str], list[int]]:
    """A build that has come to a moment, and its other processes, which must be caught at it."""
    while True:
        process = start_full_build(folder, **environment)
        while process.poll() is None:
            others = below(process.pid)
            if moment == "Pagefind":
                is_caught = bool(below(process.pid, "--output-path"))
            else:
                is_caught = len(others) == 2 and in_stage(folder)
            if is_caught:
                return process, others
            time.sleep(0.002)
        said_to_the_end(process)


def test_no_process_writes_any_more_when_the_stage_is_removed(
    large: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Ctrl-C comes while this process looks at what others have done."""
    folder = tmp_path / "archive"
    shutil.copytree(large, folder)

    def interrupted(items: Iterable[object], _label: str, _total: int) -> Iterator[object]:
        for item in items:
            yield item
            if multiprocessing.active_children():
                raise KeyboardInterrupt

    writing: list[int] = []
    discard = staging.discard

    def watched(folder: Path) -> None:
        writing.append(len(multiprocessing.active_children()))
        discard(folder)

    monkeypatch.setattr(build, "track", interrupted)
    monkeypatch.setattr(staging, "discard", watched)
    assert run(*build_arguments(folder), "--jobs", "3", "--full") == 130
    assert writing[-1] == 0
    assert not (folder / ".site.new").exists()


@pytest.mark.parametrize("moment", ["pages", "Pagefind"])
def test_nothing_goes_on_after_a_build_is_killed(large: Path, tmp_path: Path, moment: str) -> None:
    """Whoever waits for the end of its output gets it, and the next build succeeds at once."""
    folder, temporary = tmp_path / "archive", tmp_path / "temporary"
    shutil.copytree(large, folder)
    temporary.mkdir()
    process, others = wait_for(moment, folder, TMPDIR=str(temporary))
    process.kill()
    said_to_the_end(process, seconds=30)
    result = command(*build_arguments(folder), "--jobs", "3")
    assert result.returncode == 0, result.stderr
    assert not any(map(is_running, others))
    assert without_cache(folder) == without_cache(large)
    assert not list(temporary.iterdir())


@pytest.mark.parametrize(
    ("number", "moment"),
    [(signal.SIGTERM, "pages"), (signal.SIGTERM, "Pagefind"), (signal.SIGINT, "pages")],
)
def test_a_signal_ends_a_build_and_all_its_processes(
    large: Path, tmp_path: Path, number: signal.Signals, moment: str
) -> None:
    folder = tmp_path / "archive"
    shutil.copytree(large, folder)
    before = tree(folder / "site")
    process, others = wait_for(moment, folder)
    for each in (process.pid, *others) if number == signal.SIGTERM else (process.pid,):
        os.kill(each, number)  # some send it to all processes of a service
    time.sleep(0.01)
    process.send_signal(number)
    _, errors = said_to_the_end(process, seconds=30)
    assert process.returncode == 128 + number, errors
    word = "interrupted" if number == signal.SIGINT else "terminated"
    assert errors == f"paper-archive: {word}; no file is half-written\n"
    assert not any(map(is_running, others))
    assert tree(folder / "site") == before
    assert sorted(path.name for path in folder.iterdir()) == ["cache", "content", "docs", "site"]
