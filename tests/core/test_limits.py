"""The table of limits: what it says to people, and that the page about it says the same."""

from __future__ import annotations

import re

import pytest

from generator.core.limits import LIMITS, Limit
from tests.archives import ROOT

ROW = re.compile(r"^\| (.+?) \| ([\d,]+ [a-zA-Z]+) \| (.+?) \|$", re.MULTILINE)


@pytest.mark.parametrize(
    ("most", "unit", "words"),
    [
        (1_000, "characters", "1,000 characters"),
        (8 << 10, "bytes", "8 KB"),
        (64 << 20, "bytes", "64 MB"),
    ],
)
def test_a_limit_in_words(most: int, unit: str, words: str) -> None:
    assert Limit(most, unit, "a thing", "shorten it").words == words


def test_the_page_of_limits_shows_all_of_them() -> None:
    page = (ROOT / "docs" / "dev" / "limits.md").read_text(encoding="utf-8")
    assert ROW.findall(page) == [(each.what, each.words, each.way_out) for each in LIMITS.values()]


def test_no_two_limits_are_of_the_same_thing() -> None:
    things = [(each.what, each.unit) for each in LIMITS.values()]
    assert len(set(things)) == len(things)
