"""The archive in memory: content joined and indexed by paper, day, tag and author.

Takes well-formed `Content`, gives one frozen `Archive`; computed names differ from the file
format's (an `Entry` is a paper with what the archive knows of it). Does no I/O, never fails on
content: what makes no sense was reported by `checks.py`, and is left out here.
"""

from __future__ import annotations

import contextlib
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from types import MappingProxyType
from typing import Literal

import msgspec

from generator import authors, findings, merging, plan, processes, queries, urls
from generator.cache import Cache
from generator.findings import Finding
from generator.matching import normal_form
from generator.model import (
    Content,
    DailyList,
    Paper,
    SavedQuery,
    Settings,
    Source,
    Tag,
    Tagging,
)
from generator.selecting import Catalogue


@dataclass(frozen=True, slots=True)
class TagUse:
    """Why a paper has a tag."""

    tag: Tag
    origin: Literal["rule", "people"]
    phrase: str = ""
    """The phrase or keyword that a rule found."""


class Entry(msgspec.Struct, frozen=True, eq=False, gc=False):
    """One paper of the archive, on however many days it was listed.

    There are very many: a `Struct` is made in a tenth of a dataclass's time.
    """

    key: str
    paper: Paper
    days: tuple[date, ...]
    """Days it was listed, oldest first."""
    tags: tuple[TagUse, ...]
    """By name."""
    tagging: Tagging | None
    """What people said, in the first of its files and all others; None where nobody did."""
    title: str
    """The title as one line of plain text."""
    digest: bytes
    """16 bytes that change with anything here."""
    of_paper: bytes
    """16 bytes that change with the paper alone, whatever tags it gets."""

    @property
    def listed(self) -> date:
        """The day it was listed first."""
        return self.days[0]

    @property
    def upvotes(self) -> int:
        """Upvotes, 0 where the source gives none."""
        return self.paper.upvotes or 0


@dataclass(frozen=True, slots=True, eq=False)
class Day:
    """One daily list with its entries in the source's order."""

    date: date
    source: Source
    entries: tuple[Entry, ...]


@dataclass(frozen=True, slots=True, eq=False)
class TagPage:
    """A tag with its place in the tree and its papers."""

    tag: Tag
    children: tuple[Tag, ...]
    """By name."""
    ancestors: tuple[Tag, ...]
    """From the root down to the parent."""
    entries: tuple[Entry, ...]
    """Papers with the tag or one below it, newest first."""
    own: int
    """How many of them have the tag itself."""
    below: frozenset[str]
    """Slugs of all tags below it."""


class Author(msgspec.Struct, frozen=True, eq=False, gc=False):
    """People of one name; the archive can't tell namesakes apart."""

    slug: str
    name: str
    """The commonest spelling."""
    entries: tuple[Entry, ...]
    """Newest first."""


@dataclass(frozen=True, slots=True, eq=False)
class QueryPage:
    """A saved query with the papers it finds."""

    saved: SavedQuery
    entries: tuple[Entry, ...]
    """Newest first."""


@dataclass(frozen=True, slots=True, eq=False)
class Archive:
    """Everything the pages and feeds are made from."""

    settings: Settings
    entries: Mapping[str, Entry]
    """By key, newest first."""
    days: tuple[Day, ...]
    """Oldest first."""
    tags: Mapping[str, TagPage]
    """By slug, in the order of names."""
    authors: Mapping[str, Author]
    """Authors who have a page, by slug."""
    authors_by_name: Mapping[str, Author] = field(repr=False)
    """The same by each of their names as papers have it."""
    queries: Mapping[str, QueryPage] = field(default_factory=dict)
    """Saved queries by slug, in the order of names."""

    @property
    def newest(self) -> Day | None:
        """The newest daily list, None in an empty archive."""
        return self.days[-1] if self.days else None

    def author_of(self, name: str) -> Author | None:
        """The author with a name that papers have, None where the name has no page."""
        return self.authors_by_name.get(name)


def build(
    content: Content,
    cache: Cache | None = None,
    jobs: int = 1,
    digests: Mapping[date, Sequence[bytes]] = MappingProxyType({}),
) -> Archive:
    """Join and index the content.

    `cache` holds what was found in papers before, `digests` those of a day's papers.
    """
    keys = [[urls.paper_key(paper.id) for paper in daily.papers] for daily in content.lists]
    papers, days_of = _join(content.lists, keys)
    order = _newest_first(content.lists, keys, days_of)
    names = [papers[key].authors for key in order]
    at_least = content.settings.author_min_papers
    several = jobs if len(order) >= processes.FEW else 1
    with processes.beside(lambda: authors.encoded(names, at_least), several) as index:
        of_papers = _digests(content.lists, keys, papers, digests)
        found = _findings(content.tags, of_papers, papers, days_of, cache, jobs)
        entries = _entries(content, papers, days_of, of_papers, found)
        newest_first = [entries[key] for key in order]
        tags = _tag_pages(content.tags, newest_first)
        indexed = authors.decoded(index())
    own = {
        each.slug: Author(each.slug, each.name, tuple(map(newest_first.__getitem__, each.papers)))
        for each in indexed
    }
    return Archive(
        settings=content.settings,
        entries={entry.key: entry for entry in newest_first},
        days=tuple(
            Day(daily.date, daily.source, tuple(entries[key] for key in dict.fromkeys(its_keys)))
            for daily, its_keys in zip(content.lists, keys, strict=True)
        ),
        tags=tags,
        authors=own,
        authors_by_name={name: own[each.slug] for each in indexed for name in each.names},
        queries=_query_pages(content, newest_first, tags, own) if content.queries else {},
    )


