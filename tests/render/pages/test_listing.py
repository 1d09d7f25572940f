"""Listings: where one is split, whatever it lists, and what its pages depend on."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import date, timedelta
from typing import Any

import pytest

from generator.archive.model import Archive
from generator.core import paths
from generator.core.model import Paper
from generator.render.pages.listing import (
    NEWEST,
    SPLIT_ABOVE,
    SPLIT_YEAR_ABOVE,
    Listing,
    listing_page,
    listing_targets,
)
from tests.archives import all_pages, daily, joined, paper, saved, tag

LINE = re.compile(r"^- \[", re.MULTILINE)
LAST_YEAR, JANUARY, MARCH = date(2024, 12, 30), date(2025, 1, 15), date(2025, 3, 3)
NAME = "bea-busy"
TAG, QUERY, AUTHOR = paths.tag_page(NAME), paths.query_page(NAME), paths.author_page(NAME)


def papers_of(day: date, count: int) -> Iterable[Paper]:
    """Papers on graphs by one author."""
    return (
        paper(f"{day}-{number}", f"Graph {number}", authors=("Bea Busy",))
        for number in range(count)
    )


def archive_of(*counts: tuple[date, int]) -> Archive:
    """An archive with this many papers on each day, all of one tag, query and author."""
    return joined(
        *(daily(day, *papers_of(day, count)) for day, count in counts),
        tags=[tag(NAME, match=("graph",))],
        queries=[saved(NAME, "graph")],
    )


def listed(archive: Archive, page: str) -> dict[str, int]:
    """How many papers the page of a listing and those of its periods show, by path below it."""
    stem = page.removesuffix(paths.PAGE)
    return {
        each.path.removeprefix(stem): len(LINE.findall(each.make().decode()))
        for each in all_pages(archive)
        if each.path == page or re.match(rf"{stem}/\d{{4}}", each.path)
    }


@pytest.mark.parametrize("page", [TAG, QUERY, AUTHOR])
def test_a_tag_a_query_and_an_author_of_the_same_papers_are_split_alike(page: str) -> None:
    whole = SPLIT_ABOVE - 1
    newest = SPLIT_ABOVE if page == AUTHOR else NEWEST
    assert listed(archive_of((LAST_YEAR, 1), (MARCH, whole)), page) == {".md": SPLIT_ABOVE}
    assert listed(archive_of((LAST_YEAR, 2), (MARCH, whole)), page) == {
        ".md": newest,
        "/2025.md": whole,
        "/2024.md": 2,
    }
    year = {".md": newest, "/2025.md": SPLIT_YEAR_ABOVE, "/2024.md": 1}
    counts = (LAST_YEAR, 1), (JANUARY, 2), (MARCH, SPLIT_YEAR_ABOVE - 2)
    assert listed(archive_of(*counts), page) == year


@pytest.mark.parametrize(("page", "has_months"), [(TAG, True), (QUERY, True), (AUTHOR, False)])
def test_a_year_of_very_many_papers_is_split_by_month(page: str, *, has_months: bool) -> None:
    found = listed(archive_of((JANUARY, 2), (MARCH, SPLIT_YEAR_ABOVE - 1)), page)
    del found[".md"]
    months = {"/2025.md": 0, "/2025-03.md": SPLIT_YEAR_ABOVE - 1, "/2025-01.md": 2}
    assert found == (months if has_months else {"/2025.md": SPLIT_YEAR_ABOVE + 1})


# ---- a listing of any kind


def listing_of(archive: Archive, **more: Any) -> Listing:
    values: dict[str, Any] = {
        "path": "venues/a.md",
        "kind": "author",
        "name": "Venue A",
        "label": "Venue *A*",
        "description": "Papers at A.",
        "phrase": "at Venue A",
        "feeds": "",
        "entries": tuple(archive.entries.values()),
    }
    return Listing(**values | more)


def made(archive: Archive, **more: Any) -> dict[str, str]:
    found = listing_targets(archive, listing_of(archive, **more))
    return {each.path: each.make().decode() for each in found}


LONG = (LAST_YEAR, 3), (JANUARY, 2), (MARCH, SPLIT_YEAR_ABOVE)


def test_pages_of_any_listing_show_its_name_and_phrase() -> None:
    pages = made(archive_of(*LONG))
    assert list(pages) == [
        "venues/a.md",
        "venues/a/2025.md",
        "venues/a/2025-03.md",
        "venues/a/2025-01.md",
        "venues/a/2024.md",
    ]
    assert "[2025 *302*](a/2025.md) [2024 *3*](a/2024.md)" in pages["venues/a.md"]
    month = pages["venues/a/2025-01.md"]
    assert 'title: "Venue A, January 2025"\n' in month
    assert 'description: "2 papers of January 2025 at Venue A."\n' in month
    assert 'kind: "author"\n' in month
    assert "# Venue \\*A\\*, January 2025 " in month
    assert not [text for text in pages.values() if "feeds:" in text]
    announced = made(archive_of(*LONG), feeds="venues/a/").values()
    assert not [text for text in announced if '"venues/a/rss.xml"' not in text]


def test_years_and_months_link_to_their_siblings_or_have_breadcrumbs() -> None:
    siblings = made(archive_of(*LONG), label="A")
    assert "\n[A](../a.md) · [2025](2025.md) · 2024\n" in siblings["venues/a/2024.md"]
    assert (
        "\n[A](../a.md) · [2025](2025.md) · [March 2025](2025-03.md) · January 2025\n"
        in siblings["venues/a/2025-01.md"]
    )
    breadcrumbs = made(archive_of(*LONG), label="A", has_breadcrumbs=True)
    assert "\n[A](../a.md) › 2024\n" in breadcrumbs["venues/a/2024.md"]
    assert "\n[A](../a.md) › [2025](2025.md) › January 2025\n" in breadcrumbs["venues/a/2025-01.md"]


def test_a_listing_without_years_shows_only_the_newest() -> None:
    archive = archive_of(*LONG)
    pages = made(archive, has_years=False, newest=7)
    assert {path: len(LINE.findall(text)) for path, text in pages.items()} == {"venues/a.md": 7}
    assert "All by year" not in pages["venues/a.md"]
    assert listing_page(archive, listing_of(archive, has_years=False, newest=7)).decode() in (
        pages.values()
    )


def changed(one: Archive, other: Archive, **more: Any) -> set[str]:
    """Pages of the first archive whose inputs differ in the other, below the folder."""
    before, after = (
        {each.path: each.inputs for each in listing_targets(archive, listing_of(archive, **values))}
        for archive, values in ((one, {}), (other, more))
    )
    return {path.removeprefix("venues/") for path in before if before[path] != after[path]}


ALL_PAGES = {"a.md", "a/2025.md", "a/2025-03.md", "a/2025-01.md", "a/2024.md"}


def test_all_pages_depend_on_the_texts_of_the_listing() -> None:
    archive = archive_of(*LONG)
    assert changed(archive, archive) == set()
    for words in ("name", "label", "phrase", "feeds"):
        assert changed(archive, archive, **{words: "other"}) == ALL_PAGES, words
    assert changed(archive, archive, description="Other.") == {"a.md"}


@pytest.mark.parametrize(
    ("counts", "expected"),
    [
        ((*LONG, (MARCH + timedelta(1), 1)), {"a.md", "a/2025.md", "a/2025-03.md"}),
        ((*LONG, (date(2025, 4, 1), 1)), ALL_PAGES - {"a/2024.md"}),
        ((*LONG, (date(2026, 1, 1), 1)), {"a.md", "a/2025.md", "a/2024.md"}),
        (
            ((LAST_YEAR, 3), (JANUARY, 1), (MARCH, SPLIT_YEAR_ABOVE + 1)),
            {"a/2025.md", "a/2025-03.md", "a/2025-01.md"},
        ),
        (
            ((LAST_YEAR, 2), (JANUARY, 2), (MARCH, SPLIT_YEAR_ABOVE + 1)),
            ALL_PAGES - {"a/2025-01.md"},
        ),
    ],
    ids=["same month", "new month", "new year", "from month to month", "from year to year"],
)
def test_pages_depend_on_the_papers_and_counts_they_show(
    counts: tuple[tuple[date, int], ...], expected: set[str]
) -> None:
    assert changed(archive_of(*LONG), archive_of(*counts)) == expected


def test_only_the_first_page_depends_on_further_inputs() -> None:
    archive = archive_of(*LONG)
    listing = listing_of(archive)

    def values() -> dict[str, object]:
        raise AssertionError

    one, other = (list(listing_targets(archive, listing, what, values)) for what in "ab")
    assert [a.path for a, b in zip(one, other, strict=True) if a.inputs != b.inputs] == [
        "venues/a.md"
    ]
    with pytest.raises(AssertionError):
        one[0].make()
