"""Trending tags: tags with a larger share of the newest lists than of the lists before.

Takes an archive, gives counts; `home.md.j2` shows them and explains how they are computed.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

from msgspec import Struct

from generator.archive.model import Archive, Day
from generator.core.model import Tag

RECENT_LISTS = 5
EARLIER_LISTS = 60
MIN_PAPERS = 3
MAX_TRENDS = 8


class Trend(Struct, frozen=True):
    """A tag that papers of the newest lists have more often than those of earlier lists."""

    tag: Tag
    recent: int
    """Number of papers with the tag in the newest lists."""
    usual: float
    """Number of papers that would have the tag at its share of the earlier lists."""


def trending(archive: Archive) -> list[Trend]:
    """At most `MAX_TRENDS` tags, those furthest above their usual number of papers first.

    Compares the newest `RECENT_LISTS` lists with up to `EARLIER_LISTS` before them; a tag needs at
    least `MIN_PAPERS` papers in the newest. Empty if there is nothing to compare with.
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
        if count >= MIN_PAPERS and count > earlier[slug] * scale
    ]
    rises.sort(key=lambda rise: (rise.usual - rise.recent, rise.tag.slug))
    return rises[:MAX_TRENDS]


def _count(days: Iterable[Day]) -> tuple[Counter[str], int]:
    tags: Counter[str] = Counter()
    papers = 0
    for day in days:
        papers += len(day.entries)
        for entry in day.entries:
            tags.update(use.tag.slug for use in entry.tags)
    return tags, papers
