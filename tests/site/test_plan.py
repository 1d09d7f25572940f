"""The plan of a build, as data: no target is made and no file is read."""

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
    raise AssertionError("a plan makes no target")


def target(path: str, inputs: bytes = b"1", *, published: bool = True) -> Target:
    return Target(path, inputs, refuse, published)


def record(inputs: bytes = b"1", *, published: bool = True) -> TargetRecord:
    return TargetRecord(inputs, SOME, SOME if published else None)


def decide(
    targets: Sequence[Target],
    known: Mapping[str, TargetRecord],
    damaged: Set[str] = frozenset(),
    shard: tuple[int, int] = (1, 1),
) -> Plan:
    """A plan for the targets of one batch, whose digest differs from the record."""
    before = {"one": plan.pack(b"before", known)} if known else {}
    return plan.decide([Batch("one", b"now", lambda: targets)], before, {"one": damaged}, shard)


def test_an_unchanged_target_is_kept() -> None:
    known = {"a.md": record(), ".settings": record(published=False)}
    decided = decide([target("a.md"), target(".settings", published=False)], known)
    assert (decided.make, decided.keep, decided.remove, decided.kept) == ((), known, (), 2)


@pytest.mark.parametrize(
    ("before", "damaged", "why"),
    [
        ({}, set(), Reason.NEW),
        ({"a.md": record(b"0")}, set(), Reason.CHANGED),
        ({"a.md": record()}, {"a.md"}, Reason.DAMAGED),
        ({"a.md": record(published=False)}, set(), Reason.DAMAGED),
        ({"a.md": record(b"0")}, {"a.md"}, Reason.DAMAGED),
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


def test_a_previous_file_is_read_if_it_is_undamaged_and_made_again() -> None:
    known = {"kept.md": record(), "changed.md": record(b"0"), "damaged.md": record(b"0")}
    paths = ("kept.md", "changed.md", "damaged.md", "new.md")
    before = PreviousFiles(lambda path: f"text of {path}")
    assert not before.stays("kept.md")
    todo = decide([target(path) for path in paths], known, {"damaged.md"})
    before.set_plan(todo.made, todo.changed)
    assert [path for path in paths if before.stays(path)] == ["kept.md"]
    assert [before.text(path) for path in paths] == ["", "text of changed.md", "", ""]


def test_a_target_of_another_shard_does_not_stay() -> None:
    mine, other = next(
        (one, two)
        for one, two in permutations([f"papers/{number}.md" for number in range(9)], 2)
        if is_in(one, 1, 2) and is_in(two, 2, 2)
    )
    before = PreviousFiles(str)
    todo = decide([target(mine), target(other)], {mine: record()}, shard=(1, 2))
    before.set_plan(todo.made, todo.changed, (1, 2))
    assert (before.stays(mine), before.stays(other)) == (True, False)


def test_files_that_are_no_longer_targets_are_removed_in_order() -> None:
    known = {"c.md": record(), "a.md": record(), "b.md": record()}
    decided = decide([target("b.md")], known, {"a.md"})
    assert (decided.make, decided.keep) == ((), {"b.md": record()})
    assert decided.remove == ("a.md", "c.md")
    assert decided.replaced == {"a.md": record(), "c.md": record()}


def test_an_unchanged_batch_is_not_opened() -> None:
    def refuse_to_open() -> Sequence[Target]:
        raise AssertionError("its targets are not needed")

    known = plan.pack(b"1", {"a.md": record()})
    decided = plan.decide([Batch("one", b"1", refuse_to_open)], {"one": known}, {})
    assert decided == Plan((), {}, (), {"one": known})
    assert decided.kept == 1
    assert decided.batches({}) == {"one": known}


def test_a_batch_whose_record_cannot_be_decoded_is_made_again() -> None:
    undecodable = replace(plan.pack(b"1", {"a.md": record()}), packed=msgspec.Raw(b"\xc1"))
    changed = Batch("one", b"1", lambda: [target("a.md")])
    decided = plan.decide([changed], {"one": undecodable}, {"one": frozenset()})
    assert [work.why for work in decided.make] == [Reason.NEW]


def test_a_target_may_change_its_batch() -> None:
    before = {
        "one": plan.pack(b"1", {"a.md": record()}),
        "two": plan.pack(b"2", {"b.md": record()}),
    }
    now = [batch("two", [target("a.md"), target("b.md")])]
    decided = plan.decide(now, before, {})
    assert (decided.make, decided.remove) == ((), ())
    assert decided.keep == {"a.md": record(), "b.md": record()}
    assert plan.unpacked(decided.batches({}).values()) == decided.keep


def test_batches_by_folder_and_letters_with_hidden_targets_apart() -> None:
    targets = [
        target("daily/2025-03-11.md"),
        target("tags/graphs.md"),
        target("daily/2025-03-12.md"),
        target("daily/2024-12-31.md"),
        target("tags/graphs/2025.md"),
        target("index.md"),
        target("index.md", published=False),
    ]
    found = [[each.path for each in every.targets()] for every in batches(targets)]
    assert found == [
        ["daily/2025-03-11.md", "daily/2025-03-12.md"],
        ["tags/graphs.md", "tags/graphs/2025.md"],
        ["daily/2024-12-31.md"],
        ["index.md"],
        ["index.md"],
    ]
    assert len({each.name for each in batches(targets)}) == len(found)


@given(one=INPUTS, other=INPUTS, hidden=st.booleans())
def test_a_batch_changes_with_anything_of_its_targets(
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
    known = {each.name: pack(each) for each in batches_of(before)}
    damaged_by_batch = {
        each.name: paths for each in batches_of(before) if (paths := damaged & paths_of(each))
    }
    decided = plan.decide(batches_of(now), known, damaged_by_batch)
    fresh = {work.target.path for work in decided.make}
    kept = {**decided.keep, **plan.unpacked(decided.whole.values())}
    assert fresh | kept.keys() == now.keys()
    assert not fresh & kept.keys()
    assert decided.kept == len(kept)
    assert set(decided.remove) == before.keys() - now.keys()
    assert decided.replaced.keys() == before.keys() - kept.keys()
    assert all(before[path] == now[path] and path not in damaged for path in kept)
    assert all(path in damaged for path in fresh if before.get(path) == now[path])
    records = decided.batches({each.path: record(each.inputs) for each, _ in decided.make})
    assert records == {each.name: pack(each) for each in batches_of(now)}


def batches_of(inputs: Mapping[str, bytes]) -> list[Batch]:
    """Targets in batches of three."""
    targets = [target(path, own) for path, own in sorted(inputs.items())]
    places = range(0, len(targets), 3)
    return [batch(str(place), targets[place : place + 3]) for place in places]


def paths_of(one: Batch) -> set[str]:
    return {each.path for each in one.targets()}


def pack(one: Batch) -> BatchRecord:
    return plan.pack(one.inputs, {each.path: record(each.inputs) for each in one.targets()})


@given(paths=st.sets(NAMES), of=st.integers(1, 4))
def test_each_published_target_is_in_one_shard_and_all_others_in_each(
    paths: set[str], of: int
) -> None:
    targets = [target(path, published=path != ".settings") for path in sorted(paths)]
    shards = [{each.path for each in plan.in_shard(targets, n, of)} for n in range(1, of + 1)]
    for each in targets:
        assert sum(each.path in shard for shard in shards) == (1 if each.published else of)


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
