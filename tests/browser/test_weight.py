"""What a page costs a reader on a phone: bytes, requests, what blocks, elements, what shifts.

None of it follows the clock, as Lighthouse's score of performance does.
"""

import json

import pytest
from playwright.sync_api import Page, Route, expect

from tests.browser.sites import KINDS, Site, Sites
from tests.browser.test_axe import SETTLED
from tests.browser.window import PHONE, Window

MAX_PAPER_BYTES = 9 * 1024
MAX_BYTES = 64 * 1024
MAX_REQUESTS = 7
MAX_BLOCKING = 3
MAX_ELEMENTS = 1_400  # more is what Lighthouse calls an excessive DOM

BLOCKING = """() => performance.getEntriesByType('resource')
    .filter(each => each.renderBlockingStatus === 'blocking').map(each => each.name)"""
WATCH_SHIFTS = """window.shifts = [];
new PerformanceObserver(list => list.getEntries().forEach(each => window.shifts.push(
    ...each.sources.map(source => source.node?.outerHTML?.slice(0, 120) ?? 'text')
))).observe({type: 'layout-shift', buffered: true});"""
IS_DRAWN = "() => performance.getEntriesByName('first-contentful-paint').length > 0"

# What a page has once its own script has run, where the script adds anything.
ADDED = {"paper": ".copy button", "subscribe": ".find-feed", "search": ".search-keys"}


def test_a_papers_page_is_at_most_9_kb(sites: Sites) -> None:
    """This needs no browser."""
    folder = sites["example"].folder
    pages = list(folder.glob("papers/*/index.html"))
    assert pages
    sizes = {page.parent.name: page.stat().st_size for page in pages}
    assert {name: size for name, size in sizes.items() if size > MAX_PAPER_BYTES} == {}


def drawn_before_its_scripts(window: Window, site: Site, kind: str) -> Page:
    """A page whose scripts came after it was drawn, which is the hardest for what must not move."""
    held: list[Route] = []

    def hold(route: Route) -> None:
        held.append(route)

    page = window.page
    page.add_init_script(WATCH_SHIFTS)
    page.route("**/archive.js", hold)
    window.show(PHONE)
    page.goto(site.address(kind), wait_until="commit")
    page.wait_for_function(IS_DRAWN)
    page.evaluate(SETTLED)
    held[0].continue_()
    page.wait_for_load_state("load")
    if kind in ADDED:
        expect(page.locator(ADDED[kind]).first).to_be_attached()
    page.evaluate(SETTLED)
    return page


@pytest.mark.browser
@pytest.mark.parametrize("kind", KINDS)
def test_a_page_is_light_and_nothing_in_it_shifts(
    own_window: Window, sites: Sites, kind: str
) -> None:
    site = sites["example"]
    before = len(site.sent)
    page = drawn_before_its_scripts(own_window, site, kind)
    sent = site.sent[before:]
    assert len(sent) <= MAX_REQUESTS, json.dumps(sent, indent=1)
    assert sum(size for _, size in sent) <= MAX_BYTES, json.dumps(sent, indent=1)
    blocking = page.evaluate(BLOCKING)
    assert len(blocking) <= MAX_BLOCKING, blocking
    assert page.evaluate("document.querySelectorAll('*').length") <= MAX_ELEMENTS
    assert page.evaluate("window.shifts") == []
