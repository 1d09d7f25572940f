"""Two states of the archive compared: what is told of papers, tags, pages and addresses."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from itertools import chain
from typing import Any

import pytest

from generator import archive, comparison, feeds, pages
from generator.comparison import Comparison, Gained, Gone, State, TagChange
from generator.model import DailyList, Paper, Settings, Tagging
from tests.archives import MONDAY, daily, joined, paper, tag, varied, whole


def state(*lists: DailyList, **more: Any) -> State:
    return of(archive.build(whole(*lists, **more)))


def of(read: archive.Archive) -> State:
    targets = chain(pages.targets(read), feeds.targets(read))
    return State(read, {target.path: target.inputs for target in targets})


def vanished(before: State, after: State) -> list[str]:
    return [str(each) for each in comparison.vanished(before, after, "content")]


def papers(count: int, title: str = "A paper", first: int = 1) -> list[Paper]:
    return [
        paper(f"2503.{number:05}", f"{title} {number}") for number in range(first, first + count)
    ]


def change(found: Comparison, slug: str) -> TagChange:
    (told,) = (each for each in found.tags if each.slug == slug)
    return told


GRAPHS = tag("graphs", match=("graph",))
LIST = daily(MONDAY, *papers(4, "On a graph"), *papers(2, "On sets", 5))


def test_the_same_twice_is_nothing() -> None:
    found = comparison.compare(of(archive.build(varied())), of(archive.build(varied())))
    assert found.is_empty
    assert found == Comparison((), (), (), (), (), (), (), (), ())


# ---- papers


def test_papers_that_gain_and_lose_tags_are_told_with_the_reason() -> None:
    tags = [GRAPHS, tag("sets"), tag("survey")]
    before = state(LIST, tags=tags)
    given = [
        Tagging("2503.00001", ("survey",), ("graphs",)),
        Tagging("2503.00005", ("sets",)),
    ]
    ruled = [replace(GRAPHS, match=("graph", "sets 6")), *tags[1:]]
    found = comparison.compare(before, state(LIST, tags=ruled, taggings=given))
    told = {each.key: (each.gained, each.lost) for each in found.papers}
    assert told == {
        "2503.00001": ((Gained("survey", "Survey", "people"),), ("Graphs",)),
        "2503.00005": ((Gained("sets", "Sets", "people"),), ()),
        "2503.00006": ((Gained("graphs", "Graphs", "rule", "sets 6"),), ()),
    }
    assert found.papers[0].title == "On a graph 1"
    assert change(found, "graphs") == TagChange(
        "graphs", "Graphs", "changed", changed=("match",), before=4, after=4, gained=1, lost=1
    )


def test_a_tag_that_people_give_after_a_rule_did_is_no_change() -> None:
    given = [Tagging("2503.00001", ("graphs",))]
    found = comparison.compare(
        state(LIST, tags=[GRAPHS]), state(LIST, tags=[GRAPHS], taggings=given)
    )
    assert (found.papers, found.tags) == ((), ())
    assert [each.kind for each in found.pages] != []  # the pages say who gave it


def test_papers_that_come_and_go_are_told_apart_from_those_that_change() -> None:
    later = daily(MONDAY + timedelta(1), paper("2503.00099", "A graph again"))
    found = comparison.compare(state(LIST, tags=[GRAPHS]), state(LIST, later, tags=[GRAPHS]))
    assert found.new_papers == (("2503.00099", "A graph again"),)
    assert found.papers == ()
    assert (change(found, "graphs").how, change(found, "graphs").after) == ("same", 5)
    back = comparison.compare(state(LIST, later, tags=[GRAPHS]), state(LIST, tags=[GRAPHS]))
    assert back.gone_papers == found.new_papers


# ---- tags


def test_a_renamed_tag_is_the_same_tag_to_its_papers() -> None:
    renamed = tag("networks", match=("graph", "sets 5"), aliases=("Graphs",))
    found = comparison.compare(state(LIST, tags=[GRAPHS]), state(LIST, tags=[renamed]))
    assert [each.key for each in found.papers] == ["2503.00005"]
    assert found.tags == (
        TagChange("graphs", "Graphs", "renamed", "networks", before=4, after=5, gained=1),
    )
    assert found.alike == ()


def test_a_merged_tag_gives_its_papers_to_the_other() -> None:
    sets = tag("sets", match=("sets",))
    taker = tag("sets", match=("sets", "graph"), aliases=("graphs",))
    found = comparison.compare(state(LIST, tags=[GRAPHS, sets]), state(LIST, tags=[taker]))
    assert found.papers == ()
    assert change(found, "graphs") == TagChange(
        "graphs", "Graphs", "merged", "sets", before=4, after=6
    )
    assert change(found, "sets").changed == ("aliases", "match")


def test_two_tags_that_become_one_new_tag_are_merged() -> None:
    one = tag("all", match=("sets", "graph"), aliases=("graphs", "sets"))
    before = state(LIST, tags=[GRAPHS, tag("sets", match=("sets",))])
    found = comparison.compare(before, state(LIST, tags=[one]))
    assert [(each.slug, each.how) for each in found.tags] == [
        ("graphs", "merged"),
        ("sets", "merged"),
    ]


def test_a_tag_that_goes_and_comes_back_without_alias_looks_renamed() -> None:
    new = tag("networks", match=("graph",))
    found = comparison.compare(state(LIST, tags=[GRAPHS]), state(LIST, tags=[new]))
    assert change(found, "networks").how == "new"
    gone = change(found, "graphs")
    assert (gone.how, gone.perhaps, gone.lost) == ("gone", "networks", 4)
    assert len(found.papers) == 4


def test_a_tag_without_papers_is_new_all_the_same() -> None:
    found = comparison.compare(state(LIST), state(LIST, tags=[GRAPHS, tag("unused")]))
    assert change(found, "unused") == TagChange("unused", "Unused", "new")


# ---- what a reviewer should look at


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
    found = comparison.compare(state(LIST, tags=[known]), state(LIST, tags=[known, new]))
    assert [(each.other, each.names) for each in found.alike] == (
        [("graph-learning", names)] if names else []
    )


def test_a_new_tag_with_much_the_same_papers_is_shown() -> None:
    new = tag("networks", match=("graph", "sets 5"))
    found = comparison.compare(state(LIST, tags=[GRAPHS]), state(LIST, tags=[GRAPHS, new]))
    (alike,) = found.alike
    assert (alike.slug, alike.other, alike.names, alike.shared, alike.of) == (
        "networks", "graphs", None, 4, 5,
    )  # fmt: skip


def test_few_papers_and_old_tags_look_like_nothing() -> None:
    small = daily(MONDAY, *papers(2, "On a graph"))
    new = tag("networks", match=("graph",))
    found = comparison.compare(state(small, tags=[GRAPHS]), state(small, tags=[GRAPHS, new]))
    assert found.alike == ()
    both = [GRAPHS, new]
    assert comparison.compare(state(LIST, tags=both), state(LIST, tags=both)).alike == ()


def test_a_rule_that_takes_far_too_many_papers_is_shown_with_its_phrase() -> None:
    many = daily(MONDAY, *papers(60, "On a graph"), *papers(40, "On sets", 100))
    before = state(many, tags=[tag("graphs", match=("graph 1",))])
    broad = tag("graphs", match=("graph 1", "graph"))
    found = comparison.compare(before, state(many, tags=[broad]))
    (told,) = found.broad
    assert (told.slug, told.papers, told.of) == ("graphs", 60, 100)
    assert (told.phrase, told.by_phrase) == ("graph", 59)
    # What was as broad before is nobody's doing.
    again = replace(broad, description="Other words.")
    assert comparison.compare(state(many, tags=[broad]), state(many, tags=[again])).broad == ()


# ---- pages


def test_pages_that_change_are_counted_by_kind_with_the_newest_named() -> None:
    before = state(LIST, tags=[GRAPHS])
    given = [Tagging("2503.00005", ("graphs",))]
    found = comparison.compare(before, state(LIST, tags=[GRAPHS], taggings=given))
    told = {each.kind: each.changed for each in found.pages}
    assert told["papers"] == (1, ("papers/2503.00005/",))
    assert told["feeds"] == (1, ("rss.xml",))
    assert told["days"] == (1, ("daily/2025-03-10/",))
    assert told["home"] == (1, ("",))
    assert all(each.new == each.gone == (0, ()) for each in found.pages)


def test_other_settings_change_every_page_whatever_the_digests_say() -> None:
    found = comparison.compare(state(LIST), state(LIST, title="Other", language="de"))
    assert found.settings == ("title", "language")
    assert not found.is_empty


@pytest.mark.parametrize("field", Settings.__dataclass_fields__)
def test_every_setting_is_compared(field: str) -> None:
    before = state(LIST)
    value = getattr(before.archive.settings, field)
    after = state(LIST, **{field: value + (1 if isinstance(value, int) else "x")})
    assert comparison.compare(before, after).settings == (field,)


# ---- addresses


def test_a_renamed_tag_leads_on_and_nothing_vanishes() -> None:
    renamed = tag("networks", match=("graph",), aliases=("graphs",))
    before, after = state(LIST, tags=[GRAPHS]), state(LIST, tags=[renamed])
    assert comparison.compare(before, after).gone == (
        Gone("tags/graphs.md", "tags/graphs/", "tags/networks/"),
    )
    assert vanished(before, after) == []


def test_a_redirect_that_is_a_page_at_the_old_path_leads_on_too() -> None:
    renamed = tag("networks", match=("graph",), aliases=("graphs",))
    before, after = state(LIST, tags=[GRAPHS]), state(LIST, tags=[renamed])
    beside = State(after.archive, {**after.targets, "tags/graphs.md": b"redirect"})
    assert comparison.compare(before, beside).gone == (
        Gone("tags/graphs.md", "tags/graphs/", "tags/networks/"),
    )
    assert vanished(before, beside) == []
    # And where the alias goes later on, so does the redirect.
    (told,) = vanished(beside, state(LIST, tags=[replace(renamed, aliases=())]))
    assert told == (
        "content/tags/graphs.yaml:0:0: vanished-url /tags/graphs/ was published and would be gone "
        "(put the tag back, or give the tag that takes its place the alias graphs)"
    )


@pytest.mark.parametrize(
    ("path", "to"),
    [
        ("tags/graphs.md", "tags/networks.md"),
        ("tags/graphs/rss.xml", "tags/networks/rss.xml"),
        ("tags/graphs/feed.json", "tags/networks/feed.json"),
        ("tags/graphs/2025.md", "tags/networks/2025.md"),
        ("tags/graphs/2025-03.md", "tags/networks/2025-03.md"),
        ("tags/long-name.md", "tags/networks.md"),
        ("tags/long-name/rss.xml", ""),
        ("tags/other.md", ""),
        ("tags/index.md", ""),
        ("papers/graphs.md", ""),
        ("rss.xml", ""),
    ],
)
def test_an_alias_catches_the_addresses_of_its_slug(path: str, to: str) -> None:
    assert comparison.caught(path, [tag("networks", aliases=("graphs", "Long name"))]) == to


def test_an_alias_that_is_written_as_the_slug_comes_first() -> None:
    tags = [tag("a", aliases=("Old Name",)), tag("b", aliases=("old-name",))]
    assert comparison.caught("tags/old-name.md", tags) == "tags/b.md"


def test_years_of_a_renamed_tag_lead_on_where_its_new_name_has_them() -> None:
    many = daily(MONDAY, *papers(101, "On a graph"))
    renamed = tag("networks", match=("graph",), aliases=("graphs",))
    gone = comparison.compare(state(many, tags=[GRAPHS]), state(many, tags=[renamed])).gone
    assert [each.leads_to for each in gone] == ["tags/networks/", "tags/networks/2025/"]
    few = replace(renamed, match=("graph 1",))
    gone = comparison.compare(state(many, tags=[GRAPHS]), state(many, tags=[few])).gone
    assert [each.leads_to for each in gone] == ["tags/networks/", ""]


def test_what_vanishes_is_told_at_the_file_it_came_from() -> None:
    other = daily(date(2024, 12, 30), paper("2412.00001"))
    before = state(LIST, other, tags=[GRAPHS, tag("sets")])
    after = state(daily(MONDAY, *papers(3, "On a graph")), tags=[tag("sets")])
    places = [
        told.split(" was ")[0].replace(":0:0: vanished-url", "") for told in vanished(before, after)
    ]
    assert places == [
        "content/daily/2024/2024-12-30.yaml /daily/2024-12-30/",
        "content/daily/2024/2024-12-30.yaml /monthly/2024-12/",
        "content/daily/2024/2024-12-30.yaml /papers/2412.00001/",
        "content/daily/2025/2025-03-10.yaml /papers/2503.00004/",
        "content/daily/2025/2025-03-10.yaml /papers/2503.00005/",
        "content/daily/2025/2025-03-10.yaml /papers/2503.00006/",
        "content/tags/graphs.yaml /tags/graphs/",
        "content/daily/2024/2024-12-30.yaml /weekly/2025-W01/",
        "content/daily/2024/2024-12-30.yaml /yearly/2024/",
    ]


def test_pages_that_come_and_go_with_the_number_of_papers_promise_nothing() -> None:
    authors = [replace(each, authors=("A. Author",)) for each in papers(101, "On a graph")]
    before = state(daily(MONDAY, *authors), tags=[GRAPHS])
    less = [replace(each, authors=()) for each in authors]
    less[0] = replace(less[0], title="On sets")
    after = state(daily(MONDAY, *less), tags=[GRAPHS])
    found = comparison.compare(before, after)
    assert {each.path for each in found.gone if each.comes_and_goes} == {
        "authors/a-author.md",
        "authors/a-author/2025.md",
        "authors/letter/a.md",
        "tags/graphs/2025.md",
    } & set(before.targets)
    assert len(found.gone) >= 2
    assert vanished(before, after) == []


def test_a_feed_that_goes_vanishes() -> None:
    before = state(LIST)
    targets = {path: inputs for path, inputs in before.targets.items() if path != "rss.xml"}
    (told,) = vanished(before, State(before.archive, targets))
    assert told.startswith("content/archive.yaml:0:0: vanished-url /rss.xml was published")


def test_an_archive_of_nothing_has_nothing_to_lose() -> None:
    assert vanished(of(joined()), state(LIST, tags=[GRAPHS])) == []
