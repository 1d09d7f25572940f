"""Content folders to build from: the real corpus if available, and synthetic ones of any size.

Takes a work folder, makes and returns `corpora/<name>/content` below it, which is reused if the
same code made it. Never writes outside the work folder.
"""

from __future__ import annotations

import hashlib
import os
import shutil
from collections.abc import Callable
from pathlib import Path

from benchmarks import synthetic, tables, words
from generator.content import reader, writer
from generator.core import paths
from generator.core.model import Tag
from generator.sources import run

ROOT = Path(__file__).resolve().parents[1]
VOCABULARY = ROOT / "content" / "tags"
DATA = "hf-daily-2024-2026.jsonl.gz"
"""One paper on each line; in the folder of the environment variable, or in ../shared/data."""
VARIABLE = "PAPER_ARCHIVE_DATA"


def data_file() -> Path | None:
    """The file of real papers; None if there is none."""
    folder = os.environ.get(VARIABLE) or ROOT.parent / "shared" / "data"
    path = Path(folder) / DATA
    return path if path.is_file() else None


def real(work: Path) -> Path | None:
    """The content folder of the real corpus; None if its data is missing."""
    source = data_file()
    if source is None:
        return None
    state = f"{source.stat().st_size} {_digest(run.__file__, paths.__file__)}"

    def fill(root: Path) -> None:
        run.run_import(root, "jsonl", source, None, track=lambda items, *_: items)

    return _made(work / "corpora" / "real", state, fill)


def made_up(work: Path, papers: int, seed: int = 0) -> Path:
    """The content folder of a corpus with this many invented papers."""
    state = f"{papers} {seed} {_digest(synthetic.__file__, tables.__file__, words.__file__)}"
    return _made(
        work / "corpora" / f"made-up-{papers}",
        state,
        lambda root: write(root, papers, seed, vocabulary()),
    )


def write(root: Path, papers: int, seed: int, tags: tuple[Tag, ...]) -> None:
    """Write invented lists to a content folder, one at a time."""
    for each in synthetic.lists(papers, tags, seed):
        writer.write_list(root, each)


_SETTINGS = """\
title: Archive of many papers
description: An archive of any size, for measuring.
site_url: "https://example.org/paper-archive/"
id: "example.org,2025"
repository: "https://github.com/example/paper-archive"
author_feed_min_papers: 0
"""
"""No authors' feeds: they would be the largest part, and no other generator makes them."""


def vocabulary() -> tuple[Tag, ...]:
    """The committed tags."""
    return reader.load_content(VOCABULARY.parent).content.tags


def _made(folder: Path, state: str, fill: Callable[[Path], None]) -> Path:
    """Make a corpus unless it exists and was completely made from this state."""
    root, record = folder / "content", folder / "state"
    tags = sorted(VOCABULARY.glob("*.yaml"))
    state += f" {_digest(*map(str, tags))} {_SETTINGS}"
    if record.is_file() and record.read_text("utf-8") == state:
        return root
    shutil.rmtree(folder, ignore_errors=True)
    (root / "tags").mkdir(parents=True)
    for path in tags:
        shutil.copy(path, root / "tags")
    (root / reader.ARCHIVE_FILE).write_text(_SETTINGS, "utf-8")
    fill(root)
    record.write_text(state, "utf-8")
    return root


def _digest(*paths: str) -> str:
    whole = hashlib.sha256()
    for path in paths:
        whole.update(Path(path).read_bytes())
    return whole.hexdigest()[:16]
