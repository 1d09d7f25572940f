"""The queue: papers that wait for people's tags, a limited number, with tags to consider.

Takes an archive, gives one target.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from itertools import islice

from generator import prefilled, urls, waiting
from generator.archive import Archive
from generator.markup import Markdown
from generator.pages.page import count_papers, digests, outward, page
from generator.plan import Target, digest
from generator.waiting import Waiting

MOST = 50
"""So many papers are shown, so that the page doesn't grow with the archive."""


def targets(archive: Archive) -> Iterator[Target]:
    """The queue's page."""
    tags = [each.tag for each in archive.tags.values()]
    inputs = digest((tags, digests(archive.entries.values())))
    yield Target(urls.QUEUE_PAGE, inputs, partial(_queue, archive))


def _queue(archive: Archive) -> bytes:
    hints = waiting.Hints(archive)
    shown = [Waiting(entry, hints.of(entry)) for entry in islice(waiting.papers(archive), MOST)]
    tagged = [bool(entry.tags) for entry in archive.entries.values() if waiting.waits(entry)]
    return page(
        archive,
        urls.QUEUE_PAGE,
        "queue.md.j2",
        title="Queue",
        kind="queue",
        description=f"{count_papers(len(tagged))} without a tag that people gave.",
        values={
            "total": len(tagged),
            "without": tagged.count(False),
            "shown": [(each, _links(archive, each)) for each in shown],
        },
    )


def _links(archive: Archive, each: Waiting) -> Markdown:
    """To the tagging file and the form, with the tags filled in; empty without a repository."""
    settings, entry = archive.settings, each.entry
    if not settings.repository:
        return Markdown("")
    slugs = [tag.slug for tag in each.tags]
    file = prefilled.file_address(settings, entry.key, entry.tagging, slugs)
    form = prefilled.form_address(settings, entry.paper.id, entry.title, slugs)
    return Markdown(f"{outward('by file', file)} · {outward('by form', form)}")
