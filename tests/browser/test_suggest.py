"""Suggesting tags: a dialog that completes them, and plain links where no script runs."""

from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest
from playwright.sync_api import Locator, Page, expect

from generator.core import paths
from tests.browser import hostile
from tests.browser.sites import Site, Sites
from tests.browser.test_axe import assert_passes
from tests.browser.window import DESKTOP, PHONE, Window

pytestmark = pytest.mark.browser

DIALOG = ".tag-dialog[open]"
INPUT = f"{DIALOG} [role=combobox]"
OPTIONS = f"{DIALOG} [role=option]"
CHIPS = f"{DIALOG} .tags li"
STATUS = f"{DIALOG} [role=status]"


@pytest.fixture(scope="module")
def axe(node_modules: Path) -> str:
    return (node_modules / "axe-core" / "axe.min.js").read_text("utf-8")


def paper(site: Site, *, is_tagged: bool) -> str:
    """The address of a paper with a tagging file, or with tags by rules alone."""
    marks = ("/edit/",) if is_tagged else ("/new/", "by rule")
    pages = sorted(site.folder.glob("papers/*/index.html"))
    texts = ((each, each.read_text("utf-8")) for each in pages)
    return next(site.address(each) for each, text in texts if all(mark in text for mark in marks))


def opened(window: Window, sites: Sites, *, is_tagged: bool = False) -> Page:
    page = window.ready(paper(sites["example"], is_tagged=is_tagged))
    link(page).focus()
    page.keyboard.press("Enter")
    expect(page.locator(INPUT)).to_be_focused()
    return page


def link(page: Page) -> Locator:
    return page.get_by_role("link", name="Suggest a tag")


def query(page: Page, name: str) -> dict[str, list[str]]:
    href = page.locator(DIALOG).get_by_role("link", name=name).get_attribute("href")
    assert href
    return parse_qs(urlsplit(href).query, strict_parsing=True)


def test_nothing_is_asked_for_before_it_opens(window: Window, sites: Sites) -> None:
    site = sites["example"]
    address = paper(site, is_tagged=False)
    site.sent.clear()
    page = window.ready(address)
    page.wait_for_load_state("networkidle")
    asked = {path for path, _ in site.sent}
    assert not asked & {paths.TAGS_FILE, "assets/tag-dialog.js"}
    opened(window, sites)
    asked = {path for path, _ in site.sent}
    assert asked >= {paths.TAGS_FILE, "assets/tag-dialog.js"}
    assert window.seen.errors == []


def test_tags_are_chosen_by_keyboard_and_fill_in_both_links(window: Window, sites: Sites) -> None:
    page = opened(window, sites)
    page.keyboard.type("long cont")
    combobox = page.locator(INPUT)
    expect(combobox).to_have_attribute("aria-expanded", "true")
    expect(page.locator(STATUS)).to_have_text("1 tag to choose from")
    page.keyboard.press("ArrowDown")
    option = page.locator(OPTIONS).first
    expect(option).to_have_attribute("aria-selected", "true")
    assert combobox.get_attribute("aria-activedescendant") == option.get_attribute("id")
    expect(option).to_contain_text("Long context")
    expect(option.locator("span")).not_to_be_empty()
    page.keyboard.press("Enter")
    expect(page.locator(STATUS)).to_have_text("Long context is chosen.")
    expect(combobox).to_have_attribute("aria-expanded", "false")
    page.keyboard.type("RLHF")  # no name but an alias, in full
    page.keyboard.press("Enter")
    expect(page.locator(CHIPS)).to_have_count(2)
    file = query(page, "Propose as a file")
    slugs = [line.removeprefix("- ") for line in file["value"][0].splitlines()[1:]]
    assert slugs[0] == "long-context"
    assert len(slugs) == 2
    assert file["value"] == ["tags:\n" + "".join(f"- {slug}\n" for slug in slugs)]
    assert file["filename"][0].startswith("content/tagging/")
    form = query(page, "Propose with a form")
    assert form["add"] == ["\n".join(slugs)]
    assert form["template"] == ["tag.yml"]
    assert form["paper"][0] in page.url


