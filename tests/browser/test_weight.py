"""A paper's page is small. This needs no browser."""

from tests.browser.sites import Sites

MOST = 9 * 1024


def test_a_papers_page_is_at_most_9_kb(sites: Sites) -> None:
    folder = sites["repository"].folder
    pages = list(folder.glob("papers/*/index.html"))
    assert pages
    heavy = {page.parent.name: size for page in pages if (size := page.stat().st_size) > MOST}
    assert heavy == {}
