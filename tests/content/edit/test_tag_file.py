"""Edits of a tag file's text: what it says changes as asked, and what people wrote beside stays."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from generator.content import reader, tag_names
from generator.content.edit import rename_tag, tag_file
from generator.core.model import Tag
from tests.archives import tag

BY_HAND = """\
# The oldest tag.
name: "Graphs: all"   # with a colon
description: >
  Whatever has nodes
  and edges.
aliases:
  - graph learning   # as reviewers say
  # networks are something else
  - "GNN"
match: [graph,  # finds graphs too
  node]
# The end.
"""
HABITS = (
    "name: Graphs\ndescription: About graphs.\n",
    "name: Graphs\ndescription: About graphs.\naliases: [GNN]\nparent: methods\n",
    """\
name: Graphs
description: Whatever has nodes and edges, with phrases that fill several lines.
aliases: [graph learning, GNN, GNNs, message passing, node classification, link prediction,
  graph-level prediction (all kinds), "graphs: others"]
parent: methods
match: [adjacency matrix, directed acyclic, edge list, graph attention, graph classification,
  graph contrastive, graph convolution, graph embedding, graph generation, graph kernel,
  graph neural, graph pooling, heterogeneous graph, hypergraph, knowledge graphs, link prediction,
  message-passing, node embedding, random walk, spectral graph, subgraph]
""",
    """\
name: Graphs
description: >-
  Whatever has nodes
  and edges.
match:
- graph
- node
former: [old-graphs]
aliases:
- old graphs
""",
)
GRAPHS = Tag(
    "graphs",
    "Graphs: all",
    "Whatever has nodes and edges.",
    aliases=("graph learning", "GNN"),
    match=("graph", "node"),
)


def tag_of(text: str) -> Tag:
    """The tag in a text, as the reader of the content reads it."""
    found, problems = reader.parse_file(Path("content"), "tags/graphs.yaml", text.encode())
    assert problems == ()
    assert isinstance(found, Tag)
    return found


def test_what_changes_is_changed_in_its_place() -> None:
    wanted = replace(
        GRAPHS,
        name="Graphs",
        aliases=(*GRAPHS.aliases, "netz-werke: alle"),
        parent="methods",
        match=(*GRAPHS.match, "edge #1"),
    )
    assert tag_file.edited(BY_HAND, wanted) == (
        BY_HAND.replace('"Graphs: all"', "Graphs")
        .replace('  - "GNN"\n', '  - "GNN"\n  - "netz-werke: alle"\nparent: methods\n')
        .replace("  node]", '  node, "edge #1"]')
    )


@pytest.mark.parametrize("text", HABITS, ids=range(len(HABITS)))
def test_a_file_is_edited_in_its_lines_however_people_write_it(text: str) -> None:
    tag = tag_of(text)
    assert tag_file.edited(text, tag) == text
    more = replace(
        tag, aliases=(*tag.aliases, "old-slug"), parent="other", match=(*tag.match, "a new phrase")
    )
    edited = tag_file.edited(text, more)
    assert tag_of(edited) == more
    assert max(map(len, edited.splitlines())) <= max(100, *map(len, text.splitlines()))
    before, after = text.splitlines(), edited.splitlines()
    assert len(set(after) - set(before)) <= 5, "lines that needn't change stay"


def test_what_cannot_be_edited_in_place_is_written_anew_with_all_comments() -> None:
    fewer = replace(GRAPHS, aliases=("GNN",), match=("node",))
    edited = tag_file.edited(BY_HAND, fewer)
    assert tag_of(edited) == fewer
    comments = ("The oldest tag", "with a colon", "as reviewers say", "something else", "finds")
    assert [each for each in comments if edited.count(f"{each}") != 1] == []
    assert edited.endswith("aliases: [GNN]\nmatch: [node]\n")


def test_a_key_can_come_and_go() -> None:
    text = "name: Graphs\ndescription: About graphs.\nparent: methods  # for now"
    above = tag_file.edited(text, Tag("graphs", "Graphs", "About graphs.", aliases=("b",)))
    assert tag_of(above) == Tag("graphs", "Graphs", "About graphs.", aliases=("b",))
    assert "# for now" in above


shown = st.text(
    st.characters(codec="utf-8", categories=["L", "N", "P", "S", "Zs"]), min_size=1, max_size=30
).map(lambda text: " ".join(text.split())).filter(bool)  # fmt: skip
lists = st.lists(shown, max_size=12, unique=True).map(tuple)


@given(
    st.sampled_from([BY_HAND, "name: A\ndescription: B\n", "{name: A, description: B}"]),
    shown, lists, lists, st.sampled_from(["", "up"]),
)  # fmt: skip
def test_whatever_a_tag_says_its_file_can_say(
    text: str, name: str, aliases: tuple[str, ...], match: tuple[str, ...], parent: str
) -> None:
    first = tag_of(text)
    wanted = replace(first, name=name, aliases=aliases, match=match, parent=parent)
    try:
        expected = tag_of(tag_file.edited("", wanted))
    except AssertionError:
        return  # nothing of it can be shown
    assert tag_of(tag_file.edited(text, expected)) == expected


def test_a_renamed_tag_is_found_by_every_name_it_had() -> None:
    tags = [tag("a", "An A", aliases=("b b",)), tag("c", parent="a")]
    a, c = rename_tag.renamed(tags, "a", "b-b", "New")
    assert (a.slug, a.name, a.aliases) == ("b-b", "New", ("b b", "a", "An A"))
    assert a.former == ("a",)
    back, _ = rename_tag.renamed((a, c), "b-b", "a")
    assert (back.aliases, back.former) == (("b b", "An A", "b-b"), ("b-b",))
    assert c.parent == "b-b"


def test_a_merged_tag_leaves_names_phrases_and_children() -> None:
    tags = [
        tag("a", "An A", aliases=("Ä",), parent="top", match=("x", "y")),
        tag("b", parent="a", match=("y", "z")),
        tag("c", parent="a"),
        tag("top"),
    ]
    b, c, top = rename_tag.merged(tags, "a", "b")
    assert (b.aliases, b.match, b.parent) == (("a", "An A", "Ä"), ("y", "z", "x"), "top")
    assert (c.parent, top, b.former) == ("b", tags[3], ("a",))


def test_former_slugs_are_told_apart_from_other_aliases() -> None:
    aliases = ("Retrieval Augmentation", "retrieval", "lookup")
    found = tag_names.former([tag("rag", aliases=aliases, former=("retrieval",))])
    assert found == {"rag": {"retrieval": True, "retrieval-augmentation": False, "lookup": False}}


def test_no_address_of_a_tag_is_taken_and_none_is_given_twice() -> None:
    tags = [
        tag("a", aliases=("b", "C!", "née")),
        tag("b", aliases=("nee", "A.")),
        tag("c"),
    ]
    assert tag_names.former(tags) == {"a": {}, "b": {"nee": False}, "c": {}}


def test_a_former_slug_that_is_still_the_name_shown_leads_on() -> None:
    renamed = rename_tag.renamed([tag("nuscenes", "nuscenes")], "nuscenes", "nu")
    assert tag_names.former(renamed) == {"nu": {"nuscenes": True}}
