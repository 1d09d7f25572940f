"""Work spread over processes: each item is done once, and groups stay together."""

from __future__ import annotations

import multiprocessing
import os
import resource
import signal
import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from itertools import chain
from types import SimpleNamespace

import pytest

from generator.core import parallel
from generator.core.errors import OutsideError
from tests.processes import below, is_running, kill, said_to_the_end, start, until

Item = tuple[str, str]


def group(item: Item) -> tuple[str, str]:
    name, number = item
    return name, number[:3]


def items_of(name: str, count: int) -> list[Item]:
    return [(name, f"{number:04}") for number in range(count)]


def test_a_group_is_in_one_part_and_parts_have_about_the_same_size() -> None:
    # Items of other groups alternate with those of the large one.
    others = [item for number in range(50) for item in items_of(f"other {number}", 1)]
    items = [item for pair in zip(items_of("tags", 50), others, strict=True) for item in pair]
    parts = parallel.shares(items, 2, group)
    assert Counter(chain(*parts)) == Counter(items)
    assert sorted(map(len, parts)) == [50, 50]
    assert any(set(items_of("tags", 50)) == set(part) for part in parts)


def test_a_group_larger_than_a_part_is_split_between_smaller_groups() -> None:
    items = items_of("tags", 400)
    parts = parallel.shares(items, 4, group)
    assert Counter(chain(*parts)) == Counter(items)
    assert list(map(len, parts)) == [100, 100, 100, 100]
    smaller = [{group(item) for item in part} for part in parts]
    assert sum(map(len, smaller)) == len(set().union(*smaller))


@pytest.mark.parametrize("jobs", [2, 3])
def test_each_item_is_done_once(jobs: int) -> None:
    items = items_of("tags", 97) + items_of("others", 3)
    assert Counter(parallel.spread(iter, items, jobs, few=1, group=group)) == Counter(items)


def test_a_process_that_is_done_takes_items_of_another() -> None:
    items = items_of("slow", 50) + items_of("quick", 50)
    begun, done = (multiprocessing.get_context("fork").Value("i", 0) for _ in range(2))

    def work(items: Iterable[Item]) -> Iterator[tuple[Item, int]]:
        for item in items:
            # The first of the slow ones begins before any quick one is done, and ends when all
            # are done that the other process could take.
            if item == ("slow", "0000"):
                begun.value = 1
                until(lambda: done.value >= 90)
            if item[0] == "quick":
                until(lambda: begun.value)
            with done.get_lock():
                done.value += 1
            yield item, os.getpid()

    found = dict(parallel.spread(work, items, 2, few=1, group=group))
    assert found.keys() == set(items)
    same_process = {item for item in items if found[item] == found["slow", "0000"]}
    assert same_process <= set(items_of("slow", 10))


def test_no_process_is_started_without_items() -> None:
    def count(items: Iterable[Item]) -> Iterator[int]:
        yield len(list(items))

    for items in (items_of("tags", 4), items_of("tags", 1)):
        assert list(parallel.spread(count, items, 3, few=1, group=group)) == [len(items)]
        assert list(map(len, parallel.shares(items, 8))) == [1] * len(items)
        assert sum(parallel.spread(count, items, 8, few=1)) == len(items)


def test_a_lost_process_is_an_error() -> None:
    here = os.getpid()

    def die(items: Iterable[Item]) -> Iterator[Item]:
        for item in items:
            if os.getpid() != here:
                os._exit(9)
            until(lambda: not multiprocessing.active_children())
            yield item

    with pytest.raises(OutsideError, match="ended early"):
        list(parallel.spread(die, items_of("tags", 100), 2, few=1, group=group))


def test_a_process_lost_while_it_hands_over_a_result_is_an_error() -> None:
    def large() -> bytes:
        signal.signal(signal.SIGALRM, signal.SIG_DFL)
        signal.setitimer(signal.ITIMER_REAL, 0.2)
        return b"-" * 50_000_000  # more than a pipe takes before anybody reads

    with parallel.beside(large, 2) as result:
        until(lambda: not multiprocessing.active_children())
        with pytest.raises(OutsideError, match="ended early"):
            result()


def spread_out() -> None:
    assert list(parallel.spread(list, range(10), jobs=2, few=0))


def do_beside() -> None:
    with parallel.beside(int, 2) as result:
        result()


@pytest.mark.parametrize("begin", [spread_out, do_beside])
def test_a_process_that_the_system_refuses_to_start_is_an_error(begin: Callable[[], None]) -> None:
    used, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (3, most))
    try:
        with pytest.raises(OutsideError, match=r"cannot start .*Too many open files.*ulimit -n"):
            begin()
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, (used, most))


