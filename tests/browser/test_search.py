"""Search as a reader meets it: the dialog of every page, the page `/search/`, what they load."""

import json
import re
import shutil
from datetime import date
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest
from playwright.sync_api import Page, expect

from generator.archive.load import load_archive
from generator.core import paths
from generator.render.search import search_index
from tests.browser.sites import KINDS, Site, Sites
from tests.browser.window import DESKTOP, IS_CLOSED, PHONE, QUERY, RESULTS, STATUS, Window

pytestmark = pytest.mark.browser

WORDS = "language"
FOCUSED = "document.activeElement"
KEYS = ["/", "s", "f"]
MAX_BYTES = 300 * 1024
ON_DEMAND = "assets/search-panel.js"
FROM_THE_PANEL = ".search-keys"
"""What the page `/search/` has once that script has run."""
INDEX = f"{paths.SEARCH_INDEX}/"


def query_of(page: Page) -> dict[str, list[str]]:
    """What the address asks for; the page knows its address before Playwright does."""
    return parse_qs(urlsplit(page.evaluate("location.href")).query)


def days(page: Page) -> list[str]:
    """The days of the results shown."""
    return [str(each.get_attribute("datetime")) for each in page.locator(f"{RESULTS} time").all()]


# ---- opening it


@pytest.mark.parametrize("key", KEYS)
@pytest.mark.parametrize("width", [PHONE, DESKTOP])
def test_keys_open_the_dialog(window: Window, sites: Sites, key: str, width: int) -> None:
    window.show(width)
    page = window.ready(sites["example"].address("day"))
    page.keyboard.press(key)
    window.until_searching()
    expect(page.locator(QUERY)).to_have_value("")
    expect(page.get_by_role("dialog", name="Search")).to_be_visible()


@pytest.mark.parametrize("kind", KINDS)
def test_search_is_reached_from_every_page(window: Window, sites: Sites, kind: str) -> None:
    page = window.ready(sites["example"].address(kind))
    link = page.locator("header .site-search")
    href = str(link.evaluate("each => each.href"))
    assert href == sites["example"].address("search")
    page.keyboard.press("/")
    if kind == "search":
        expect(page.locator("[name=q]")).to_be_focused()
    else:
        window.until_searching()


@pytest.mark.parametrize("keys", ["Control+f", "Control+s", "Alt+s", "Meta+f"])
def test_keys_with_a_modifier_are_the_browsers(window: Window, sites: Sites, keys: str) -> None:
    page = window.ready(sites["example"].address("day"))
    page.evaluate("addEventListener('keydown', event => window.taken = event.defaultPrevented)")
    page.keyboard.press(keys)
    assert page.evaluate("window.taken") is False
    assert page.locator(".search-dialog").count() == 0


def test_keys_typed_into_a_field_are_text(window: Window, sites: Sites) -> None:
    page = window.ready(sites["example"].address("home"))
    field = page.locator(".search-form input")
    field.focus()
    page.keyboard.type("f/s")
    expect(field).to_have_value("f/s")
    assert page.locator(".search-dialog").count() == 0


def test_the_link_opens_the_dialog(window: Window, sites: Sites) -> None:
    page = window.ready(sites["example"].address("paper"))
    page.locator(".site-search").click()
    window.until_searching()
    window.type(WORDS)
    assert page.locator(RESULTS).count() > 1


def test_the_keys_can_be_turned_off(own_window: Window, sites: Sites) -> None:
    page = own_window.ready(sites["example"].address("search"))
    page.get_by_role("checkbox", name="open search on any page").uncheck()
    own_window.ready(sites["example"].address("day"))
    page.keyboard.press("s")
    assert page.locator(".search-dialog").count() == 0
    page.locator(".site-search").click()
    own_window.until_searching()


# ---- the dialog


@pytest.fixture
def found(window: Window, sites: Sites) -> Page:
    """A dialog with results."""
    page = window.ready(sites["example"].address("day"))
    window.search(WORDS)
    return page


