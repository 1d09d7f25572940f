"""Calls of the command, and content that it refuses."""

from __future__ import annotations

from pathlib import Path

import pytest

from generator.cli import main

CAPSYS = pytest.CaptureFixture[str]
BROKEN = "name: Graphs\ndescription: [a\n"


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
