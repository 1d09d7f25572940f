"""The language of saved queries: what it means, and what is said where it means nothing."""

from __future__ import annotations

import subprocess
import sys
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from generator.content import query_language
from generator.content.query_language import (
    And,
    ByAuthor,
    HasTag,
    HasUpvotes,
    HasWords,
    ListedIn,
    Not,
    Or,
    Query,
    QueryError,
)
from generator.text import phrases
from tests.archives import ROOT
from tests.effort import little_work

A, B, C = HasWords("a"), HasWords("b"), HasWords("c")


def refused(text: str) -> QueryError:
    with pytest.raises(QueryError) as found:
        query_language.parse(text)
    return found.value


def check(text: str) -> None:
    """A text is read, and the same again from what its tree says; or refused at a place in it."""
    error = None
    try:
        tree = query_language.parse(text)
    except QueryError as refusal:
        error = refusal
    else:
        assert query_language.parse(str(tree)) == tree
    if error:
        assert 1 <= error.column <= len(text) + 1
        assert error.message
        assert error.hint


# ---- what it means


@pytest.mark.parametrize(
    ("text", "tree"),
    [
        ("a b", And((A, B))),
        ("a AND b", And((A, B))),
        ("a OR b", Or((A, B))),
        ("a OR b c", Or((A, And((B, C))))),
        ("a b OR c", Or((And((A, B)), C))),
        ("(a OR b) c", And((Or((A, B)), C))),
        ("NOT a b", And((Not(A), B))),
        ("NOT (a b)", Not(And((A, B)))),
        ("a NOT b", And((A, Not(B)))),
        ("NOT a OR b", Or((Not(A), B))),
        ("a b c", And((A, B, C))),
        ("a (b c)", And((A, B, C))),
        ("a OR (b OR c)", Or((A, B, C))),
        ("NOT NOT a", A),
        ("((a))", A),
        ('"a  b"', HasWords("a b")),
        ('"AND"', HasWords("AND")),
        ("ANDROID NOTES", And((HasWords("ANDROID"), HasWords("NOTES")))),
        ("text-to-image", HasWords("text-to-image")),
        ("tag:rag", HasTag("rag")),
        ('Tag : "long context"', HasTag("long context")),
        ('author:"A. Author"', ByAuthor("A. Author")),
        ("upvotes>=20", HasUpvotes(">=", 20)),
        ("upvotes < 3", HasUpvotes("<", 3)),
        ("upvotes:3", HasUpvotes("=", 3)),
        ("upvotes=3", HasUpvotes("=", 3)),
        ("day:2025-03-11", ListedIn("=", date(2025, 3, 11), date(2025, 3, 11))),
        ("day:2024-02", ListedIn("=", date(2024, 2, 1), date(2024, 2, 29))),
        ("day<=2025", ListedIn("<=", date(2025, 1, 1), date(2025, 12, 31))),
    ],
)
def test_a_query_is_read_as(text: str, tree: Query) -> None:
    assert query_language.parse(text) == tree


def test_tags_have_their_columns() -> None:
    tree = query_language.parse('NOT (a OR tag:"long context") tag:rag')
    assert [(tag.name, tag.column) for tag in query_language.tags(tree)] == [
        ("long context", 15),
        ("rag", 35),
    ]


# ---- what is wrong, and where


