"""Content folders for tests: small archives of invented papers, and what is done with them.

All names, titles and addresses here are placeholders; nothing is a real paper or person.
"""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterable, Mapping
from datetime import date
from pathlib import Path
from typing import Any

import yaml
from msgspec.structs import asdict, replace

from generator.archive.build import build_archive
from generator.archive.model import Archive
from generator.content import reader, writer
from generator.core import paths
from generator.core.model import (
    BreakingChange,
    Content,
    DailyList,
    Paper,
    SavedQuery,
    Settings,
    Source,
    Tag,
    Tagging,
)
from generator.core.target import Target
from generator.render.pages.targets import page_batches, page_targets
from generator.site import half_build
from generator.site.options import Folders

ROOT = Path(__file__).resolve().parents[1]
"""The repository: where `mkdocs.yml` and the hand-written pages are."""

TODAY = date(2025, 6, 1)
"""What tests take for today where a check asks for it."""

MONDAY = date(2025, 3, 10)
SETTINGS = Settings(
    title="Archive of Placeholders",
    description="Invented papers, for tests.",
    site_url="https://example.org/papers/",
    id="example.org,2025",
    repository="https://example.org/repository",
)
SOURCE = Source("A Source", "https://example.org/source", ("A. Curator",))


# --- parts of an archive ----------------------------------------------------------------------


def paper(paper_id: str = "2503.00001", title: str = "A Placeholder", **more: Any) -> Paper:
    return Paper(id=paper_id, title=title, **more)


def daily(day: date = MONDAY, *papers: Paper, source: Source = SOURCE) -> DailyList:
    return DailyList(day, source, papers or (paper(),))


def tag(slug: str, name: str = "", **more: Any) -> Tag:
    description = more.pop("description", f"What {slug} is about.")
    return Tag(
        slug=slug, name=name or slug.replace("-", " ").capitalize(), description=description, **more
    )


def saved(slug: str, query: str, **more: Any) -> SavedQuery:
    texts = {"name": slug.replace("-", " ").capitalize(), "description": f"What {slug} finds."}
    return SavedQuery(slug=slug, query=query, **(texts | more))


def whole(
    *lists: DailyList,
    tags: Iterable[Tag] = (),
    taggings: Iterable[Tagging] = (),
    queries: Iterable[SavedQuery] = (),
    breaking_changes: Iterable[BreakingChange] = (),
    **settings: Any,
) -> Content:
    """Content in the order in which the loader would give it."""
    return Content(
        settings=replace(SETTINGS, **settings),
        lists=tuple(sorted(lists, key=lambda each: each.date)),
        tags=tuple(sorted(tags, key=lambda each: each.slug)),
        taggings=tuple(sorted(taggings, key=lambda each: (each.paper, each.part))),
        queries=tuple(sorted(queries, key=lambda each: each.slug)),
        breaking_changes=tuple(sorted(breaking_changes, key=lambda each: each.slug)),
    )


def all_pages(read: Archive) -> list[Target]:
    """Every page of an archive, those in batches first."""
    return [
        *(each for batch in page_batches(read) for each in batch.targets()),
        *page_targets(read),
    ]


def joined(*lists: DailyList, **more: Any) -> Archive:
    """The archive of some lists, tags, taggings and settings."""
    return build_archive(whole(*lists, **more))


# --- folders ----------------------------------------------------------------------------------


def write(root: Path, what: Content) -> Path:
    """Write content to a folder, as an importer and people would; returns the folder."""
    _put(root / reader.ARCHIVE_FILE, asdict(what.settings))
    for each in what.lists:
        writer.write_list(root, each)
    for each_tag in what.tags:
        values = {key: value for key, value in asdict(each_tag).items() if key != "slug" and value}
        _put(root / paths.tag_file(each_tag.slug), values)
    for tagging in what.taggings:
        values = {"tags": tagging.tags, "remove": tagging.remove}
        _put(root / paths.tagging_file(tagging.paper, tagging.part), values)
    for saved in what.queries:
        values = {key: value for key, value in asdict(saved).items() if key != "slug"}
        _put(root / paths.query_file(saved.slug), values)
    for change in what.breaking_changes:
        values = {key: value for key, value in asdict(change).items() if key != "slug" and value}
        for key in {"moved", "settings"} & values.keys():
            values[key] = dict(values[key])
        _put(root / paths.breaking_change_file(change.slug), values)
    return root


def _put(path: Path, values: Mapping[str, Any]) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    plain = {
        key: list(value) if isinstance(value, tuple) else value for key, value in values.items()
    }
    path.write_text(yaml.safe_dump(plain, sort_keys=False), encoding="utf-8")


def minimal(root: Path, **settings: Any) -> Path:
    """A content folder with one paper on one day."""
    return write(root, whole(daily(), **settings))


