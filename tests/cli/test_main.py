"""The command through its front door: exit codes, messages, and what failure leaves behind."""

from __future__ import annotations

import json
import os
import re
import shutil
import signal
import subprocess
import sys
from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest

from generator.cli import check, main
from generator.content import writer
from tests.archives import (
    MONDAY,
    ROOT,
    build_arguments,
    command,
    daily,
    minimal,
    paper,
    tag,
    tree,
    varied,
    whole,
    write,
)

CAPSYS = pytest.CaptureFixture[str]
BROKEN = "name: Graphs\ndescription: [a\n"


@pytest.fixture(autouse=True)
def _in_the_repository(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(ROOT)


@pytest.fixture(scope="session")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with content, docs and site of one paper; tests take copies of it."""
    root = tmp_path_factory.mktemp("built")
    minimal(root / "content")
    result = command(*build_arguments(root))
    assert result.returncode == 0, result.stderr
    return root


@pytest.fixture
def folder(built: Path, tmp_path: Path) -> Path:
    """A copy of `built` that a test may break."""
    shutil.copytree(built, tmp_path / "archive")
    return tmp_path / "archive"


def run(*arguments: str | Path) -> int:
    """The command without a process of its own; usage errors end it, as they end a process."""
    try:
        return main.main([str(argument) for argument in arguments])
    except SystemExit as ending:
        return int(str(ending.code))


def add_a_broken_tag(root: Path) -> Path:
    path = root / "content" / "tags" / "graphs.yaml"
    path.parent.mkdir(exist_ok=True)
    path.write_text(BROKEN, encoding="utf-8")
    return path


# ---- check


def test_check_of_content_without_problems(tmp_path: Path, capsys: CAPSYS) -> None:
    assert run("check", "--content", minimal(tmp_path)) == 0
    said = capsys.readouterr()
    assert said.out == ""
    assert said.err == "no problems in 1 list with 1 paper\n"


def test_check_prints_each_problem_and_counts_them(tmp_path: Path, capsys: CAPSYS) -> None:
    root = minimal(tmp_path / "content")
    path = add_a_broken_tag(tmp_path)
    assert run("check", "--content", root) == 1
    said = capsys.readouterr()
    assert said.out.startswith(f"{path}:3:1: yaml-syntax ")
    assert said.out.count("\n") == 1
    assert said.err == "1 problem in 1 list with 1 paper\n"


def test_check_as_json_and_for_github(tmp_path: Path, capsys: CAPSYS) -> None:
    root = minimal(tmp_path / "content")
    path = add_a_broken_tag(tmp_path)
    assert run("check", "--content", root, "--format", "json") == 1
    (problem,) = json.loads(capsys.readouterr().out)
    assert (problem["path"], problem["line"], problem["code"]) == (str(path), 3, "yaml-syntax")
    assert run("check", "--content", root, "--format", "github") == 1
    first, second = capsys.readouterr().out.splitlines()
    assert first.startswith(f"::error file={path},line=3,col=1,title=yaml-syntax::")
    assert second.startswith(f"{path}:3:1: yaml-syntax ")


def test_check_as_json_of_no_problems_is_an_empty_list(tmp_path: Path, capsys: CAPSYS) -> None:
    assert run("check", "--content", minimal(tmp_path), "--format", "json") == 0
    assert json.loads(capsys.readouterr().out) == []


@pytest.mark.parametrize(
    ("chosen", "found"),
    [
        (["tags/a.yaml"], ["a"]),
        (["tags"], ["a", "b"]),
        (["tags/a.yaml", "tags/b.yaml"], ["a", "b"]),
        (["daily"], []),
        (["."], ["a", "b"]),
    ],
)
def test_check_of_some_paths_prints_only_theirs(
    tmp_path: Path, capsys: CAPSYS, chosen: list[str], found: list[str]
) -> None:
    root = minimal(tmp_path)
    (root / "tags").mkdir()
    for name in ("a", "b"):
        (root / "tags" / f"{name}.yaml").write_text(BROKEN, encoding="utf-8")
    code = run("check", "--content", root, *(root / each for each in chosen))
    lines = capsys.readouterr().out.splitlines()
    assert [Path(line.split(":")[0]).stem for line in lines] == found
    assert code == bool(found)


def test_check_of_a_path_that_is_not_there_is_wrong_usage(tmp_path: Path, capsys: CAPSYS) -> None:
    """A misspelt path must not look like one without problems."""
    root = minimal(tmp_path)
    assert run("check", "--content", root, root / "tags" / "grpahs.yaml") == 2
    assert "grpahs.yaml" in capsys.readouterr().err


def test_check_of_no_content_says_what_an_archive_needs(tmp_path: Path, capsys: CAPSYS) -> None:
    assert run("check", "--content", tmp_path / "nowhere") in (1, 2)
    said = capsys.readouterr()
    assert "nowhere" in said.out + said.err


def test_check_changes_nothing(folder: Path) -> None:
    add_a_broken_tag(folder)
    before = tree(folder)
    run("check", "--content", folder / "content")
    assert tree(folder) == before


@pytest.mark.parametrize("encoding", ["ascii", "latin-1", "utf-8"])
@pytest.mark.parametrize("format_name", ["text", "github", "json"])
def test_any_terminal_can_show_any_problem(tmp_path: Path, encoding: str, format_name: str) -> None:
    root = minimal(tmp_path)
    (root / "tags").mkdir()
    (root / "tags" / "a.yaml").write_text("näme…例: 1\n", encoding="utf-8")
    (root / "tags" / os.fsdecode(b"\xff.yaml")).write_text(BROKEN, encoding="utf-8")
    result = subprocess.run(
        [
            sys.executable,
            "-m",
            "generator",
            "check",
            "--content",
            tmp_path,
            "--format",
            format_name,
        ],
        cwd=ROOT,
        env=os.environ | {"PYTHONIOENCODING": encoding},
        capture_output=True,
        check=False,
    )
    assert result.returncode == 1, result.stderr.decode()[-500:]
    assert b"unknown-key" in result.stdout
    assert b"Traceback" not in result.stderr


# ---- wrong usage


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ([], "COMMAND"),
        (["bild"], "build"),
        (["check", "--format", "xml"], "json"),
        (["build", "--nonsense"], "--nonsense"),
        (["import"], "FORMAT"),
        (["import", "nonsense", "x"], "jsonl"),
        (["import", "jsonl", "no-such-file.jsonl"], "no-such-file.jsonl"),
        (["import", "jsonl", "README.md", "--date", "11 March"], "2025-03-11"),
        (["import", "jsonl", "README.md", "--newest", "0"], "0"),
    ],
)
def test_wrong_usage_says_what_to_pass(
    capsys: CAPSYS, tmp_path: Path, arguments: list[str], said: str
) -> None:
    assert run(*arguments, *(["--content", str(tmp_path)] if arguments else [])) == 2
    assert said in capsys.readouterr().err
    assert tree(tmp_path) == {}


def test_help_names_every_verb_and_format(capsys: CAPSYS) -> None:
    assert run("--help") == 0
    shown = capsys.readouterr().out
    assert all(verb in shown for verb in ("import", "check", "build", "serve", "stats"))
    assert run("import", "--help") == 0
    shown = capsys.readouterr().out
    assert all(name in shown for name in ("hf-page", "hf-api", "jsonl", "--date"))


def test_a_page_without_a_year_is_never_guessed_at(tmp_path: Path, capsys: CAPSYS) -> None:
    page = ROOT / "tests" / "fixtures" / "importers" / "page.txt"
    assert run("import", "hf-page", page, "--content", tmp_path) == 2
    assert "--date" in capsys.readouterr().err
    assert tree(tmp_path) == {}


def test_a_build_outside_an_archive_says_where_to_run_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: CAPSYS
) -> None:
    minimal(tmp_path / "content")
    monkeypatch.chdir(tmp_path)
    assert run("build") == 2
    assert "mkdocs.yml" in capsys.readouterr().err


FOLDERS_THAT_WOULD_BE_LOST: dict[str, Callable[[Path], list[tuple[str, Path]]]] = {
    "site is content": lambda root: [("--site", root / "content")],
    "site is within content": lambda root: [("--site", root / "content" / "site")],
    "site holds content": lambda root: [("--site", root)],
    "site is docs": lambda root: [("--site", root / "docs")],
    "docs is content": lambda root: [("--docs", root / "content")],
    "docs is within content": lambda root: [("--docs", root / "content" / "daily")],
    "site is somebody's folder": lambda root: [("--site", root / "papers")],
}


@pytest.mark.parametrize(
    "case", FOLDERS_THAT_WOULD_BE_LOST.values(), ids=FOLDERS_THAT_WOULD_BE_LOST
)
def test_a_build_never_replaces_a_folder_that_is_no_site(
    folder: Path, case: Callable[[Path], list[tuple[str, Path]]]
) -> None:
    (folder / "papers").mkdir()
    (folder / "papers" / "mine.txt").write_text("mine", encoding="utf-8")
    before = tree(folder)
    changes = [str(part) for pair in case(folder) for part in pair]
    result = command(*build_arguments(folder), *changes)
    assert result.returncode == 2, result.stderr
    assert "Traceback" not in result.stderr
    assert tree(folder) == before


def test_a_build_never_replaces_the_project_it_runs_in(tmp_path: Path) -> None:
    """In a copy: should the command do what it must not, only the copy is lost."""
    project = tmp_path / "project"
    shutil.copytree(
        ROOT / "generator", project / "generator", ignore=shutil.ignore_patterns("__pycache__")
    )
    shutil.copy(ROOT / "mkdocs.yml", project)
    minimal(project / "content")
    before = tree(project)
    for site in (".", "..", str(project), "generator"):
        result = subprocess.run(
            [
                sys.executable,
                "-m",
                "generator",
                "build",
                "--site",
                site,
                "--docs",
                tmp_path / "docs",
            ],
            cwd=project,
            env=os.environ | {"PYTHONDONTWRITEBYTECODE": "1"},
            capture_output=True,
            text=True,
            check=False,
        )
        assert "Traceback" not in result.stderr, site
        assert result.returncode == 2, site
        assert tree(project) == before, site


# ---- import


def test_import_says_what_it_did_and_changes_nothing_the_second_time(
    tmp_path: Path, capsys: CAPSYS
) -> None:
    lines = ROOT / "tests" / "fixtures" / "importers" / "papers.jsonl"
    assert run("import", "jsonl", lines, "--content", tmp_path) == 0
    first = capsys.readouterr().out
    assert "new" in first
    before = tree(tmp_path)
    assert before
    assert run("import", "jsonl", lines, "--content", tmp_path) == 0
    assert "0 lists written" in capsys.readouterr().out
    assert tree(tmp_path) == before


def test_import_of_a_damaged_file_writes_nothing(tmp_path: Path, capsys: CAPSYS) -> None:
    source = tmp_path / "a.jsonl"
    source.write_text('{"list_date": "2025-03-10", "title": "A"}\n{"title"\n', encoding="utf-8")
    assert run("import", "jsonl", source, "--content", tmp_path / "content") == 1
    assert f"{source}:2" in capsys.readouterr().err
    assert not (tmp_path / "content").exists()


def test_import_into_a_file_that_is_no_folder_is_a_matter_of_the_disk(
    tmp_path: Path, capsys: CAPSYS
) -> None:
    (tmp_path / "content").write_text("a file", encoding="utf-8")
    lines = ROOT / "tests" / "fixtures" / "importers" / "papers.jsonl"
    assert run("import", "jsonl", lines, "--content", tmp_path / "content") == 3
    assert "content" in capsys.readouterr().err


# ---- stats


def test_stats_print_the_shares(tmp_path: Path, capsys: CAPSYS) -> None:
    assert run("stats", "--content", write(tmp_path, varied())) == 0
    shown = capsys.readouterr().out
    assert "tagged              3 papers, 75.0 %" in shown
    assert "long-context" in shown


def test_stats_of_broken_content_are_refused(tmp_path: Path, capsys: CAPSYS) -> None:
    minimal(tmp_path / "content")
    add_a_broken_tag(tmp_path)
    assert run("stats", "--content", tmp_path / "content") == 1
    assert "yaml-syntax" in capsys.readouterr().err


def test_stats_of_nothing(tmp_path: Path, capsys: CAPSYS) -> None:
    assert run("stats", "--content", write(tmp_path, whole())) == 0
    assert "papers              0" in capsys.readouterr().out


# ---- build


def test_a_build_says_what_it_made(folder: Path, capsys: CAPSYS) -> None:
    shutil.rmtree(folder / "docs")
    assert run(*build_arguments(folder)) == 0
    said = capsys.readouterr()
    assert said.err.startswith(f"built {folder / 'site'}: ")
    assert said.err.count("\n") == 1
    assert re.search(r"^  papers +\d", said.out, re.MULTILINE)


def test_a_new_day_loads_no_library_that_it_can_do_without(folder: Path) -> None:
    """They take as long to load as a tenth of the day's pages to make."""
    heavy = {"dateutil", "feedgen", "importlib.metadata", "lark", "lxml", "markdown", "mkdocs"}
    code = (
        "import sys; from generator.cli import main; main.main(sys.argv[1:]); print(*sys.modules)"
    )

    def loaded() -> set[str]:
        arguments = [*build_arguments(folder), "--no-search", "--jobs", "1"]
        told = subprocess.check_output([sys.executable, "-c", code, *arguments], text=True)
        return heavy & set(told.splitlines()[-1].split())

    shutil.rmtree(folder / "cache")
    assert loaded() >= {"feedgen", "mkdocs"}
    writer.write_list(folder / "content", daily(date(2025, 3, 12), paper("2503.00099")))
    assert loaded() == set()


def test_broken_content_builds_nothing_and_touches_nothing(folder: Path, capsys: CAPSYS) -> None:
    path = add_a_broken_tag(folder)
    before = tree(folder)
    stamps = {each: each.stat().st_mtime_ns for each in (folder / "site").rglob("*")}
    assert run(*build_arguments(folder)) == 1
    said = capsys.readouterr().err
    assert f"{path}:3:1: yaml-syntax " in said
    assert "nothing was built" in said
    assert tree(folder) == before
    assert {each: each.stat().st_mtime_ns for each in (folder / "site").rglob("*")} == stamps


def test_a_first_build_of_broken_content_makes_no_folder(tmp_path: Path) -> None:
    minimal(tmp_path / "content")
    add_a_broken_tag(tmp_path)
    assert run(*build_arguments(tmp_path)) == 1
    assert {path.name for path in tmp_path.iterdir()} == {"content", "cache"}


def test_a_page_of_which_mkdocs_complains_leaves_the_old_site(folder: Path) -> None:
    """A hand-written page with a dead link is a warning, and warnings are errors."""
    (folder / "docs" / "mine.md").write_text("# Mine\n\n[dead](nowhere.md)\n", encoding="utf-8")
    before = tree(folder / "site")
    result = command(*build_arguments(folder))
    assert result.returncode == 3
    assert "nowhere.md" in result.stderr
    assert "Traceback" not in result.stderr
    assert tree(folder / "site") == before


def test_the_old_site_gives_way_to_the_new_one(folder: Path) -> None:
    (folder / "site" / "stale.html").write_text("stale", encoding="utf-8")
    write(folder / "content", whole(daily(MONDAY, paper(), paper("2503.00002"))))
    assert command(*build_arguments(folder)).returncode == 0
    assert not (folder / "site" / "stale.html").exists()
    assert (folder / "site" / "papers" / "2503.00002" / "index.html").exists()
    assert {path.name for path in folder.iterdir()} == {"cache", "content", "docs", "site"}


@pytest.mark.parametrize("day", [date(1969, 12, 31), date(999, 1, 1), date(1, 1, 1)])
def test_old_papers_can_be_archived(tmp_path: Path, day: date) -> None:
    write(tmp_path / "content", whole(daily(day, paper(published=day))))
    result = command(*build_arguments(tmp_path))
    assert (result.returncode, "Traceback" in result.stderr) == (0, False), result.stderr[-300:]


def test_hostile_names_of_tags_end_in_a_message_or_a_site(tmp_path: Path) -> None:
    what = whole(
        daily(), tags=[tag("graphs", "a\x01b", description="c\x9fd", match=("placeholder",))]
    )
    write(tmp_path / "content", what)
    result = command(*build_arguments(tmp_path))
    assert result.returncode in (0, 1)
    assert "Traceback" not in result.stderr


# ---- when the disk refuses


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


@pytest.mark.parametrize("blocked", ["docs", "docs/papers", "docs/papers/2503.00001.md", "site"])
def test_a_file_where_a_folder_is_needed_or_the_other_way(folder: Path, blocked: str) -> None:
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
    else:
        assert result.returncode in (2, 3)
        assert (folder / "site").read_text(encoding="utf-8") == "a file"


# Runs the command and does something at the nth look at the disk below a folder: audit events see
# every open, rename and removal, whichever function asks for it.
AGENT = """
import errno, os, signal, sys
folder, action, nth = sys.argv[1], sys.argv[2], int(sys.argv[3])
log = open(sys.argv[4], "w") if action == "log" else None
seen = 0
def below(path):
    if not isinstance(path, (str, bytes, os.PathLike)):
        return False
    return os.path.abspath(os.fsdecode(path)).startswith(folder)
def watch(event, arguments):
    global seen
    if event == "open":
        writes = isinstance(arguments[1], str) and set(arguments[1]) & set("wxa+") or (
            isinstance(arguments[2], int) and arguments[2] & (os.O_WRONLY | os.O_RDWR))
        if not writes:
            return
    elif event not in ("os.rename", "os.remove", "os.rmdir", "os.mkdir"):
        return
    if not any(map(below, arguments)):
        return
    seen += 1
    if log:
        log.write(f"{event} {arguments[0]}\\n")
    elif seen == nth:
        if action == "kill":
            os.kill(os.getpid(), signal.SIGKILL)
        elif action == "interrupt":
            os.kill(os.getpid(), signal.SIGINT)
    if action == "full" and seen >= nth and event in ("open", "os.mkdir"):
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), str(arguments[0]))
sys.addaudithook(watch)
from generator.cli.main import main
code = main(sys.argv[5:])
if log:
    log.close()
sys.exit(code)
"""


def agent(
    action: str, nth: int, folder: Path, log: Path | None = None
) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [
            sys.executable,
            "-c",
            AGENT,
            folder,
            action,
            str(nth),
            log or "-",
            *build_arguments(folder),
        ],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )


