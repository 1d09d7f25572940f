"""Trending tags: the newest lists compared with those before."""

from __future__ import annotations

from datetime import date, timedelta

from generator.archive import trends
from generator.archive.model import Archive
from generator.core.model import DailyList
from tests.archives import daily, joined, paper, tag

FIRST = date(2025, 1, 1)
TAGS = (tag("graphs", match=("graph",)), tag("rags", match=("rag",)))


def lists(*titles_of_days: tuple[str, ...]) -> list[DailyList]:
    """A list a day with papers of the given titles."""
    return [
        daily(
            FIRST + timedelta(days=day),
            *(paper(f"2501.{day:02}{n:03}", title) for n, title in enumerate(titles)),
        )
        for day, titles in enumerate(titles_of_days)
    ]


def archive(before: tuple[str, ...], recent: tuple[str, ...], days_before: int = 5) -> Archive:
    return joined(*lists(*[before] * days_before, *[recent] * trends.RECENT_LISTS), tags=TAGS)


def test_a_tag_with_a_larger_share_than_before_is_trending() -> None:
    (rise,) = trends.trending(archive(("graph", "x", "y", "z"), ("graph", "graph", "x", "y")))
    assert (rise.tag.slug, rise.recent, rise.usual) == ("graphs", 10, 5.0)


def test_the_share_counts_not_the_number() -> None:
    """Twice the papers, twice the tag: nothing rises."""
    assert trends.trending(archive(("graph", "x"), ("graph", "graph", "x", "x"))) == []


def test_the_usual_number_is_for_as_many_papers_as_there_are_now() -> None:
    (rise,) = trends.trending(archive(("graph", "x"), ("graph", "graph", "graph", "x")))
    assert (rise.recent, rise.usual) == (15, 10.0)


def test_the_tag_that_rises_most_comes_first() -> None:
    rises = trends.trending(archive(("x",) * 4, ("graph", "rag", "graph", "x")))
    assert [rise.tag.slug for rise in rises] == ["graphs", "rags"]


def test_a_few_papers_make_no_trend() -> None:
    few = lists(*[("x", "x")] * 5, ("graph", "graph"), *[("x", "x")] * (trends.RECENT_LISTS - 1))
    assert trends.trending(joined(*few, tags=TAGS)) == []


def test_without_earlier_lists_nothing_is_trending() -> None:
    assert trends.trending(joined(*lists(("graph",), ("graph",)), tags=TAGS)) == []
    assert trends.trending(joined()) == []


def test_the_number_of_trends_is_limited() -> None:
    words = [f"{letter}{letter}{letter}{letter}word" for letter in "abcdefghijkl"]
    tags = [tag(word, match=(word,)) for word in words]
    made = lists(*[("x",)] * 3, *[tuple(words)] * trends.RECENT_LISTS)
    rises = trends.trending(joined(*made, tags=tags))
    assert [rise.tag.slug for rise in rises] == words[: trends.MAX_TRENDS]
