"""The keys of a paper: each is described once, and no value of any is lost on the way."""

from __future__ import annotations

from hypothesis import given
from msgspec import structs

from generator.content import writer
from generator.content.merge import merge_paper
from generator.content.paper_keys import EMPTY, PAPER_KEYS
from generator.content.reader import parse_file
from generator.core import paths
from generator.core.model import DailyList, Paper
from tests.archives import MONDAY, ROOT, daily
from tests.papers import PAPER, kept

FIELDS = structs.fields(Paper)


def written_and_read(one: Paper) -> Paper:
    """What comes of a paper that is written to a list's file and read from it."""
    text = writer.list_text(daily(MONDAY, one))
    found, problems = parse_file(ROOT / "content", paths.list_file(MONDAY), text.encode())
    assert problems == ()
    assert isinstance(found, DailyList)
    return found.papers[0]


def test_there_is_a_row_for_each_field_of_a_paper_in_its_order() -> None:
    assert [key.name for key in PAPER_KEYS] == [field.name for field in FIELDS]


def test_what_a_paper_need_not_have_is_empty_where_it_is_missing() -> None:
    """Else it would be written, or replace what is known."""
    assert [field.name for field in FIELDS if field.required] == ["id", "title"]
    assert [
        field.name for field in FIELDS if not field.required and field.default not in EMPTY
    ] == []


@given(PAPER)
def test_any_paper_that_is_written_is_read_again(one: Paper) -> None:
    assert written_and_read(one) == kept(one)


@given(PAPER)
def test_what_was_read_is_read_the_same_again(one: Paper) -> None:
    assert written_and_read(kept(one)) == kept(one)


@given(PAPER)
def test_a_paper_merged_with_itself_is_the_same(one: Paper) -> None:
    assert merge_paper(one, one) == one


@given(PAPER)
def test_a_paper_loses_nothing_to_one_that_says_less(one: Paper) -> None:
    bare = Paper(one.id, one.title)
    assert merge_paper(one, bare) == merge_paper(bare, one) == one


@given(PAPER, PAPER)
def test_merging_a_paper_again_changes_nothing(one: Paper, other: Paper) -> None:
    once = merge_paper(one, other)
    assert merge_paper(once, other) == once
