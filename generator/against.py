"""The archive as it stands against the one at a revision of git.

Takes what was loaded from a content folder, and a revision's name; gives both states, and what
differs. Writes nothing but caches and a temporary folder. Raises UsageError, OutsideError.
"""

from __future__ import annotations

import tempfile
from datetime import date
from pathlib import Path

from msgspec import Struct

from generator import archive, build, checks, content, files, revisions
from generator.addresses import State
from generator.archive import Archive
from generator.cache import Cache
from generator.content import Loaded
from generator.revisions import Revision
from generator.shelf import Shelf

_HTML = "/index.html"


class Both(Struct, frozen=True):
    """The archive at a revision, and as it stands."""

    revision: Revision
    before: State
    after: State
    problems: int
    """Of the content at the revision: what they hide is missing from `before`."""


def both(
    now: Loaded, shelf: Shelf, base: str, today: date, *, cache: Cache, base_cache: Cache, jobs: int
) -> Both:
    """Both states. `shelf` is what `now` was read with, so that what is the same is read once."""
    revision = revisions.find(now.root, base)
    then, problems = _read(revision, now.root, shelf, today, jobs)
    after = archive.build(now.content, cache, jobs, now.heads)
    # With the same rules, what was just found in a paper holds for both.
    found = cache if then.content.tags == now.content.tags else base_cache
    before = archive.build(then.content, found, jobs, then.heads)
    return Both(revision, state(before), state(after), problems)


def _read(
    revision: Revision, root: Path, shelf: Shelf, today: date, jobs: int
) -> tuple[Loaded, int]:
    """The content at a revision, and how many problems it has."""
    with files.outside("cannot make a temporary folder"):
        temporary = tempfile.TemporaryDirectory(prefix="paper-archive-")
    with temporary as name:
        folder = Path(name)
        revisions.write_out(root, revision, folder)
        loaded = content.load(folder, shelf=shelf.lent(), jobs=jobs)
        return loaded, len(checks.check(loaded, today))


def state(read: Archive) -> State:
    """An archive with the digests of its pages and feeds.

    What is made as HTML, such as a redirect, counts as the page that has this address.
    """
    made = (target for target in build.targets(read) if target.published)
    return State(read, {_page(target.path): target.inputs for target in made})


def _page(path: str) -> str:
    return f"{path.removesuffix(_HTML)}.md" if path.endswith(_HTML) else path
