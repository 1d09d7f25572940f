"""The stage: new files of a site are written there, then put into the site's place.

Takes folders, and knows nothing of what is in the files. A site changes only by renaming finished
files, so an interruption leaves whole files, and a mark shows whether all of them are of one build.
A site may be a symbolic link to a folder: then everything happens beside that folder, and the link
stays.
"""

from __future__ import annotations

import contextlib
import errno
import os
import shutil
from collections.abc import Iterable, Iterator
from pathlib import Path

from generator.core import files
from generator.core.errors import UsageError
from generator.site.exchange import exchange

MARK = ".build"
"""A file of a finished site; holds the digest of what the site was made from."""
_LOOSE = ".loose"
_OLD_MARK = "assets/archive.css"
"""A file that every site has held since the first version."""
_ADDED = "%added"
"""A list, beside the files that wait aside, of files that a merge adds. No flat name is like it."""


def stage_of(site: Path) -> Path:
    """Where a site's new files are written: beside it, so that renaming costs nothing."""
    return _beside(site, "new")


def _place(site: Path) -> Path:
    """The folder of a site, which may be named by a link."""
    return Path(os.path.realpath(site))


def _beside(site: Path, ending: str) -> Path:
    place = _place(site)
    return place.with_name(f".{place.name}.{ending}")


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
    if not site.name or not _place(site).name:
        raise UsageError(f"{site} cannot be the site: name a folder of its own")
    with files.outside(f"cannot read {site}"):
        _recover(site)
        if os.path.ismount(_place(site)):
            raise UsageError(
                f"{site} cannot be the site, since it is mounted and can't be replaced: "
                f"pass a folder in it, as with --site {site / 'site'}"
            )
        if site.is_symlink() and not site.exists():
            raise UsageError(
                f"{site} is a symbolic link to {site.readlink()}, which leads nowhere: "
                "make that folder, or remove the link"
            )
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
        stage.parent.mkdir(parents=True, exist_ok=True)
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
        return files.read(site / MARK).decode("ascii")
    except (OSError, UnicodeDecodeError):
        return ""


def replace(site: Path, stage: Path, mark: str, keep: Iterable[str] = ()) -> Path:
    """Put the stage in the site's place; files and folders to keep are in both from then on.

    The stage is whole, and marked so, before it is put there, and the old site stays whole. Gives
    the folder to discard.
    """
    place, old = _place(site), _beside(site, "old")
    for name in keep:
        _copy(place / name, stage / name)
    (stage / MARK).write_text(mark, "ascii")
    if not os.path.lexists(place):
        stage.rename(place)
    elif exchange(stage, place):
        return stage
    else:
        place.rename(old)
        try:
            stage.rename(place)
        except BaseException:
            old.rename(place)
            raise
    return old


def _copy(source: Path, target: Path) -> None:
    """Copy a file or folder without taking space, if the file system can do that."""
    target.parent.mkdir(parents=True, exist_ok=True)
    if source.is_dir():
        shutil.copytree(source, target, symlinks=True, copy_function=_link)
    else:
        _link(source, target)


def _link(source: str | Path, target: str | Path) -> None:
    try:
        os.link(source, target, follow_symlinks=False)
    except OSError:
        shutil.copy2(source, target, follow_symlinks=False)


def merge(site: Path, stage: Path, stale: Iterable[str], mark: str) -> Path:
    """Move the stage's files into the site and stale files out; all of them or none.

    A replaced file is there under its name at any moment, old or new. Old files wait aside until
    the last new one is in place, and go back if a move fails. Gives the folder to discard.
    """
    (stage / MARK).write_text(mark, "ascii")
    place, aside = _place(site), _beside(site, "aside")
    new = {_unflat(name): name for name in _walk(stage)}
    order = sorted(new.keys() - {MARK})
    aside.mkdir()
    try:
        _move_out(f"{place}/{MARK}", f"{aside}/{MARK}")
        added = [name for name in order if not _put_aside(f"{place}/{name}", aside, name)]
        # Whole before the first of them is moved, so that none of them stays if a build is killed.
        (stage / _ADDED).write_text("".join(f"{name}\n" for name in added), "utf-8")
        (stage / _ADDED).rename(aside / _ADDED)
        for name in stale:
            _move_out(f"{place}/{name}", f"{aside}/{_flat(name)}")
        for name in order:
            _move_in(f"{stage}/{new[name]}", f"{place}/{name}")
        for name in stale:
            files.remove_empty(place, (place / name).parent)
        _move_in(f"{stage}/{MARK}", f"{place}/{MARK}")
    except BaseException:
        _recover(site)
        raise
    # From here on the new site is valid: files that waited aside must not come back.
    gone = _beside(site, "gone")
    aside.rename(gone)
    return gone


