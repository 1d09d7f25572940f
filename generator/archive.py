"""The archive in memory: content joined and indexed by paper, day, tag and author.

Takes well-formed `Content`, gives one frozen `Archive`; computed names differ from the file
format's (an `Entry` is a paper with what the archive knows of it). Does no I/O, never fails on
content: what makes no sense was reported by `checks.py`, and is left out here.
"""

from __future__ import annotations

import contextlib
from bisect import bisect_left
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import date
from heapq import nlargest
from itertools import count, groupby, repeat
from operator import attrgetter
from types import MappingProxyType
from typing import Literal, NamedTuple, TypeVar, overload

import msgspec
from msgspec import Struct, field
from msgspec.structs import replace

from generator import authors, findings, merging, plan, processes, queries, shelf, urls
from generator.cache import Cache
from generator.findings import Finding, Found
from generator.matching import normal_form
from generator.model import (
    Content,
    DailyList,
    Head,
    Paper,
    SavedQuery,
    Settings,
    Source,
    Tag,
    Tagging,
)
from generator.selecting import Catalogue

_encode = msgspec.msgpack.Encoder().encode
_names = msgspec.msgpack.Decoder(tuple[str, ...]).decode
_decode_index = msgspec.msgpack.Decoder(authors.Index).decode
_PEOPLE = "people"
"""Name of what is kept of authors."""
_NEWER = 250
"""So many papers, the newest, are left out there: their lists may still change. Fewer, and all are
gathered again more often; more, and each build gathers more of them."""


_Period = TypeVar("_Period")


class TagUse(Struct, frozen=True):
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
    source: Sequence[Paper]
    """Papers among which this one is read when somebody looks at it."""
    place: int
    """Where it is among them."""
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
    upvotes: int
    """0 where the source gives none."""

    @property
    def paper(self) -> Paper:
        """The paper, as all of its lists together give it."""
        return self.source[self.place]

    @property
    def listed(self) -> date:
        """The day it was listed first."""
        return self.days[0]


_FIRST_DAY = attrgetter("listed")


class Day(Struct, frozen=True, eq=False):
    """One daily list with its entries in the source's order."""

    date: date
    source: Source
    entries: tuple[Entry, ...]


class TagPage(Struct, frozen=True, eq=False):
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
    places: tuple[int, ...]
    """Where their papers are among all."""
    everything: Sequence[Entry]
    """All papers of the archive, oldest first."""

    @property
    def entries(self) -> tuple[Entry, ...]:
        """Their papers, newest first."""
        own = map(self.everything.__getitem__, self.places)
        return tuple(sorted(own, key=_FIRST_DAY, reverse=True))

    @property
    def count(self) -> int:
        """How many papers they have."""
        return len(self.places)


class QueryPage(Struct, frozen=True, eq=False):
    """A saved query with the papers it finds."""

    saved: SavedQuery
    entries: tuple[Entry, ...]
    """Newest first."""


class Archive(Struct, frozen=True, eq=False):
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
    queries: Mapping[str, QueryPage] = field(default_factory=dict)
    """Saved queries by slug, in the order of names."""
    oldest_first: Sequence[Entry] = ()
    """Entries by the day they were listed first; those of a day in the source's order."""
    links: bytes = b""
    """`authors.LINK` bytes for each of these, which change with those of its authors who have a
    page."""

    @property
    def newest(self) -> Day | None:
        """The newest daily list, None in an empty archive."""
        return self.days[-1] if self.days else None

    def busiest(self, most: int) -> list[Author]:
        """So many authors with the most papers, by how many they have and by slug."""
        everybody = self.authors.values()
        least = min(nlargest(most, (author.count for author in everybody)), default=0)
        found = [author for author in everybody if author.count >= least]
        return sorted(found, key=lambda author: (-author.count, author.slug))[:most]

    def has_page(self, path: str) -> bool:
        """Whether a path is the page of a paper or author."""
        name = path.partition("/")[2].removesuffix(urls.PAGE)
        if path == urls.paper_page(name):
            return name in self.entries
        return path == urls.author_page(name) and name in self.authors

    def author_of(self, name: str) -> Author | None:
        """The author with a name that papers have, None where the name has no page."""
        return self.authors.get(urls.slug(name))


