"""Targets: files to make, each with a digest of everything it shows, and batches of targets.

Holds types and digests; decides nothing and makes nothing. Does no I/O.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence, Set
from hashlib import blake2b
from typing import Final, NamedTuple

import msgspec

encode = msgspec.msgpack.Encoder().encode


DIGEST_SIZE: Final = 16
"""Bytes of a digest."""

_LETTERS = 4
"""Characters of a file's name that name its batch, after the folder.

With these, a new day changes few of the batches, and there are far fewer batches than targets.
"""


class Target(NamedTuple):
    """One file to make below docs/, and from it a file of the site."""

    path: str
    """Below docs/, with slashes."""
    inputs: bytes
    """Digest of everything that `make` reads, except what all targets depend on."""
    make: Callable[[], bytes]
    published: bool = True
    """False for a file that only MkDocs reads."""


class Batch(NamedTuple):
    """Targets that a plan skips together if their common digest is unchanged."""

    name: str
    """Unique, and the same in each build."""
    inputs: bytes
    """Digest over all targets: their paths, inputs and whether they are published."""
    targets: Callable[[], Sequence[Target]]
    """Called only if the batch changed."""


class PreviousFiles:
    """Files of the previous build, for targets that reuse unchanged parts of them.

    Targets get this object before there is a plan and use it when they are made; until `set_plan`
    is called, it says that no file stays and gives no text.
    """

    def __init__(self, read: Callable[[str], str]) -> None:
        self._read = read
        self._stays: Callable[[str], bool] = lambda _: False
        self._intact: Set[str] = frozenset()

    def set_plan(self, made: Set[str], changed: Set[str], shard: tuple[int, int] = (1, 1)) -> None:
        """Set the paths that a plan makes, and those it makes only because inputs changed."""
        self._stays = lambda path: path not in made and is_in(path, *shard)
        self._intact = changed

    def stays(self, path: str) -> bool:
        """Whether a published target is kept as it is, so that nothing it depends on changed."""
        return self._stays(path)

    def text(self, path: str) -> str:
        """The text of a target's previous file; empty if it is missing, damaged or not replaced."""
        return self._read(path) if path in self._intact else ""


NO_PREVIOUS_FILES: Final = PreviousFiles(lambda _: "")


def digest(inputs: object) -> bytes:
    """The digest of inputs: texts, bytes, numbers, days, and tuples and lists of these."""
    return blake2b(encode(inputs), digest_size=DIGEST_SIZE).digest()


def digest_of(inputs: bytes | memoryview) -> bytes:
    """The digest of bytes."""
    return blake2b(inputs, digest_size=DIGEST_SIZE).digest()


def batches(targets: Iterable[Target]) -> list[Batch]:
    """Batches of targets by folder and the first letters of the file: for days, by year.

    Targets that aren't published are in batches of their own.
    """
    by_name: dict[str, list[Target]] = {}
    for target in targets:
        start = target.path[: target.path.find("/") + 1 + _LETTERS]
        by_name.setdefault(start if target.published else f"{start} hidden", []).append(target)
    return [batch(name, members) for name, members in by_name.items()]


def batch(name: str, targets: Sequence[Target]) -> Batch:
    """A batch of targets."""
    inputs = digest([(each.path, each.inputs, each.published) for each in targets])
    return Batch(name, inputs, lambda: targets)


def is_in(path: str, number: int, of: int) -> bool:
    """Whether a published target belongs to the shard `number`, from 1, of `of` shards."""
    return of == 1 or shard_of(path, of) == number


def shard_of(path: str, of: int) -> int:
    """The number, from 1, of the shard that a path belongs to."""
    return int.from_bytes(blake2b(path.encode(), digest_size=4).digest(), "big") % of + 1
