"""Which files below docs/ builds made, so that none stays on the site and none of people is lost.

Takes a folder and paths, keeps a list in `.generated` there. A file that only a build may have put
there, but that isn't listed, is never published: it is a person's if the list is whole, so the
build refuses it; otherwise nobody can tell, and it is set aside. Removes only files that are listed
or that the records of a build name.
"""

from __future__ import annotations

import errno
from collections.abc import Callable, Iterable, Mapping, Sequence, Set
from hashlib import blake2b
from itertools import count
from pathlib import Path

from msgspec import Struct

from generator.core import files, paths
from generator.core.errors import OutsideError
from generator.core.page_kinds import is_for_builds
from generator.core.progress import say

MANIFEST = ".generated"
"""Lists generated files, one a line, below a line with a checksum of the others."""
SET_ASIDE = ".set-aside"
"""A hidden folder below docs/, so nothing in it is published."""
_HEADER = b"# files that paper-archive made; checksum: "
_FORM = (b'---\ntitle: "', b'\nkind: "')
"""How each generated page begins, and what is in its front matter."""
_FRONT_MATTER = 8192
"""Bytes that are searched for it."""
_NO_FILE_OF_OURS = {errno.ENOENT, errno.ENOTDIR, errno.EISDIR, errno.ENAMETOOLONG}
"""Why a listed file can't be removed: it is gone, or a damaged line names none."""
_SHOWN = 3


class Manifest(Struct, frozen=True):
    """The list of generated files."""

    names: frozenset[str]
    is_whole: bool
    """False if it is damaged, missing where a build has been, or of a version without checksum."""


class Unlisted(Struct, frozen=True):
    """Files below docs/ that no build is known to have made, except hidden ones; in order."""

    handwritten: tuple[str, ...] = ()
    """Those that people may have written."""
    unknown: tuple[str, ...] = ()
    """Those in places where only a build puts files."""
    is_whole: bool = True
    """Whether the list of generated files is."""


def manifest(folder: Path) -> Manifest:
    """The files that earlier builds made in the folder. Raises OutsideError."""
    names, is_whole = _read(folder)
    return Manifest(frozenset(names), is_whole)


def _read(folder: Path) -> tuple[list[str], bool]:
    """The lines of the manifest, and whether it is whole."""
    with files.outside(f"cannot read {folder}"):
        try:
            data = files.read(folder / MANIFEST)
        except FileNotFoundError:
            return [], not _was_built(folder)
    first, _, rest = data.partition(b"\n")
    has_header = first.startswith(_HEADER)
    text = (rest if has_header else data).decode("utf-8", "replace")
    return [name for name in text.split("\n") if _names_a_file(name)], first == _header(rest)


def _was_built(folder: Path) -> bool:
    """Whether a build has been in a folder without a manifest: it left settings or a home page."""
    home = folder / paths.HOME_PAGE
    return (folder / paths.SETTINGS_FILE).exists() or (home.is_file() and _is_generated_page(home))


def _header(rest: bytes) -> bytes:
    return _HEADER + blake2b(rest, digest_size=16).hexdigest().encode()


def _names_a_file(line: str) -> bool:
    """Whether a line of a manifest, which may be damaged, names a file in the folder."""
    leads_out = line.startswith("/") or (".." in line and ".." in line.split("/"))
    return bool(line) and not leads_out and "\0" not in line


def parted(names: Iterable[str], *, is_whole: bool) -> Unlisted:
    """Files that aren't listed, by whether people may have written them."""
    unknown = sorted(name for name in names if is_for_builds(name))
    return Unlisted(tuple(sorted(set(names).difference(unknown))), tuple(unknown), is_whole)


def refuse_unknown(folder: Path, unlisted: Unlisted) -> None:
    """Refuse files of people in places where only a build puts files. Raises OutsideError."""
    if unlisted.unknown and unlisted.is_whole:
        first, *others = unlisted.unknown
        more = f", and so are {_some(others)}" if others else ""
        raise OutsideError(
            f"cannot build into {folder}: {folder / first} is where only generated files belong, "
            f"but no build made it{more}: move it to another folder below {folder}, or delete it"
        )


def doubtful(
    folder: Path,
    unlisted: Unlisted,
    is_target: Callable[[str], bool],
    copies: Mapping[str, bytes],
) -> list[str]:
    """Unknown files that a build can't replace as its own; `copies` has files that it copies.

    Raises OutsideError.
    """

    def is_ours(name: str) -> bool:
        if name in copies:
            return files.read(folder / name) == copies[name]
        return is_target(name) and _is_generated_page(folder / name)

    with files.outside(f"cannot read {folder}"):
        return [name for name in unlisted.unknown if not is_ours(name)]


def _is_generated_page(path: Path) -> bool:
    """Whether a file has the form of generated pages."""
    if path.suffix != paths.PAGE:
        return False
    start = files.read(path)[:_FRONT_MATTER]
    return start.startswith(_FORM[0]) and _FORM[1] in start.partition(b"\n---\n")[0]


def set_aside(folder: Path, names: Sequence[str]) -> None:
    """Move files to a hidden folder, and say so. Raises OutsideError."""
    if not names:
        return
    aside = next(
        top for number in count(1) if not (top := folder / SET_ASIDE / str(number)).exists()
    )
    with files.outside(f"cannot set files aside in {folder}"):
        for name in names:
            (aside / name).parent.mkdir(parents=True, exist_ok=True)
            (folder / name).rename(aside / name)
            files.remove_empty(folder, (folder / name).parent)
    say(
        f"{folder / MANIFEST}, the list of generated files, is missing, damaged or of an earlier "
        f"version, so nobody can tell who made {_some(names)}: moved to {aside}. What is yours can "
        "be put back, in another folder; the rest can be deleted"
    )


def _some(names: Sequence[str]) -> str:
    shown = ", ".join(names[:_SHOWN])
    return f"{shown} and {len(names) - _SHOWN:,} more" if len(names) > _SHOWN else shown


def add_to_manifest(folder: Path, new: Set[str]) -> None:
    """Add files before they are written, so that an interrupted build leaves none unlisted.

    A manifest that wasn't whole is whole then. Raises OutsideError.
    """
    lines, is_whole = _read(folder)
    if new or not is_whole:
        _write_manifest(folder, [*lines, *sorted(new)])


def remove_stale(folder: Path, stale: Sequence[str]) -> None:
    """Remove stale files, and take them off the manifest. Raises OutsideError."""
    with files.outside(f"cannot remove stale files in {folder}"):
        for name in stale:
            _remove(folder / name)
            files.remove_empty(folder, (folder / name).parent)
    if stale:
        gone = frozenset(stale)
        _write_manifest(folder, [name for name in _read(folder)[0] if name not in gone])


def _remove(path: Path) -> None:
    try:
        path.unlink()
    except OSError as error:
        if error.errno not in _NO_FILE_OF_OURS and not path.is_dir():
            raise


def _write_manifest(folder: Path, names: list[str]) -> None:
    # Most are in order already, which makes sorting quick; damage may have doubled some.
    rest = "".join(f"{name}\n" for name in sorted(dict.fromkeys(names))).encode()
    files.write(folder / MANIFEST, _header(rest) + b"\n" + rest)
