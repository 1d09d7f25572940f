"""The archive's pages as Markdown files: one module for each kind of page.

Takes an archive, gives `OutputFile`s below `docs/`. The templates decide the words, the modules
what goes into them. Every value is escaped unless it is `Markdown` already, so content can't
become markup. Nothing here knows MkDocs.
"""

from __future__ import annotations

from collections.abc import Iterator

from generator.archive import Archive
from generator.model import OutputFile
from generator.pages import authors, days, home, papers, periods, search, tags


def render(archive: Archive) -> Iterator[OutputFile]:
    """All pages of the archive."""
    yield from home.render(archive)
    yield from days.render(archive)
    yield from periods.render(archive)
    yield from papers.render(archive)
    yield from tags.render(archive)
    yield from authors.render(archive)
    yield from search.render(archive)
