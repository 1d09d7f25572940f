"""Everything that is rendered from an archive, as targets.

Takes an archive, gives targets and batches of targets. Makes no file: whoever holds a target does.
"""

from __future__ import annotations

from itertools import chain

from generator.archive.corrections import Corrected
from generator.archive.model import Archive
from generator.core.target import NO_PREVIOUS_FILES, PreviousFiles, Target
from generator.render import redirects, tags_json
from generator.render.feeds.targets import FeedTemplates, feed_targets
from generator.render.pages.targets import page_batches, page_targets


def all_targets(read: Archive) -> list[Target]:
    """What comes of the archive alone: all that promises an address, but for the frame's pages."""
    return [
        *chain.from_iterable(lot.targets() for lot in page_batches(read)),
        *unbatched_targets(read),
    ]


def unbatched_targets(
    read: Archive,
    corrected: Corrected = None,
    before: PreviousFiles = NO_PREVIOUS_FILES,
    templates: FeedTemplates | None = None,
) -> list[Target]:
    """What comes of the archive, and of what was corrected in it, but for what comes in lots."""
    own = [
        *page_targets(read, corrected),
        *feed_targets(read, corrected, before, templates),
        *tags_json.targets(read),
    ]
    return [*own, *redirects.targets(read, own)]
