"""The page of corrections: what was changed in papers after they were published, newest first.

Takes an archive and its corrections, gives one target; none if the corrections aren't known.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from itertools import groupby
from operator import attrgetter

from generator.archive.corrections import Corrected, Correction
from generator.archive.model import Archive
from generator.core import paths
from generator.core.target import Target, digest
from generator.render.feeds import catalog
from generator.render.pages.page import page
from generator.text.dates import counted
from generator.text.markup import Markdown


def targets(archive: Archive, corrected: Corrected) -> Iterator[Target]:
    """The page of corrections."""
    if corrected is not None:
        make = partial(_corrections, archive, corrected)
        yield Target(paths.CORRECTIONS_PAGE, digest(corrected), make)


def _corrections(archive: Archive, corrected: tuple[Correction, ...]) -> bytes:
    days = groupby(corrected, attrgetter("day"))
    return page(
        archive,
        paths.CORRECTIONS_PAGE,
        "corrections.md.j2",
        title="Corrections",
        kind="corrections",
        description=f"{counted(len(corrected), 'change')} to papers since they were published.",
        head=catalog.announced(paths.CORRECTIONS_FEEDS, "Corrections"),
        values={"days": [(day, Markdown(day.isoformat()), list(each)) for day, each in days]},
    )