def test_a_result_shows_title_day_tags_and_marked_words(found: Page) -> None:
    first = found.locator(RESULTS).first
    link = first.get_by_role("link")
    assert re.search(r"/papers/[^/]+/$", str(link.evaluate("each => each.href")))
    assert re.search(r"\d{1,2} [A-Z][a-z]+ 20\d\d", first.locator(".facts").inner_text())
    marks = found.locator(f"{RESULTS} mark").all_inner_texts()
    assert marks
    assert all(WORDS[:5] in each.lower() for each in marks)


def test_results_are_announced(found: Page) -> None:
    expect(found.get_by_role("status").filter(has_text="papers")).to_be_visible()
    assert re.match(r"[\d,]+ papers", found.locator(STATUS).inner_text())


def test_a_result_leads_to_its_paper(found: Page) -> None:
    title = found.locator(f"{RESULTS} a").first.inner_text()
    found.keyboard.press("ArrowDown")
    found.keyboard.press("Enter")
    found.wait_for_url(re.compile("/papers/"))
    expect(found.locator("h1")).to_have_text(title)


def test_arrows_go_round_the_results_and_the_field(found: Page) -> None:
    links = found.locator(f"{RESULTS} a")
    found.keyboard.press("ArrowDown")
    expect(links.nth(0)).to_be_focused()
    found.keyboard.press("ArrowDown")
    expect(links.nth(1)).to_be_focused()
    found.keyboard.press("ArrowUp")
    found.keyboard.press("ArrowUp")
    expect(found.locator(QUERY)).to_be_focused()
    found.keyboard.press("ArrowUp")
    expect(found.get_by_role("link", name="All results")).to_be_focused()


@pytest.mark.parametrize("way", ["Escape", "button", "outside"])
def test_it_closes_and_gives_the_focus_back(window: Window, sites: Sites, way: str) -> None:
    page = window.ready(sites["example"].address("day"))
    before = page.locator("article a").nth(3)
    before.focus()
    page.keyboard.press("/")
    window.until_searching()
    if way == "Escape":
        page.keyboard.press("Escape")
    elif way == "button":
        page.get_by_role("button", name="Close search").click()
    else:
        page.mouse.click(5, 400)
    page.wait_for_function(IS_CLOSED)
    expect(before).to_be_focused()


def test_escape_closes_it_from_a_result(found: Page) -> None:
    found.keyboard.press("ArrowDown")
    found.keyboard.press("Escape")
    found.wait_for_function(IS_CLOSED)


def test_tab_stays_in_the_dialog(found: Page) -> None:
    for _ in range(15):
        found.keyboard.press("Tab")
        assert found.evaluate(f"{FOCUSED} === document.body || !!{FOCUSED}.closest('dialog')")


@pytest.mark.parametrize("way", ["Enter", "link"])
def test_all_results_are_on_the_search_page(found: Page, way: str) -> None:
    if way == "Enter":
        found.keyboard.press("Enter")
    else:
        found.get_by_role("link", name="All results").click()
    found.wait_for_url(re.compile(rf"/search/\?q={WORDS}$"))
    expect(found.locator(RESULTS)).to_have_count(10)


def test_a_search_without_a_result_says_so(window: Window, sites: Sites) -> None:
    page = window.ready(sites["example"].address("day"))
    window.search("xyzzyqqqq")
    expect(page.locator(STATUS)).to_contain_text("No paper")


def test_the_last_word_typed_is_what_is_shown(window: Window, sites: Sites) -> None:
    page = window.ready(sites["example"].address("day"))
    window.search(WORDS)
    page.locator(QUERY).fill("")
    expect(page.locator(RESULTS)).to_have_count(0)
    page.locator(QUERY).fill("robot")
    page.locator(QUERY).fill("diffusion")
    expect(page.locator(f"{RESULTS} mark").first).to_contain_text(
        re.compile("diffusion", re.IGNORECASE)
    )


