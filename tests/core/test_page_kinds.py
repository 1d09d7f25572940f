"""The table of kinds of page: each path has its row, and everything that uses it agrees."""

from __future__ import annotations

import inspect
import re
from collections.abc import Iterator
from datetime import date
from itertools import chain, pairwise

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from generator.archive.build import build_archive
from generator.archive.corrections import Correction
from generator.core import page_kinds, paths
from generator.core.page_kinds import KINDS, PageKind, kind_of
from generator.core.target import Target
from generator.render import sitemap
from generator.render.pages.targets import page_batches
from generator.render.targets import unbatched_targets
from generator.review import changes, lost_urls
from generator.review.lost_urls import ArchiveState
from generator.site import size_budget, write
from tests.archives import MONDAY, daily, joined, paper, saved, tag, varied

WEEK, MONTH = paths.week_name(MONDAY), paths.month_name(MONDAY)
EXAMPLES = {
    "HOME_PAGE": (paths.HOME_PAGE, "home"),
    "DAYS_PAGE": (paths.DAYS_PAGE, "all days"),
    "day_page": (paths.day_page(MONDAY), "day"),
    "day_part_page": (paths.day_part_page(MONDAY, 2), "part of a day"),
    "week_page": (paths.week_page(WEEK), "week"),
    "month_page": (paths.month_page(MONTH), "month"),
    "year_page": (paths.year_page(2025), "year"),
    "paper_page": (paths.paper_page("doi-10.1-a.md"), "paper"),
    "TAGS_PAGE": (paths.TAGS_PAGE, "all tags"),
    "VOCABULARY_PAGE": (paths.VOCABULARY_PAGE, "vocabulary"),
    "tag_page": (paths.tag_page("2025"), "tag"),
    "listing_year_page": (paths.listing_year_page(paths.tag_page("rag"), 2025), "tag year"),
    "listing_month_page": (paths.listing_month_page(paths.tag_page("rag"), MONDAY), "tag month"),
    "tag_path": (paths.tag_path("rag", "/2025/index.html"), "tag year"),
    "AUTHORS_PAGE": (paths.AUTHORS_PAGE, "all authors"),
    "author_page": (paths.author_page(paths.LETTER_FOLDER), "author"),
    "listing_year_page of an author": (
        paths.listing_year_page(paths.author_page("a-author"), 2025),
        "author year",
    ),
    "author_letter_page": (paths.author_letter_page("au"), "author letters"),
    "QUERIES_PAGE": (paths.QUERIES_PAGE, "all saved queries"),
    "query_page": (paths.query_page("agents"), "saved query"),
    "listing_year_page of a query": (
        paths.listing_year_page(paths.query_page("agents"), 2025),
        "saved query year",
    ),
    "listing_month_page of a query": (
        paths.listing_month_page(paths.query_page("agents"), MONDAY),
        "saved query month",
    ),
    "query_export_file": (paths.query_export_file("agents", "bib"), "bibliography"),
    "SEARCH_PAGE": (paths.SEARCH_PAGE, "search"),
    "QUEUE_PAGE": (paths.QUEUE_PAGE, "queue"),
    "SUBSCRIBE_PAGE": (paths.SUBSCRIBE_PAGE, "subscribe"),
    "CORRECTIONS_PAGE": (paths.CORRECTIONS_PAGE, "corrections"),
    "RSS_FILE": (paths.RSS_FILE, "archive feed"),
    "ATOM_FILE": (paths.ATOM_FILE, "archive feed"),
    "JSON_FEED_FILE": (paths.JSON_FEED_FILE, "archive feed"),
    "DAILY_FEEDS": (paths.DAILY_FEEDS + paths.RSS_FILE, "daily digest"),
    "WEEKLY_FEEDS": (paths.WEEKLY_FEEDS + paths.ATOM_FILE, "weekly digest"),
    "CORRECTIONS_FEEDS": (paths.CORRECTIONS_FEEDS + paths.RSS_FILE, "corrections feed"),
    "tag_feeds": (paths.tag_feeds("rag") + paths.JSON_FEED_FILE, "tag feed"),
    "author_feeds": (paths.author_feeds("a-author") + paths.RSS_FILE, "author feed"),
    "query_feeds": (paths.query_feeds("agents") + paths.RSS_FILE, "saved query feed"),
    "month_feed": (paths.month_feed(MONTH), "month feed"),
    "OPML_FILE": (paths.OPML_FILE, "list of feeds"),
    "TAGS_FILE": (paths.TAGS_FILE, "tags for scripts"),
    "SITEMAP_FILE": (paths.SITEMAP_FILE, "sitemap"),
    "sitemap_part": (paths.sitemap_part("papers-2025"), "sitemap part"),
    "SEARCH_INDEX": (f"{paths.SEARCH_INDEX}/2025/pagefind.js", "search index"),
    "SEARCH_LISTING": (f"{paths.SEARCH_INDEX}/{paths.SEARCH_LISTING}", "search index"),
    "SEARCH_RECORD": (f"{paths.SEARCH_INDEX}/{paths.SEARCH_RECORD}", "search index"),
    "FEED_STYLE": (paths.FEED_STYLE, "theme file"),
    "SETTINGS_FILE": (paths.SETTINGS_FILE, "settings for MkDocs"),
    "written by people": ("dev/testing.md", "hand-written page"),
    "for an address that isn't there": ("404.html", "hand-written HTML"),
    "anything else": ("dev/screenshots/home.png", "other file"),
}
"""A path and the name of its kind, by the function or constant of `core/paths.py`."""
NOT_A_PATH = {
    *("list_file", "tagging_file", "tag_file", "query_file", "breaking_change_file"),  # of content
    *("week_name", "month_name", "page_name", "page_url", "site_path", "site_file", "relative"),
    *("address", "BREAKING_CHANGES", "FEED_TYPES", "LETTER_FOLDER", "PAGE"),
}
"""Everything else in `core/paths.py`."""
HAND_WRITTEN = {"hand-written page", "hand-written HTML", "other file"}
CONDITIONAL = {
    "part of a day",
    *("tag year", "tag month", "saved query year", "saved query month"),
    *("author", "author year", "author letters", "author feed", "sitemap part"),
}


