"""The front page: the newest day, the days before it, trending tags, totals.

Takes an archive, gives one target.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import partial

from generator.archive import trends
from generator.archive.model import Archive, Day, Entry, best
from generator.core import paths
from generator.core.target import Target, digest
from generator.render.feeds import catalog
from generator.render.pages.page import digests, page
from generator.text import markup
from generator.text.markup import Markdown

DAYS_BEFORE = 7
MAX_PAPERS = 80
"""At most this many papers of the newest day are shown, the most upvoted."""


def targets(archive: Archive) -> Iterator[Target]:
    """The front page."""
    trending = trends.trending(archive)
    before = archive.days[-2 : -2 - DAYS_BEFORE : -1]
    newest = archive.newest
    shown = best(newest.entries, MAX_PAPERS) if newest else ()
    inputs = (
        newest and (newest.date, newest.source, len(newest.entries), digests(shown)),
        [(day.date, len(day.entries)) for day in before],
        trending,
        [len(each) for each in (archive.entries, archive.days, archive.tags, archive.authors)],
    )
    yield Target(paths.HOME_PAGE, digest(inputs), partial(_home, archive, shown, before, trending))


def _home(
    archive: Archive,
    shown: Sequence[Entry],
    before: tuple[Day, ...],
    trending: list[trends.Trend],
) -> bytes:
    return page(
        archive,
        paths.HOME_PAGE,
        "home.md.j2",
        title=markup.plain(archive.settings.title),
        kind="home",
        description=markup.plain(archive.settings.description),
        head=catalog.announced("", ""),
        values={
            "day": archive.newest,
            "entries": shown,
            "marks": Markdown("###"),
            "before": before,
            "trending": trending,
            "recent_lists": trends.RECENT_LISTS,
            "earlier_lists": min(
                trends.EARLIER_LISTS, max(0, len(archive.days) - trends.RECENT_LISTS)
            ),
            "at_least": trends.MIN_PAPERS,
        },
    )
