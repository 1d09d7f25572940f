"""Old URLs of tags: what is there, and that no URL of a tag is taken."""

from __future__ import annotations

from datetime import timedelta

import pytest

from generator.core.model import BreakingChange
from generator.core.target import Target
from generator.render import redirects
from tests.archives import MONDAY, daily, joined, paper, saved, tag


def test_pages_and_feeds_of_a_tag_are_at_its_old_urls_and_nothing_else() -> None:
    archive = joined(
        daily(), tags=[tag("new", "A & B", aliases=("old", "Other name"), former=("old",))]
    )
    made = [
        Target(path, path.encode(), lambda: b"as it is")
        for path in (
            "index.md",
            "tags/index.md",
            "tags/new.md",
            "tags/new/2025.md",
            "tags/new/2025-03.md",
            "tags/new/rss.xml",
            "tags/newer.md",
            "authors/new.md",
            "rss.xml",
        )
    ]
    found = {each.path: each for each in redirects.targets(archive, made)}
    assert set(found) == {
        "tags/old/index.html",
        "tags/other-name/index.html",
        "tags/old/2025/index.html",
        "tags/old/2025-03/index.html",
        "tags/old/rss.xml",
    }
    feed = found["tags/old/rss.xml"]
    assert (feed.inputs, feed.make()) == (b"tags/new/rss.xml", b"as it is")
    page = found["tags/old/2025-03/index.html"].make().decode()
    assert 'content="0; url=../../new/2025-03/"' in page
    assert '<a href="../../new/2025-03/">A &amp; B</a>' in page
    assert 'rel="canonical" href="https://example.org/papers/tags/new/2025-03/"' in page


@pytest.mark.parametrize("name", ["Other", "</title><script>alert(1)</script>", "{0} {name} %s"])
def test_a_redirect_shows_the_name_as_text_and_is_made_again_with_another(name: str) -> None:
    (first,), (second,) = (
        redirects.targets(
            joined(daily(), tags=[tag("new", each, aliases=("old",))]),
            [Target("tags/new.md", b"", bytes)],
        )
        for each in ("New", name)
    )
    assert first.inputs != second.inputs
    assert b"<script" not in second.make()


def redirected(pairs: dict[str, str], *paths: str) -> dict[str, Target]:
    archive = joined(
        daily(MONDAY, paper("2503.00001"), paper("2503.00002")),
        queries=[saved("new", "placeholder")],
        tags=[tag("graphs", aliases=("was-graphs",))],
        breaking_changes=[
            BreakingChange(f"change-{old}", MONDAY, "It moved.", moved=((old, new),))
            for old, new in pairs.items()
        ],
    )
    made = [Target(path, path.encode(), lambda: b"as it is") for path in paths]
    return {each.path: each for each in redirects.targets(archive, made)}


def test_a_page_redirects_to_where_it_moved_and_only_there() -> None:
    found = redirected({"/papers/2503.00009/": "/papers/2503.00001/"})
    assert list(found) == ["papers/2503.00009/index.html"], "the alias needs its tag's page"
    page = found["papers/2503.00009/index.html"].make().decode()
    assert 'content="0; url=../../papers/2503.00001/"' in page
    assert 'rel="canonical" href="https://example.org/papers/papers/2503.00001/"' in page


def test_a_page_that_moved_twice_redirects_to_the_last_address() -> None:
    steps = {"/a/": "/papers/b/", "/papers/b/": "/papers/c/", "/papers/c/": "/papers/2503.00001/"}
    found = redirected(steps)
    assert set(found) == {"a/index.html", "papers/b/index.html", "papers/c/index.html"}
    assert b"url=../papers/2503.00001/" in found["a/index.html"].make()


@pytest.mark.parametrize(
    "steps",
    [
        {"/papers/2503.00001/": "/papers/a/", "/papers/a/": "/papers/2503.00001/"},
        {"/papers/a/": "/papers/2503.00001/", "/papers/2503.00001/": "/papers/2503.00002/"},
        {"/papers/a/": "/feeds/new/", "/feeds/new/": "/papers/a/"},
    ],
)
def test_what_moved_back_is_where_its_other_address_leads(steps: dict[str, str]) -> None:
    """Whatever the order of the files: what exists hasn't moved."""
    for pairs in (steps, dict(reversed(steps.items()))):
        found = redirected(pairs, "feeds/new.md")
        assert set(found) == {"papers/a/index.html"}
        assert f"url=../..{steps['/papers/a/']}" in found["papers/a/index.html"].make().decode()


def test_what_moved_and_later_moved_elsewhere_is_at_the_later_address() -> None:
    archive = joined(
        daily(MONDAY, paper("2503.00001"), paper("2503.00002")),
        breaking_changes=[
            BreakingChange("b-first", MONDAY, "It moved.", moved=(("/papers/a/", "/papers/b/"),)),
            BreakingChange(
                "a-second",
                MONDAY + timedelta(1),
                "It moved.",
                moved=(("/papers/a/", "/papers/2503.00002/"),),
            ),
        ],
    )
    (found,) = redirects.targets(archive, ())
    assert b"url=../../papers/2503.00002/" in found.make()


@pytest.mark.parametrize(
    "steps",
    [
        {"/papers/2503.00009/": "/papers/2503.00008/"},
        {"/papers/2503.00001/": "/papers/2503.00002/"},
        {"/papers/a/": "/papers/b/", "/papers/b/": "/papers/a/"},
        {"/papers/a/": "/papers/a/"},
        {"/tags/graphs/": "/papers/2503.00001/"},
        {"/tags/was-graphs/": "/papers/2503.00001/"},
    ],
    ids=["to nowhere", "back again", "in a circle", "to itself", "from a tag", "from an alias"],
)
def test_what_leads_nowhere_or_exists_again_has_no_redirect(steps: dict[str, str]) -> None:
    assert list(redirected(steps, "tags/graphs.md")) == ["tags/was-graphs/index.html"]


def test_a_saved_query_moves_with_all_that_is_below_it() -> None:
    below = ("new.md", "new/2025.md", "new/rss.xml", "new/new.bib", "newer.md", "newer/rss.xml")
    found = redirected({"/feeds/old/": "/feeds/new/"}, *(f"feeds/{name}" for name in below))
    assert set(found) == {
        "feeds/old/index.html",
        "feeds/old/2025/index.html",
        "feeds/old/rss.xml",
        "feeds/old/old.bib",
    }
    assert found["feeds/old/old.bib"].make() == b"as it is"
    assert b"url=../../../feeds/new/2025/" in found["feeds/old/2025/index.html"].make()
