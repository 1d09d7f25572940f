"""Without JavaScript a reader on a phone sees text, links and navigation, and can use them."""

import pytest
from playwright.sync_api import Page

from tests.browser.sites import Sites
from tests.browser.window import PHONE, Window

pytestmark = pytest.mark.browser

KINDS = ["home", "day", "paper", "tag", "search"]
MAX_TABS = 30

# Texts laid out as boxes of their own. Two of them overlap unless one lies within the other.
OVERLAPS = """() => {
    const boxes = [...document.querySelectorAll(
        'header a, header button, header input, h1, h2, h3, p, li, pre, td, form input')]
        .filter(each => each.checkVisibility({visibilityProperty: true, opacityProperty: true}))
        .map(each => [each, each.getBoundingClientRect()])
        .filter(([, box]) => box.width > 1 && box.height > 1);
    const found = [];
    boxes.forEach(([one, a], at) => boxes.slice(at + 1).forEach(([other, b]) => {
        const inside = one.contains(other) || other.contains(one);
        const wide = Math.min(a.right, b.right) - Math.max(a.left, b.left);
        const high = Math.min(a.bottom, b.bottom) - Math.max(a.top, b.top);
        if (!inside && wide > 1 && high > 1)
            found.push(`${one.outerHTML.slice(0, 90)} over ${other.outerHTML.slice(0, 90)}`);
    }));
    return found;
}"""

# Links that a tap in their middle doesn't reach, once they are scrolled to.
COVERED = """() => [...document.querySelectorAll('.site-name, article a, footer a')].filter(
    link => {
    link.scrollIntoView({block: 'center', behavior: 'instant'});
    const box = link.getClientRects()[0];
    const hit = box && document.elementFromPoint(box.x + box.width / 2, box.y + box.height / 2);
    return !hit || !link.contains(hit);
}).map(link => link.outerHTML)"""


@pytest.fixture(params=KINDS)
def page(plain_window: Window, sites: Sites, request: pytest.FixtureRequest) -> Page:
    plain_window.show(PHONE)
    return plain_window.open(sites["example"].address(request.param))


def test_text_and_links_are_seen(page: Page) -> None:
    assert page.locator("h1").is_visible()
    assert len(page.locator("article").inner_text().split()) > 10
    assert page.locator(".site-name").is_visible()  # on a phone it stands for "Today"
    for link in page.locator(".site-nav li:not(:first-child) a").all():
        assert link.is_visible()
    assert page.locator("article a").first.is_visible()


def test_nothing_overlaps(page: Page) -> None:
    overlaps = page.evaluate(OVERLAPS)
    assert not overlaps, "\n".join(overlaps)


def test_every_link_can_be_tapped(page: Page) -> None:
    covered = page.evaluate(COVERED)
    assert not covered, "\n".join(covered)


def test_the_navigation_is_reached_by_tab(page: Page) -> None:
    expected = {str(link.get_attribute("href")) for link in page.locator(".site-nav a").all()}
    reached = set()
    for _ in range(MAX_TABS):
        page.keyboard.press("Tab")
        reached.add(page.evaluate("document.activeElement.getAttribute('href')"))
    assert expected <= reached


def test_nothing_is_offered_that_needs_scripts(page: Page) -> None:
    for control in page.locator("button, input, label").all():
        assert not control.is_visible(), control.evaluate("each => each.outerHTML")
