"""The manifest of generated files below docs/, so that no file a person wrote is ever removed.

Takes a folder and paths, keeps `.generated` there.
"""

from __future__ import annotations

from collections.abc import Sequence, Set
from pathlib import Path

from generator.core import files

MANIFEST = ".generated"
"""The list of generated files, one a line."""


# --- below docs/ ----------------------------------------------------------------------------


def manifest(folder: Path) -> set[str]:
    """The files that an earlier run made in the folder."""
    return set(_manifest_lines(folder))


def _manifest_lines(folder: Path) -> list[str]:
    with files.outside(f"cannot read {folder}"):
        try:
            text = (folder / MANIFEST).read_text("utf-8")
        except FileNotFoundError:
            return []
        except UnicodeDecodeError:
            # Nobody knows any more what was made here; nothing is removed for it.
            return []
    return [name for name in text.splitlines() if name and not _leads_out(name)]


def add_to_manifest(folder: Path, new: Set[str]) -> None:
    """Add files to the list that it hasn't, ere they are written.

    An interrupted run so leaves no file that nobody knows of. Raises OutsideError.
    """
    if new:
        _write_list(folder, [*_manifest_lines(folder), *sorted(new)])


def remove_stale(folder: Path, stale: Sequence[str]) -> None:
    """Remove stale files, from the list as well. Raises OutsideError."""
    with files.outside(f"cannot remove stale files in {folder}"):
        for name in stale:
            (folder / name).unlink(missing_ok=True)
            _remove_if_empty(folder, (folder / name).parent)
    if stale:
        gone = frozenset(stale)
        _write_list(folder, [name for name in _manifest_lines(folder) if name not in gone])


def _write_list(folder: Path, names: list[str]) -> None:
    # Most are in order already, which makes sorting quick.
    files.write(folder / MANIFEST, "".join(f"{name}\n" for name in sorted(names)).encode())


def _leads_out(name: str) -> bool:
    """Whether a line of a damaged list would name a file outside the folder."""
    return name.startswith("/") or (".." in name and ".." in name.split("/"))


def _remove_if_empty(top: Path, folder: Path) -> None:
    """Remove a folder, and those above it, as long as nothing is in them."""
    while folder != top and top in folder.parents:
        try:
            folder.rmdir()
        except FileNotFoundError:
            pass
        except OSError:
            return
        folder = folder.parent
