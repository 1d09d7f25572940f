"""Results of earlier runs, in files that are checked before they are used.

Takes a folder and a fingerprint of the tools, stores values of plain types as MessagePack. A file
that is missing, cut, damaged, of other tools or of another shape reads as None: a cache can only
make a run slower, never wrong, and never runs code. If the disk refuses a write, nothing is stored.
"""

from __future__ import annotations

import os
from hashlib import blake2b
from pathlib import Path
from typing import TypeVar

import msgspec

from generator.core import files
from generator.core.errors import OutsideError
from generator.core.progress import say

T = TypeVar("T")

_MAGIC = b"paper-archive cache 1\n"
_CHECKSUM = 32
"""Bytes of the BLAKE2b checksum over fingerprint and payload."""


class Blob:
    """Bytes of a file as it was when it was opened, whatever is stored under its name later.

    They are read and not mapped: mapped bytes count as memory of each process.
    """

    __slots__ = ("_file",)

    def __init__(self, path: Path | None) -> None:
        try:
            self._file = files.opened(path) if path else None
        except OSError:
            self._file = None

    def __del__(self) -> None:
        if self._file is not None:
            os.close(self._file)

    def read(self, start: int, length: int) -> bytes:
        """Up to `length` bytes from `start`; fewer at the end, or if the disk refuses."""
        if self._file is None:
            return b""
        try:
            return os.pread(self._file, length, start)
        except OSError:
            return b""


class Cache:
    """A folder of checked files; without a folder it stores nothing."""

    __slots__ = ("_folder", "_refused", "fingerprint")

    def __init__(self, folder: Path | None, fingerprint: bytes) -> None:
        self._folder = folder
        self._refused = False
        self.fingerprint = fingerprint

    @property
    def keeps(self) -> bool:
        """Whether values that are written can be read again."""
        return self._folder is not None and not self._refused

    def read(self, name: str, shape: type[T]) -> T | None:
        """The value stored under a name, if it is whole, of these tools and of this type."""
        if self._folder is None:
            return None
        try:
            data = files.read(self._folder / name)
        except OSError:
            return None
        start = len(_MAGIC) + _CHECKSUM
        payload = memoryview(data)[start:]
        if data[:start] != _MAGIC + self._checksum(payload):
            return None
        try:
            return msgspec.msgpack.decode(payload, type=shape)
        except (msgspec.MsgspecError, ValueError, RecursionError):
            return None

    def write(self, name: str, value: object) -> None:
        """Store a value under a name; if the disk refuses, that is said once, and that is all."""
        payload = msgspec.msgpack.encode(value)
        self._write(name, b"".join((_MAGIC, self._checksum(payload), payload)))

    def _write(self, name: str, data: bytes) -> None:
        if self._folder is None or self._refused:
            return
        try:
            files.write(self._folder / name, data)
        except OutsideError as error:
            self._refused = True
            say(f"the next build will take longer: {error}")

    def blob(self, name: str) -> Blob:
        """The bytes stored under a name, unchecked, and read only when they are used."""
        return Blob(self._folder / name if self._folder else None)

    def write_blob(self, name: str, data: bytes) -> None:
        """Store bytes under a name; readers have to check them."""
        self._write(name, data)

    def keep_only(self, names: set[str], within: str) -> None:
        """Remove all other files of a folder of the cache."""
        if self._folder is None:
            return
        try:
            for path in (self._folder / within).iterdir():
                if f"{within}/{path.name}" not in names:
                    path.unlink()
        except OSError:
            return

    def _checksum(self, payload: bytes | memoryview) -> bytes:
        check = blake2b(self.fingerprint, digest_size=_CHECKSUM)
        check.update(payload)
        return check.digest()
