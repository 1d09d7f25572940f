"""Builds the archive in memory: content joined and indexed by paper, day, tag and author.

Takes well-formed `Content`, gives one frozen `Archive`; an `Entry` is a paper with what the archive
knows about it. Does no I/O except through its cache, and never fails on content: what makes no
sense was reported by `content/checks.py` and is left out here.
"""

from __future__ import annotations

import contextlib
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date
from itertools import count, groupby, repeat
from types import MappingProxyType
from typing import NamedTuple

import msgspec
from msgspec.structs import replace

from generator.archive.authors import AuthorBase, AuthorIndex, base, extended
from generator.archive.model import (
    FIRST_DAY,
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
from generator.core import ids, parallel, paths
from generator.core import target as target_module
from generator.core.cache import Cache
from generator.core.model import (
    BreakingChange,
    Content,
    DailyList,
    Paper,
    PaperHead,
    Tag,
    Tagging,
)
from generator.core.target import digest, digest_of
from generator.text.phrases import normal_form

_encode = msgspec.msgpack.Encoder().encode
_names = msgspec.msgpack.Decoder(tuple[str, ...]).decode
_decode_index = msgspec.msgpack.Decoder(AuthorIndex).decode
_AUTHORS = "people"
"""Name of the cached authors."""
_UNCACHED_PAPERS = 250
"""The newest papers, this many, are left out of the cached authors, since their lists may still
change. With fewer, everything is recomputed more often; with more, each build has more to add.
"""


def build_archive(
    content: Content,
    cache: Cache | None = None,
    jobs: int = 1,
    heads: Mapping[date, Sequence[PaperHead]] = MappingProxyType({}),
) -> Archive:
    """Join and index the content.

    `cache` holds authors and rule matches of earlier builds; `heads` are those of the papers of a
    day, where they are known.
    """
    list_heads = [heads.get(each.date) or read_cache.heads(each.papers) for each in content.lists]
    keys = [[ids.paper_key(head.id) for head in its_heads] for its_heads in list_heads]
    listed, days_of = _join(content.lists, keys, list_heads)
    min_papers = content.settings.author_min_papers
    used_cache = cache or Cache(None, b"")
    cached = used_cache.read(_AUTHORS, _CachedAuthors)

    def index_authors() -> AuthorIndex:
        names = [each.head.names for each in listed.values()]
        return _author_index(names, min_papers, cached, used_cache)

    # Adding the newest papers to cached authors takes less time than starting a process.
    in_process = jobs > 1 and cached is None and len(listed) >= parallel.FEW
    with parallel.beside(lambda: _encode(index_authors()), jobs if in_process else 1) as index:
        entries = _entries(content, listed, days_of, used_cache, jobs)
        oldest_first = list(entries.values())
        newest_first = sorted(oldest_first, key=FIRST_DAY, reverse=True)
        tags = _tag_pages(content.tags, newest_first)
        indexed = _decode_index(index()) if in_process else index_authors()
    authors = {
        each.slug: Author(each.slug, each.name, each.papers, oldest_first)
        for each in indexed.people
    }
    archive = Archive(
        settings=content.settings,
        entries={entry.key: entry for entry in newest_first},
        days=tuple(
            Day(daily.date, daily.source, tuple(map(entries.__getitem__, dict.fromkeys(its_keys))))
            for daily, its_keys in zip(content.lists, keys, strict=True)
        ),
        tags=tags,
        authors=authors,
        oldest_first=oldest_first,
        links=indexed.links,
        queries=_query_pages(content, newest_first, tags, authors) if content.queries else {},
    )
    moved = _moved(content.breaking_changes, archive)
    return replace(archive, moved=moved) if moved else archive


class _CachedAuthors(NamedTuple):
    """The authors of the oldest papers, and a digest of the names on these papers."""

    names: bytes
    base: AuthorBase


def _author_index(
    names: Sequence[msgspec.Raw], min_papers: int, known: _CachedAuthors | None, cache: Cache
) -> AuthorIndex:
    """The authors with a page; those of all but the newest papers are taken from the cache."""
    if known is None or not _is_usable(known, names, min_papers):
        older = names[: max(len(names) - _UNCACHED_PAPERS, 0)]
        known = _CachedAuthors(_names_digest(older), base(list(map(_names, older)), min_papers))
        cache.write(_AUTHORS, known)
    return extended(known.base, list(map(_names, names[known.base.papers :])))


def _is_usable(known: _CachedAuthors, names: Sequence[msgspec.Raw], min_papers: int) -> bool:
    """Whether cached authors are those of the oldest papers, with not too many papers missing."""
    papers = known.base.papers
    if known.base.min_papers != min_papers or not 0 <= len(names) - papers <= 2 * _UNCACHED_PAPERS:
        return False
    return known.names == _names_digest(names[:papers])


def _names_digest(names: Iterable[msgspec.Raw]) -> bytes:
    return digest_of(b"".join(names))


class _ListedPaper(NamedTuple):
    """A paper of a list, or one that was merged from several lists."""

    papers: Sequence[Paper]
    """The papers of its list, or only the merged paper."""
    place: int
    head: PaperHead

    def paper(self) -> Paper:
        """Read the paper."""
        return self.papers[self.place]


def _join(
    lists: Iterable[DailyList], keys: Iterable[Sequence[str]], heads: Iterable[Sequence[PaperHead]]
) -> tuple[dict[str, _ListedPaper], dict[str, tuple[date, ...]]]:
    """Papers by key, those of several lists merged, and the days of each."""
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
    """Merge two listings of one paper."""
    paper = merge.merge_paper(one.paper(), other.paper())
    return _ListedPaper((paper,), 0, read_cache.heads((paper,))[0])


def _entries(
    content: Content,
    listed: Mapping[str, _ListedPaper],
    days_of: Mapping[str, tuple[date, ...]],
    cache: Cache,
    jobs: int,
) -> dict[str, Entry]:
    """An `Entry` for each paper, by key."""
    tagger = _Tagger(content.tags)
    matches = _rule_matches(content.tags, listed, days_of, tagger, cache, jobs)
    taggings = _joined_taggings(content.taggings)
    encoded_days = {days: _encode(days) for days in set(days_of.values())}
    entries: dict[str, Entry] = {}
    digest_of = target_module.digest_of
    for key, (papers, place, head) in listed.items():
        days = days_of[key]
        title, tags, tags_digest = matches[head.digest]
        tagging = taggings.get(key)
        inputs = head.digest + tags_digest + encoded_days[days]
        if tagging is not None:
            tags = tagger.with_people(tags, tagging)
            shown = [(use.tag.slug, use.tag.name, use.origin, use.phrase) for use in tags]
            inputs += digest((shown, tagging))
        entries[key] = Entry(
            key,
            papers,
            place,
            days,
            tags,
            tagging,
            title,
            digest_of(inputs),
            head.digest,
            head.upvotes,
        )
    return entries


def _joined_taggings(taggings: Iterable[Tagging]) -> dict[str, Tagging]:
    """What people say about each paper in all of its files, with the name of the first file."""
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
    """The rule matches of each paper, by its digest; cached by year.

    With shorter periods there would be more to read: each part of the cache repeats its tags and
    phrases.
    """
    parts: dict[str, dict[bytes, _ListedPaper]] = {}
    # The papers are in the order of the day they were listed first.
    for day, of_day in groupby(listed.items(), lambda each: days_of[each[0]][0]):
        papers = {each.head.digest: each for _, each in of_day}
        parts.setdefault(f"{day.year:04}", {}).update(papers)
    rules = tag_rules.RuleIndex(tags)
    return tag_rules.find_all(rules, parts, _ListedPaper.paper, tagger.by_rule, cache, jobs)


class _Tagger:
    """Joins the tags that rules give with those that people gave."""

    __slots__ = ("_by_name", "_by_slug", "_uses")

    def __init__(self, tags: Iterable[Tag]) -> None:
        tags = tuple(tags)
        self._by_slug = {tag.slug: tag for tag in tags}
        self._by_name = tag_names.names(tags)
        self._uses: dict[RuleMatch, TagUse] = {}

    def by_rule(self, found: RuleMatch) -> TagUse:
        """The tag of a rule match; the same tag and phrase is one object on all papers."""
        use = self._uses.get(found)
        if use is None:
            use = self._uses[found] = TagUse(self._by_slug[found[0]], "rule", found[1])
        return use

    def with_people(self, tags: Iterable[TagUse], tagging: Tagging) -> tuple[TagUse, ...]:
        """A paper's tags by name: those of rules and of people, without those people removed."""
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
        """Positions of the papers with a tag or one below it, newest first."""
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


def _query_pages(
    content: Content,
    entries: Sequence[Entry],
    tags: Mapping[str, TagPage],
    authors: Mapping[str, Author],
) -> dict[str, QueryPage]:
    """The papers that each saved query finds."""
    places = {entry.key: place for place, entry in enumerate(entries)}

    def places_of(page: TagPage | Author) -> set[int]:
        return {places[entry.key] for entry in page.entries}

    index = PaperIndex(
        read_cache.LazyPapers(len(entries), lambda place: entries[place].paper),
        [entry.listed for entry in entries],
        tag_names.names(content.tags),
        lambda slug: places_of(tags[slug]),
        lambda slug: places_of(authors[slug]) if slug in authors else None,
    )
    found: dict[str, QueryPage] = {}
    for saved in sorted(content.queries, key=lambda each: (each.name.casefold(), each.slug)):
        with contextlib.suppress(query_language.QueryError):
            chosen = index.find(query_language.parse(saved.query))
            found[saved.slug] = QueryPage(saved, tuple(map(entries.__getitem__, chosen)))
    return found


def _moved(breaking_changes: Iterable[BreakingChange], archive: Archive) -> dict[str, str]:
    """Where addresses moved; from one that moved several times, to the last.

    That is the first one which the archive has, since what moved can move back.
    """
    in_order = sorted(breaking_changes, key=lambda each: (each.since, each.slug))
    steps = {old: new for each in in_order for old, new in each.moved}

    def exists(address: str) -> bool:
        return archive.has(f"{address.strip('/')}{paths.PAGE}")

    def last(address: str) -> str:
        seen = {address}
        address = steps[address]
        while address in steps and address not in seen and not exists(address):
            seen.add(address)
            address = steps[address]
        return address

    return {old: last(old) for old in steps}


def _ancestors(tag: Tag, by_slug: Mapping[str, Tag]) -> tuple[Tag, ...]:
    upwards: list[Tag] = []
    parent = by_slug.get(tag.parent)
    while parent is not None and parent is not tag and parent not in upwards:
        upwards.append(parent)
        parent = by_slug.get(parent.parent)
    return tuple(reversed(upwards))


def _by_name(tag: Tag) -> tuple[str, str]:
    return tag.name.casefold(), tag.slug
