"""The rules of the contract with subscribers: what must not change between two builds of a feed.

Takes feeds parsed by `review/feeds/parse.py`, gives `Breach`es; `docs/dev/feed-contract.md`
explains each code. Does no I/O.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import date, datetime, time
from enum import Enum, auto
from types import MappingProxyType

from msgspec import Struct
from msgspec.structs import replace

from generator.core import paths
from generator.core.page_kinds import kind_of
from generator.review import statements
from generator.review.feeds.parse import ParsedEntry, ParsedFeed
from generator.review.statements import Statement
from generator.text.dates import counted

CODES: Mapping[str, str] = MappingProxyType(
    {
        "entry-vanished": "An entry left its feed too early, or its paper left the archive.",
        "feed-broken": "A feed that was built isn't well-formed.",
        "feed-shortened": "A setting lets feeds hold less than before.",
        "feed-vanished": "A published feed no longer exists.",
        "id-changed": "An entry has another id than before.",
        "old-feed-broken": "A feed to compare with isn't well-formed.",
        "published-moved": "An entry's date of publication changed.",
        "site-moved": "The feeds are at another address than before.",
        "too-many-new": "A feed gets a day far larger than those before, or many old entries.",
        "updated-moved": "An entry's `updated` changed, but its content didn't.",
    }
)
LARGE_DAY, TIMES = 100, 4
"""A new day is far larger than those before with more entries than the first of these, and more
than the second times the largest day before.
"""
FEW_OLD = 20
"""So many old papers may come into the feed of a tag, a query or an author at once: people tag."""
_TITLE_LENGTH = 80
"""Characters of a title in a message."""
_ENTRY_ID = re.compile(r"tag:([^:]+):([a-z]+/[A-Za-z0-9][A-Za-z0-9.-]*)")
"""Ids that contain the path of a page, as `tag:example.org,2025:papers/2503.01496`."""


class EntryStatus(Enum):
    """Whether an entry that is missing in a feed still belongs to it, by the pages of the site."""

    REMOVED = auto()
    """Its page no longer exists."""
    LEFT = auto()
    """Its page exists, but no longer belongs to the feed's tag, author or query."""
    BELONGS = auto()
    """It belongs to the feed: it may be missing only if newer entries pushed it out."""


class Breach(Struct, frozen=True):
    """A violation of the contract in a feed."""

    code: str
    subject: str
    """The entry, feed or days it is about; the same code and subject are reported once."""
    message: str
    hint: str
    ways: tuple[Statement, ...] = ()
    """What may be said in the content if it is intended; the best one first."""


class Rhythm(Struct, frozen=True):
    """How many papers subscribers are used to, from the published feeds."""

    largest_day: int = 0
    """The number of entries of the largest of the newest days."""
    days: frozenset[date] = frozenset()
    """All days that are known to be published."""


def compare(
    path: str,
    old: ParsedFeed,
    new: ParsedFeed,
    rhythm: Rhythm,
    status: Callable[[ParsedEntry], EntryStatus],
) -> Iterator[Breach]:
    """All breaches of the contract between the old and the new version of the feed at a path.

    `status` is called for entries that are missing in the new version.
    """
    new_by_id = {entry.id: entry for entry in new.items}
    old_ids = {entry.id for entry in old.items}
    added = [entry for entry in new.items if entry.id not in old_ids]
    missing = [entry for entry in old.items if entry.id not in new_by_id]
    renamed = dict(_renamed(missing, added))
    if "/" not in path:
        yield from _site_moved(path, old, new)
    for entry in old.items:
        if entry.id in new_by_id:
            yield from _changes(entry, new_by_id[entry.id])
        elif entry.id in renamed:
            yield _id_changed(entry, renamed[entry.id])
    still_there = frozenset(new_by_id) | frozenset(renamed)
    yield from _vanished(old, still_there, status, is_empty=not new.items)
    ids_after_renaming = {entry.id for entry in renamed.values()}
    added = [entry for entry in added if entry.id not in ids_after_renaming]
    if old.items:
        yield from _flood(path, old, added, rhythm)


