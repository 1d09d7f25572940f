"""Tags on the rise: which tags take a larger share of the newest lists than of those before.

Takes an archive, gives figures; `home.md.j2` shows them and says how they come about.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

from msgspec import Struct

from generator.archive.model import Archive, Day
from generator.core.model import Tag

RECENT_LISTS = 5
EARLIER_LISTS = 60
AT_LEAST = 3
SHOWN = 8


class Trend(Struct, frozen=True):
    """A tag that papers of the newest lists have more often than earlier ones."""

    tag: Tag
    recent: int
    """Papers with the tag in the newest lists."""
    usual: float
    """How many there would be at the tag's share of the lists before."""


def trending(archive: Archive) -> list[Trend]:
    """At most `SHOWN` tags, by papers above the usual number, most first.

    Compares the newest `RECENT_LISTS` lists with up to `EARLIER_LISTS` before them; a tag counts
    with at least `AT_LEAST` papers. Empty where there is nothing to compare with.
    """
    recent_days = archive.days[-RECENT_LISTS:]
    earlier_days = archive.days[:-RECENT_LISTS][-EARLIER_LISTS:]
    recent, recent_total = _count(recent_days)
    earlier, earlier_total = _count(earlier_days)
    if not recent_total or not earlier_total:
        return []
    scale = recent_total / earlier_total
    rises = [
        Trend(archive.tags[slug].tag, count, earlier[slug] * scale)
        for slug, count in recent.items()
        if count >= AT_LEAST and count > earlier[slug] * scale
    ]
    rises.sort(key=lambda rise: (rise.usual - rise.recent, rise.tag.slug))
    return rises[:SHOWN]


def _count(days: Iterable[Day]) -> tuple[Counter[str], int]:
    tags: Counter[str] = Counter()
    papers = 0
    for day in days:
        papers += len(day.entries)
        for entry in day.entries:
            tags.update(use.tag.slug for use in entry.tags)
    return tags, papers
