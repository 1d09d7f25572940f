"""The sent log: which digest was sent to which address, so that none is sent twice.

A file for each digest, below one folder that belongs into git; it holds no address, only a slow
hash of each (scrypt, RFC 7914). Each change is on the disk before the call returns. A file that
can't be read is an error, never an empty log: its digests would be sent again. Why:
docs/dev/decisions/0011-the-sent-log.md.
"""

from __future__ import annotations

import hashlib
import os
from pathlib import Path
from typing import Literal

import msgspec
from msgspec import Struct

from generator.core import files
from generator.core.errors import OutsideError

SendState = Literal["sending", "sent"]
"""No state: not sent. `sending` after a run: it is unknown whether the message arrived."""


class _SentRecord(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The contents of a file, as JSON."""

    message_id: str
    addresses: dict[str, SendState]


class SentLog(Struct, frozen=True):
    """The states of one digest; `path` is its file."""

    path: Path
    message_id: str
    salt: str
    """Differs between archives, so that the same address has different hashes."""

    def state(self, address: str) -> SendState | None:
        """The state of an address; None if the digest wasn't sent to it. Raises OutsideError."""
        return self._read().get(self._key(address))

    def mark(self, address: str, state: SendState | None) -> None:
        """Store the state of an address; None removes the address. Raises OutsideError."""
        key = self._key(address)
        addresses = {each: known for each, known in self._read().items() if each != key}
        if state:
            addresses[key] = state
        record = _SentRecord(self.message_id, dict(sorted(addresses.items())))
        files.write(self.path, msgspec.json.format(msgspec.json.encode(record), indent=2) + b"\n")
        with files.outside(f"cannot write {self.path}"):
            _sync(self.path)
            _sync(self.path.parent)

    def _read(self) -> dict[str, SendState]:
        with files.outside(f"cannot read {self.path}"):
            if not self.path.exists():
                return {}
            data = self.path.read_bytes()
        try:
            return msgspec.json.decode(data, type=_SentRecord).addresses
        except (msgspec.DecodeError, UnicodeDecodeError) as error:
            raise OutsideError(
                f"{self.path} is damaged, so it is unknown what was sent: restore it from git"
            ) from error

    def _key(self, address: str) -> str:
        key = hashlib.scrypt(
            address.lower().encode(), salt=self.salt.encode(), n=1 << 14, r=8, p=1, dklen=12
        )
        return key.hex()


def _sync(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
