"""What is costly to find in a paper: its plain title, and the tags that rules give it.

Takes papers and the vocabulary, gives a `Finding` each; earlier ones come from a cache, by a digest
of the paper, as long as the vocabulary's rules are the same. Never knows of people's tags.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import lru_cache, partial
from typing import NamedTuple, TypeVar

from msgspec import Struct

from generator import markup, processes
from generator.cache import Cache
from generator.matching import PhraseIndex, normal_form
from generator.model import Paper, Tag
from generator.plan import digest

_FOLDER = "findings"
Found = tuple[str, str]
"""A tag's slug, and the phrase or keyword that was found."""
P = TypeVar("P")
U = TypeVar("U")


Finding = tuple[str, tuple[U, ...], bytes]
"""What was found in one paper: its title as one line of plain text; tags that rules give it, by
their names, each with what was found first; 16 bytes that change with the tags and their names."""


class _Known(Struct, frozen=True, array_like=True, gc=False):
    """A finding as it is kept."""

    title: str
    tags: tuple[int, ...]
    """Places among those of all papers that are kept together."""
    digest: bytes


_Fresh = tuple[str, list[Found], bytes]
"""Plain title, tags, and their digest, as they were just found."""


class _Kept(NamedTuple):
    rules: bytes
    """Digest of the rules that found it."""
    tags: list[Found]
    found: dict[bytes, _Known]
    """By the paper's digest."""


class Rules:
    """The vocabulary's rules, ready to look for."""

    __slots__ = ("_by_name", "_names", "_order", "_phrases", "digest")

    def __init__(self, tags: Iterable[Tag]) -> None:
        tags = tuple(tags)
        self._by_name = names(tags)
        self._names = {tag.slug: tag.name for tag in tags}
        self._order = {tag.slug: (tag.name.casefold(), tag.slug) for tag in tags}
        self._phrases = PhraseIndex((phrase, tag.slug) for tag in tags for phrase in tag.match)
        told = [(tag.slug, tag.name, tag.aliases, tag.match) for tag in tags]
        self.digest = digest(told)

    def find(self, paper: Paper) -> _Fresh:
        """Look through one paper: for its plain title, its tags by name, and their digest."""
        found: dict[str, str] = {}
        for slug, phrase in self._all(paper):
            found.setdefault(slug, phrase)
        tags = sorted(found.items(), key=lambda each: self._order[each[0]])
        told = digest([(slug, self._names[slug], phrase) for slug, phrase in tags])
        return markup.plain(paper.title), tags, told

    def _all(self, paper: Paper) -> Iterator[tuple[str, str]]:
        for keyword in paper.keywords:
            slug = self._by_name.get(normal_form(keyword))
            if slug:
                yield slug, keyword
        for text in (paper.title, paper.summary, paper.abstract, *paper.keywords):
            for phrase, slug in self._phrases.find(text):
                yield slug, phrase


def names(tags: Iterable[Tag]) -> Mapping[str, str]:
    """Every way to name a tag (slug, name, aliases), in normal form, to its slug."""
    return _names(tuple(tags))


@lru_cache(maxsize=2)
def _names(tags: tuple[Tag, ...]) -> Mapping[str, str]:
    found: dict[str, str] = {}
    for tag in tags:
        for name in (tag.slug, tag.name, *tag.aliases):
            if name:
                found.setdefault(normal_form(name), tag.slug)
    return found


def named(text: str, slugs: Mapping[str, str]) -> str:
    """The slug of the tag that a text names, of what `names` gives; empty if it names none.

    A text with hidden marks, such as those that turn its direction, names nothing: people who
    read it wouldn't see what it says.
    """
    is_plain = markup.clean(text) == " ".join(text.split())
    return slugs.get(normal_form(text), "") if is_plain else ""


def find_all(
    rules: Rules,
    parts: Mapping[str, Mapping[bytes, P]],
    paper: Callable[[P], Paper],
    use: Callable[[Found], U],
    cache: Cache,
    jobs: int,
) -> dict[bytes, Finding[U]]:
    """Findings of all papers by their digest, each tag as `use` gives it.

    Papers come in parts that are kept together, each by its digest as something of which `paper`
    makes the paper where nothing is known of it.
    """
    found: dict[bytes, Finding[U]] = {}
    lacking: dict[str, _Kept] = {}
    fresh: list[tuple[bytes, P]] = []
    for part, own in parts.items():
        kept = _read(cache, part, rules)
        unknown = own.keys() - kept.found.keys()
        if unknown:
            lacking[part] = kept
            fresh.extend((each, one) for each, one in own.items() if each in unknown)
        else:
            found.update(_used(kept, own, use))
    new = dict(processes.spread(partial(_find, rules, paper), fresh, jobs))
    for part, before in lacking.items():
        kept = _joined(before, parts[part], new)
        cache.write(f"{_FOLDER}/{part}", kept)
        found.update(_used(kept, parts[part], use))
    return found


def _used(
    kept: _Kept, digests: Iterable[bytes], use: Callable[[Found], U]
) -> Iterator[tuple[bytes, Finding[U]]]:
    use_at = list(map(use, kept.tags)).__getitem__
    for each in digests:
        one = kept.found[each]
        yield each, (one.title, tuple(map(use_at, one.tags)), one.digest)


def _find(
    rules: Rules, paper: Callable[[P], Paper], items: Iterable[tuple[bytes, P]]
) -> Iterator[tuple[bytes, _Fresh]]:
    for key, each in items:
        yield key, rules.find(paper(each))


def _read(cache: Cache, part: str, rules: Rules) -> _Kept:
    kept = cache.read(f"{_FOLDER}/{part}", _Kept)
    return kept if kept and kept.rules == rules.digest else _Kept(rules.digest, [], {})


def _joined(kept: _Kept, digests: Iterable[bytes], new: Mapping[bytes, _Fresh]) -> _Kept:
    """What is kept of a part's papers: what was, and what was found anew."""
    places: dict[Found, int] = {}
    found: dict[bytes, _Known] = {}
    for each in digests:
        known = kept.found.get(each)
        if known:
            title, told = known.title, known.digest
            tags = [kept.tags[place] for place in known.tags]
        else:
            title, tags, told = new[each]
        its_places = (places.setdefault(tag, len(places)) for tag in tags)
        found[each] = _Known(title, tuple(its_places), told)
    return _Kept(kept.rules, list(places), found)
