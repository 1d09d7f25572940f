"""The HTML of a digest, as a mail program that draws with Chromium shows it."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.sync_api import Browser

from generator.archive.build import build_archive
from generator.archive.model import Archive
from generator.archive.period import period_of
from generator.mail import compose, digest
from tests.archives import MONDAY, daily, joined, paper, varied
from tests.browser.test_axe import RULES, RUN
from tests.render.feeds.test_feeds import HOSTILE

pytestmark = pytest.mark.browser
WIDTHS = (390, 700)


def html_of(read: Archive) -> str:
    weekly = digest.digest_for(read, digest.select(read), period_of(MONDAY, "week"))
    envelope = compose.Envelope(unsubscribe=("https://example.org/leave", "mailto:x@example.org"))
    part = compose.message(read.settings, weekly, envelope).get_body(("html",))
    assert part is not None
    text: str = part.get_content()
    return text


def hostile() -> Archive:
    long = "Unbroken" * 60
    texts = [*HOSTILE, long, "\u200f\u05d0\u05d1", "long words " * 90]
    return joined(
        daily(
            MONDAY,
            *(
                paper(f"2503.{n:05}", f"T {text}", authors=(text,), summary=f"S {text}")
                for n, text in enumerate(texts)
            ),
        )
    )


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", WIDTHS)
@pytest.mark.parametrize("kind", ["varied", "hostile"])
def test_a_digest_reads(
    browser: Browser, node_modules: Path, kind: str, width: int, scheme: str, tmp_path: Path
) -> None:
    """Nothing runs or is loaded, nothing sticks out, and axe finds nothing."""
    read = build_archive(varied()) if kind == "varied" else hostile()
    context = browser.new_context(
        viewport={"width": width, "height": 844},
        color_scheme="dark" if scheme == "dark" else "light",
    )
    page = context.new_page()
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.set_content(html_of(read))
    assert asked == []
    assert page.locator("script, img").count() == 0
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    background = page.evaluate("getComputedStyle(document.body).backgroundColor")
    assert background == ("rgb(22, 24, 28)" if scheme == "dark" else "rgb(253, 252, 249)")
    page.screenshot(path=tmp_path / f"{kind}-{width}-{scheme}.png", full_page=True)
    page.evaluate((node_modules / "axe-core" / "axe.min.js").read_text("utf-8"))
    rules = [rule for rule in RULES if rule != "best-practice"]  # landmarks have no place in mail
    violations = page.evaluate(RUN, rules)["violations"]
    assert [(each["id"], each["nodes"][0]["html"]) for each in violations] == []
    context.close()
