"""The browser, the sites it looks at, and windows to look through."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, expect, sync_playwright

from tests.browser.sites import Sites
from tests.browser.window import HANGS, Window
from tests.conftest import shared_folder


@pytest.fixture(scope="session")
def sites(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Sites]:
    """The archives by name: all are made up."""
    sites = Sites(shared_folder(tmp_path_factory))
    yield sites
    sites.close()


@pytest.fixture(scope="session")
def browser(chromium: str) -> Iterator[Browser]:
    expect.set_options(timeout=HANGS)
    with sync_playwright() as playwright:
        # Nothing but the sites under test can be reached, so no test depends on the network.
        rule = "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1"
        browser = playwright.chromium.launch(executable_path=chromium, args=[rule])
        yield browser
        browser.close()


@pytest.fixture(scope="session")
def _window(browser: Browser) -> Window:
    context = browser.new_context()
    context.add_init_script("localStorage.clear()")  # Material keeps the colours of its first page
    return Window(context)


@pytest.fixture
def window(_window: Window) -> Iterator[Window]:
    """A window that tests share; each of its pages is the first that the reader ever sees."""
    _window.forget()
    yield _window
    assert _window.seen.elsewhere == set()


@pytest.fixture
def own_window(browser: Browser) -> Iterator[Window]:
    """A window of a browser never used before, that may write to the clipboard."""
    context = browser.new_context()
    context.grant_permissions(["clipboard-read", "clipboard-write"])
    window = Window(context)
    window.forget()
    yield window
    context.close()


@pytest.fixture(scope="session")
def _plain_window(browser: Browser) -> Window:
    return Window(browser.new_context(java_script_enabled=False))


@pytest.fixture
def plain_window(_plain_window: Window) -> Window:
    """A window of a browser that runs no scripts."""
    _plain_window.forget()
    return _plain_window
