"""What has to be made again, decided from what things depend on; nothing is done here.

Takes targets (each with a digest of all its inputs) in lots (each with a digest of all of them),
what an earlier build made, and what is found on the disk now; gives a `Plan`, which is data. Of a
lot that is as it was nothing more is looked at, so what a build decides on grows with what changed.
Whatever is uncertain is made again. Does no I/O.
"""

from __future__ import annotations

import contextlib
from collections.abc import Iterable, Mapping, Sequence, Set
from enum import Enum
from typing import NamedTuple

import msgspec
from msgspec import Struct

from generator.core.target import Batch, Target, encode, is_in


class FileStat(Struct, frozen=True, array_like=True, gc=False):
    """What tells cheaply whether a file is the one that was written."""

    size: int
    """Bytes."""
    mtime: int
    """Nanoseconds."""


class TargetRecord(Struct, frozen=True, array_like=True, gc=False):
    """What an earlier build made of a target. There are very many."""

    inputs: bytes
    docs: FileStat
    site: FileStat | None
    """None for what has no place on the site."""


_decode_made = msgspec.msgpack.Decoder(dict[str, TargetRecord]).decode


class BatchRecord(Struct, frozen=True, array_like=True, gc=False):
    """What an earlier build made of a lot; as MessagePack, since most of it is never looked at."""

    inputs: bytes
    count: int
    """Of targets."""
    packed: msgspec.Raw


class Reason(Enum):
    """Why a target is made."""

    NEW = "new"
    CHANGED = "changed"
    DAMAGED = "its file is missing or not as it was written"


class Work(NamedTuple):
    """A target to make, and the reason."""

    target: Target
    why: Reason


class Plan(Struct, frozen=True):
    """What a build is to do."""

    make: tuple[Work, ...]
    keep: Mapping[str, TargetRecord]
    """Targets that stay as they were made, by path, of lots that don't."""
    remove: tuple[str, ...]
    """Paths of targets that are no more, in order."""
    whole: Mapping[str, BatchRecord] = {}
    """Lots of which all stays as it was made, by name."""
    opened: tuple[tuple[Batch, Sequence[Target]], ...] = ()
    """All others, and the targets they have."""
    replaced: Mapping[str, TargetRecord] = {}
    """What was made before of targets that are removed or made again, by path."""

    @property
    def made(self) -> frozenset[str]:
        """Paths of the targets to make."""
        return frozenset(work.target.path for work in self.make)

    @property
    def changed(self) -> frozenset[str]:
        """Paths of those whose files are as they were written, but of other inputs."""
        return frozenset(work.target.path for work in self.make if work.why is Reason.CHANGED)

    @property
    def kept(self) -> int:
        """How many targets stay as they were made."""
        return len(self.keep) + sum(lot.count for lot in self.whole.values())

    def batches(self, made: Mapping[str, TargetRecord]) -> dict[str, BatchRecord]:
        """What there is once the plan is carried out, given what it made, by path."""
        now = {**self.keep, **made}
        return {
            **self.whole,
            **{
                lot.name: pack(lot.inputs, {each.path: now[each.path] for each in targets})
                for lot, targets in self.opened
            },
        }


def decide(
    lots: Iterable[Batch],
    made: Mapping[str, BatchRecord],
    damaged: Mapping[str, Set[str]],
    shard: tuple[int, int] = (1, 1),
) -> Plan:
    """Compare lots with what was made, by name, and with paths that aren't there as they were.

    `damaged` has those by lot. Of the targets of a lot only those of a part count.
    """
    whole: dict[str, BatchRecord] = {}
    opened: list[tuple[Batch, Sequence[Target]]] = []
    for each in lots:
        known = made.get(each.name)
        if known and known.inputs == each.inputs and each.name not in damaged:
            whole[each.name] = known
        else:
            opened.append((each, part(each.targets(), *shard)))
    before = unpacked(lot for name, lot in made.items() if name not in whole)
    hurt = frozenset().union(*damaged.values())
    make: list[Work] = []
    keep: dict[str, TargetRecord] = {}
    replaced: dict[str, TargetRecord] = {}
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


def _why(target: Target, known: TargetRecord | None, damaged: Set[str]) -> Reason | None:
    """Why a target is to be made; None where it isn't."""
    if known is None:
        return Reason.NEW
    if target.path in damaged or (known.site is not None) != target.published:
        return Reason.DAMAGED
    return Reason.CHANGED if known.inputs != target.inputs else None


def pack(inputs: bytes, made: Mapping[str, TargetRecord]) -> BatchRecord:
    """What was made of a lot of such inputs, by path, to be remembered."""
    return BatchRecord(inputs, len(made), msgspec.Raw(encode(made)))


def unpacked(lots: Iterable[BatchRecord]) -> dict[str, TargetRecord]:
    """What was made of lots, by path; nothing of one that holds something else."""
    found: dict[str, TargetRecord] = {}
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
