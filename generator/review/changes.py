"""What differs between two states of the archive: papers' tags, the vocabulary, pages, addresses.

Takes two archives, each with the digests of its targets; gives one frozen `Comparison`, which
judges nothing. Does no I/O.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Literal, TypeVar

from msgspec import Struct
from msgspec.structs import fields

from generator.archive.model import Archive, TagUse
from generator.core import page_kinds
from generator.core.model import SavedQuery, Settings, Tag
from generator.review import lost_urls, tag_warnings
from generator.review.lost_urls import ArchiveState, LostUrl
from generator.review.tag_warnings import BroadRule, SimilarTags

V = TypeVar("V", Tag, Settings, SavedQuery)

EXAMPLES = 3
"""So many pages of a kind are named."""

TagChangeKind = Literal["new", "renamed", "merged", "gone", "changed", "same"]
QueryChangeKind = Literal["new", "gone", "changed", "same"]


class TagGained(Struct, frozen=True):
    """A tag that a paper gets, and why."""

    slug: str
    name: str
    origin: Literal["rule", "people"]
    phrase: str = ""


class PaperChange(Struct, frozen=True):
    """A paper of both states whose tags differ; a tag under a new name is the same tag."""

    key: str
    title: str
    gained: tuple[TagGained, ...]
    lost: tuple[str, ...]
    """Names."""


class TagChange(Struct, frozen=True):
    """What becomes of one tag."""

    slug: str
    """As it was, where it is renamed, merged or gone."""
    name: str
    how: TagChangeKind
    """`same` where only its papers change."""
    into: str = ""
    """The slug of the tag that takes its place."""
    perhaps: str = ""
    """For a tag that is gone: a new one with much the same papers."""
    changed: tuple[str, ...] = ()
    """Keys of its file that differ."""
    before: int = 0
    """Papers that had the tag itself."""
    after: int = 0
    gained: int = 0
    """Of the papers of both states."""
    lost: int = 0


class QueryChange(Struct, frozen=True):
    """What becomes of one saved query."""

    slug: str
    name: str
    how: QueryChangeKind
    """`same` where it only finds other papers."""
    changed: tuple[str, ...] = ()
    """Keys of its file that differ."""
    before: int = 0
    """Papers it found."""
    after: int = 0
    gained: tuple[tuple[str, str], ...] = ()
    """Key and title, newest first."""
    lost: tuple[tuple[str, str], ...] = ()


class PageChanges(Struct, frozen=True):
    """How many pages of a kind are new, change or go, with a few of each."""

    kind: str
    new: tuple[int, tuple[str, ...]]
    changed: tuple[int, tuple[str, ...]]
    gone: tuple[int, tuple[str, ...]]


class Comparison(Struct, frozen=True):
    """What a merge would do."""

    settings: tuple[str, ...]
    """Keys of archive.yaml that differ; with any, every page is made again."""
    papers: tuple[PaperChange, ...]
    """Newest first."""
    new_papers: tuple[tuple[str, str], ...]
    """Key and title, newest first."""
    gone_papers: tuple[tuple[str, str], ...]
    tags: tuple[TagChange, ...]
    pages: tuple[PageChanges, ...]
    gone: tuple[LostUrl, ...]
    """By path."""
    alike: tuple[SimilarTags, ...]
    broad: tuple[BroadRule, ...]
    queries: tuple[QueryChange, ...] = ()
    """By name, those that are gone last."""

    @property
    def is_empty(self) -> bool:
        """Whether the site stays as it is."""
        return not (self.settings or self.pages or self.gone or self.tags)


def compare(before: ArchiveState, after: ArchiveState) -> Comparison:
    """All that differs."""
    heirs = lost_urls.replacements(before.archive, after.archive)
    papers = tuple(_papers(before.archive, after.archive, heirs))
    return Comparison(
        settings=_differing(before.archive.settings, after.archive.settings),
        papers=papers,
        new_papers=_missing_in(before.archive, after.archive),
        gone_papers=_missing_in(after.archive, before.archive),
        tags=tuple(_tags(before.archive, after.archive, heirs, papers)),
        pages=tuple(_pages(before.targets, after.targets)),
        gone=tuple(lost_urls.lost_urls(before, after)),
        alike=tuple(
            tag_warnings.similar_tags(before.archive, after.archive, frozenset(heirs.values()))
        ),
        broad=tuple(tag_warnings.broad_rules(before.archive, after.archive, heirs)),
        queries=tuple(_queries(before.archive, after.archive)),
    )


# --- papers and tags --------------------------------------------------------------------------


def _papers(before: Archive, after: Archive, heirs: Mapping[str, str]) -> Iterator[PaperChange]:
    for key, entry in after.entries.items():
        old = before.entries.get(key)
        if old is None or old.digest == entry.digest:
            continue
        had = {heirs.get(use.tag.slug, use.tag.slug): use for use in old.tags}
        has = {use.tag.slug: use for use in entry.tags}
        gained = tuple(_gain(use) for slug, use in has.items() if slug not in had)
        lost = tuple(use.tag.name for slug, use in had.items() if slug not in has)
        if gained or lost:
            yield PaperChange(key, entry.title, gained, lost)


def _gain(use: TagUse) -> TagGained:
    return TagGained(use.tag.slug, use.tag.name, use.origin, use.phrase)


def _missing_in(one: Archive, other: Archive) -> tuple[tuple[str, str], ...]:
    """Papers of the other that the one hasn't."""
    return tuple((e.key, e.title) for e in other.entries.values() if e.key not in one.entries)


