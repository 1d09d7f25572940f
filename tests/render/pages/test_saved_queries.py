"""Pages of saved queries: what they show, how they are split, and when they are made again."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date, timedelta
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import markdown
import pytest
from msgspec.structs import replace

from generator.archive.build import build_archive
from generator.archive.citation import EXPORT_FORMATS
from generator.archive.model import Archive
from generator.content import checks, query_language, reader, yaml_fields
from generator.content.read_cache import ReadCache
from generator.core import paths
from generator.core.cache import Cache
from generator.core.model import Content, Tagging
from generator.render.feeds.targets import feed_targets
from generator.render.pages.listing import NEWEST, SPLIT_YEAR_ABOVE
from generator.render.pages.targets import page_targets
from generator.site import html_page
from tests.archives import MONDAY, TODAY, daily, joined, paper, saved, tag, whole, write

LINE = re.compile(r"^- \[", re.MULTILINE)


def made(read: Archive) -> dict[str, str]:
    """The files of saved queries, by path."""
    targets = [each for each in page_targets(read) if each.path.startswith("feeds/")]
    return {target.path: target.make().decode() for target in targets}


def inputs(read: Archive) -> dict[str, bytes]:
    return {each.path: each.inputs for each in page_targets(read) if each.path.startswith("feeds/")}


def small(**more: str) -> Content:
    papers = (paper("2503.00001", "On graphs"), paper("2503.00002", "On sets", upvotes=7))
    return whole(
        daily(MONDAY, *papers),
        tags=[tag("graphs", match=("graph",))],
        queries=[saved("of-graphs", "tag:graphs", **more), saved("liked", "upvotes>5")],
    )


def test_a_page_shows_query_papers_feeds_and_bibliography() -> None:
    page = made(build_archive(small()))["feeds/of-graphs.md"]
    assert "# Of graphs {: #title }\n\nWhat of-graphs finds.\n" in page
    assert "\n    tag:graphs\n" in page
    assert "1 paper that" in page
    for file in ("rss.xml", "atom.xml", "feed.json", "of-graphs.bib"):
        assert f"](of-graphs/{file})" in page
    assert "](../papers/2503.00001.md)" in page
    assert "2503.00002" not in page
    assert "/edit/main/content/feeds/of-graphs.yaml)" in page


def test_the_bibliography_has_the_papers_of_the_query() -> None:
    files = made(build_archive(small()))
    assert "eprint = {2503.00002}" in files["feeds/liked/liked.bib"]
    assert files["feeds/liked/liked.bib"].count("@misc") == 1


def test_without_a_repository_there_are_no_links_to_it() -> None:
    files = made(build_archive(replace(small(), settings=joined(repository="").settings)))
    assert not [path for path, text in files.items() if "/edit/" in text or "/new/" in text]


def test_the_list_names_all_queries_with_their_papers() -> None:
    page = made(build_archive(small()))["feeds/index.md"]
    lines = [line for line in page.splitlines() if line.startswith("- ")]
    assert lines == [
        "- [Liked](liked.md) *1* What liked finds.",
        "- [Of graphs](of-graphs.md) *1* What of-graphs finds.",
    ]


def test_an_archive_without_saved_queries_says_how_to_save_one() -> None:
    files = made(joined(daily()))
    assert list(files) == ["feeds/index.md"]
    assert "0 saved queries." in files["feeds/index.md"]
    assert "/new/main?" in files["feeds/index.md"]


def test_the_file_that_the_link_opens_is_a_valid_one() -> None:
    page = made(joined(daily()))["feeds/index.md"]
    address = re.search(r"\[Save a query\]\((.+?)\)", page)
    assert address
    values = parse_qs(urlsplit(address[1].replace("&amp;", "&")).query)
    problems: list[object] = []
    fields = yaml_fields.read_fields("a.yaml", values["value"][0].encode(), problems)  # type: ignore[arg-type]
    assert fields
    assert values["filename"] == ["content/feeds/my-query.yaml"]
    assert fields.names() == ("name", "description", "query")
    assert str(query_language.parse(fields.text("query"))) == "tag:reasoning AND upvotes>=20"
    assert problems == []


def test_text_of_a_query_is_no_markup() -> None:
    query = '"<script>alert(1)</script>" OR "</code> **bold** [a](b)"'
    hostile = saved("it", query, name="<b>*x*</b>", description="[a](javascript:b) `c`")
    files = made(joined(daily(), queries=[hostile]))
    for path in ("feeds/it.md", "feeds/index.md"):
        body = html_page.front_matter(files[path])[1]
        shown = markdown.markdown(body, extensions=["attr_list", "md_in_html"])
        for markup in ("<b>", "<em>x", "<script", 'href="javascript', "<strong>", "<code>c"):
            assert markup not in shown, path
        assert "&lt;b" in shown
    assert f"\n    {query}\n" in files["feeds/it.md"]


def test_a_query_that_finds_nothing_says_so() -> None:
    page = made(joined(daily(), queries=[saved("it", "author:Nobody")]))["feeds/it.md"]
    assert "0 papers" in page
    assert "No paper yet." in page


# ---- split as a tag's page


@pytest.fixture(scope="module")
def long() -> Mapping[str, str]:
    """The files of a query that finds 350 papers of one year and 50 of the year before."""
    days = [date(2024, 12, 30), *(date(2025, 1, 6) + timedelta(7 * week) for week in range(7))]
    lists = [
        daily(
            day, *(paper(f"2501.{place:02}{number:03}", f"Graph {number}") for number in range(50))
        )
        for place, day in enumerate(days)
    ]
    return made(joined(*lists, queries=[saved("it", "graph")]))


def exports(slug: str) -> list[str]:
    """Files of a saved query's papers, one for each format."""
    return sorted(paths.query_export_file(slug, each.ending) for each in EXPORT_FORMATS)


