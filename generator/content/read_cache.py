"""Parsed files of the content, cached under a hash of their bytes.

Takes a cache; gives the value of a file whose bytes haven't changed. Files are cached in groups,
such as the lists of a month, so a new day rewrites little. Papers are most of the data: they are
stored apart from their lists, and each is read, and checked by its digest, when it is needed. Knows
no YAML.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import date
from itertools import accumulate
from typing import Any, Generic, NamedTuple, TypeVar, overload

import msgspec

from generator.core.cache import Blob, Cache
from generator.core.model import (
    BreakingChange,
    DailyList,
    Paper,
    PaperHead,
    SavedQuery,
    Source,
    Tag,
    Tagging,
)
from generator.core.target import digest_of

Value = DailyList | Tag | Tagging | SavedQuery | BreakingChange
V = TypeVar("V")

MAX_PAPERS = 16_384
"""With more papers parsed from YAML in memory, a few kilobytes each, groups are stored early."""
_MAX_DECODED = 4_096
"""At most this many papers decoded from the cache stay in memory."""
_FOLDER, _PAPERS = "content", "papers"
_encode = msgspec.msgpack.Encoder().encode
_decode = msgspec.msgpack.Decoder(Paper).decode


class _CachedFile(NamedTuple, Generic[V]):
    """The value of a file that isn't a daily list."""

    hash: bytes
    """Of the file's bytes."""
    value: V


class _CachedList(NamedTuple):
    """The value of a daily list's file, without its papers."""

    hash: bytes
    date: date
    source: Source
    heads: tuple[PaperHead, ...]
    start: int
    """Where its papers start in the file of the group's papers."""
    lengths: tuple[int, ...]
    """Bytes of each of its papers."""


_SHAPES: dict[str, Any] = {
    "daily": dict[str, _CachedList],
    "tags": dict[str, _CachedFile[Tag]],
    "tagging": dict[str, _CachedFile[Tagging]],
    "feeds": dict[str, _CachedFile[SavedQuery]],
    "breaking-changes": dict[str, _CachedFile[BreakingChange]],
}


class LazyPapers(Sequence[Paper]):
    """The papers of a list, each read when it is accessed."""

    __slots__ = ("_length", "_read")

    def __init__(self, length: int, read: Callable[[int], Paper]) -> None:
        self._length = length
        self._read = read

    def __len__(self) -> int:
        return self._length

    def __iter__(self) -> Iterator[Paper]:
        return map(self._read, range(self._length))  # faster than indexing each

    @overload
    def __getitem__(self, place: int) -> Paper: ...

    @overload
    def __getitem__(self, place: slice) -> Sequence[Paper]: ...

    def __getitem__(self, place: int | slice) -> Paper | Sequence[Paper]:
        if isinstance(place, slice):
            return tuple(self)[place]
        return self._read(range(self._length)[place])

    def __eq__(self, other: object) -> bool:
        return isinstance(other, (tuple, LazyPapers)) and tuple(self) == tuple(other)

    def __hash__(self) -> int:
        return hash(tuple(self))


class _PaperStore:
    """Cached papers, one file for each group; only the bytes of requested papers are read."""

    def __init__(self, cache: Cache) -> None:
        self._cache = cache
        self._blobs: dict[str, Blob] = {}
        self._parsed: dict[bytes, Sequence[Paper]] = {}
        """Papers of lists parsed from YAML, by the hash of the list's file."""
        self._parsed_count = 0
        self._decoded: dict[tuple[bytes, int], Paper] = {}

    def add(self, file_hash: bytes, papers: Sequence[Paper]) -> None:
        """Add the papers of a list, by the hash of its file.

        They are encoded only when they are written: all of them as bytes too would need much
        memory.
        """
        self._parsed_count += len(papers) - len(self._parsed.get(file_hash, ()))
        self._parsed[file_hash] = papers

    def paper(self, group: str, cached: _CachedList, place: int) -> Paper | None:
        """A paper of a list; None if it is missing or damaged."""
        if cached.hash in self._parsed:
            return self._parsed[cached.hash][place]
        key = (cached.hash, place)
        paper = self._decoded.get(key)
        if paper is None and (paper := self._read(group, cached, place)):
            if len(self._decoded) >= _MAX_DECODED:
                self._decoded.clear()
            self._decoded[key] = paper
        return paper

    def _read(self, group: str, cached: _CachedList, place: int) -> Paper | None:
        start = cached.start + sum(cached.lengths[:place])
        found = self._blob(group).read(start, cached.lengths[place])
        return _decode(found) if digest_of(found) == cached.heads[place].digest else None

    def encoded(self, group: str, cached: _CachedList) -> bytes:
        """All papers of a list as bytes, unchecked: a damaged one stays damaged."""
        if cached.hash in self._parsed:
            return b"".join(map(_encode, self._parsed[cached.hash]))
        return self._blob(group).read(cached.start, sum(cached.lengths))

    def write(self, group: str, lists: Iterable[bytes]) -> None:
        """Store the papers of a group, given for each of its lists as `encoded` gives them."""
        self._cache.write_blob(f"{_PAPERS}/{group}", b"".join(lists))

    def reopen(self, group: str) -> None:
        """Read the group's papers from the file that was just written, not from the old one."""
        self._blobs.pop(group, None)

    def drop(self, lists: Iterable[_CachedList]) -> None:
        """Remove the parsed papers of stored lists from memory; they are read when needed."""
        for each in lists:
            self._parsed_count -= len(self._parsed.pop(each.hash, ()))

    @property
    def is_over_limit(self) -> bool:
        """Whether more than `MAX_PAPERS` parsed papers are in memory."""
        return self._parsed_count > MAX_PAPERS

    def _blob(self, group: str) -> Blob:
        if group not in self._blobs:
            self._blobs[group] = self._cache.blob(f"{_PAPERS}/{group}")
        return self._blobs[group]


