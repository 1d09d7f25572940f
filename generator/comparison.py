"""What differs between two states of the archive: papers' tags, the vocabulary, pages, addresses.

Takes two archives, each with the digests of its targets; gives one frozen `Comparison`. Does no
I/O and no judging: what is a problem, `vanished` tells apart from what comes and goes.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, fields
from datetime import date
from difflib import SequenceMatcher
from typing import Literal, NamedTuple

from generator import urls
from generator.archive import Archive, Entry, TagUse
from generator.matching import normal_form
from generator.model import Problem, Settings, Tag

EXAMPLES = 3
"""So many pages of a kind are named."""
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

How = Literal["new", "renamed", "merged", "gone", "changed", "same"]
_TAG_SUBPAGE = re.compile(r"tags/[^/]+/\d{4}(-\d{2})?\.md")
_OF_TAG = re.compile(r"tags/([^/]+?)(?:\.md|/.+)")
_KINDS: Mapping[str, str] = {
    "daily": "days",
    "weekly": "weeks",
    "monthly": "months",
    "yearly": "years",
    "papers": "papers",
    "tags": "tags",
    "authors": "authors",
}
KINDS = ("home", *_KINDS.values(), "other pages", "feeds")


class State(NamedTuple):
    """The archive at one time."""

    archive: Archive
    targets: Mapping[str, bytes]
    """What pages and feeds are made of: the digest of their inputs, by path below docs/."""


@dataclass(frozen=True, slots=True)
class Gained:
    """A tag that a paper gets, and why."""

    slug: str
    name: str
    origin: Literal["rule", "people"]
    phrase: str = ""


@dataclass(frozen=True, slots=True)
class PaperChange:
    """A paper of both states whose tags differ; a tag under a new name is the same tag."""

    key: str
    title: str
    gained: tuple[Gained, ...]
    lost: tuple[str, ...]
    """Names."""


@dataclass(frozen=True, slots=True)
class TagChange:
    """What becomes of one tag."""

    slug: str
    """As it was, where it is renamed, merged or gone."""
    name: str
    how: How
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


@dataclass(frozen=True, slots=True)
class Pages:
    """How many pages of a kind are new, change or go, with a few of each."""

    kind: str
    new: tuple[int, tuple[str, ...]]
    changed: tuple[int, tuple[str, ...]]
    gone: tuple[int, tuple[str, ...]]


@dataclass(frozen=True, slots=True)
class Gone:
    """A published address that leads nowhere, or elsewhere, from now on."""

    path: str
    """Below docs/."""
    address: str
    """On the site."""
    leads_to: str = ""
    """The address that a redirect leads to; empty where nothing catches it."""
    comes_and_goes: bool = False
    """Whether the number of papers decides on such pages, so that they promise nothing."""


@dataclass(frozen=True, slots=True)
class Alike:
    """A new tag that looks like one that is there."""

    slug: str
    other: str
    names: tuple[str, str] | None
    """Similar ones, None where the papers tell."""
    shared: int = 0
    """Papers that have both."""
    of: int = 0
    """Papers that have one of the two."""


@dataclass(frozen=True, slots=True)
class Broad:
    """A rule that gives its tag to far too many papers."""

    slug: str
    name: str
    papers: int
    of: int
    phrase: str
    """The phrase that brings most of them."""
    by_phrase: int


@dataclass(frozen=True, slots=True)
class Comparison:
    """What a merge would do."""

    settings: tuple[str, ...]
    """Keys of archive.yaml that differ; with any, every page is made again."""
    papers: tuple[PaperChange, ...]
    """Newest first."""
    new_papers: tuple[tuple[str, str], ...]
    """Key and title, newest first."""
    gone_papers: tuple[tuple[str, str], ...]
    tags: tuple[TagChange, ...]
    pages: tuple[Pages, ...]
    gone: tuple[Gone, ...]
    """By path."""
    alike: tuple[Alike, ...]
    broad: tuple[Broad, ...]

    @property
    def is_empty(self) -> bool:
        """Whether the site stays as it is."""
        return not (self.settings or self.pages or self.gone or self.tags)


def compare(before: State, after: State) -> Comparison:
    """All that differs."""
    heirs = successors(before.archive, after.archive)
    papers = tuple(_papers(before.archive, after.archive, heirs))
    return Comparison(
        settings=_differing(before.archive.settings, after.archive.settings),
        papers=papers,
        new_papers=_missing_in(before.archive, after.archive),
        gone_papers=_missing_in(after.archive, before.archive),
        tags=tuple(_tags(before.archive, after.archive, heirs, papers)),
        pages=tuple(_pages(before.targets, after.targets)),
        gone=tuple(_gone(before, after)),
        alike=tuple(_alike(before.archive, after.archive, frozenset(heirs.values()))),
        broad=tuple(_broad(before.archive, after.archive, heirs)),
    )


def vanished(before: State, after: State, root: str) -> Iterator[Problem]:
    """A problem for each published address that would be gone without a redirect.

    Pages that come and go with the number of papers are left out. `root` is the content's folder.
    """
    for gone in _gone(before, after):
        if gone.leads_to or gone.comes_and_goes:
            continue
        file, hint = _way_out(gone.path, before.archive)
        message = f"/{gone.address} was published and would be gone"
        yield Problem(f"{root}/{file}", 0, 0, "vanished-url", message, hint)


# --- addresses --------------------------------------------------------------------------------


class _Heir(NamedTuple):
    """The tag that has a name among its aliases."""

    slug: str
    is_whole: bool
    """Whether the alias is written as a slug, so that it may have been a tag's own."""


