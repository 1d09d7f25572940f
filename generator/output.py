"""Writes rendered files to a folder: only what changed, and removes what is no longer made.

Takes `OutputFile`s, knows nothing of what is in them. Which files it made stands in a list in
the folder itself, so a file that a person put there is never removed.
"""

from __future__ import annotations

import contextlib
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from generator import files
from generator.model import OutputFile

LIST = ".generated"
"""The list of generated files, one a line."""


@dataclass(frozen=True, slots=True)
class Written:
    """What a run did to the folder, in files."""

    changed: int
    unchanged: int
    removed: int


def write(folder: Path, outputs: Iterable[OutputFile]) -> Written:
    """Write the files and remove those of earlier runs that are not among them.

    Raises OutsideError. The list is written first with the old names and the new ones, so that
    an interrupted run leaves no file that nobody knows of.
    """
    rendered = {output.path.as_posix(): output.data for output in outputs}
    before = listed(folder)
    _write_list(folder, {*before, *rendered})
    changed = sum(files.write(folder / name, data) for name, data in rendered.items())
    stale = sorted(before - rendered.keys())
    with files.outside(f"cannot remove stale files in {folder}"):
        for name in stale:
            (folder / name).unlink(missing_ok=True)
            _remove_empty_folders(folder, (folder / name).parent)
    _write_list(folder, set(rendered))
    return Written(changed, len(rendered) - changed, len(stale))


def listed(folder: Path) -> set[str]:
    """The files that an earlier run made in the folder."""
    with files.outside(f"cannot read {folder}"):
        try:
            names = (folder / LIST).read_text("utf-8").splitlines()
        except FileNotFoundError:
            return set()
        except UnicodeDecodeError:
            # Nobody knows any more what was made here; nothing is removed for it.
            return set()
    return {name for name in names if name and not _leads_out(name)}


def _leads_out(name: str) -> bool:
    """Whether a line of a damaged list would name a file outside the folder."""
    path = Path(name)
    return path.is_absolute() or ".." in path.parts


def _write_list(folder: Path, names: set[str]) -> None:
    files.write(folder / LIST, "".join(f"{name}\n" for name in sorted(names)).encode())


def _remove_empty_folders(top: Path, folder: Path) -> None:
    while folder != top and top in folder.parents:
        with contextlib.suppress(FileNotFoundError):
            try:
                folder.rmdir()
            except OSError:
                return
        folder = folder.parent
