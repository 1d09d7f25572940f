"""Work spread over processes that share this one's memory as it stands (fork).

Takes a function and items, gives its results as they come, in no certain order. Where a system
can't fork, or for few items, all is done here.
"""

from __future__ import annotations

import contextlib
import multiprocessing
import os
from collections.abc import Callable, Hashable, Iterable, Iterator, Sequence
from itertools import islice
from multiprocessing.connection import Connection, wait
from typing import Any, TypeVar, cast

from generator.errors import OutsideError

T = TypeVar("T")
R = TypeVar("R")

Kin = Callable[[T], tuple[Hashable, Hashable]]
"""Whom an item belongs to, and whom most closely, where that is too many for one process."""
FEW = 200
"""Fewer items are done in less time than it takes to start processes."""
_MORE = 1.25
"""So many times its share one process does rather than have kin parted."""
_REPORT = 200
"""Results that a process hands over at once."""


def spread(
    work: Callable[[Sequence[T]], Iterable[R]],
    items: Sequence[T],
    jobs: int,
    few: int = FEW,
    kin: Kin[T] | None = None,
) -> Iterator[R]:
    """Results of `work` for all items, each process with about as many of them.

    Items of the same `kin`, which have much in common, go to the same process. Raises what `work`
    raises, and OutsideError where a process is lost.
    """
    if jobs < 2 or len(items) < few or not hasattr(os, "fork"):
        yield from work(items)
        return
    context: Any = multiprocessing.get_context("fork")
    running = []
    for part in _parts(items, jobs, kin):
        ours, theirs = context.Pipe(duplex=False)
        process = context.Process(target=_run, args=(work, part, theirs), daemon=True)
        process.start()
        theirs.close()
        running.append((process, ours))
    try:
        yield from _gather([pipe for _, pipe in running])
    finally:
        for process, pipe in running:
            process.terminate()
            process.join()
            pipe.close()


def _parts(items: Sequence[T], jobs: int, kin: Kin[T] | None) -> Sequence[Sequence[T]]:
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
    context: Any = multiprocessing.get_context("fork")
    ours, theirs = context.Pipe(duplex=False)
    process = context.Process(target=_run, args=(lambda _: [work()], (), theirs), daemon=True)
    process.start()
    theirs.close()
    try:
        yield lambda: next(_gather([ours]))
    finally:
        process.terminate()
        process.join()
        ours.close()


def _gather(pipes: list[Connection]) -> Iterator[Any]:
    waiting: list[Any] = list(pipes)
    while waiting:
        for ready in wait(waiting):
            pipe = cast("Connection", ready)
            try:
                told = pipe.recv()
            except EOFError:
                raise OutsideError(
                    "a process ended early, perhaps for want of memory: "
                    "pass --jobs 1, or free some memory"
                ) from None
            if isinstance(told, BaseException):
                raise told
            if told is None:
                waiting.remove(ready)
            else:
                yield from told


def _run(work: Callable[[Sequence[T]], Iterable[R]], items: Sequence[T], pipe: Connection) -> None:
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