def made() -> Iterator[Target]:
    """All targets of an archive that has one of everything."""
    many = [
        paper(f"2503.{n:05}", f"On a graph {n}", authors=("A. Author", f"B. Author {n}"))
        for n in range(301)
    ]
    full = joined(
        daily(MONDAY, *many),
        tags=[tag("graphs", match=("graph",), aliases=("nets",), former=("nets",))],
        queries=[saved("on-graphs", "graph")],
        author_min_papers=1,
    )
    corrections: tuple[Correction, ...] = ()
    for archive in (full, build_archive(varied())):
        batched = chain.from_iterable(each.targets() for each in page_batches(archive))
        own = [*batched, *unbatched_targets(archive, corrections)]
        yield from own
        yield from sitemap.targets(archive, [each.path for each in own])


MADE = sorted({target.path for target in made()})


def named(name: str) -> PageKind:
    (kind,) = (each for each in KINDS if each.name == name)
    return kind


# ---- the table


SAMPLES: dict[str, str | int | date] = {"str": "a-name", "int": 2025, "date": MONDAY}
"""Arguments of path functions, by annotation."""


def makers() -> Iterator[tuple[str, str]]:
    """Everything in `core/paths.py` that names or makes a path of a file, with one such path."""
    for name, value in vars(paths).items():
        if name.startswith("_") or name in NOT_A_PATH:
            continue
        if inspect.isfunction(value) and value.__module__ == paths.__name__:
            parameters = inspect.signature(value).parameters.values()
            yield name, value(*(SAMPLES[each.annotation] for each in parameters))
        elif name.isupper():
            yield name, f"{value}{paths.RSS_FILE}" if value.endswith("/") else value


def test_everything_that_makes_a_path_makes_one_of_a_kind_in_the_table() -> None:
    unknown = {name for name, path in makers() if kind_of(path).name in HAND_WRITTEN}
    assert unknown - EXAMPLES.keys() == set()


def test_every_kind_is_the_kind_of_a_path_as_its_row_has_it() -> None:
    """With placeholders filled in; `EXAMPLES` has paths that are easily mistaken."""
    values = {"any": "any/x", "feed": paths.RSS_FILE, "month": "2025-03", "year": "2025"}
    for kind in KINDS:
        path = re.sub(r"\{(\w+)\}", lambda found: values.get(found[1], "a-name"), kind.path)
        assert kind_of(path) is kind, path
    assert len({kind.name for kind in KINDS}) == len(KINDS)


@pytest.mark.parametrize(("path", "name"), EXAMPLES.values(), ids=EXAMPLES)
def test_a_path_has_one_kind_below_docs_and_on_the_site(path: str, name: str) -> None:
    assert kind_of(path).name == name
    assert kind_of(paths.site_file(path)).name == name


