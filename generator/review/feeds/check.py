"""Compares the feeds of a built site with the published ones, by the contract with subscribers.

Takes the folder of a site and the feeds of an old one, gives problems. Holds one feed of each in
memory, since there may be tens of thousands; the rules are in `review/feeds/rules.py`. Changes
nothing.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import partial
from pathlib import Path, PurePosixPath

from msgspec import Struct

from generator.core import files
from generator.core.errors import UsageError
from generator.core.model import Problem
from generator.core.page_kinds import kind_of
from generator.core.paths import PAGE
from generator.review.feeds import parse, rules, sources
from generator.review.feeds.parse import MalformedFeed, ParsedEntry, ParsedFeed
from generator.review.feeds.rules import Breach, EntryStatus
from generator.review.feeds.sources import FeedFile

_ENTRY_ID = re.compile(r"tag:[^:]+:([a-z]+/[A-Za-z0-9][A-Za-z0-9.-]*)")
"""Ids that may contain the path of a page, as `tag:example.org,2025:papers/2503.01496`."""


class FeedReport(Struct, frozen=True):
    """The result of a comparison."""

    problems: tuple[Problem, ...]
    compared: int
    """The number of feeds of the old site."""
    built: int
    """The number of feeds of the new site."""


def check(site: Path, old: sources.FeedSource) -> FeedReport:
    """Compare the feeds of a site with those of an old one.

    Raises UsageError if the site has no feeds, OutsideError.
    """
    built = frozenset(sources.paths(site))
    if not built:
        raise UsageError(f"there are no feeds in {site}: build the site first, or pass --site DIR")
    compared: set[str] = set()
    problems = rules.as_problems(
        (str(site / path), breach) for path, breach in _breaches(site, built, old, compared)
    )
    return FeedReport(tuple(problems), len(compared), len(built))


def _breaches(
    site: Path, built: frozenset[str], old: sources.FeedSource, compared: set[str]
) -> Iterator[tuple[str, Breach]]:
    """Breaches with the path of their feed; adds the paths of old feeds to `compared`."""
    max_per_day = _max_per_day(old())
    for file in old():
        compared.add(file.path)
        if file.path in built:
            yield from ((file.path, each) for each in _compare(site, file, max_per_day))
        else:
            yield file.path, _removed(file.path)
    for path in sorted(built - compared):
        _, broken = _read(path, sources.read(site / path), "feed-broken")
        yield from ((path, each) for each in broken)


def _removed(path: str) -> Breach:
    # The formats of one feed are removed together: as one subject they are reported once.
    folder = PurePosixPath(path).parent.as_posix()
    message = f"{path} was published and no longer exists"
    hint = "add the old slug to aliases and former of the tag, restore the feed, or allow it"
    return Breach("feed-vanished", folder, message, hint)


def _compare(site: Path, file: FeedFile, max_per_day: int) -> Iterator[Breach]:
    """Breaches by the feed of the new site that has the path of an old one."""
    path = file.path
    data = sources.read(site / path)
    new, broken = _read(path, data, "feed-broken")
    yield from broken
    if data == file.data:
        return
    old, old_broken = _read(path, file.data, "old-feed-broken")
    yield from old_broken
    if old and new:
        yield from rules.compare(old, new, max_per_day, partial(_status, site, path))


def _read(path: str, data: bytes, code: str) -> tuple[ParsedFeed | None, list[Breach]]:
    """A feed, or a breach with this code if it is malformed."""
    try:
        return parse.read(PurePosixPath(path).name, data), []
    except MalformedFeed as error:
        is_old = code != "feed-broken"
        message = f"{'the old ' if is_old else ''}{path} can't be read: {error}"
        hint = "allow it: the new one replaces it" if is_old else "feed readers would refuse it"
        return None, [Breach(code, path, message, hint)]


def _max_per_day(old: Iterator[FeedFile]) -> int:
    """The most entries of a day in an old feed of the whole archive; 0 if there is none."""
    for path, data in old:
        if path in parse.PARSERS:
            feed, _ = _read(path, data, "old-feed-broken")
            if feed:
                return rules.max_per_day(feed)
    return 0


def _status(site: Path, path: str, entry: ParsedEntry) -> EntryStatus:
    """Whether an entry that is missing in the feed at a path still belongs to it."""
    entry_id = _ENTRY_ID.fullmatch(entry.id)
    if not entry_id or not kind_of(entry_id[1] + PAGE).has_entry_ids:
        return EntryStatus.BELONGS
    page = site / entry_id[1] / "index.html"
    if not page.is_file():
        return EntryStatus.REMOVED
    if not kind_of(path).drops_papers:
        return EntryStatus.BELONGS
    folder = PurePosixPath(path).parent.as_posix()
    with files.outside(f"cannot read {page}"):
        is_linked = f'/{folder}/"'.encode() in page.read_bytes()
    return EntryStatus.BELONGS if is_linked else EntryStatus.LEFT
