"""Progress of long work: a bar on a terminal, plain lines elsewhere, always on standard error.

Takes what is to be worked through, gives it back one by one. Knows nothing of the work.
"""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator, Sized
from typing import TypeVar

T = TypeVar("T")

_SLOW_LINE = 2000
"""Without a terminal, a line is printed each time so many are done."""


def track(items: Iterable[T], label: str, total: int | None = None) -> Iterator[T]:
    """Pass the items through while showing how far the work is."""
    if total is None and isinstance(items, Sized):
        total = len(items)
    if sys.stderr.isatty():
        from tqdm import tqdm  # noqa: PLC0415 - a small build takes little longer than loading it

        yield from tqdm(items, desc=label, total=total, leave=False, file=sys.stderr)
        return
    for done, item in enumerate(items, start=1):
        yield item
        if done % _SLOW_LINE == 0:
            say(f"{label}: {done}{f' of {total}' if total else ''}")


def reading(items: Iterable[T], total: int) -> Iterator[T]:
    """Show how far the reading of the content's files is."""
    return track(items, "reading", total)


def say(line: str) -> None:
    """One line to the person who runs the command."""
    print(line, file=sys.stderr, flush=True)
