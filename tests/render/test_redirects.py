"""Old URLs of tags: what is there, and that no URL of a tag is taken."""

from __future__ import annotations

import pytest

from generator.core.target import Target
from generator.render import redirects
from tests.archives import daily, joined, tag


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
