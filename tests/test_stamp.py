"""The stamp of the tools: each thing that decides the output changes it."""

from __future__ import annotations

from pathlib import Path

import pytest

from generator import stamp
from tests.archives import ROOT


@pytest.fixture
def package(tmp_path: Path) -> Path:
    for name in ("a.py", "templates/page.md.j2", "theme/main.html", "__pycache__/a.pyc"):
        path = tmp_path / "package" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("old")
    (tmp_path / "mkdocs.yml").write_text("old")
    return tmp_path / "package"


@pytest.mark.parametrize(
    "name",
    ["package/a.py", "package/templates/page.md.j2", "package/theme/main.html", "mkdocs.yml"],
)
def test_an_edit_changes_the_stamp(package: Path, name: str) -> None:
    before = stamp.toolchain(package.parent, package)
    (package.parent / name).write_text("new")
    assert stamp.toolchain(package.parent, package) != before


def test_a_new_name_changes_the_stamp(package: Path) -> None:
    before = stamp.toolchain(package.parent, package)
    (package / "a.py").rename(package / "b.py")
    assert stamp.toolchain(package.parent, package) != before


def test_what_python_compiled_does_not_change_the_stamp(package: Path) -> None:
    before = stamp.toolchain(package.parent, package)
    (package / "__pycache__" / "a.pyc").write_text("new")
    assert stamp.toolchain(package.parent, package) == before


def test_a_library_of_another_version_changes_the_stamp(
    package: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = stamp.toolchain(package.parent, package)
    monkeypatch.setattr(stamp, "version", lambda name: "999" if name == "mkdocs" else "1")
    assert stamp.toolchain(package.parent, package) != before


def test_the_stamp_knows_python_and_every_library() -> None:
    names = dict(stamp.versions())
    assert {"python", "mkdocs", "mkdocs-material", "markdown", "jinja2", "msgspec"} <= names.keys()
    assert all(names.values())
    assert len(stamp.toolchain(ROOT)) == 32
