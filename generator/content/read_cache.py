"""Files of the content as they were read before, kept with a hash of their bytes.

Takes a cache, gives a file's value if the file's bytes are those it was read from. Kept in parts, a
month of lists each, so that a new day writes little; papers, which are most of it, lie apart, and
each is read, and checked by its digest, when somebody looks at it. Knows no YAML.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import date
from itertools import accumulate
from typing import Any, Generic, NamedTuple, TypeVar, overload

import msgspec

from generator.core.cache import Blob, Cache
from generator.core.model import DailyList, Paper, PaperHead, SavedQuery, Source, Tag, Tagging
from generator.core.target import digest_of

Value = DailyList | Tag | Tagging | SavedQuery
V = TypeVar("V")

MOST_PAPERS = 16_384
"""So many that were read as YAML stay in memory, of a few kilobytes each."""
_MOST_SEEN = 4_096
"""So many that were read again when needed."""
_FOLDER, _PAPERS = "content", "papers"
_encode = msgspec.msgpack.Encoder().encode
_decode = msgspec.msgpack.Decoder(Paper).decode


class _CachedFile(NamedTuple, Generic[V]):
    """What a file holds that is no list."""

    hash: bytes
    """Of the file's bytes."""
    value: V


class _CachedList(NamedTuple):
    """What a list's file holds, but for its papers."""

    hash: bytes
    date: date
    source: Source
    heads: tuple[PaperHead, ...]
    start: int
    """Where its papers begin in the month's file."""
    lengths: tuple[int, ...]
    """Bytes of each of them."""


_SHAPES: dict[str, Any] = {
    "daily": dict[str, _CachedList],
    "tags": dict[str, _CachedFile[Tag]],
    "tagging": dict[str, _CachedFile[Tagging]],
    "feeds": dict[str, _CachedFile[SavedQuery]],
}


class LazyPapers(Sequence[Paper]):
    """The papers of a list, each read when somebody looks at it."""

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


class _PaperTexts:
    """Papers as they are kept: a file for each month, of which only what is asked for is read."""

    def __init__(self, cache: Cache) -> None:
        self._cache = cache
        self._parts: dict[str, Blob] = {}
        self._new: dict[bytes, Sequence[Paper]] = {}
        self._held = 0
        """How many papers these are."""
        self._seen: dict[tuple[bytes, int], Paper] = {}

    def add(self, file_hash: bytes, papers: Sequence[Paper]) -> None:
        """Take in the papers of a list, by the hash of its file.

        They are put into bytes when they are written: all of them as bytes too would weigh much.
        """
        self._held += len(papers) - len(self._new.get(file_hash, ()))
        self._new[file_hash] = papers

    def paper(self, part: str, kept: _CachedList, place: int) -> Paper | None:
        """A paper of a list; None where it is lost or damaged."""
        if kept.hash in self._new:
            return self._new[kept.hash][place]
        key = (kept.hash, place)
        paper = self._seen.get(key)
        if paper is None and (paper := self._read(part, kept, place)):
            if len(self._seen) >= _MOST_SEEN:
                self._seen.clear()
            self._seen[key] = paper
        return paper

    def _read(self, part: str, kept: _CachedList, place: int) -> Paper | None:
        start = kept.start + sum(kept.lengths[:place])
        found = self._part(part).read(start, kept.lengths[place])
        return _decode(found) if digest_of(found) == kept.heads[place].digest else None

    def all_of(self, part: str, kept: _CachedList) -> bytes:
        """All papers of a list as they lie in the file; a damaged one isn't told apart."""
        if kept.hash in self._new:
            return b"".join(map(_encode, self._new[kept.hash]))
        return self._part(part).read(kept.start, sum(kept.lengths))

    def write(self, part: str, texts: Iterable[bytes]) -> None:
        """Keep the papers of a month."""
        self._cache.write_blob(f"{_PAPERS}/{part}", b"".join(texts))

    def look_again(self, part: str) -> None:
        """Take papers from the file that was written, no longer from the one before."""
        self._parts.pop(part, None)

    def forget(self, lists: Iterable[_CachedList]) -> None:
        """Leave the papers of lists, which are kept now, to be read again when needed."""
        for each in lists:
            self._held -= len(self._new.pop(each.hash, ()))

    @property
    def are_many(self) -> bool:
        """Whether more papers than that are in memory since they were read as YAML."""
        return self._held > MOST_PAPERS

    def _part(self, part: str) -> Blob:
        if part not in self._parts:
            self._parts[part] = self._cache.blob(f"{_PAPERS}/{part}")
        return self._parts[part]


