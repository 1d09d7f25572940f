"""All pages of the archive as Markdown files, from one module for each kind of page.

Takes an archive, gives targets below `docs/`, each with a digest of everything its page shows, and
batches of such targets where there are very many. Knows nothing of MkDocs.
"""

from __future__ import annotations

from collections.abc import Iterator

from generator.archive.corrections import Corrected
from generator.archive.model import Archive
from generator.core.target import Batch, Target
from generator.render.pages import (
    authors,
    corrections,
    days,
    home,
    papers,
    periods,
    queries,
    queue,
    search,
    subscribe,
    tags,
    vocabulary,
)


def page_batches(archive: Archive) -> Iterator[Batch]:
    """Batches of the pages of papers and authors, by far the most pages."""
    yield from papers.batches(archive)
    yield from authors.batches(archive)


def page_targets(archive: Archive, corrected: Corrected = None) -> Iterator[Target]:
    """All other pages of the archive."""
    yield from home.targets(archive)
    yield from days.targets(archive)
    yield from periods.targets(archive)
    yield from tags.targets(archive)
    yield from authors.targets(archive)
    yield from queries.targets(archive)
    yield from search.targets(archive)
    yield from vocabulary.targets(archive, corrected)
    yield from queue.targets(archive)
    yield from subscribe.targets(archive, corrected)
    yield from corrections.targets(archive, corrected)
