"""What is costly to find in a paper: its plain title, and the tags that rules give it.

Takes papers and the vocabulary, gives a `Finding` each; earlier ones come from a cache, by a digest
of the paper, as long as the vocabulary's rules are the same. Never knows of people's tags.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import partial
from typing import NamedTuple

from generator import markup, processes
from generator.cache import Cache
from generator.matching import PhraseIndex, normal_form
from generator.model import Paper, Tag
from generator.plan import digest

_FOLDER = "findings"


class Finding(NamedTuple):
    """What was found in one paper."""

    title: str
    """As one line of plain text."""
    tags: tuple[tuple[str, str], ...]
    """Slugs of tags that rules give it, by the tags' names, each with what was found first."""


class _Kept(NamedTuple):
    rules: bytes
    """Digest of the rules that found it."""
    found: dict[bytes, Finding]
    """By the paper's digest."""


class Rules:
    """The vocabulary's rules, ready to look for."""

    __slots__ = ("_by_name", "_order", "_phrases", "digest")

    def __init__(self, tags: Iterable[Tag]) -> None:
        tags = tuple(tags)
        self._by_name = names(tags)
        self._order = {tag.slug: (tag.name.casefold(), tag.slug) for tag in tags}
        self._phrases = PhraseIndex((phrase, tag.slug) for tag in tags for phrase in tag.match)
        told = [(tag.slug, tag.name, tag.aliases, tag.match) for tag in tags]
        self.digest = digest(told)

    def find(self, paper: Paper) -> Finding:
        """Look through one paper."""
        found: dict[str, str] = {}
        for slug, phrase in self._all(paper):
            found.setdefault(slug, phrase)
        by_name = sorted(found.items(), key=lambda each: self._order[each[0]])
        return Finding(markup.plain(paper.title), tuple(by_name))

    def _all(self, paper: Paper) -> Iterator[tuple[str, str]]:
        for keyword in paper.keywords:
            slug = self._by_name.get(normal_form(keyword))
            if slug:
                yield slug, keyword
        for text in (paper.title, paper.summary, paper.abstract, *paper.keywords):
            for phrase, slug in self._phrases.find(text):
                yield slug, phrase


def names(tags: Iterable[Tag]) -> dict[str, str]:
    """Every way to name a tag (slug, name, aliases), in normal form, to its slug."""
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
    rules: Rules, parts: Mapping[str, Mapping[bytes, Paper]], cache: Cache, jobs: int
) -> dict[bytes, Finding]:
    """Findings of all papers by their digest; papers come in parts that are kept together."""
    found: dict[bytes, Finding] = {}
    fresh: list[tuple[bytes, Paper]] = []
    changed: list[str] = []
    for part, papers in parts.items():
        kept = _read(cache, part, rules)
        unknown = papers.keys() - kept.keys()
        found.update((key, kept[key]) for key in papers if key not in unknown)
        fresh.extend((key, papers[key]) for key in papers if key in unknown)
        if unknown:
            changed.append(part)
    found.update(processes.spread(partial(_find, rules), fresh, jobs))
    for part in changed:
        values = {key: found[key] for key in parts[part]}
        cache.write(f"{_FOLDER}/{part}", _Kept(rules.digest, values))
    return found


def _find(rules: Rules, items: Sequence[tuple[bytes, Paper]]) -> Iterator[tuple[bytes, Finding]]:
    for key, paper in items:
        yield key, rules.find(paper)


def _read(cache: Cache, part: str, rules: Rules) -> dict[bytes, Finding]:
    kept = cache.read(f"{_FOLDER}/{part}", _Kept)
    return kept.found if kept and kept.rules == rules.digest else {}
