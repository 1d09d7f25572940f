"""The saved page of a day: what its traps become."""

from datetime import date

import pytest

from generator.core.errors import SourceError, UsageError
from generator.core.ids import distinct_slug, is_paper_id, title_slug
from generator.core.model import Source
from generator.sources import hf_page
from generator.text import markup
from tests.effort import little_work
from tests.sources.inputs import MARCH_11, page, stream


def test_page_gives_every_paper_in_order() -> None:
    papers = page().papers
    assert [paper.id for paper in papers] == [
        title_slug(markup.plain(papers[0].title)),
        "rivers-roads-revisited",
        distinct_slug("Rivers & Roads Revisited"),
        "naive-clocks",
    ]


def test_page_keeps_the_text_as_it_is() -> None:
    first, wrapped, twin, _ = page().papers
    assert first.title == r"Counting Pebbles: A Study of $\mathcal{O}(n)$ Piles, \eg Small Ones"
    assert first.abstract.endswith("The code lies at https://example.org/pebbles.")
    assert wrapped.abstract.endswith(
        "invented land and wrap this abstract over three lines, as some captures do."
    )
    assert twin.abstract.startswith("Another paper")


def test_page_gives_source_and_curators() -> None:
    assert page().source == Source(
        "Hugging Face Daily Papers",
        "https://huggingface.co/papers/date/2025-03-11",
        ("AK", "the research community"),
    )


def test_page_may_have_full_dates_wrapped_titles_and_no_blank_lines_in_its_header() -> None:
    daily = page(date(2024, 3, 1), "page_wrapped.txt")
    assert daily.source.curators == ("AK", "B. Curator", "the research community")
    assert [paper.title for paper in daily.papers] == ["A Title Wrapped over Two Lines"]


def test_page_with_the_same_pair_twice_has_the_paper_once() -> None:
    pair = "A Title\n\nAn abstract that is the same both times.\n\n"
    (daily,) = hf_page.parse(stream(f"Mar 11\n\n{pair}{pair}"), "page", MARCH_11)
    assert len(daily.papers) == 1


def test_page_keeps_three_papers_of_one_title_apart() -> None:
    pairs = "".join(
        f"A Title\n\nAn abstract that is long enough and has the number {n}.\n\n" for n in range(3)
    )
    (daily,) = hf_page.parse(stream(f"Mar 11\n\n{pairs}"), "page", MARCH_11)
    assert len({paper.id for paper in daily.papers}) == 3
    assert all(is_paper_id(paper.id) for paper in daily.papers)


def test_page_needs_a_date_and_says_which() -> None:
    with pytest.raises(UsageError, match=r"'Mar 11'.*--date YYYY-03-11"):
        page(None)


@pytest.mark.parametrize("day", [date(2025, 3, 12), date(2025, 4, 11)])
def test_page_of_another_day_is_refused(day: date) -> None:
    with pytest.raises(UsageError, match=rf"'Mar 11'.*--date says {day}"):
        page(day)


def test_page_of_another_year_is_refused_if_it_shows_one() -> None:
    with pytest.raises(UsageError, match="'March 1, 2024'"):
        page(date(2025, 3, 1), "page_wrapped.txt")


TITLE, ABSTRACT = "A Short Title", "An abstract that is a good deal longer than its title."


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "page:1: the file is empty"),
        (" \n\n", "page:1: the file is empty"),
        ("\n<!DOCTYPE html><html>", "page:2: this is the page's HTML"),
        ("Some\n\nother text", "page:1: no line such as 'Mar 11'"),
        ("by AK\n\nMar 11\n", "page:3: there are no papers below"),
        (f"Mar 11\n\n{TITLE}\n\n{ABSTRACT}\n\n{TITLE}", "page:7: the last title has no abstract"),
        (f"Mar 11\n\n{ABSTRACT}\n\n{TITLE}\n\n{ABSTRACT}", "page:3: expected a title"),
        (f"Mar 11\n\n{TITLE}\n\n{ABSTRACT}\n\n{ABSTRACT}\n\n{TITLE}", "page:7: expected a title"),
        (f"Mar 11\n\n{TITLE}\n\n{ABSTRACT}\n\nCompany\n\n© Example", "page:7: expected a title"),
        (f"Mar 11\n\n{'long ' * 90}\n\n{'longer ' * 90}", "page:3: expected a title"),
    ],
)
def test_text_that_is_no_page_is_refused_with_its_line(text: str, message: str) -> None:
    with pytest.raises(SourceError, match=rf"^{message}.*; "):
        hf_page.parse(stream(text), "page", MARCH_11)


def test_page_in_another_encoding_is_refused_with_its_line() -> None:
    with pytest.raises(SourceError, match=r"^page:3: not UTF-8"):
        hf_page.parse(stream("Mar 11\n\nNaïve".encode("latin-1")), "page", MARCH_11)


# ---- what is too large


def test_a_paragraph_of_very_many_lines_takes_little_work() -> None:
    text = "Mar 11\n\nA Title\n\n" + "word\n" * 1_000_000
    with (
        little_work(),
        pytest.raises(SourceError, match=r"page\.txt:5: the abstract has 4,999,999"),
    ):
        hf_page.parse(stream(text), "page.txt", MARCH_11)


def test_a_page_of_too_many_papers_is_refused() -> None:
    pair = f"A Title\n\n{'word ' * 10}\n\n"
    with pytest.raises(SourceError, match=r"page\.txt:3: the page has 20,001 papers, more than"):
        hf_page.parse(stream(f"Mar 11\n\n{pair * 20_001}"), "page.txt", MARCH_11)


def test_a_page_is_read_up_to_its_limit() -> None:
    with pytest.raises(SourceError, match=r"page\.txt:1: larger than 16 MB; fetch it again"):
        hf_page.parse(stream(b"a" * (16 << 20) + b"a"), "page.txt", MARCH_11)
