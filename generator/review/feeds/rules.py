"""The contract with subscribers: what may not differ between a feed as it was and as it will be.

Takes feeds in the form of `review/feeds/parse.py`, yields `Breach`es; `docs/dev/feed-contract.md`
explains each code. Decides by what the feeds say and does no I/O.
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
        "entry-vanished": "An entry is gone before its time, or its paper from the archive.",
        "feed-broken": "A feed that was built isn't well-formed.",
        "feed-vanished": "There is no feed any more where one was.",
        "id-changed": "An entry has another id than before.",
        "old-feed-broken": "A feed to compare with isn't well-formed.",
        "published-moved": "An entry's date of publication changed.",
        "too-many-new": "A feed gets more new entries at once than a day brings.",
        "updated-moved": "An entry's `updated` changed, but nothing in its content.",
    }
)
_TITLE = 80
"""Characters of a title in a message."""


class Fate(Enum):
    """What became of an entry that a feed no longer has, as the rest of the site tells."""

    REMOVED = auto()
    """Its page is gone, too."""
    ELSEWHERE = auto()
    """Its page is there, but belongs no more to the feed's tag, author or query."""
    HERE = auto()
    """It belongs to the feed still: only its age can be a reason to leave."""


class Breach(Struct, frozen=True):
    """One way in which a feed breaks the contract."""

    code: str
    about: str
    """What it is about; the same code about the same is told once for all feeds."""
    message: str
    hint: str


def compare(
    old: ParsedFeed, new: ParsedFeed, day: int, fate: Callable[[ParsedEntry], Fate]
) -> Iterator[Breach]:
    """Everything that subscribers of one feed would notice and shouldn't.

    `day` is how many entries the largest day had of those that are published; `fate` tells what
    became of an entry that is gone.
    """
    now = {item.id: item for item in new.items}
    before = {item.id for item in old.items}
    added = [item for item in new.items if item.id not in before]
    renamed = dict(_renamed([item for item in old.items if item.id not in now], added))
    for item in old.items:
        if item.id in now:
            yield from _changes(item, now[item.id])
        elif item.id in renamed:
            yield Breach(
                "id-changed",
                item.id,
                f"{_named(item)} now has the id {renamed[item.id].id}",
                "readers would show it as new: give the paper and the archive their ids back",
            )
    yield from _vanished(old, frozenset(now) | frozenset(renamed), fate, is_empty=not new.items)
    known_by_another_id = {item.id for item in renamed.values()}
    added = [item for item in added if item.id not in known_by_another_id]
    if old.items:
        yield from _flood(old, added, day)


def largest_day(feed: ParsedFeed) -> int:
    """How many entries the day has that has most."""
    return max(_by_day(feed.items).values(), default=0)


def tell(found: Iterable[tuple[str, Breach]]) -> list[Problem]:
    """Breaches with the path of their feed, as problems by path; the same in many feeds once.

    Of these feeds the one nearest to the top is named. Holds one of each in memory.
    """
    kept: dict[tuple[str, str], tuple[int, str, Breach]] = {}
    times: Counter[tuple[str, str]] = Counter()
    for path, breach in found:
        key = (breach.code, breach.about)
        times[key] += 1
        place = (path.count("/"), path, breach)
        if key not in kept or place[:2] < kept[key][:2]:
            kept[key] = place
    problems = []
    for key, (_, path, breach) in kept.items():
        more = times[key] - 1
        also = f"; so in {counted(more, 'more feed')}" if more else ""
        problems.append(Problem(path, 0, 0, breach.code, breach.message + also, breach.hint))
    return sorted(problems)


def _changes(old: ParsedEntry, new: ParsedEntry) -> Iterator[Breach]:
    if old.published != new.published:
        yield Breach(
            "published-moved",
            old.id,
            f"{_named(old)} was published {_shown(old.published)}, now {_shown(new.published)}",
            "readers sort by it: list the paper on its old day again",
        )
        return  # `updated` is the day of listing where nothing was corrected, and moves with it
    if None in (old.updated, new.updated) or old.updated == new.updated:
        return
    if old.content == new.content:
        yield Breach(
            "updated-moved",
            old.id,
            f"{_named(old)} was updated {_shown(old.updated)}, now {_shown(new.updated)}, "
            "with the same content",
            "readers would show it again: take back what says that it was corrected",
        )


def _renamed(
    gone: list[ParsedEntry], added: list[ParsedEntry]
) -> Iterator[tuple[str, ParsedEntry]]:
    """Of entries that are gone, each with the new one about the same page, or of the same title."""
    by_link = {item.link: item for item in added if item.link}
    by_title = {item.title: item for item in added if item.title}
    for item in gone:
        heir = by_link.get(item.link) or by_title.get(item.title)
        if heir:
            yield item.id, heir


def _vanished(
    old: ParsedFeed, still: frozenset[str], fate: Callable[[ParsedEntry], Fate], *, is_empty: bool
) -> Iterator[Breach]:
    """Entries whose page is gone, and those that left before others that are no newer.

    A feed drops its oldest entries: those at its end, and all of a day at once.
    """
    kept = [number for number, item in enumerate(old.items) if item.id in still]
    last = kept[-1] if kept else -1
    oldest = min((t for n in kept if (t := old.items[n].published)), default=None)
    for number, item in enumerate(old.items):
        if item.id in still:
            continue
        is_as_new = item.published and oldest and oldest <= item.published
        is_early = is_empty or number < last or is_as_new
        became = fate(item)
        if became is Fate.REMOVED:
            message = f"{_named(item)} is gone, and so is its page"
        elif is_early and became is Fate.HERE:
            message = f"{_named(item)} is gone, but its page and no newer entries are there"
        else:
            continue
        hint = "put it back, or allow it if it was removed on purpose"
        yield Breach("entry-vanished", item.id, message, hint)


def _flood(old: ParsedFeed, added: list[ParsedEntry], day: int) -> Iterator[Breach]:
    """What is new of days since the last one, and what came late to days before, each by itself."""
    last = max((item.published for item in old.items if item.published), default=None)
    fresh = [item for item in added if item.published and last and item.published > last]
    newest = max(_by_day(fresh).items(), default=(None, 0))[1]
    late = len(added) - len(fresh)
    for count, most, what in (
        (len(fresh), max(day, newest), "since the newest one"),
        (late, day, "of days that were there before"),
    ):
        if count > most:
            yield Breach(
                "too-many-new",
                what,
                f"readers would get {count} new entries at once {what}; a day has {most} at most",
                "publish them day by day, or allow it",
            )


def _by_day(items: Iterable[ParsedEntry]) -> Counter[object]:
    return Counter(item.published.date() for item in items if item.published)


def _named(item: ParsedEntry) -> str:
    title = item.title[:_TITLE] + ("…" if len(item.title) > _TITLE else "")
    return f"'{title}' ({item.id})"


def _shown(moment: datetime | None) -> str:
    if moment is None:
        return "on no day"
    is_midnight = moment.time() == time()
    return moment.date().isoformat() if is_midnight else moment.isoformat()
