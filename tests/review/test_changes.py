"""Two states of the archive compared: what is told of papers, tags, pages and addresses."""

from __future__ import annotations

from datetime import timedelta
from itertools import chain
from typing import Any

import pytest
from msgspec.structs import replace

from generator.archive.build import build_archive
from generator.archive.model import Archive
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
    (told,) = (each for each in found.tags if each.slug == slug)
    return told


GRAPHS = tag("graphs", match=("graph",))
LIST = daily(MONDAY, *papers(4, "On a graph"), *papers(2, "On sets", 5))


def test_the_same_twice_is_nothing() -> None:
    found = changes.compare(of(build_archive(varied())), of(build_archive(varied())))
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
    found = changes.compare(before, state(LIST, tags=ruled, taggings=given))
    told = {each.key: (each.gained, each.lost) for each in found.papers}
    assert told == {
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
    assert [each.kind for each in found.pages] != []  # the pages say who gave it


def test_papers_that_come_and_go_are_told_apart_from_those_that_change() -> None:
    later = daily(MONDAY + timedelta(1), paper("2503.00099", "A graph again"))
    found = changes.compare(state(LIST, tags=[GRAPHS]), state(LIST, later, tags=[GRAPHS]))
    assert found.new_papers == (("2503.00099", "A graph again"),)
    assert found.papers == ()
    assert (change(found, "graphs").how, change(found, "graphs").after) == ("same", 5)
    back = changes.compare(state(LIST, later, tags=[GRAPHS]), state(LIST, tags=[GRAPHS]))
    assert back.gone_papers == found.new_papers


# ---- tags


def test_a_renamed_tag_is_the_same_tag_to_its_papers() -> None:
    renamed = tag("networks", match=("graph", "sets 5"), aliases=("Graphs",))
    found = changes.compare(state(LIST, tags=[GRAPHS]), state(LIST, tags=[renamed]))
    assert [each.key for each in found.papers] == ["2503.00005"]
    assert found.tags == (
        TagChange("graphs", "Graphs", "renamed", "networks", before=4, after=5, gained=1),
    )
    assert found.alike == ()


def test_a_merged_tag_gives_its_papers_to_the_other() -> None:
    sets = tag("sets", match=("sets",))
    taker = tag("sets", match=("sets", "graph"), aliases=("graphs",))
    found = changes.compare(state(LIST, tags=[GRAPHS, sets]), state(LIST, tags=[taker]))
    assert found.papers == ()
    assert change(found, "graphs") == TagChange(
        "graphs", "Graphs", "merged", "sets", before=4, after=6
    )
    assert change(found, "sets").changed == ("aliases", "match")


def test_two_tags_that_become_one_new_tag_are_merged() -> None:
    one = tag("all", match=("sets", "graph"), aliases=("graphs", "sets"))
    before = state(LIST, tags=[GRAPHS, tag("sets", match=("sets",))])
    found = changes.compare(before, state(LIST, tags=[one]))
    assert [(each.slug, each.how) for each in found.tags] == [
        ("graphs", "merged"),
        ("sets", "merged"),
    ]


def test_a_tag_that_goes_and_comes_back_without_alias_looks_renamed() -> None:
    new = tag("networks", match=("graph",))
    found = changes.compare(state(LIST, tags=[GRAPHS]), state(LIST, tags=[new]))
    assert change(found, "networks").how == "new"
    gone = change(found, "graphs")
    assert (gone.how, gone.perhaps, gone.lost) == ("gone", "networks", 4)
    assert len(found.papers) == 4


def test_a_tag_without_papers_is_new_all_the_same() -> None:
    found = changes.compare(state(LIST), state(LIST, tags=[GRAPHS, tag("unused")]))
    assert change(found, "unused") == TagChange("unused", "Unused", "new")


# ---- pages


def test_pages_that_change_are_counted_by_kind_with_the_newest_named() -> None:
    before = state(LIST, tags=[GRAPHS])
    given = [Tagging("2503.00005", ("graphs",))]
    found = changes.compare(before, state(LIST, tags=[GRAPHS], taggings=given))
    told = {each.kind: each.changed for each in found.pages}
    assert told["papers"] == (1, ("papers/2503.00005/",))
    named = ("rss.xml", "feed.json", "atom.xml")
    assert told["feeds"] == (9, tuple(f"tags/graphs/{name}" for name in named))
    assert told["days"] == (1, ("daily/2025-03-10/",))
    assert told["home"] == (1, ("",))
    assert all(each.new == each.gone == (0, ()) for each in found.pages)


def test_other_settings_change_every_page_whatever_the_digests_say() -> None:
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


def test_saved_queries_are_told_with_what_they_find() -> None:
    mended = saved("mended", '"a graph 1"')
    before = [saved("gone", "sets"), mended, saved("same", "graph"), saved("other", "sets")]
    after = [replace(mended, query='"a graph 2"'), saved("new", "set"), *before[2:]]
    listed = daily(MONDAY, *LIST.papers, paper("2503.00007", "More sets"))
    found = changes.compare(state(LIST, queries=before), state(listed, queries=after))
    told = {each.slug: each for each in found.queries}
    one, two = ("2503.00001", "On a graph 1"), ("2503.00002", "On a graph 2")
    more = ("2503.00007", "More sets")
    sets = (("2503.00005", "On sets 5"), ("2503.00006", "On sets 6"))
    assert list(told) == ["mended", "new", "other", "gone"]
    assert told["mended"] == QueryChange(
        "mended", "Mended", "changed", ("query",), 1, 1, (two,), (one,)
    )
    assert told["new"] == QueryChange("new", "New", "new", (), 0, 3, (*sets, more))
    assert told["other"] == QueryChange("other", "Other", "same", (), 2, 3, (more,))
    assert told["gone"] == QueryChange("gone", "Gone", "gone", (), 2, 0, (), sets)


def test_a_saved_query_that_is_gone_is_an_address_that_is_lost() -> None:
    found = changes.compare(state(LIST, queries=[saved("gone", "sets")]), state(LIST))
    assert [each.address for each in found.gone] == [
        "feeds/gone/",
        *(f"feeds/gone/{name}" for name in ("atom.xml", "feed.json", "gone.bib", "rss.xml")),
    ]
    assert not any(each.leads_to or each.comes_and_goes for each in found.gone)


def test_pages_and_bibliographies_of_saved_queries_have_their_kinds() -> None:
    found = changes.compare(state(LIST), state(LIST, queries=[saved("new", "sets")]))
    kinds = {each.kind: each.new for each in found.pages}
    assert kinds["saved queries"] == (1, ("feeds/new/",))
    assert kinds["bibliographies"] == (1, ("feeds/new/new.bib",))