def _entries(
    content: Content,
    papers: Mapping[str, Paper],
    days_of: Mapping[str, tuple[date, ...]],
    digests: Mapping[str, bytes],
    found: Mapping[bytes, Finding],
) -> dict[str, Entry]:
    """Every paper with what the archive knows of it, by key."""
    tagger = _Tagger(content.tags)
    taggings = _joined(content.taggings)
    return {
        key: _entry(
            key, paper, days_of[key], digests[key], found[digests[key]], tagger, taggings.get(key)
        )
        for key, paper in papers.items()
    }


def _joined(taggings: Iterable[Tagging]) -> dict[str, Tagging]:
    """What people say of each paper in all files together, named after the first."""
    joined: dict[str, Tagging] = {}
    for each in sorted(taggings, key=lambda each: (each.paper, each.part)):
        first = joined.setdefault(each.paper, each)
        if first is not each:
            tags, remove = first.tags + each.tags, first.remove + each.remove
            joined[each.paper] = replace(first, tags=tags, remove=remove)
    return joined


def _digests(
    lists: Iterable[DailyList],
    keys: Iterable[Iterable[str]],
    papers: Mapping[str, Paper],
    known: Mapping[date, Sequence[bytes]],
) -> dict[str, bytes]:
    """A digest of each paper, by key; `known` has those of papers as lists give them."""
    told = {
        key: digest
        for daily, its_keys in zip(lists, keys, strict=True)
        for key, paper, digest in zip(
            its_keys, daily.papers, known.get(daily.date, ()), strict=False
        )
        if papers[key] is paper  # and wasn't joined of several lists
    }
    return {key: told.get(key) or plan.digest(paper) for key, paper in papers.items()}


def _findings(
    tags: Iterable[Tag],
    digests: Mapping[str, bytes],
    papers: Mapping[str, Paper],
    days_of: Mapping[str, Sequence[date]],
    cache: Cache | None,
    jobs: int,
) -> dict[bytes, Finding]:
    """What was found in each paper, by its digest; kept together by month."""
    by_month: dict[tuple[int, int], dict[bytes, Paper]] = defaultdict(dict)
    for key, paper in papers.items():
        day = days_of[key][0]
        by_month[day.year, day.month][digests[key]] = paper
    parts = {urls.month_name(date(*month, 1)): its_own for month, its_own in by_month.items()}
    rules = findings.Rules(tags)
    return findings.find_all(rules, parts, cache or Cache(None, b""), jobs)


def _entry(
    key: str,
    paper: Paper,
    days: tuple[date, ...],
    digest: bytes,
    finding: Finding,
    tagger: _Tagger,
    tagging: Tagging | None,
) -> Entry:
    tags = tagger.tags_of(finding, tagging)
    shown = [(use.tag.slug, use.tag.name, use.origin, use.phrase) for use in tags]
    return Entry(
        key=key,
        paper=paper,
        days=days,
        tags=tags,
        tagging=tagging,
        title=finding.title,
        digest=plan.digest((digest, days, shown, tagging)),
        of_paper=digest,
    )


class _Tagger:
    """Joins what rules found with what people say."""

    __slots__ = ("_by_name", "_by_slug", "_uses")

    def __init__(self, tags: Iterable[Tag]) -> None:
        tags = tuple(tags)
        self._by_slug = {tag.slug: tag for tag in tags}
        self._by_name = findings.names(tags)
        self._uses: dict[tuple[str, str], TagUse] = {}

    def tags_of(self, finding: Finding, tagging: Tagging | None) -> tuple[TagUse, ...]:
        """A paper's tags by name: what rules found and people's, without those removed."""
        if tagging is None:
            return tuple(map(self._use, finding.tags))
        uses = {each[0]: self._use(each) for each in finding.tags}
        for slug in self._resolved(tagging.tags):
            uses[slug] = TagUse(self._by_slug[slug], "people")
        for slug in self._resolved(tagging.remove):
            uses.pop(slug, None)
        return tuple(sorted(uses.values(), key=lambda use: (use.tag.name.casefold(), use.tag.slug)))

    def _use(self, found: tuple[str, str]) -> TagUse:
        """One object for the same tag and phrase in however many papers."""
        use = self._uses.get(found)
        if use is None:
            use = self._uses[found] = TagUse(self._by_slug[found[0]], "rule", found[1])
        return use

    def _resolved(self, written: Iterable[str]) -> Iterator[str]:
        for name in written:
            slug = self._by_name.get(normal_form(name))
            if slug:
                yield slug