def test_what_a_build_makes_has_a_row_of_its_own() -> None:
    assert [path for path in MADE if kind_of(path).name in HAND_WRITTEN] == []


def test_the_archive_of_these_tests_has_every_kind_that_a_build_makes_targets_of() -> None:
    not_targets = HAND_WRITTEN | {"search index", "theme file", "settings for MkDocs"}
    assert {kind_of(path).name for path in MADE} == {kind.name for kind in KINDS} - not_targets


@pytest.mark.parametrize(
    ("path", "name"),
    [
        ("tags/rag/2025", "other file"),
        ("tags/rag/20250.md", "hand-written page"),
        ("tags/rag/picture.png", "other file"),
        ("tags/rag/deep/rss.xml", "other file"),
        ("tags/rag.rss.xml", "other file"),
        ("authors/letter/rss.xml", "author feed"),
        ("authors/nobody/x.md", "hand-written page"),
        ("daily/2025-03-10/picture.png", "other file"),
        ("monthly/2025-03/rss.xml", "other file"),
        ("papers", "other file"),
        ("papers.md", "hand-written page"),
        ("about/index.html", "hand-written page"),
        ("x/rss.xml", "other file"),
        ("", "other file"),
    ],
)
def test_paths_that_only_resemble_a_kind(path: str, name: str) -> None:
    assert kind_of(path).name == name


SEGMENT = st.sampled_from(
    "papers tags authors feeds daily monthly letter index index.md index.html rss.xml atom.xml"
    " 2025 2025.md 2025-03 2025-03.md a.md a.bib a search".split()
)


@given(st.lists(st.lists(SEGMENT, min_size=1, max_size=4).map("/".join), max_size=20))
@example(["authors/a/2025/index.html", "authors/letter/2025/index.html"])
@example(["daily/2025.md", "daily/a.md"])
def test_a_kind_does_not_depend_on_earlier_lookups(asked: list[str]) -> None:
    kinds = [kind_of(path) for path in asked]
    page_kinds._WITH_SUBJECT.clear()
    assert [kind_of(path) for path in reversed(asked)] == kinds[::-1]


# ---- what follows from a kind


def test_urls_that_depend_on_the_number_of_papers_are_conditional() -> None:
    assert {kind.name for kind in KINDS if kind.stability == "conditional"} == CONDITIONAL


def test_only_files_that_nobody_links_to_have_unstable_urls() -> None:
    unstable = {kind.name for kind in KINDS if kind.stability == "unstable"}
    assert unstable == {"search index", "theme file", "settings for MkDocs"}


def test_lost_urls_are_reported_unless_they_are_unstable() -> None:
    archive = joined(daily())
    before = ArchiveState(archive, {path: b"" for path, _ in EXAMPLES.values()})
    lost = {each.path: each for each in lost_urls.lost_urls(before, ArchiveState(archive, {}))}
    for path, _ in EXAMPLES.values():
        stability = kind_of(path).stability
        assert (path in lost) == (stability != "unstable")
        assert path not in lost or lost[path].is_conditional == (stability == "conditional")


def test_years_of_a_former_slug_are_as_conditional_as_those_of_the_tag() -> None:
    """A paper that is corrected may leave a tag that then has no pages of years."""
    renamed = tag("networks", match=("graph",), aliases=("graphs",), former=("graphs",))

    def state(count: int) -> ArchiveState:
        papers = [paper(f"2503.{n:05}", f"On a graph {n}") for n in range(count)]
        others = [paper(f"2503.{n:05}", "On sets") for n in range(count, 101)]
        archive = joined(daily(MONDAY, *papers, *others), tags=[renamed])
        return ArchiveState(
            archive, {each.path: each.inputs for each in unbatched_targets(archive)}
        )

    before, after = state(101), state(100)
    lost = {each.path: each.is_conditional for each in lost_urls.lost_urls(before, after)}
    assert lost == {"tags/networks/2025.md": True, "tags/graphs/2025/index.html": True}
    assert list(lost_urls.lost_url_problems(before, after, "content")) == []


def test_budget_and_report_use_the_same_groups() -> None:
    archive = joined(daily())
    state = ArchiveState(archive, dict.fromkeys(MADE, b""))
    pages = changes.compare(ArchiveState(archive, {}), state).pages
    weighed = size_budget.weigh((paths.site_file(path), 1) for path in MADE).groups
    assert {each.group: each.new[0] for each in pages} == {
        group: weight.files for group, weight in weighed.items()
    }
    assert {group for group, weight in weighed.items() if weight.heaviest} == set(
        page_kinds.PAGE_GROUPS
    )


