"""The rules of the contract with subscribers: what must not change between two builds of a feed.

Takes feeds parsed by `review/feeds/parse.py`, gives `Breach`es; `docs/dev/feed-contract.md`
explains each code. Does no I/O.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import datetime, time
from enum import Enum, auto
from types import MappingProxyType

from msgspec import Struct

from generator.core.model import Problem
from generator.review.feeds.parse import ParsedEntry, ParsedFeed
from generator.text.dates import counted

CODES: Mapping[str, str] = MappingProxyType(
    {
        "entry-vanished": "An entry left its feed too early, or its paper left the archive.",
        "feed-broken": "A feed that was built isn't well-formed.",
        "feed-vanished": "A published feed no longer exists.",
        "id-changed": "An entry has another id than before.",
        "old-feed-broken": "A feed to compare with isn't well-formed.",
        "published-moved": "An entry's date of publication changed.",
        "too-many-new": "A feed gets more new entries at once than a day brings.",
        "updated-moved": "An entry's `updated` changed, but its content didn't.",
    }
)
_TITLE_LENGTH = 80
"""Characters of a title in a message."""


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


def compare(
    old: ParsedFeed,
    new: ParsedFeed,
    max_per_day: int,
    status: Callable[[ParsedEntry], EntryStatus],
) -> Iterator[Breach]:
    """All breaches of the contract between the old and the new version of a feed.

    `max_per_day` is the largest number of published entries of a day; `status` is called for
    entries that are missing in the new version.
    """
    new_by_id = {entry.id: entry for entry in new.items}
    old_ids = {entry.id for entry in old.items}
    added = [entry for entry in new.items if entry.id not in old_ids]
    missing = [entry for entry in old.items if entry.id not in new_by_id]
    renamed = dict(_renamed(missing, added))
    for entry in old.items:
        if entry.id in new_by_id:
            yield from _changes(entry, new_by_id[entry.id])
        elif entry.id in renamed:
            yield Breach(
                "id-changed",
                entry.id,
                f"{_named(entry)} now has the id {renamed[entry.id].id}",
                "feed readers would show it as new: restore the id of the paper or the archive",
            )
    still_there = frozenset(new_by_id) | frozenset(renamed)
    yield from _vanished(old, still_there, status, is_empty=not new.items)
    ids_after_renaming = {entry.id for entry in renamed.values()}
    added = [entry for entry in added if entry.id not in ids_after_renaming]
    if old.items:
        yield from _flood(old, added, max_per_day)


def max_per_day(feed: ParsedFeed) -> int:
    """The number of entries of the day with the most entries."""
    return max(_by_day(feed.items).values(), default=0)


def as_problems(breaches: Iterable[tuple[str, Breach]]) -> list[Problem]:
    """Problems by path, from breaches with the path of their feed; the same in many feeds once.

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
    problems = []
    for key, (_, path, breach) in topmost.items():
        more = times[key] - 1
        also = f"; the same in {counted(more, 'more feed')}" if more else ""
        problems.append(Problem(path, 0, 0, breach.code, breach.message + also, breach.hint))
    return sorted(problems)


def _changes(old: ParsedEntry, new: ParsedEntry) -> Iterator[Breach]:
    """Breaches by an entry that is in both versions."""
    if old.published != new.published:
        yield Breach(
            "published-moved",
            old.id,
            f"{_named(old)} was published {_shown(old.published)}, now {_shown(new.published)}",
            "feed readers sort by this date: list the paper on its old day again",
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
        )


def _renamed(
    missing: list[ParsedEntry], added: list[ParsedEntry]
) -> Iterator[tuple[str, ParsedEntry]]:
    """Ids of missing entries, each with the added entry that has the same link or title."""
    by_link = {entry.link: entry for entry in added if entry.link}
    by_title = {entry.title: entry for entry in added if entry.title}
    for entry in missing:
        same = by_link.get(entry.link) or by_title.get(entry.title)
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
        if found is EntryStatus.REMOVED:
            message = f"{_named(entry)} is no longer in the feed, and its page no longer exists"
        elif is_early and found is EntryStatus.BELONGS:
            message = (
                f"{_named(entry)} is no longer in the feed, but its page exists and no newer "
                "entries pushed it out"
            )
        else:
            continue
        hint = "restore it, or allow it if it was removed on purpose"
        yield Breach("entry-vanished", entry.id, message, hint)


def _flood(old: ParsedFeed, added: list[ParsedEntry], max_per_day: int) -> Iterator[Breach]:
    """Too many entries of new days, or too many late entries of earlier days.

    The two are counted separately. A new day may be larger than `max_per_day`.
    """
    last = max((entry.published for entry in old.items if entry.published), default=None)
    fresh = [entry for entry in added if entry.published and last and entry.published > last]
    newest_day = max(_by_day(fresh).items(), default=(None, 0))[1]
    late = len(added) - len(fresh)
    for count, limit, which in (
        (len(fresh), max(max_per_day, newest_day), "new days"),
        (late, max_per_day, "earlier days"),
    ):
        if count > limit:
            yield Breach(
                "too-many-new",
                which,
                f"feed readers would get {count} new entries of {which} at once; "
                f"a day has at most {limit}",
                "publish them day by day, or allow it",
            )


def _by_day(entries: Iterable[ParsedEntry]) -> Counter[object]:
    return Counter(entry.published.date() for entry in entries if entry.published)


def _named(entry: ParsedEntry) -> str:
    title = entry.title[:_TITLE_LENGTH] + ("…" if len(entry.title) > _TITLE_LENGTH else "")
    return f"'{title}' ({entry.id})"


def _shown(moment: datetime | None) -> str:
    if moment is None:
        return "without a date"
    is_midnight = moment.time() == time()
    return moment.date().isoformat() if is_midnight else moment.isoformat()
