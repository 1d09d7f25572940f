"""Files of the content as they were read before, kept with a hash of their bytes.

Takes a cache, gives a file's value if the file's bytes are those it was read from. Kept in parts, a
month of lists each, so that a new day writes little. Knows no YAML.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Generic, NamedTuple, TypeVar

from generator.cache import Cache
from generator.model import DailyList, SavedQuery, Tag, Tagging
from generator.plan import digest

Value = DailyList | Tag | Tagging | SavedQuery
V = TypeVar("V", bound=Value)

_FOLDER = "content"


class _Kept(NamedTuple, Generic[V]):
    """What a file holds."""

    hash: bytes
    """Of the file's bytes."""
    value: V
    papers: tuple[bytes, ...]
    """A digest of each paper, where it is a list."""


_SHAPES: dict[str, type] = {
    "daily": dict[str, _Kept[DailyList]],
    "tags": dict[str, _Kept[Tag]],
    "tagging": dict[str, _Kept[Tagging]],
    "feeds": dict[str, _Kept[SavedQuery]],
}


class Shelf:
    """What was read, by the file's path below content/."""

    def __init__(self, cache: Cache) -> None:
        self._cache = cache
        self._before: dict[str, dict[str, _Kept[Value]]] = {}
        self._now: dict[str, dict[str, _Kept[Value]]] = {}

    def open(self, names: Iterable[str]) -> None:
        """Take in what is kept of files, before the hashes of their bytes are known."""
        for name in names:
            part = part_of(name)
            if part not in self._before:
                shape = _SHAPES[name.partition("/")[0]]
                self._before[part] = self._cache.read(f"{_FOLDER}/{part}", shape) or {}

    def get(self, name: str, file_hash: bytes) -> Value | None:
        """The value of a file that was opened, if it has those bytes; None if it must be read."""
        part = part_of(name)
        kept = self._before[part].get(name)
        if kept is None or kept.hash != file_hash:
            return None
        self._now.setdefault(part, {})[name] = kept
        return kept.value

    def put(self, name: str, file_hash: bytes, value: Value) -> None:
        """Keep what was read from a file."""
        papers = value.papers if isinstance(value, DailyList) else ()
        kept = _Kept(file_hash, value, tuple(map(digest, papers)))
        self._now.setdefault(part_of(name), {})[name] = kept

    def papers(self, name: str) -> tuple[bytes, ...]:
        """The digest of each paper of a list that is kept; none of one that isn't."""
        kept = self._now.get(part_of(name), {}).get(name)
        return kept.papers if kept else ()

    def lent(self) -> Shelf:
        """A shelf of what this one was asked for or given, which leaves the cache as it is."""
        other = Shelf(Cache(None, b""))
        other._before = {part: dict(values) for part, values in self._now.items()}
        return other

    def save(self) -> None:
        """Write the parts that changed, and forget those of files that are gone."""
        for part, values in self._now.items():
            before = self._before.get(part, {})
            if {k: v.hash for k, v in values.items()} != {k: v.hash for k, v in before.items()}:
                self._cache.write(f"{_FOLDER}/{part}", dict(sorted(values.items())))
        self._cache.keep_only({f"{_FOLDER}/{part}" for part in self._now}, _FOLDER)


def part_of(name: str) -> str:
    """Which part holds a file: lists by month, taggings by the start of their names."""
    folder, _, rest = name.partition("/")
    last = rest.rpartition("/")[2]
    if folder == "daily":
        return f"daily-{last[:7]}"
    return f"tagging-{last[:2]}" if folder == "tagging" else folder
