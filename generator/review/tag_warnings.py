"""What in a vocabulary makes a reviewer look twice: tags like others, rules that take too much.

Takes two archives, an earlier and a later. Only what changed between them is told. Does no I/O.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping
from collections.abc import Set as AbstractSet
from difflib import SequenceMatcher

from msgspec import Struct

from generator.archive.model import Archive, Entry
from generator.core.model import Tag
from generator.text.phrases import normal_form

ALIKE_NAMES = 0.87
"""Names of which at least this share agrees look alike (`difflib`)."""
ALIKE_PAPERS = 0.6
"""Tags look alike if they share this part of all papers that have either."""
FEW_PAPERS = 3
"""With fewer papers than that, having the same ones says little."""
BROAD = 0.1
"""A rule that gives its tag to a larger part of the archive tells little of a paper."""
BROAD_PAPERS = 50
"""With fewer papers than that, no rule is too broad."""
BROAD_GROWTH = 1.5
"""A rule that was broad before is only named again if it finds so many times as many."""


class SimilarTags(Struct, frozen=True):
    """A new tag that looks like one that is there."""

    slug: str
    other: str
    names: tuple[str, str] | None
    """Similar ones, None where the papers tell."""
    shared: int = 0
    """Papers that have both."""
    of: int = 0
    """Papers that have one of the two."""


class BroadRule(Struct, frozen=True):
    """A rule that gives its tag to far too many papers."""

    slug: str
    name: str
    papers: int
    of: int
    phrase: str
    """The phrase that brings most of them."""
    by_phrase: int


def renamed_as(
    papers: AbstractSet[str], now: Mapping[str, frozenset[str]], known: Iterable[str]
) -> str:
    """The new tag that has much the same papers; empty if none has."""
    new = now.keys() - set(known)
    return next((slug for slug in sorted(new) if overlap(papers, now[slug])), "")


def overlap(one: AbstractSet[str], other: AbstractSet[str]) -> bool:
    """Whether two tags have much the same papers; few papers tell nothing."""
    if min(len(one), len(other)) < FEW_PAPERS:
        return False
    shared = len(one & other)
    return shared >= ALIKE_PAPERS * (len(one) + len(other) - shared)


def own_papers(archive: Archive) -> dict[str, frozenset[str]]:
    """The keys of the papers that have each tag itself."""
    found: defaultdict[str, set[str]] = defaultdict(set)
    for entry in archive.entries.values():
        for use in entry.tags:
            found[use.tag.slug].add(entry.key)
    return {slug: frozenset(keys) for slug, keys in found.items()}


def similar_tags(before: Archive, after: Archive, heirs: AbstractSet[str]) -> Iterator[SimilarTags]:
    """New tags that look like known ones; `heirs` are known by another name."""
    new = [page.tag for slug, page in after.tags.items() if slug not in before.tags.keys() | heirs]
    known = [page.tag for slug, page in after.tags.items() if slug in before.tags]
    if not new or not known:
        return
    own = own_papers(after)
    for tag in new:
        papers = own.get(tag.slug, frozenset())
        for other in known:
            names = _similar(tag, other)
            theirs = own.get(other.slug, frozenset())
            if names or overlap(papers, theirs):
                both, either = len(papers & theirs), len(papers | theirs)
                yield SimilarTags(tag.slug, other.slug, names, both, either)


def _similar(tag: Tag, other: Tag) -> tuple[str, str] | None:
    """Two names of two tags that look alike."""
    matcher = SequenceMatcher(autojunk=False)
    theirs: dict[str, str] = {}
    for name in _names(other):
        theirs.setdefault(normal_form(name), name)
    for name in _names(tag):
        form = normal_form(name)
        matcher.set_seq2(form)
        for their_form, their_name in theirs.items():
            matcher.set_seq1(their_form)
            if sorted(form.split()) == sorted(their_form.split()) or (
                matcher.real_quick_ratio() >= ALIKE_NAMES
                and matcher.quick_ratio() >= ALIKE_NAMES
                and matcher.ratio() >= ALIKE_NAMES
            ):
                return name, their_name
    return None


def _names(tag: Tag) -> tuple[str, ...]:
    return (tag.name, tag.slug, *tag.aliases)


def broad_rules(before: Archive, after: Archive, heirs: Mapping[str, str]) -> Iterator[BroadRule]:
    """Rules that find far too many papers, and did not before."""
    of = len(after.entries)
    found = _by_rule(after.entries.values())
    earlier = _by_rule(before.entries.values())
    had: Counter[str] = Counter()
    for slug, phrases in earlier.items():
        had[heirs.get(slug, slug)] += phrases.total()
    for slug, page in after.tags.items():
        phrases = found.get(slug, Counter())
        papers = phrases.total()
        if papers < max(BROAD_PAPERS, BROAD * of) or papers < BROAD_GROWTH * had[slug]:
            continue
        phrase, most = min(phrases.items(), key=lambda each: (-each[1], each[0]))
        yield BroadRule(slug, page.tag.name, papers, of, phrase, most)


def _by_rule(entries: Iterable[Entry]) -> dict[str, Counter[str]]:
    """For each tag the phrases that gave it to papers, with how many."""
    found: defaultdict[str, Counter[str]] = defaultdict(Counter)
    for entry in entries:
        for use in entry.tags:
            if use.origin == "rule":
                found[use.tag.slug][use.phrase] += 1
    return found
