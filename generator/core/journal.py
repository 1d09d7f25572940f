"""Several files that change together: all of them or none, even if the process is killed.

Takes a folder and the new data of files below it. What the files held before is first written to a
journal in the folder, which is removed last. As long as it is there the change isn't done: whatever
changes files next puts them back first, and until then nobody should rely on them. Never overwrites
what somebody changed in the meantime, and knows nothing of what the files mean.
"""

from __future__ import annotations

import contextlib
import os
from collections.abc import Iterable, Mapping
from hashlib import sha256
from pathlib import Path, PurePosixPath

import msgspec
from msgspec import Struct

from generator.core import files
from generator.core.errors import OutsideError

JOURNAL = f".undo{files.PART}"
"""The journal's name: hidden, and ignored by git like every file that is being written."""
_BEGUN = f".undo.new{files.PART}"
"""A journal that is being written: no file has changed yet."""
_MAX_NAMED = 20
"""At most this many files are named in a message."""


class _ChangedFile(Struct, frozen=True):
    """The change of a file, as the journal has it."""

    file: str
    """Its path below the folder."""
    before: bytes | None
    """None if there was no file."""
    after: str
    """The digest of its new data; empty if it is removed."""


def replace_all(root: Path, new: Mapping[str, bytes | None]) -> None:
    """Change files, given by their paths below `root`; those whose data is None are removed.

    Everything that needs space is written first, and files are removed last. If something fails,
    all are put back. Raises OutsideError, which names those that couldn't be.
    """
    nothing_done = "cannot change the files, so none was changed"
    with files.outside(nothing_done):
        before = {file: _data(root / file) for file in sorted(new)}
    changes = [
        _ChangedFile(file, data, _digest(new[file]))
        for file, data in before.items()
        if data != new[file]
    ]
    if not changes:
        return
    if os.path.lexists(root / JOURNAL):
        raise OutsideError(f"{nothing_done}: another command is changing some ({root / JOURNAL})")
    try:
        _write_journal(root, changes)
        _replace(root, {each.file: new[each.file] for each in changes})
        (root / JOURNAL).unlink()
    except BaseException as error:
        _, left = _undo(root, changes)
        if not left:
            with contextlib.suppress(OSError):  # the next command will
                _remove(root / _BEGUN)
                _remove(root / JOURNAL)
            with files.outside(nothing_done):
                raise
        raise OutsideError(
            f"cannot change all files ({_reason(error)}), and cannot put back {_list(root, left)}; "
            "the next command that changes the content will"
        ) from error
    _sync_folder(root)


def put_back(root: Path) -> int:
    """Undo a change of files below `root` that was killed; gives the number of files put back.

    Raises OutsideError, which names those that can't be.
    """
    doing = "cannot undo a change that was interrupted"
    if not root.is_dir():
        return 0
    with files.outside(doing):
        _remove(root / _BEGUN)
        if not os.path.lexists(root / JOURNAL):
            return 0
        changes = _read_journal(root)
    edited = [each.file for each in changes if not _is_known(root, each)]
    if edited:
        which = _list(root, dict.fromkeys(edited, "changed since"))
        raise OutsideError(
            f"{doing}: {which}; undo these later changes, or delete {root / JOURNAL} to keep all "
            "files as they are"
        )
    done, left = _undo(root, changes)
    if left:
        raise OutsideError(f"{doing}: {_list(root, left)}")
    with files.outside(doing):
        _remove(root / JOURNAL)
    return done


def _replace(root: Path, new: Mapping[str, bytes | None]) -> None:
    written = {root / file: data for file, data in new.items() if data is not None}
    removed = [root / file for file, data in new.items() if data is None]
    for path, data in written.items():
        _write(_part(path), data)
    for path in written:
        _part(path).replace(path)
    for path in removed:
        path.unlink()
    # File systems keep the order of renames and removals, so the journal is gone last in any case.
    for path in removed:
        files.remove_empty(root, path.parent)


