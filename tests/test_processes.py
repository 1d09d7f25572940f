"""Work spread over processes: nothing is lost, and what has much in common stays together."""

from __future__ import annotations

import os
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence

import pytest

from generator import processes
from generator.errors import OutsideError

Item = tuple[str, str]


def kin(item: Item) -> tuple[str, str]:
    family, name = item
    return family, name[:3]


def who(items: Sequence[Item]) -> Iterator[tuple[Item, int]]:
    return ((item, os.getpid()) for item in items)


def spread(items: Sequence[Item], jobs: int) -> dict[Item, int]:
    """Which process did each item."""
    found = list(processes.spread(who, items, jobs, few=1, kin=kin))
    assert Counter(item for item, _ in found) == Counter(items)
    return dict(found)


def of(family: str, count: int) -> list[Item]:
    return [(family, f"{number:04}") for number in range(count)]


def test_kin_goes_to_one_process_and_each_has_about_as_many() -> None:
    # Those of other families alternate with the large one.
    others = [item for number in range(50) for item in of(f"other {number}", 1)]
    items = [item for pair in zip(of("tags", 50), others, strict=True) for item in pair]
    found = spread(items, 2)
    assert len({found[item] for item in of("tags", 50)}) == 1
    assert sorted(Counter(found.values()).values()) == [50, 50]


def test_kin_of_more_than_a_process_s_share_is_parted_between_closest_kin() -> None:
    items = of("tags", 400)
    found = spread(items, 4)
    assert sorted(Counter(found.values()).values()) == [100, 100, 100, 100]
    closest = defaultdict(set)
    for item, process in found.items():
        closest[kin(item)].add(process)
    assert all(len(each) == 1 for each in closest.values())


def test_no_process_is_started_for_nothing() -> None:
    def count(items: Sequence[Item]) -> Iterator[int]:
        yield len(items)

    for items in (of("tags", 4), of("tags", 1)):
        assert list(processes.spread(count, items, 3, few=1, kin=kin)) == [len(items)]
        alone = list(processes.spread(count, items, 8, few=1))
        assert sum(alone) == len(items)
        assert 0 not in alone


def test_a_process_that_is_lost_is_told() -> None:
    def die(items: Sequence[Item]) -> Iterator[Item]:
        yield items[0]
        os._exit(9)

    with pytest.raises(OutsideError, match="ended early"):
        list(processes.spread(die, of("tags", 4), 2, few=1, kin=kin))
