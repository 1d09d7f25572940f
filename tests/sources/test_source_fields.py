"""Texts of sources: clean, and the same after writing and reading."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from generator.content import reader, writer
from generator.core.model import Paper
from generator.sources import source_fields
from tests.sources.inputs import MARCH_11


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (" a\n  title ", "a title"),
        ("nul\0s go", "nuls go"),
        ("half \ud83d a pair", "half \ufffd a pair"),
        ("a \ud83d\ude00 pair", "a \U0001f600 pair"),
        ("next\x85line \u2028 separator", "next line separator"),
        ("bell \x07 stays", "bell \x07 stays"),
    ],
)
def test_a_line_is_clean(text: str, expected: str) -> None:
    assert source_fields.clean_line(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("wrapped\nlines\r\nmeet", "wrapped lines meet"),
        ("one\n\ntwo\n \n\n three\n", "one\n\ntwo\n\nthree"),
        ("\n\n", ""),
    ],
)
def test_prose_keeps_paragraphs_only(text: str, expected: str) -> None:
    assert source_fields.clean_prose(text) == expected


any_text = st.text(st.characters(exclude_categories=()))


@given(any_text, st.lists(any_text), any_text, st.lists(any_text))
def test_whatever_a_source_holds_survives_writing_and_reading(
    tmp_path_factory: pytest.TempPathFactory,
    title: str,
    authors: list[str],
    abstract: str,
    keywords: list[str],
) -> None:
    paper = Paper(
        id="2503.00001",
        title=source_fields.clean_line(title) or "A Title",
        authors=source_fields.clean_lines(authors),
        abstract=source_fields.clean_prose(abstract),
        keywords=source_fields.clean_lines(keywords),
    )
    root = tmp_path_factory.getbasetemp() / "round-trip"
    daily = source_fields.daily_list(MARCH_11, [paper])
    writer.write_list(root, daily)
    assert reader.read_list(root, MARCH_11) == (daily, ())