def _tags(
    before: Archive, after: Archive, heirs: Mapping[str, str], papers: Sequence[PaperChange]
) -> Iterator[TagChange]:
    """Those that differ in themselves or in their papers: of the vocabulary now, then the gone."""
    gained = Counter(each.slug for paper in papers for each in paper.gained)
    lost = _losses(before, after, heirs, papers)
    for slug, page in after.tags.items():
        old = before.tags.get(slug)
        changed = _differing(old.tag, page.tag) if old else ()
        how: TagChangeKind = "new" if old is None else "changed" if changed else "same"
        is_heir = slug in heirs.values()
        if how == "new" and is_heir:
            continue  # told with the tag it was
        had = old.own if old else 0
        if how != "same" or gained[slug] or lost[slug] or had != page.own:
            yield TagChange(
                slug,
                page.tag.name,
                how,
                changed=changed,
                before=had,
                after=page.own,
                gained=gained[slug],
                lost=lost[slug],
            )
    takers = Counter(heirs.values())
    own = tag_warnings.own_papers(before), tag_warnings.own_papers(after)
    for slug, old in before.tags.items():
        if slug in after.tags:
            continue
        into = heirs.get(slug, "")
        is_renamed = into not in before.tags and takers[into] == 1
        how = "gone" if not into else "renamed" if is_renamed else "merged"
        yield TagChange(
            slug,
            old.tag.name,
            how,
            into=into,
            perhaps=""
            if into
            else tag_warnings.renamed_as(own[0].get(slug, frozenset()), own[1], before.tags),
            before=old.own,
            after=after.tags[into].own if into else 0,
            gained=gained[into] if is_renamed and into else 0,
            lost=lost[into] if is_renamed and into else lost[slug],
        )


def _losses(
    before: Archive, after: Archive, heirs: Mapping[str, str], papers: Sequence[PaperChange]
) -> Counter[str]:
    lost: Counter[str] = Counter()
    for paper in papers:
        has = {use.tag.slug for use in after.entries[paper.key].tags}
        had = {use.tag.slug for use in before.entries[paper.key].tags}
        lost.update({heirs.get(slug, slug) for slug in had} - has)
    return lost


def _queries(before: Archive, after: Archive) -> Iterator[QueryChange]:
    """Saved queries that differ in themselves or in what they find."""
    gone = {slug: page for slug, page in before.queries.items() if slug not in after.queries}
    for slug, page in {**after.queries, **gone}.items():
        old, new = before.queries.get(slug), after.queries.get(slug)
        had = {entry.key: entry.title for entry in old.entries} if old else {}
        has = {entry.key: entry.title for entry in new.entries} if new else {}
        changed = _differing(old.saved, new.saved) if old and new else ()
        gained = tuple(each for each in has.items() if each[0] not in had)
        lost = tuple(each for each in had.items() if each[0] not in has)
        how: QueryChangeKind = (
            "new" if not old else "gone" if not new else "changed" if changed else "same"
        )
        if how != "same" or gained or lost:
            name = page.saved.name
            yield QueryChange(slug, name, how, changed, len(had), len(has), gained, lost)


def _differing(one: V, other: V) -> tuple[str, ...]:
    """Names of fields that differ."""
    names = (each.name for each in fields(one))
    return tuple(name for name in names if getattr(one, name) != getattr(other, name))


# --- pages ------------------------------------------------------------------------------------


def _pages(before: Mapping[str, bytes], after: Mapping[str, bytes]) -> Iterator[PageChanges]:
    both = before.keys() & after.keys()
    new = _by_kind(after.keys() - both)
    gone = _by_kind(before.keys() - both)
    changed = _by_kind(path for path in both if before[path] != after[path])
    for group in page_kinds.GROUPS:
        told = tuple(_counted(each.get(group, [])) for each in (new, changed, gone))
        if any(count for count, _ in told):
            yield PageChanges(group, *told)


def _by_kind(paths: Iterable[str]) -> dict[str, list[str]]:
    found: defaultdict[str, list[str]] = defaultdict(list)
    for path in paths:
        found[page_kinds.kind_of(path).group].append(path)
    return found


def _counted(paths: Sequence[str]) -> tuple[int, tuple[str, ...]]:
    """How many, and the last ones by name: of days, the newest."""
    shown = sorted(paths, reverse=True)[:EXAMPLES]
    return len(paths), tuple(map(lost_urls.shown, shown))
