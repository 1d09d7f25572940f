"""What a fixed small archive becomes, in counts that don't vary: files and bytes by kind.

`python -m benchmarks.counts` (`make update-counts`) writes them to `counts.json`; a test compares.
Times vary from machine to machine; a page more, or a kilobyte more on each, doesn't.
"""

from __future__ import annotations

import json
import sys
import tempfile
from collections import Counter
from collections.abc import Set
from pathlib import Path

from benchmarks import corpora, ours
from benchmarks.measure import Case, measure
from generator import content, output
from generator.model import Tag

FILE = Path(__file__).parent / "counts.json"
PAPERS = 500
_SETTINGS = """\
title: Archive of invented papers
description: A fixed small archive, for counting.
site_url: "https://example.org/papers/"
id: "example.org,2025"
repository: "https://example.org/repository"
"""
_TOPICS = 60
_FILES_ALONE = {".generated", "search .json", "sitemap.xml", "sitemap.xml.gz"}
"""They name pages written by hand, or depend on a library: their bytes are no matter of ours."""

Counts = dict[str, dict[str, dict[str, int]]]


def found(folder: Path) -> Counts:
    """Build the fixed archive in a folder and count what is made: pages rendered, files written."""
    root, docs, site = folder / "content", folder / "docs", folder / "site"
    _fill(root)
    measure(Case("counts", ours.build(root, docs, site, full=True, search=True), corpora.ROOT))
    own = _written(corpora.ROOT / "docs")
    return {"docs": _by_kind(docs, own), "site": _by_kind(site, own)}


def expected() -> Counts:
    """What was counted last."""
    counts: Counts = json.loads(FILE.read_text("utf-8"))
    return counts


def differences(before: Counts, now: Counts) -> list[str]:
    """What changed, a line each."""
    told = []
    for part in sorted(before.keys() | now.keys()):
        old, new = before.get(part, {}), now.get(part, {})
        for kind in sorted(old.keys() | new.keys()):
            was, now_is = old.get(kind, {}), new.get(kind, {})
            if was != now_is:
                told.append(f"{part}/{kind}: {_words(was)}, now {_words(now_is)}")
    return told


def _words(counts: dict[str, int]) -> str:
    return f"{counts['files']} files of {counts['bytes']} bytes" if counts else "none"


def _fill(root: Path) -> None:
    """The archive: its vocabulary is made up too, so that edits of the real one change nothing."""
    root.mkdir(parents=True)
    (root / content.ARCHIVE_FILE).write_text(_SETTINGS, "utf-8")
    tags = tuple(
        Tag(
            f"topic-{number}", f"Topic {number}", f"Papers on {number}.", match=(f"topic{number}x",)
        )
        for number in range(_TOPICS)
    )
    for tag in tags:
        lines = (
            f"name: {tag.name}\ndescription: {tag.description}\nmatch: [{', '.join(tag.match)}]\n"
        )
        path = root / "tags" / f"{tag.slug}.yaml"
        path.parent.mkdir(exist_ok=True)
        path.write_text(lines, "utf-8")
    corpora.write(root, PAPERS, 0, tags)


def _written(docs: Path) -> set[str]:
    """Pages at the top of docs/ that somebody wrote, without ending."""
    return {path.stem for path in docs.glob("*.md")} - {
        name.removesuffix(".md") for name in output.listed(docs)
    }


def _by_kind(root: Path, written: Set[str]) -> dict[str, dict[str, int]]:
    """Files and bytes by the folder at the top, pages written by hand and their like left out."""
    files: Counter[str] = Counter()
    size: Counter[str] = Counter()
    for path in sorted(root.rglob("*")):
        name = path.relative_to(root)
        if not path.is_file() or _by_hand(name, written):
            continue
        kind = f"{name.parts[0]} {path.suffix}" if len(name.parts) > 1 else path.name
        files[kind] += 1
        if kind not in _FILES_ALONE:
            size[kind] += path.stat().st_size
    return {kind: {"files": files[kind], "bytes": size[kind]} for kind in sorted(files)}


def _by_hand(name: Path, written: Set[str]) -> bool:
    """Whether a file is, or is made of, one that somebody wrote, or a library's."""
    if name.parts[0] in {"dev", "assets"}:
        return True
    return len(name.parts) <= 2 and name.parts[0].removesuffix(".md") in written


def main() -> int:
    """Write the counts anew, and tell what changed."""
    before = expected() if FILE.is_file() else {}
    with tempfile.TemporaryDirectory() as folder:
        now = found(Path(folder))
    FILE.write_text(json.dumps(now, indent=1) + "\n", "utf-8")
    told = differences(before, now)
    sys.stdout.write("".join(f"{line}\n" for line in told) or "nothing changed\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
