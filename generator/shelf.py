"""Files of the content as they were read before, kept with a hash of their bytes.

Takes a cache, gives a file's value if the file's bytes are those it was read from. Kept in parts, a
month of lists each, so that a new day writes little; the papers of lists, which are most of it, lie
apart and are read when somebody looks at one. Knows no YAML.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import date
from typing import Any, Generic, NamedTuple, TypeVar, overload

import msgspec

from generator.cache import Cache
from generator.model import DailyList, Head, Paper, SavedQuery, Source, Tag, Tagging
from generator.plan import digest

Value = DailyList | Tag | Tagging | SavedQuery
V = TypeVar("V")

_FOLDER, _PAPERS = "content", "papers"
_encode = msgspec.msgpack.Encoder().encode
_decode = msgspec.msgpack.Decoder(tuple[Paper, ...]).decode


class _Kept(NamedTuple, Generic[V]):
    """What a file holds that is no list."""

    hash: bytes
    """Of the file's bytes."""
    value: V


class _KeptList(NamedTuple):
    """What a list's file holds, but for its papers."""

    hash: bytes
    date: date
    source: Source
    heads: tuple[Head, ...]


_SHAPES: dict[str, Any] = {
    "daily": dict[str, _KeptList],
    "tags": dict[str, _Kept[Tag]],
    "tagging": dict[str, _Kept[Tagging]],
    "feeds": dict[str, _Kept[SavedQuery]],
}


class Papers(Sequence[Paper]):
    """The papers of a list, read when somebody looks at one."""

    __slots__ = ("_length", "_papers", "_read")

    def __init__(self, length: int, read: Callable[[], Sequence[Paper]]) -> None:
        self._length = length
        self._read = read
        self._papers: Sequence[Paper] | None = None

    def __len__(self) -> int:
        return self._length

    @overload
    def __getitem__(self, place: int) -> Paper: ...

    @overload
    def __getitem__(self, place: slice) -> Sequence[Paper]: ...

    def __getitem__(self, place: int | slice) -> Paper | Sequence[Paper]:
        return self._all()[place]

    def __iter__(self) -> Iterator[Paper]:
        return iter(self._all())

    def __eq__(self, other: object) -> bool:
        return isinstance(other, (tuple, Papers)) and tuple(self) == tuple(other)

    def __hash__(self) -> int:
        return hash(tuple(self))

    def _all(self) -> Sequence[Paper]:
        if self._papers is None:
            self._papers = self._read()
        return self._papers


class _Texts:
    """Papers as they are kept, by the part and the hash of their list's file."""

    def __init__(self, cache: Cache) -> None:
        self._cache = cache
        self._parts: dict[str, dict[bytes, msgspec.Raw]] = {}

    def of(self, part: str, file_hash: bytes) -> msgspec.Raw | None:
        """The papers of a list, None where they are lost."""
        return self._part(part).get(file_hash)

    def add(self, part: str, file_hash: bytes, papers: Sequence[Paper]) -> None:
        """Take in the papers of a list."""
        self._part(part)[file_hash] = msgspec.Raw(_encode(tuple(papers)))

    def _part(self, part: str) -> dict[bytes, msgspec.Raw]:
        if part not in self._parts:
            kept = self._cache.read(f"{_PAPERS}/{part}", dict[bytes, msgspec.Raw])
            self._parts[part] = kept or {}
        return self._parts[part]


class Shelf:
    """What was read, by the file's path below content/."""

    def __init__(self, cache: Cache) -> None:
        self._cache = cache
        self._texts = _Texts(cache)
        self._before: dict[str, dict[str, Any]] = {}
        self._now: dict[str, dict[str, Any]] = {}

    def open(self, names: Iterable[str]) -> None:
        """Take in what is kept of files, before the hashes of their bytes are known."""
        for name in names:
            part = part_of(name)
            if part not in self._before:
                shape = _SHAPES[name.partition("/")[0]]
                self._before[part] = self._cache.read(f"{_FOLDER}/{part}", shape) or {}

    def get(self, name: str, file_hash: bytes, read: Callable[[], DailyList]) -> Value | None:
        """The value of a file that was opened, if it has those bytes; None if it must be read.

        `read` reads a list once more, should its papers be lost when somebody looks at them.
        """
        part = part_of(name)
        kept = self._before[part].get(name)
        if kept is None or kept.hash != file_hash:
            return None
        self._now.setdefault(part, {})[name] = kept
        if isinstance(kept, _KeptList):

            def papers() -> Sequence[Paper]:
                found = self._texts.of(part, file_hash)
                return read().papers if found is None else _decode(found)

            return DailyList(kept.date, kept.source, Papers(len(kept.heads), papers))
        value: Value = kept.value
        return value

    def put(self, name: str, file_hash: bytes, value: Value) -> None:
        """Keep what was read from a file."""
        part = part_of(name)
        if isinstance(value, DailyList):
            self._texts.add(part, file_hash, value.papers)
            kept: Any = _KeptList(file_hash, value.date, value.source, heads(value.papers))
        else:
            kept = _Kept(file_hash, value)
        self._now.setdefault(part, {})[name] = kept

    def heads(self, name: str) -> tuple[Head, ...] | None:
        """The heads of the papers of a list that is kept."""
        kept = self._now.get(part_of(name), {}).get(name)
        return kept.heads if kept else None

    def lent(self) -> Shelf:
        """A shelf of what this one was asked for or given, which leaves the cache as it is."""
        other = Shelf(Cache(None, b""))
        other._texts = self._texts
        other._before = {part: dict(values) for part, values in self._now.items()}
        return other

    def save(self) -> None:
        """Write the parts that changed, and forget those of files that are gone."""
        for part, values in self._now.items():
            before = self._before.get(part, {})
            if {k: v.hash for k, v in values.items()} != {k: v.hash for k, v in before.items()}:
                self._write(part, dict(sorted(values.items())))
        for folder in (_FOLDER, _PAPERS):
            self._cache.keep_only({f"{folder}/{part}" for part in self._now}, folder)

    def _write(self, part: str, values: dict[str, Any]) -> None:
        self._cache.write(f"{_FOLDER}/{part}", values)
        hashes = (each.hash for each in values.values() if isinstance(each, _KeptList))
        texts = {each: found for each in hashes if (found := self._texts.of(part, each))}
        if texts:
            self._cache.write(f"{_PAPERS}/{part}", texts)


def heads(papers: Iterable[Paper]) -> tuple[Head, ...]:
    """The heads of papers."""
    return tuple(Head(each.id, msgspec.Raw(_encode(each.authors)), digest(each)) for each in papers)


def part_of(name: str) -> str:
    """Which part holds a file: lists by month, taggings by the start of their names."""
    folder, _, rest = name.partition("/")
    last = rest.rpartition("/")[2]
    if folder == "daily":
        return f"daily-{last[:7]}"
    return f"tagging-{last[:2]}" if folder == "tagging" else folder
