"""What is costly to find in a paper: its plain title, and the tags that rules give it.

Takes papers and the vocabulary, gives a `Finding` each; earlier ones come from a cache, by a digest
of the paper, as long as the vocabulary's rules are the same. Never knows of people's tags.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import lru_cache, partial
from itertools import chain
from typing import NamedTuple, TypeVar

from generator import markup, processes
from generator.cache import Cache
from generator.matching import PhraseIndex, normal_form
from generator.model import Paper, Tag
from generator.plan import DIGEST, digest

_FOLDER = "findings"
Found = tuple[str, str]
"""A tag's slug, and the phrase or keyword that was found."""
P = TypeVar("P")
U = TypeVar("U")


Finding = tuple[str, tuple[U, ...], bytes]
"""What was found in one paper: its title as one line of plain text; tags that rules give it, by
their names, each with what was found first; 16 bytes that change with the tags and their names."""


class _Kept(NamedTuple):
    """Findings of a part's papers, in columns: most often all are taken as they are."""

    rules: bytes
    """Digest of the rules that found it."""
    tags: list[Found]
    """Each once."""
    papers: bytes
    """Digests of the papers, one after the other."""
    titles: list[str]
    places: list[tuple[int, ...]]
    """Of each paper's tags among `tags`."""
    digests: bytes
    """Of each paper's tags."""

    def findings(self, use: Callable[[Found], U]) -> Iterator[Finding[U]]:
        """Of each of the papers."""
        use_at = list(map(use, self.tags)).__getitem__
        for title, places, told in zip(self.titles, self.places, _split(self.digests), strict=True):
            yield title, tuple(map(use_at, places)), told


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

    def find(self, paper: Paper) -> Finding[Found]:
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
        if b"".join(own) == kept.papers:
            found.update(zip(own, kept.findings(use), strict=True))
        else:
            unknown = own.keys() - set(_split(kept.papers))
            lacking[part] = kept
            fresh.extend((each, one) for each, one in own.items() if each in unknown)
    new = dict(processes.spread(partial(_find, rules, paper), fresh, jobs))
    for part, before in lacking.items():
        kept = _joined(before, parts[part], new)
        cache.write(f"{_FOLDER}/{part}", kept)
        found.update(zip(parts[part], kept.findings(use), strict=True))
    return found


def _find(
    rules: Rules, paper: Callable[[P], Paper], items: Iterable[tuple[bytes, P]]
) -> Iterator[tuple[bytes, Finding[Found]]]:
    for key, each in items:
        yield key, rules.find(paper(each))


def _read(cache: Cache, part: str, rules: Rules) -> _Kept:
    kept = cache.read(f"{_FOLDER}/{part}", _Kept)
    nothing = _Kept(rules.digest, [], b"", [], [], b"")
    return kept if kept and kept.rules == rules.digest else nothing


def _joined(kept: _Kept, digests: Iterable[bytes], new: Mapping[bytes, Finding[Found]]) -> _Kept:
    """What is kept of a part's papers: what was, and what was found anew."""
    known = dict(zip(_split(kept.papers), kept.findings(lambda tag: tag), strict=True))
    found = [known.get(each) or new[each] for each in digests]
    place_of: dict[Found, int] = {}
    for tag in chain.from_iterable(tags for _, tags, _ in found):
        place_of.setdefault(tag, len(place_of))
    return _Kept(
        kept.rules,
        tags=list(place_of),
        papers=b"".join(digests),
        titles=[title for title, _, _ in found],
        places=[tuple(map(place_of.__getitem__, tags)) for _, tags, _ in found],
        digests=b"".join(told for _, _, told in found),
    )


def _split(digests: bytes) -> Iterator[bytes]:
    """Digests that stand one after the other."""
    return (digests[start : start + DIGEST] for start in range(0, len(digests), DIGEST))