@pytest.mark.parametrize(
    ("text", "column", "message", "hint"),
    [
        ("", 1, "empty", "write one"),
        ("  ", 1, "empty", "write one"),
        ("(a", 1, "not closed", "add a ')'"),
        ("a (b (c) d", 3, "not closed", "add a ')'"),
        ('(a OR "b)', 7, "quote is not closed", "close it"),
        ('a "b" "c', 7, "quote is not closed", "close it"),
        ("a)", 2, "no matching", "remove it"),
        ("a ()", 4, "these parentheses are empty", "remove them"),
        ("a AND", 3, "nothing follows AND", "remove AND"),
        ("(NOT)", 2, "nothing follows NOT", "remove NOT"),
        ("a OR OR b", 3, "nothing follows OR", "remove OR"),
        ("OR b", 1, "nothing precedes OR", "remove OR"),
        ("(AND b)", 2, "nothing precedes AND", "remove AND"),
        ("a and b", 3, "not in capitals", "in capitals"),
        ("-survey", 1, "hyphen", "write NOT survey"),
        ("transform*", 1, "contains a *", "whole words"),
        ("a & b", 3, "no letters or digits", "AND"),
        ('""', 1, "no letters or digits", "AND"),
        ("tga:rag", 1, "no field 'tga'", "did you mean 'tag'?"),
        ("https://example.org/", 1, "no field 'https'", "tag, author, day, upvotes"),
        ("a tag:", 6, "a value must follow ':'", "quotes"),
        ("tag:(a OR b)", 4, "a value must follow ':'", "quotes"),
        ("tag:NOT", 4, "a value must follow ':'", "quotes"),
        ('tag:""', 5, "no letters or digits", "word"),
        ("tag>=rag", 4, "'>=' can't be used with tag", "write tag:rag"),
        ('author="A. Author"', 7, "'=' can't be used with author", 'write author:"A. Author"'),
        (":rag", 1, "must follow a field", "tag, author"),
        ("tag:a:b", 6, "must follow a field", "tag, author"),
        ("upvotes>=1,000", 10, "not a whole number", "in digits"),
        ("upvotes>=٣", 10, "not a whole number", "in digits"),
        ("day:2025-13", 5, "not a day", "2025-03"),
        ("day:2025-02-30", 5, "not a day", "2025-03"),
        ("day>yesterday", 5, "not a day", "2025-03"),
        ("day:0000", 5, "not a day", "2025-03"),
        ("a " * 501, 1001, "more than 1,000", "split"),
        ("NOT (a " * 30 + ")" * 30, 1, "deeper than 20", "simplify"),
    ],
)
def test_a_mistake_is_reported_with_its_column(
    text: str, column: int, message: str, hint: str
) -> None:
    error = refused(text)
    assert (error.column, message in error.message, hint in error.hint) == (column, True, True), (
        error.column,
        str(error),
    )


@pytest.mark.parametrize(
    "text",
    [
        "(" * 500 + "a" + ")" * 499,
        "NOT " * 249 + "a",
        "(NOT " * 199,
        "a" * 1000,
        '"' * 1000,
        "a:" * 500,
        "a OR " * 199 + "b",
        "(a OR (b AND NOT " * 50,
        " " * 1000,
        "<" * 1000,
    ],
)
def test_no_query_takes_long_or_crashes(text: str) -> None:
    query_language.parse("the parser is made")
    with little_work():
        check(text)


QUERY_LIKE = st.lists(
    st.sampled_from(
        'AND OR NOT and ( ) " : = >= < > tag author upvotes day tag:rag "a b" 20 2025-03 x - * é'
        " \t \n \0 ٣ day:2025 upvotes>3".split(" ")
    ),
    max_size=30,
).flatmap(lambda parts: st.sampled_from([" ".join(parts), "".join(parts)]))


@given(st.text(max_size=60) | QUERY_LIKE)
def test_any_text_is_read_or_refused_at_a_place_in_it(text: str) -> None:
    check(text)


WORDS = st.text(st.characters(exclude_characters='"'), max_size=12).map(
    lambda text: " ".join(text.split())
)
SAID = WORDS.filter(lambda text: bool(phrases.words(text)))
SIGN = st.sampled_from(["=", ">=", ">", "<=", "<"])
DAY = st.dates()
LEAF = st.one_of(
    SAID.map(HasWords),
    SAID.map(HasTag),
    SAID.map(ByAuthor),
    st.builds(HasUpvotes, SIGN, st.integers(0, 10**9)),
    st.builds(lambda sign, day: ListedIn(sign, day, day), SIGN, DAY),
    st.builds(
        lambda sign, year: ListedIn(sign, date(year, 1, 1), date(year, 12, 31)),
        SIGN,
        st.integers(1, 9999),
    ),
)


def joined(kind: type[And | Or], parts: list[Query]) -> Query:
    """Parts joined as the parser would: none is of the same kind."""
    flat = [leaf for part in parts for leaf in (part.parts if isinstance(part, kind) else (part,))]
    return kind(tuple(flat))


TREE: st.SearchStrategy[Query] = st.recursive(
    LEAF,
    lambda inner: st.one_of(
        inner.filter(lambda each: not isinstance(each, Not)).map(Not),
        st.lists(inner, min_size=2, max_size=3).map(lambda parts: joined(And, parts)),
        st.lists(inner, min_size=2, max_size=3).map(lambda parts: joined(Or, parts)),
    ),
    max_leaves=8,
)


@given(TREE)
def test_a_tree_as_text_is_read_as_the_same_tree(tree: Query) -> None:
    assert query_language.parse(str(tree)) == tree


def test_the_page_of_the_language_shows_what_can_be_read() -> None:
    page = (ROOT / "docs/saved-queries.md").read_text(encoding="utf-8")
    shown = [line.split("`")[1] for line in page.splitlines() if line.startswith("| `")]
    assert len(shown) == 11
    for text in shown:
        query_language.parse(text)


def test_the_parser_is_loaded_only_for_a_query() -> None:
    program = "import sys; from generator.site import build; sys.exit('lark' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", program], check=False).returncode == 0
