"""Files written whole or not at all, and refusals of the system as errors for people.

Takes paths and bytes. Knows nothing of what they mean.
"""

from __future__ import annotations

import contextlib
import errno
import os
import stat
from collections.abc import Iterator, Set
from io import FileIO
from pathlib import Path

from generator.core.errors import OutsideError

PART = ".part"
"""Ending of a file that is being written. What a killed run leaves is overwritten by the next
one.
"""

BUFFER = 1 << 16
"""With an explicit buffer size, Python doesn't ask whether the file is a terminal."""

_WAYS_OUT = {
    errno.ENOSPC: "free some space and run it again",
    errno.EDQUOT: "free some space and run it again",
    errno.EFBIG: "allow larger files (ulimit -f) and run it again",
    errno.ENOMEM: "free some memory and run it again",
    errno.EAGAIN: "end some other programs and run it again",
    errno.EMFILE: "allow more open files (ulimit -n) and run it again",
    errno.ENFILE: "end some other programs and run it again",
    errno.EROFS: "choose a folder that can be written to",
    errno.EACCES: "check who owns it and its permissions",
    errno.EPERM: "check who owns it and its permissions",
    errno.EEXIST: "move away what is there",
    errno.ENOTDIR: "a file is where a folder should be: move it away",
    errno.EISDIR: "a folder is where a file should be: move it away",
    errno.ENOTEMPTY: "a folder is where a file should be: move it away",
    errno.ELOOP: "a symbolic link leads to itself: remove it",
    errno.EBUSY: "choose a folder that isn't mounted, such as one in it",
    errno.EXDEV: "choose a folder on the same disk",
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


def opened(path: str | Path, flags: int = os.O_RDONLY) -> int:
    """Open a regular file and nothing else: a pipe would wait for a writer. Raises OSError."""
    mode = os.stat(path).st_mode  # noqa: PTH116 - a Path takes longer, for each file
    if stat.S_ISDIR(mode):
        raise IsADirectoryError(errno.EISDIR, os.strerror(errno.EISDIR), str(path))
    if not stat.S_ISREG(mode):
        reason = "a pipe, socket or device is where a file should be: move it away"
        raise OSError(errno.EINVAL, reason, str(path))
    return os.open(path, flags | os.O_CLOEXEC | getattr(os, "O_NONBLOCK", 0))


def read(path: str | Path, most: int | None = None) -> bytes:
    """The bytes of a regular file, or only the first `most` and one more. Raises OSError."""
    with open(opened(path), "rb", buffering=0) as file:
        if most is None:
            return file.readall()
        # `read` allocates as many bytes as it is asked for.
        return file.read(min(os.fstat(file.fileno()).st_size, most) + 1)


def read_text(path: Path) -> str:
    """The text of a UTF-8 file, without a byte order mark; raises OutsideError."""
    with outside(f"cannot read {path}"):
        return read(path).decode("utf-8-sig")


def write(path: Path, data: bytes) -> bool:
    """Write a file unless it already holds the data; returns whether it wrote.

    The data goes to a hidden file beside it, which is then renamed, so an interruption leaves the
    old file or the new one. Raises OutsideError.
    """
    return put(str(path), data)


def put(path: str, data: bytes) -> bool:
    """Write a file, given as text, which is quicker for very many files. See `write`."""
    with outside(f"cannot write {path}"):
        if _holds(path, data):
            return False
        folder, slash, name = path.rpartition("/")
        part = f"{folder}{slash}.{name}{PART}"
        try:
            try:
                _create(part, data)
            except FileNotFoundError:
                Path(folder).mkdir(parents=True, exist_ok=True)
                _create(part, data)
            os.replace(part, path)  # noqa: PTH105 - as above
        except BaseException:
            with contextlib.suppress(OSError):
                Path(part).unlink(missing_ok=True)
            raise
    return True


def renew(path: str, data: bytes) -> os.stat_result:
    """Write a file that can be made again, in place if it exists; gives its status.

    Creating a file takes a disk several times as long. If writing fails, the file is removed; only
    if the machine stops may half a file stay, so a reader has to know whether it is whole. Raises
    OutsideError.
    """
    with outside(f"cannot write {path}"):
        try:
            # Not through a link: what is written belongs here.
            number = opened(path, os.O_RDWR | getattr(os, "O_NOFOLLOW", 0))
        except OSError:
            put(path, data)
            return os.stat(path)  # noqa: PTH116 - as above
        try:
            with open(number, "r+b", buffering=0) as file:  # noqa: PTH123 - as above
                return _overwritten(file, data)
        except BaseException:
            Path(path).unlink(missing_ok=True)
            raise


def _overwritten(file: FileIO, data: bytes) -> os.stat_result:
    """The status of an open file after the data was written to it."""
    status = os.fstat(file.fileno())
    if status.st_size == len(data) and file.read() == data:
        return status
    file.seek(0)
    rest = memoryview(data)
    while rest:
        rest = rest[file.write(rest) :]
    file.truncate(len(data))
    return os.fstat(file.fileno())


def _create(path: str, data: bytes) -> None:
    """Make a file; what a killed run left under its name goes, link or pipe."""
    try:
        file = open(path, "xb", buffering=BUFFER)  # noqa: PTH123, SIM115 - as above
    except FileExistsError:
        Path(path).unlink()
        file = open(path, "xb", buffering=BUFFER)  # noqa: PTH123, SIM115 - as above
    with file:
        file.write(data)


def _holds(path: str, data: bytes) -> bool:
    """Whether a file holds the data; what can't be read doesn't."""
    try:
        if os.stat(path).st_size != len(data):  # noqa: PTH116 - as above
            return False
        return read(path) == data
    except OSError:
        return False


def remove_empty(top: Path, folder: Path, needed: Set[Path] = frozenset()) -> None:
    """Remove a folder below `top`, and those above it, as long as they are empty and not needed."""
    while folder != top and top in folder.parents and folder not in needed:
        try:
            folder.rmdir()
        except FileNotFoundError:
            pass
        except OSError:
            return
        folder = folder.parent
