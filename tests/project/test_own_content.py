"""No test depends on what is in `content/`, which belongs to whoever runs the archive."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from generator.cli import main
from tests.archives import ROOT

LOOKS = {
    "a file": (ROOT / "content" / "archive.yaml").read_bytes,
    "a folder": lambda: list((ROOT / "content" / "daily").iterdir()),
    "a pattern": lambda: list((ROOT / "content").rglob("*.yaml")),
    "from where it is": lambda: Path("content/archive.yaml").read_bytes(),
    "by a command": lambda: main.main(["check"]),
}


@pytest.mark.parametrize("look", LOOKS.values(), ids=LOOKS)
def test_a_test_that_looks_into_it_fails(
    look: Callable[[], object], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(ROOT)
    with pytest.raises(pytest.fail.Exception, match=r"a test reads .*content"):
        look()
