"""The differences between two states of the archive: tags of papers, vocabulary, pages, URLs.

Takes two archives, each with the digests of its targets; gives a frozen `Comparison`. Its fields,
with the names in `rename`, are the output of `paper-archive diff --format json`, which scripts may
read. Does no I/O.
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

MAX_EXAMPLES = 3
"""At most this many pages of a group are named."""

TagChangeKind = Literal["new", "renamed", "merged", "gone", "changed", "same"]
QueryChangeKind = Literal["new", "gone", "changed", "same"]


class TagGained(Struct, frozen=True):
    """A tag that a paper gets, and its origin."""

    slug: str
    name: str
    origin: Literal["rule", "people"]
    phrase: str = ""
    """The phrase of the rule; empty for a tag that people gave."""


class PaperChange(Struct, frozen=True):
    """A paper in both states whose tags differ; a renamed tag counts as the same tag."""

    key: str
    title: str
    gained: tuple[TagGained, ...]
    lost: tuple[str, ...]
    """Names of tags."""


class TagChange(
    Struct,
    frozen=True,
    rename={"kind": "how", "replacement": "into", "likely_replacement": "perhaps"},
):
    """A tag that differs, in its file or in its papers."""

    slug: str
    """For a tag that is renamed, merged or gone, the old slug."""
    name: str
    kind: TagChangeKind
    """`same` if only its papers differ."""
    replacement: str = ""
    """The slug of the tag that replaces it, if it is renamed or merged."""
    likely_replacement: str = ""
    """For a tag that is gone: the slug of a new tag with mostly the same papers."""
    changed: tuple[str, ...] = ()
    """Keys of its file that differ."""
    before: int = 0
    """Papers that had the tag itself, not only one below it."""
    after: int = 0
    gained: int = 0
    """Papers in both states that get the tag."""
    lost: int = 0
    """Papers in both states that lose the tag."""


class QueryChange(Struct, frozen=True, rename={"kind": "how"}):
    """A saved query that differs, in its file or in the papers it finds."""

    slug: str
    name: str
    kind: QueryChangeKind
    """`same` if only the papers differ."""
    changed: tuple[str, ...] = ()
    """Keys of its file that differ."""
    before: int = 0
    """Papers that it found."""
    after: int = 0
    gained: tuple[tuple[str, str], ...] = ()
    """Key and title of papers that it finds now, newest first."""
    lost: tuple[tuple[str, str], ...] = ()


class PageChanges(Struct, frozen=True, rename={"group": "kind", "removed": "gone"}):
    """The numbers of new, changed and removed pages of a group, each with a few examples."""

    group: str
    new: tuple[int, tuple[str, ...]]
    changed: tuple[int, tuple[str, ...]]
    removed: tuple[int, tuple[str, ...]]


class Comparison(
    Struct,
    frozen=True,
    rename={
        "removed_papers": "gone_papers",
        "lost_urls": "gone",
        "similar_tags": "alike",
        "broad_rules": "broad",
    },
):
    """Everything that differs between two states."""

    settings: tuple[str, ...]
    """Keys of archive.yaml that differ; if there are any, all pages are made again."""
    papers: tuple[PaperChange, ...]
    """Newest first."""
    new_papers: tuple[tuple[str, str], ...]
    """Key and title, newest first."""
    removed_papers: tuple[tuple[str, str], ...]
    tags: tuple[TagChange, ...]
    pages: tuple[PageChanges, ...]
    lost_urls: tuple[LostUrl, ...]
    """By path."""
    similar_tags: tuple[SimilarTags, ...]
    broad_rules: tuple[BroadRule, ...]
    queries: tuple[QueryChange, ...] = ()
    """By name, those that are gone last."""

    @property
    def is_empty(self) -> bool:
        """Whether the site stays as it is."""
        return not (self.settings or self.pages or self.lost_urls or self.tags)


def compare(before: ArchiveState, after: ArchiveState) -> Comparison:
    """Everything that differs between two states."""
    replacements = lost_urls.replacements(before.archive, after.archive)
    papers = tuple(_papers(before.archive, after.archive, replacements))
    return Comparison(
        settings=_differing(before.archive.settings, after.archive.settings),
        papers=papers,
        new_papers=_missing_in(before.archive, after.archive),
        removed_papers=_missing_in(after.archive, before.archive),
        tags=tuple(_tags(before.archive, after.archive, replacements, papers)),
        pages=tuple(_pages(before.targets, after.targets)),
        lost_urls=tuple(lost_urls.lost_urls(before, after)),
        similar_tags=tuple(
            tag_warnings.similar_tags(
                before.archive, after.archive, frozenset(replacements.values())
            )
        ),
        broad_rules=tuple(tag_warnings.broad_rules(before.archive, after.archive, replacements)),
        queries=tuple(_queries(before.archive, after.archive)),
    )


# --- papers and tags --------------------------------------------------------------------------


def _papers(
    before: Archive, after: Archive, replacements: Mapping[str, str]
) -> Iterator[PaperChange]:
    for key, entry in after.entries.items():
        old = before.entries.get(key)
        if old is None or old.digest == entry.digest:
            continue
        old_tags = {replacements.get(use.tag.slug, use.tag.slug): use for use in old.tags}
        new_tags = {use.tag.slug: use for use in entry.tags}
        gained = tuple(_gained(use) for slug, use in new_tags.items() if slug not in old_tags)
        lost = tuple(use.tag.name for slug, use in old_tags.items() if slug not in new_tags)
        if gained or lost:
            yield PaperChange(key, entry.title, gained, lost)


def _gained(use: TagUse) -> TagGained:
    return TagGained(use.tag.slug, use.tag.name, use.origin, use.phrase)


def _missing_in(one: Archive, other: Archive) -> tuple[tuple[str, str], ...]:
    """Papers of `other` that `one` doesn't have: key and title."""
    return tuple((e.key, e.title) for e in other.entries.values() if e.key not in one.entries)


