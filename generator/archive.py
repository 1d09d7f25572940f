"""The archive in memory: content joined and indexed by paper, day, tag and author.

Takes well-formed `Content`, gives one frozen `Archive`; computed names differ from the file
format's (an `Entry` is a paper with what the archive knows of it). Does no I/O, never fails on
content: what makes no sense was reported by `checks.py`, and is left out here.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Literal

from generator import findings, merging, plan, urls
from generator.cache import Cache
from generator.findings import Finding
from generator.matching import normal_form
from generator.model import Content, DailyList, Paper, Settings, Source, Tag, Tagging

RELATED_TAGS = 8


@dataclass(frozen=True, slots=True)
class TagUse:
    """Why a paper has a tag."""

    tag: Tag
    origin: Literal["rule", "people"]
    phrase: str = ""
    """The phrase or keyword that a rule found."""


@dataclass(frozen=True, slots=True, eq=False)
class Entry:
    """One paper of the archive, on however many days it was listed."""

    key: str
    paper: Paper
    days: tuple[date, ...]
    """Days it was listed, oldest first."""
    tags: tuple[TagUse, ...]
    """By name."""
    tagging: Tagging | None
    """What people said, None where nobody did."""
    title: str = field(repr=False)
    """The title as one line of plain text."""
    digest: bytes = field(repr=False)
    """16 bytes that change with anything here."""

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

    @property
    def related(self) -> tuple[tuple[Tag, int], ...]:
        """Tags that its papers have most often besides, with how many; not its own line."""
        line = {self.tag.slug, *_slugs(self.ancestors), *self.below}
        counts = Counter(use.tag.slug for entry in self.entries for use in entry.tags)
        tags = {use.tag.slug: use.tag for entry in self.entries for use in entry.tags}
        found = [(tags[slug], count) for slug, count in counts.items() if slug not in line]
        found.sort(key=lambda pair: (-pair[1], pair[0].slug))
        return tuple(found[:RELATED_TAGS])


@dataclass(frozen=True, slots=True, eq=False)
class Author:
    """People of one name; the archive can't tell namesakes apart."""

    slug: str
    name: str
    """The commonest spelling."""
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
    author_slugs: Mapping[str, str] = field(repr=False)
    """The slug of each author's name as papers have it."""

    @property
    def newest(self) -> Day | None:
        """The newest daily list, None in an empty archive."""
        return self.days[-1] if self.days else None

    def author_of(self, name: str) -> Author | None:
        """The author with that name, None where the name has no page."""
        return self.authors.get(self.author_slugs.get(name) or urls.slug(name))


def build(content: Content, cache: Cache | None = None, jobs: int = 1) -> Archive:
    """Join and index the content; `cache` holds what was found in papers before."""
    papers, days_of = _join(content.lists)
    found = _findings(content.tags, papers, days_of, cache or Cache(None, b""), jobs)
    tagger = _Tagger(content.tags)
    taggings = {each.paper: each for each in content.taggings}
    entries = {
        key: _entry(key, paper, days_of[key], found[key], tagger, taggings.get(key))
        for key, paper in papers.items()
    }
    days = tuple(_day(each, entries) for each in content.lists)
    newest_first = _newest_first(days)
    slugs: dict[str, str] = {}
    return Archive(
        settings=content.settings,
        entries={entry.key: entry for entry in newest_first},
        days=days,
        tags=_tag_pages(content.tags, newest_first),
        authors=_authors(newest_first, content.settings.author_min_papers, slugs),
        author_slugs=slugs,
    )


def _findings(
    tags: Iterable[Tag],
    papers: Mapping[str, Paper],
    days_of: Mapping[str, Sequence[date]],
    cache: Cache,
    jobs: int,
) -> dict[str, tuple[bytes, Finding]]:
    """Digest and findings of each paper, by key; kept together by month."""
    digests = {key: plan.digest(paper) for key, paper in papers.items()}
    parts: dict[str, dict[bytes, Paper]] = defaultdict(dict)
    for key, paper in papers.items():
        parts[urls.month_name(days_of[key][0])][digests[key]] = paper
    found = findings.find_all(findings.Rules(tags), parts, cache, jobs)
    return {key: (each, found[each]) for key, each in digests.items()}


def _entry(
    key: str,
    paper: Paper,
    days: Sequence[date],
    found: tuple[bytes, Finding],
    tagger: _Tagger,
    tagging: Tagging | None,
) -> Entry:
    of_paper, finding = found
    tags = tagger.tags_of(finding, tagging)
    shown = [(use.tag.slug, use.tag.name, use.origin, use.phrase) for use in tags]
    return Entry(
        key=key,
        paper=paper,
        days=tuple(days),
        tags=tags,
        tagging=tagging,
        title=finding.title,
        digest=plan.digest((of_paper, days, shown, tagging)),
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


def _join(lists: Iterable[DailyList]) -> tuple[dict[str, Paper], dict[str, list[date]]]:
    """Papers by key, a paper of several lists joined into one, and the days of each."""
    papers: dict[str, Paper] = {}
    days: dict[str, list[date]] = defaultdict(list)
    for daily in lists:
        for paper in daily.papers:
            key = urls.paper_key(paper.id)
            known = papers.get(key)
            papers[key] = merging.merge_paper(known, paper) if known else paper
            if daily.date not in days[key]:
                days[key].append(daily.date)
    return papers, days


def _day(daily: DailyList, entries: Mapping[str, Entry]) -> Day:
    keys = dict.fromkeys(urls.paper_key(paper.id) for paper in daily.papers)
    return Day(daily.date, daily.source, tuple(entries[key] for key in keys))


def _newest_first(days: tuple[Day, ...]) -> list[Entry]:
    """By the day listed first, newest first; within a day in the source's order."""
    return [entry for day in reversed(days) for entry in day.entries if entry.listed == day.date]


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
        slugs = [use.tag.slug for use in entry.tags]
        own.update(slugs)
        for slug in {above for used in slugs for above in lines[used]}:
            within[slug].append(entry)
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


def _authors(entries: Iterable[Entry], at_least: int, slug_of: dict[str, str]) -> dict[str, Author]:
    """Authors who have enough papers, by slug; fills in the slugs of all names."""
    by_slug: dict[str, list[Entry]] = {}
    by_name: dict[str, list[Entry]] = {}
    spellings: dict[str, list[str]] = defaultdict(list)
    for entry in entries:
        for name in entry.paper.authors:
            own = by_name.get(name)
            if own is None:
                slug = slug_of[name] = urls.slug(name)
                own = by_name[name] = by_slug.setdefault(slug, [])
                spellings[slug].append(name)
            if not own or own[-1] is not entry:
                own.append(entry)
    several = sorted(slug for slug, own in by_slug.items() if len(own) >= at_least)
    return {
        slug: Author(slug, _commonest(spellings[slug], by_slug[slug]), tuple(by_slug[slug]))
        for slug in several
    }


def _commonest(spellings: list[str], entries: Iterable[Entry]) -> str:
    """The spelling that papers have most often."""
    if len(spellings) == 1:
        return spellings[0]
    uses = Counter(
        name for entry in entries for name in set(entry.paper.authors).intersection(spellings)
    )
    return min(spellings, key=lambda name: (-uses[name], name))
