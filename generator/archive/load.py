"""A content folder to the archive in memory: read, checked and joined.

Takes a folder, gives an `Archive`. Raises ContentError unless the content is free of problems.
"""

from __future__ import annotations

from datetime import date
from pathlib import Path

from generator.archive.build import build_archive
from generator.archive.model import Archive
from generator.content import checks, reader
from generator.content.read_cache import ReadCache
from generator.core.cache import Cache
from generator.core.errors import ContentError
from generator.core.progress import reading

_CHECKED = "checked-lists"
"""Name in the cache of the digests of lists whose papers were checked."""


def load_archive(root: Path, today: date, cache: Cache | None = None, jobs: int = 1) -> Archive:
    """The archive of a content folder. Raises ContentError unless it is free of problems."""
    read_cache = ReadCache(cache) if cache else None
    loaded = reader.load_content(root, reading, read_cache=read_cache, jobs=jobs)
    checked = cache.read(_CHECKED, frozenset[bytes]) if cache else None
    problems = checks.check(loaded, today, checked or frozenset())
    if problems:
        raise ContentError(problems)
    if cache and checked != (now := checks.checked_lists(loaded, checked or frozenset())):
        cache.write(_CHECKED, sorted(now))
    return build_archive(loaded.content, cache, jobs, loaded.heads)
