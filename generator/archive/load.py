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

SOUND = "sound"
"""Name of the cached lists that were found free of problems."""


def load_archive(root: Path, today: date, cache: Cache | None = None, jobs: int = 1) -> Archive:
    """The archive of a content folder. Raises ContentError unless it is free of problems."""
    read_cache = ReadCache(cache) if cache else None
    loaded = reader.load_content(root, reading, shelf=read_cache, jobs=jobs)
    sound = cache.read(SOUND, frozenset[bytes]) if cache else None
    problems = checks.check(loaded, today, sound or frozenset())
    if problems:
        raise ContentError(problems)
    if cache and sound != (now := checks.sound(loaded, sound or frozenset())):
        cache.write(SOUND, sorted(now))
    return build_archive(loaded.content, cache, jobs, loaded.heads)
