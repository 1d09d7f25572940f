"""A page for each daily list, in parts if there are very many papers, and the page of all days.

Takes an archive, gives targets.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import date
from functools import partial

from generator.archive.model import Archive, Day, Entry
from generator.core import paths
from generator.core.model import Tag
from generator.core.target import Target, digest
from generator.render.feeds import catalog
from generator.render.pages.calendar import month_tables
from generator.render.pages.neighbours import with_neighbours
from generator.render.pages.page import digests, link, page
from generator.text import dates, markup
from generator.text.dates import counted
from generator.text.markup import Markdown

MAX_TAGS = 10
"""At most this many tags of a day are shown above its papers, the most frequent."""
SPLIT_ABOVE, PART = 85, 80
"""With more papers than this, a day's page has so many, and so has each of its further parts.

A paper takes about 1,100 bytes of HTML, so each page stays below 100 KB.
"""
_FEEDS = catalog.announced(paths.DAILY_FEEDS, catalog.EVERY_DAY)


def targets(archive: Archive) -> Iterator[Target]:
    """All day pages and their index."""
    for before, day, after in with_neighbours(archive.days):
        neighbours = (before.date if before else None, after.date if after else None)
        yield Target(
            paths.day_page(day.date),
            digest((day.source, digests(day.entries), neighbours)),
            partial(_day, archive, day, *neighbours),
        )
        parts = _parts(day)
        for number, entries in enumerate(parts[1:], start=2):
            yield Target(
                paths.day_part_page(day.date, number),
                digest((day.source, digests(entries), len(day.entries), number)),
                partial(_part, archive, day, number, len(parts), entries),
            )
    listed = [(day.date, len(day.entries)) for day in archive.days]
    inputs = digest((listed, len(archive.entries)))
    yield Target(paths.DAYS_PAGE, inputs, partial(_all_days, archive))


def _parts(day: Day) -> list[Sequence[Entry]]:
    """The papers of a day's page, then those of its further parts, if there are any."""
    entries = day.entries
    if len(entries) <= SPLIT_ABOVE:
        return [entries]
    return [entries[start : start + PART] for start in range(0, len(entries), PART)]


def day_tags(day: Day) -> list[tuple[Tag, int]]:
    """The tags of a day's papers with their counts, most frequent first."""
    counts: Counter[str] = Counter()
    tags: dict[str, Tag] = {}
    for entry in day.entries:
        for use in entry.tags:
            counts[use.tag.slug] += 1
            tags[use.tag.slug] = use.tag
    ordered = sorted(counts.items(), key=lambda pair: (-pair[1], pair[0]))
    return [(tags[slug], count) for slug, count in ordered]


def _day(archive: Archive, day: Day, before: date | None, after: date | None) -> bytes:
    words = dates.long_day(day.date)
    source = markup.plain(day.source.name)
    return page(
        archive,
        paths.day_page(day.date),
        "day.md.j2",
        title=f"Papers of {words}",
        kind="day",
        description=f"{counted(len(day.entries), 'paper')} listed by {source} on {words}.",
        head=_FEEDS,
        values={
            "day": day,
            "entries": _parts(day)[0],
            "parts": _part_links(day),
            "marks": Markdown("##"),
            "tags": day_tags(day)[:MAX_TAGS],
            "previous": before,
            "next": after,
        },
    )


def _part(archive: Archive, day: Day, number: int, of: int, entries: Sequence[Entry]) -> bytes:
    """A further part of a day: its number, from 2, of how many, and its papers."""
    path = paths.day_part_page(day.date, number)
    words = dates.long_day(day.date)
    return page(
        archive,
        path,
        "day_part.md.j2",
        title=f"Papers of {words}, part {number:,}",
        kind="day",
        description=f"Part {number:,} of {counted(len(day.entries), 'paper')} listed on {words}.",
        head=_FEEDS,
        values={
            "day": day,
            "number": number,
            "of": of,
            "entries": entries,
            "marks": Markdown("##"),
            "previous": _part_page(day, number - 1),
            "next": _part_page(day, number + 1) if number < of else None,
        },
    )


def _part_page(day: Day, number: int) -> str:
    return paths.day_part_page(day.date, number) if number > 1 else paths.day_page(day.date)


def _part_links(day: Day) -> Markdown:
    """Links from a day's page to its further parts; empty if there are none."""
    path = paths.day_page(day.date)
    starts = range(PART, len(day.entries), PART) if len(day.entries) > SPLIT_ABOVE else ()
    made = (
        link(f"{start + 1:,}", path, _part_page(day, number))
        for number, start in enumerate(starts, start=2)
    )
    return Markdown(" ".join(made))


def _all_days(archive: Archive) -> bytes:
    years = sorted({day.date.year for day in archive.days}, reverse=True)
    newest = [day for day in archive.days if years and day.date.year == years[0]]
    return page(
        archive,
        paths.DAYS_PAGE,
        "all_days.md.j2",
        title="All days",
        kind="days",
        description=f"A calendar of {counted(len(archive.days), 'daily list')}.",
        head=_FEEDS,
        values={
            "years": years,
            "tables": month_tables(newest, paths.DAYS_PAGE),
        },
    )