def successors(before: Archive, after: Archive) -> dict[str, str]:
    """Which tag takes the place of each that is no more and is an alias now, by slug."""
    heirs = _heirs(page.tag for page in after.tags.values())
    lost = before.tags.keys() - after.tags.keys()
    return {slug: heirs[slug].slug for slug in sorted(lost) if slug in heirs}


def _heirs(tags: Iterable[Tag]) -> dict[str, _Heir]:
    """By the slug of each alias; one that is written so comes before one that becomes it."""
    pairs = ((alias, urls.slug(alias), tag.slug) for tag in tags for alias in tag.aliases)
    found: dict[str, _Heir] = {}
    for alias, old, new in sorted(pairs, key=lambda each: (each[0] != each[1], each[2])):
        found.setdefault(old, _Heir(new, alias == old))
    return found


def caught(path: str, tags: Iterable[Tag]) -> str:
    """The path that a redirect leads to from a path of a tag that is now an alias; empty if none.

    Any alias leads to its tag's page. One that is written as a slug may have been a tag's own, so
    its feeds, years and months lead on as well.
    """
    return _caught(path, _heirs(tags))


def _caught(path: str, heirs: Mapping[str, _Heir]) -> str:
    found = _OF_TAG.fullmatch(path)
    heir = heirs.get(found[1]) if found else None
    if not found or not heir:
        return ""
    rest = path.removeprefix(f"tags/{found[1]}")
    return f"tags/{heir.slug}{rest}" if heir.is_whole or rest == ".md" else ""


def comes_and_goes(path: str) -> bool:
    """Whether the number of papers decides if there is such a page.

    So it is with authors, and with the years and months of a tag: correcting a paper must never be
    refused for their sake.
    """
    return path.startswith("authors/") or bool(_TAG_SUBPAGE.fullmatch(path))


def _gone(before: State, after: State) -> Iterator[Gone]:
    heirs = _heirs(page.tag for page in after.archive.tags.values())
    for path in sorted(before.targets):
        tag = _OF_TAG.fullmatch(path)
        slug = tag[1] if tag else ""
        # A redirect is a page at the old path, so it is there without the tag being there.
        is_redirect = slug in before.archive.tags and slug not in after.archive.tags
        if path in after.targets and not is_redirect:
            continue
        to = _caught(path, heirs)
        yield Gone(
            path,
            _address(path),
            _address(to) if to in after.targets else "",
            comes_and_goes(path),
        )


def _address(path: str) -> str:
    return urls.address(path) if path.endswith(".md") else path


def _way_out(path: str, before: Archive) -> tuple[str, str]:
    """The file of the content that a path comes from, and what to do about it."""
    folder, _, rest = path.partition("/")
    name = rest.removesuffix(".md")
    tag = _OF_TAG.fullmatch(path)
    if tag and tag[1] != "index":
        hint = f"put the tag back, or give the tag that takes its place the alias {tag[1]}"
        return urls.tag_file(tag[1]), hint
    if folder == "papers" and name in before.entries:
        hint = "put the paper back, or keep its id: links to it would break"
        return urls.list_file(before.entries[name].listed), hint
    days = [day.date for day in before.days if name in _periods(day.date)]
    hint = "put the list back: links to it would break"
    return (urls.list_file(days[-1]), hint) if days else ("archive.yaml", "keep what it comes from")


