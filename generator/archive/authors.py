"""Who wrote enough papers to have a page: names gathered by slug.

Takes the names of each paper's authors, oldest paper first; gives people with their papers' places
among those given. Knows nothing else of papers, does no I/O. What was gathered from all but the
newest papers may be kept as a `Base`, since most of it stays as it is from day to day.
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

LINK = 8
"""Bytes that tell who of a paper's authors has a page."""
_BUCKETS = 4_096
"""So many lots hold those with few papers, of which a new day needs a small part."""
_LARGEST = (1 << 8 * LINK) - 1
_SLUG = attrgetter("slug")


class Person(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """People of one slug, who are taken for one."""

    slug: str
    name: str
    """The commonest spelling, the first by letters among equals."""
    papers: tuple[int, ...]
    """Where their papers stand, each once, in order."""
    spellings: tuple[tuple[str, int], ...] = ()
    """By letters, with how often each stands; none for one spelling, once on each paper."""


class AuthorIndex(NamedTuple):
    """Those with enough papers."""

    people: list[Person]
    """By slug."""
    links: bytes
    """For each paper `LINK` bytes, which change with those of its authors who are here."""


class AuthorBase(NamedTuple):
    """All people on the oldest papers, those with few of them put away."""

    papers: int
    """How many papers these are."""
    at_least: int
    many: AuthorIndex
    few: dict[int, msgspec.Raw]
    """Those with fewer papers, in lots, each a list of them as MessagePack."""


_few = msgspec.msgpack.Decoder(list[Person]).decode
_encode = msgspec.msgpack.Encoder().encode


def base(papers: Sequence[Sequence[str]], at_least: int) -> AuthorBase:
    """Gather from papers, of which only newer ones will be added."""
    many: list[Person] = []
    few: dict[int, list[Person]] = defaultdict(list)
    for each in sorted(_gathered(papers, 0), key=_SLUG):
        if len(each.papers) >= at_least:
            many.append(each)
        else:
            few[_bucket(each.slug)].append(each)
    links = array("Q", bytes(LINK * len(papers)))
    for person in many:
        _link(links, person, person.papers)
    lots = {number: msgspec.Raw(_encode(few[number])) for number in sorted(few)}
    return AuthorBase(len(papers), at_least, AuthorIndex(many, links.tobytes()), lots)


def extended(known: AuthorBase, newer: Sequence[Sequence[str]]) -> AuthorIndex:
    """The index of a base's papers and of newer ones."""
    many = {each.slug: each for each in known.many.people}
    links = array("Q", known.many.links + bytes(LINK * len(newer)))
    for new in _gathered(newer, known.papers):
        old = many.get(new.slug)
        before = old or _among_few(known, new.slug)
        person = _joined(before, new) if before else new
        if len(person.papers) >= known.at_least:
            many[new.slug] = person
            _link(links, person, new.papers if old else person.papers)
    return AuthorIndex(sorted(many.values(), key=_SLUG), links.tobytes())


def _gathered(papers: Iterable[Sequence[str]], first: int) -> Iterator[Person]:
    """All people on papers, the first of which stands at a place."""
    places: dict[str, list[int]] = defaultdict(list)
    for place, names in enumerate(papers, first):
        for name in names:
            places[name].append(place)
    spellings: dict[str, list[str]] = {}
    for name in places:
        spellings.setdefault(ids.slug(name), []).append(name)
    for slug, names in spellings.items():
        its_papers = set(chain.from_iterable(places[name] for name in names))
        yield _person(slug, sorted(its_papers), {name: len(places[name]) for name in names})


def _person(slug: str, papers: Sequence[int], counts: Mapping[str, int]) -> Person:
    """People whose names stand so often on papers."""
    if len(counts) == 1:
        ((name, count),) = counts.items()
        return Person(slug, name, tuple(papers), () if count == len(papers) else ((name, count),))
    common = min(counts, key=lambda name: (-counts[name], name))
    return Person(slug, common, tuple(papers), tuple(sorted(counts.items())))


def _joined(old: Person, new: Person) -> Person:
    """People of older and newer papers as one."""
    counts = Counter(_counts(old)) + Counter(_counts(new))
    return _person(old.slug, old.papers + new.papers, counts)


def _counts(person: Person) -> dict[str, int]:
    return dict(person.spellings) or {person.name: len(person.papers)}


def _among_few(known: AuthorBase, slug: str) -> Person | None:
    lot = known.few.get(_bucket(slug))
    return next((each for each in _few(lot) if each.slug == slug), None) if lot else None


def _bucket(slug: str) -> int:
    return crc32(slug.encode()) % _BUCKETS


def _link(links: array[int], person: Person, places: Iterable[int]) -> None:
    """Add a number that stands for a person at some papers: sums are the same in any order."""
    number = int.from_bytes(blake2b(person.slug.encode(), digest_size=LINK).digest(), "big")
    for place in places:
        links[place] = (links[place] + number) & _LARGEST
