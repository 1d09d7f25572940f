"""Files written whole or not at all, and the system's refusals as errors for people.

Takes paths and bytes. Knows nothing of what they mean.
"""

from __future__ import annotations

import contextlib
import errno
from collections.abc import Iterator
from pathlib import Path

from generator.errors import OutsideError

PART = ".part"
"""Ending of a file that is being written; what a killed run leaves is overwritten next."""

_WAYS_OUT = {
    errno.ENOSPC: "free some space and run it again",
    errno.EDQUOT: "free some space and run it again",
    errno.EROFS: "choose a folder that can be written to",
    errno.EACCES: "check who owns it and its permissions",
    errno.EPERM: "check who owns it and its permissions",
}


@contextlib.contextmanager
def outside(doing: str) -> Iterator[None]:
    """Turn an OSError into an `OutsideError` that says what was being done and the way out."""
    try:
        yield
    except OSError as error:
        reason = error.strerror or str(error)
        place = f" ({error.filename})" if error.filename else ""
        way_out = _WAYS_OUT.get(error.errno or 0, "")
        hint = f"; {way_out}" if way_out else ""
        raise OutsideError(f"{doing}: {reason}{place}{hint}") from error


def write(path: Path, data: bytes) -> bool:
    """Write a file unless it already holds the data; tells whether it wrote.

    The data goes to a hidden file beside it, which is then renamed, so an interruption leaves
    the old file or the new one. Raises OutsideError.
    """
    with outside(f"cannot write {path}"):
        if _holds(path, data):
            return False
        path.parent.mkdir(parents=True, exist_ok=True)
        part = path.with_name(f".{path.name}{PART}")
        try:
            part.write_bytes(data)
            part.replace(path)
        except BaseException:
            with contextlib.suppress(OSError):
                part.unlink(missing_ok=True)
            raise
    return True


def _holds(path: Path, data: bytes) -> bool:
    try:
        if path.stat().st_size != len(data):
            return False
        return path.read_bytes() == data
    except FileNotFoundError:
        return False
