"""What has to be made again, decided from what things depend on; nothing is done here.

Takes targets (each with a digest of all its inputs), what an earlier build made, and what is found
on the disk now; gives a `Plan`, which is data. Whatever is uncertain is made again. Does no I/O.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Set
from enum import Enum
from hashlib import blake2b
from itertools import chain
from typing import Final, NamedTuple

import msgspec
from msgspec import Struct

_encode = msgspec.msgpack.Encoder().encode


class Print(Struct, frozen=True, array_like=True, gc=False):
    """What tells cheaply whether a file is the one that was written."""

    size: int
    """Bytes."""
    mtime: int
    """Nanoseconds."""


class Made(Struct, frozen=True, array_like=True, gc=False):
    """What an earlier build made of a target. There are very many."""

    inputs: bytes
    docs: Print
    site: Print | None
    """None for what has no place on the site."""


class Target(NamedTuple):
    """One file to make below docs/, and from it a file of the site."""

    path: str
    """Below docs/, with slashes."""
    inputs: bytes
    """Digest of everything `make` looks at, but what the whole build depends on."""
    make: Callable[[], bytes]
    published: bool = True
    """False for what only MkDocs reads."""


class Why(Enum):
    """Why a target is made."""

    NEW = "new"
    CHANGED = "changed"
    DAMAGED = "its file is missing or not as it was written"


class Work(NamedTuple):
    """A target to make, and the reason."""

    target: Target
    why: Why


class Plan(Struct, frozen=True):
    """What a build is to do."""

    make: tuple[Work, ...]
    keep: Mapping[str, Made]
    """By path, as they were made."""
    remove: tuple[str, ...]
    """Paths of targets that are no more, in order."""


class Before:
    """What an earlier build left, for targets that take over what stays the same.

    It is there once the plan is, so while targets are made.
    """

    def __init__(self, read: Callable[[str], str]) -> None:
        self._read = read
        self._kept: Set[str] = frozenset()
        self._whole: Set[str] = frozenset()

    def know(self, plan: Plan) -> None:
        """Take in what the plan found out."""
        self._kept = plan.keep.keys()
        self._whole = {work.target.path for work in plan.make if work.why is Why.CHANGED}

    def stays(self, path: str) -> bool:
        """Whether a target isn't made again, since nothing changed that it depends on."""
        return path in self._kept

    def text(self, path: str) -> str:
        """A target's file as it was made before other inputs; empty if it isn't there so."""
        return self._read(path) if path in self._whole else ""


NOTHING_BEFORE: Final = Before(lambda _: "")


def digest(inputs: object) -> bytes:
    """16 bytes that differ where the inputs differ: texts, bytes, numbers, days, tuples, lists."""
    return blake2b(_encode(inputs), digest_size=16).digest()


def digest_of(inputs: bytes | memoryview) -> bytes:
    """The same for what is bytes already."""
    return blake2b(inputs, digest_size=16).digest()


def decide(
    targets: Iterable[Target],
    made: Mapping[str, Made],
    damaged: Set[str],
) -> Plan:
    """Compare targets with what was made, by path, and with what of it isn't there as it was."""
    make: list[Work] = []
    paths: list[str] = []
    for target in targets:
        path, inputs, _, published = target
        paths.append(path)
        known = made.get(path)
        if known is None:
            make.append(Work(target, Why.NEW))
        elif path in damaged or (known.site is not None) != published:
            make.append(Work(target, Why.DAMAGED))
        elif known.inputs != inputs:
            make.append(Work(target, Why.CHANGED))
    gone = made.keys() - paths
    # Most are kept: what isn't is taken out of a copy.
    keep = dict(made)
    for path in chain(gone, (work.target.path for work in make if work.why is not Why.NEW)):
        keep.pop(path, None)
    return Plan(tuple(make), keep, tuple(sorted(gone)))


def part(targets: list[Target], number: int, of: int) -> list[Target]:
    """One of several parts that together hold each published target once, and all the others.

    Goes by path, so a target stays in its part.
    """
    return [
        each for each in targets if of == 1 or not each.published or share(each.path, of) == number
    ]


def share(path: str, of: int) -> int:
    """Which of so many parts a path belongs to, from 1."""
    return int.from_bytes(blake2b(path.encode(), digest_size=4).digest(), "big") % of + 1
