"""What a change breaks that was promised: addresses, feeds, settings that both depend on.

Takes the content and the archive before and after a change, gives `BrokenPromise`s, each with what
would say that it is intended, and problems of what is said and isn't true. Feeds are compared by
the rules of `review/feeds`, so nothing passes here that would stop a publication. Does no I/O but
through what it is given.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from collections.abc import Set as AbstractSet
from datetime import date
from functools import cache
from itertools import count

from msgspec import Struct
from msgspec.structs import replace

from generator.archive.model import Archive, Author, Entry
from generator.content.reader import LoadedContent
from generator.content.yaml_fields import did_you_mean
from generator.core import page_kinds, paths
from generator.core.ids import paper_key
from generator.core.model import BreakingChange, Problem, Settings
from generator.render.feeds import catalog
from generator.review import lost_urls, statements
from generator.review.feeds import check, rules
from generator.review.feeds.parse import ParsedEntry
from generator.review.feeds.rules import Breach, EntryStatus, Rhythm
from generator.review.feeds.sources import FeedFile
from generator.review.lost_urls import ArchiveState
from generator.review.statements import Statement, Statements
from generator.text.dates import counted

_MAX_HINTS = 50
"""Finding the closest of very many addresses takes long: after this many, none is looked for."""
_REMOVE = "remove the line"
_Found = tuple[Problem, tuple[Statement, ...]]


class BrokenPromise(Struct, frozen=True):
    """Something that was promised and no longer holds."""

    problem: Problem
    way: Statement | None
    """What would say that it is intended; None if nothing can."""
    said: str = ""
    """The file that says so; empty if none does."""
    reason: str = ""
    """What the file gives as the reason."""


def find(
    before: ArchiveState,
    after: ArchiveState,
    now: LoadedContent,
    new: Iterable[BreakingChange],
) -> list[BrokenPromise]:
    """Each promise that the change breaks, once; `new` are the breaking changes that it adds."""
    spoken = Statements(new)
    covered: set[Statement] = set()
    found = []
    for broken, ways in _all(before, after, now):
        if covered.intersection(ways):
            continue
        if ways:
            covered |= {ways[0], ways[0]._replace(value="")}
        said = spoken.excuse(ways)
        if said:
            covered |= {each for each in ways if spoken.excuse((each,))}
            file = paths.breaking_change_file(said.slug)
            found.append(BrokenPromise(broken, ways[0], file, said.reason))
        elif ways:
            folder = f"{now.root.as_posix()}/{paths.BREAKING_CHANGES}/"
            hint = f"{broken.hint}; if it is intended, say in {folder}: {ways[0].line}"
            found.append(BrokenPromise(replace(broken, hint=hint), ways[0]))
        else:
            found.append(BrokenPromise(broken, None))
    return sorted(found, key=lambda each: each.problem)


def _all(before: ArchiveState, after: ArchiveState, now: LoadedContent) -> Iterator[_Found]:
    """Everything that is broken; what explains most comes first."""
    yield from _settings(before, after, now)
    lost = list(lost_urls.with_ways(before, after, now.root.as_posix()))
    days = [each for each in lost if each[1][0].subject.startswith("/daily/")]
    yield from days
    feeds = list(_feeds(before, after, now))
    yield from (each for each in feeds if each[0].code == "id-changed")
    yield from lost
    yield from feeds


# --- settings ---------------------------------------------------------------------------------


def _settings(before: ArchiveState, after: ArchiveState, now: LoadedContent) -> Iterator[_Found]:
    """What settings break that are other than before."""
    old, new = before.archive.settings, after.archive.settings

    def broken(key: str, code: str, message: str) -> _Found:
        former = _as_text(getattr(old, key))
        problem = now.problem(
            "archive.yaml", [key], code, message, f"restore {key}, which was {former}"
        )
        return problem, (Statement("settings", key, former),)

    if old.site_url != new.site_url:
        message = f"the feeds move from {old.site_url} to {new.site_url}; feed readers don't follow"
        yield broken("site_url", "site-moved", message)
    if old.id != new.id:
        message = f"every entry of the feeds has another id: {new.id} instead of {old.id}"
        yield broken("id", "id-changed", message)
    for key in ("feed_entries", "corrections_days"):
        was, now_is = getattr(old, key), getattr(new, key)
        if now_is < was:
            message = f"feeds hold less: {key} is {now_is} instead of {was}"
            yield broken(key, "feed-shortened", message)
    gone = [each for each in before.archive.authors.values() if each.count < new.author_min_papers]
    if gone and new.author_min_papers > old.author_min_papers:
        message = f"{_pages_of(gone)} would no longer exist: they need more papers than before"
        yield broken("author_min_papers", "vanished-url", message)
    silent = [each for each in before.archive.authors.values() if each.count < _for_feeds(new)]
    if silent and _for_feeds(new) > _for_feeds(old):
        message = f"{_pages_of(silent)} would have no feeds: they need more papers than before"
        yield broken("author_feed_min_papers", "feed-vanished", message)


def _for_feeds(settings: Settings) -> float:
    """How many papers an author needs for feeds, besides those for a page."""
    at_least = settings.author_feed_min_papers
    return 0 if at_least is None else at_least or float("inf")


def _pages_of(authors: Sequence[Author]) -> str:
    example = paths.address(paths.author_page(authors[0].slug))
    return example if len(authors) == 1 else f"{counted(len(authors), 'page')} such as {example}"


def _as_text(value: object) -> str:
    """A setting as text; one that isn't set means all."""
    return "all" if value is None else str(value)