def _undo(root: Path, changes: Iterable[_ChangedFile]) -> tuple[int, dict[str, str]]:
    """Put files back that changed: each one, even if others can't be.

    Gives the number of files put back, and the reasons why others couldn't be, by file.
    """
    done = 0
    left: dict[str, str] = {}
    for each in changes:  # first, since it frees space
        with contextlib.suppress(OSError):
            _remove(_part(root / each.file))
    for each in changes:
        path = root / each.file
        try:
            if _data(path) == each.before:
                continue
            if each.before is None:
                path.unlink()
            else:
                _write(_part(path), each.before)
                _part(path).replace(path)
            done += 1
        except OSError as error:
            left[each.file] = _reason(error)
    for each in changes:
        files.remove_empty(root, (root / each.file).parent)
    return done, left


# --- the journal ----------------------------------------------------------------------------


def _write_journal(root: Path, changes: list[_ChangedFile]) -> None:
    _write(root / _BEGUN, msgspec.json.encode(changes))
    (root / _BEGUN).replace(root / JOURNAL)
    _sync_folder(root)


def _read_journal(root: Path) -> list[_ChangedFile]:
    """The changes in a journal. Raises OutsideError if no command could have written it."""
    path = root / JOURNAL
    with contextlib.suppress(msgspec.MsgspecError, UnicodeDecodeError):
        if path.is_file() and not path.is_symlink():
            changes = msgspec.json.decode(path.read_bytes(), type=list[_ChangedFile])
            if all(_is_below(root, each.file) for each in changes):
                return changes
    raise OutsideError(
        f"{path} is no record of a change that was interrupted: see what is there, then delete it"
    )


def _is_below(root: Path, file: str) -> bool:
    """Whether a path stays below the folder, names nothing hidden, and follows no link."""
    parts = PurePosixPath(file).parts
    folders = [root.joinpath(*parts[:depth]) for depth in range(1, len(parts))]
    is_plain = bool(parts) and not any(part.startswith((".", "/")) for part in parts)
    return is_plain and not any(folder.is_symlink() for folder in folders)


def _is_known(root: Path, change: _ChangedFile) -> bool:
    """Whether a file is as it was before a change or after it, so that nobody else changed it."""
    try:
        now = _data(root / change.file)
    except OSError:
        return True  # undoing the change will say why it can't be read
    return now == change.before or _digest(now) == change.after


# --- files ----------------------------------------------------------------------------------


def _data(path: Path) -> bytes | None:
    """The data of a file; None if there is none."""
    try:
        return path.read_bytes()
    except FileNotFoundError:
        return None


def _digest(data: bytes | None) -> str:
    return "" if data is None else sha256(data).hexdigest()


def _part(path: Path) -> Path:
    return path.with_name(f".{path.name}{files.PART}")


def _write(path: Path, data: bytes) -> None:
    """Write a file, with its folder, so that it is there even if the machine stops."""
    if not path.parent.is_dir():
        path.parent.mkdir(parents=True)
    with path.open("wb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())


def _remove(path: Path) -> None:
    """Remove a file if it is there; a disk that refuses doesn't matter otherwise."""
    if os.path.lexists(path):
        path.unlink()


def _sync_folder(folder: Path) -> None:
    """Write down which files a folder has; not every system can do so."""
    with contextlib.suppress(OSError):
        number = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(number)
        finally:
            os.close(number)


# --- messages -------------------------------------------------------------------------------


def _reason(error: BaseException) -> str:
    if isinstance(error, OSError):
        return error.strerror or str(error)
    return "interrupted"


def _list(root: Path, reasons: Mapping[str, str]) -> str:
    """Files with the reason why each is named; at most `_MAX_NAMED`."""
    named = [f"{root / file} ({reason})" for file, reason in reasons.items()]
    more = len(named) - _MAX_NAMED
    return ", ".join([*named[:_MAX_NAMED], *([f"{more} more"] if more > 0 else [])])
