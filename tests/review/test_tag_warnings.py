"""Warnings for reviewers: new tags similar to others, rules that match too many papers."""

from __future__ import annotations

from typing import Any

import pytest
from msgspec.structs import replace

from generator.review import changes
from tests.archives import MONDAY, daily, tag
from tests.review.test_changes import GRAPHS, LIST, papers, state


@pytest.mark.parametrize(
    ("new", "names"),
    [
        (tag("graph-learnin"), ("Graph learnin", "Graph learning")),
        (tag("learning-graphs"), ("Learning graphs", "Graph learning")),
        (tag("gnn", aliases=("graphs learned",)), None),
        (tag("sets"), None),
    ],
)
def test_a_new_tag_with_a_similar_name_is_shown(new: Any, names: Any) -> None:
    known = tag("graph-learning")
    found = changes.compare(state(LIST, tags=[known]), state(LIST, tags=[known, new]))
    assert [(each.other, each.names) for each in found.similar_tags] == (
        [("graph-learning", names)] if names else []
    )


def test_a_new_tag_with_mostly_the_same_papers_is_shown() -> None:
    new = tag("networks", match=("graph", "sets 5"))
    found = changes.compare(state(LIST, tags=[GRAPHS]), state(LIST, tags=[GRAPHS, new]))
    (similar,) = found.similar_tags
    assert (similar.slug, similar.other, similar.names, similar.shared, similar.of) == (
        "networks", "graphs", None, 4, 5,
    )  # fmt: skip


def test_tags_with_few_papers_and_old_tags_are_not_reported() -> None:
    small = daily(MONDAY, *papers(2, "On a graph"))
    new = tag("networks", match=("graph",))
    found = changes.compare(state(small, tags=[GRAPHS]), state(small, tags=[GRAPHS, new]))
    assert found.similar_tags == ()
    both = [GRAPHS, new]
    assert changes.compare(state(LIST, tags=both), state(LIST, tags=both)).similar_tags == ()


def test_a_broad_rule_is_shown_with_its_phrase() -> None:
    many = daily(MONDAY, *papers(60, "On a graph"), *papers(40, "On sets", 100))
    before = state(many, tags=[tag("graphs", match=("graph 1",))])
    broad = tag("graphs", match=("graph 1", "graph"))
    found = changes.compare(before, state(many, tags=[broad]))
    (rule,) = found.broad_rules
    assert (rule.slug, rule.papers, rule.of) == ("graphs", 60, 100)
    assert (rule.phrase, rule.by_phrase) == ("graph", 59)
    # A rule that was as broad before is not reported.
    again = replace(broad, description="Other words.")
    assert changes.compare(state(many, tags=[broad]), state(many, tags=[again])).broad_rules == ()
