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
"""So many that there are more lots than a day changes, and fewer than targets by far."""


class Target(NamedTuple):
    """One file to make below docs/, and from it a file of the site."""

    path: str
    """Below docs/, with slashes."""
    inputs: bytes
    """Digest of everything `make` looks at, but what the whole build depends on."""
    make: Callable[[], bytes]
    published: bool = True
    """False for what only MkDocs reads."""


class Batch(NamedTuple):
    """Targets that are decided on together."""

    name: str
    """Unlike that of any other lot, and the same from build to build."""
    inputs: bytes
    """Digest that differs where anything of any of its targets does, or which ones these are."""
    targets: Callable[[], Sequence[Target]]


class PreviousFiles:
    """What an earlier build left, for targets that take over what stays the same.

    It is there once the plan is, so while targets are made.
    """

    def __init__(self, read: Callable[[str], str]) -> None:
        self._read = read
        self._stays: Callable[[str], bool] = lambda _: False
        self._whole: Set[str] = frozenset()

    def know(self, made: Set[str], changed: Set[str], shard: tuple[int, int] = (1, 1)) -> None:
        """Take in which targets of a shard are made, and which of these only for other inputs."""
        self._stays = lambda path: path not in made and is_in(path, *shard)
        self._whole = changed

    def stays(self, path: str) -> bool:
        """Whether a published target isn't made again, since nothing changed that it depends on."""
        return self._stays(path)

    def text(self, path: str) -> str:
        """A target's file as it was made before other inputs; empty if it isn't there so."""
        return self._read(path) if path in self._whole else ""


NO_PREVIOUS_FILES: Final = PreviousFiles(lambda _: "")


def digest(inputs: object) -> bytes:
    """Bytes that differ where the inputs differ: texts, bytes, numbers, days, tuples, lists."""
    return blake2b(encode(inputs), digest_size=DIGEST_SIZE).digest()


def digest_of(inputs: bytes | memoryview) -> bytes:
    """The same for what is bytes already."""
    return blake2b(inputs, digest_size=DIGEST_SIZE).digest()


def batches(targets: Iterable[Target]) -> list[Batch]:
    """Targets in lots by the first folder and a few letters more: of days, the year.

    Those that aren't published are apart.
    """
    found: dict[str, list[Target]] = {}
    for target in targets:
        start = target.path[: target.path.find("/") + 1 + _LETTERS]
        found.setdefault(start if target.published else f"{start} hidden", []).append(target)
    return [batch(name, own) for name, own in found.items()]


def batch(name: str, targets: Sequence[Target]) -> Batch:
    """A lot of targets that are there already."""
    inputs = digest([(each.path, each.inputs, each.published) for each in targets])
    return Batch(name, inputs, lambda: targets)


def is_in(path: str, number: int, of: int) -> bool:
    """Whether a published target belongs to one of several parts, from 1."""
    return of == 1 or share(path, of) == number


def share(path: str, of: int) -> int:
    """Which of so many parts a path belongs to, from 1."""
    return int.from_bytes(blake2b(path.encode(), digest_size=4).digest(), "big") % of + 1
