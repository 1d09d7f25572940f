"""The archive of the working tree, and that of a git revision to compare it with.

Takes the loaded content of a folder and the name of a revision, gives the state of the archive at
both. Writes only caches and a temporary folder. Raises UsageError, OutsideError.
"""

from __future__ import annotations

import tempfile
from datetime import date
from pathlib import Path

from msgspec import Struct

from generator.archive.build import build_archive
from generator.archive.model import Archive
from generator.content import checks, reader
from generator.content.read_cache import ReadCache
from generator.content.reader import LoadedContent
from generator.core import files, git
from generator.core.cache import Cache
from generator.core.git import Revision
from generator.render.targets import all_targets
from generator.review.lost_urls import ArchiveState

_HTML = "/index.html"


class BeforeAfter(Struct, frozen=True):
    """The archive at a revision, and that of the working tree."""

    revision: Revision
    before: ArchiveState
    after: ArchiveState
    problems: int
    """Of the content at the revision: `before` lacks what couldn't be read."""


def before_and_after(
    now: LoadedContent,
    read_cache: ReadCache,
    base: str,
    today: date,
    *,
    cache: Cache,
    base_cache: Cache,
    jobs: int,
) -> BeforeAfter:
    """Both states; `read_cache` is the one `now` was read with: unchanged files are read once."""
    revision = git.find(now.root, base)
    then, problems = _read(revision, now.root, read_cache, today, jobs)
    after = build_archive(now.content, cache, jobs, now.heads)
    # If the rules are the same, the cached matches of a paper hold for both.
    match_cache = cache if then.content.tags == now.content.tags else base_cache
    before = build_archive(then.content, match_cache, jobs, then.heads)
    return BeforeAfter(revision, state(before), state(after), problems)


def _read(
    revision: Revision, root: Path, read_cache: ReadCache, today: date, jobs: int
) -> tuple[LoadedContent, int]:
    """The content at a revision, and the number of its problems."""
    with files.outside("cannot make a temporary folder"):
        temporary = tempfile.TemporaryDirectory(prefix="paper-archive-")
    with temporary as name:
        folder = Path(name)
        git.write_out(root, revision, folder)
        loaded = reader.load_content(folder, read_cache=read_cache.detached(), jobs=jobs)
        return loaded, len(checks.check(loaded, today))


def state(archive: Archive) -> ArchiveState:
    """An archive with the digests of its pages and feeds.

    A target that is HTML already, such as a redirect, counts as the page with this URL.
    """
    published = (target for target in all_targets(archive) if target.published)
    return ArchiveState(archive, {_page(target.path): target.inputs for target in published})


def _page(path: str) -> str:
    """The path of the page with the URL of a target."""
    return f"{path.removesuffix(_HTML)}.md" if path.endswith(_HTML) else path
