"""What an attacker writes into titles, names, tags and texts is shown and never runs."""

import json
import re
from urllib.parse import quote, unquote

import pytest
from playwright.sync_api import Page

from tests.browser import hostile
from tests.browser.sites import KINDS, Sites
from tests.browser.window import DESKTOP, PHONE, RESULTS, Window

pytestmark = pytest.mark.browser

# Code in a page: scripts other than data, and attributes with code. URLs are removed, since they
# differ between sites.
CODE = """() => [
    ...[...document.scripts].filter(script => !script.type.includes('json')).map(
        script => script.src.replace(/.*\\/assets\\//, '')
            || script.textContent.replace(/new URL\\("[^"]*"/, 'new URL("…"')),
    ...[...document.querySelectorAll('*')].flatMap(each => [...each.attributes]
        .filter(attribute => attribute.name.startsWith('on'))
        .map(attribute => `${each.localName} ${attribute.name}=${attribute.value}`))]"""

# Elements that load or run something, or that an archive's text has no business making.
FOREIGN = """() => [...document.querySelectorAll(
    'article :is(script, style, link, meta, base, img, svg, iframe, object, embed, video, audio)')]
    .map(each => each.outerHTML.slice(0, 200))"""
CODE_TYPED = "<img src=x onerror=alert(15)>"
# What waits for the mouse or the focus comes to life.
TOUCH = """() => document.querySelectorAll('article *').forEach(each =>
    ['mouseover', 'mouseenter', 'pointerover', 'focus'].forEach(name =>
        each.dispatchEvent(new Event(name, {bubbles: true}))))"""
TARGETS = "() => [...document.links].map(link => link.protocol)"

# Characters that XML forbids, that terminals obey, and that turn text round.
CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ufffe\uffff]")


def assert_harmless(window: Window) -> None:
    assert window.seen.dialogs == []
    assert window.seen.errors == []
    assert window.page.evaluate(FOREIGN) == []
    assert set(window.page.evaluate(TARGETS)) <= {"http:", "https:"}


def content_of(page: Page, name: str) -> str:
    """What a meta element says."""
    element = page.locator(f"meta[name='{name}'], meta[property='{name}']")
    return str(element.first.get_attribute("content"))


@pytest.mark.parametrize("kind", KINDS)
def test_page_runs_only_the_shells_own_code(window: Window, sites: Sites, kind: str) -> None:
    own = window.ready(sites["example"].address(kind)).evaluate(CODE)
    page = window.ready(sites["hostile"].address(kind))
    assert page.evaluate(CODE) == own
    page.evaluate(TOUCH)
    assert_harmless(window)


def test_no_page_holds_control_characters(sites: Sites) -> None:
    folder = sites["hostile"].folder
    files = [*folder.glob("**/*.html"), *folder.glob("**/*.xml"), *folder.glob("**/*.json")]
    holding = {
        file.relative_to(folder).as_posix(): CONTROL.findall(file.read_text("utf-8"))
        for file in files
    }
    assert not {file: found for file, found in holding.items() if found}


def test_the_title_is_shown_as_it_stands(window: Window, sites: Sites) -> None:
    page = window.ready(sites["hostile"].url + f"papers/{hostile.PAPER}/")
    assert page.locator("h1").inner_text() == hostile.TITLE
    assert page.title().startswith(f"{hostile.TITLE} · ")
    assert content_of(page, "citation_title") == hostile.TITLE
    assert content_of(page, "og:title") == hostile.TITLE
    assert content_of(page, "citation_author") == hostile.AUTHOR


def test_the_description_is_the_texts_beginning(window: Window, sites: Sites) -> None:
    page = window.ready(sites["hostile"].url + f"papers/{hostile.PAPER}/")
    beginning = content_of(page, "description").removesuffix("…")
    assert len(beginning) > 80
    assert f"Summary {hostile.ATTACK}".startswith(beginning)
    page = window.ready(sites["hostile"].address("home"))
    assert content_of(page, "description").startswith(f"Description {hostile.ATTACK}")


def test_the_structured_data_hold_the_title(window: Window, sites: Sites) -> None:
    page = window.ready(sites["hostile"].url + f"papers/{hostile.PAPER}/")
    texts = page.locator("script[type='application/ld+json']").all_text_contents()
    assert len(texts) == 1
    data = json.loads(texts[0])
    assert data["@type"] == "ScholarlyArticle"
    assert data["headline"] == hostile.TITLE
    assert data["author"][0]["name"] == hostile.AUTHOR


def test_links_go_where_the_archive_says(window: Window, sites: Sites) -> None:
    page = window.ready(sites["hostile"].url + f"papers/{hostile.PAPER}/")
    code = page.get_by_role("link", name="Code", exact=True)
    assert unquote(str(code.get_attribute("href"))) == hostile.CODE_URL


@pytest.mark.parametrize("width", [PHONE, DESKTOP])
def test_search_results_are_text(window: Window, sites: Sites, width: int) -> None:
    window.show(width)
    page = window.ready(sites["hostile"].address("home"))
    window.search("zzyzx")
    results = page.locator(RESULTS)
    assert hostile.TITLE in results.first.inner_text()
    assert hostile.AUTHOR in results.first.inner_text()
    assert results.locator("img, script, svg, iframe, b, i").count() == 0
    assert_harmless(window)


def test_a_search_for_code_runs_nothing(window: Window, sites: Sites) -> None:
    window.ready(sites["hostile"].address("home"))
    window.search(CODE_TYPED)
    assert_harmless(window)


@pytest.mark.parametrize("name", ["q", "tag", "year", "author", "sort"])
def test_a_search_for_code_in_an_address_runs_nothing(
    window: Window, sites: Sites, name: str
) -> None:
    window.ready(f"{sites['hostile'].address('search')}?q=zzyzx&{name}={quote(CODE_TYPED)}")
    window.until_found()
    assert_harmless(window)


def test_the_tags_of_the_search_page_are_text(window: Window, sites: Sites) -> None:
    page = window.ready(sites["hostile"].address("search"))
    shown = page.locator("select[name=tag] option").all_inner_texts()
    assert f"Parent {hostile.SHORT}" in shown
    page.locator("select[name=tag]").select_option(label=f"Parent {hostile.SHORT}")
    assert window.until_found() == "1 paper"
    assert_harmless(window)
