"""All targets that are rendered from an archive.

Takes an archive, gives targets. Makes no files.
"""

from __future__ import annotations

from itertools import chain

from generator.archive.corrections import Corrected
from generator.archive.model import Archive
from generator.core.target import NO_PREVIOUS_FILES, PreviousFiles, Target
from generator.render import redirects, tags_json
from generator.render.feeds.targets import FeedTemplates, feed_targets
from generator.render.pages.targets import page_batches, page_targets


def all_targets(archive: Archive) -> list[Target]:
    """All targets that depend on the archive alone, so no hand-written pages and no sitemap."""
    return [
        *chain.from_iterable(batch.targets() for batch in page_batches(archive)),
        *unbatched_targets(archive),
    ]


def unbatched_targets(
    archive: Archive,
    corrected: Corrected = None,
    previous: PreviousFiles = NO_PREVIOUS_FILES,
    templates: FeedTemplates | None = None,
) -> list[Target]:
    """All targets that aren't in batches; `corrected` are corrections to show, newest first."""
    targets = [
        *page_targets(archive, corrected),
        *feed_targets(archive, corrected, previous, templates),
        *tags_json.targets(archive),
    ]
    return [*targets, *redirects.targets(archive, targets)]
