"""Progress of long work: a bar on a terminal, plain lines elsewhere, always on standard error.

Takes items, gives them one by one and shows how many are done.
"""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator, Sized
from typing import TypeVar

T = TypeVar("T")

_LINE_EVERY = 2000
"""Without a terminal, a line is printed each time this many items are done."""


def track(items: Iterable[T], label: str, total: int | None = None) -> Iterator[T]:
    """Give the items one by one, and show how many are done."""
    if total is None and isinstance(items, Sized):
        total = len(items)
    if sys.stderr.isatty():
        from tqdm import tqdm  # noqa: PLC0415 - loading it takes as long as a small build

        yield from tqdm(items, desc=label, total=total, leave=False, file=sys.stderr)
        return
    for done, item in enumerate(items, start=1):
        yield item
        if done % _LINE_EVERY == 0:
            say(f"{label}: {done}{f' of {total}' if total else ''}")


def reading(items: Iterable[T], total: int) -> Iterator[T]:
    """Give the content's files one by one, and show how many are read."""
    return track(items, "reading", total)


def printable(text: str) -> str:
    """The text with control characters, and others that aren't printable, as escapes."""
    return "".join(char if char.isprintable() else ascii(char)[1:-1] for char in text)


def say(line: str) -> None:
    """Print a line on standard error."""
    print(line, file=sys.stderr, flush=True)
