"""Texts of entries that stay are taken from the feeds of the build before."""

from __future__ import annotations

import pytest

from generator.core import paths
from generator.core.target import PreviousFiles, Target
from generator.render.feeds.entry import paper_entry
from generator.render.feeds.targets import feed_targets, format_of
from tests.archives import MONDAY, daily, joined, paper
from tests.render.feeds.test_feeds import HOSTILE
from tests.render.feeds.test_xml_template import FEED

NUMBERED = [
    (f"2503.{number:05}", text) for number, text in enumerate((*HOSTILE, "<item>\n", "  <entry>\n"))
]
WITH_PAPERS = ("rss.xml", "atom.xml", "feed.json", paths.month_feed("2025-03"))


@pytest.mark.parametrize("file", paths.FEED_TYPES)
def test_texts_are_found_again_in_documents(file: str) -> None:
    made = format_of(file)
    feed = FEED._replace(title="    <item>", description='"items": [\n')
    papers = (
        paper(number, f"T {text}", summary=f"S {text}", authors=(f"A {text}",))
        for number, text in NUMBERED
    )
    archive = joined(daily(MONDAY, *papers))
    its_items = [paper_entry(archive, entry) for entry in archive.entries.values()]
    texts = {item.id: made.text(item) for item in its_items}
    assert made.texts(made.document(feed, texts.values()).decode()) == texts
    assert made.texts(made.document(feed, []).decode()) == {}
    assert made.texts("") == {}


def after(*, stays: bool, changed: bool) -> dict[str, bytes]:
    """Feeds of two papers, after those of the first where each text began with "old"."""
    known, fresh = paper("2503.00001", summary="Told."), paper("2503.00002", summary="New.")
    targets = {each.path: each for each in feed_targets(joined(daily(MONDAY, known)))}
    old = {path: each.make().decode().replace("Told", "old") for path, each in targets.items()}
    before = PreviousFiles(old.__getitem__)
    page = Target(paths.paper_page("2503.00001"), b"", bytes)
    made = frozenset(each.path for each in (*targets.values(), *(() if stays else (page,))))
    before.set_plan(made, made if changed else frozenset())
    now = joined(daily(MONDAY, known, fresh))
    return {each.path: each.make() for each in feed_targets(now, None, before)}


def test_a_paper_that_stays_gets_its_text_from_the_feed_before() -> None:
    made = after(stays=True, changed=True)
    for path in WITH_PAPERS:
        assert b"Told" not in made[path]
        assert b"old." in made[path]
        assert b"New." in made[path]


@pytest.mark.parametrize(("stays", "changed"), [(True, False), (False, True)])
def test_what_changed_or_is_damaged_is_made_anew(*, stays: bool, changed: bool) -> None:
    made = after(stays=stays, changed=changed)
    for path in WITH_PAPERS:
        assert b"Told." in made[path]
