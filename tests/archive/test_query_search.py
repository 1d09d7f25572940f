"""Which papers a saved query finds."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from generator.content import query_language
from generator.core.model import Tagging
from generator.text.phrases import PhraseIndex, Texts
from tests.archives import daily, joined, paper, saved, tag

LISTS = (
    daily(
        date(2025, 2, 28),
        paper("2502.00001", "Language models", authors=("Ö. Müller", "B. Two"), upvotes=3),
    ),
    daily(
        date(2025, 3, 10),
        paper("2503.00001", "On graphs", abstract="Chains of\nthought, RAG.", upvotes=20),
        paper("2503.00002", "A survey", summary="Of graphs.", authors=("B. Two",)),
    ),
    daily(
        date(2025, 3, 11),
        paper("2503.00003", "Deep", keywords=("text-to-image", "rag doll"), authors=("B Two",)),
        paper("2503.00001", "On graphs"),
    ),
)
TAGS = (
    tag("methods"),
    tag("graphs", parent="methods", match=("graph",), aliases=("networks of nodes",)),
    tag("surveys", match=("survey",)),
)


def found(query: str) -> list[str]:
    taggings = [Tagging("2503.00003", tags=("methods",))]
    archive = joined(*LISTS, tags=TAGS, taggings=taggings, queries=[saved("it", query)])
    return [entry.key.replace("250", "")[-7:] for entry in archive.queries["it"].entries]


OLD, GRAPHS, SURVEY, DEEP = "2.00001", "3.00001", "3.00002", "3.00003"


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("tag:graphs", [GRAPHS, SURVEY]),
        ("tag:methods", [DEEP, GRAPHS, SURVEY]),
        ('tag:"networks of nodes"', [GRAPHS, SURVEY]),
        ("tag:Graphs AND NOT tag:surveys", [GRAPHS]),
        ("NOT tag:methods", [OLD]),
        ('author:"B. Two"', [DEEP, SURVEY, OLD]),
        ('author:"b two"', [DEEP, SURVEY, OLD]),
        ('author:"o muller"', [OLD]),
        ('author:"Ö. Müller"', [OLD]),
        ('author:"Nobody Here"', []),
        ("upvotes>=20", [GRAPHS]),
        ("upvotes<20", [DEEP, SURVEY, OLD]),
        ("upvotes:0", [DEEP, SURVEY]),
        ("upvotes<=3", [DEEP, SURVEY, OLD]),
        ("upvotes>3", [GRAPHS]),
        ("day:2025-03", [DEEP, GRAPHS, SURVEY]),
        ("day:2025-03-11", [DEEP]),
        ("day<2025-03", [OLD]),
        ("day<=2025-03-10", [GRAPHS, SURVEY, OLD]),
        ("day>2025-03-10", [DEEP]),
        ("day>2025", []),
        ("day>=2025-03-10 day<2025-03-11", [GRAPHS, SURVEY]),
        ("graph", [GRAPHS, SURVEY]),
        ('"chain of thought"', [GRAPHS]),
        ('"text to image"', [DEEP]),
        ("RAG", [GRAPHS]),
        ("rag", [DEEP, GRAPHS]),
        ('"graphs chain"', []),
        ('"image rag"', []),
        ("raph", []),
        ("grap", []),
        ('"chain of though"', []),
        ("language OR survey", [SURVEY, OLD]),
        ("(language OR survey) AND NOT day:2025-02", [SURVEY]),
    ],
)
def test_a_query_finds_newest_first(query: str, expected: list[str]) -> None:
    assert found(query) == expected


def test_a_query_finds_by_authors_who_have_a_page_too() -> None:
    archive = joined(*LISTS, author_min_papers=1, queries=[saved("it", 'author:"O Müller"')])
    assert [entry.key for entry in archive.queries["it"].entries] == ["2502.00001"]


def test_a_query_that_cannot_be_parsed_is_left_out() -> None:
    archive = joined(*LISTS, queries=[saved("it", "(a"), saved("other", "graph")])
    assert list(archive.queries) == ["other"]


WORDS = st.lists(
    st.sampled_from(
        "graph graphs Graph GRAPHS RAG RAGs rag bus buses gas ss s as class classes é überall ß "
        "a-b a_b İs ſs x1 ''s".split()
    ),
    max_size=6,
).map(" ".join)
TEXT = st.lists(
    st.sampled_from(["graph", "graphs", "RAG", "rag", "bus", "buses", "classes", "é", "ß", "İs"])
    | st.sampled_from([" ", "-", "\n", "_", ".", "s", "S", "x1", "GRAPHS", "class", "ſs"]),
    max_size=12,
).map("".join)


SHORT = st.text("abs AB-", max_size=8)


@given(WORDS | TEXT | SHORT, st.lists(WORDS | TEXT | SHORT, max_size=3))
def test_words_are_found_as_rules_find_them(phrase: str, texts: list[str]) -> None:
    index = PhraseIndex([(phrase, None)])
    expected = any(True for text in texts for _ in index.find(text))
    assert Texts([texts]).having(phrase, {0}) == ({0} if expected else set())


def test_only_papers_asked_for_are_found() -> None:
    assert Texts([["a b"], ["a b"], ["c"]]).having("a b", {1, 2}) == {1}


def test_parts_of_a_query_only_search_what_others_left() -> None:
    """Not more than what is left: a wrong order would show as papers that tags don't allow."""
    query = "NOT (graph OR NOT (tag:graphs OR deep)) AND (deep OR day:2025-03-10)"
    assert str(query_language.parse(query)) == query
    assert found(query) == [DEEP]
