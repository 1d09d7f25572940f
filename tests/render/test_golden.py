"""Golden archives: a small content folder in, exactly these generated files of `docs/` out.

A case is a folder of `tests/golden/`; `make update-golden` rewrites what is expected.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import pytest

from generator.content import checks, reader
from generator.site import generated
from tests.archives import ROOT, TODAY, render

CASES = sorted(path.parent for path in (ROOT / "tests" / "golden").glob("*/content"))


def case_ids(case: Path) -> str:
    return case.name


def test_there_are_golden_cases() -> None:
    assert {case.name for case in CASES} >= {"empty", "everything", "minimal"}


@pytest.mark.parametrize("case", CASES, ids=case_ids)
def test_golden_content_has_no_problems(case: Path) -> None:
    assert checks.check(reader.load_content(case / "content"), TODAY) == []


@pytest.mark.parametrize("case", CASES, ids=case_ids)
def test_golden_files_are_exactly_those_expected(
    case: Path, tmp_path: Path, update_golden: bool
) -> None:
    made = render(case / "content", tmp_path / "docs")
    path = case / "expected.txt"
    if update_golden:
        path.write_text(_joined(made), encoding="utf-8", newline="")
    expected = path.read_bytes().decode()
    assert _parted(_joined(made)) == _parted(expected)
    assert _joined(made) == expected


MARK = "=" * 20
"""Begins the line that names a file."""
NO_LINE_END = "\\ No newline at end of file"
RETURN = "␍"
"""Stands for a carriage return."""


def _joined(files: Mapping[str, bytes]) -> str:
    """All files as one text that a person can review, each below its name."""
    parts = []
    for name, data in sorted(files.items()):
        text = data.decode()
        assert not any(sign in text for sign in (MARK, NO_LINE_END, RETURN)), name
        end = "" if text.endswith("\n") else f"\n{NO_LINE_END}\n"
        parts.append(f"{MARK} {name}\n{text}{end}".replace("\r", RETURN))
    return "".join(parts)


def _parted(text: str) -> dict[str, str]:
    """Texts by name, so that a difference shows which file differs."""
    parts = (part.partition("\n") for part in f"\n{text}".split(f"\n{MARK} ")[1:])
    return {name: rest for name, _, rest in parts}


@pytest.mark.parametrize("case", CASES, ids=case_ids)
def test_golden_rendering_again_writes_nothing(case: Path, tmp_path: Path) -> None:
    docs = tmp_path / "docs"
    render(case / "content", docs)
    before = {path: path.stat().st_mtime_ns for path in docs.rglob("*")}
    render(case / "content", docs)
    assert {path: path.stat().st_mtime_ns for path in docs.rglob("*")} == before


@pytest.mark.parametrize("case", CASES, ids=case_ids)
def test_golden_manifest_names_every_generated_file(case: Path, tmp_path: Path) -> None:
    made = render(case / "content", tmp_path / "docs").keys() - {generated.MANIFEST}
    assert generated.manifest(tmp_path / "docs").names == made
