"""The items before and after each item of a sequence.

Takes a sequence, gives its items with their neighbours. Knows no page.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TypeVar

_Item = TypeVar("_Item")


def with_neighbours(items: Sequence[_Item]) -> Iterator[tuple[_Item | None, _Item, _Item | None]]:
    """Each item between its neighbours, None at either end."""
    return zip((None, *items), items, (*items[1:], None), strict=False)
