"""Work spread over processes that share this one's memory (fork).

Takes a function and items, gives its results as they come, in no certain order. A process that has
finished its part takes items from another's, so all end at about the same time. If the system can't
fork, or for few items, this process does everything. However this process ends, the others end with
it: they hold the other end of a pipe.
"""

from __future__ import annotations

import contextlib
import multiprocessing
import os
import signal
import threading
from collections.abc import Callable, Hashable, Iterable, Iterator, Sequence
from itertools import islice
from multiprocessing.connection import Connection, wait
from select import select
from struct import Struct
from typing import Any, Generic, NamedTuple, TypeVar, cast

from generator.core import interruption
from generator.core.errors import OutsideError
from generator.core.files import outside

T = TypeVar("T")
R = TypeVar("R")

Work = Callable[[Iterable[T]], Iterable[R]]
"""Gives results of items, one item after another."""
Group = Callable[[T], tuple[Hashable, Hashable]]
"""The group of an item, and a smaller group in it, used if the group is too large for a process."""
FEW = 200
"""Fewer items are done in less time than starting processes takes."""
_MORE = 1.25
"""A process gets up to this many times its share rather than split a group."""
_TAKEN = 4
"""Items that a process takes at once."""
_REPORT = 200
"""Results that a process hands over at once."""
_PATIENCE = 1.0
"""Seconds to wait for another process to take items, before checking that it still runs."""
_TIDYING = 5.0
"""Seconds that a process has to end what it does when it is terminated."""
_SIGNALLED = 0.2
"""Seconds in which a signal to all processes of a command reaches each of them."""
_STARTING = "cannot start another process"
_LOST = "a process ended early, perhaps for want of memory: pass --jobs 1, or free some memory"


def spread(
    work: Work[T, R],
    items: Sequence[T],
    jobs: int,
    few: int = FEW,
    group: Group[T] | None = None,
) -> Iterator[R]:
    """Results of `work` for all items; each process does its part, and then items of other parts.

    Items of one group (`group`) are in one part. Raises what `work` raises, and OutsideError if a
    process can't be started or is lost.
    """
    if jobs < 2 or len(items) < few or not hasattr(os, "fork"):
        yield from work(items)
        return
    parts = shares(items, jobs, group)
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


def shares(items: Sequence[T], jobs: int, group: Group[T] | None = None) -> list[Sequence[T]]:
    """At most this many parts of about the same size, none of them empty."""
    if group is None:
        return [items[number::jobs] for number in range(min(jobs, len(items)))]
    max_size = len(items) / jobs * _MORE
    groups: list[list[T]] = []
    for members in _together(items, lambda item: group(item)[0]):
        groups.extend([members] if len(members) <= max_size else _together(members, group))
    parts: list[list[T]] = [[] for _ in range(jobs)]
    for members in sorted(groups, key=len, reverse=True):
        min(parts, key=len).extend(members)
    return [part for part in parts if part]


class _Left(Generic[T]):
    """The items of each part that no process has taken yet: for each part, its first and its end.

    The numbers are in a pipe. A process that reads them has the only copy until it writes it back.
    """

    def __init__(self, parts: Sequence[Sequence[T]]) -> None:
        self._parts = parts
        self._form = Struct(f"{2 * len(parts)}I")
        with outside(_STARTING):
            self._source, self._sink = os.pipe()
        self._write([end for part in parts for end in (0, len(part))])

    def items(self, part: int, others: Sequence[_Other] = ()) -> Iterator[T]:
        """Items of the part from its first on, then the last items of the part with most left.

        Raises OutsideError if one of the `others` ended while it had the numbers.
        """
        while taken := self._take(part, others):
            yield from taken

    def close(self) -> None:
        """Leave the rest to the other processes."""
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
    """Lists of items with the same key."""
    found: dict[Hashable, list[T]] = {}
    for item in items:
        found.setdefault(key(item), []).append(item)
    return found.values()


