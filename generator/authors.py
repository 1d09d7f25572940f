"""Who wrote enough papers to have a page: names gathered by slug.

Takes the names of each paper's authors, gives papers by their place among those given. Knows
nothing else of papers, does no I/O. The index can be made in another process, hence as bytes.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import chain

import msgspec

from generator import urls


class Indexed(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """People of one slug, who are taken for one."""

    slug: str
    name: str
    """The commonest spelling, the first by letters among equals."""
    names: tuple[str, ...]
    """All spellings."""
    papers: tuple[int, ...]
    """Where their papers stand, each once, in order."""


_DECODER = msgspec.msgpack.Decoder(list[Indexed])


def encoded(papers: Iterable[Sequence[str]], at_least: int) -> bytes:
    """The index of those with enough papers, by slug."""
    places = _places(papers)
    found = [each for each in _indexed(places) if len(each.papers) >= at_least]
    found.sort(key=lambda each: each.slug)
    return msgspec.msgpack.encode(found)


def decoded(index: bytes) -> list[Indexed]:
    """What `encoded` gave."""
    return _DECODER.decode(index)


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