def test_a_chosen_tag_can_be_removed(window: Window, sites: Sites) -> None:
    page = opened(window, sites)
    page.keyboard.type("long context")
    page.keyboard.press("Enter")
    page.get_by_role("button", name="Remove Long context").press("Enter")
    expect(page.locator(CHIPS)).to_have_count(0)
    expect(page.locator(INPUT)).to_be_focused()
    assert query(page, "Propose as a file")["value"] == ["tags:\n- "]
    assert "add" not in query(page, "Propose with a form")


def test_where_a_file_is_there_tags_get_one_beside_it(window: Window, sites: Sites) -> None:
    page = opened(window, sites, is_tagged=True)
    page.keyboard.type("tokenization")
    page.keyboard.press("Enter")
    there = link(page).get_attribute("href")
    assert there
    file = query(page, "Propose as a file")
    folder = there.partition("/edit/main/")[2].removesuffix(".yaml")
    assert file["filename"] == [f"{folder}/tokenization.yaml"]
    assert file["value"] == ["tags:\n- tokenization\n"]


def test_escape_closes_the_list_and_then_the_dialog(window: Window, sites: Sites) -> None:
    page = opened(window, sites)
    page.keyboard.type("video")
    expect(page.locator(OPTIONS).first).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.locator(f"{DIALOG} [role=listbox]")).to_be_hidden()
    expect(page.locator(INPUT)).to_have_value("video")
    page.keyboard.press("Escape")
    expect(page.locator(DIALOG)).to_have_count(0)
    expect(link(page)).to_be_focused()


def test_a_tag_that_the_paper_has_is_not_chosen_again(window: Window, sites: Sites) -> None:
    page = opened(window, sites)
    own = page.locator("#tags + ul a").first.inner_text()
    page.locator(INPUT).fill(own)
    expect(page.locator(OPTIONS).first).to_have_attribute("aria-disabled", "true")
    page.keyboard.press("Enter")
    expect(page.locator(CHIPS)).to_have_count(0)
    expect(page.locator(STATUS)).to_contain_text("already")


def test_a_tag_is_chosen_by_a_tap(window: Window, sites: Sites) -> None:
    window.show(PHONE)
    page = opened(window, sites)
    page.locator(INPUT).fill("long context")
    page.locator(OPTIONS).first.click()
    expect(page.locator(CHIPS)).to_have_count(1)
    expect(page.locator(INPUT)).to_be_focused()
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


def test_where_the_vocabulary_is_out_of_reach_the_link_is_a_link(
    own_window: Window, sites: Sites
) -> None:
    page = own_window.ready(paper(sites["example"], is_tagged=False))
    page.route("**/tags.json", lambda route: route.abort())
    with page.expect_request(lambda request: "/new/" in request.url) as asked:
        link(page).click()
    assert asked.value.is_navigation_request()


def test_names_of_tags_are_text(window: Window, sites: Sites) -> None:
    site = sites["hostile"]
    page = window.ready(f"{site.url}papers/{hostile.PAPER}/")
    link(page).click()
    page.locator(INPUT).press_sequentially("a")
    expect(page.locator(OPTIONS).first).to_be_visible()
    assert page.locator(f"{DIALOG} :is(script, img, iframe, svg)").count() == 0
    assert window.seen.dialogs == []


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("is_tagged", [False, True])
def test_axe_finds_nothing_in_it(
    window: Window, sites: Sites, axe: str, scheme: str, is_tagged: bool
) -> None:
    window.show(DESKTOP, scheme)
    page = opened(window, sites, is_tagged=is_tagged)
    page.keyboard.type("long context")
    page.keyboard.press("Enter")
    page.keyboard.type("video")
    page.keyboard.press("ArrowDown")
    expect(page.locator(OPTIONS).first).to_be_visible()
    assert_passes(page, axe)


def test_without_scripts_the_links_are_links(plain_window: Window, sites: Sites) -> None:
    page = plain_window.open(paper(sites["example"], is_tagged=False))
    file, form = page.locator(".action a").all()
    assert "/new/" in str(file.get_attribute("href"))
    assert "/issues/new?template=tag.yml&" in str(form.get_attribute("href"))
    assert file.is_visible()
    assert form.is_visible()
