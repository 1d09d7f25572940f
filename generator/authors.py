"""Who wrote enough papers to have a page: names gathered by slug.

Takes the names of each paper's authors, gives papers by their place among those given. Knows
nothing else of papers, does no I/O. The index can be made in another process, hence as bytes.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from hashlib import blake2b
from itertools import chain
from typing import NamedTuple

import msgspec

from generator import urls

LINK = 8
"""Bytes that tell who of a paper's authors has a page."""


class Indexed(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """People of one slug, who are taken for one."""

    slug: str
    name: str
    """The commonest spelling, the first by letters among equals."""
    names: tuple[str, ...]
    """All spellings."""
    papers: tuple[int, ...]
    """Where their papers stand, each once, in order."""


class Index(NamedTuple):
    """Those with enough papers."""

    people: list[Indexed]
    """By slug."""
    links: bytes
    """For each paper `LINK` bytes, which change with those of its authors who are here."""


_DECODER = msgspec.msgpack.Decoder(Index)


def encoded(papers: Iterable[Sequence[str]], at_least: int) -> bytes:
    """The index of those with enough papers."""
    places = _places(papers)
    found = [each for each in _indexed(places) if len(each.papers) >= at_least]
    found.sort(key=lambda each: each.slug)
    many = 1 + max((each.papers[-1] for each in found), default=-1)
    return msgspec.msgpack.encode(Index(found, _links(found, many)))


def decoded(index: bytes) -> Index:
    """What `encoded` gave."""
    return _DECODER.decode(index)


def _links(people: Iterable[Indexed], many: int) -> bytes:
    """For each of so many papers the sum of numbers that stand for its authors, in any order."""
    sums = [0] * many
    for each in people:
        number = int.from_bytes(blake2b(each.slug.encode(), digest_size=LINK - 1).digest(), "big")
        for place in each.papers:
            sums[place] += number
    modulus = 1 << 8 * LINK
    return b"".join((each % modulus).to_bytes(LINK, "big") for each in sums)


def _places(papers: Iterable[Sequence[str]]) -> dict[str, list[int]]:
    """The papers on which each name stands, once for each time."""
    places: dict[str, list[int]] = defaultdict(list)
    for place, names in enumerate(papers):
        for name in names:
            places[name].append(place)
    return places


def _indexed(places: Mapping[str, list[int]]) -> Iterator[Indexed]:
    spellings: dict[str, list[str]] = {}
    for name in places:
        spellings.setdefault(urls.slug(name), []).append(name)
    for slug, names in spellings.items():
        if len(names) == 1:
            (name,) = names
            yield Indexed(slug, name, (name,), tuple(dict.fromkeys(places[name])))
        else:
            common = min(names, key=lambda name: (-len(places[name]), name))
            papers = sorted(set(chain.from_iterable(places[name] for name in names)))
            yield Indexed(slug, common, tuple(names), tuple(papers))
