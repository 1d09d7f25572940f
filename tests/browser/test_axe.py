"""axe-core finds no violation: each kind of page, light and dark, on a phone and a desktop."""

from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.browser.sites import KINDS, WITHOUT_LISTS, Sites
from tests.browser.window import DESKTOP, HEIGHT, PHONE, Window

pytestmark = pytest.mark.browser

RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
RUN = """rules => axe.run(
    document, {runOnly: {type: 'tag', values: rules}, resultTypes: ['violations']})"""

# Two frames later Material has seen which of its boxes scroll now.
SETTLED = """() => new Promise(done =>
    requestAnimationFrame(() => requestAnimationFrame(() => setTimeout(done))))"""
PAPER = {"light": "rgb(253, 252, 249)", "dark": "rgb(22, 24, 28)"}


@pytest.fixture(scope="module")
def axe(node_modules: Path) -> str:
    return (node_modules / "axe-core" / "axe.min.js").read_text("utf-8")


def assert_passes(page: Page, axe: str) -> None:
    """Fails with a line for each element that breaks a rule, on a phone or a desktop."""
    page.evaluate(axe)
    lines = []
    for width in (PHONE, DESKTOP):
        page.set_viewport_size({"width": width, "height": HEIGHT[width]})
        page.evaluate(SETTLED)
        violations: list[dict[str, Any]] = page.evaluate(RUN, RULES)["violations"]
        lines += [
            f"{width}: {rule['id']}: {node['html'][:200]}: {node['failureSummary']}"
            for rule in violations
            for node in rule["nodes"]
        ]
    assert not lines, "\n".join(lines)


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("kind", KINDS)
def test_page(window: Window, sites: Sites, axe: str, kind: str, scheme: str) -> None:
    window.show(PHONE, scheme)
    page = window.ready(sites["example"].address(kind))
    expect(page.locator("body")).to_have_css("background-color", PAPER[scheme])
    assert_passes(page, axe)


@pytest.mark.parametrize("kind", WITHOUT_LISTS)
def test_page_of_an_empty_archive(window: Window, sites: Sites, axe: str, kind: str) -> None:
    page = window.ready(sites["empty"].address(kind))
    assert_passes(page, axe)


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("words", ["language", ""], ids=["results", "nothing-typed"])
def test_open_search(window: Window, sites: Sites, axe: str, words: str, scheme: str) -> None:
    window.show(PHONE, scheme)
    page = window.ready(sites["example"].address("day"))
    page.keyboard.press("/")
    window.until_searching()
    if words:
        window.type(words)
    assert_passes(page, axe)


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("query", ["q=language", "q=nosuchwordatall", "tag=agents&sort=date"])
def test_search_page_with_results(
    window: Window, sites: Sites, axe: str, query: str, scheme: str
) -> None:
    window.show(PHONE, scheme)
    page = window.ready(f"{sites['repository'].address('search')}?{query}")
    window.until_found()
    assert_passes(page, axe)
