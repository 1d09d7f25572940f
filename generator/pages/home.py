"""The front page: the newest day, the days before it, tags on the rise, totals.

Takes an archive, gives one `OutputFile`.
"""

from __future__ import annotations

from collections.abc import Iterator

from generator import markup, trends, urls
from generator.archive import Archive
from generator.markup import Markdown
from generator.model import OutputFile
from generator.pages.page import page

DAYS_BEFORE = 7


def render(archive: Archive) -> Iterator[OutputFile]:
    """The front page."""
    yield page(
        archive,
        urls.HOME_PAGE,
        "home.md.j2",
        title=markup.plain(archive.settings.title),
        kind="home",
        description=markup.plain(archive.settings.description),
        values={
            "day": archive.newest,
            "marks": Markdown("###"),
            "before": archive.days[-2 : -2 - DAYS_BEFORE : -1],
            "rising": trends.rising(archive),
            "recent_lists": trends.RECENT_LISTS,
            "earlier_lists": min(
                trends.EARLIER_LISTS, max(0, len(archive.days) - trends.RECENT_LISTS)
            ),
            "at_least": trends.AT_LEAST,
        },
    )
