"""Nothing is wider than the window, and links can be distinguished from text without colour."""

import pytest

from tests.browser import hostile
from tests.browser.sites import KINDS, PAGES, Sites
from tests.browser.window import DESKTOP, PHONE, Window

pytestmark = pytest.mark.browser

NARROW = 320

# Where a page is wider than the window, how wide, and what sticks out of it.
STICKS_OUT = """() => document.scrollingElement.scrollWidth <= innerWidth ? [] : [
    `${document.scrollingElement.scrollWidth} > ${innerWidth}`,
    ...[...document.querySelectorAll('header > * > *, main *, footer *')].filter(
        each => each.getBoundingClientRect().right > innerWidth + 1 && each.checkVisibility()
    ).map(each => each.outerHTML.slice(0, 120)).slice(0, 6)]"""

# Text that is cut off, since its box neither scrolls nor grows.
CUT_OFF = """() => [...document.querySelectorAll('main *')].filter(each => {
    const style = getComputedStyle(each);
    return style.overflowX === 'hidden' && each.scrollWidth > each.clientWidth + 1;
}).map(each => each.outerHTML.slice(0, 120))"""

# Links among the words of a paragraph, a list item or a table that aren't underlined.
NOT_UNDERLINED = """() => [...document.querySelectorAll('main a, footer a')].filter(link => {
    const around = link.closest('p, li, td, dd');
    if (!around || !link.checkVisibility()) return false;
    const words = text => text.replace(/[^\\p{L}\\p{N}]+/gu, '');
    const rest = [...around.childNodes].filter(node => node.nodeType === Node.TEXT_NODE)
        .map(node => words(node.textContent)).join('');
    return rest && !getComputedStyle(link).textDecorationLine.includes('underline');
}).map(link => link.outerHTML)"""


def assert_fits(window: Window) -> None:
    for width in (DESKTOP, PHONE, NARROW):
        window.show(width)
        found = [*window.page.evaluate(STICKS_OUT), *window.page.evaluate(CUT_OFF)]
        assert not found, "\n".join([f"{window.page.url} at {width}", *found])


@pytest.mark.parametrize(("name", "kind"), PAGES)
def test_page_is_no_wider_than_the_window(
    window: Window, sites: Sites, name: str, kind: str
) -> None:
    window.ready(sites[name].address(kind))
    assert_fits(window)


def test_the_hardest_texts_are_no_wider_than_the_window(window: Window, sites: Sites) -> None:
    for paper in (hostile.WORD_PAPER, hostile.FORMULA_PAPER):
        window.ready(f"{sites['hostile'].url}papers/{paper}/")
        assert_fits(window)


@pytest.mark.parametrize("kind", KINDS)
def test_links_in_running_text_are_underlined(window: Window, sites: Sites, kind: str) -> None:
    page = window.ready(sites["example"].address(kind))
    found = page.evaluate(NOT_UNDERLINED)
    assert not found, "\n".join(found)


LABELS = ["Days", "Tags", "Authors", "Subscribe", "Contribute", "About"]
LINES = """labels => {
    const list = document.querySelector('.site-nav ul');
    const items = labels.map(label => {
        const item = list.lastElementChild.cloneNode(true);
        item.firstElementChild.textContent = label;
        return item;
    });
    list.replaceChildren(list.firstElementChild, ...items);
    return items.map(current => {
        items.forEach(each => each.firstElementChild.removeAttribute('aria-current'));
        current.firstElementChild.setAttribute('aria-current', 'page');
        return new Set(items.map(each => each.getBoundingClientRect().top)).size;
    });
}"""


def test_on_a_phone_the_navigation_is_one_line(window: Window, sites: Sites) -> None:
    """Whichever link is the current page's, with the labels that an archive has at first."""
    window.show(PHONE)
    page = window.ready(sites["example"].address("home"))
    assert page.evaluate(LINES, LABELS) == [1] * len(LABELS)
