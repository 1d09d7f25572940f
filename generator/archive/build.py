"""The archive in memory: content joined and indexed by paper, day, tag and author.

Takes well-formed `Content`, gives one frozen `Archive`; computed names differ from the file
format's (an `Entry` is a paper with what the archive knows of it). Does no I/O, never fails on
content: what makes no sense was reported by `content/checks.py`, and is left out here.
"""

from __future__ import annotations

import contextlib
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date
from itertools import count, groupby, repeat
from types import MappingProxyType
from typing import NamedTuple, overload

import msgspec
from msgspec.structs import replace

from generator.archive.authors import AuthorBase, AuthorIndex, base, extended
from generator.archive.model import (
    _FIRST_DAY,
    Archive,
    Author,
    Day,
    Entry,
    QueryPage,
    TagPage,
    TagUse,
)
from generator.archive.query_search import PaperIndex
from generator.content import merge, query_language, read_cache, tag_names, tag_rules
from generator.content.tag_rules import PaperMatches, RuleMatch
from generator.core import ids, parallel
from generator.core import target as target_module
from generator.core.cache import Cache
from generator.core.model import Content, DailyList, Paper, PaperHead, Tag, Tagging
from generator.core.target import digest, digest_of
from generator.text.phrases import normal_form

_encode = msgspec.msgpack.Encoder().encode
_names = msgspec.msgpack.Decoder(tuple[str, ...]).decode
_decode_index = msgspec.msgpack.Decoder(AuthorIndex).decode
_AUTHORS = "people"
"""Name of what is kept of authors."""
_NEWER = 250
"""So many papers, the newest, are left out there: their lists may still change. Fewer, and all are
gathered again more often; more, and each build gathers more of them."""


def build_archive(
    content: Content,
    cache: Cache | None = None,
    jobs: int = 1,
    heads: Mapping[date, Sequence[PaperHead]] = MappingProxyType({}),
) -> Archive:
    """Join and index the content.

    `cache` holds what was found in papers before, `heads` those of a day's papers.
    """
    told = [heads.get(daily.date) or read_cache.heads(daily.papers) for daily in content.lists]
    keys = [[ids.paper_key(head.id) for head in its_heads] for its_heads in told]
    listed, days_of = _join(content.lists, keys, told)
    order = list(listed)
    at_least = content.settings.author_min_papers
    kept = cache or Cache(None, b"")
    gathered = kept.read(_AUTHORS, _CachedAuthors)

    def people() -> AuthorIndex:
        return _author_index(
            [each.head.names for each in listed.values()], at_least, gathered, kept
        )

    # What is missing of those gathered before is added sooner than a process is started.
    apart = jobs > 1 and gathered is None and len(order) >= parallel.FEW
    with parallel.beside(lambda: _encode(people()), jobs if apart else 1) as index:
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


class _CachedAuthors(NamedTuple):
    """People of the oldest papers, and a digest of the names on these."""

    names: bytes
    base: AuthorBase


def _author_index(
    names: Sequence[msgspec.Raw], at_least: int, known: _CachedAuthors | None, cache: Cache
) -> AuthorIndex:
    """Who has a page. People of all but the newest papers are kept, and gathered again seldom."""
    if known is None or not _holds(known, names, at_least):
        older = names[: max(len(names) - _NEWER, 0)]
        known = _CachedAuthors(_of_names(older), base(list(map(_names, older)), at_least))
        cache.write(_AUTHORS, known)
    return extended(known.base, list(map(_names, names[known.base.papers :])))


def _holds(known: _CachedAuthors, names: Sequence[msgspec.Raw], at_least: int) -> bool:
    """Whether what is kept is of the oldest papers, and not much is missing."""
    papers = known.base.papers
    if known.base.at_least != at_least or not 0 <= len(names) - papers <= 2 * _NEWER:
        return False
    return known.names == _of_names(names[:papers])


def _of_names(names: Iterable[msgspec.Raw]) -> bytes:
    return digest_of(b"".join(names))


class _ListedPaper(NamedTuple):
    """A paper of a list, or one that several lists give together."""

    papers: Sequence[Paper]
    """Among these."""
    place: int
    head: PaperHead

    def paper(self) -> Paper:
        """The paper itself."""
        return self.papers[self.place]


