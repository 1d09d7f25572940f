"""The tagging queue: papers that need tags, a limited number, with tags to consider.

Takes an archive, gives one target.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from itertools import islice

from generator.archive import tagging_queue
from generator.archive.model import Archive
from generator.archive.tagging_queue import QueuedPaper
from generator.core import links, paths
from generator.core.target import Target, digest
from generator.render.pages.page import digests, outward, page
from generator.text.dates import counted
from generator.text.markup import Markdown

MAX_PAPERS = 50
"""At most this many papers are shown, so that the page doesn't grow with the archive."""


def targets(archive: Archive) -> Iterator[Target]:
    """The page of the tagging queue."""
    tags = [each.tag for each in archive.tags.values()]
    inputs = digest((tags, digests(archive.entries.values())))
    yield Target(paths.QUEUE_PAGE, inputs, partial(_queue, archive))


def _queue(archive: Archive) -> bytes:
    hints = tagging_queue.TagHints(archive)
    shown = [
        QueuedPaper(entry, hints.of(entry))
        for entry in islice(tagging_queue.queue(archive), MAX_PAPERS)
    ]
    tagged = [
        bool(entry.tags) for entry in archive.entries.values() if tagging_queue.needs_tags(entry)
    ]
    return page(
        archive,
        paths.QUEUE_PAGE,
        "queue.md.j2",
        title="Tagging queue",
        kind="queue",
        description=f"{counted(len(tagged), 'paper')} without a tag that people gave.",
        values={
            "total": len(tagged),
            "without": tagged.count(False),
            "shown": [(each, _links(archive, each)) for each in shown],
        },
    )


def _links(archive: Archive, each: QueuedPaper) -> Markdown:
    """Links to the tagging file and the form, with tags filled in; empty without a repository."""
    settings, entry = archive.settings, each.entry
    slugs = [tag.slug for tag in each.tags]
    file = links.tagging_file_url(settings, entry.key, entry.tagging, slugs)
    form = links.tag_form_url(settings, entry.paper.id, entry.title, slugs)
    return Markdown(" · ".join(filter(None, (outward("by file", file), outward("by form", form)))))