def _put_aside(path: str, aside: Path, name: str) -> bool:
    """Let an old file wait aside, and stay under its name if possible; False if there is none.

    A folder in its place is moved aside, and no such file.
    """
    target = f"{aside}/{_flat(name)}"
    try:
        os.link(path, target, follow_symlinks=False)
    except (FileNotFoundError, NotADirectoryError):
        return False
    except OSError:  # a folder, or no hard links on this file system
        os.rename(path, target)  # noqa: PTH104 - a Path takes longer, for each file
        return not Path(target).is_dir()
    return True


def _move_out(path: str, target: str) -> None:
    """Move a file or folder, if it is there."""
    with contextlib.suppress(FileNotFoundError, NotADirectoryError):
        os.rename(path, target)  # noqa: PTH104 - as above


def _move_in(path: str, target: str) -> None:
    """Move a file, and make the folder for it."""
    try:
        os.rename(path, target)  # noqa: PTH104 - as above
    except FileNotFoundError:
        Path(target).parent.mkdir(parents=True, exist_ok=True)
        os.rename(path, target)  # noqa: PTH104 - as above


def _walk(top: Path) -> Iterator[str]:
    """Paths of all files below a folder."""
    for folder, _, names in os.walk(top):
        below = Path(folder).relative_to(top)
        yield from ((below / name).as_posix() for name in names)


def discard(folder: Path) -> None:
    """Remove a folder that only this module made, or a link there, but not where it leads."""
    if folder.is_symlink():
        folder.unlink()
    elif folder.is_dir():
        shutil.rmtree(folder)
    elif folder.exists():
        # `rmtree` would open it, and wait for a writer if it is a pipe.
        raise NotADirectoryError(errno.ENOTDIR, os.strerror(errno.ENOTDIR), str(folder))


def _recover(site: Path) -> None:
    """Restore what an interrupted build left aside."""
    discard(_beside(site, "gone"))
    old, aside = _beside(site, "old"), _beside(site, "aside")
    if os.path.lexists(old):
        if os.path.lexists(_place(site)):
            discard(old)
        else:
            old.rename(_place(site))
    if aside.is_dir():
        _undo_merge(_place(site), aside)


def _undo_merge(place: Path, aside: Path) -> None:
    """Let a site be as it was before a merge. May be interrupted, and done again.

    Works on a full disk: no folder goes that is needed again.
    """
    waiting = sorted(os.listdir(aside), key=lambda name: (name == MARK, name))  # noqa: PTH208 - names alone
    if MARK in waiting:
        (place / MARK).unlink(missing_ok=True)
    if _ADDED in waiting:
        waiting.remove(_ADDED)
        needed = {folder for name in waiting for folder in (place / _unflat(name)).parents}
        for name in filter(None, files.read(aside / _ADDED).decode().split("\n")):
            if (place / name).is_dir():
                continue  # it waited aside, and has come back
            with contextlib.suppress(FileNotFoundError, NotADirectoryError):
                (place / name).unlink()
            files.remove_empty(place, (place / name).parent, needed)
    for name in waiting:
        target = place / _unflat(name)
        if (aside / name).is_dir() and target.is_dir():  # all of the folder waits, so it is new
            discard(target)
        _move_in(f"{aside}/{name}", str(target))
    shutil.rmtree(aside)
