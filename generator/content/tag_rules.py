"""What is costly to find in a paper: its plain title, and the tags that rules give it.

Takes papers and the vocabulary, gives a `Finding` each; earlier ones come from a cache, by a digest
of the paper, as long as the vocabulary's rules are the same. Never knows of people's tags.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import partial
from itertools import chain
from typing import NamedTuple, TypeVar

from generator.content.tag_names import names
from generator.core import parallel
from generator.core.cache import Cache
from generator.core.model import Paper, Tag
from generator.core.target import DIGEST_SIZE, digest
from generator.text import markup
from generator.text.phrases import PhraseIndex, normal_form

_FOLDER = "findings"
RuleMatches = tuple[str, str]
"""A tag's slug, and the phrase or keyword that was found."""
P = TypeVar("P")
U = TypeVar("U")


RuleMatch = tuple[str, tuple[U, ...], bytes]
"""What was found in one paper: its title as one line of plain text; tags that rules give it, by
their names, each with what was found first; 16 bytes that change with the tags and their names."""


class _CachedMatches(NamedTuple):
    """Findings of a part's papers, in columns: most often all are taken as they are."""

    rules: bytes
    """Digest of the rules that found it."""
    tags: list[RuleMatches]
    """Each once."""
    papers: bytes
    """Digests of the papers, one after the other."""
    titles: list[str]
    places: list[tuple[int, ...]]
    """Of each paper's tags among `tags`."""
    digests: bytes
    """Of each paper's tags."""

    def findings(self, use: Callable[[RuleMatches], U]) -> Iterator[RuleMatch[U]]:
        """Of each of the papers."""
        use_at = list(map(use, self.tags)).__getitem__
        for title, places, told in zip(self.titles, self.places, _split(self.digests), strict=True):
            yield title, tuple(map(use_at, places)), told


class RuleIndex:
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

    def find(self, paper: Paper) -> RuleMatch[RuleMatches]:
        """Look through one paper: for its plain title, its tags by name, and their digest."""
        found: dict[str, str] = {}
        for slug, phrase in self._all(paper):
            found.setdefault(slug, phrase)
        tags = sorted(found.items(), key=lambda each: self._order[each[0]])
        told = digest([(slug, self._names[slug], phrase) for slug, phrase in tags])
        return markup.plain(paper.title), tuple(tags), told

    def _all(self, paper: Paper) -> Iterator[tuple[str, str]]:
        for keyword in paper.keywords:
            slug = self._by_name.get(normal_form(keyword))
            if slug:
                yield slug, keyword
        for text in (paper.title, paper.summary, paper.abstract, *paper.keywords):
            for phrase, slug in self._phrases.find(text):
                yield slug, phrase


def find_all(
    rules: RuleIndex,
    parts: Mapping[str, Mapping[bytes, P]],
    paper: Callable[[P], Paper],
    use: Callable[[RuleMatches], U],
    cache: Cache,
    jobs: int,
) -> dict[bytes, RuleMatch[U]]:
    """Findings of all papers by their digest, each tag as `use` gives it.

    Papers come in parts that are kept together, each by its digest as something of which `paper`
    makes the paper where nothing is known of it.
    """
    found: dict[bytes, RuleMatch[U]] = {}
    lacking: dict[str, _CachedMatches] = {}
    fresh: list[tuple[bytes, P]] = []
    for part, own in parts.items():
        kept = _read(cache, part, rules)
        if b"".join(own) == kept.papers:
            found.update(zip(own, kept.findings(use), strict=True))
        else:
            unknown = own.keys() - set(_split(kept.papers))
            lacking[part] = kept
            fresh.extend((each, one) for each, one in own.items() if each in unknown)
    new = dict(parallel.spread(partial(_find, rules, paper), fresh, jobs))
    for part, before in lacking.items():
        kept = _joined(before, parts[part], new)
        cache.write(f"{_FOLDER}/{part}", kept)
        found.update(zip(parts[part], kept.findings(use), strict=True))
    return found


def _find(
    rules: RuleIndex, paper: Callable[[P], Paper], items: Iterable[tuple[bytes, P]]
) -> Iterator[tuple[bytes, RuleMatch[RuleMatches]]]:
    for key, each in items:
        yield key, rules.find(paper(each))


def _read(cache: Cache, part: str, rules: RuleIndex) -> _CachedMatches:
    kept = cache.read(f"{_FOLDER}/{part}", _CachedMatches)
    nothing = _CachedMatches(rules.digest, [], b"", [], [], b"")
    return kept if kept and kept.rules == rules.digest else nothing


def _joined(
    kept: _CachedMatches, digests: Iterable[bytes], new: Mapping[bytes, RuleMatch[RuleMatches]]
) -> _CachedMatches:
    """What is kept of a part's papers: what was, and what was found anew."""
    known = dict(zip(_split(kept.papers), kept.findings(lambda tag: tag), strict=True))
    found = [known.get(each) or new[each] for each in digests]
    place_of: dict[RuleMatches, int] = {}
    for tag in chain.from_iterable(tags for _, tags, _ in found):
        place_of.setdefault(tag, len(place_of))
    return _CachedMatches(
        kept.rules,
        tags=list(place_of),
        papers=b"".join(digests),
        titles=[title for title, _, _ in found],
        places=[tuple(map(place_of.__getitem__, tags)) for _, tags, _ in found],
        digests=b"".join(told for _, _, told in found),
    )


def _split(digests: bytes) -> Iterator[bytes]:
    """Digests that stand one after the other."""
    return (digests[start : start + DIGEST_SIZE] for start in range(0, len(digests), DIGEST_SIZE))