def change(folder: Path) -> None:
    """Content that differs from what was built: a paper more, another title."""
    write(
        folder / "content",
        whole(daily(MONDAY, paper(title="Changed"), paper("2503.00002")), title="Changed"),
    )


@pytest.fixture(scope="session")
def events(built: Path, tmp_path_factory: pytest.TempPathFactory) -> list[str]:
    """What a build of changed content does to the disk, in order."""
    folder = tmp_path_factory.mktemp("events") / "archive"
    shutil.copytree(built, folder)
    change(folder)
    log = folder.parent / "log"
    assert agent("log", 0, folder, log).returncode == 0
    return log.read_text(encoding="utf-8").splitlines()


@pytest.fixture(scope="session")
def rebuilt(built: Path, tmp_path_factory: pytest.TempPathFactory) -> dict[str, bytes]:
    """What a build of the changed content makes from nothing."""
    folder = tmp_path_factory.mktemp("rebuilt") / "archive"
    shutil.copytree(built / "content", folder / "content")
    change(folder)
    assert command(*build_arguments(folder)).returncode == 0
    return without_cache(folder)


def without_cache(folder: Path) -> dict[str, bytes]:
    """All files but what builds remember, which tells of times."""
    return {name: data for name, data in tree(folder).items() if not name.startswith("cache/")}


