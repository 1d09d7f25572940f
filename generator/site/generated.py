"""The manifest of generated files below docs/, so that no file a person wrote is ever removed.

Takes a folder and paths, keeps `.generated` there.
"""

from __future__ import annotations

from collections.abc import Sequence, Set
from pathlib import Path

from generator.core import files

MANIFEST = ".generated"
"""Lists generated files, one a line."""


def manifest(folder: Path) -> set[str]:
    """The files that earlier builds made in the folder."""
    return set(_manifest_lines(folder))


def _manifest_lines(folder: Path) -> list[str]:
    with files.outside(f"cannot read {folder}"):
        try:
            text = (folder / MANIFEST).read_text("utf-8")
        except FileNotFoundError:
            return []
        except UnicodeDecodeError:
            # A damaged manifest names nothing, so nothing is removed.
            return []
    return [name for name in text.splitlines() if name and not _leads_out(name)]


def add_to_manifest(folder: Path, new: Set[str]) -> None:
    """Add files before they are written, so that an interrupted build leaves none unlisted.

    Raises OutsideError.
    """
    if new:
        _write_manifest(folder, [*_manifest_lines(folder), *sorted(new)])


def remove_stale(folder: Path, stale: Sequence[str]) -> None:
    """Remove stale files, and take them off the manifest. Raises OutsideError."""
    with files.outside(f"cannot remove stale files in {folder}"):
        for name in stale:
            (folder / name).unlink(missing_ok=True)
            files.remove_empty(folder, (folder / name).parent)
    if stale:
        gone = frozenset(stale)
        _write_manifest(folder, [name for name in _manifest_lines(folder) if name not in gone])


def _write_manifest(folder: Path, names: list[str]) -> None:
    # Most are in order already, which makes sorting quick.
    files.write(folder / MANIFEST, "".join(f"{name}\n" for name in sorted(names)).encode())


def _leads_out(name: str) -> bool:
    """Whether a line of a damaged manifest names a file outside the folder."""
    return name.startswith("/") or (".." in name and ".." in name.split("/"))
