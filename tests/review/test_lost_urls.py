"""Lost URLs: problems for permanent ones without a redirect, none for all others."""

from __future__ import annotations

from datetime import date

import pytest
from msgspec.structs import replace

from generator.core import paths
from generator.review import changes, lost_urls
from generator.review.lost_urls import ArchiveState, LostUrl
from tests.archives import MONDAY, daily, joined, paper, tag
from tests.review.test_changes import GRAPHS, LIST, of, papers, state


def lost_pages(before: ArchiveState, after: ArchiveState) -> list[LostUrl]:
    found = changes.compare(before, after).lost_urls
    return [each for each in found if each.path.endswith(".md")]


def problems(before: ArchiveState, after: ArchiveState) -> list[str]:
    return [str(each) for each in lost_urls.lost_url_problems(before, after, "content")]


def test_a_renamed_tag_redirects_and_is_no_problem() -> None:
    renamed = tag("networks", match=("graph",), aliases=("graphs",), former=("graphs",))
    before, after = state(LIST, tags=[GRAPHS]), state(LIST, tags=[renamed])
    assert lost_pages(before, after) == [
        LostUrl("tags/graphs.md", "tags/graphs/", "tags/networks/"),
    ]
    feeds = changes.compare(before, after).lost_urls[1:]
    assert [each.redirect for each in feeds] == [
        f"tags/networks/{name}" for name in sorted(paths.FEED_TYPES)
    ]
    assert problems(before, after) == []


def test_a_redirect_that_is_a_page_at_the_old_path_counts_as_a_redirect() -> None:
    renamed = tag("networks", match=("graph",), aliases=("graphs",), former=("graphs",))
    before, after = state(LIST, tags=[GRAPHS]), state(LIST, tags=[renamed])
    beside = ArchiveState(after.archive, {**after.targets, "tags/graphs.md": b"redirect"})
    assert lost_pages(before, beside) == [
        LostUrl("tags/graphs.md", "tags/graphs/", "tags/networks/"),
    ]
    assert problems(before, beside) == []
    # If the alias is removed later, so is the redirect.
    (problem,) = problems(beside, state(LIST, tags=[replace(renamed, aliases=(), former=())]))
    assert problem == (
        "content/tags/networks.yaml:0:0: vanished-url /tags/graphs/ is published and would no "
        "longer exist (restore graphs in aliases and former, or add it to those of another tag)"
    )


@pytest.mark.parametrize(
    ("path", "to"),
    [
        ("tags/graphs.md", "tags/networks.md"),
        ("tags/graphs/rss.xml", "tags/networks/rss.xml"),
        ("tags/graphs/feed.json", "tags/networks/feed.json"),
        ("tags/graphs/2025.md", "tags/networks/2025.md"),
        ("tags/graphs/2025-03.md", "tags/networks/2025-03.md"),
        ("tags/long-name.md", "tags/networks.md"),
        ("tags/long-name/rss.xml", ""),
        ("tags/other.md", ""),
        ("tags/index.md", ""),
        ("papers/graphs.md", ""),
        ("rss.xml", ""),
    ],
)
def test_an_alias_redirects_the_paths_of_its_slug(path: str, to: str) -> None:
    assert (
        lost_urls.redirected_to(
            path, [tag("networks", aliases=("graphs", "Long name"), former=("graphs",))]
        )
        == to
    )


def test_an_alias_that_is_written_as_the_slug_comes_first() -> None:
    tags = [tag("a", aliases=("Old Name",)), tag("b", aliases=("old-name",))]
    assert lost_urls.redirected_to("tags/old-name.md", tags) == "tags/b.md"


def test_years_of_a_renamed_tag_redirect_if_the_new_tag_has_them() -> None:
    many = daily(MONDAY, *papers(101, "On a graph"))
    renamed = tag("networks", match=("graph",), aliases=("graphs",), former=("graphs",))
    lost = lost_pages(state(many, tags=[GRAPHS]), state(many, tags=[renamed]))
    assert [each.redirect for each in lost] == ["tags/networks/", "tags/networks/2025/"]
    few = replace(renamed, match=("graph 1",))
    lost = lost_pages(state(many, tags=[GRAPHS]), state(many, tags=[few]))
    assert [each.redirect for each in lost] == ["tags/networks/", ""]


def test_a_problem_names_the_file_that_the_page_was_made_from() -> None:
    other = daily(date(2024, 12, 30), paper("2412.00001"))
    before = state(LIST, other, tags=[GRAPHS, tag("sets")])
    after = state(daily(MONDAY, *papers(3, "On a graph")), tags=[tag("sets")])
    places = [
        each.split(" is ")[0].replace(":0:0: vanished-url", "") for each in problems(before, after)
    ]
    assert places == [
        "content/daily/2024/2024-12-30.yaml /daily/2024-12-30/",
        "content/daily/2024/2024-12-30.yaml /monthly/2024-12/",
        "content/daily/2024/2024-12-30.yaml /papers/2412.00001/",
        "content/daily/2025/2025-03-10.yaml /papers/2503.00004/",
        "content/daily/2025/2025-03-10.yaml /papers/2503.00005/",
        "content/daily/2025/2025-03-10.yaml /papers/2503.00006/",
        "content/tags/graphs.yaml /tags/graphs/",
        "content/daily/2024/2024-12-30.yaml /weekly/2025-W01/",
        "content/daily/2024/2024-12-30.yaml /yearly/2024/",
    ]


def test_pages_that_depend_on_the_number_of_papers_are_no_problem() -> None:
    authors = [replace(each, authors=("A. Author",)) for each in papers(101, "On a graph")]
    before = state(daily(MONDAY, *authors), tags=[GRAPHS])
    less = [replace(each, authors=()) for each in authors]
    less[0] = replace(less[0], title="On sets")
    after = state(daily(MONDAY, *less), tags=[GRAPHS])
    found = changes.compare(before, after)
    assert {each.path for each in found.lost_urls if each.is_conditional} == {
        *(f"authors/a-author/{name}" for name in paths.FEED_TYPES),
        "authors/a-author.md",
        "authors/a-author/2025.md",
        "authors/letter/a.md",
        "tags/graphs/2025.md",
    } & set(before.targets)
    assert len(found.lost_urls) >= 2
    assert problems(before, after) == []


def test_a_lost_feed_is_a_problem() -> None:
    before = state(LIST)
    targets = {path: inputs for path, inputs in before.targets.items() if path != "rss.xml"}
    (problem,) = problems(before, ArchiveState(before.archive, targets))
    assert problem.startswith("content/archive.yaml:0:0: vanished-url /rss.xml is published")


def test_an_archive_of_nothing_has_nothing_to_lose() -> None:
    assert problems(of(joined()), state(LIST, tags=[GRAPHS])) == []
