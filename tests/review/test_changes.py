"""Two states of the archive compared: papers, tags, pages and URLs."""

from __future__ import annotations

from datetime import timedelta
from itertools import chain
from typing import Any

import pytest
from msgspec.structs import replace

from generator.archive.build import build_archive
from generator.archive.citation import EXPORT_FORMATS
from generator.archive.model import Archive
from generator.core import paths
from generator.core.model import DailyList, Paper, Settings, Tagging
from generator.render.feeds.targets import feed_targets
from generator.review import changes
from generator.review.changes import Comparison, QueryChange, TagChange, TagGained
from generator.review.lost_urls import ArchiveState
from tests.archives import MONDAY, all_pages, daily, paper, saved, tag, varied, whole


def state(*lists: DailyList, **more: Any) -> ArchiveState:
    return of(build_archive(whole(*lists, **more)))


def of(read: Archive) -> ArchiveState:
    targets = chain(all_pages(read), feed_targets(read))
    return ArchiveState(read, {target.path: target.inputs for target in targets})


def papers(count: int, title: str = "A paper", first: int = 1) -> list[Paper]:
    return [
        paper(f"2503.{number:05}", f"{title} {number}") for number in range(first, first + count)
    ]


def change(found: Comparison, slug: str) -> TagChange:
    (tag_change,) = (each for each in found.tags if each.slug == slug)
    return tag_change


GRAPHS = tag("graphs", match=("graph",))
LIST = daily(MONDAY, *papers(4, "On a graph"), *papers(2, "On sets", 5))


def test_equal_states_have_no_differences() -> None:
    found = changes.compare(of(build_archive(varied())), of(build_archive(varied())))
    assert found.is_empty
    assert found == Comparison((), (), (), (), (), (), (), (), ())


# ---- papers


def test_papers_that_gain_and_lose_tags_are_shown_with_the_origin() -> None:
    tags = [GRAPHS, tag("sets"), tag("survey")]
    before = state(LIST, tags=tags)
    given = [
        Tagging("2503.00001", ("survey",), ("graphs",)),
        Tagging("2503.00005", ("sets",)),
    ]
    ruled = [replace(GRAPHS, match=("graph", "sets 6")), *tags[1:]]
    found = changes.compare(before, state(LIST, tags=ruled, taggings=given))
    assert {each.key: (each.gained, each.lost) for each in found.papers} == {
        "2503.00001": ((TagGained("survey", "Survey", "people"),), ("Graphs",)),
        "2503.00005": ((TagGained("sets", "Sets", "people"),), ()),
        "2503.00006": ((TagGained("graphs", "Graphs", "rule", "sets 6"),), ()),
    }
    assert found.papers[0].title == "On a graph 1"
    assert change(found, "graphs") == TagChange(
        "graphs", "Graphs", "changed", changed=("match",), before=4, after=4, gained=1, lost=1
    )


def test_a_tag_that_people_give_after_a_rule_did_is_no_change() -> None:
    given = [Tagging("2503.00001", ("graphs",))]
    found = changes.compare(state(LIST, tags=[GRAPHS]), state(LIST, tags=[GRAPHS], taggings=given))
    assert (found.papers, found.tags) == ((), ())
    assert [each.group for each in found.pages] != []  # the pages say who gave it


def test_new_and_removed_papers_are_not_changed_papers() -> None:
    later = daily(MONDAY + timedelta(1), paper("2503.00099", "A graph again"))
    found = changes.compare(state(LIST, tags=[GRAPHS]), state(LIST, later, tags=[GRAPHS]))
    assert found.new_papers == (("2503.00099", "A graph again"),)
    assert found.papers == ()
    assert (change(found, "graphs").kind, change(found, "graphs").after) == ("same", 5)
    back = changes.compare(state(LIST, later, tags=[GRAPHS]), state(LIST, tags=[GRAPHS]))
    assert back.removed_papers == found.new_papers


# ---- tags


def test_a_renamed_tag_is_the_same_tag_to_its_papers() -> None:
    renamed = tag("networks", match=("graph", "sets 5"), aliases=("Graphs",))
    found = changes.compare(state(LIST, tags=[GRAPHS]), state(LIST, tags=[renamed]))
    assert [each.key for each in found.papers] == ["2503.00005"]
    assert found.tags == (
        TagChange("graphs", "Graphs", "renamed", "networks", before=4, after=5, gained=1),
    )
    assert found.similar_tags == ()


def test_papers_of_a_merged_tag_get_the_other_tag() -> None:
    sets = tag("sets", match=("sets",))
    merged = tag("sets", match=("sets", "graph"), aliases=("graphs",))
    found = changes.compare(state(LIST, tags=[GRAPHS, sets]), state(LIST, tags=[merged]))
    assert found.papers == ()
    assert change(found, "graphs") == TagChange(
        "graphs", "Graphs", "merged", "sets", before=4, after=6
    )
    assert change(found, "sets").changed == ("aliases", "match")


