"""Costs of a small fixed archive that are the same on each machine: files, bytes, templates run.

`python -m benchmarks.counts` (`make update-counts`) writes them to `counts.json`; a test compares.
Unlike times, these counts show reliably if a build makes more pages or larger ones.
"""

from __future__ import annotations

import json
import sys
import tempfile
from collections import Counter
from collections.abc import Set
from pathlib import Path
from typing import Any

from jinja2 import Template
from jinja2.runtime import Context

from benchmarks import corpora, ours
from benchmarks.measure import Case, measure
from generator.content import reader
from generator.core.model import Tag
from generator.render.pages import page
from generator.site import build, mkdocs_site
from generator.site.options import BuildOptions, Folders

FILE = Path(__file__).parent / "counts.json"
PAPERS = 500
_SETTINGS = """\
title: Archive of invented papers
description: A fixed small archive, for counting.
site_url: "https://example.org/papers/"
id: "example.org,2025"
repository: "https://example.org/repository"
"""
_NAVIGATION = """\
nav:
  - Today: index.md
  - Days: daily/index.md
  - Tags: tags/index.md
  - Authors: authors/index.md
  - Subscribe: subscribe.md
  - Contribute: contribute.md
  - About: about.md
"""
_TOPICS = 60
_FILES_ALONE = {".generated", "search .json", "sitemap.xml", "sitemap.xml.gz"}
"""Only counted, since their bytes depend on pages written by hand or on a library."""

Counts = dict[str, dict[str, dict[str, int]]]


def found(folder: Path) -> Counts:
    """Build the fixed archive in a folder; count the templates rendered and the files written."""
    root, docs, site = folder / "content", folder / "docs", folder / "site"
    _fill(root)
    project = _project(folder / "project")
    measure(Case("counts", ours.build(root, docs, site, full=True, search=True), project))
    own = {path.stem for path in (project / "docs").iterdir()}
    whole, new_day = _executed(root, project, folder / "again")
    return {
        "docs": _by_kind(docs, own),
        "site": _by_kind(site, own),
        "templates executed": whole,
        "templates executed for a new day": new_day,
    }


def expected() -> Counts:
    """The committed counts."""
    counts: Counts = json.loads(FILE.read_text("utf-8"))
    return counts


def differences(before: Counts, now: Counts) -> list[str]:
    """The differences, one on each line."""
    found = []
    for part in sorted(before.keys() | now.keys()):
        old, new = before.get(part, {}), now.get(part, {})
        for kind in sorted(old.keys() | new.keys()):
            was, now_is = old.get(kind, {}), new.get(kind, {})
            if was != now_is:
                found.append(f"{part}/{kind}: {_words(was)}, now {_words(now_is)}")
    return found


def _words(counts: dict[str, int]) -> str:
    return " and ".join(f"{count} {unit}" for unit, count in counts.items()) or "none"


def _fill(root: Path) -> None:
    """Write the archive; its vocabulary is invented, so edits of the real one don't matter."""
    root.mkdir(parents=True)
    (root / reader.ARCHIVE_FILE).write_text(_SETTINGS, "utf-8")
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


def _project(folder: Path) -> Path:
    """This project with a navigation and handwritten pages that no archive's owner edits."""
    (folder / "docs").mkdir(parents=True)
    for name in ("about", "contribute", "saved-queries"):
        (folder / "docs" / f"{name}.md").write_text(f"# {name.capitalize()}\n", "utf-8")
    (folder / "generator").symlink_to(corpora.ROOT / "generator")
    config = f"INHERIT: {corpora.ROOT / mkdocs_site.CONFIG}\n{_NAVIGATION}"
    (folder / mkdocs_site.CONFIG).write_text(config, "utf-8")
    return folder


def _executed(root: Path, project: Path, folder: Path) -> tuple[dict[str, dict[str, int]], ...]:
    """How often each template is run: for all lists except the newest, then for the newest."""
    newest = max((root / "daily").rglob("*.yaml"))
    aside = folder / newest.name
    folder.mkdir()
    newest.rename(aside)
    folders = Folders(root, folder / "docs", folder / "site", project, folder / "cache")
    before = _templates(folders)
    aside.rename(newest)
    return before, _templates(folders)


def _templates(folders: Folders) -> dict[str, dict[str, int]]:
    executed: Counter[str] = Counter()

    class Counted(Template):
        """A template that counts its runs, each of which makes a context."""

        def new_context(self, *arguments: Any, **named: Any) -> Context:
            executed[self.name or ""] += 1
            return super().new_context(*arguments, **named)

    page.environment.cache_clear()
    page.environment().template_class = Counted
    try:
        report = build.build(folders, ours.TODAY, BuildOptions(searchable=False))
    finally:
        page.environment.cache_clear()
    pages = {"all pages and files": {"times": report.changed}}
    return pages | {name: {"times": executed[name]} for name in sorted(executed)}


def _by_kind(root: Path, written: Set[str]) -> dict[str, dict[str, int]]:
    """Files and bytes by top folder, without handwritten pages and what depends on them."""
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
    """Whether a file is handwritten, made from a handwritten page, or comes from a library."""
    if name.parts[0] in {"dev", "assets"}:
        return True
    return len(name.parts) <= 2 and name.parts[0].removesuffix(".md") in written


def main() -> int:
    """Write new counts, and print what changed."""
    before = expected() if FILE.is_file() else {}
    with tempfile.TemporaryDirectory() as folder:
        now = found(Path(folder))
    FILE.write_text(json.dumps(now, indent=1) + "\n", "utf-8")
    changes = differences(before, now)
    sys.stdout.write("".join(f"{line}\n" for line in changes) or "nothing changed\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
