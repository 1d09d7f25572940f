"""What a reviewer should look at: new tags like others, rules that take far too many papers."""

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
    assert [(each.other, each.names) for each in found.alike] == (
        [("graph-learning", names)] if names else []
    )


def test_a_new_tag_with_much_the_same_papers_is_shown() -> None:
    new = tag("networks", match=("graph", "sets 5"))
    found = changes.compare(state(LIST, tags=[GRAPHS]), state(LIST, tags=[GRAPHS, new]))
    (alike,) = found.alike
    assert (alike.slug, alike.other, alike.names, alike.shared, alike.of) == (
        "networks", "graphs", None, 4, 5,
    )  # fmt: skip


def test_few_papers_and_old_tags_look_like_nothing() -> None:
    small = daily(MONDAY, *papers(2, "On a graph"))
    new = tag("networks", match=("graph",))
    found = changes.compare(state(small, tags=[GRAPHS]), state(small, tags=[GRAPHS, new]))
    assert found.alike == ()
    both = [GRAPHS, new]
    assert changes.compare(state(LIST, tags=both), state(LIST, tags=both)).alike == ()


def test_a_rule_that_takes_far_too_many_papers_is_shown_with_its_phrase() -> None:
    many = daily(MONDAY, *papers(60, "On a graph"), *papers(40, "On sets", 100))
    before = state(many, tags=[tag("graphs", match=("graph 1",))])
    broad = tag("graphs", match=("graph 1", "graph"))
    found = changes.compare(before, state(many, tags=[broad]))
    (told,) = found.broad
    assert (told.slug, told.papers, told.of) == ("graphs", 60, 100)
    assert (told.phrase, told.by_phrase) == ("graph", 59)
    # What was as broad before is nobody's doing.
    again = replace(broad, description="Other words.")
    assert changes.compare(state(many, tags=[broad]), state(many, tags=[again])).broad == ()
