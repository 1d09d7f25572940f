"""Shared preparation of all rivals: our sources, the theme's files, writing.

Takes and makes folders; knows no rival.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path, PurePosixPath


def sources(docs: Path) -> Iterator[tuple[Path, PurePosixPath]]:
    """The files of our `docs/` with their relative paths, without hidden ones."""
    for path in sorted(docs.rglob("*")):
        name = PurePosixPath(path.relative_to(docs).as_posix())
        if path.is_file() and not any(part.startswith(".") for part in name.parts):
            yield path, name


def assets(site: Path) -> Iterator[Path]:
    """The style sheets, scripts and images of the theme, which every site here gets."""
    return (path for path in sorted((site / "assets").rglob("*")) if path.is_file())


def material(site: Path) -> dict[str, str]:
    """Material's style sheet, whose name contains a hash."""
    found = sorted(site.glob("assets/stylesheets/main.*.min.css"))
    return {"css": found[0].relative_to(site).as_posix()} if found else {}


def write(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, "utf-8")


def copy(source: Path, target: Path) -> None:
    target.parent.mkdir(parents=True, exist_ok=True)
    shutil.copyfile(source, target)