class ReadCache:
    """What was read, by the file's path below content/."""

    def __init__(self, cache: Cache) -> None:
        self._cache = cache
        self._texts = _PaperTexts(cache)
        self._before: dict[str, dict[str, Any]] = {}
        self._now: dict[str, dict[str, Any]] = {}
        self._names: Counter[str] = Counter()
        """How many files of each part were opened."""

    def open(self, names: Iterable[str]) -> None:
        """Take in what is kept of files, before the hashes of their bytes are known."""
        for name in names:
            part = part_of(name)
            self._names[part] += 1
            if part not in self._before:
                shape = _SHAPES[name.partition("/")[0]]
                self._before[part] = self._cache.read(f"{_FOLDER}/{part}", shape) or {}

    def get(self, name: str, file_hash: bytes, read: Callable[[], DailyList]) -> Value | None:
        """The value of a file that was opened, if it has those bytes; None if it must be read.

        `read` reads a list once more, should a paper be lost when somebody looks at it.
        """
        part = part_of(name)
        kept = self._before[part].get(name)
        if kept is None or kept.hash != file_hash:
            return None
        self._now.setdefault(part, {})[name] = kept
        return self.value(name, read)

    def value(self, name: str, read: Callable[[], DailyList]) -> Value:
        """The value of a file that was put here, or that `get` gave."""
        part = part_of(name)
        kept = self._now[part][name]
        if isinstance(kept, _CachedList):

            def paper(place: int) -> Paper:
                own = self._now[part][name]  # since a part may be written, and so moved
                return self._texts.paper(part, own, place) or read().papers[place]

            return DailyList(kept.date, kept.source, LazyPapers(len(kept.heads), paper))
        value: Value = kept.value
        return value

    def put(self, name: str, file_hash: bytes, value: Value) -> None:
        """Keep what was read from a file."""
        if isinstance(value, DailyList):
            self._texts.add(file_hash, value.papers)
            texts = list(map(_encode, value.papers))
            its_heads = tuple(map(_head, value.papers, texts))
            lengths = tuple(map(len, texts))
            kept: Any = _CachedList(file_hash, value.date, value.source, its_heads, 0, lengths)
        else:
            kept = _CachedFile(file_hash, value)
        part = part_of(name)
        own = self._now.setdefault(part, {})
        own[name] = kept
        # A part that is whole is written at once, lest all texts be in memory together.
        if len(own) == self._names[part] and self._texts.are_many and self._cache.keeps:
            self._write(part)

    def heads(self, name: str) -> tuple[PaperHead, ...] | None:
        """The heads of the papers of a list that is kept."""
        kept = self._now.get(part_of(name), {}).get(name)
        return kept.heads if kept else None

    def lent(self) -> ReadCache:
        """A shelf of what this one was asked for or given, which leaves the cache as it is."""
        other = ReadCache(Cache(None, b""))
        other._texts = self._texts
        other._before = {part: dict(values) for part, values in self._now.items()}
        return other

    def save(self) -> None:
        """Write the parts that changed, and forget those of files that are gone."""
        for part in self._now:
            if self._has_changed(part):
                self._write(part)
        for folder in (_FOLDER, _PAPERS):
            self._cache.keep_only({f"{folder}/{part}" for part in self._now}, folder)

    def _has_changed(self, part: str) -> bool:
        now, before = self._now[part], self._before.get(part, {})
        return {k: v.hash for k, v in now.items()} != {k: v.hash for k, v in before.items()}

    def _write(self, part: str) -> None:
        values = dict(sorted(self._now[part].items()))
        texts = [self._texts.all_of(part, each) for each in values.values() if _is_list(each)]
        starts = iter(accumulate(map(len, texts), initial=0))
        told = {
            name: each._replace(start=next(starts)) if _is_list(each) else each
            for name, each in values.items()
        }
        if texts:
            self._texts.write(part, texts)
        self._cache.write(f"{_FOLDER}/{part}", told)
        if not self._cache.keeps:
            return  # papers are where they were
        self._now[part] = self._before[part] = told
        self._texts.look_again(part)
        if self._texts.are_many:
            self._texts.forget(each for each in told.values() if _is_list(each))


def _is_list(kept: object) -> bool:
    return isinstance(kept, _CachedList)


def heads(papers: Iterable[Paper]) -> tuple[PaperHead, ...]:
    """The heads of papers."""
    return tuple(_head(each, _encode(each)) for each in papers)


def _head(paper: Paper, text: bytes) -> PaperHead:
    """The head of a paper, given the paper as it is kept."""
    names = msgspec.Raw(_encode(paper.authors))
    return PaperHead(paper.id, names, digest_of(text), paper.upvotes or 0)


def part_of(name: str) -> str:
    """Which part holds a file: lists by month, taggings by the start of their names."""
    folder, _, rest = name.partition("/")
    last = rest.rpartition("/")[2]
    if folder == "daily":
        return f"daily-{last[:7]}"
    return f"tagging-{last[:2]}" if folder == "tagging" else folder