def varied() -> Content:
    """A small archive in which every feature is used once."""
    first = paper(
        "2503.00001",
        r"\"Uber die $\mathcal{O}(n)$ of \textit{placeholders}",
        authors=("Ö. Müller-Beispiel", "A. Author", "B. Author"),
        published=date(2025, 3, 3),
        summary="A summary in our own words.",
        abstract="First paragraph, 97.3\\% sure.\n\nSecond paragraph.",
        links=(("code", "https://example.org/code"), ("project", "https://example.org/a(b)_c*")),
        keywords=("long contexts",),
        upvotes=12,
    )
    second = paper(
        "doi:10.1000/Ab_c(1)",
        "<script>alert(1)</script> & **bold** [link](javascript:x)",
        authors=("A. Author", *(f"N. Number{n}" for n in range(7))),
        upvotes=0,
    )
    third = paper("a-slug-of-a-title", "Graphs of placeholders", authors=("A. Author",))
    last_year = paper("2412.00009", "Older placeholder on graphs", upvotes=3)
    tags = (
        tag("methods"),
        tag("graphs", parent="methods", match=("graph",)),
        tag("graph-placeholders", parent="graphs", match=("graphs of placeholders",)),
        tag("long-context", "Long context", aliases=("long contexts",)),
        tag("unused"),
    )
    taggings = (
        Tagging("a-slug-of-a-title", tags=("Long context",), remove=("graphs",)),
        Tagging("2503.00001", tags=("methods",)),
    )
    return whole(
        daily(date(2024, 12, 30), last_year),
        daily(MONDAY, first, second),
        daily(date(2025, 3, 12), third, first, source=Source("Another Source")),
        tags=tags,
        taggings=taggings,
        author_min_papers=2,
    )


def many_papers() -> Content:
    """So many papers that several processes make their pages."""
    days = [date(2025, 3, day) for day in range(1, 11)]
    return whole(
        *(daily(day, *(paper(f"25{day:%d}.{n:05}") for n in range(40))) for day in days),
    )


def archive_of_graphs() -> Content:
    """Three papers; a rule gives two of them their tag."""
    papers = ("On a graph", "On another graph", "On sets")
    listed = (paper(f"2503.0000{number}", title) for number, title in enumerate(papers, 1))
    return whole(daily(MONDAY, *listed), tags=[tag("graphs", match=("graph",))])


def tree(root: Path) -> dict[str, bytes]:
    """Every file below a folder with its bytes."""
    return {
        path.relative_to(root).as_posix(): path.read_bytes()
        for path in sorted(root.rglob("*"))
        if path.is_file()
    }


def render(what: Path, docs: Path, today: date = TODAY) -> dict[str, bytes]:
    """Render content to a folder, without hand-written pages or a site; returns what is in it."""
    nowhere = docs.with_name("no-project")
    half_build.docs_alone(Folders(what, docs, docs.with_name("site"), nowhere), today)
    return tree(docs)


# --- git --------------------------------------------------------------------------------------

GIT = {
    "GIT_CONFIG_GLOBAL": os.devnull,
    "GIT_CONFIG_NOSYSTEM": "1",
    "GIT_AUTHOR_NAME": "A. Author",
    "GIT_AUTHOR_EMAIL": "author@example.org",
    "GIT_AUTHOR_DATE": "2025-03-10T12:00:00Z",
    "GIT_COMMITTER_NAME": "A. Author",
    "GIT_COMMITTER_EMAIL": "author@example.org",
    "GIT_COMMITTER_DATE": "2025-03-10T12:00:00Z",
}
"""Fixed names and times, so that commits always have the same hashes."""


def git(folder: Path, *arguments: str | Path) -> str:
    """Run git in a folder; gives what it printed."""
    done = subprocess.run(
        ["git", *map(str, arguments)],
        cwd=folder,
        env={k: v for k, v in os.environ.items() if not k.startswith("GIT_")} | GIT,
        capture_output=True,
        text=True,
        check=True,
    )
    return done.stdout.strip()


def commit(folder: Path, message: str = "Change the content") -> str:
    """Commit all there is below a folder, in a new repository if it is in none; gives the hash."""
    if not (folder / ".git").exists():
        git(folder, "init", "-q", "-b", "main")
    git(folder, "add", "--all")
    git(folder, "commit", "-q", "--allow-empty", "-m", message)
    return git(folder, "rev-parse", "HEAD")


# --- the command ------------------------------------------------------------------------------


def with_command(folder: Path) -> Path:
    """Give a clone the environment that `make` would set up, with this project's command."""
    bin_ = folder / ".venv" / "bin"
    bin_.mkdir(parents=True)
    (bin_ / "python").symlink_to(sys.executable)
    script = bin_ / "paper-archive"
    script.write_text(f'#!/bin/sh\nPYTHONPATH={ROOT} exec {sys.executable} -m generator "$@"\n')
    script.chmod(0o755)
    (folder / ".venv" / ".ready").touch()
    return folder


def command(*arguments: str | Path, **environment: str) -> subprocess.CompletedProcess[str]:
    """Run `python -m generator` where `mkdocs.yml` is, as a person would."""
    return subprocess.run(
        [sys.executable, "-m", "generator", *map(str, arguments)],
        cwd=ROOT,
        env=os.environ | environment,
        capture_output=True,
        text=True,
        check=False,
    )


def build_arguments(root: Path, what: Path | None = None) -> list[str]:
    """Arguments of a `build` of `root/content` that writes only below `root`."""
    folders = {
        "--content": what or root / "content",
        "--docs": root / "docs",
        "--site": root / "site",
        "--cache": root / "cache",
    }
    return ["build", *(str(part) for pair in folders.items() for part in pair)]
