"""Lighthouse's scores on a phone."""

import json
import os
import subprocess
from pathlib import Path
from typing import Any

import pytest

from tests.browser.sites import Sites

pytestmark = [pytest.mark.browser, pytest.mark.slow]

# A busy machine lowers what is measured in time, and never raises it: the best run counts.
TRIES = 3
FAST = 95
FLAGS = "--headless=new --no-sandbox"


def audit(node_modules: Path, chromium: str, address: str) -> dict[str, Any]:
    """One run of Lighthouse, with the settings it has for phones."""
    lighthouse = node_modules / ".bin" / "lighthouse"
    done = subprocess.run(
        [lighthouse, address, "--quiet", "--output=json", f"--chrome-flags={FLAGS}"],
        env={**os.environ, "CHROME_PATH": chromium},
        capture_output=True,
        text=True,
        check=False,
        timeout=90,
    )
    assert done.returncode == 0, done.stderr
    report: dict[str, Any] = json.loads(done.stdout)
    return report


def faults(report: dict[str, Any], category: str) -> list[str]:
    """What a category found wrong."""
    audits = (report["audits"][each["id"]] for each in report["categories"][category]["auditRefs"])
    return [
        f"{each['id']}: {each['title']} {json.dumps(each.get('details', {}).get('items', []))}"
        for each in audits
        if each["score"] is not None and each["score"] < 1
    ]


@pytest.mark.parametrize("kind", ["home", "day", "paper"])
def test_scores(node_modules: Path, chromium: str, sites: Sites, kind: str) -> None:
    fastest, slow = 0, [""]
    for _ in range(TRIES):
        report = audit(node_modules, chromium, sites["repository"].address(kind))
        for category in ("accessibility", "best-practices", "seo"):
            wrong = faults(report, category)
            assert report["categories"][category]["score"] == 1, "\n".join(wrong)
        score = round(100 * report["categories"]["performance"]["score"])
        if score > fastest:
            fastest, slow = score, faults(report, "performance")
        if fastest >= FAST:
            break
    assert fastest >= FAST, "\n".join(slow)
