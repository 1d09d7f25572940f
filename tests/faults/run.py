"""Chooses tries, runs them in several processes, and makes the table."""

from __future__ import annotations

import random
import re
import sys
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from itertools import product
from multiprocessing import get_context
from multiprocessing.util import Finalize
from pathlib import Path

from tests.faults import mail
from tests.faults.attacks import ATTACKS, Point, Prepared, SameTimes
from tests.faults.process import end_with_parent, load_libraries
from tests.faults.scenarios import SCENARIOS


@dataclass(frozen=True)
class Try:
    """One attack on one scenario at one point."""

    scenario: str
    attack: str
    point: str

    def __str__(self) -> str:
        return f"{self.scenario} {self.attack} {self.point}"


@dataclass(frozen=True)
class Outcome:
    """What came of a try."""

    of: Try
    complaints: tuple[str, ...]
    at: str = ""
    """The operation that was attacked."""


@dataclass(frozen=True)
class Only:
    """What is wanted: scenarios, attacks, and points, if only some are."""

    scenarios: tuple[str, ...]
    attacks: tuple[str, ...]
    points: frozenset[str]

    @classmethod
    def of(cls, words: Sequence[str]) -> Only:
        """What these words name; raises ValueError for one that is neither a name nor a point."""
        named = [word for word in words if word in SCENARIOS or word in ATTACKS]
        points = frozenset(word for word in words if word not in named)
        for word in points:
            if not re.search(r"[0-9:]", word) and word not in _NAMED_POINTS:
                raise ValueError(f"there is no scenario or attack '{word}'")
        return cls(
            tuple(word for word in named if word in SCENARIOS) or tuple(SCENARIOS),
            tuple(word for word in named if word in ATTACKS) or tuple(ATTACKS),
            points,
        )


def sampled(points: Sequence[Point], most: int, chance: random.Random) -> list[str]:
    """Points of as many kinds as possible; all of them if they are few enough."""
    if len(points) <= most:
        return [each.name for each in points]
    kinds: defaultdict[str, list[Point]] = defaultdict(list)
    for each in points:
        kinds[each.kind].append(each)
    groups = list(kinds.values())
    chance.shuffle(groups)
    for group in groups:
        chance.shuffle(group)
    chosen: list[Point] = []
    while len(chosen) < most:
        for group in groups:
            if group and len(chosen) < most:
                chosen.append(group.pop())
    order = {each.name: number for number, each in enumerate(points)}
    return sorted((each.name for each in chosen), key=order.__getitem__)


def tries(most: int, seed: int, only: Only, every: int = 1) -> Iterator[Try]:
    """All tries that are wanted, at most so many of an attack on a scenario, times its weight.

    Each attack is made on every nth of the scenarios that it is about (`every`), the next attack
    begins with the next of them.
    """
    for number, name in enumerate(only.attacks):
        attack = ATTACKS[name]
        points = {each: attack.points(_prepared[each]) for each in only.scenarios}
        places = [each for each in only.scenarios if points[each]]
        for scenario in places[number % min(every, len(places) or 1) :: every]:
            if only.points:
                chosen = [each.name for each in points[scenario] if each.name in only.points]
            else:
                chance = random.Random(f"{seed} {scenario} {name}")
                chosen = sampled(points[scenario], most * attack.weight, chance)
            yield from (Try(scenario, name, point) for point in chosen)


_NAMED_POINTS = frozenset({*SameTimes.EDITS, *map("".join, product("ABNF", repeat=4))})
_prepared: dict[str, Prepared] = {}
"""By name of the scenario; processes that make tries inherit it."""


def _attempt(each: Try) -> Outcome:
    """Make one try; runs in a process of its own."""
    attack, on = ATTACKS[each.attack], _prepared[each.scenario]
    complaints = tuple(attack.attempt(on, each.point))
    at = attack.describe(on, each.point) if complaints else ""
    return Outcome(each, complaints, at)


def _begin() -> None:
    """In a new process: it looks after processes that lose their parent, and ends its server."""
    end_with_parent()
    load_libraries()
    Finalize(None, mail.close, exitpriority=1)


def outcomes(
    root: Path, most: int, seed: int, only: Only, every: int, jobs: int
) -> Iterator[Outcome]:
    """Prepare what is wanted, and make all tries."""
    load_libraries()
    order = {name: number for number, name in enumerate(only.scenarios)}
    _prepared.clear()
    for name in only.scenarios:
        _prepared[name] = Prepared(SCENARIOS[name], root)
    mail.close()
    todo = sorted(tries(most, seed, only, every), key=lambda each: order[each.scenario])
    if jobs == 1 or len(todo) < 2:
        yield from map(_attempt, todo)
        mail.close()
        return
    with ProcessPoolExecutor(jobs, get_context("fork"), initializer=_begin) as pool:
        yield from pool.map(_attempt, todo, chunksize=1)


def table(found: Iterable[Outcome]) -> str:
    """Attacks by scenarios: tries, and failures if there are any; in Markdown."""
    tried: Counter[tuple[str, str]] = Counter()
    failed: Counter[tuple[str, str]] = Counter()
    for each in found:
        place = (each.of.attack, each.of.scenario)
        tried[place] += 1
        failed[place] += bool(each.complaints)
    attacks = [name for name in ATTACKS if any(place[0] == name for place in tried)]
    lines = ["| attack | scenarios | tries | failures |", "|---|---|---:|---:|"]
    for attack in attacks:
        places = [place for place in tried if place[0] == attack]
        names = [
            f"{scenario} {failed[(attack, scenario)]}/{tried[(attack, scenario)]}"
            if failed[(attack, scenario)]
            else scenario
            for _, scenario in places
        ]
        count, bad = sum(tried[each] for each in places), sum(failed[each] for each in places)
        lines.append(f"| {attack} | {', '.join(names)} | {count:,} | {bad:,} |")
    lines.append(f"| **all** | | {tried.total():,} | {failed.total():,} |")
    return "\n".join(lines)


def report(each: Outcome, seed: int) -> None:
    """Print a failure, with the way to run just this try."""
    at = f", at: {each.at}" if each.at else ""
    sys.stdout.write(f"\nFAILED {each.of} (seed {seed}{at})\n")
    for complaint in each.complaints[:8]:
        sys.stdout.write(f"    {complaint}\n")
    sys.stdout.write(f'    again: make faults ONLY="{each.of}"\n')
    sys.stdout.flush()
