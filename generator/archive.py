"""The archive in memory: content joined and indexed by paper, day, tag and author.

Takes well-formed `Content`, gives one frozen `Archive`; computed names differ from the file
format's (an `Entry` is a paper with what the archive knows of it). Does no I/O, never fails on
content: what makes no sense was reported by `checks.py`, and is left out here.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Literal

from generator import markup, merging, urls
from generator.matching import PhraseIndex, normal_form
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
    related: tuple[tuple[Tag, int], ...]
    """Tags that its papers have most often besides, with how many."""


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

    @property
    def newest(self) -> Day | None:
        """The newest daily list, None in an empty archive."""
        return self.days[-1] if self.days else None

    def author_of(self, name: str) -> Author | None:
        """The author with that name, None where the name has no page."""
        return self.authors.get(urls.slug(name))


def build(content: Content) -> Archive:
    """Join and index the content."""
    papers, days_of = _join(content.lists)
    tagger = Tagger(content.tags)
    taggings = {each.paper: each for each in content.taggings}
    entries = {
        key: Entry(
            key=key,
            paper=paper,
            days=tuple(days_of[key]),
            tags=tagger.tags_of(paper, taggings.get(key)),
            tagging=taggings.get(key),
            title=markup.plain(paper.title),
        )
        for key, paper in papers.items()
    }
    days = tuple(_day(each, entries) for each in content.lists)
    newest_first = _newest_first(days)
    return Archive(
        settings=content.settings,
        entries={entry.key: entry for entry in newest_first},
        days=days,
        tags=_tag_pages(content.tags, newest_first),
        authors=_authors(newest_first, content.settings.author_min_papers),
    )


class Tagger:
    """Gives papers their tags: what rules find, and what people say."""

    __slots__ = ("_by_name", "_by_slug", "_phrases")

    def __init__(self, tags: Iterable[Tag]) -> None:
        tags = tuple(tags)
        self._by_slug = {tag.slug: tag for tag in tags}
        self._by_name = names(tags)
        self._phrases = PhraseIndex((phrase, tag.slug) for tag in tags for phrase in tag.match)

    def tags_of(self, paper: Paper, tagging: Tagging | None) -> tuple[TagUse, ...]:
        """A paper's tags by name: (rules and keywords) and people's, without those removed."""
        uses: dict[str, TagUse] = {}
        for slug, phrase in self._found(paper):
            uses.setdefault(slug, TagUse(self._by_slug[slug], "rule", phrase))
        if tagging:
            for slug in self._resolved(tagging.tags):
                uses[slug] = TagUse(self._by_slug[slug], "people")
            for slug in self._resolved(tagging.remove):
                uses.pop(slug, None)
        return tuple(sorted(uses.values(), key=lambda use: (use.tag.name.casefold(), use.tag.slug)))

    def _found(self, paper: Paper) -> Iterator[tuple[str, str]]:
        for keyword in paper.keywords:
            slug = self._by_name.get(normal_form(keyword))
            if slug:
                yield slug, keyword
        for text in (paper.title, paper.summary, paper.abstract, *paper.keywords):
            for phrase, slug in self._phrases.find(text):
                yield slug, phrase

    def _resolved(self, written: Iterable[str]) -> Iterator[str]:
        for name in written:
            slug = self._by_name.get(normal_form(name))
            if slug:
                yield slug


def names(tags: Iterable[Tag]) -> dict[str, str]:
    """Every way to name a tag (slug, name, aliases), in normal form, to its slug."""
    found: dict[str, str] = {}
    for tag in tags:
        for name in (tag.slug, tag.name, *tag.aliases):
            if name:
                found.setdefault(normal_form(name), tag.slug)
    return found


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
    children: dict[str, list[Tag]] = defaultdict(list)
    for tag in tags:
        children[tag.parent].append(tag)
    within: dict[str, list[Entry]] = defaultdict(list)
    own: Counter[str] = Counter()
    together: dict[str, Counter[str]] = defaultdict(Counter)
    for entry in entries:
        slugs = [use.tag.slug for use in entry.tags]
        own.update(slugs)
        lines = {slug: None for used in slugs for slug in (used, *_slugs(ancestors[used]))}
        for slug in lines:
            within[slug].append(entry)
            together[slug].update(slugs)
    return {
        tag.slug: TagPage(
            tag=tag,
            children=tuple(sorted(children[tag.slug], key=_by_name)),
            ancestors=ancestors[tag.slug],
            entries=tuple(within[tag.slug]),
            own=own[tag.slug],
            related=_related(tag, together[tag.slug], by_slug, ancestors),
        )
        for tag in sorted(tags, key=_by_name)
    }


def _related(
    tag: Tag,
    counts: Counter[str],
    by_slug: Mapping[str, Tag],
    ancestors: Mapping[str, tuple[Tag, ...]],
) -> tuple[tuple[Tag, int], ...]:
    """Tags of the same papers, commonest first, without the tag's own line up and down."""
    line = {tag.slug, *_slugs(ancestors[tag.slug])}
    found = [
        (by_slug[slug], count)
        for slug, count in counts.items()
        if slug not in line and tag.slug not in _slugs(ancestors[slug])
    ]
    found.sort(key=lambda pair: (-pair[1], pair[0].slug))
    return tuple(found[:RELATED_TAGS])


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


def _authors(entries: Iterable[Entry], at_least: int) -> dict[str, Author]:
    slug_of: dict[str, str] = {}
    spellings: dict[str, Counter[str]] = defaultdict(Counter)
    papers: dict[str, list[Entry]] = defaultdict(list)
    for entry in entries:
        slugs: dict[str, None] = {}
        for name in entry.paper.authors:
            slug = slug_of.get(name) or slug_of.setdefault(name, urls.slug(name))
            spellings[slug][name] += 1
            slugs[slug] = None
        for slug in slugs:
            papers[slug].append(entry)
    return {
        slug: Author(slug, min(spellings[slug], key=lambda n: (-spellings[slug][n], n)), tuple(own))
        for slug, own in sorted(papers.items())
        if len(own) >= at_least
    }
