"""Work spread over this process and others that share its memory as it stands (fork).

Takes a function and items, gives its results as they come, in no certain order. Who has done its
part takes from another's, so all end at about the same time. Where a system can't fork, or for few
items, all is done here.
"""

from __future__ import annotations

import contextlib
import multiprocessing
import os
from collections.abc import Callable, Hashable, Iterable, Iterator, Sequence
from itertools import islice
from multiprocessing.connection import Connection, wait
from select import select
from struct import Struct
from typing import Any, Generic, NamedTuple, TypeVar, cast

from generator.core.errors import OutsideError

T = TypeVar("T")
R = TypeVar("R")

Work = Callable[[Iterable[T]], Iterable[R]]
"""Gives results of items, one item after another."""
Kin = Callable[[T], tuple[Hashable, Hashable]]
"""Whom an item belongs to, and whom most closely, where that is too many for one process."""
FEW = 200
"""Fewer items are done in less time than it takes to start processes."""
_MORE = 1.25
"""So many times its share one process gets rather than have kin parted."""
_TAKEN = 4
"""Items that a process takes at once."""
_REPORT = 200
"""Results that a process hands over at once."""
_PATIENCE = 1.0
"""Seconds to wait for another process, to take items, before looking whether it lives."""
_LOST = "a process ended early, perhaps for want of memory: pass --jobs 1, or free some memory"


def spread(
    work: Work[T, R],
    items: Sequence[T],
    jobs: int,
    few: int = FEW,
    kin: Kin[T] | None = None,
) -> Iterator[R]:
    """Results of `work` for all items, each process doing a part and then some of others' parts.

    Items of the same `kin`, which have much in common, are in the same part. Raises what `work`
    raises, and OutsideError where a process is lost.
    """
    if jobs < 2 or len(items) < few or not hasattr(os, "fork"):
        yield from work(items)
        return
    parts = shares(items, jobs, kin)
    with contextlib.closing(_Left(parts)) as left, contextlib.ExitStack() as stack:
        others = [
            stack.enter_context(_started(work, left.items(number)))
            for number in range(1, len(parts))
        ]
        waiting = [other.pipe for other in others]
        results = iter(work(left.items(0, others)))
        while part := list(islice(results, _REPORT)):
            yield from part
            yield from _gather(waiting, timeout=0)
        yield from _gather(waiting)


def shares(items: Sequence[T], jobs: int, kin: Kin[T] | None = None) -> list[Sequence[T]]:
    """Parts of about as many items for so many processes or fewer, none of them empty."""
    if kin is None:
        return [items[number::jobs] for number in range(min(jobs, len(items)))]
    most = len(items) / jobs * _MORE
    families: list[list[T]] = []
    for family in _together(items, lambda item: kin(item)[0]):
        families.extend([family] if len(family) <= most else _together(family, kin))
    parts: list[list[T]] = [[] for _ in range(jobs)]
    for family in sorted(families, key=len, reverse=True):
        min(parts, key=len).extend(family)
    return [part for part in parts if part]


class _Left(Generic[T]):
    """What nobody has begun of several parts: for each, the numbers of its first and its end.

    They stand in a pipe, from which only one process can read them, and which has none until that
    one writes them back.
    """

    def __init__(self, parts: Sequence[Sequence[T]]) -> None:
        self._parts = parts
        self._form = Struct(f"{2 * len(parts)}I")
        self._source, self._sink = os.pipe()
        self._write([end for part in parts for end in (0, len(part))])

    def items(self, part: int, others: Sequence[_Other] = ()) -> Iterator[T]:
        """Those of a part from its first on, then the last of others that have most left.

        Raises OutsideError where one of the `others` took the numbers with it when it ended.
        """
        while taken := self._take(part, others):
            yield from taken

    def close(self) -> None:
        """Leave it to the others."""
        os.close(self._source)
        os.close(self._sink)

    def _take(self, part: int, others: Sequence[_Other]) -> Sequence[T]:
        while others and not select([self._source], [], [], _PATIENCE)[0]:
            if any(other.process.exitcode for other in others):
                raise OutsideError(_LOST)
        ends = list(self._form.unpack(os.read(self._source, self._form.size)))
        firsts, lasts = ends[::2], ends[1::2]
        if firsts[part] == lasts[part]:
            part = max(range(len(firsts)), key=lambda each: lasts[each] - firsts[each])
            first = max(firsts[part], lasts[part] - _TAKEN)
            end = ends[2 * part + 1]
            ends[2 * part + 1] = first
        else:
            first = firsts[part]
            end = ends[2 * part] = min(first + _TAKEN, lasts[part])
        self._write(ends)
        return self._parts[part][first:end]

    def _write(self, ends: Sequence[int]) -> None:
        os.write(self._sink, self._form.pack(*ends))


def _together(items: Iterable[T], key: Callable[[T], Hashable]) -> Iterable[list[T]]:
    """Items of the same key."""
    found: dict[Hashable, list[T]] = {}
    for item in items:
        found.setdefault(key(item), []).append(item)
    return found.values()


@contextlib.contextmanager
def beside(work: Callable[[], R], jobs: int) -> Iterator[Callable[[], R]]:
    """Begin one piece of work in a process beside this one; gives what waits for its result.

    Raises as `spread` does. With one job the work is done when its result is asked for.
    """
    if jobs < 2 or not hasattr(os, "fork"):
        yield work
        return
    with _started(lambda _: [work()], ()) as other:
        yield lambda: next(_gather([other.pipe]))


class _Other(NamedTuple):
    """A process that was started."""

    process: Any
    pipe: Connection
    """From which its results come."""


@contextlib.contextmanager
def _started(work: Work[T, R], items: Iterable[T]) -> Iterator[_Other]:
    """A process that does some work; it is ended in the end, whatever it does."""
    context: Any = multiprocessing.get_context("fork")
    ours, theirs = context.Pipe(duplex=False)
    process = context.Process(target=_run, args=(work, items, theirs), daemon=True)
    process.start()
    theirs.close()
    try:
        yield _Other(process, ours)
    finally:
        process.terminate()
        process.join()
        ours.close()


def _gather(pipes: list[Connection], timeout: float | None = None) -> Iterator[Any]:
    """What processes hand over, until all are done or nothing came for so many seconds.

    Takes the pipes of those that are done out of the list.
    """
    while pipes and (ready := wait(pipes, timeout)):
        for each in ready:
            pipe = cast("Connection", each)
            try:
                told = pipe.recv()
            except EOFError:
                raise OutsideError(_LOST) from None
            if isinstance(told, BaseException):
                raise told
            if told is None:
                pipes.remove(pipe)
            else:
                yield from told


def _run(work: Work[T, R], items: Iterable[T], pipe: Connection) -> None:
    """In a process: hand over results now and then, and None at the end."""
    try:
        results = iter(work(items))
        while part := list(islice(results, _REPORT)):
            pipe.send(part)
        pipe.send(None)
    except KeyboardInterrupt:
        pass
    except BaseException as error:  # noqa: BLE001 - whatever it is, the parent raises it
        pipe.send(error)