class ReadCache:
    """Values of files, by the file's path below content/."""

    def __init__(self, cache: Cache) -> None:
        self._cache = cache
        self._papers = _PaperStore(cache)
        self._previous: dict[str, dict[str, Any]] = {}
        """Entries as an earlier run stored them, by group and file."""
        self._current: dict[str, dict[str, Any]] = {}
        """Entries that are still valid, and new ones."""
        self._opened: Counter[str] = Counter()
        """How many files of each group were opened."""

    def open(self, names: Iterable[str]) -> None:
        """Load the cached entries of files, before the hashes of their bytes are known."""
        for name in names:
            group = _group_of(name)
            self._opened[group] += 1
            if group not in self._previous:
                shape = _SHAPES[name.partition("/")[0]]
                self._previous[group] = self._cache.read(f"{_FOLDER}/{group}", shape) or {}

    def get(self, name: str, file_hash: bytes, parse: Callable[[], DailyList]) -> Value | None:
        """The value of an opened file; None if it isn't cached for bytes of this hash.

        `parse` reads a list's file again, in case a cached paper is missing when it is needed.
        """
        group = _group_of(name)
        cached = self._previous[group].get(name)
        if cached is None or cached.hash != file_hash:
            return None
        self._current.setdefault(group, {})[name] = cached
        return self.value(name, parse)

    def value(self, name: str, parse: Callable[[], DailyList]) -> Value:
        """The value of a file that `put` was given, or that `get` found."""
        group = _group_of(name)
        cached = self._current[group][name]
        if isinstance(cached, _CachedList):

            def paper(place: int) -> Paper:
                # Looked up again: storing the group moves its papers.
                latest = self._current[group][name]
                return self._papers.paper(group, latest, place) or parse().papers[place]

            return DailyList(cached.date, cached.source, LazyPapers(len(cached.heads), paper))
        value: Value = cached.value
        return value

    def put(self, name: str, file_hash: bytes, value: Value) -> None:
        """Add the value parsed from a file."""
        if isinstance(value, DailyList):
            self._papers.add(file_hash, value.papers)
            encoded = list(map(_encode, value.papers))
            paper_heads = tuple(map(_head, value.papers, encoded))
            lengths = tuple(map(len, encoded))
            cached: Any = _CachedList(file_hash, value.date, value.source, paper_heads, 0, lengths)
        else:
            cached = _CachedFile(file_hash, value)
        group = _group_of(name)
        entries = self._current.setdefault(group, {})
        entries[name] = cached
        # A complete group is stored at once, so that not all papers are in memory together.
        is_complete = len(entries) == self._opened[group]
        if is_complete and self._papers.is_over_limit and self._cache.keeps:
            self._write(group)

    def heads(self, name: str) -> tuple[PaperHead, ...] | None:
        """The heads of a list's papers; None if the list isn't cached."""
        cached = self._current.get(_group_of(name), {}).get(name)
        return cached.heads if cached else None

    def detached(self) -> ReadCache:
        """A read cache with the same entries that never changes those on the disk."""
        other = ReadCache(Cache(None, b""))
        other._papers = self._papers
        other._previous = {group: dict(entries) for group, entries in self._current.items()}
        return other

    def save(self) -> None:
        """Store the groups that changed, and remove those without files."""
        for group in self._current:
            if self._has_changed(group):
                self._write(group)
        for folder in (_FOLDER, _PAPERS):
            self._cache.keep_only({f"{folder}/{group}" for group in self._current}, folder)

    def _has_changed(self, group: str) -> bool:
        current, previous = self._current[group], self._previous.get(group, {})
        return {k: v.hash for k, v in current.items()} != {k: v.hash for k, v in previous.items()}

    def _write(self, group: str) -> None:
        if not self._cache.keeps:
            return  # also of a detached cache, whose papers are those of another one
        entries = dict(sorted(self._current[group].items()))
        lists = [self._papers.encoded(group, each) for each in entries.values() if _is_list(each)]
        starts = iter(accumulate(map(len, lists), initial=0))
        moved = {
            name: each._replace(start=next(starts)) if _is_list(each) else each
            for name, each in entries.items()
        }
        if lists:
            self._papers.write(group, lists)
        self._cache.write(f"{_FOLDER}/{group}", moved)
        self._current[group] = self._previous[group] = moved
        self._papers.reopen(group)
        if self._papers.is_over_limit:
            self._papers.drop(each for each in moved.values() if _is_list(each))


def _is_list(cached: object) -> bool:
    return isinstance(cached, _CachedList)


def heads(papers: Iterable[Paper]) -> tuple[PaperHead, ...]:
    """The heads of papers."""
    return tuple(_head(each, _encode(each)) for each in papers)


def _head(paper: Paper, encoded: bytes) -> PaperHead:
    """The head of a paper, given the paper and its bytes in the cache."""
    names = msgspec.Raw(_encode(paper.authors))
    return PaperHead(paper.id, names, digest_of(encoded), paper.upvotes or 0)


def _group_of(name: str) -> str:
    """The group of a file: lists by month, taggings by the first characters of the file's name."""
    folder, _, rest = name.partition("/")
    last = rest.rpartition("/")[2]
    if folder == "daily":
        return f"daily-{last[:7]}"
    return f"tagging-{last[:2]}" if folder == "tagging" else folder