@contextlib.contextmanager
def beside(
    work: Callable[[], R], jobs: int, *, starts_programs: bool = False
) -> Iterator[Callable[[], R]]:
    """Start one piece of work in another process; gives a function that waits for its result.

    Raises as `spread` does. With one job, the work is done when its result is asked for. Programs
    that the work starts end with it (`starts_programs`).
    """
    if jobs < 2 or not hasattr(os, "fork"):
        yield work
        return
    with _started(lambda _: [work()], (), leads_group=starts_programs) as other:
        yield lambda: next(_gather([other.pipe]))


class _Other(NamedTuple):
    """A process that was started."""

    process: Any
    pipe: Connection
    """Delivers its results."""


@contextlib.contextmanager
def _started(
    work: Work[T, R], items: Iterable[T], *, leads_group: bool = False
) -> Iterator[_Other]:
    """A process that does some work; it is terminated at the end, whatever it does.

    If it leads a group, the programs that it starts are in the group, and end with it.
    """
    context: Any = multiprocessing.get_context("fork")
    with outside(_STARTING):
        ours, theirs = context.Pipe(duplex=False)
        _life.open()
    process = context.Process(target=_run, args=(work, items, theirs, leads_group), daemon=True)
    # Signals wait until the other process deals with them in its own way. One that came meanwhile
    # is raised as soon as they are let through, when there is a process to end.
    before = signal.pthread_sigmask(signal.SIG_BLOCK, interruption.SIGNALS)
    try:
        try:
            with outside(_STARTING):
                process.start()
        finally:
            signal.pthread_sigmask(signal.SIG_SETMASK, before)
        theirs.close()
        yield _Other(process, ours)
    finally:
        if process.pid is not None:
            _end(process, leads_group)
        ours.close()


def _end(process: Any, leads_group: bool) -> None:
    """Terminate a process, with its group if it leads one, and wait for its end."""
    process.terminate()
    wait([process.sentinel], _TIDYING)
    if leads_group:  # its number can't be another's until it is joined
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(process.pid, signal.SIGKILL)
    process.kill()
    process.join()


class _Life:
    """A pipe that nobody writes to: once no process holds the end to write to, the other end ends.

    Only the process that started the others holds it, so they learn of its end even if it is
    killed. Processes of that process alone: each has a pipe for those that it starts itself.
    """

    def __init__(self) -> None:
        self._ends: tuple[int, int] | None = None

    def open(self) -> None:
        """Before a process is started: make the pipe, once."""
        if self._ends is None:
            self._ends = os.pipe()

    def follow(self) -> None:
        """In a process that was started: end as soon as the one that started it has ended."""
        if self._ends is None:
            return
        source, sink = self._ends
        self._ends = None
        os.close(sink)
        threading.Thread(target=self._end_with, args=(source,), daemon=True).start()

    @staticmethod
    def _end_with(source: int) -> None:
        os.read(source, 1)
        if os.getpgrp() == os.getpid():  # with the programs that were started here
            os.killpg(0, signal.SIGKILL)
        os._exit(1)


_life = _Life()


def _gather(pipes: list[Connection], timeout: float | None = None) -> Iterator[Any]:
    """Results that processes hand over, until all have finished or none came for `timeout` seconds.

    Removes the pipes of finished processes from the list.
    """
    while pipes and (ready := wait(pipes, timeout)):
        for each in ready:
            pipe = cast("Connection", each)
            try:
                received = pipe.recv()
            except (EOFError, OSError):  # at the end of a result, or within one
                select([], [], [], _SIGNALLED)  # a signal that ended it may be on its way here
                raise OutsideError(_LOST) from None
            if isinstance(received, BaseException):
                raise received
            if received is None:
                pipes.remove(pipe)
            else:
                yield from received


def _run(work: Work[T, R], items: Iterable[T], pipe: Connection, leads_group: bool) -> None:
    """In the other process: hand over results now and then, and None at the end."""
    code = 1
    try:
        if leads_group:
            os.setpgid(0, 0)
        _life.follow()
        interruption.only_terminate()
        try:
            results = iter(work(items))
            while part := list(islice(results, _REPORT)):
                pipe.send(part)
            pipe.send(None)
        except KeyboardInterrupt:
            raise
        except BaseException as error:  # noqa: BLE001 - whatever it is, the parent raises it
            pipe.send(error)
        code = 0
    finally:
        # At once: what else there is to end belongs to the process that started this one.
        os._exit(code)