def test_the_vocabulary_and_saved_queries_have_groups_that_people_would_look_in() -> None:
    assert kind_of("vocabulary/index.html").group == "tags"
    assert kind_of("feeds/agents/2025/index.html").group == "saved queries"
    assert kind_of("feeds/agents/agents.bib").group == "bibliographies"
    assert kind_of("tags/old-name/index.html").group == "tags"


def test_feeds_are_told_apart_where_their_number_grows_with_the_papers() -> None:
    feeds = {kind.name: kind.group for kind in KINDS if "feed" in kind.group}
    assert feeds.pop("month feed") == "feeds of months"
    assert feeds.pop("author feed") == "feeds of authors"
    assert set(feeds.values()) == {"feeds"}


def test_groups_that_grow_with_the_number_of_papers() -> None:
    assert {
        *("days", "weeks", "months", "years", "papers", "tags", "authors", "saved queries"),
        *("bibliographies", "feeds of months", "feeds of authors", "sitemaps", "search index"),
    } == page_kinds.GROWING_GROUPS


def test_a_page_is_listed_in_the_part_of_the_sitemap_that_its_kind_names() -> None:
    archive = build_archive(varied())
    own = [each.path for each in unbatched_targets(archive)]
    parts = {
        each.path: each.make().decode()
        for each in sitemap.targets(archive, [*own, "about.md", "papers/note.md", "assets/x.css"])
    }
    assert "papers/note/" in parts["sitemaps/pages.xml"]
    parts["sitemaps/pages.xml"] = parts["sitemaps/pages.xml"].replace("papers/note/", "note/")
    listed = 0
    for name, text in parts.items():
        for address in re.findall(r"<url><loc>https://example.org/papers/(.*?)</loc>", text):
            kind = kind_of(f"{address}index.html")
            assert kind.is_page
            assert name.startswith(f"sitemaps/{kind.sitemap}")
            listed += 1
    pages = [path for path in own if path.endswith(".md") and not archive.has_page(path)]
    assert listed == len(pages) + len(archive.entries) + len(archive.authors) + 2


def test_what_shows_the_same_papers_is_made_in_one_process() -> None:
    def group(path: str) -> tuple[str, str]:
        return write._group(Target(path, b"", bytes))

    together = [
        [
            paths.tag_page("rag"),
            paths.listing_year_page(paths.tag_page("rag"), 2025),
            paths.tag_feeds("rag") + "rss.xml",
        ],
        [
            paths.author_page("a"),
            paths.listing_year_page(paths.author_page("a"), 2025),
            paths.author_feeds("a") + "rss.xml",
        ],
        [
            paths.query_page("a"),
            paths.listing_year_page(paths.query_page("a"), 2025),
            paths.query_export_file("a", "bib"),
        ],
        [paths.month_page(MONTH), paths.month_feed(MONTH)],
        [paths.DAILY_FEEDS + paths.RSS_FILE, paths.DAILY_FEEDS + paths.ATOM_FILE],
        [paths.RSS_FILE, paths.JSON_FEED_FILE],
    ]
    for same in together:
        assert len({group(path)[1] for path in same}) == 1
    for one, other in pairwise(together):
        assert group(one[0]) != group(other[0])
    assert group("tags/a.md")[0] == group("tags/b/rss.xml")[0] != group("authors/a.md")[0]


def test_papers_may_leave_feeds_of_tags_authors_and_queries_only() -> None:
    assert {kind.name for kind in KINDS if kind.drops_papers} == {
        "tag feed",
        "author feed",
        "saved query feed",
    }
    assert {kind.name for kind in KINDS if kind.has_entry_ids} == {"paper", "day", "week"}


# ---- parts of a path


@pytest.mark.parametrize(
    ("path", "parts"),
    [
        ("tags/rag.md", ("rag", ".md")),
        ("tags/rag/2025.md", ("rag", "/2025.md")),
        ("tags/rag/index.html", ("rag", "/index.html")),
        ("tags/rag/rss.xml", ("rag", "/rss.xml")),
        ("tags/index.md", ("", "")),
        ("vocabulary.md", ("", "")),
        ("feeds/rag.md", ("", "")),
    ],
)
def test_a_path_of_a_tag_is_taken_apart_and_put_together_again(
    path: str, parts: tuple[str, str]
) -> None:
    assert page_kinds.tag_parts(path) == parts
    if parts[0]:
        assert paths.tag_path(*parts) == path
