"""Lighthouse's audits on a phone, except those that depend on the clock."""

import json
import os
import subprocess
from pathlib import Path
from typing import Any

import pytest

from tests.browser.sites import Sites
from tests.browser.window import HANGS

pytestmark = [pytest.mark.browser, pytest.mark.slow]

CATEGORIES = ["accessibility", "best-practices", "seo"]

# Of the category "performance", what a page holds and asks for. What that costs is in
# `test_weight.py`; scores of times say as much of the machine as of the page.
AUDITS = """cumulative-layout-shift duplicated-javascript efficient-animated-content font-display
    legacy-javascript modern-image-formats no-document-write offscreen-images redirects
    third-parties-insight total-byte-weight unminified-css unminified-javascript unsized-images
    unused-javascript uses-optimized-images uses-passive-event-listeners uses-responsive-images
    uses-text-compression viewport viewport-insight""".split()
UNTOLD = {"informative", "manual", "notApplicable"}


def audit(node_modules: Path, chromium: str, address: str) -> dict[str, Any]:
    """The report of Lighthouse on a page, as a phone would load it."""
    lighthouse = node_modules / ".bin" / "lighthouse"
    options = {
        "output": "json",
        "only-categories": ",".join(CATEGORIES),
        "only-audits": ",".join(AUDITS),
        "max-wait-for-load": str(HANGS),
        "chrome-flags": "--headless=new --no-sandbox",
    }
    done = subprocess.run(
        [lighthouse, address, "--quiet", *(f"--{name}={value}" for name, value in options.items())],
        env={**os.environ, "CHROME_PATH": chromium},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    report: dict[str, Any] = json.loads(done.stdout)
    return report


@pytest.mark.parametrize("kind", ["home", "day", "paper"])
def test_every_audit_passes(node_modules: Path, chromium: str, sites: Sites, kind: str) -> None:
    report = audit(node_modules, chromium, sites["example"].address(kind))
    categories = [report["categories"][name]["auditRefs"] for name in CATEGORIES]
    wanted = {each["id"] for refs in categories for each in refs if each["weight"]}.union(AUDITS)
    audits = {name: report["audits"][name] for name in wanted}
    judged = {k: v for k, v in audits.items() if v["scoreDisplayMode"] not in UNTOLD}
    assert judged
    wrong = [
        f"{name}: {each['title']} {json.dumps(each.get('details', {}).get('items', []))}"
        for name, each in judged.items()
        if each["score"] != 1
    ]
    assert not wrong, "\n".join(wrong)
