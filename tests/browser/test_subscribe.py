"""The Subscribe page: feeds are found by name and copied by a button; opened, they are read."""

import pytest
from playwright.sync_api import Page, expect

from tests.browser.sites import Sites
from tests.browser.window import PHONE, Window

pytestmark = pytest.mark.browser

LINES = "#queries ~ ul li"


def opened(window: Window, sites: Sites, width: int = PHONE) -> Page:
    window.show(width)
    page = window.ready(sites["repository"].address("subscribe"))
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


def test_the_address_of_a_feed_is_copied(own_window: Window, sites: Sites) -> None:
    page = opened(own_window, sites)
    for name, file in (("All papers", "rss.xml"), ("Agents", "tags/agents/rss.xml")):
        button = page.get_by_role("button", name=f"Copy the RSS address of {name}", exact=True)
        button.focus()
        page.keyboard.press("Enter")
        expect(page.get_by_role("status")).to_have_text(f"The RSS address of {name} is copied.")
        copied = page.evaluate("navigator.clipboard.readText()")
        assert copied == sites["repository"].url + file
        assert page.request.get(copied).ok


def test_a_feed_opened_in_a_browser_is_a_list_of_papers(window: Window, sites: Sites) -> None:
    for file, entry, title in (("rss.xml", "item", "title"), ("atom.xml", "entry", "title")):
        window.page.goto(sites["repository"].url + file)
        first = window.page.locator(entry).first
        expect(first.locator(title)).to_be_visible()
        assert window.page.evaluate("getComputedStyle(document.documentElement).display") == "block"
        hidden = "content\\:encoded" if file == "rss.xml" else "content"
        expect(first.locator(hidden)).to_be_hidden()