# --- feeds ------------------------------------------------------------------------------------


def _feeds(before: ArchiveState, after: ArchiveState, now: LoadedContent) -> Iterator[_Found]:
    """What the feeds of the change break, compared with those before by the same rules.

    Those that show the same papers aren't made: they differ at most by the archive's id and
    address, which `_settings` reports.
    """
    differing = [path for path in before.feeds if before.targets[path] != after.targets.get(path)]
    files = (FeedFile(path, before.feeds[path]()) for path in differing)
    breaches = check.compare(
        _ArchiveSite(after), files, _rhythm(before.archive), after.archive.settings
    )
    for path, breach in rules.distinct(breaches):
        yield _placed(path, breach, before, after, now), breach.ways


def _rhythm(archive: Archive) -> Rhythm:
    """What subscribers are used to."""
    main = Counter(entry.days[0] for entry in catalog.whole(archive).entries)
    largest = max(main.values(), default=0)
    return Rhythm(largest, frozenset(day.date for day in archive.days))


def _placed(
    path: str, breach: Breach, before: ArchiveState, after: ArchiveState, now: LoadedContent
) -> Problem:
    """The problem of a breach, at the place in the content that it comes from."""
    address = rules.address_of(breach.subject)
    entry = after.archive.entries.get(address.strip("/").rpartition("/")[2])
    if not entry and breach.ways and breach.ways[0].key == "moved":
        entry = after.archive.entries.get(breach.ways[0].value.strip("/").rpartition("/")[2])
    if entry:
        file = paths.list_file(entry.days[0])
        daily = next(each for each in now.content.lists if each.date == entry.days[0])
        keys = [paper_key(paper.id) for paper in daily.papers]
        place: list[str | int] = ["papers", keys.index(entry.key), "id"]
        return now.problem(file, place, breach.code, breach.message, breach.hint)
    subject, name = page_kinds.kind_of(path).subject, page_kinds.name_of(path)
    file = {"tag": paths.tag_file(name), "query": paths.query_file(name)}.get(
        subject, "archive.yaml"
    )
    was = before.archive.entries.get(address.strip("/").rpartition("/")[2])
    if was:
        file = paths.list_file(was.days[0])
    elif breach.code == "too-many-new" and breach.subject[:1].isdigit():
        file = f"daily/{breach.subject[:4]}/{breach.subject}.yaml"
    return Problem(f"{now.root.as_posix()}/{file}", 0, 0, breach.code, breach.message, breach.hint)


class _ArchiveSite:
    """The site that an archive would be built to."""

    def __init__(self, state: ArchiveState) -> None:
        self._state = state
        self._keys = cache(self._keys_of)

    def __contains__(self, path: str) -> bool:
        return path in self._state.feeds

    def read(self, path: str) -> bytes:
        return self._state.feeds[path]()

    def status(self, path: str, entry: ParsedEntry) -> EntryStatus:
        address = rules.address_of(entry.id)
        if not address:
            return EntryStatus.BELONGS
        name = address.strip("/").rpartition("/")[2]
        archive = self._state.archive
        page = f"{address.strip('/')}{paths.PAGE}"
        is_paper = page_kinds.kind_of(page) is page_kinds.PAPER
        if name not in archive.entries if is_paper else page not in self._state.targets:
            return EntryStatus.REMOVED
        kind = page_kinds.kind_of(path)
        if not kind.drops_papers:
            return EntryStatus.BELONGS
        belongs = name in self._keys(kind.subject, page_kinds.name_of(path))
        return EntryStatus.BELONGS if belongs else EntryStatus.LEFT

    def _keys_of(self, subject: str, name: str) -> AbstractSet[str]:
        """The papers of a tag, an author or a saved query."""
        archive = self._state.archive
        page = (
            archive.tags.get(name)
            if subject == "tag"
            else archive.authors.get(name)
            if subject == "author"
            else archive.queries.get(name)
        )
        return {entry.key for entry in page.entries} if page else frozenset()


