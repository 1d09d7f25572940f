"""The fingerprint of the tools: everything that decides the output changes it."""

from __future__ import annotations

import shutil
from importlib.metadata import distributions
from pathlib import Path

import pytest

from generator.core import toolchain
from tests.archives import ROOT

PACKAGE = ROOT / "generator"
FILES = [
    path.relative_to(PACKAGE)
    for path in sorted(PACKAGE.rglob("*"))
    if path.is_file() and "__pycache__" not in path.parts
]
ONE_OF_EACH_FOLDER = {file.parent: file for file in FILES}


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
def test_an_edit_changes_the_fingerprint(package: Path, name: str) -> None:
    before = toolchain.fingerprint(package.parent, package)
    (package.parent / name).write_text("new")
    assert toolchain.fingerprint(package.parent, package) != before


def test_an_edit_in_the_project_changes_the_fingerprint_wherever_python_runs_from(
    package: Path, tmp_path: Path
) -> None:
    """A second checkout, with the command of the first: MkDocs takes its theme from the second."""
    theme = tmp_path / "second" / package.name / "theme" / "main.html"
    theme.parent.mkdir(parents=True)
    seen = {toolchain.fingerprint(tmp_path / "second", package)}
    for text in ("old", "new"):
        theme.write_text(text)
        seen.add(toolchain.fingerprint(tmp_path / "second", package))
    assert len(seen) == 3


@pytest.fixture(scope="module")
def own(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the generator."""
    copy = tmp_path_factory.mktemp("own") / "generator"
    return shutil.copytree(PACKAGE, copy, ignore=shutil.ignore_patterns("__pycache__"))


@pytest.mark.parametrize("folder", ONE_OF_EACH_FOLDER, ids=str)
def test_an_edit_in_any_folder_changes_the_fingerprint(own: Path, folder: Path) -> None:
    file = own / ONE_OF_EACH_FOLDER[folder]
    before, data = toolchain.fingerprint(own.parent, own), file.read_bytes()
    file.write_bytes(bytes([data[0] ^ 1]) + data[1:])
    assert toolchain.fingerprint(own.parent, own) != before
    file.write_bytes(data)
    assert toolchain.fingerprint(own.parent, own) == before


def test_the_fingerprint_is_that_of_the_whole_package_unless_told_otherwise(own: Path) -> None:
    assert toolchain.fingerprint(own.parent) == toolchain.fingerprint(own.parent, own)


def test_a_new_name_changes_the_fingerprint(package: Path) -> None:
    before = toolchain.fingerprint(package.parent, package)
    (package / "a.py").rename(package / "b.py")
    assert toolchain.fingerprint(package.parent, package) != before


def test_what_python_compiled_does_not_change_the_fingerprint(package: Path) -> None:
    before = toolchain.fingerprint(package.parent, package)
    (package / "__pycache__" / "a.pyc").write_text("new")
    assert toolchain.fingerprint(package.parent, package) == before


def test_a_library_of_another_version_changes_the_fingerprint(
    package: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = toolchain.fingerprint(package.parent, package)
    monkeypatch.syspath_prepend(tmp_path)
    assert toolchain.fingerprint(package.parent, package) == before
    (tmp_path / "mkdocs-999.dist-info").mkdir()
    assert toolchain.versions()["mkdocs"] == "999"
    assert toolchain.fingerprint(package.parent, package) != before


def test_the_fingerprint_includes_every_library() -> None:
    found = {name.replace("_", "-"): version for name, version in toolchain.versions().items()}
    installed = {each.name.lower().replace("_", "-"): each.version for each in distributions()}
    assert {"mkdocs", "mkdocs-material", "text-unidecode"} <= found.keys()
    assert found == {name.replace(".", "-"): version for name, version in installed.items()}


def test_a_path_that_leads_nowhere_has_no_libraries(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = toolchain.versions()
    (tmp_path / "modules.zip").touch()
    for path in (tmp_path / "absent", tmp_path / "modules.zip"):
        monkeypatch.syspath_prepend(path)
    assert toolchain.versions() == before