def _periods(day: date) -> tuple[str, ...]:
    return day.isoformat(), urls.week_name(day), urls.month_name(day), f"{day.year:04}"


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


def _gain(use: TagUse) -> Gained:
    return Gained(use.tag.slug, use.tag.name, use.origin, use.phrase)


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
        how: How = "new" if old is None else "changed" if changed else "same"
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
    own = _own_papers(before), _own_papers(after)
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
            perhaps="" if into else _likeness(own[0].get(slug, frozenset()), own[1], before.tags),
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


def _likeness(
    papers: AbstractSet[str], now: Mapping[str, frozenset[str]], known: Iterable[str]
) -> str:
    """The new tag that has much the same papers; empty if none has."""
    new = now.keys() - set(known)
    return next((slug for slug in sorted(new) if _overlap(papers, now[slug])), "")


def _overlap(one: AbstractSet[str], other: AbstractSet[str]) -> bool:
    if min(len(one), len(other)) < FEW_PAPERS:
        return False
    shared = len(one & other)
    return shared >= ALIKE_PAPERS * (len(one) + len(other) - shared)


def _own_papers(archive: Archive) -> dict[str, frozenset[str]]:
    """The keys of the papers that have each tag itself."""
    found: defaultdict[str, set[str]] = defaultdict(set)
    for entry in archive.entries.values():
        for use in entry.tags:
            found[use.tag.slug].add(entry.key)
    return {slug: frozenset(keys) for slug, keys in found.items()}


def _alike(before: Archive, after: Archive, heirs: AbstractSet[str]) -> Iterator[Alike]:
    new = [page.tag for slug, page in after.tags.items() if slug not in before.tags.keys() | heirs]
    known = [page.tag for slug, page in after.tags.items() if slug in before.tags]
    if not new or not known:
        return
    own = _own_papers(after)
    for tag in new:
        papers = own.get(tag.slug, frozenset())
        for other in known:
            names = _similar(tag, other)
            theirs = own.get(other.slug, frozenset())
            if names or _overlap(papers, theirs):
                both, either = len(papers & theirs), len(papers | theirs)
                yield Alike(tag.slug, other.slug, names, both, either)


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


def _broad(before: Archive, after: Archive, heirs: Mapping[str, str]) -> Iterator[Broad]:
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
        yield Broad(slug, page.tag.name, papers, of, phrase, most)


def _by_rule(entries: Iterable[Entry]) -> dict[str, Counter[str]]:
    """For each tag the phrases that gave it to papers, with how many."""
    found: defaultdict[str, Counter[str]] = defaultdict(Counter)
    for entry in entries:
        for use in entry.tags:
            if use.origin == "rule":
                found[use.tag.slug][use.phrase] += 1
    return found


def _differing(one: Tag | Settings, other: Tag | Settings) -> tuple[str, ...]:
    """Names of fields that differ."""
    names = (each.name for each in fields(one))
    return tuple(name for name in names if getattr(one, name) != getattr(other, name))


# --- pages ------------------------------------------------------------------------------------


def kind_of(path: str) -> str:
    """What sort of page or feed a path is."""
    folder, slash, _ = path.partition("/")
    if not path.endswith(".md"):
        return "feeds"
    if path == urls.HOME_PAGE:
        return "home"
    return _KINDS.get(folder, "other pages") if slash else "other pages"


def _pages(before: Mapping[str, bytes], after: Mapping[str, bytes]) -> Iterator[Pages]:
    both = before.keys() & after.keys()
    new = _by_kind(after.keys() - both)
    gone = _by_kind(before.keys() - both)
    changed = _by_kind(path for path in both if before[path] != after[path])
    for kind in KINDS:
        told = tuple(_counted(each.get(kind, [])) for each in (new, changed, gone))
        if any(count for count, _ in told):
            yield Pages(kind, *told)


def _by_kind(paths: Iterable[str]) -> dict[str, list[str]]:
    found: defaultdict[str, list[str]] = defaultdict(list)
    for path in paths:
        found[kind_of(path)].append(path)
    return found


def _counted(paths: Sequence[str]) -> tuple[int, tuple[str, ...]]:
    """How many, and the last ones by name: of days, the newest."""
    shown = sorted(paths, reverse=True)[:EXAMPLES]
    return len(paths), tuple(map(_address, shown))
