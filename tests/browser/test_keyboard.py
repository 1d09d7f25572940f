"""Everything works by keyboard, and one sees where one is."""

import re

import pytest
from playwright.sync_api import Page, expect
from playwright.sync_api import TimeoutError as Timeout

from tests.browser.sites import KINDS, Sites
from tests.browser.window import DESKTOP, PHONE, Window

pytestmark = pytest.mark.browser

MAX_TABS = 30
SWITCH = "[aria-label*=colours]"
FOCUSED = "document.activeElement"
OUTLINE = f"""() => {{
    const style = getComputedStyle({FOCUSED});
    return style.outlineStyle === 'none' ? 0 : parseFloat(style.outlineWidth);
}}"""
IN_SIGHT = f"""() => {{
    const focused = {FOCUSED};
    const box = focused.getBoundingClientRect();
    const [x, y] = [box.x + box.width / 2, box.y + box.height / 2];
    return focused.checkVisibility({{visibilityProperty: true, opacityProperty: true}})
        && box.width * box.height > 0 && x > 0 && y > 0 && x < innerWidth && y < innerHeight;
}}"""


def tab_to(page: Page, selector: str) -> None:
    """Press Tab until an element has the focus."""
    for _ in range(MAX_TABS):
        page.keyboard.press("Tab")
        if page.evaluate(f"{FOCUSED}.matches({selector!r})"):
            return
    pytest.fail(f"Tab doesn't reach {selector}")


@pytest.mark.parametrize("kind", KINDS)
def test_tab_meets_the_skip_link_first(window: Window, sites: Sites, kind: str) -> None:
    page = window.ready(sites["example"].address(kind))
    page.keyboard.press("Tab")
    skip = page.locator("a.md-skip")
    expect(skip).to_be_focused()
    expect(skip).to_have_css("opacity", "1")
    page.wait_for_function(IN_SIGHT)
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    inside = page.evaluate(f"!{FOCUSED}.closest('header')")
    assert inside, "after the skip link, Tab still goes through the header"


@pytest.mark.parametrize("width", [PHONE, DESKTOP])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_focus_is_visible_in_the_header(
    window: Window, sites: Sites, scheme: str, width: int
) -> None:
    window.show(width, scheme)
    page = window.ready(sites["example"].address("day"))
    page.keyboard.press("Tab")
    seen = []
    for _ in range(MAX_TABS):
        page.keyboard.press("Tab")
        if not page.evaluate(f"{FOCUSED}.closest('header')"):
            break
        name = page.evaluate(f"{FOCUSED}.outerHTML.slice(0, 120)")
        assert page.evaluate(OUTLINE) >= 1, name
        seen.append(name)
    assert len(seen) >= 8, seen


@pytest.mark.parametrize("width", [PHONE, DESKTOP])
def test_tab_never_leads_out_of_sight(window: Window, sites: Sites, width: int) -> None:
    window.show(width)
    page = window.ready(sites["example"].address("day"))
    for _ in range(MAX_TABS):
        page.keyboard.press("Tab")
        try:
            page.wait_for_function(IN_SIGHT)
        except Timeout:
            pytest.fail("out of sight: " + page.evaluate(f"{FOCUSED}.outerHTML.slice(0, 160)"))


@pytest.mark.parametrize("width", [PHONE, DESKTOP])
def test_the_switch_of_colours_is_remembered(own_window: Window, sites: Sites, width: int) -> None:
    own_window.show(width)
    page = own_window.ready(sites["example"].address("day"))
    root = page.locator("html")
    expect(root).not_to_have_attribute("data-colours", re.compile(".*"))
    for colours in ("dark", "light"):
        tab_to(page, SWITCH)
        page.keyboard.press("Space")
        expect(root).to_have_attribute("data-colours", colours)
        page.reload()
        expect(root).to_have_attribute("data-colours", colours)
