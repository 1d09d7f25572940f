"""One tab of a browser, used again and again, that remembers what happened in it."""

from dataclasses import dataclass, field
from urllib.parse import urlsplit

from playwright.sync_api import BrowserContext, ConsoleMessage, Dialog, Page, Request

PHONE, DESKTOP = 390, 1280
HEIGHT = {320: 568, PHONE: 844, DESKTOP: 800}
HANGS = 120_000
"""Milliseconds after which what is waited for is taken to never come, however busy the machine."""

QUERY = ".search-dialog input"
IS_SEARCHING = f"""() => document.querySelector('.search-dialog[open]')
    && document.activeElement.matches('{QUERY}')"""
IS_CLOSED = "() => !document.querySelector('.search-dialog[open]')"
RESULTS = ".search-results > li"
STATUS = ".search-status"
FOUND = f"() => /papers?\\b/i.test(document.querySelector('{STATUS}')?.textContent)"


@dataclass
class Seen:
    """What happened since the window was handed out."""

    elsewhere: set[str] = field(default_factory=set)
    errors: list[str] = field(default_factory=list)
    dialogs: list[str] = field(default_factory=list)


class Window:
    """A tab; `page` is Playwright's."""

    def __init__(self, context: BrowserContext) -> None:
        self.page: Page = context.new_page()
        self.seen = Seen()
        self.page.set_default_timeout(HANGS)
        self.page.on("request", self._on_request)
        self.page.on("console", self._on_console)
        self.page.on("pageerror", lambda error: self.seen.errors.append(str(error)))
        self.page.on("dialog", self._on_dialog)

    def forget(self) -> None:
        """Start afresh for another test."""
        self.seen = Seen()
        self.show(DESKTOP, "light")

    def show(self, width: int, scheme: str = "light") -> None:
        """Set how wide the window is and which colours the reader prefers."""
        self.page.set_viewport_size({"width": width, "height": HEIGHT[width]})
        self.page.emulate_media(
            color_scheme="dark" if scheme == "dark" else "light", reduced_motion="reduce"
        )

    def open(self, address: str) -> Page:
        """Load a page, and let its scripts run where there are any."""
        self.page.goto(address)
        return self.page

    def ready(self, address: str) -> Page:
        """Load a page and wait until Material's script has taken it over."""
        self.open(address)
        self.page.wait_for_selector("html.js", state="attached")
        return self.page

    def search(self, words: str) -> None:
        """Open the search by its shortcut, type, and wait for results."""
        self.page.keyboard.press("/")
        self.until_searching()
        self.type(words)

    def type(self, words: str) -> None:
        """Put words where the cursor is, which is in the search, and wait for results.

        All at once: between two keys, results of the beginning may be shown.
        """
        self.page.keyboard.insert_text(words)
        self.until_found()

    def until_found(self) -> str:
        """Wait until the search says how many papers it found; gives what it says."""
        self.page.wait_for_function(FOUND)
        return self.page.locator(STATUS).inner_text()

    def until_searching(self, *, searching: bool = True) -> None:
        """Wait until the search is open and takes what is typed; or until it's closed."""
        self.page.wait_for_function(IS_SEARCHING if searching else IS_CLOSED)

    def _on_request(self, request: Request) -> None:
        parts = urlsplit(request.url)
        if parts.scheme not in ("data", "blob") and parts.hostname != "127.0.0.1":
            self.seen.elsewhere.add(request.url)

    def _on_console(self, message: ConsoleMessage) -> None:
        # That a wrong address is answered with 404 is as it should be.
        wrong = "status of 404" in message.text and message.location["url"] == self.page.url
        if message.type in ("error", "warning") and not wrong:
            self.seen.errors.append(f"{message.text} ({message.location['url']})")

    def _on_dialog(self, dialog: Dialog) -> None:
        self.seen.dialogs.append(dialog.message)
        dialog.dismiss()
