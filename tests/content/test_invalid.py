"""Invalid archives: each case's content gives exactly the problems of its `expected.txt`.

A case is a folder of `tests/invalid/`; `--update-golden` rewrites what is expected. What stands in
its folder `before` is the content that `--against` compares with.
"""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

from generator.archive.build import build_archive
from generator.content import checks, problems, reader
from generator.content.problems import CODES
from generator.core.model import Problem
from generator.review import baseline, broken_promises
from generator.review.feeds import rules
from tests.archives import ROOT, TODAY, command, minimal
from tests.effort import measured_command

CASES = sorted(path.parent for path in (ROOT / "tests" / "invalid").glob("*/content"))
GENERATOR = ROOT / "generator"
TABLE_ROW = re.compile(r"^\| `([a-z0-9-]+)` \| (.+?) \| (.+?) \|$", re.MULTILINE)
CODE_IN_TEXT = re.compile(r'"([a-z]+(?:-[a-z0-9]+)*)"')


def problems_of(folder: Path) -> list[Problem]:
    loaded = reader.load_content(folder)
    problems = checks.check(loaded, TODAY)
    before = folder.with_name("before")
    if not before.exists() or problems:
        return problems
    then = reader.load_content(before)
    was, now = (baseline.state(build_archive(each.content)) for each in (then, loaded))
    known = then.content.breaking_changes
    new = [each for each in loaded.content.breaking_changes if each not in known]
    broken = broken_promises.find(was, now, loaded, new)
    untrue = broken_promises.untrue(was, now, loaded, new, broken, lambda _: False)
    return sorted([*untrue, *(each.problem for each in broken if not each.said)])


