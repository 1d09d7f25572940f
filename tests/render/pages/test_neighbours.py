"""Items of a line with those beside them."""

from __future__ import annotations

import pytest

from generator.render.pages.neighbours import with_neighbours


@pytest.mark.parametrize(
    ("items", "expected"),
    [
        ("", []),
        ("a", [(None, "a", None)]),
        ("abc", [(None, "a", "b"), ("a", "b", "c"), ("b", "c", None)]),
    ],
)
def test_each_item_stands_between_its_neighbours(
    items: str, expected: list[tuple[str | None, str, str | None]]
) -> None:
    assert list(with_neighbours(items)) == expected
