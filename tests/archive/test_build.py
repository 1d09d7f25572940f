"""The archive in memory: papers joined over days, tags of rules and people, authors, the tree."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from generator.archive.build import build_archive
from generator.archive.model import Archive, TagUse, by_upvotes
from generator.core.model import Paper, Tag, Tagging
from generator.render.pages.tags import targets
from tests.archives import MONDAY, daily, joined, paper, tag, varied, whole

TUESDAY = MONDAY + timedelta(days=1)


def tags_of(given_paper: Paper, tagging: Tagging | None = None) -> dict[str, tuple[str, str]]:
    tags = (
        tag("graphs", aliases=("graph learning",), match=("graph",)),
        tag("rag", "RAG", match=("RAG",)),
        tag("zoo", aliases=("animals",)),
    )
    return {use.tag.slug: (use.origin, use.phrase) for use in uses(tags, given_paper, tagging)}


def uses(
    tags: tuple[Tag, ...], given_paper: Paper, tagging: Tagging | None = None
) -> tuple[TagUse, ...]:
    taggings = [replace(tagging, paper=given_paper.id)] if tagging else []
    made = build_archive(whole(daily(MONDAY, given_paper), tags=tags, taggings=taggings))
    return made.entries[given_paper.id].tags


# ---- papers and days


def test_a_paper_of_two_days_is_one_paper_with_two_days() -> None:
    made = joined(
        daily(TUESDAY, paper(upvotes=5)), daily(MONDAY, paper(abstract="A text.", upvotes=2))
    )
    (entry,) = made.entries.values()
    assert entry.days == (MONDAY, TUESDAY)
    assert entry.listed == MONDAY
    assert (entry.paper.abstract, entry.upvotes) == ("A text.", 5)
    assert [day.entries for day in made.days] == [(entry,), (entry,)]


def test_entries_are_newest_first_and_within_a_day_as_the_source_has_them() -> None:
    made = joined(
        daily(MONDAY, paper("b"), paper("a")), daily(TUESDAY, paper("d"), paper("a"), paper("c"))
    )
    assert list(made.entries) == ["d", "c", "b", "a"]
    assert [entry.key for entry in made.days[1].entries] == ["d", "a", "c"]
    assert made.newest is made.days[1]


def test_an_empty_archive_has_nothing_and_fails_at_nothing() -> None:
    made = joined()
    assert (made.newest, made.entries, made.days, made.tags, made.authors) == (None, {}, (), {}, {})


def test_most_upvoted_first_and_the_given_order_among_equals() -> None:
    made = joined(
        daily(
            MONDAY, paper("a"), paper("b", upvotes=1), paper("c", upvotes=0), paper("d", upvotes=1)
        )
    )
    assert [entry.key for entry in by_upvotes(made.entries.values())] == [
        "b",
        "d",
        "a",
        "c",
    ]


# ---- tags


def test_a_rule_gives_a_tag_and_says_what_it_found() -> None:
    assert tags_of(paper(title="On Graphs")) == {"graphs": ("rule", "graph")}


@pytest.mark.parametrize("field", ["title", "summary", "abstract"])
def test_rules_read_every_text(field: str) -> None:
    assert set(tags_of(paper(**{field: "Better RAG"}))) == {"rag"}


def test_keywords_give_tags_by_phrase_and_by_name() -> None:
    assert tags_of(paper(keywords=("animals", "graph kernels"))) == {
        "zoo": ("rule", "animals"),
        "graphs": ("rule", "graph"),
    }


def test_people_override_rules() -> None:
    tagging = Tagging("2503.00001", tags=("Animals",), remove=("graph-learning",))
    assert tags_of(paper(title="Graphs with RAG"), tagging) == {
        "rag": ("rule", "RAG"),
        "zoo": ("people", ""),
    }


def test_a_tag_that_people_confirm_counts_as_given_by_people() -> None:
    assert tags_of(paper(title="Graphs"), Tagging("x", tags=("graphs",))) == {
        "graphs": ("people", "")
    }


def test_words_of_two_fields_make_no_phrase() -> None:
    tags = (tag("graph-learning", match=("graph learning",)),)
    assert uses(tags, paper(title="A graph", summary="Learning it")) == ()


def test_tags_of_a_paper_come_by_name() -> None:
    tags = (tag("a", "Zebra", match=("x",)), tag("z", "aardvark", match=("x",)))
    assert [use.tag.slug for use in uses(tags, paper(title="x"))] == ["z", "a"]


# ---- the tree


def tree() -> Archive:
    tags = (
        tag("methods"),
        tag("graphs", parent="methods", match=("graph",)),
        tag("kernels", parent="graphs", match=("kernel",)),
        tag("texts", match=("text",)),
    )
    papers = (
        paper("a", "graph of text"),
        paper("b", "graph kernel"),
        paper("c", "text"),
        paper("d", "kernel"),
    )
    return joined(daily(MONDAY, *papers), tags=tags)


def test_a_tags_papers_are_its_own_and_those_of_the_tags_below() -> None:
    pages = tree().tags
    assert {slug: ([e.key for e in page.entries], page.own) for slug, page in pages.items()} == {
        "graphs": (["a", "b", "d"], 2),
        "kernels": (["b", "d"], 2),
        "methods": (["a", "b", "d"], 0),
        "texts": (["a", "c"], 2),
    }


def test_a_tag_has_its_ancestors_and_children() -> None:
    pages = tree().tags
    assert [each.slug for each in pages["kernels"].ancestors] == ["methods", "graphs"]
    assert [each.slug for each in pages["methods"].children] == ["graphs"]


@given(st.lists(st.tuples(st.integers(0, 5), st.integers(0, 5)), max_size=8))
def test_a_wrong_tree_of_tags_never_fails(pairs: list[tuple[int, int]]) -> None:
    """Circles and missing parents are reported by the checks, not here."""
    tags = {
        f"t{own}x": tag(f"t{own}x", parent=f"t{parent}x", match=("placeholder",))
        for own, parent in pairs
    }
    made = joined(daily(), tags=tags.values())
    for page in made.tags.values():
        assert page.tag not in page.ancestors
        assert len(page.ancestors) == len(set(page.ancestors))
        assert len(page.entries) == 1


# ---- authors


def test_authors_with_enough_papers_have_a_page_and_their_commonest_spelling() -> None:
    made = joined(
        daily(
            MONDAY,
            paper("a", authors=("Ö. Müller-Beispiel", "B. Author")),
            paper("b", authors=("O. Muller Beispiel",)),
            paper("c", authors=("Ö. Müller-Beispiel",)),
        ),
        author_min_papers=3,
    )
    (author,) = made.authors.values()
    assert (author.slug, author.name) == ("o-muller-beispiel", "Ö. Müller-Beispiel")
    assert [entry.key for entry in author.entries] == ["a", "b", "c"]
    assert made.author_of("O. Muller Beispiel") is author
    assert made.author_of("Ö. Müller-Beispiel") is author
    assert made.author_of("B. Author") is None


def test_an_author_named_twice_wrote_one_paper() -> None:
    made = joined(daily(MONDAY, paper(authors=("A. Author", "A. Author"))), author_min_papers=2)
    assert made.authors == {}


# ---- order


@given(st.randoms(use_true_random=False))
def test_the_archive_does_not_depend_on_the_order_of_tags_and_taggings(random: object) -> None:
    what = varied()
    tags, taggings = list(what.tags), list(what.taggings)
    random.shuffle(tags)  # type: ignore[attr-defined]
    random.shuffle(taggings)  # type: ignore[attr-defined]
    other = build_archive(type(what)(what.settings, what.lists, tuple(tags), tuple(taggings)))
    made = build_archive(what)
    assert list(other.tags) == list(made.tags)
    assert {key: entry.tags for key, entry in other.entries.items()} == {
        key: entry.tags for key, entry in made.entries.items()
    }
    assert [each.make() for each in targets(other)] == [each.make() for each in targets(made)]


def test_days_before_1000_are_days() -> None:
    assert joined(daily(date(999, 1, 1))).days[0].date.year == 999


def test_all_taggings_of_a_paper_count() -> None:
    tags = (tag("graphs"), tag("agents"), tag("survey", match=("placeholder",)))
    taggings = [
        Tagging("2503.00001", ("graphs",), (), "graphs"),
        Tagging("2503.00001", (), ("survey",), "survey"),
        Tagging("2503.00001", ("agents",)),
    ]
    made = build_archive(whole(daily(MONDAY, paper()), tags=tags, taggings=taggings))
    entry = made.entries["2503.00001"]
    assert [use.tag.slug for use in entry.tags] == ["agents", "graphs"]
    assert entry.tagging
    assert entry.tagging.part == ""
