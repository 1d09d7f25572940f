"""What only a paper's page has: a citation to copy, and formulas."""

import re

import pytest
from playwright.sync_api import expect

from tests.browser import hostile
from tests.browser.sites import Sites
from tests.browser.window import DESKTOP, PHONE, Window

pytestmark = pytest.mark.browser

# The button says "Copied" for a while; on a busy machine, that is over before anybody looks.
ITS_WORDS_STAY = "window.setTimeout = () => 0"


@pytest.mark.parametrize("width", [PHONE, DESKTOP])
@pytest.mark.parametrize("name", ["example", "hostile"])
def test_the_citation_is_copied_as_it_stands(
    own_window: Window, sites: Sites, name: str, width: int
) -> None:
    own_window.show(width)
    page = own_window.ready(sites[name].address("paper"))
    citation = page.locator("pre code").text_content()
    assert citation
    assert re.fullmatch(r"@misc\{\w+,\n(  \w+ += \{.*\},\n)+\}", citation.strip())
    page.evaluate(ITS_WORDS_STAY)
    button = page.get_by_role("button", name="Copy")
    button.focus()
    page.keyboard.press("Enter")
    expect(page.locator(".copy button")).to_have_text("Copied")
    assert page.evaluate("navigator.clipboard.readText()") == citation.strip()


def test_a_formula_in_a_title_is_typeset(window: Window, sites: Sites) -> None:
    page = window.ready(f"{sites['hostile'].url}papers/{hostile.FORMULA_PAPER}/")
    formula = page.locator("h1 math").first
    expect(formula).to_be_visible()
    box = formula.bounding_box()
    assert box
    assert box["width"] > 1
    assert box["height"] > 1
    assert formula.evaluate("each => each instanceof MathMLElement")
