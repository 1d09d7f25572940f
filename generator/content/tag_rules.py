"""The tags that rules give papers, and papers' titles as plain text: both are costly to compute.

Takes papers and the vocabulary; gives the matches of each paper. Matches are cached by a digest of
the paper, as long as the vocabulary's rules stay the same. Never looks at tags that people gave.
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

_FOLDER = "rule-matches"
RuleMatch = tuple[str, str]
"""A tag's slug, and the phrase or keyword that was found."""
P = TypeVar("P")
U = TypeVar("U")


PaperMatches = tuple[str, tuple[U, ...], bytes]
"""For one paper: its title as a line of plain text; the tags that rules give it, by name, each with
the phrase or keyword found first; 16 bytes that change with the tags, their names and phrases."""


class _CachedMatches(NamedTuple):
    """The matches of a group of papers, in columns: most often all are used as they are."""

    rules: bytes
    """Digest of the rules that were used."""
    tags: list[RuleMatch]
    """Each once."""
    papers: bytes
    """Digests of the papers, concatenated."""
    titles: list[str]
    places: list[tuple[int, ...]]
    """For each paper, the places of its tags in `tags`."""
    digests: bytes
    """For each paper, the digest of its tags; concatenated."""

    def matches(self, use: Callable[[RuleMatch], U]) -> Iterator[PaperMatches[U]]:
        """The matches of each paper, each tag as `use` gives it."""
        use_at = list(map(use, self.tags)).__getitem__
        for title, places, tags_digest in zip(
            self.titles, self.places, _split(self.digests), strict=True
        ):
            yield title, tuple(map(use_at, places)), tags_digest


class RuleIndex:
    """The vocabulary's rules, prepared for searching papers."""

    __slots__ = ("_by_name", "_names", "_order", "_phrases", "digest")

    def __init__(self, tags: Iterable[Tag]) -> None:
        tags = tuple(tags)
        self._by_name = names(tags)
        self._names = {tag.slug: tag.name for tag in tags}
        self._order = {tag.slug: (tag.name.casefold(), tag.slug) for tag in tags}
        self._phrases = PhraseIndex((phrase, tag.slug) for tag in tags for phrase in tag.match)
        self.digest = digest([(tag.slug, tag.name, tag.aliases, tag.match) for tag in tags])

    def find(self, paper: Paper) -> PaperMatches[RuleMatch]:
        """The matches of one paper."""
        found: dict[str, str] = {}
        for slug, phrase in self._all(paper):
            found.setdefault(slug, phrase)
        tags = sorted(found.items(), key=lambda each: self._order[each[0]])
        tags_digest = digest([(slug, self._names[slug], phrase) for slug, phrase in tags])
        return markup.plain(paper.title), tuple(tags), tags_digest

    def _all(self, paper: Paper) -> Iterator[RuleMatch]:
        for keyword in paper.keywords:
            slug = self._by_name.get(normal_form(keyword))
            if slug:
                yield slug, keyword
        for text in (paper.title, paper.summary, paper.abstract, *paper.keywords):
            for phrase, slug in self._phrases.find(text):
                yield slug, phrase


def find_all(
    rules: RuleIndex,
    groups: Mapping[str, Mapping[bytes, P]],
    paper: Callable[[P], Paper],
    use: Callable[[RuleMatch], U],
    cache: Cache,
    jobs: int,
) -> dict[bytes, PaperMatches[U]]:
    """The matches of all papers by the paper's digest, each tag as `use` gives it.

    `groups` are papers that are cached together, by digest. `paper` turns one of them into a
    `Paper`; it is called only if the paper's matches aren't cached.
    """
    found: dict[bytes, PaperMatches[U]] = {}
    outdated: dict[str, _CachedMatches] = {}
    uncached: list[tuple[bytes, P]] = []
    for group, papers in groups.items():
        cached = _read(cache, group, rules)
        if b"".join(papers) == cached.papers:
            found.update(zip(papers, cached.matches(use), strict=True))
        else:
            unknown = papers.keys() - set(_split(cached.papers))
            outdated[group] = cached
            uncached.extend((each, one) for each, one in papers.items() if each in unknown)
    new = dict(parallel.spread(partial(_find, rules, paper), uncached, jobs))
    for group, before in outdated.items():
        cached = _updated(before, groups[group], new)
        cache.write(f"{_FOLDER}/{group}", cached)
        found.update(zip(groups[group], cached.matches(use), strict=True))
    return found


def _find(
    rules: RuleIndex, paper: Callable[[P], Paper], items: Iterable[tuple[bytes, P]]
) -> Iterator[tuple[bytes, PaperMatches[RuleMatch]]]:
    for key, each in items:
        yield key, rules.find(paper(each))


def _read(cache: Cache, group: str, rules: RuleIndex) -> _CachedMatches:
    """The cached matches of a group; none if other rules were used."""
    cached = cache.read(f"{_FOLDER}/{group}", _CachedMatches)
    empty = _CachedMatches(rules.digest, [], b"", [], [], b"")
    return cached if cached and cached.rules == rules.digest else empty


def _updated(
    cached: _CachedMatches, digests: Iterable[bytes], new: Mapping[bytes, PaperMatches[RuleMatch]]
) -> _CachedMatches:
    """The matches of a group's papers, given by digest: cached ones and new ones."""
    known = dict(zip(_split(cached.papers), cached.matches(lambda tag: tag), strict=True))
    found = [known.get(each) or new[each] for each in digests]
    place_of: dict[RuleMatch, int] = {}
    for tag in chain.from_iterable(tags for _, tags, _ in found):
        place_of.setdefault(tag, len(place_of))
    return _CachedMatches(
        cached.rules,
        tags=list(place_of),
        papers=b"".join(digests),
        titles=[title for title, _, _ in found],
        places=[tuple(map(place_of.__getitem__, tags)) for _, tags, _ in found],
        digests=b"".join(tags_digest for _, _, tags_digest in found),
    )


def _split(digests: bytes) -> Iterator[bytes]:
    """Concatenated digests, one by one."""
    return (digests[start : start + DIGEST_SIZE] for start in range(0, len(digests), DIGEST_SIZE))