def build(
    content: Content,
    cache: Cache | None = None,
    jobs: int = 1,
    heads: Mapping[date, Sequence[Head]] = MappingProxyType({}),
) -> Archive:
    """Join and index the content.

    `cache` holds what was found in papers before, `heads` those of a day's papers.
    """
    told = [heads.get(daily.date) or shelf.heads(daily.papers) for daily in content.lists]
    keys = [[urls.paper_key(head.id) for head in its_heads] for its_heads in told]
    listed, days_of = _join(content.lists, keys, told)
    order = list(listed)
    at_least = content.settings.author_min_papers
    kept = cache or Cache(None, b"")
    gathered = kept.read(_PEOPLE, _Gathered)

    def people() -> authors.Index:
        return _people([each.head.names for each in listed.values()], at_least, gathered, kept)

    # What is missing of those gathered before is added sooner than a process is started.
    apart = jobs > 1 and gathered is None and len(order) >= processes.FEW
    with processes.beside(lambda: _encode(people()), jobs if apart else 1) as index:
        entries = _entries(content, listed, days_of, kept, jobs)
        oldest_first = list(entries.values())
        newest_first = sorted(oldest_first, key=_FIRST_DAY, reverse=True)
        tags = _tag_pages(content.tags, newest_first)
        indexed = _decode_index(index()) if apart else people()
    own = {
        each.slug: Author(each.slug, each.name, each.papers, oldest_first)
        for each in indexed.people
    }
    return Archive(
        settings=content.settings,
        entries={entry.key: entry for entry in newest_first},
        days=tuple(
            Day(daily.date, daily.source, tuple(map(entries.__getitem__, dict.fromkeys(its_keys))))
            for daily, its_keys in zip(content.lists, keys, strict=True)
        ),
        tags=tags,
        authors=own,
        oldest_first=oldest_first,
        links=indexed.links,
        queries=_query_pages(content, newest_first, tags, own) if content.queries else {},
    )


class _Gathered(NamedTuple):
    """People of the oldest papers, and a digest of the names on these."""

    names: bytes
    base: authors.Base


def _people(
    names: Sequence[msgspec.Raw], at_least: int, known: _Gathered | None, cache: Cache
) -> authors.Index:
    """Who has a page. People of all but the newest papers are kept, and gathered again seldom."""
    if known is None or not _holds(known, names, at_least):
        older = names[: max(len(names) - _NEWER, 0)]
        known = _Gathered(_of_names(older), authors.base(list(map(_names, older)), at_least))
        cache.write(_PEOPLE, known)
    return authors.extended(known.base, list(map(_names, names[known.base.papers :])))


def _holds(known: _Gathered, names: Sequence[msgspec.Raw], at_least: int) -> bool:
    """Whether what is kept is of the oldest papers, and not much is missing."""
    papers = known.base.papers
    if known.base.at_least != at_least or not 0 <= len(names) - papers <= 2 * _NEWER:
        return False
    return known.names == _of_names(names[:papers])


def _of_names(names: Iterable[msgspec.Raw]) -> bytes:
    return plan.digest_of(b"".join(names))


class _Listed(NamedTuple):
    """A paper of a list, or one that several lists give together."""

    papers: Sequence[Paper]
    """Among these."""
    place: int
    head: Head

    def paper(self) -> Paper:
        """The paper itself."""
        return self.papers[self.place]