# --- what is said -----------------------------------------------------------------------------


def untrue(
    before: ArchiveState,
    after: ArchiveState,
    now: LoadedContent,
    new: Iterable[BreakingChange],
    broken: Iterable[BrokenPromise],
    was_known: Callable[[str], bool],
) -> Iterator[Problem]:
    """A problem for each statement of new breaking changes that isn't true.

    `broken` is what the change breaks; `was_known` says whether an address may have existed before
    the change's base.
    """
    needed = {each.way for each in broken}
    told = [(change, each) for change in new for each in statements.of(change)]
    told = [(change, each) for change, each in told if each not in needed]
    if not told:
        return
    here = {paths.address(path) for path in after.targets}
    there = {paths.address(path) for path in before.targets}
    hints = count()

    def closest(address: str, known: AbstractSet[str]) -> str:
        return (next(hints) < _MAX_HINTS and did_you_mean(address, known)) or _REMOVE

    for change, each in told:
        fault = _fault(each, before, after, there, here, was_known, closest)
        if fault:
            keys = _keys_in(change, each)
            file = paths.breaking_change_file(change.slug)
            yield now.problem(file, keys, "nothing-broken", *fault)


def _fault(
    each: Statement,
    before: ArchiveState,
    after: ArchiveState,
    there: AbstractSet[str],
    here: AbstractSet[str],
    was_known: Callable[[str], bool],
    closest: Callable[[str, AbstractSet[str]], str],
) -> tuple[str, str] | None:
    """Message and hint if a statement isn't true; addresses that exist are `here`."""
    if each.key == "settings":
        value = _as_text(getattr(after.archive.settings, each.subject))
        if each.value.rstrip("/") != value.rstrip("/"):
            return None
        return f"{each.subject} is still {value}", "write its former value, or remove the line"
    if each.key in ("redated", "floods"):
        is_wrong = each.key == "redated" and _has_same_dates(each.subject, before, after)
        message = f"the dates of {each.subject} are the same as before"
        return (message, _REMOVE) if is_wrong else _missing(each.subject, here, closest)
    if each.subject in here and not _is_redirect(each.subject, after):
        return f"{each.subject} still exists", "remove it, or remove the line"
    if each.subject not in there and not was_known(each.subject):
        return f"there never was {each.subject}", closest(each.subject, there - here)
    return _missing(each.value, here, closest) if each.key == "moved" else None


def _missing(
    address: str, here: AbstractSet[str], closest: Callable[[str, AbstractSet[str]], str]
) -> tuple[str, str] | None:
    return None if address in here else (f"there is no {address}", closest(address, here))


def _has_same_dates(address: str, before: ArchiveState, after: ArchiveState) -> bool:
    name = address.strip("/").rpartition("/")[2]
    was, entry = before.archive.entries.get(name), after.archive.entries.get(name)
    return bool(was and entry and _dates(was) == _dates(entry))


def _dates(entry: Entry) -> tuple[date, date | None]:
    """What the dates of a paper's entry depend on."""
    return entry.days[0], entry.paper.corrected


def _is_redirect(address: str, after: ArchiveState) -> bool:
    """Whether what is at an address now only leads to another one."""
    path = f"{address.strip('/')}{paths.PAGE}"
    slug, _ = page_kinds.tag_parts(path)
    has_moved = address in after.archive.moved and not after.archive.has(path)
    return has_moved or (bool(slug) and slug not in after.archive.tags)


def _keys_in(change: BreakingChange, each: Statement) -> list[str | int]:
    """The place of a statement in its file."""
    if each.key in ("moved", "settings"):
        return [each.key, each.subject]
    said: tuple[str, ...] = getattr(change, each.key)
    return [each.key, said.index(each.subject)]