@pytest.mark.parametrize("width", [320, PHONE, DESKTOP])
def test_the_dialog_fits_the_window(window: Window, sites: Sites, width: int) -> None:
    window.show(width)
    page = window.ready(sites["hostile"].address("day"))
    window.search("zzyzx")
    box = page.locator(".search-dialog").bounding_box()
    assert box
    assert box["x"] >= 0
    assert box["x"] + box["width"] <= width
    inner = page.locator(".search-dialog").evaluate("each => [each.scrollWidth, each.clientWidth]")
    assert inner[0] <= inner[1]


# ---- the search page


def test_a_link_can_be_shared(window: Window, sites: Sites) -> None:
    address = f"{sites['repository'].address('search')}?q={WORDS}&tag=reasoning&sort=upvotes"
    page = window.ready(address)
    window.until_found()
    expect(page.locator("[name=q]")).to_have_value(WORDS)
    expect(page.locator("[name=tag]")).to_have_value("reasoning")
    expect(page.locator("[name=sort]")).to_have_value("upvotes")
    expect(page).to_have_url(address)


def test_the_address_follows_what_is_typed_and_chosen(window: Window, sites: Sites) -> None:
    page = window.ready(sites["example"].address("search"))
    page.locator("[name=q]").fill(WORDS)
    page.locator("[name=year]").select_option("2026")
    page.locator("[name=sort]").select_option("date")
    window.until_found()
    assert query_of(page) == {"q": [WORDS], "year": ["2026"], "sort": ["date"]}
    page.locator("[name=q]").fill("")
    page.locator("[name=year]").select_option("")
    page.locator("[name=sort]").select_option("")
    expect(page).to_have_url(sites["example"].address("search"))


def test_back_leads_to_the_same_results(window: Window, sites: Sites) -> None:
    page = window.ready(sites["example"].address("day"))
    page.goto(sites["example"].address("search"))
    page.locator("[name=q]").fill(WORDS)
    window.until_found()
    titles = page.locator(f"{RESULTS} a").all_inner_texts()
    page.locator(f"{RESULTS} a").first.click()
    page.wait_for_url(re.compile("/papers/"))
    page.go_back()
    expect(page.locator(f"{RESULTS} a")).to_have_text(titles)
    expect(page.locator("[name=q]")).to_have_value(WORDS)
    page.go_back()
    expect(page).to_have_url(sites["example"].address("day"))


def test_the_tag_filter(window: Window, sites: Sites) -> None:
    page = window.ready(f"{sites['repository'].address('search')}?tag=vla")
    window.until_found()
    name = page.locator("[name=tag] option:checked").inner_text()
    for result in page.locator(RESULTS).all():
        assert name in result.inner_text()


def test_a_link_from_before_a_tag_was_renamed_finds_the_tag(window: Window, sites: Sites) -> None:
    page = window.ready(f"{sites['hostile'].address('search')}?tag=before-long")
    window.until_found()
    expect(page.locator("[name=tag]")).to_have_value("long")


def test_a_tag_finds_what_has_a_tag_below_it(window: Window, sites: Sites) -> None:
    site = sites["example"]
    window.ready(f"{site.address('search')}?tag=robotics")
    count = int(window.until_found().split()[0])
    listing = (site.folder / "tags" / "robotics" / "index.html").read_text("utf-8")
    assert re.findall(r"([\d,]+) papers", listing)[0] == str(count)


@pytest.mark.parametrize("year", ["2025", "2026"])
def test_the_year_filter(window: Window, sites: Sites, year: str) -> None:
    page = window.ready(f"{sites['repository'].address('search')}?q={WORDS}&year={year}")
    assert window.until_found().endswith(f"in {year}")
    assert {day[:4] for day in days(page)} == {year}


