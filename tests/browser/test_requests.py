"""A page asks no other host for anything, and nothing goes wrong while it loads.

That no other host is asked is checked wherever the fixture `window` is used; these tests load
each kind of page and use the search.
"""

import pytest

from tests.browser.sites import PAGES, Sites
from tests.browser.window import RESULTS, Window

pytestmark = pytest.mark.browser


@pytest.mark.parametrize(("name", "kind"), PAGES)
def test_page_loads_without_errors_from_its_own_host(
    window: Window, sites: Sites, name: str, kind: str
) -> None:
    window.ready(sites[name].address(kind))
    assert window.seen.elsewhere == set()
    assert window.seen.errors == []


def test_search_loads_without_errors_from_its_own_host(window: Window, sites: Sites) -> None:
    window.ready(sites["example"].address("home"))
    window.search("language")
    assert window.page.locator(RESULTS).count() > 1
    assert window.seen.elsewhere == set()
    assert window.seen.errors == []
