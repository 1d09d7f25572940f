"""Files of the content as they were read before, kept with a hash of their bytes.

Takes a cache, gives a file's value if the file's bytes are those it was read from. Kept in parts, a
month of lists each, so that a new day writes little. Knows no YAML.
"""

from __future__ import annotations

from generator.cache import Cache
from generator.model import DailyList, Tag, Tagging

Value = DailyList | Tag | Tagging

_FOLDER = "content"
_SHAPES: dict[str, type] = {
    "daily": dict[str, tuple[bytes, DailyList]],
    "tags": dict[str, tuple[bytes, Tag]],
    "tagging": dict[str, tuple[bytes, Tagging]],
}


class Shelf:
    """What was read, by the file's path below content/."""

    def __init__(self, cache: Cache) -> None:
        self._cache = cache
        self._before: dict[str, dict[str, tuple[bytes, Value]]] = {}
        self._now: dict[str, dict[str, tuple[bytes, Value]]] = {}

    def get(self, name: str, digest: bytes) -> Value | None:
        """The value of a file with those bytes, None if it must be read."""
        part = part_of(name)
        if part not in self._before:
            shape = _SHAPES[name.partition("/")[0]]
            self._before[part] = self._cache.read(f"{_FOLDER}/{part}", shape) or {}
        kept = self._before[part].get(name)
        if kept is None or kept[0] != digest:
            return None
        self.put(name, digest, kept[1])
        return kept[1]

    def put(self, name: str, digest: bytes, value: Value) -> None:
        """Keep what was read from a file."""
        self._now.setdefault(part_of(name), {})[name] = (digest, value)

    def save(self) -> None:
        """Write the parts that changed, and forget those of files that are gone."""
        for part, values in self._now.items():
            before = self._before.get(part, {})
            if {k: v[0] for k, v in values.items()} != {k: v[0] for k, v in before.items()}:
                self._cache.write(f"{_FOLDER}/{part}", dict(sorted(values.items())))
        self._cache.keep_only({f"{_FOLDER}/{part}" for part in self._now}, _FOLDER)


def part_of(name: str) -> str:
    """Which part holds a file: lists by month, taggings by the start of the paper's key."""
    folder, _, rest = name.partition("/")
    last = rest.rpartition("/")[2]
    if folder == "daily":
        return f"daily-{last[:7]}"
    return f"tagging-{last[:2]}" if folder == "tagging" else "tags"
