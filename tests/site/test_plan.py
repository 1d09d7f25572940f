"""What a build decides to do, as data: nothing here is made, and no file looked at."""

from __future__ import annotations

from collections.abc import Mapping, Sequence, Set
from datetime import date
from itertools import permutations

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from generator.core.target import Batch, PreviousFiles, Target, batch, batches, digest, is_in
from generator.site import plan
from generator.site.plan import BatchRecord, FileStat, Plan, Reason, TargetRecord
from tests.archives import paper

SOME = FileStat(1, 1)
NAMES = st.sampled_from([f"papers/{number}.md" for number in range(6)] + ["rss.xml", ".settings"])
INPUTS = st.dictionaries(NAMES, st.sampled_from([b"1", b"2"]))


def refuse() -> bytes:
    raise AssertionError("a decision makes nothing")


def target(path: str, inputs: bytes = b"1", *, published: bool = True) -> Target:
    return Target(path, inputs, refuse, published)


def made(inputs: bytes = b"1", *, published: bool = True) -> TargetRecord:
    return TargetRecord(inputs, SOME, SOME if published else None)


def decide(
    targets: Sequence[Target],
    known: Mapping[str, TargetRecord],
    damaged: Set[str] = frozenset(),
    shard: tuple[int, int] = (1, 1),
) -> Plan:
    """Decide on targets of one lot, which isn't what it was."""
    before = {"one": plan.pack(b"before", known)} if known else {}
    return plan.decide([Batch("one", b"now", lambda: targets)], before, {"one": damaged}, shard)


def test_a_target_that_is_as_it_was_is_kept() -> None:
    known = {"a.md": made(), ".settings": made(published=False)}
    decided = decide([target("a.md"), target(".settings", published=False)], known)
    assert (decided.make, decided.keep, decided.remove, decided.kept) == ((), known, (), 2)


@pytest.mark.parametrize(
    ("before", "damaged", "why"),
    [
        ({}, set(), Reason.NEW),
        ({"a.md": made(b"0")}, set(), Reason.CHANGED),
        ({"a.md": made()}, {"a.md"}, Reason.DAMAGED),
        ({"a.md": made(published=False)}, set(), Reason.DAMAGED),
        ({"a.md": made(b"0")}, {"a.md"}, Reason.DAMAGED),
    ],
)
def test_a_target_is_made_for_a_reason(
    before: dict[str, TargetRecord], damaged: set[str], why: Reason
) -> None:
    decided = decide([target("a.md")], before, damaged)
    assert [(work.target.path, work.why) for work in decided.make] == [("a.md", why)]
    assert not decided.keep
    assert not decided.remove
    assert decided.replaced == before


def test_a_file_of_before_is_read_where_it_is_whole_and_made_again() -> None:
    known = {"kept.md": made(), "changed.md": made(b"0"), "damaged.md": made(b"0")}
    paths = ("kept.md", "changed.md", "damaged.md", "new.md")
    before = PreviousFiles(lambda path: f"text of {path}")
    assert not before.stays("kept.md")
    todo = decide([target(path) for path in paths], known, {"damaged.md"})
    before.set_plan(todo.made, todo.changed)
    assert [path for path in paths if before.stays(path)] == ["kept.md"]
    assert [before.text(path) for path in paths] == ["", "text of changed.md", "", ""]


def test_of_a_target_of_another_part_nobody_says_that_it_stays() -> None:
    mine, other = next(
        (one, two)
        for one, two in permutations([f"papers/{number}.md" for number in range(9)], 2)
        if is_in(one, 1, 2) and is_in(two, 2, 2)
    )
    before = PreviousFiles(str)
    todo = decide([target(mine), target(other)], {mine: made()}, shard=(1, 2))
    before.set_plan(todo.made, todo.changed, (1, 2))
    assert (before.stays(mine), before.stays(other)) == (True, False)


def test_what_was_made_and_is_no_target_is_removed_in_order() -> None:
    known = {"c.md": made(), "a.md": made(), "b.md": made()}
    decided = decide([target("b.md")], known, {"a.md"})
    assert (decided.make, decided.keep) == ((), {"b.md": made()})
    assert decided.remove == ("a.md", "c.md")
    assert decided.replaced == {"a.md": made(), "c.md": made()}


def test_a_lot_that_is_as_it_was_is_not_opened() -> None:
    def refuse_to_tell() -> Sequence[Target]:
        raise AssertionError("nobody asks for its targets")

    known = plan.pack(b"1", {"a.md": made()})
    decided = plan.decide([Batch("one", b"1", refuse_to_tell)], {"one": known}, {})
    assert decided == Plan((), {}, (), {"one": known})
    assert decided.kept == 1
    assert decided.batches({}) == {"one": known}


def test_of_a_lot_of_which_nobody_knows_what_was_made_all_is_made() -> None:
    lost = replace(plan.pack(b"1", {"a.md": made()}), packed=msgspec.Raw(b"\xc1"))
    lot = Batch("one", b"1", lambda: [target("a.md")])
    decided = plan.decide([lot], {"one": lost}, {"one": frozenset()})
    assert [work.why for work in decided.make] == [Reason.NEW]