@pytest.mark.parametrize("typed", ["slug", "name"])
def test_the_author_filter(window: Window, sites: Sites, typed: str) -> None:
    site = sites["example"]
    slug = site.file("author").parent.name
    page = window.ready(site.address("author"))
    name = page.locator("h1").inner_text()
    papers = page.locator("article ul > li").count()
    page.goto(site.address("search"))
    page.locator("[name=author]").fill(slug if typed == "slug" else name)
    assert window.until_found().startswith(f"{papers} paper")


def test_an_author_without_a_page_finds_nothing_and_is_told(window: Window, sites: Sites) -> None:
    window.ready(f"{sites['repository'].address('search')}?q={WORDS}&author=nobody+at+all")
    assert "Authors" in window.until_found()


@pytest.mark.parametrize("query", ["q=language&sort=date", "tag=robotics"])
def test_newest_first(window: Window, sites: Sites, query: str) -> None:
    page = window.ready(f"{sites['repository'].address('search')}?{query}")
    window.until_found()
    assert len(set(days(page))) > 1
    assert days(page) == sorted(days(page), reverse=True)


def test_most_upvoted_first(window: Window, sites: Sites) -> None:
    page = window.ready(f"{sites['repository'].address('search')}?q={WORDS}&sort=upvotes")
    window.until_found()
    shown = " ".join(page.locator(f"{RESULTS} .facts").all_inner_texts())
    votes = [int(each) for each in re.findall(r"(\d+) upvotes?", shown)]
    assert len(votes) == 10
    assert votes == sorted(votes, reverse=True)


def test_more_results_follow(window: Window, sites: Sites) -> None:
    page = window.ready(f"{sites['repository'].address('search')}?q={WORDS}")
    window.until_found()
    page.get_by_role("button", name="Show 10 more").click()
    expect(page.locator(RESULTS)).to_have_count(20)
    expect(page.locator(f"{RESULTS} a").nth(10)).to_be_focused()
    assert len(set(page.locator(f"{RESULTS} a").all_inner_texts())) == 20


def test_quotes_ask_for_words_side_by_side(window: Window, sites: Sites) -> None:
    page = window.ready(sites["example"].address("search"))
    page.locator("[name=q]").fill("language model")
    without = window.until_found()
    page.locator("[name=q]").fill('"language model"')
    expect(page.locator(STATUS)).not_to_have_text(without)
    assert 0 < int(window.until_found().split()[0]) < int(without.split()[0])


def test_a_paper_is_found_by_its_id(window: Window, sites: Sites) -> None:
    key = sites["example"].file("paper").parent.name
    page = window.ready(f"{sites['repository'].address('search')}?q={key}")
    window.until_found()
    href = page.locator(f"{RESULTS} a").first.evaluate("each => each.href")
    assert href == f"{sites['repository'].url}papers/{key}/"


@pytest.mark.parametrize("width", [PHONE, DESKTOP])
def test_the_form_of_the_front_page_leads_here(window: Window, sites: Sites, width: int) -> None:
    window.show(width)
    page = window.ready(sites["example"].address("home"))
    page.locator(".search-form input").focus()
    page.keyboard.type(WORDS)
    page.keyboard.press("Enter")
    page.wait_for_url(re.compile(rf"/search/[?]q={WORDS}"))
    expect(page.locator(RESULTS).first).to_be_visible()


def test_an_empty_archive_says_that_there_is_nothing_yet(window: Window, sites: Sites) -> None:
    window.ready(f"{sites['empty'].address('search')}?q=anything")
    assert "No paper was listed yet" in window.until_found()
    assert window.seen.errors == []


def test_without_scripts_the_page_says_what_to_use(plain_window: Window, sites: Sites) -> None:
    page = plain_window.open(sites["example"].address("day"))
    page.locator("header .site-search").click()
    page.wait_for_url(re.compile("/search/$"))
    assert page.locator("noscript p").is_visible()
    for name, kind in (("day", "days"), ("tag", "tags"), ("author", "authors")):
        link = page.locator("article").get_by_role("link", name=name, exact=True)
        assert link.evaluate("each => each.href") == sites["example"].address(kind)


