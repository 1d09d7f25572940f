"""Which feeds there are, and what they contain: whole days, within the maximum size."""

from __future__ import annotations

import gzip
import json
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from generator.archive.model import Archive
from generator.core import paths
from generator.core.model import DailyList
from generator.render.feeds import catalog
from generator.render.feeds.targets import feed_targets
from tests.archives import MONDAY, daily, joined, paper, tag
from tests.render.feeds.test_feeds import HOSTILE

MAX_BYTES = 512 * 1024
"""Maximum bytes of a main feed."""


def lists(*counts: int, first: date = MONDAY, step: int = 1, **more: Any) -> list[DailyList]:
    """Lists with these numbers of papers, on consecutive days."""
    return [
        daily(
            first + timedelta(days=step * day),
            *(paper(f"25{day:02}.{n:05}", **more) for n in range(count)),
        )
        for day, count in enumerate(counts)
    ]


def keys(feed: catalog.Subscription) -> list[str]:
    return [entry.key for entry in feed.entries]


def test_there_are_feeds_of_all_digests_tags_and_authors() -> None:
    archive = joined(
        daily(MONDAY, paper(authors=("A. Author",))), tags=[tag("graphs")], author_min_papers=1
    )
    assert [(feed.folder, feed.group, feed.name) for feed in catalog.all_of(archive)] == [
        ("", "archive", "Archive of Placeholders"),
        ("daily/", "digests", "Every day"),
        ("weekly/", "digests", "Every week"),
        ("tags/graphs/", "tags", "Graphs"),
        ("authors/a-author/", "authors", "A. Author"),
    ]


@pytest.mark.parametrize(("at_least", "expected"), [(None, 2), (0, 0), (1, 2), (2, 1), (3, 0)])
def test_authors_have_feeds_from_a_number_of_papers_on(at_least: int | None, expected: int) -> None:
    archive = joined(
        daily(MONDAY, paper(authors=("A. A", "B. B")), paper("2503.00002", authors=("A. A",))),
        author_min_papers=1,
        author_feed_min_papers=at_least,
    )
    paths = {target.path for target in feed_targets(archive)}
    assert len([path for path in paths if path.startswith("authors/")]) == 3 * expected


# ---- whole days


def test_a_tag_has_its_papers_and_those_of_tags_below_it() -> None:
    tags = [tag("methods"), tag("graphs", parent="methods", match=("graph",))]
    archive = joined(daily(MONDAY, paper(title="A graph"), paper("2503.00002")), tags=tags)
    found = {feed.folder: keys(feed) for feed in catalog.all_of(archive)}
    assert found["tags/methods/"] == found["tags/graphs/"] == ["2503.00001"]


def of_tag(archive: Archive) -> catalog.Subscription:
    return next(feed for feed in catalog.all_of(archive) if feed.group == "tags")


@pytest.mark.parametrize(
    ("counts", "feed_entries", "expected"),
    [
        ((2, 2), 1, 4),
        ((15, 15, 15), 1, 30),  # twenty papers, and the rest of that day
        ((20, 20, 20), 60, 60),  # all that are in the main feeds
        ((50, 100), 1, 100),
        ((1, *[10] * 5), 1, 20),
    ],
)
def test_a_tag_has_whole_days_as_far_back_as_the_main_feeds(
    counts: tuple[int, ...], feed_entries: int, expected: int
) -> None:
    archive = joined(
        *lists(*counts), tags=[tag("all", match=("placeholder",))], feed_entries=feed_entries
    )
    feed = of_tag(archive)
    assert len(feed.entries) == expected
    days = {entry.listed for entry in feed.entries}
    assert keys(feed) == [e.key for e in archive.entries.values() if e.listed in days]


@settings(max_examples=40)
@given(st.lists(st.integers(1, 40), min_size=1, max_size=8), st.integers(1, 60))
def test_no_paper_of_a_day_is_missing(counts: list[int], feed_entries: int) -> None:
    archive = joined(*lists(*counts), tags=[tag("all", match=("placeholder",))])
    for feed in catalog.all_of(archive):
        days = {entry.listed for entry in feed.entries}
        assert days == {day.date for day in archive.days if day.date >= min(days, default=date.max)}
        assert len(feed.entries) == sum(len(d.entries) for d in archive.days if d.date in days)


# ---- size


def largest(archive: Archive) -> int:
    return max(
        len(target.make()) for target in feed_targets(archive) if target.path in paths.FEED_TYPES
    )


def test_the_main_feeds_leave_out_days_that_would_make_them_too_large() -> None:
    archive = joined(*lists(*[40] * 6, abstract="Words. " * 600), feed_entries=200)
    main = catalog.whole(archive)
    assert len(main.entries) == 80
    assert largest(archive) < MAX_BYTES


