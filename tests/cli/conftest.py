"""A folder that was built, and the place that commands are called from."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from tests.archives import ROOT, build_arguments, command, minimal


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
