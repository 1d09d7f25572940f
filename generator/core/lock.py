"""Locks of folders, so that two commands don't work in one folder at the same time.

Takes a folder, what is being done in it, and how long to wait for others. A lock is one of the
system (`flock`) on a hidden file beside the folder, which is removed at the end: the folder itself
may be replaced meanwhile, and may be published. However its holder ends, the lock is free again, so
none is ever stale. Why: docs/dev/decisions/0016-one-command-in-a-folder.md.
"""

from __future__ import annotations

import contextlib
import errno
import fcntl
import math
import os
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from select import select
from typing import NamedTuple

from generator.core.errors import OutsideError
from generator.core.files import outside
from generator.core.progress import printable, say

FOREVER = math.inf
_EVERY = 0.05
"""Seconds between two tries."""
_BRIEFLY = 5.0
"""Seconds to wait in any case if no running process is known as the holder: commands that only
read, and what a killed command had started. Both end soon.
"""
_SAY_AFTER = 1.0
"""Seconds of waiting that need no explanation."""
_MAX_SAID = 300
"""Bytes of a file that says who holds a lock."""
_NO_LOCKS = frozenset({errno.ENOLCK, errno.ENOSYS, errno.EOPNOTSUPP, errno.EINVAL, errno.EBADF})
"""Answers of file systems that have no such locks."""
_FLAGS = os.O_CLOEXEC | os.O_NOFOLLOW | os.O_NONBLOCK
"""A lock is never a link, and opening what is no file must not take forever."""

_held: set[int] = set()


class _Lock(NamedTuple):
    """A lock that this process holds."""

    descriptor: int
    path: str


class _Holder(NamedTuple):
    """Who holds a lock, as the file says."""

    process: int
    doing: str
    since: datetime

    def __str__(self) -> str:
        since = f"{self.since.astimezone():%Y-%m-%d %H:%M:%S}"
        return f"{self.doing} (process {self.process}, since {since})"


def descriptors() -> tuple[int, ...]:
    """The locks that this process holds, for programs that it starts."""
    return tuple(_held)


@contextlib.contextmanager
def writing(folder: Path, doing: str, wait: float = 0) -> Iterator[None]:
    """Keep others out of a folder that is going to change; `doing` tells them what is done.

    Raises OutsideError if another command still uses it after `wait` seconds.
    """
    with outside(f"cannot lock {folder}"):
        _beside(folder).parent.mkdir(parents=True, exist_ok=True)
    with _locked(folder, fcntl.LOCK_EX, doing, wait):
        yield


@contextlib.contextmanager
def reading(folder: Path, wait: float = 0) -> Iterator[None]:
    """Let nobody change a folder while it is read. Raises as `writing` does."""
    with _locked(folder, fcntl.LOCK_SH, "", wait):
        yield


@contextlib.contextmanager
def _locked(folder: Path, kind: int, doing: str, wait: float) -> Iterator[None]:
    lock = _wait_for(folder, kind, wait)
    if lock is None:
        yield
        return
    _held.add(lock.descriptor)
    try:
        _write_holder(lock, doing)
        yield
    finally:
        _held.remove(lock.descriptor)
        _release(lock)


def _wait_for(folder: Path, kind: int, wait: float) -> _Lock | None:
    """A lock; None if there is nothing that could be locked, or no way to do it."""
    waited = 0.0
    is_said = False
    while True:
        try:
            return _try(folder, kind)
        except BlockingIOError:
            holder = _holder(_beside(folder))
        except FileNotFoundError:
            return None
        except OSError as error:
            if error.errno in _NO_LOCKS:
                say(f"{folder} can't be locked here: let no other command use it meanwhile")
                return None
            with outside(f"cannot lock {folder}"):
                raise
        shown = holder or "another command"
        if waited >= max(wait, 0 if holder and _is_running(holder) else _BRIEFLY):
            raise OutsideError(
                f"{folder} is in use by {shown}: wait until it has ended, or pass --wait"
            )
        if waited >= _SAY_AFTER and not is_said:
            say(f"waiting for {shown}, which uses {folder}")
            is_said = True
        select([], [], [], _EVERY)
        waited += _EVERY


def _try(folder: Path, kind: int) -> _Lock:
    """A lock. Raises OSError: BlockingIOError if somebody else has it."""
    while True:
        lock = _opened(folder)
        try:
            fcntl.flock(lock.descriptor, kind | fcntl.LOCK_NB)
        except BaseException:
            os.close(lock.descriptor)
            raise
        if _is_there(lock):
            return lock
        os.close(lock.descriptor)  # who had it has removed it meanwhile


def _opened(folder: Path) -> _Lock:
    """The file with the lock; where none can be made, the folder itself."""
    path = os.fspath(_beside(folder))
    try:
        return _Lock(os.open(path, os.O_RDWR | os.O_CREAT | _FLAGS, 0o666), path)
    except (PermissionError, FileNotFoundError, IsADirectoryError):
        pass
    except OSError as error:
        if error.errno not in (errno.EROFS, errno.ENOSPC, errno.EDQUOT):
            raise
    for existing in (path, os.path.realpath(folder)):
        with contextlib.suppress(FileNotFoundError):
            return _Lock(os.open(existing, os.O_RDONLY | _FLAGS), existing)
    raise FileNotFoundError(errno.ENOENT, os.strerror(errno.ENOENT), os.fspath(folder))


def _beside(folder: Path) -> Path:
    """The place of a folder's lock, the same whichever way leads to the folder."""
    place = Path(os.path.realpath(folder))
    return place.with_name(f".{place.name}.lock") if place.name else place


def _is_there(lock: _Lock) -> bool:
    """Whether others who want the lock find this file."""
    try:
        return os.path.samestat(os.stat(lock.path), os.fstat(lock.descriptor))  # noqa: PTH116
    except FileNotFoundError:
        return False


def _release(lock: _Lock) -> None:
    with contextlib.suppress(OSError):
        # Of several who read, the last one removes the file: only it gets the whole lock.
        fcntl.flock(lock.descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        if _is_there(lock):
            os.unlink(lock.path)  # noqa: PTH108 - refuses a folder, which is what we want here
    os.close(lock.descriptor)


# --- who holds a lock -----------------------------------------------------------------------


def _write_holder(lock: _Lock, doing: str) -> None:
    """Say in the file who holds the lock; nothing if it is held only for reading."""
    with contextlib.suppress(OSError):  # a folder, or a full disk
        os.ftruncate(lock.descriptor, 0)
        if doing:
            os.write(lock.descriptor, f"{os.getpid()} {doing}".encode()[:_MAX_SAID])


def _holder(path: Path) -> _Holder | None:
    """Who holds a lock, as far as it is known."""
    try:
        descriptor = os.open(path, os.O_RDONLY | _FLAGS)
        try:
            said = os.read(descriptor, _MAX_SAID).decode("utf-8", "replace")
            since = os.fstat(descriptor).st_mtime
        finally:
            os.close(descriptor)
    except OSError:
        return None
    process, _, doing = said.partition(" ")
    if not (process.isascii() and process.isdigit() and len(process) < 10):
        return None
    return _Holder(int(process), printable(doing), datetime.fromtimestamp(since, UTC))


def _is_running(holder: _Holder) -> bool:
    try:
        os.kill(holder.process, 0)
    except ProcessLookupError:
        return False
    except OSError:
        return True
    return True