def test_the_newest_day_is_whole_whatever_its_size() -> None:
    archive = joined(*lists(40, 200, abstract="Words. " * 700))
    assert len(catalog.whole(archive).entries) == 200


@pytest.mark.parametrize("text", [*HOSTILE, "<>&'\"" * 30, "Ω" * 90, "Words and words. " * 9])
def test_a_paper_is_no_larger_than_estimated(text: str) -> None:
    """Holds for each format and any text; the sizes compared include the feed's own metadata."""
    authors = tuple(f"A{n} {text[:30]}" for n in range(20))
    links = (("code", "https://example.org/" + "x" * 90), ("a" * 40, "https://example.org/"))
    one = paper(title=f"T {text}", summary=text, abstract=text * 3, authors=authors, links=links)
    tags = [tag(f"tag-{n}", match=("t",)) for n in range(9)]
    archive = joined(daily(MONDAY, one), tags=tags, author_min_papers=1)
    (entry,) = archive.entries.values()
    assert largest(archive) - largest(joined()) <= catalog.weight(archive, entry)


@pytest.mark.corpus
def test_main_feeds_of_the_real_corpus_are_small(corpus: Path) -> None:
    with gzip.open(corpus / "hf-daily-2024-2026.jsonl.gz", "rt", encoding="utf-8") as lines:
        records = [json.loads(line) for line in lines]
    by_day: dict[str, dict[str, dict[str, object]]] = {}
    for record in records:
        if record["list_date"] and record["arxiv_id"]:
            by_day.setdefault(record["list_date"], {})[record["arxiv_id"]] = record
    days = [
        daily(
            date.fromisoformat(day),
            *(
                paper(
                    key,
                    str(record["title"]),
                    authors=tuple(record["authors"]),  # type: ignore[arg-type]
                    abstract=str(record["abstract"] or ""),
                )
                for key, record in papers.items()
            ),
        )
        for day, papers in sorted(by_day.items())[-60:]
    ]
    for end in range(20, len(days), 8):
        archive = joined(*days[:end], feed_entries=100, author_feed_min_papers=0)
        assert largest(archive) < MAX_BYTES
        assert len(catalog.whole(archive).entries) >= 70


# ---- digests


def digests(archive: Archive, folder: str) -> list[str]:
    feed = next(each for each in catalog.all_of(archive) if each.folder == folder)
    return [f"{each.path} | {each.title}" for each in feed.digests]


def test_a_day_is_an_entry() -> None:
    archive = joined(*lists(2, 1))
    assert digests(archive, "daily/") == [
        "daily/2025-03-11 | 2025-03-11: 1 paper",
        "daily/2025-03-10 | 2025-03-10: 2 papers",
    ]


def test_a_week_is_an_entry_once_it_is_over() -> None:
    monday, friday, next_week = MONDAY, MONDAY + timedelta(days=4), MONDAY + timedelta(days=7)
    first, second, third = daily(monday), daily(friday, paper("b")), daily(next_week, paper("c"))
    assert digests(joined(first), "weekly/") == []
    assert digests(joined(first, second), "weekly/") == []
    over = ["weekly/2025-W11 | Week 11 of 2025: 2 papers"]
    assert digests(joined(first, second, third), "weekly/") == over
    later = daily(date(2025, 12, 29), paper("d"))
    assert digests(joined(first, second, third, later), "weekly/")[-1:] == over


def test_a_week_is_not_listed_before_its_publication_date() -> None:
    sunday, tuesday = daily(MONDAY + timedelta(days=6)), daily(MONDAY + timedelta(days=8))
    assert digests(joined(daily(MONDAY), sunday), "weekly/") == []
    over = ["weekly/2025-W11 | Week 11 of 2025: 1 paper"]
    assert digests(joined(daily(MONDAY), sunday, tuesday), "weekly/") == over


def test_a_week_is_published_on_the_monday_after_it() -> None:
    archive = joined(daily(MONDAY), daily(MONDAY + timedelta(days=9), paper("b")))
    (digest,) = catalog.weekly(archive).digests
    assert digest.period.published == date(2025, 3, 17)


def test_a_paper_of_two_days_is_in_its_week_once() -> None:
    archive = joined(
        daily(MONDAY), daily(MONDAY + timedelta(days=1)), daily(MONDAY + timedelta(days=8))
    )
    (digest,) = catalog.weekly(archive).digests
    assert len(digest.entries) == 1


def test_digests_hold_no_more_papers_than_a_feed_can_take() -> None:
    archive = joined(*lists(*[150] * 5))
    assert len(catalog.daily(archive).digests) == 2
    assert len(catalog.daily(joined(*lists(10, 900))).digests) == 1
    assert len(catalog.daily(joined(*lists(*[1] * 40))).digests) == catalog.DAYS