def _join(
    lists: Iterable[DailyList], keys: Iterable[Sequence[str]], heads: Iterable[Sequence[Head]]
) -> tuple[dict[str, _Listed], dict[str, tuple[date, ...]]]:
    """Papers by key, a paper of several lists joined into one, and the days of each."""
    papers: dict[str, _Listed] = {}
    days: dict[str, tuple[date, ...]] = {}
    for daily, its_keys, its_heads in zip(lists, keys, heads, strict=True):
        today = (daily.date,)
        own = dict(
            zip(its_keys, map(_Listed, repeat(daily.papers), count(), its_heads), strict=True)
        )
        if len(own) == len(its_keys) and papers.keys().isdisjoint(own):
            papers.update(own)
            days.update(dict.fromkeys(own, today))
            continue
        for place, (key, head) in enumerate(zip(its_keys, its_heads, strict=True)):
            listed = _Listed(daily.papers, place, head)
            known = papers.get(key)
            papers[key] = _merged(known, listed) if known else listed
            if days.setdefault(key, today)[-1] != daily.date:
                days[key] += today
    return papers, days


def _merged(one: _Listed, other: _Listed) -> _Listed:
    """A paper that several lists give, as one."""
    paper = merging.merge_paper(one.paper(), other.paper())
    return _Listed((paper,), 0, shelf.heads((paper,))[0])


def _entries(
    content: Content,
    listed: Mapping[str, _Listed],
    days_of: Mapping[str, tuple[date, ...]],
    cache: Cache,
    jobs: int,
) -> dict[str, Entry]:
    """Every paper with what the archive knows of it, by key."""
    tagger = _Tagger(content.tags)
    found = _findings(content.tags, listed, days_of, tagger, cache, jobs)
    taggings = _joined(content.taggings)
    days_told = {days: _encode(days) for days in set(days_of.values())}
    entries: dict[str, Entry] = {}
    digest_of = plan.digest_of
    for key, (papers, place, head) in listed.items():
        days = days_of[key]
        title, tags, of_tags = found[head.digest]
        tagging = taggings.get(key)
        inputs = head.digest + of_tags + days_told[days]
        if tagging is not None:
            tags = tagger.with_people(tags, tagging)
            shown = [(use.tag.slug, use.tag.name, use.origin, use.phrase) for use in tags]
            inputs += plan.digest((shown, tagging))
        told = digest_of(inputs)
        entries[key] = Entry(
            key, papers, place, days, tags, tagging, title, told, head.digest, head.upvotes
        )
    return entries


def _joined(taggings: Iterable[Tagging]) -> dict[str, Tagging]:
    """What people say of each paper in all files together, named after the first."""
    joined: dict[str, Tagging] = {}
    for each in sorted(taggings, key=lambda each: (each.paper, each.part)):
        first = joined.setdefault(each.paper, each)
        if first is not each:
            tags, remove = first.tags + each.tags, first.remove + each.remove
            joined[each.paper] = replace(first, tags=tags, remove=remove)
    return joined


def _findings(
    tags: Iterable[Tag],
    listed: Mapping[str, _Listed],
    days_of: Mapping[str, Sequence[date]],
    tagger: _Tagger,
    cache: Cache,
    jobs: int,
) -> dict[bytes, Finding[TagUse]]:
    """What was found in each paper, by its digest; kept together by year.

    Of a shorter time there would be more to read: each part names the tags it has, and phrases.
    """
    parts: dict[str, dict[bytes, _Listed]] = {}
    # They come by the day they were listed first.
    for day, those in groupby(listed.items(), lambda each: days_of[each[0]][0]):
        own = {each.head.digest: each for _, each in those}
        parts.setdefault(f"{day.year:04}", {}).update(own)
    rules = findings.Rules(tags)
    return findings.find_all(rules, parts, _Listed.paper, tagger.by_rule, cache, jobs)