def expected(case: Path) -> str:
    return (case / "expected.txt").read_text(encoding="utf-8")


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_the_problems_are_exactly_those_expected(
    case: Path, update_golden: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(case)
    found = problems.as_text(problems_of(Path("content")))
    if update_golden:
        (case / "expected.txt").write_text(found, encoding="utf-8")
    assert found == expected(case)


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_every_line_is_a_place_a_code_and_a_message(case: Path) -> None:
    line = re.compile(r"content/[^:]+:(?P<line>\d+):(?P<column>\d+): (?P<code>[a-z0-9-]+) \S.*")
    for text in expected(case).splitlines():
        found = line.fullmatch(text)
        assert found, text
        assert found["code"] in CODES
        assert (found["line"] == "0") <= (found["column"] == "0")


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_every_place_is_in_its_file(case: Path) -> None:
    for text in expected(case).splitlines():
        name, line, column = re.match(r"(.+?):(\d+):(\d+): ", text).groups()  # type: ignore[union-attr]
        if line == "0":
            continue
        lines = (case / name).read_bytes().decode("utf-8-sig", "replace").splitlines() or [""]
        assert int(line) <= len(lines) + 1
        assert int(column) <= len([*lines, ""][int(line) - 1]) + 1


def test_every_problem_names_a_way_out() -> None:
    lines = [line for case in CASES for line in expected(case).splitlines()]
    assert [line for line in lines if not line.endswith(")")] == []


@pytest.mark.parametrize("code", CODES)
def test_every_code_has_a_case_of_its_name(code: str) -> None:
    assert f" {code} " in expected(ROOT / "tests" / "invalid" / code)


def test_the_page_of_problems_has_one_row_for_each_code_with_its_meaning() -> None:
    page = (ROOT / "docs" / "dev" / "problems.md").read_text(encoding="utf-8")
    rows = [(code, meaning) for code, meaning, _ in TABLE_ROW.findall(page)]
    assert rows == sorted(CODES.items())


def test_no_module_writes_a_code_that_is_not_in_the_table() -> None:
    """Wherever a problem is made, its code stands there as a literal."""
    made = set()
    modules = ("yaml_fields", "paper_keys", "reader", "checks")
    reviews = ("review/lost_urls", "review/broken_promises")
    for name in (*(f"content/{each}" for each in modules), *reviews):
        text = (GENERATOR / f"{name}.py").read_text(encoding="utf-8")
        made |= {literal for literal in CODE_IN_TEXT.findall(text) if "-" in literal}
    not_codes = {"utf-8", "utf-8-sig"}
    assert made - not_codes <= {*CODES, *rules.CODES}
    assert {code for code in CODES if "-" in code} <= made


def test_the_command_prints_the_same_lines_and_fails(monkeypatch: pytest.MonkeyPatch) -> None:
    case = ROOT / "tests" / "invalid" / "parent-circle"
    result = subprocess.run(
        [sys.executable, "-m", "generator", "check"],
        cwd=case,
        env={"PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert (result.returncode, result.stdout) == (1, expected(case))


# ---- what no file on a disk should do: hang, crash, or take the memory

DEPTH = 100_000
DEEP = {
    "brackets": b"[" * DEPTH,
    "closed brackets": b"[" * DEPTH + b"]" * DEPTH,
    "braces": b"{a: " * DEPTH,
    "dashes on one line": b"- " * DEPTH,
    "question marks on one line": b"? " * DEPTH,
    "brackets that quotes seem to close": b'["]", ' * DEPTH,
    "brackets within a paper": b"date: 2025-03-10\npapers:\n- title: " + b"[" * DEPTH,
}


@pytest.mark.parametrize("data", DEEP.values(), ids=DEEP)
def test_deep_nesting_is_one_problem_and_no_crash(tmp_path: Path, data: bytes) -> None:
    file = minimal(tmp_path) / "daily" / "2025" / "2025-03-09.yaml"
    file.write_bytes(data)
    result = command("check", "--content", tmp_path)
    assert result.returncode == 1, result.stderr
    (line,) = result.stdout.splitlines()
    assert line.startswith((f"{file}:1:", f"{file}:3:"))
    assert " yaml-syntax " in line or " not-a-mapping " in line


MEGABYTE = 1 << 20
HUGE: dict[str, tuple[bytes, bytes, int, bytes, str]] = {
    # A start, a part that is repeated so often, and an end.
    "an abstract of 50 MB": (
        b"  abstract: ",
        b"word ",
        10 * MEGABYTE,
        b"\n",
        ":6:13: too-large 'ab",
    ),
    "a title of 200 MB": (
        b"  authors: [",
        b"a",
        200 * MEGABYTE,
        b"]\n",
        ":0:0: too-large the file",
    ),
    "many values": (b"  authors: [", b"a, ", 2 * MEGABYTE, b"]\n", "too-large the file has more"),
    "many authors": (b"  authors: [", b"a, ", 20_001, b"]\n", "too-large 'authors' has 20,001"),
}


@pytest.mark.parametrize("name", HUGE)
def test_what_is_huge_is_one_problem_and_little_memory(tmp_path: Path, name: str) -> None:
    start, part, times, end, message = HUGE[name]
    file = minimal(tmp_path) / "daily" / "2025" / "2025-03-09.yaml"
    head = b'date: 2025-03-09\nsource: {name: A}\npapers:\n- id: "2503.00002"\n  title: Graphs\n'
    with file.open("wb") as written:
        written.write(head + start)
        for _ in range(100):
            written.write(part * (times // 100))
        written.write(part * (times % 100) + end)
    done = measured_command("check", "--content", tmp_path)
    file.unlink()
    (line,) = done.said.splitlines()[:-1]
    assert (done.code, line.startswith(str(file)), message in line) == (1, True, True), line
    assert done.megabytes < 550


def test_an_endless_file_is_not_read_to_its_end(tmp_path: Path) -> None:
    """A sparse file of a terabyte takes no room on the disk, and none in memory."""
    root = minimal(tmp_path)
    for name in ("archive.yaml", "tags/endless.yaml", "daily/2025/2025-03-09.yaml"):
        path = root / name
        path.parent.mkdir(exist_ok=True)
        with path.open("ab") as written:
            written.truncate(1 << 40)
    done = measured_command("check", "--content", root)
    assert done.code == 1
    assert [line.partition(": ")[2] for line in done.said.splitlines()[:-1]] == [
        "too-large the file is larger than 8 KB (shorten it)",
        "too-large the file is larger than 64 MB (split the list: give some papers another day)",
        "too-large the file is larger than 8 KB (shorten it)",
    ]
    assert done.megabytes < 250