def _join(
    lists: Iterable[DailyList], keys: Iterable[Sequence[str]], heads: Iterable[Sequence[PaperHead]]
) -> tuple[dict[str, _ListedPaper], dict[str, tuple[date, ...]]]:
    """Papers by key, a paper of several lists joined into one, and the days of each."""
    papers: dict[str, _ListedPaper] = {}
    days: dict[str, tuple[date, ...]] = {}
    for daily, its_keys, its_heads in zip(lists, keys, heads, strict=True):
        today = (daily.date,)
        own = dict(
            zip(its_keys, map(_ListedPaper, repeat(daily.papers), count(), its_heads), strict=True)
        )
        if len(own) == len(its_keys) and papers.keys().isdisjoint(own):
            papers.update(own)
            days.update(dict.fromkeys(own, today))
            continue
        for place, (key, head) in enumerate(zip(its_keys, its_heads, strict=True)):
            listed = _ListedPaper(daily.papers, place, head)
            known = papers.get(key)
            papers[key] = _merged(known, listed) if known else listed
            if days.setdefault(key, today)[-1] != daily.date:
                days[key] += today
    return papers, days


def _merged(one: _ListedPaper, other: _ListedPaper) -> _ListedPaper:
    """A paper that several lists give, as one."""
    paper = merge.merge_paper(one.paper(), other.paper())
    return _ListedPaper((paper,), 0, read_cache.heads((paper,))[0])


def _entries(
    content: Content,
    listed: Mapping[str, _ListedPaper],
    days_of: Mapping[str, tuple[date, ...]],
    cache: Cache,
    jobs: int,
) -> dict[str, Entry]:
    """Every paper with what the archive knows of it, by key."""
    tagger = _Tagger(content.tags)
    found = _rule_matches(content.tags, listed, days_of, tagger, cache, jobs)
    taggings = _joined(content.taggings)
    days_told = {days: _encode(days) for days in set(days_of.values())}
    entries: dict[str, Entry] = {}
    digest_of = target_module.digest_of
    for key, (papers, place, head) in listed.items():
        days = days_of[key]
        title, tags, of_tags = found[head.digest]
        tagging = taggings.get(key)
        inputs = head.digest + of_tags + days_told[days]
        if tagging is not None:
            tags = tagger.with_people(tags, tagging)
            shown = [(use.tag.slug, use.tag.name, use.origin, use.phrase) for use in tags]
            inputs += digest((shown, tagging))
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


def _rule_matches(
    tags: Iterable[Tag],
    listed: Mapping[str, _ListedPaper],
    days_of: Mapping[str, Sequence[date]],
    tagger: _Tagger,
    cache: Cache,
    jobs: int,
) -> dict[bytes, PaperMatches[TagUse]]:
    """What was found in each paper, by its digest; kept together by year.

    Of a shorter time there would be more to read: each part names the tags it has, and phrases.
    """
    parts: dict[str, dict[bytes, _ListedPaper]] = {}
    # They come by the day they were listed first.
    for day, those in groupby(listed.items(), lambda each: days_of[each[0]][0]):
        own = {each.head.digest: each for _, each in those}
        parts.setdefault(f"{day.year:04}", {}).update(own)
    rules = tag_rules.RuleIndex(tags)
    return tag_rules.find_all(rules, parts, _ListedPaper.paper, tagger.by_rule, cache, jobs)


class _Tagger:
    """Joins what rules found with what people say."""

    __slots__ = ("_by_name", "_by_slug", "_uses")

    def __init__(self, tags: Iterable[Tag]) -> None:
        tags = tuple(tags)
        self._by_slug = {tag.slug: tag for tag in tags}
        self._by_name = tag_names.names(tags)
        self._uses: dict[RuleMatch, TagUse] = {}

    def by_rule(self, found: RuleMatch) -> TagUse:
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

    catalogue = PaperIndex(
        _Papers(entries),
        [entry.listed for entry in entries],
        tag_names.names(content.tags),
        lambda slug: places_of(tags[slug]),
        lambda slug: places_of(authors[slug]) if slug in authors else None,
    )
    found: dict[str, QueryPage] = {}
    for saved in sorted(content.queries, key=lambda each: (each.name.casefold(), each.slug)):
        with contextlib.suppress(query_language.QueryError):
            chosen = catalogue.find(query_language.parse(saved.query))
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