class _Tagger:
    """Joins what rules found with what people say."""

    __slots__ = ("_by_name", "_by_slug", "_uses")

    def __init__(self, tags: Iterable[Tag]) -> None:
        tags = tuple(tags)
        self._by_slug = {tag.slug: tag for tag in tags}
        self._by_name = findings.names(tags)
        self._uses: dict[Found, TagUse] = {}

    def by_rule(self, found: Found) -> TagUse:
        """One object for the same tag and phrase in however many papers."""
        use = self._uses.get(found)
        if use is None:
            use = self._uses[found] = TagUse(self._by_slug[found[0]], "rule", found[1])
        return use

    def with_people(self, tags: Iterable[TagUse], tagging: Tagging) -> tuple[TagUse, ...]:
        """A paper's tags by name: what rules found and people's, without those removed."""
        uses = {use.tag.slug: use for use in tags}
        for slug in self._resolved(tagging.tags):
            uses[slug] = TagUse(self._by_slug[slug], "people")
        for slug in self._resolved(tagging.remove):
            uses.pop(slug, None)
        return tuple(sorted(uses.values(), key=lambda use: (use.tag.name.casefold(), use.tag.slug)))

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


def by_year(entries: Sequence[Entry]) -> dict[int, Sequence[Entry]]:
    """Papers, given by the day they were listed first, by the year of that day."""
    return dict(_runs(entries, lambda day: day.year))


def by_month(entries: Sequence[Entry]) -> dict[date, Sequence[Entry]]:
    """Papers, given newest first, by the first day of the month in which they were listed first."""
    return dict(_runs(entries, lambda day: day.replace(day=1)))


def _runs(
    entries: Sequence[Entry], period: Callable[[date], _Period]
) -> Iterator[tuple[_Period, Sequence[Entry]]]:
    """Neighbours of the same period, found without a look at each of them."""
    end = 0
    while (start := end) < len(entries):
        own = period(entries[start].days[0])

        def is_later(entry: Entry, own: _Period = own) -> bool:
            return period(entry.days[0]) != own

        end = bisect_left(entries, True, lo=start, key=is_later)
        yield own, entries[start:end]


def _tag_pages(tags: tuple[Tag, ...], entries: Sequence[Entry]) -> dict[str, TagPage]:
    by_slug = {tag.slug: tag for tag in tags}
    ancestors = {tag.slug: _ancestors(tag, by_slug) for tag in tags}
    children: dict[str, list[Tag]] = defaultdict(list)
    below: dict[str, set[str]] = defaultdict(set)
    for tag in tags:
        children[tag.parent].append(tag)
        for above in ancestors[tag.slug]:
            below[above.slug].add(tag.slug)
    own: dict[str, list[int]] = {tag.slug: [] for tag in tags}
    for place, entry in enumerate(entries):
        for use in entry.tags:
            own[use.tag.slug].append(place)

    def within(slug: str) -> Iterable[int]:
        """Places of papers with a tag or one below it, newest first."""
        if not below[slug]:
            return own[slug]
        return sorted(set(own[slug]).union(*(own[each] for each in below[slug])))

    return {
        tag.slug: TagPage(
            tag=tag,
            children=tuple(sorted(children[tag.slug], key=_by_name)),
            ancestors=ancestors[tag.slug],
            entries=tuple(map(entries.__getitem__, within(tag.slug))),
            own=len(own[tag.slug]),
            below=frozenset(below[tag.slug]),
        )
        for tag in sorted(tags, key=_by_name)
    }


class _Papers(Sequence[Paper]):
    """The papers of entries, each read when somebody looks at it."""

    def __init__(self, entries: Sequence[Entry]) -> None:
        self._entries = entries

    def __len__(self) -> int:
        return len(self._entries)

    @overload
    def __getitem__(self, place: int) -> Paper: ...

    @overload
    def __getitem__(self, place: slice) -> Sequence[Paper]: ...

    def __getitem__(self, place: int | slice) -> Paper | Sequence[Paper]:
        if isinstance(place, slice):
            return _Papers(self._entries[place])
        return self._entries[place].paper


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
        _Papers(entries),
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


def _by_name(tag: Tag) -> tuple[str, str]:
    return tag.name.casefold(), tag.slug