# ---- what is loaded


def asked_for(site: Site, since: int = 0) -> list[str]:
    return [name for name, _ in site.sent[since:]]


@pytest.mark.parametrize("kind", ["home", "paper", "search"])
def test_nothing_of_the_index_is_loaded_before_someone_searches(
    own_window: Window, sites: Sites, kind: str
) -> None:
    site = sites["example"]
    before = len(site.sent)
    page = own_window.ready(site.address(kind))
    if kind == "search":
        expect(page.locator(FROM_THE_PANEL)).to_be_visible()
    page.wait_for_load_state("networkidle")
    loaded = asked_for(site, before)
    assert not [name for name in loaded if name.startswith(INDEX)]
    assert (ON_DEMAND in loaded) == (kind == "search")
    if kind != "search":
        page.keyboard.press("/")
        own_window.until_searching()
        assert not [name for name in asked_for(site, before) if name.startswith(INDEX)]


def test_a_site_without_an_index_says_so(own_window: Window, sites: Sites, tmp_path: Path) -> None:
    site = _copy(sites, tmp_path)
    page = own_window.ready(site.address("day"))
    page.keyboard.press("/")
    own_window.until_searching()
    page.keyboard.type(WORDS)
    expect(page.locator(STATUS)).to_contain_text("can't be loaded")


def _copy(sites: Sites, tmp_path: Path) -> Site:
    """The example's site without its search index."""
    folder = sites["example"].folder

    def is_index(path: str, names: list[str]) -> list[str]:
        return names if Path(path) == folder / paths.SEARCH_INDEX else []

    shutil.copytree(folder, tmp_path / "site", ignore=is_index)
    return sites.serve(tmp_path / "site", "/sub/path/")


@pytest.fixture(scope="module")
def corpus_site(
    sites: Sites, corpus_content: Path, tmp_path_factory: pytest.TempPathFactory
) -> Site:
    """The example's pages with the index of the corpus, of which only the newest year is made.

    A first search that asked for an older year would fail here.
    """
    site = _copy(sites, tmp_path_factory.mktemp("corpus"))
    parts = search_index.parts(load_archive(corpus_content, date(2100, 1, 1)))
    folder = site.folder / paths.SEARCH_INDEX
    for part in parts[:2]:
        search_index.make(part, folder / part.name)
    (folder / paths.SEARCH_LISTING).write_bytes(search_index._listing(parts))
    return site


@pytest.mark.corpus
@pytest.mark.slow
@pytest.mark.parametrize("place", ["dialog", "page"])
@pytest.mark.parametrize(
    "words",
    [
        "language",
        "language model",
        "retrieval-augmented generation",
        "Zhang",
        "the",
        "diffusion transformer video generation",
        "reinforcement learning from human feedback for large language models",
    ],
)
def test_a_first_search_of_the_corpus_loads_at_most_300_kb(
    own_window: Window, corpus_site: Site, words: str, place: str
) -> None:
    page = own_window.ready(corpus_site.address("about" if place == "dialog" else "search"))
    if place == "page":
        expect(page.locator(FROM_THE_PANEL)).to_be_visible()
    page.wait_for_load_state("networkidle")
    before = len(corpus_site.sent)
    if place == "dialog":
        page.keyboard.press("/")
        own_window.until_searching()
        page.keyboard.insert_text(words)
    else:
        page.locator("[name=q]").fill(words)
    own_window.until_found()
    page.wait_for_load_state("networkidle")
    sent = corpus_site.sent[before:]
    assert sum(size for _, size in sent) <= MAX_BYTES, json.dumps(sent, indent=1)
    assert any(name.endswith(".pf_index") for name, _ in sent)