def test_two_tags_that_become_one_new_tag_are_merged() -> None:
    one = tag("all", match=("sets", "graph"), aliases=("graphs", "sets"))
    before = state(LIST, tags=[GRAPHS, tag("sets", match=("sets",))])
    found = changes.compare(before, state(LIST, tags=[one]))
    assert [(each.slug, each.kind) for each in found.tags] == [
        ("graphs", "merged"),
        ("sets", "merged"),
    ]


def test_a_tag_renamed_without_an_alias_has_a_likely_replacement() -> None:
    new = tag("networks", match=("graph",))
    found = changes.compare(state(LIST, tags=[GRAPHS]), state(LIST, tags=[new]))
    assert change(found, "networks").kind == "new"
    gone = change(found, "graphs")
    assert (gone.kind, gone.likely_replacement, gone.lost) == ("gone", "networks", 4)
    assert len(found.papers) == 4


def test_a_new_tag_may_have_no_papers() -> None:
    found = changes.compare(state(LIST), state(LIST, tags=[GRAPHS, tag("unused")]))
    assert change(found, "unused") == TagChange("unused", "Unused", "new")


# ---- pages


def test_changed_pages_are_counted_by_group_with_the_newest_named() -> None:
    before = state(LIST, tags=[GRAPHS])
    given = [Tagging("2503.00005", ("graphs",))]
    found = changes.compare(before, state(LIST, tags=[GRAPHS], taggings=given))
    changed = {each.group: each.changed for each in found.pages}
    assert changed["papers"] == (1, ("papers/2503.00005/",))
    named = ("rss.xml", "feed.json", "atom.xml")
    assert changed["feeds"] == (9, tuple(f"tags/graphs/{name}" for name in named))
    assert changed["days"] == (1, ("daily/2025-03-10/",))
    assert changed["home"] == (1, ("",))
    assert all(each.new == each.removed == (0, ()) for each in found.pages)


def test_changed_settings_change_every_page() -> None:
    found = changes.compare(state(LIST), state(LIST, title="Other", language="de"))
    assert found.settings == ("title", "language")
    assert not found.is_empty


@pytest.mark.parametrize("field", Settings.__struct_fields__)
def test_every_setting_is_compared(field: str) -> None:
    before = state(LIST)
    value = getattr(before.archive.settings, field)
    other = f"{value}x" if isinstance(value, str) else (value or 0) + 1
    after = state(LIST, **{field: other})
    assert changes.compare(before, after).settings == (field,)


# ---- saved queries


def test_saved_queries_are_shown_with_the_papers_they_find() -> None:
    fixed = saved("fixed", '"a graph 1"')
    before = [saved("gone", "sets"), fixed, saved("same", "graph"), saved("other", "sets")]
    after = [replace(fixed, query='"a graph 2"'), saved("new", "set"), *before[2:]]
    listed = daily(MONDAY, *LIST.papers, paper("2503.00007", "More sets"))
    found = changes.compare(state(LIST, queries=before), state(listed, queries=after))
    found_queries = {each.slug: each for each in found.queries}
    one, two = ("2503.00001", "On a graph 1"), ("2503.00002", "On a graph 2")
    more = ("2503.00007", "More sets")
    sets = (("2503.00005", "On sets 5"), ("2503.00006", "On sets 6"))
    assert list(found_queries) == ["fixed", "new", "other", "gone"]
    assert found_queries["fixed"] == QueryChange(
        "fixed", "Fixed", "changed", ("query",), 1, 1, (two,), (one,)
    )
    assert found_queries["new"] == QueryChange("new", "New", "new", (), 0, 3, (*sets, more))
    assert found_queries["other"] == QueryChange("other", "Other", "same", (), 2, 3, (more,))
    assert found_queries["gone"] == QueryChange("gone", "Gone", "gone", (), 2, 0, (), sets)


def exports(slug: str) -> list[str]:
    """Files of a saved query's papers, one for each format."""
    return sorted(paths.query_export_file(slug, each.ending) for each in EXPORT_FORMATS)


def test_urls_of_a_removed_saved_query_are_lost() -> None:
    found = changes.compare(state(LIST, queries=[saved("gone", "sets")]), state(LIST))
    assert [each.site_path for each in found.lost_urls] == [
        "feeds/gone/",
        *sorted([*(f"feeds/gone/{file}" for file in paths.FEED_TYPES), *exports("gone")]),
    ]
    assert not any(each.redirect or each.is_conditional for each in found.lost_urls)


def test_pages_and_bibliographies_of_saved_queries_have_their_groups() -> None:
    found = changes.compare(state(LIST), state(LIST, queries=[saved("new", "sets")]))
    groups = {each.group: each.new for each in found.pages}
    assert groups["saved queries"] == (1, ("feeds/new/",))
    assert sorted(groups["bibliographies"][1]) == exports("new")
    assert groups["bibliographies"][0] == len(EXPORT_FORMATS)
