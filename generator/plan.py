"""What has to be made again, decided from what things depend on; nothing is done here.

Takes targets (each with a digest of all its inputs) in lots (each with a digest of all of them),
what an earlier build made, and what is found on the disk now; gives a `Plan`, which is data. Of a
lot that is as it was nothing more is looked at, so what a build decides on grows with what changed.
Whatever is uncertain is made again. Does no I/O.
"""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterable, Mapping, Sequence, Set
from enum import Enum
from hashlib import blake2b
from typing import Final, NamedTuple

import msgspec
from msgspec import Struct

_encode = msgspec.msgpack.Encoder().encode

DIGEST: Final = 16
"""Bytes of a digest."""

_LETTERS = 4
"""So many that there are more lots than a day changes, and fewer than targets by far."""


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


_decode_made = msgspec.msgpack.Decoder(dict[str, Made]).decode


class Target(NamedTuple):
    """One file to make below docs/, and from it a file of the site."""

    path: str
    """Below docs/, with slashes."""
    inputs: bytes
    """Digest of everything `make` looks at, but what the whole build depends on."""
    make: Callable[[], bytes]
    published: bool = True
    """False for what only MkDocs reads."""


class Lot(NamedTuple):
    """Targets that are decided on together."""

    name: str
    """Unlike that of any other lot, and the same from build to build."""
    inputs: bytes
    """Digest that differs where anything of any of its targets does, or which ones these are."""
    targets: Callable[[], Sequence[Target]]


class MadeLot(Struct, frozen=True, array_like=True, gc=False):
    """What an earlier build made of a lot; as MessagePack, since most of it is never looked at."""

    inputs: bytes
    count: int
    """Of targets."""
    packed: msgspec.Raw


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
    """Targets that stay as they were made, by path, of lots that don't."""
    remove: tuple[str, ...]
    """Paths of targets that are no more, in order."""
    whole: Mapping[str, MadeLot] = {}
    """Lots of which all stays as it was made, by name."""
    opened: tuple[tuple[Lot, Sequence[Target]], ...] = ()
    """All others, and the targets they have."""
    replaced: Mapping[str, Made] = {}
    """What was made before of targets that are removed or made again, by path."""

    @property
    def kept(self) -> int:
        """How many targets stay as they were made."""
        return len(self.keep) + sum(lot.count for lot in self.whole.values())

    def lots(self, made: Mapping[str, Made]) -> dict[str, MadeLot]:
        """What there is once the plan is carried out, given what it made, by path."""
        now = {**self.keep, **made}
        return {
            **self.whole,
            **{
                lot.name: pack(lot.inputs, {each.path: now[each.path] for each in targets})
                for lot, targets in self.opened
            },
        }


class Before:
    """What an earlier build left, for targets that take over what stays the same.

    It is there once the plan is, so while targets are made.
    """

    def __init__(self, read: Callable[[str], str]) -> None:
        self._read = read
        self._stays: Callable[[str], bool] = lambda _: False
        self._whole: Set[str] = frozenset()

    def know(self, plan: Plan, shard: tuple[int, int] = (1, 1)) -> None:
        """Take in what the plan found out of a part of the targets."""
        made = {work.target.path for work in plan.make}
        self._stays = lambda path: path not in made and is_in(path, *shard)
        self._whole = {work.target.path for work in plan.make if work.why is Why.CHANGED}

    def stays(self, path: str) -> bool:
        """Whether a published target isn't made again, since nothing changed that it depends on."""
        return self._stays(path)

    def text(self, path: str) -> str:
        """A target's file as it was made before other inputs; empty if it isn't there so."""
        return self._read(path) if path in self._whole else ""


NOTHING_BEFORE: Final = Before(lambda _: "")


def digest(inputs: object) -> bytes:
    """Bytes that differ where the inputs differ: texts, bytes, numbers, days, tuples, lists."""
    return blake2b(_encode(inputs), digest_size=DIGEST).digest()


def digest_of(inputs: bytes | memoryview) -> bytes:
    """The same for what is bytes already."""
    return blake2b(inputs, digest_size=DIGEST).digest()


def lots(targets: Iterable[Target]) -> list[Lot]:
    """Targets in lots by the first folder and a few letters more: of days, the year.

    Those that aren't published are apart.
    """
    found: dict[str, list[Target]] = {}
    for target in targets:
        start = target.path[: target.path.find("/") + 1 + _LETTERS]
        found.setdefault(start if target.published else f"{start} hidden", []).append(target)
    return [lot(name, own) for name, own in found.items()]


def lot(name: str, targets: Sequence[Target]) -> Lot:
    """A lot of targets that are there already."""
    inputs = digest([(each.path, each.inputs, each.published) for each in targets])
    return Lot(name, inputs, lambda: targets)


def decide(
    lots: Iterable[Lot],
    made: Mapping[str, MadeLot],
    damaged: Mapping[str, Set[str]],
    shard: tuple[int, int] = (1, 1),
) -> Plan:
    """Compare lots with what was made, by name, and with paths that aren't there as they were.

    `damaged` has those by lot. Of the targets of a lot only those of a part count.
    """
    whole: dict[str, MadeLot] = {}
    opened: list[tuple[Lot, Sequence[Target]]] = []
    for each in lots:
        known = made.get(each.name)
        if known and known.inputs == each.inputs and each.name not in damaged:
            whole[each.name] = known
        else:
            opened.append((each, part(each.targets(), *shard)))
    before = unpacked(lot for name, lot in made.items() if name not in whole)
    hurt = frozenset().union(*damaged.values())
    make: list[Work] = []
    keep: dict[str, Made] = {}
    replaced: dict[str, Made] = {}
    for target in (target for _, targets in opened for target in targets):
        known_target = before.pop(target.path, None)
        why = _why(target, known_target, hurt)
        if why:
            make.append(Work(target, why))
        if known_target:
            (replaced if why else keep)[target.path] = known_target
    # What is left of those before is no target any more.
    gone = tuple(sorted(before))
    return Plan(tuple(make), keep, gone, whole, tuple(opened), replaced | before)


def _why(target: Target, known: Made | None, damaged: Set[str]) -> Why | None:
    """Why a target is to be made; None where it isn't."""
    if known is None:
        return Why.NEW
    if target.path in damaged or (known.site is not None) != target.published:
        return Why.DAMAGED
    return Why.CHANGED if known.inputs != target.inputs else None


def pack(inputs: bytes, made: Mapping[str, Made]) -> MadeLot:
    """What was made of a lot of such inputs, by path, to be remembered."""
    return MadeLot(inputs, len(made), msgspec.Raw(_encode(made)))


def unpacked(lots: Iterable[MadeLot]) -> dict[str, Made]:
    """What was made of lots, by path; nothing of one that holds something else."""
    found: dict[str, Made] = {}
    for each in lots:
        with contextlib.suppress(msgspec.MsgspecError):
            found.update(_decode_made(each.packed))
    return found


def part(targets: Sequence[Target], number: int, of: int) -> Sequence[Target]:
    """One of several parts that together hold each published target once, and all the others.

    Goes by path, so a target stays in its part.
    """
    if of == 1:
        return targets
    return [each for each in targets if not each.published or is_in(each.path, number, of)]


def is_in(path: str, number: int, of: int) -> bool:
    """Whether a published target belongs to one of several parts, from 1."""
    return of == 1 or share(path, of) == number


def share(path: str, of: int) -> int:
    """Which of so many parts a path belongs to, from 1."""
    return int.from_bytes(blake2b(path.encode(), digest_size=4).digest(), "big") % of + 1