def test_a_process_lost_while_it_takes_items_is_an_error(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    here = os.getpid()

    def write(sink: int, data: bytes) -> int:
        return os.write(sink, data) if os.getpid() == here else os._exit(9)

    def wait(items: Iterable[Item]) -> Iterator[Item]:
        for item in items:
            if os.getpid() == here:
                until(lambda: not multiprocessing.active_children())
            yield item

    monkeypatch.setattr(parallel, "os", SimpleNamespace(**vars(os) | {"write": write}))
    with pytest.raises(OutsideError, match="ended early"):
        list(parallel.spread(wait, items_of("tags", 100), 2, few=1, group=group))


# ---- processes that end with the one that started them

WORKING = """
    while True:
        time.sleep(0.01)
    yield
"""
FULL_PIPE = """
    # Results that fill the pipe: the other process waits until somebody reads them.
    while os.getpid() == here:
        time.sleep(0.01)
    for item in items:
        yield b"x" * 100_000
"""
NO_NUMBERS = """
    # This process keeps the numbers of what is left: the others wait for them.
    if os.getpid() == here:
        os.read(min(parallel_pipes()), 1000)
        taken.set()
        while True:
            time.sleep(0.01)
    taken.wait()
    yield from items
"""
SPREAD = """
import gc, multiprocessing, os, sys, time
from generator.core import parallel
here = os.getpid()
taken = multiprocessing.get_context("fork").Event()
def parallel_pipes():
    return [each._source for each in gc.get_objects() if isinstance(each, parallel._Left)]
def work(items):
{work}
print("ready", flush=True)
for _ in parallel.spread(work, range(1000), int(sys.argv[1]), few=1):
    pass
"""
BESIDE = """
import time
from generator.core import parallel
print("ready", flush=True)
with parallel.beside(lambda: time.sleep(3600), 2) as wait:
    with parallel.beside(lambda: time.sleep(3600), 2):
        wait()
"""
SCRIPTS = {
    "working": SPREAD.format(work=WORKING),
    "full pipe": SPREAD.format(work=FULL_PIPE),
    "no numbers": SPREAD.format(work=NO_NUMBERS),
    "beside": BESIDE,
}


@pytest.mark.parametrize("script", SCRIPTS)
def test_processes_end_with_the_one_that_started_them(script: str) -> None:
    process = start("3", script=SCRIPTS[script])
    others = until(lambda: [each for each in [below(process.pid)] if len(each) == 2])[0]
    time.sleep(0.2)  # so that they are where they wait
    process.kill()
    try:
        said, errors = said_to_the_end(process, seconds=20)
        assert (said, errors) == ("ready\n", "")
        until(lambda: not any(map(is_running, others)))
    finally:
        kill(*others)


def test_processes_end_when_one_of_them_and_the_one_that_started_them_are_killed() -> None:
    process = start("3", script=SCRIPTS["working"])
    others = until(lambda: [each for each in [below(process.pid)] if len(each) == 2])[0]
    process.send_signal(signal.SIGSTOP)  # it must not notice that another one is lost
    kill(others[0], process.pid)
    try:
        said_to_the_end(process, seconds=20)
        until(lambda: not any(map(is_running, others)))
    finally:
        kill(*others)


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGHUP], ids=lambda each: each.name)
def test_a_signal_to_all_processes_is_for_the_one_that_started_the_others(
    number: signal.Signals,
) -> None:
    """As Ctrl-C is in a terminal: it must not seem that a process was lost."""
    process = start("3", script=SCRIPTS["working"])
    others = until(lambda: [each for each in [below(process.pid)] if len(each) == 2])[0]
    time.sleep(0.2)
    for each in others:
        os.kill(each, number)
    time.sleep(0.2)
    assert all(map(is_running, others))
    process.kill()
    said_to_the_end(process, seconds=20)


def test_a_process_that_is_terminated_undoes_what_it_has_half_done() -> None:
    done = multiprocessing.get_context("fork").Value("i", 0)
    here = os.getpid()

    def work(items: Iterable[Item]) -> Iterator[Item]:
        for item in items:
            if os.getpid() == here:
                until(lambda: done.value == 1)
                raise OutsideError("enough")
            try:
                done.value = 1
                time.sleep(3600)
            finally:
                done.value = 2
            yield item

    with pytest.raises(OutsideError, match="enough"):
        list(parallel.spread(work, items_of("tags", 100), 2, few=1, group=group))
    assert done.value == 2


SIGNALLED = """
import multiprocessing, os, signal
from generator.core import interruption, parallel
interruption.catch()
os.register_at_fork(after_in_parent=lambda: os.kill(os.getpid(), signal.SIGTERM))
try:
    list(parallel.spread(list, range(1000), 2))
except KeyboardInterrupt as error:
    print(len(multiprocessing.active_children()), interruption.is_ctrl_c(error))
"""


def test_a_signal_while_a_process_starts_leaves_none_running() -> None:
    said, errors = said_to_the_end(start(script=SIGNALLED))
    assert (said, errors) == ("0 False\n", "")
