"""The stage: new files of a site are written there, then renamed into the site's place.

Takes folders, and knows nothing of what is in the files. A site changes only by renaming finished
files, so an interruption leaves whole files, and a mark shows whether all of them are of one build.
"""

from __future__ import annotations

import contextlib
import os
import shutil
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

from generator.core import files
from generator.core.errors import UsageError

MARK = ".build"
"""A file of a finished site; holds the digest of what the site was made from."""
_LOOSE = ".loose"
_OLD_MARK = "assets/archive.css"
"""A file that every site has held since the first version."""


def stage_of(site: Path) -> Path:
    """Where a site's new files are written: beside it, so that renaming costs nothing."""
    return site.with_name(f".{site.name}.new")


def loose(name: str) -> str:
    """Where a stage holds a file that will be merged into a site: without folders of its own."""
    return f"{_LOOSE}/{_flat(name)}"


def _flat(name: str) -> str:
    """A path as one name: making and removing folders takes longer than moving files."""
    return name.replace("%", "%25").replace("/", "%2F")


def _unflat(name: str) -> str:
    return name.removeprefix(f"{_LOOSE}/").replace("%2F", "/").replace("%25", "%")


def pages_of(stage: Path) -> Path:
    """Where MkDocs finds hand-written pages while it builds into the stage."""
    return stage.with_name(f"{stage.name}.docs")


def check_site(site: Path) -> None:
    """Restore a site that an interrupted build left aside, and refuse a folder that is no site.

    Raises UsageError for a folder that a build must not replace, OutsideError.
    """
    if not site.name:
        raise UsageError(f"{site} cannot be the site: name a folder of its own")
    with files.outside(f"cannot read {site}"):
        _recover(site)
        if not site.exists() or any((site / mark).is_file() for mark in (MARK, _OLD_MARK)):
            return
        if not site.is_dir() or any(site.iterdir()):
            raise UsageError(
                f"{site} was not made by paper-archive, and building would replace it: "
                "move it away, or pass another folder with --site"
            )


@contextlib.contextmanager
def staged(site: Path) -> Iterator[Path]:
    """An empty stage, removed at the end whatever happens.

    If the site was left half changed, it is restored. Raises OutsideError.
    """
    stage = stage_of(site)
    with files.outside(f"cannot build {site}"):
        site.parent.mkdir(parents=True, exist_ok=True)
        discard(stage)
        discard(pages_of(stage))
        stage.mkdir()
        try:
            yield stage
        finally:
            _recover(site)
            discard(stage)


def mark_of(site: Path) -> str:
    """The site's mark; empty unless the site is one whole build."""
    try:
        return (site / MARK).read_text("ascii")
    except (OSError, UnicodeDecodeError):
        return ""


def replace(site: Path, stage: Path, mark: str, keep: Iterable[str] = ()) -> Path:
    """Put the stage in the site's place; folders to keep are moved over from the old site.

    Gives the folder to discard.
    """
    (stage / MARK).write_text(mark, "ascii")
    old = _old(site)
    with _undone_if_it_fails() as move:
        if site.exists():
            move(f"{site}", f"{old}")
        move(f"{stage}", f"{site}")
        for name in keep:
            move(f"{old}/{name}", f"{site}/{name}")
    return old


def merge(site: Path, stage: Path, stale: Iterable[str], mark: str) -> Path:
    """Move the stage's files into the site and stale files out; all of them or none.

    Replaced files wait aside until the last new file is in place, and go back if a move fails.
    Gives the folder to discard.
    """
    (stage / MARK).write_text(mark, "ascii")
    new = {_unflat(name): name for name in _walk(stage)}
    order = sorted(new, key=lambda name: (name == MARK, name))
    aside = _aside(site)
    aside.mkdir()
    with _undone_if_it_fails() as move:
        for name in [MARK, *stale, *order]:
            with contextlib.suppress(FileNotFoundError, NotADirectoryError):
                move(f"{site}/{name}", f"{aside}/{_flat(name)}")
        for name in order:
            move(f"{stage}/{new[name]}", f"{site}/{name}")
    # From here on the new site is valid: files that waited aside must not come back.
    gone = aside.with_name(f".{site.name}.gone")
    aside.rename(gone)
    for name in stale:
        files.remove_empty(site, (site / name).parent)
    return gone


@contextlib.contextmanager
def _undone_if_it_fails() -> Iterator[Callable[[str, str], None]]:
    """Give a function that moves files and folders; if anything fails, all moves are undone."""
    moved: list[tuple[str, str]] = []

    def move(source: str, target: str) -> None:
        try:
            os.rename(source, target)  # noqa: PTH104 - a Path takes longer, for each file
        except FileNotFoundError:
            if not os.path.lexists(source):
                raise
            Path(target).parent.mkdir(parents=True, exist_ok=True)
            os.rename(source, target)  # noqa: PTH104 - as above
        moved.append((source, target))

    try:
        yield move
    except BaseException:
        for source, target in reversed(moved):
            os.rename(target, source)  # noqa: PTH104 - as above
        raise


def _walk(top: Path) -> Iterator[str]:
    """Paths of all files below a folder."""
    for folder, _, names in os.walk(top):
        below = Path(folder).relative_to(top)
        yield from ((below / name).as_posix() for name in names)


def discard(folder: Path) -> None:
    """Remove a folder that only this module made."""
    if folder.exists():
        shutil.rmtree(folder)


def _old(site: Path) -> Path:
    """Where the old site waits while it and the new one change places."""
    return site.with_name(f".{site.name}.old")


def _aside(site: Path) -> Path:
    """Where replaced files wait while a stage is merged into the site."""
    return site.with_name(f".{site.name}.aside")


def _recover(site: Path) -> None:
    """Restore files that an interrupted build left aside."""
    old, aside = _old(site), _aside(site)
    discard(aside.with_name(f".{site.name}.gone"))
    if old.exists():
        if site.exists():
            shutil.rmtree(old)
        else:
            old.rename(site)
    if aside.exists():
        for name in sorted(_walk(aside), key=lambda name: (name == MARK, name)):
            place = site / _unflat(name)
            place.parent.mkdir(parents=True, exist_ok=True)
            (aside / name).replace(place)
        shutil.rmtree(aside)