def test_a_target_may_change_its_lot() -> None:
    before = {"one": plan.pack(b"1", {"a.md": made()}), "two": plan.pack(b"2", {"b.md": made()})}
    lots = [batch("two", [target("a.md"), target("b.md")])]
    decided = plan.decide(lots, before, {})
    assert (decided.make, decided.remove) == ((), ())
    assert decided.keep == {"a.md": made(), "b.md": made()}
    assert plan.unpacked(decided.batches({}).values()) == decided.keep


def test_lots_go_by_folder_and_letters_and_what_is_hidden_is_apart() -> None:
    targets = [
        target("daily/2025-03-11.md"),
        target("tags/graphs.md"),
        target("daily/2025-03-12.md"),
        target("daily/2024-12-31.md"),
        target("tags/graphs/2025.md"),
        target("index.md"),
        target("index.md", published=False),
    ]
    lots = [[each.path for each in lot.targets()] for lot in batches(targets)]
    assert lots == [
        ["daily/2025-03-11.md", "daily/2025-03-12.md"],
        ["tags/graphs.md", "tags/graphs/2025.md"],
        ["daily/2024-12-31.md"],
        ["index.md"],
        ["index.md"],
    ]
    assert len({lot.name for lot in batches(targets)}) == len(lots)


@given(one=INPUTS, other=INPUTS, hidden=st.booleans())
def test_a_lot_changes_with_anything_of_its_targets(
    one: dict[str, bytes], other: dict[str, bytes], *, hidden: bool
) -> None:
    first = batch("one", [target(path, inputs) for path, inputs in one.items()])
    second = batch(
        "one", [target(path, inputs, published=not hidden) for path, inputs in other.items()]
    )
    is_same = list(one.items()) == list(other.items()) and not (hidden and one)
    assert (first.inputs == second.inputs) == is_same


@given(before=INPUTS, now=INPUTS, damaged=st.sets(NAMES))
def test_every_target_is_made_or_kept_and_the_rest_removed(
    before: dict[str, bytes], now: dict[str, bytes], damaged: set[str]
) -> None:
    known = {lot.name: pack(lot) for lot in lots(before)}
    hurt = {lot.name: paths for lot in lots(before) if (paths := damaged & paths_of(lot))}
    decided = plan.decide(lots(now), known, hurt)
    fresh = {work.target.path for work in decided.make}
    kept = {**decided.keep, **plan.unpacked(decided.whole.values())}
    assert fresh | kept.keys() == now.keys()
    assert not fresh & kept.keys()
    assert decided.kept == len(kept)
    assert set(decided.remove) == before.keys() - now.keys()
    assert decided.replaced.keys() == before.keys() - kept.keys()
    assert all(before[path] == now[path] and path not in damaged for path in kept)
    assert all(path in damaged for path in fresh if before.get(path) == now[path])
    there = decided.batches({each.path: made(each.inputs) for each, _ in decided.make})
    assert there == {lot.name: pack(lot) for lot in lots(now)}


def lots(inputs: Mapping[str, bytes]) -> list[Batch]:
    """Targets in lots of three."""
    targets = [target(path, own) for path, own in sorted(inputs.items())]
    places = range(0, len(targets), 3)
    return [batch(str(place), targets[place : place + 3]) for place in places]


def paths_of(lot: Batch) -> set[str]:
    return {each.path for each in lot.targets()}


def pack(lot: Batch) -> BatchRecord:
    return plan.pack(lot.inputs, {each.path: made(each.inputs) for each in lot.targets()})


@given(paths=st.sets(NAMES), of=st.integers(1, 4))
def test_parts_hold_each_published_target_once_and_all_others_always(
    paths: set[str], of: int
) -> None:
    targets = [target(path, published=path != ".settings") for path in sorted(paths)]
    parts = [{each.path for each in plan.in_shard(targets, n, of)} for n in range(1, of + 1)]
    for each in targets:
        assert sum(each.path in part for part in parts) == (1 if each.published else of)


VALUES = st.recursive(
    st.none() | st.booleans() | st.integers(0, 99) | st.text(max_size=3) | st.binary(max_size=3),
    lambda inner: st.lists(inner, max_size=3),
    max_leaves=6,
)


@given(one=VALUES, other=VALUES)
def test_digests_differ_where_inputs_do(one: object, other: object) -> None:
    is_same = repr(one) == repr(other)  # True equals 1, but is another input
    assert (digest(one) == digest(other)) == is_same


def test_digests_take_papers_and_days() -> None:
    assert digest(paper()) == digest(paper())
    assert digest(paper()) != digest(paper(title="Another"))
    assert digest((date(2025, 1, 1), ("a", "b"))) != digest((date(2025, 1, 2), ("a", "b")))
    assert digest(("ab", "c")) != digest(("a", "bc"))