def address_of(entry_id: str) -> str:
    """The address of the page that an entry is about, by its id; empty if the id has none."""
    found = _ENTRY_ID.fullmatch(entry_id)
    if not found or not kind_of(found[2] + paths.PAGE).has_entry_ids:
        return ""
    return paths.address(found[2] + paths.PAGE)


def largest_day(feed: ParsedFeed) -> int:
    """The number of entries of the day with the most entries."""
    return max(_by_day(feed.items).values(), default=0)


def days(feed: ParsedFeed) -> frozenset[date]:
    """The days on which the entries of a feed were published."""
    return frozenset(_by_day(feed.items))


def distinct(breaches: Iterable[tuple[str, Breach]]) -> list[tuple[str, Breach]]:
    """Breaches with the path of their feed, by path; the same in many feeds once.

    Names the feed in the topmost folder. Holds only one breach of each kind in memory.
    """
    topmost: dict[tuple[str, str], tuple[int, str, Breach]] = {}
    times: Counter[tuple[str, str]] = Counter()
    for path, breach in breaches:
        key = (breach.code, breach.subject)
        times[key] += 1
        place = (path.count("/"), path, breach)
        if key not in topmost or place[:2] < topmost[key][:2]:
            topmost[key] = place
    found = []
    for key, (_, path, breach) in topmost.items():
        more = times[key] - 1
        also = f"; the same in {counted(more, 'more feed')}" if more else ""
        found.append((path, replace(breach, message=breach.message + also)))
    return sorted(found, key=lambda each: (each[0], each[1].code, each[1].message))


def _site_moved(path: str, old: ParsedFeed, new: ParsedFeed) -> Iterator[Breach]:
    """A feed of the whole archive that is at another address than before."""
    if not (old.url and new.url) or old.url == new.url:
        return
    before, now = (url.removesuffix(path) for url in (old.url, new.url))
    yield Breach(
        "site-moved",
        before,
        f"the feeds were published at {before}, and now say that they are at {now}",
        "feed readers don't follow: restore site_url in archive.yaml",
        (Statement("settings", "site_url", before),),
    )


def _id_changed(old: ParsedEntry, new: ParsedEntry) -> Breach:
    """An entry that is known under another id."""
    was, now = address_of(old.id), address_of(new.id)
    ways: list[Statement] = []
    if was and was != now:
        ways.append(Statement("moved", was, now))
    elif was:
        ways.append(Statement("settings", "id", old.id.split(":")[1]))
    return Breach(
        "id-changed",
        old.id,
        f"{_named(old)} now has the id {new.id}",
        "feed readers would show it as new: restore the id of the paper or the archive",
        tuple(ways),
    )


def _changes(old: ParsedEntry, new: ParsedEntry) -> Iterator[Breach]:
    """Breaches by an entry that is in both versions."""
    ways = statements.redated(address_of(old.id), day=_day(old)) if address_of(old.id) else ()
    if old.published != new.published:
        yield Breach(
            "published-moved",
            old.id,
            f"{_named(old)} was published {_shown(old.published)}, now {_shown(new.published)}",
            "feed readers sort by this date: list the paper on its old day again",
            ways,
        )
        return  # without a correction, `updated` is the day of publication and changes with it
    if None in (old.updated, new.updated) or old.updated == new.updated:
        return
    if old.content == new.content:
        yield Breach(
            "updated-moved",
            old.id,
            f"{_named(old)} was updated {_shown(old.updated)}, now {_shown(new.updated)}, "
            "but its content is the same",
            "feed readers would show it again: remove `corrected` if nothing was corrected",
            ways[:1],
        )


def _renamed(
    missing: list[ParsedEntry], added: list[ParsedEntry]
) -> Iterator[tuple[str, ParsedEntry]]:
    """Ids of missing entries, each with the added entry of the same link, address or title."""
    by_link = {entry.link: entry for entry in added if entry.link}
    by_address = {address: entry for entry in added if (address := address_of(entry.id))}
    by_title = {entry.title: entry for entry in added if entry.title}
    for entry in missing:
        same = (
            by_link.get(entry.link)
            or by_address.get(address_of(entry.id))
            or by_title.get(entry.title)
        )
        if same:
            yield entry.id, same