def _tags(
    before: Archive, after: Archive, replacements: Mapping[str, str], papers: Sequence[PaperChange]
) -> Iterator[TagChange]:
    """Tags whose file or papers differ: first those of the new vocabulary, then removed ones."""
    gained = Counter(each.slug for paper in papers for each in paper.gained)
    lost = _losses(before, after, replacements, papers)
    for slug, page in after.tags.items():
        old = before.tags.get(slug)
        changed = _differing(old.tag, page.tag) if old else ()
        kind: TagChangeKind = "new" if old is None else "changed" if changed else "same"
        if kind == "new" and slug in replacements.values():
            continue  # reported below, with the tag that it replaces
        count_before = old.own if old else 0
        if kind != "same" or gained[slug] or lost[slug] or count_before != page.own:
            yield TagChange(
                slug,
                page.tag.name,
                kind,
                changed=changed,
                before=count_before,
                after=page.own,
                gained=gained[slug],
                lost=lost[slug],
            )
    replaced = Counter(replacements.values())
    papers_before = tag_warnings.papers_by_tag(before)
    papers_after = tag_warnings.papers_by_tag(after)
    for slug, old in before.tags.items():
        if slug in after.tags:
            continue
        into = replacements.get(slug, "")
        is_renamed = into not in before.tags and replaced[into] == 1
        kind = "gone" if not into else "renamed" if is_renamed else "merged"
        yield TagChange(
            slug,
            old.tag.name,
            kind,
            replacement=into,
            likely_replacement=""
            if into
            else tag_warnings.likely_replacement(
                papers_before.get(slug, frozenset()), papers_after, before.tags
            ),
            before=old.own,
            after=after.tags[into].own if into else 0,
            gained=gained[into] if is_renamed and into else 0,
            lost=lost[into] if is_renamed and into else lost[slug],
        )


def _losses(
    before: Archive, after: Archive, replacements: Mapping[str, str], papers: Sequence[PaperChange]
) -> Counter[str]:
    """How many papers lose each tag, by slug; for a replaced tag, by the new slug."""
    lost: Counter[str] = Counter()
    for paper in papers:
        new_tags = {use.tag.slug for use in after.entries[paper.key].tags}
        old_tags = {use.tag.slug for use in before.entries[paper.key].tags}
        lost.update({replacements.get(slug, slug) for slug in old_tags} - new_tags)
    return lost


def _queries(before: Archive, after: Archive) -> Iterator[QueryChange]:
    """Saved queries whose file or papers differ."""
    removed = {slug: page for slug, page in before.queries.items() if slug not in after.queries}
    for slug, page in {**after.queries, **removed}.items():
        old, new = before.queries.get(slug), after.queries.get(slug)
        found_before = {entry.key: entry.title for entry in old.entries} if old else {}
        found_after = {entry.key: entry.title for entry in new.entries} if new else {}
        changed = _differing(old.saved, new.saved) if old and new else ()
        gained = tuple(each for each in found_after.items() if each[0] not in found_before)
        lost = tuple(each for each in found_before.items() if each[0] not in found_after)
        kind: QueryChangeKind = (
            "new" if not old else "gone" if not new else "changed" if changed else "same"
        )
        if kind != "same" or gained or lost:
            counts = len(found_before), len(found_after)
            yield QueryChange(slug, page.saved.name, kind, changed, *counts, gained, lost)


def _differing(one: V, other: V) -> tuple[str, ...]:
    """The names of fields that differ."""
    names = (each.name for each in fields(one))
    return tuple(name for name in names if getattr(one, name) != getattr(other, name))


# --- pages ------------------------------------------------------------------------------------


def _pages(before: Mapping[str, bytes], after: Mapping[str, bytes]) -> Iterator[PageChanges]:
    both = before.keys() & after.keys()
    new = _by_group(after.keys() - both)
    removed = _by_group(before.keys() - both)
    changed = _by_group(path for path in both if before[path] != after[path])
    for group in page_kinds.GROUPS:
        counted = tuple(_counted(each.get(group, [])) for each in (new, changed, removed))
        if any(count for count, _ in counted):
            yield PageChanges(group, *counted)


def _by_group(paths: Iterable[str]) -> dict[str, list[str]]:
    found: defaultdict[str, list[str]] = defaultdict(list)
    for path in paths:
        found[page_kinds.kind_of(path).group].append(path)
    return found


def _counted(paths: Sequence[str]) -> tuple[int, tuple[str, ...]]:
    """How many there are, and the last ones by name: for days, the newest."""
    examples = sorted(paths, reverse=True)[:MAX_EXAMPLES]
    return len(paths), tuple(map(lost_urls.shown, examples))