def moments(events: list[str]) -> list[int]:
    """The numbers of some events: two on the way, and each step of exchanging the sites."""
    exchange = [
        number
        for number, event in enumerate(events, 1)
        if (event.startswith("os.rename ") and "/site/" in event) or "/.site." in event
    ]
    some = exchange[:: max(1, len(exchange) // 10)]
    wanted = {5, len(events) // 2, *some, exchange[-1], exchange[-1] + 1, exchange[-1] + 4}
    return sorted(moment for moment in wanted if moment <= len(events))


def test_a_build_is_not_one_step(events: list[str]) -> None:
    assert len(events) > 30
    assert len(moments(events)) >= 5


@pytest.mark.xdist_group("kill")
def test_a_killed_build_at_any_moment_leaves_what_the_next_one_makes_whole(
    built: Path, tmp_path: Path, events: list[str], rebuilt: dict[str, bytes]
) -> None:
    for moment in moments(events):
        folder = tmp_path / str(moment)
        shutil.copytree(built, folder)
        change(folder)
        content = tree(folder / "content")
        where = f"killed at {moment}: {events[moment - 1]}"
        assert agent("kill", moment, folder).returncode == -signal.SIGKILL, where
        assert tree(folder / "content") == content, where
        assert run("check", "--content", folder / "content") == 0, where
        assert run(*build_arguments(folder)) == 0, where
        assert without_cache(folder) == rebuilt, where


@pytest.mark.xdist_group("interrupt")
def test_an_interrupted_build_at_any_moment_says_so_and_leaves_a_whole_site(
    built: Path, tmp_path: Path, events: list[str], rebuilt: dict[str, bytes]
) -> None:
    sites = [
        tree(built / "site"),
        {k.removeprefix("site/"): v for k, v in rebuilt.items() if k.startswith("site/")},
    ]
    for moment in moments(events):
        folder = tmp_path / str(moment)
        shutil.copytree(built, folder)
        change(folder)
        content = tree(folder / "content")
        result = agent("interrupt", moment, folder)
        where = f"interrupted at {moment}: {events[moment - 1]}\n{result.stderr}"
        assert result.returncode == 130, where
        assert "interrupted" in result.stderr, where
        assert "Traceback" not in result.stderr, where
        assert tree(folder / "content") == content, where
        assert tree(folder / "site") in sites, where
        assert not [name for name in tree(folder) if name.endswith(".part")], where


@pytest.mark.xdist_group("full")
def test_a_disk_that_fills_at_any_moment_leaves_the_old_site(
    built: Path, tmp_path: Path, events: list[str]
) -> None:
    opens = [
        number
        for number, event in enumerate(events, 1)
        if event.startswith("open ") and "/cache" not in event
    ]
    for moment in (opens[0], opens[len(opens) // 3], opens[2 * len(opens) // 3], opens[-1]):
        folder = tmp_path / str(moment)
        shutil.copytree(built, folder)
        change(folder)
        before = tree(folder)
        result = agent("full", moment, folder)
        assert_refused(result, folder, before)
        assert "free some space" in result.stderr


def test_a_file_that_cannot_be_written_to_its_end(folder: Path) -> None:
    """A real failure of `write`: no file may be longer than a limit."""
    change(folder)
    before = tree(folder)
    limit = "import resource, sys; resource.setrlimit(resource.RLIMIT_FSIZE, (2000, 2000)); "
    result = subprocess.run(
        [
            sys.executable,
            "-c",
            f"{limit}from generator.cli.main import main; sys.exit(main(sys.argv[1:]))",
            *build_arguments(folder),
        ],
        cwd=ROOT,
        env=os.environ | {"PYTHONDONTWRITEBYTECODE": "1"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert_refused(result, folder, before)


@pytest.mark.skipif(sys.platform != "linux" or os.geteuid() != 0, reason="mounting needs root")
def test_a_real_disk_that_is_full(tmp_path: Path, built: Path) -> None:
    disk = tmp_path / "disk"
    disk.mkdir()
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=12k", "tmpfs", disk], capture_output=True, check=False
    )
    if mounted.returncode:
        pytest.skip("mounting is not permitted here")
    try:
        result = command(
            "build",
            "--content",
            built / "content",
            "--docs",
            disk / "docs",
            "--site",
            disk / "site",
        )
        assert result.returncode == 3
        assert "No space left" in result.stderr
        assert "free some space" in result.stderr
        assert not (disk / "site").exists()
    finally:
        subprocess.run(["umount", disk], check=True)


def test_an_old_site_comes_back_though_the_content_has_become_broken(folder: Path) -> None:
    """A build was stopped between its two renames, then somebody broke the content."""
    before = tree(folder / "site")
    (folder / "site").rename(folder / ".site.old")
    add_a_broken_tag(folder)
    assert command(*build_arguments(folder)).returncode == 1
    assert tree(folder / "site") == before


def test_a_hand_written_page_that_cannot_be_read_is_a_message(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: CAPSYS
) -> None:
    minimal(tmp_path / "content")
    real = Path.read_bytes

    def refusing(path: Path) -> bytes:
        if path.name == "about.md":
            raise PermissionError(13, "Permission denied", str(path))
        return real(path)

    monkeypatch.setattr(Path, "read_bytes", refusing)
    assert run(*build_arguments(tmp_path)) == 3
    assert "about.md" in capsys.readouterr().err


def test_an_interrupt_while_reading_is_a_message(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: CAPSYS
) -> None:
    def interrupted(_options: object) -> int:
        raise KeyboardInterrupt

    monkeypatch.setattr(check, "_check", interrupted)
    assert run("check", "--content", tmp_path) == 130
    assert capsys.readouterr().err == "paper-archive: interrupted; no file is half-written\n"


def test_ctrl_c_while_libraries_are_imported_shows_no_traceback(tmp_path: Path) -> None:
    """Most of a short run is importing, so that is when people interrupt it."""
    agent = (
        "import os, runpy, signal, sys\n"
        "def watch(event, arguments):\n"
        "    if event == 'import' and arguments[0] == 'jinja2':\n"
        "        os.kill(os.getpid(), signal.SIGINT)\n"
        "sys.addaudithook(watch)\n"
        "sys.argv[0] = 'generator'\n"
        "runpy.run_module('generator', run_name='__main__', alter_sys=True)\n"
    )
    result = subprocess.run(
        [sys.executable, "-c", agent, "check", "--content", minimal(tmp_path)],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert "Traceback" not in result.stderr
    assert result.returncode == 130


# ---- where the output goes


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="there is no /dev/full")
@pytest.mark.parametrize("verb", ["check", "stats"])
def test_output_to_a_full_disk_is_a_message(tmp_path: Path, verb: str) -> None:
    root = minimal(tmp_path / "content")
    if verb == "check":
        add_a_broken_tag(tmp_path)
    with Path("/dev/full").open("w", encoding="utf-8") as full:
        result = subprocess.run(
            [sys.executable, "-m", "generator", verb, "--content", root],
            cwd=ROOT,
            stdout=full,
            stderr=subprocess.PIPE,
            text=True,
            check=False,
        )
    assert result.returncode == 3
    assert "Traceback" not in result.stderr


def test_a_reader_that_stops_reading_is_no_error(tmp_path: Path) -> None:
    root = minimal(tmp_path)
    (root / "tags").mkdir()
    keys = "".join(f"key{n}: 1\n" for n in range(3000))
    (root / "tags" / "a.yaml").write_text(keys, encoding="utf-8")
    shell = f"'{sys.executable}' -m generator check --content '{root}' | head -n 1"
    result = subprocess.run(
        ["sh", "-c", shell], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert result.stdout.count("\n") == 1
    assert "Traceback" not in result.stderr
    assert "Exception ignored" not in result.stderr
