"""Golden archives: a small content folder in, exactly these generated files of `docs/` out.

A case is a folder of `tests/golden/`; `make update-golden` rewrites what is expected.
"""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from generator.content import checks, reader
from generator.site import generated
from tests.archives import ROOT, TODAY, render, tree

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
    folder = case / "expected"
    if update_golden:
        shutil.rmtree(folder, ignore_errors=True)
        shutil.copytree(tmp_path / "docs", folder)
    expected = tree(folder)
    for name in sorted(made.keys() | expected.keys()):
        assert _text(made.get(name)) == _text(expected.get(name)), f"{case.name}: {name}"
    assert made == expected


def _text(data: bytes | None) -> str:
    """Bytes as text, whose differences pytest can show; line ends count."""
    return "(no such file)" if data is None else data.decode().replace("\r", "\\r")


@pytest.mark.parametrize("case", CASES, ids=case_ids)
def test_golden_rendering_again_writes_nothing(case: Path, tmp_path: Path) -> None:
    docs = tmp_path / "docs"
    shutil.copytree(case / "expected", docs)
    before = {path: path.stat().st_mtime_ns for path in docs.rglob("*")}
    render(case / "content", docs)
    assert {path: path.stat().st_mtime_ns for path in docs.rglob("*")} == before


def test_golden_list_names_every_generated_file() -> None:
    for case in CASES:
        made = tree(case / "expected").keys() - {generated.MANIFEST}
        assert generated.manifest(case / "expected") == made
