"""Warnings on a vocabulary for reviewers: new tags similar to others, rules that match too much.

Takes two archives, before and after a change, and reports only what the change brings. Does no I/O.
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

MIN_NAME_SIMILARITY = 0.87
"""Names are similar from this ratio of `difflib.SequenceMatcher` on."""
MIN_SHARED_PAPERS = 0.6
"""Tags are similar if they share at least this fraction of the papers with either."""
MIN_PAPERS = 3
"""Tags with fewer papers than this aren't compared by their papers."""
BROAD_SHARE = 0.1
"""A rule is too broad if it matches at least this fraction of all papers."""
MIN_BROAD_PAPERS = 50
"""A rule that matches fewer papers than this is never too broad."""
BROAD_GROWTH = 1.5
"""A rule is reported only if it matches at least this many times as many papers as before."""


class SimilarTags(Struct, frozen=True):
    """A new tag that is similar to a tag that was there before."""

    slug: str
    other: str
    names: tuple[str, str] | None
    """A similar name of each; None if only the papers are similar."""
    shared: int = 0
    """Papers that have both tags."""
    of: int = 0
    """Papers that have at least one of them."""


class BroadRule(Struct, frozen=True):
    """A rule that matches too many papers."""

    slug: str
    name: str
    papers: int
    """Papers that it matches."""
    of: int
    """All papers."""
    phrase: str
    """The phrase that matches most of them."""
    by_phrase: int
    """Papers that this phrase matches."""


def likely_replacement(
    papers: AbstractSet[str], papers_after: Mapping[str, frozenset[str]], before: Iterable[str]
) -> str:
    """The slug of a new tag with mostly the same papers as a removed tag; empty if there is none.

    Takes keys of papers: those of the removed tag, and those of all tags after the change, by
    slug. `before` has the slugs before the change.
    """
    new = papers_after.keys() - set(before)
    return next((slug for slug in sorted(new) if overlap(papers, papers_after[slug])), "")


def overlap(one: AbstractSet[str], other: AbstractSet[str]) -> bool:
    """Whether two tags have mostly the same papers; False if they have too few to compare."""
    if min(len(one), len(other)) < MIN_PAPERS:
        return False
    shared = len(one & other)
    return shared >= MIN_SHARED_PAPERS * (len(one) + len(other) - shared)


def papers_by_tag(archive: Archive) -> dict[str, frozenset[str]]:
    """The keys of the papers that have a tag itself, not only one below it, by the tag's slug."""
    found: defaultdict[str, set[str]] = defaultdict(set)
    for entry in archive.entries.values():
        for use in entry.tags:
            found[use.tag.slug].add(entry.key)
    return {slug: frozenset(keys) for slug, keys in found.items()}


def similar_tags(
    before: Archive, after: Archive, replacements: AbstractSet[str]
) -> Iterator[SimilarTags]:
    """New tags that are similar to older ones; `replacements` are slugs that aren't new tags."""
    not_new = before.tags.keys() | replacements
    new = [page.tag for slug, page in after.tags.items() if slug not in not_new]
    older = [page.tag for slug, page in after.tags.items() if slug in before.tags]
    if not new or not older:
        return
    by_tag = papers_by_tag(after)
    for tag in new:
        papers = by_tag.get(tag.slug, frozenset())
        for other in older:
            names = _similar_names(tag, other)
            other_papers = by_tag.get(other.slug, frozenset())
            if names or overlap(papers, other_papers):
                both, either = len(papers & other_papers), len(papers | other_papers)
                yield SimilarTags(tag.slug, other.slug, names, both, either)


def _similar_names(tag: Tag, other: Tag) -> tuple[str, str] | None:
    """The first pair of similar names of two tags; None if there is none."""
    matcher = SequenceMatcher(autojunk=False)
    other_names: dict[str, str] = {}
    for name in _names(other):
        other_names.setdefault(normal_form(name), name)
    for name in _names(tag):
        form = normal_form(name)
        matcher.set_seq2(form)
        for other_form, other_name in other_names.items():
            matcher.set_seq1(other_form)
            if sorted(form.split()) == sorted(other_form.split()) or (
                matcher.real_quick_ratio() >= MIN_NAME_SIMILARITY
                and matcher.quick_ratio() >= MIN_NAME_SIMILARITY
                and matcher.ratio() >= MIN_NAME_SIMILARITY
            ):
                return name, other_name
    return None


def _names(tag: Tag) -> tuple[str, ...]:
    return (tag.name, tag.slug, *tag.aliases)


def broad_rules(
    before: Archive, after: Archive, replacements: Mapping[str, str]
) -> Iterator[BroadRule]:
    """Rules that match too many papers, and far fewer before; a renamed tag's rule is the same."""
    of = len(after.entries)
    matched = _by_rule(after.entries.values())
    papers_before: Counter[str] = Counter()
    for slug, phrases in _by_rule(before.entries.values()).items():
        papers_before[replacements.get(slug, slug)] += phrases.total()
    for slug, page in after.tags.items():
        phrases = matched.get(slug, Counter())
        papers = phrases.total()
        is_broad = papers >= max(MIN_BROAD_PAPERS, BROAD_SHARE * of)
        if not is_broad or papers < BROAD_GROWTH * papers_before[slug]:
            continue
        phrase, count = min(phrases.items(), key=lambda each: (-each[1], each[0]))
        yield BroadRule(slug, page.tag.name, papers, of, phrase, count)


def _by_rule(entries: Iterable[Entry]) -> dict[str, Counter[str]]:
    """The phrases of each tag's rule, with the numbers of papers that they match, by slug."""
    found: defaultdict[str, Counter[str]] = defaultdict(Counter)
    for entry in entries:
        for use in entry.tags:
            if use.origin == "rule":
                found[use.tag.slug][use.phrase] += 1
    return found
