"""What a build decides to do, as data: nothing here is made, and no file looked at."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from generator import plan
from generator.plan import Made, Print, Target, Why, digest
from tests.archives import paper

SOME = Print(1, 1)
NAMES = st.sampled_from([f"papers/{number}.md" for number in range(6)] + ["rss.xml", ".settings"])
INPUTS = st.dictionaries(NAMES, st.sampled_from([b"1", b"2"]))


def refuse() -> bytes:
    raise AssertionError("a decision makes nothing")


def target(path: str, inputs: bytes = b"1", *, published: bool = True) -> Target:
    return Target(path, inputs, refuse, published)


def made(inputs: bytes = b"1", *, published: bool = True) -> Made:
    return Made(inputs, SOME, SOME if published else None)


def test_a_target_that_is_as_it_was_is_kept() -> None:
    known = {"a.md": made(), ".settings": made(published=False)}
    targets = [target("a.md"), target(".settings", published=False)]
    assert plan.decide(targets, known, frozenset()) == plan.Plan((), known, ())


@pytest.mark.parametrize(
    ("before", "damaged", "why"),
    [
        ({}, set(), Why.NEW),
        ({"a.md": made(b"0")}, set(), Why.CHANGED),
        ({"a.md": made()}, {"a.md"}, Why.DAMAGED),
        ({"a.md": made(published=False)}, set(), Why.DAMAGED),
        ({"a.md": made(b"0")}, {"a.md"}, Why.DAMAGED),
    ],
)
def test_a_target_is_made_for_a_reason(
    before: dict[str, Made], damaged: set[str], why: Why
) -> None:
    decided = plan.decide([target("a.md")], before, damaged)
    assert [(work.target.path, work.why) for work in decided.make] == [("a.md", why)]
    assert not decided.keep
    assert not decided.remove


def test_a_file_of_before_is_read_where_it_is_whole_and_made_again() -> None:
    known = {"kept.md": made(), "changed.md": made(b"0"), "damaged.md": made(b"0")}
    paths = ("kept.md", "changed.md", "damaged.md", "new.md")
    before = plan.Before(lambda path: f"text of {path}")
    assert not before.stays("kept.md")
    before.know(plan.decide([target(path) for path in paths], known, {"damaged.md"}))
    assert [path for path in paths if before.stays(path)] == ["kept.md"]
    assert [before.text(path) for path in paths] == ["", "text of changed.md", "", ""]


def test_what_was_made_and_is_no_target_is_removed_in_order() -> None:
    known = {"c.md": made(), "a.md": made(), "b.md": made()}
    decided = plan.decide([target("b.md")], known, {"a.md"})
    assert decided == plan.Plan((), {"b.md": made()}, ("a.md", "c.md"))


@given(before=INPUTS, now=INPUTS, damaged=st.sets(NAMES))
def test_every_target_is_made_or_kept_and_the_rest_removed(
    before: dict[str, bytes], now: dict[str, bytes], damaged: set[str]
) -> None:
    known = {path: made(inputs) for path, inputs in before.items()}
    targets = [target(path, inputs) for path, inputs in now.items()]
    decided = plan.decide(targets, known, damaged)
    fresh = {work.target.path for work in decided.make}
    assert fresh | decided.keep.keys() == now.keys()
    assert not fresh & decided.keep.keys()
    assert set(decided.remove) == before.keys() - now.keys()
    assert all(before[path] == now[path] and path not in damaged for path in decided.keep)
    assert all(path in damaged for path in fresh if before.get(path) == now[path])


@given(paths=st.sets(NAMES), of=st.integers(1, 4))
def test_parts_hold_each_published_target_once_and_all_others_always(
    paths: set[str], of: int
) -> None:
    targets = [target(path, published=path != ".settings") for path in sorted(paths)]
    parts = [{each.path for each in plan.part(targets, n, of)} for n in range(1, of + 1)]
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
