"""Which issue went to which address: a file for each issue, so that none goes out twice.

Takes names and states, keeps them below one folder that is meant for git: it holds no address, only
a slow hash of each (scrypt, RFC 7914). Each change is on the disk before the call returns. A file
that can't be read is an error, never an empty log: what is forgotten would be sent again.
Why it is so: docs/dev/decisions/0011-the-sent-log.md.
"""

from __future__ import annotations

import contextlib
import fcntl
import hashlib
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Literal

import msgspec
from msgspec import Struct

from generator.core import files
from generator.core.errors import OutsideError

SendState = Literal["sending", "sent"]
"""No state: not sent. `sending` that stays: nobody knows whether it arrived."""
LOCK = ".lock"


class _SentRecord(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What a file holds."""

    message_id: str
    addresses: dict[str, SendState]


class SentLog(Struct, frozen=True):
    """The states of one issue; `path` is its file."""

    path: Path
    message_id: str
    salt: str
    """Of the archive, so that the same list has another hash elsewhere."""

    def state(self, address: str) -> SendState | None:
        """What is known of an address. Raises OutsideError."""
        return self._read().get(self._key(address))

    def mark(self, address: str, state: SendState | None) -> None:
        """Keep another state; None takes the address out. Raises OutsideError."""
        key = self._key(address)
        addresses = {each: kept for each, kept in self._read().items() if each != key}
        if state:
            addresses[key] = state
        record = _SentRecord(self.message_id, dict(sorted(addresses.items())))
        files.write(self.path, msgspec.json.format(msgspec.json.encode(record), indent=2) + b"\n")
        with files.outside(f"cannot write {self.path}"):
            _to_disk(self.path)
            _to_disk(self.path.parent)

    def _read(self) -> dict[str, SendState]:
        with files.outside(f"cannot read {self.path}"):
            if not self.path.exists():
                return {}
            data = self.path.read_bytes()
        try:
            return msgspec.json.decode(data, type=_SentRecord).addresses
        except (msgspec.DecodeError, UnicodeDecodeError) as error:
            raise OutsideError(
                f"{self.path} is damaged, so it is unknown what was sent: bring it back from git"
            ) from error

    def _key(self, address: str) -> str:
        made = hashlib.scrypt(
            address.lower().encode(), salt=self.salt.encode(), n=1 << 14, r=8, p=1, dklen=12
        )
        return made.hex()


@contextlib.contextmanager
def locked(folder: Path) -> Iterator[None]:
    """Let one process at a time use a sent log's folder. Raises OutsideError while another does."""
    with contextlib.ExitStack() as stack:
        with files.outside(f"cannot write {folder}"):
            folder.mkdir(parents=True, exist_ok=True)
            lock = stack.enter_context((folder / LOCK).open("wb"))
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError as error:
                raise OutsideError(
                    f"another process is sending with {folder}: wait for it"
                ) from error
        yield


def _to_disk(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
