"""Published addresses: those that vanish are told, those that lead on or come and go are not."""

from __future__ import annotations

from datetime import date

import pytest
from msgspec.structs import replace

from generator.core import paths
from generator.review import changes, lost_urls
from generator.review.lost_urls import ArchiveState, LostUrl
from tests.archives import MONDAY, daily, joined, paper, tag
from tests.review.test_changes import GRAPHS, LIST, of, papers, state


def gone_pages(before: ArchiveState, after: ArchiveState) -> list[LostUrl]:
    found = changes.compare(before, after).gone
    return [each for each in found if each.path.endswith(".md")]


def vanished(before: ArchiveState, after: ArchiveState) -> list[str]:
    return [str(each) for each in lost_urls.lost_url_problems(before, after, "content")]


def test_a_renamed_tag_leads_on_and_nothing_vanishes() -> None:
    renamed = tag("networks", match=("graph",), aliases=("graphs",), former=("graphs",))
    before, after = state(LIST, tags=[GRAPHS]), state(LIST, tags=[renamed])
    assert gone_pages(before, after) == [
        LostUrl("tags/graphs.md", "tags/graphs/", "tags/networks/"),
    ]
    feeds = changes.compare(before, after).gone[1:]
    assert [each.leads_to for each in feeds] == [
        f"tags/networks/{name}" for name in sorted(paths.FEED_TYPES)
    ]
    assert vanished(before, after) == []


def test_a_redirect_that_is_a_page_at_the_old_path_leads_on_too() -> None:
    renamed = tag("networks", match=("graph",), aliases=("graphs",), former=("graphs",))
    before, after = state(LIST, tags=[GRAPHS]), state(LIST, tags=[renamed])
    beside = ArchiveState(after.archive, {**after.targets, "tags/graphs.md": b"redirect"})
    assert gone_pages(before, beside) == [
        LostUrl("tags/graphs.md", "tags/graphs/", "tags/networks/"),
    ]
    assert vanished(before, beside) == []
    # And where the alias goes later on, so does the redirect.
    (told,) = vanished(beside, state(LIST, tags=[replace(renamed, aliases=(), former=())]))
    assert told == (
        "content/tags/graphs.yaml:0:0: vanished-url /tags/graphs/ was published and would be gone "
        "(put the tag back, or write graphs under aliases and former of its heir)"
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
def test_an_alias_catches_the_addresses_of_its_slug(path: str, to: str) -> None:
    assert (
        lost_urls.redirected_to(
            path, [tag("networks", aliases=("graphs", "Long name"), former=("graphs",))]
        )
        == to
    )


def test_an_alias_that_is_written_as_the_slug_comes_first() -> None:
    tags = [tag("a", aliases=("Old Name",)), tag("b", aliases=("old-name",))]
    assert lost_urls.redirected_to("tags/old-name.md", tags) == "tags/b.md"


def test_years_of_a_renamed_tag_lead_on_where_its_new_name_has_them() -> None:
    many = daily(MONDAY, *papers(101, "On a graph"))
    renamed = tag("networks", match=("graph",), aliases=("graphs",), former=("graphs",))
    gone = gone_pages(state(many, tags=[GRAPHS]), state(many, tags=[renamed]))
    assert [each.leads_to for each in gone] == ["tags/networks/", "tags/networks/2025/"]
    few = replace(renamed, match=("graph 1",))
    gone = gone_pages(state(many, tags=[GRAPHS]), state(many, tags=[few]))
    assert [each.leads_to for each in gone] == ["tags/networks/", ""]


def test_what_vanishes_is_told_at_the_file_it_came_from() -> None:
    other = daily(date(2024, 12, 30), paper("2412.00001"))
    before = state(LIST, other, tags=[GRAPHS, tag("sets")])
    after = state(daily(MONDAY, *papers(3, "On a graph")), tags=[tag("sets")])
    places = [
        told.split(" was ")[0].replace(":0:0: vanished-url", "") for told in vanished(before, after)
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


def test_pages_that_come_and_go_with_the_number_of_papers_promise_nothing() -> None:
    authors = [replace(each, authors=("A. Author",)) for each in papers(101, "On a graph")]
    before = state(daily(MONDAY, *authors), tags=[GRAPHS])
    less = [replace(each, authors=()) for each in authors]
    less[0] = replace(less[0], title="On sets")
    after = state(daily(MONDAY, *less), tags=[GRAPHS])
    found = changes.compare(before, after)
    assert {each.path for each in found.gone if each.comes_and_goes} == {
        *(f"authors/a-author/{name}" for name in paths.FEED_TYPES),
        "authors/a-author.md",
        "authors/a-author/2025.md",
        "authors/letter/a.md",
        "tags/graphs/2025.md",
    } & set(before.targets)
    assert len(found.gone) >= 2
    assert vanished(before, after) == []


def test_a_feed_that_goes_vanishes() -> None:
    before = state(LIST)
    targets = {path: inputs for path, inputs in before.targets.items() if path != "rss.xml"}
    (told,) = vanished(before, ArchiveState(before.archive, targets))
    assert told.startswith("content/archive.yaml:0:0: vanished-url /rss.xml was published")


def test_an_archive_of_nothing_has_nothing_to_lose() -> None:
    assert vanished(of(joined()), state(LIST, tags=[GRAPHS])) == []