def _vanished(
    old: ParsedFeed,
    still_there: frozenset[str],
    status: Callable[[ParsedEntry], EntryStatus],
    *,
    is_empty: bool,
) -> Iterator[Breach]:
    """Entries whose page no longer exists, and entries that no newer ones pushed out.

    A feed drops the oldest entries, which are at its end, and all of a day at once. `still_there`
    has the ids of entries that stay; `is_empty` says whether the new version has no entries.
    """
    staying = [number for number, entry in enumerate(old.items) if entry.id in still_there]
    last = staying[-1] if staying else -1
    oldest = min((t for n in staying if (t := old.items[n].published)), default=None)
    for number, entry in enumerate(old.items):
        if entry.id in still_there:
            continue
        is_not_older = entry.published and oldest and oldest <= entry.published
        is_early = is_empty or number < last or is_not_older
        found = status(entry)
        address = address_of(entry.id)
        if found is EntryStatus.REMOVED:
            message = f"{_named(entry)} is no longer in the feed, and its page no longer exists"
            ways = statements.gone(address, day=_day(entry))
        elif is_early and found is EntryStatus.BELONGS:
            message = (
                f"{_named(entry)} is no longer in the feed, but its page exists and no newer "
                "entries pushed it out"
            )
            ways = statements.redated(address, day=_day(entry)) if address else ()
        else:
            continue
        yield Breach("entry-vanished", entry.id, message, "restore it", ways)


def _flood(
    path: str, old: ParsedFeed, added: list[ParsedEntry], rhythm: Rhythm
) -> Iterator[Breach]:
    """New days that are far larger than those before, or many entries that aren't of new days.

    New days are whole days that weren't published before, however many: after a pause they come
    together. A feed of the whole archive isn't filled up with days from before its oldest one.
    """
    oldest = min((day for entry in old.items if (day := _day(entry))), default=None)
    published = rhythm.days | days(old)
    is_main = "/" not in path

    def is_new(day: date | None) -> bool:
        is_older = is_main and day is not None and oldest is not None and day < oldest
        return day is not None and day not in published and not is_older

    limit = max(LARGE_DAY, TIMES * rhythm.largest_day)
    new = _by_day(entry for entry in added if is_new(_day(entry)))
    for day, count in sorted(new.items()):
        if count > limit:
            yield Breach(
                "too-many-new",
                day.isoformat(),
                f"feed readers would get {count} new entries of {day} at once; the largest day "
                f"before had {rhythm.largest_day}",
                "look whether the list is right",
                (Statement("floods", paths.address(paths.day_page(day))),),
            )
    late = len(added) - new.total()
    limit = max(rhythm.largest_day, FEW_OLD if kind_of(path).drops_papers else 0)
    if late > limit:
        # Of feeds other than those of tags, authors and queries, the main one stands for all.
        folder = path.rpartition("/")[0] if kind_of(path).drops_papers else ""
        yield Breach(
            "too-many-new",
            folder,
            f"feed readers would get {late} old entries at once, of days that were published or "
            f"that are older than the feed; at most {limit} are no flood",
            "take back what brings them",
            (Statement("floods", paths.address(f"{folder}/" if folder else "")),),
        )


def _by_day(entries: Iterable[ParsedEntry]) -> Counter[date]:
    return Counter(day for entry in entries if (day := _day(entry)))


def _day(entry: ParsedEntry) -> date | None:
    return entry.published.date() if entry.published else None


def _named(entry: ParsedEntry) -> str:
    title = entry.title[:_TITLE_LENGTH] + ("…" if len(entry.title) > _TITLE_LENGTH else "")
    return f"'{title}' ({entry.id})"


def _shown(moment: datetime | None) -> str:
    if moment is None:
        return "without a date"
    is_midnight = moment.time() == time()
    return moment.date().isoformat() if is_midnight else moment.isoformat()