def by_upvotes(entries: Iterable[Entry]) -> list[Entry]:
    """Most upvoted first; the given order among equals."""
    return sorted(entries, key=lambda entry: -entry.upvotes)


def unique(entries: Iterable[Entry]) -> list[Entry]:
    """Each entry once, where it comes first."""
    return list({entry.key: entry for entry in entries}.values())


def _join(
    lists: Iterable[DailyList], keys: Iterable[Iterable[str]]
) -> tuple[dict[str, Paper], dict[str, tuple[date, ...]]]:
    """Papers by key, a paper of several lists joined into one, and the days of each."""
    papers: dict[str, Paper] = {}
    days: dict[str, tuple[date, ...]] = {}
    for daily, its_keys in zip(lists, keys, strict=True):
        today = (daily.date,)
        for key, paper in zip(its_keys, daily.papers, strict=True):
            known = papers.get(key)
            papers[key] = merging.merge_paper(known, paper) if known else paper
            if days.setdefault(key, today)[-1] != daily.date:
                days[key] += today
    return papers, days


def _newest_first(
    lists: Sequence[DailyList],
    keys: Sequence[Iterable[str]],
    days_of: Mapping[str, tuple[date, ...]],
) -> list[str]:
    """Keys by the day listed first, newest first; within a day in the source's order."""
    return [
        key
        for daily, its_keys in zip(reversed(lists), reversed(keys), strict=True)
        for key in dict.fromkeys(its_keys)
        if days_of[key][0] == daily.date
    ]


def _tag_pages(tags: tuple[Tag, ...], entries: Iterable[Entry]) -> dict[str, TagPage]:
    by_slug = {tag.slug: tag for tag in tags}
    ancestors = {tag.slug: _ancestors(tag, by_slug) for tag in tags}
    lines = {slug: (slug, *_slugs(line)) for slug, line in ancestors.items()}
    children: dict[str, list[Tag]] = defaultdict(list)
    below: dict[str, set[str]] = defaultdict(set)
    for tag in tags:
        children[tag.parent].append(tag)
        for above in ancestors[tag.slug]:
            below[above.slug].add(tag.slug)
    within: dict[str, list[Entry]] = defaultdict(list)
    own: Counter[str] = Counter()
    for entry in entries:
        for use in entry.tags:
            own[use.tag.slug] += 1
            for slug in lines[use.tag.slug]:
                its_own = within[slug]
                if not its_own or its_own[-1] is not entry:
                    its_own.append(entry)
    return {
        tag.slug: TagPage(
            tag=tag,
            children=tuple(sorted(children[tag.slug], key=_by_name)),
            ancestors=ancestors[tag.slug],
            entries=tuple(within[tag.slug]),
            own=own[tag.slug],
            below=frozenset(below[tag.slug]),
        )
        for tag in sorted(tags, key=_by_name)
    }


def _query_pages(
    content: Content,
    entries: Sequence[Entry],
    tags: Mapping[str, TagPage],
    authors: Mapping[str, Author],
) -> dict[str, QueryPage]:
    """What each saved query finds."""
    places = {entry.key: place for place, entry in enumerate(entries)}

    def places_of(page: TagPage | Author) -> set[int]:
        return {places[entry.key] for entry in page.entries}

    catalogue = Catalogue(
        [entry.paper for entry in entries],
        [entry.listed for entry in entries],
        findings.names(content.tags),
        lambda slug: places_of(tags[slug]),
        lambda slug: places_of(authors[slug]) if slug in authors else None,
    )
    found: dict[str, QueryPage] = {}
    for saved in sorted(content.queries, key=lambda each: (each.name.casefold(), each.slug)):
        with contextlib.suppress(queries.QueryError):
            chosen = catalogue.find(queries.parse(saved.query))
            found[saved.slug] = QueryPage(saved, tuple(map(entries.__getitem__, chosen)))
    return found


def _ancestors(tag: Tag, by_slug: Mapping[str, Tag]) -> tuple[Tag, ...]:
    line: list[Tag] = []
    parent = by_slug.get(tag.parent)
    while parent is not None and parent is not tag and parent not in line:
        line.append(parent)
        parent = by_slug.get(parent.parent)
    return tuple(reversed(line))


def _slugs(tags: Iterable[Tag]) -> tuple[str, ...]:
    return tuple(tag.slug for tag in tags)


def _by_name(tag: Tag) -> tuple[str, str]:
    return tag.name.casefold(), tag.slug
