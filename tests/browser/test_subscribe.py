"""The Subscribe page: feeds are found by name and copied by a button; opened, they are read."""

import pytest
from playwright.sync_api import Page, expect

from tests.browser.sites import Sites
from tests.browser.test_axe import PAPER
from tests.browser.window import PHONE, Window

pytestmark = pytest.mark.browser

LINES = "#queries ~ ul li"


def opened(window: Window, sites: Sites, width: int = PHONE) -> Page:
    window.show(width)
    page = window.ready(sites["example"].address("subscribe"))
    expect(page.locator(".find-feed input")).to_be_visible()
    return page


def test_a_feed_is_found_by_its_name_with_the_tags_above_it(
    own_window: Window, sites: Sites
) -> None:
    page = opened(own_window, sites)
    everything = page.locator(f"{LINES}:visible").count()
    page.get_by_role("searchbox", name="Find a feed").fill("LONG cont")
    expect(page.get_by_role("status")).to_have_text("1 feed")
    shown = page.locator(f"{LINES}:visible > a:first-child").all_text_contents()
    assert "Long context" in shown
    assert len(shown) < everything / 10
    page.get_by_role("searchbox", name="Find a feed").fill("")
    assert page.locator(f"{LINES}:visible").count() == everything
    expect(page.get_by_role("status")).to_have_text("")


CONTRAST = """field => {
    const luminance = colour => {
        const [r, g, b] = colour.match(/[\\d.]+/g).map(each => each / 255)
            .map(each => each <= 0.04045 ? each / 12.92 : ((each + 0.055) / 1.055) ** 2.4);
        return 0.2126 * r + 0.7152 * g + 0.0722 * b;
    };
    const under = luminance(getComputedStyle(field).backgroundColor);
    return ['', '::placeholder'].map(part => {
        const over = luminance(getComputedStyle(field, part || null).color);
        return (Math.max(over, under) + 0.05) / (Math.min(over, under) + 0.05);
    });
}"""


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_what_is_typed_to_find_a_feed_can_be_read(
    window: Window, sites: Sites, scheme: str
) -> None:
    page = opened(window, sites)
    window.show(PHONE, scheme)
    field = page.locator(".find-feed input")
    assert field.evaluate("each => getComputedStyle(each).backgroundColor") == PAPER[scheme]
    assert min(field.evaluate(CONTRAST)) >= 4.5


def test_the_address_of_a_feed_is_copied(own_window: Window, sites: Sites) -> None:
    page = opened(own_window, sites)
    for name, file in (("All papers", "rss.xml"), ("Agents", "tags/agents/rss.xml")):
        button = page.get_by_role("button", name=f"Copy the RSS address of {name}", exact=True)
        button.focus()
        page.keyboard.press("Enter")
        expect(page.get_by_role("status")).to_have_text(f"The RSS address of {name} is copied.")
        copied = page.evaluate("navigator.clipboard.readText()")
        assert copied == sites["example"].url + file
        assert page.request.get(copied).ok


def test_a_feed_opened_in_a_browser_is_a_list_of_papers(window: Window, sites: Sites) -> None:
    for file, entry, title in (("rss.xml", "item", "title"), ("atom.xml", "entry", "title")):
        window.page.goto(sites["example"].url + file)
        first = window.page.locator(entry).first
        expect(first.locator(title)).to_be_visible()
        assert window.page.evaluate("getComputedStyle(document.documentElement).display") == "block"
        hidden = "content\\:encoded" if file == "rss.xml" else "content"
        expect(first.locator(hidden)).to_be_hidden()
