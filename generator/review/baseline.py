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
from generator.core import files, git, page_kinds, paths
from generator.core.cache import Cache
from generator.core.git import Revision
from generator.core.model import BreakingChange
from generator.render.targets import all_targets
from generator.review.lost_urls import ArchiveState

_HTML = "/index.html"
_MONTHS = "monthly/"


class BeforeAfter(Struct, frozen=True):
    """The archive at a revision, and that of the working tree."""

    revision: Revision
    new_breaking_changes: tuple[BreakingChange, ...]
    """Those that the revision didn't have like this: only these speak of what changed since."""
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
    known = frozenset(then.content.breaking_changes)
    new = tuple(each for each in now.content.breaking_changes if each not in known)
    return BeforeAfter(revision, new, state(before), state(after), problems)


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


def was_known(root: Path, address: str) -> bool:
    """Whether there may have been a page at an address, by git's history of a content folder."""
    page = f"{address.strip('/')}{paths.PAGE}"
    subject, name = page_kinds.kind_of(page).subject, page_kinds.name_of(page)
    if subject == "paper":
        return git.was_ever(root, "daily", name)
    if subject in ("tag", "query"):
        file_of = paths.tag_file if subject == "tag" else paths.query_file
        return git.was_ever(root, file_of(name))
    return True


def state(archive: Archive) -> ArchiveState:
    """An archive with the digests of its pages and feeds.

    A target that is HTML already, such as a redirect, counts as the page with this URL.
    """
    published = [target for target in all_targets(archive) if target.published]
    return ArchiveState(
        archive,
        {_page(target.path): target.inputs for target in published},
        {target.path: target.make for target in published if _is_compared(target.path)},
    )


def _is_compared(path: str) -> bool:
    """Whether a path is that of a feed in the format that is read fastest, or of a month's feed."""
    folder, _, file = path.rpartition("/")
    is_month = file == paths.ATOM_FILE and folder.startswith(_MONTHS)
    return file == paths.JSON_FEED_FILE or is_month


def _page(path: str) -> str:
    """The path of the page with the URL of a target."""
    return f"{path.removesuffix(_HTML)}.md" if path.endswith(_HTML) else path