def test_a_long_listing_is_split_by_year_and_month(long: Mapping[str, str]) -> None:
    assert sorted(path for path in long if path.startswith("feeds/it")) == [
        "feeds/it.md",
        "feeds/it/2024.md",
        "feeds/it/2025-01.md",
        "feeds/it/2025-02.md",
        "feeds/it/2025.md",
        *exports("it"),
    ]
    assert SPLIT_YEAR_ABOVE < 350
    listed = {path: len(LINE.findall(text)) for path, text in long.items() if "/it" in path}
    assert (listed["feeds/it.md"], listed["feeds/it/2025.md"]) == (NEWEST, 0)
    assert (listed["feeds/it/2024.md"], listed["feeds/it/2025-01.md"]) == (50, 200)
    assert long["feeds/it/it.bib"].count("@misc") == 400


def test_pages_of_a_long_listing_link_to_each_other(long: Mapping[str, str]) -> None:
    assert "[2025 *350*](it/2025.md) [2024 *50*](it/2024.md)" in long["feeds/it.md"]
    assert "[It](../it.md) › 2025" in long["feeds/it/2025.md"]
    assert "[February 2025 *150*](2025-02.md)" in long["feeds/it/2025.md"]
    assert "[It](../it.md) › [2025](2025.md) › February 2025" in long["feeds/it/2025-02.md"]


# ---- made again only where something changed


def test_pages_are_made_again_only_where_their_inputs_changed() -> None:
    before = inputs(build_archive(small()))
    again = inputs(build_archive(small()))
    other = replace(small(), taggings=(Tagging("2503.00002", tags=("graphs",)),))
    after = inputs(build_archive(other))
    assert again == before
    assert {path for path in before if before[path] != after[path]} == {
        "feeds/index.md",
        "feeds/of-graphs.md",
        *exports("of-graphs"),
        "feeds/liked.md",
        *exports("liked"),
    }
    renamed = inputs(build_archive(small(name="Another name")))
    assert {path for path in before if before[path] != renamed[path]} == {
        "feeds/index.md",
        "feeds/of-graphs.md",
    }


def test_a_new_paper_elsewhere_changes_nothing_of_a_query() -> None:
    lists = (*small().lists, daily(MONDAY + timedelta(1), paper("2503.00009", "On sets")))
    before, after = (
        inputs(build_archive(small())),
        inputs(build_archive(replace(small(), lists=lists))),
    )
    assert after == before


# ---- read and cached


def test_saved_queries_are_read_and_cached(tmp_path: Path) -> None:
    root = write(tmp_path / "content", small())
    cache = Cache(tmp_path / "cache", b"tools")
    for _ in range(2):
        assert reader.load_content(root, read_cache=ReadCache(cache)).content == small()
    (root / "feeds/liked.yaml").unlink()
    left = reader.load_content(root, read_cache=ReadCache(cache)).content.queries
    assert [each.slug for each in left] == ["of-graphs"]


def test_a_query_may_name_a_tag_as_it_was_called_before(tmp_path: Path) -> None:
    renamed = replace(small(), tags=(tag("networks", match=("graph",), aliases=("graphs",)),))
    root = write(tmp_path, renamed)
    assert checks.check(reader.load_content(root), TODAY) == []
    assert len(build_archive(renamed).queries["of-graphs"].entries) == 1


# ---- feeds


def test_a_saved_query_has_feeds_in_each_format_that_its_page_announces() -> None:
    read = build_archive(small())
    files = {each.path: each.make().decode() for each in feed_targets(read)}
    page = made(read)["feeds/of-graphs.md"]
    for name in paths.FEED_TYPES:
        path = f"feeds/of-graphs/{name}"
        assert path in page.partition("\n---\n")[0]
        assert "On graphs" in files[path]
        assert "On sets" not in files[path]
    assert "Saved queries" in files[paths.OPML_FILE]
