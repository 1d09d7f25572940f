"""Decides what a build makes, keeps and removes; does none of it.

Takes targets in batches (each with a digest of its inputs), the records of the previous build and
what differs on the disk; gives a `Plan`, which is data. A batch whose digest is the same isn't
opened, so the work grows with what changed, not with the archive. Whatever is uncertain is made
again. Does no I/O.
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
    """Size and time of a file, to check cheaply whether it was changed."""

    size: int
    """Bytes."""
    mtime: int
    """Nanoseconds."""


class TargetRecord(Struct, frozen=True, array_like=True, gc=False):
    """What a build wrote for a target. There are very many."""

    inputs: bytes
    docs: FileStat
    site: FileStat | None
    """None for a file that isn't published."""


_decode_made = msgspec.msgpack.Decoder(dict[str, TargetRecord]).decode


class BatchRecord(Struct, frozen=True, array_like=True, gc=False):
    """What a build wrote for a batch, packed as MessagePack: most of it is never looked at."""

    inputs: bytes
    count: int
    """Of targets."""
    packed: msgspec.Raw
    """`TargetRecord`s by path."""


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
    """What a build makes, keeps and removes."""

    make: tuple[Work, ...]
    keep: Mapping[str, TargetRecord]
    """Unchanged targets of opened batches, by path."""
    remove: tuple[str, ...]
    """Paths of files that are no longer targets, in order."""
    whole: Mapping[str, BatchRecord] = {}
    """Unchanged batches, by name."""
    opened: tuple[tuple[Batch, Sequence[Target]], ...] = ()
    """All other batches, with their targets."""
    replaced: Mapping[str, TargetRecord] = {}
    """Records of files that are removed or made again, by path."""

    @property
    def made(self) -> frozenset[str]:
        """Paths of the targets to make."""
        return frozenset(work.target.path for work in self.make)

    @property
    def changed(self) -> frozenset[str]:
        """Paths of those whose inputs changed, and whose files are as they were written."""
        return frozenset(work.target.path for work in self.make if work.why is Reason.CHANGED)

    @property
    def kept(self) -> int:
        """How many targets stay as they are."""
        return len(self.keep) + sum(each.count for each in self.whole.values())

    def batches(self, made: Mapping[str, TargetRecord]) -> dict[str, BatchRecord]:
        """Records of all batches once the plan is carried out; `made` has the new ones by path."""
        now = {**self.keep, **made}
        return {
            **self.whole,
            **{
                batch.name: pack(batch.inputs, {each.path: now[each.path] for each in targets})
                for batch, targets in self.opened
            },
        }


def decide(
    batches: Iterable[Batch],
    records: Mapping[str, BatchRecord],
    damaged: Mapping[str, Set[str]],
    shard: tuple[int, int] = (1, 1),
) -> Plan:
    """Compare batches with the records of the previous build, and with damaged files.

    `records` and `damaged` are by the batch's name. Only targets of the shard count.
    """
    whole: dict[str, BatchRecord] = {}
    opened: list[tuple[Batch, Sequence[Target]]] = []
    for each in batches:
        known = records.get(each.name)
        if known and known.inputs == each.inputs and each.name not in damaged:
            whole[each.name] = known
        else:
            opened.append((each, in_shard(each.targets(), *shard)))
    before = unpacked(each for name, each in records.items() if name not in whole)
    all_damaged = frozenset().union(*damaged.values())
    make: list[Work] = []
    keep: dict[str, TargetRecord] = {}
    replaced: dict[str, TargetRecord] = {}
    for target in (target for _, targets in opened for target in targets):
        known_target = before.pop(target.path, None)
        why = _reason(target, known_target, all_damaged)
        if why:
            make.append(Work(target, why))
        if known_target:
            (replaced if why else keep)[target.path] = known_target
    # Records that no target took are of files that are no longer targets.
    gone = tuple(sorted(before))
    return Plan(tuple(make), keep, gone, whole, tuple(opened), replaced | before)


def _reason(target: Target, known: TargetRecord | None, damaged: Set[str]) -> Reason | None:
    """Why a target is made; None if it is kept."""
    if known is None:
        return Reason.NEW
    if target.path in damaged or (known.site is not None) != target.published:
        return Reason.DAMAGED
    return Reason.CHANGED if known.inputs != target.inputs else None


def pack(inputs: bytes, records: Mapping[str, TargetRecord]) -> BatchRecord:
    """The record of a batch with these inputs, from the records of its targets by path."""
    return BatchRecord(inputs, len(records), msgspec.Raw(encode(records)))


def unpacked(batches: Iterable[BatchRecord]) -> dict[str, TargetRecord]:
    """The records of targets in batches, by path; a batch that can't be decoded gives none."""
    found: dict[str, TargetRecord] = {}
    for each in batches:
        with contextlib.suppress(msgspec.MsgspecError):
            found.update(_decode_made(each.packed))
    return found


def in_shard(targets: Sequence[Target], number: int, of: int) -> Sequence[Target]:
    """The targets of one shard; each published target is in one, the others are in all.

    The path decides, so a target stays in its shard.
    """
    if of == 1:
        return targets
    return [each for each in targets if not each.published or is_in(each.path, number, of)]
