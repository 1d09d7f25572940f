"""The authors with enough papers to have a page: names grouped by slug.

Takes the names of each paper's authors, oldest paper first; gives people with the positions of
their papers among those given. Knows nothing else about papers, does no I/O. What was computed from
all but the newest papers may be cached as an `AuthorBase`, since it hardly changes from day to day.
"""

from __future__ import annotations

from array import array
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from hashlib import blake2b
from itertools import chain
from operator import attrgetter
from typing import NamedTuple
from zlib import crc32

import msgspec

from generator.core import ids

LINK_SIZE = 8
"""Bytes for each paper that depend on which of its authors have a page."""
_BUCKETS = 4_096
"""People with few papers are stored in this many buckets; a new day needs only a few of them."""
_MAX_LINK = (1 << 8 * LINK_SIZE) - 1
_SLUG = attrgetter("slug")


class Person(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """People whose names have the same slug; they count as one person."""

    slug: str
    name: str
    """The most common spelling; among equally common ones the first in alphabetical order."""
    papers: tuple[int, ...]
    """Positions of their papers, each once, in ascending order."""
    spellings: tuple[tuple[str, int], ...] = ()
    """Spellings in alphabetical order with their counts; empty for a single spelling that each
    paper has once.
    """


class AuthorIndex(NamedTuple):
    """The people with enough papers."""

    people: list[Person]
    """Sorted by slug."""
    links: bytes
    """`LINK_SIZE` bytes for each paper, which depend on which of its authors are in the index."""


class AuthorBase(NamedTuple):
    """All people on the oldest papers; those with few papers are packed."""

    papers: int
    """Number of papers."""
    min_papers: int
    many: AuthorIndex
    few: dict[int, msgspec.Raw]
    """People with fewer papers, by bucket: in each a list of them as MessagePack."""


_decode = msgspec.msgpack.Decoder(list[Person]).decode
_encode = msgspec.msgpack.Encoder().encode


def base(papers: Sequence[Sequence[str]], min_papers: int) -> AuthorBase:
    """Group the authors of the oldest papers; only newer papers may be added later."""
    many: list[Person] = []
    few: dict[int, list[Person]] = defaultdict(list)
    for each in sorted(_people(papers, 0), key=_SLUG):
        if len(each.papers) >= min_papers:
            many.append(each)
        else:
            few[_bucket(each.slug)].append(each)
    links = array("Q", bytes(LINK_SIZE * len(papers)))
    for person in many:
        _link(links, person, person.papers)
    buckets = {number: msgspec.Raw(_encode(few[number])) for number in sorted(few)}
    return AuthorBase(len(papers), min_papers, AuthorIndex(many, links.tobytes()), buckets)


def extended(known: AuthorBase, newer: Sequence[Sequence[str]]) -> AuthorIndex:
    """The index of the papers of a base and of newer ones."""
    many = {each.slug: each for each in known.many.people}
    links = array("Q", known.many.links + bytes(LINK_SIZE * len(newer)))
    for new in _people(newer, known.papers):
        old = many.get(new.slug)
        before = old or _with_few_papers(known, new.slug)
        person = _joined(before, new) if before else new
        if len(person.papers) >= known.min_papers:
            many[new.slug] = person
            _link(links, person, new.papers if old else person.papers)
    return AuthorIndex(sorted(many.values(), key=_SLUG), links.tobytes())


def _people(papers: Iterable[Sequence[str]], first: int) -> Iterator[Person]:
    """All people on papers; `first` is the position of the first paper."""
    places: dict[str, list[int]] = defaultdict(list)
    for place, names in enumerate(papers, first):
        for name in names:
            places[name].append(place)
    spellings: dict[str, list[str]] = {}
    for name in places:
        spellings.setdefault(ids.slug(name), []).append(name)
    for slug, names in spellings.items():
        all_places = set(chain.from_iterable(places[name] for name in names))
        yield _person(slug, sorted(all_places), {name: len(places[name]) for name in names})


def _person(slug: str, papers: Sequence[int], counts: Mapping[str, int]) -> Person:
    """A person from the positions of their papers and the counts of spellings."""
    if len(counts) == 1:
        ((name, count),) = counts.items()
        return Person(slug, name, tuple(papers), () if count == len(papers) else ((name, count),))
    common = min(counts, key=lambda name: (-counts[name], name))
    return Person(slug, common, tuple(papers), tuple(sorted(counts.items())))


def _joined(old: Person, new: Person) -> Person:
    """A person on older papers and the same one on newer papers, as one."""
    counts = Counter(_counts(old)) + Counter(_counts(new))
    return _person(old.slug, old.papers + new.papers, counts)


def _counts(person: Person) -> dict[str, int]:
    return dict(person.spellings) or {person.name: len(person.papers)}


def _with_few_papers(known: AuthorBase, slug: str) -> Person | None:
    bucket = known.few.get(_bucket(slug))
    return next((each for each in _decode(bucket) if each.slug == slug), None) if bucket else None


def _bucket(slug: str) -> int:
    return crc32(slug.encode()) % _BUCKETS


def _link(links: array[int], person: Person, places: Iterable[int]) -> None:
    """Add a number that stands for the person to some papers: the order doesn't change a sum."""
    number = int.from_bytes(blake2b(person.slug.encode(), digest_size=LINK_SIZE).digest(), "big")
    for place in places:
        links[place] = (links[place] + number) & _MAX_LINK
