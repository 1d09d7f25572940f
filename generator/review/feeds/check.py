"""Holds a built site to the contract with its subscribers: its feeds beside those of before.

Takes the folder of a site and the feeds of an old one, gives problems. Reads one feed of each at a
time, since there may be ten thousands; `review/feeds/rules.py` judges. Changes nothing.
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
from generator.review.feeds.rules import Breach, Fate
from generator.review.feeds.sources import FeedFile

_NAMED = re.compile(r"tag:[^:]+:([a-z]+/[A-Za-z0-9][A-Za-z0-9.-]*)")
"""Ids that may name a page, as `tag:example.org,2025:papers/2503.01496`."""


class FeedReport(Struct, frozen=True):
    """What came of a comparison."""

    problems: tuple[Problem, ...]
    compared: int
    """Feeds that were there before."""
    built: int
    """Feeds that are there now."""


def check(site: Path, old: sources.Site) -> FeedReport:
    """Compare the feeds of a site with those of an old one.

    Raises UsageError where there is no built site, and OutsideError.
    """
    built = frozenset(sources.paths(site))
    if not built:
        raise UsageError(f"there are no feeds in {site}: build the site first, or pass --site DIR")
    before: set[str] = set()
    told = rules.tell(
        (str(site / path), breach) for path, breach in _breaches(site, built, old, before)
    )
    return FeedReport(tuple(told), len(before), len(built))


def _breaches(
    site: Path, built: frozenset[str], old: sources.Site, before: set[str]
) -> Iterator[tuple[str, Breach]]:
    """Breaches with the path of their feed; `before` is filled with the paths of old feeds."""
    day = _largest_day(old())
    for found in old():
        before.add(found.path)
        if found.path in built:
            yield from ((found.path, each) for each in _of_feed(site, found, day))
        else:
            yield found.path, _gone(found.path)
    for path in sorted(built - before):
        _, broken = _read(path, sources.read(site / path), "feed-broken")
        yield from ((path, each) for each in broken)


def _gone(path: str) -> Breach:
    # The formats of one feed come and go together.
    folder = PurePosixPath(path).parent.as_posix()
    message = f"{path} was published, and is no more"
    hint = "give the tag its old slug as an alias, bring the feed back, or allow it"
    return Breach("feed-vanished", folder, message, hint)


def _of_feed(site: Path, found: FeedFile, day: int) -> Iterator[Breach]:
    """What is wrong with the feed that takes the place of an old one."""
    path = found.path
    data = sources.read(site / path)
    new, broken = _read(path, data, "feed-broken")
    yield from broken
    if data == found.data:
        return
    old, broken_before = _read(path, found.data, "old-feed-broken")
    yield from broken_before
    if old and new:
        yield from rules.compare(old, new, day, partial(_fate, site, path))


def _read(path: str, data: bytes, code: str) -> tuple[ParsedFeed | None, list[Breach]]:
    try:
        return parse.read(PurePosixPath(path).name, data), []
    except MalformedFeed as error:
        old = code != "feed-broken"
        message = f"{'as it was, ' if old else ''}{path} can't be read: {error}"
        hint = "allow it: the new one takes its place" if old else "readers would refuse it"
        return None, [Breach(code, path, message, hint)]


def _largest_day(old: Iterator[FeedFile]) -> int:
    """The most entries of one day, as the old feeds of the whole archive tell."""
    for path, data in old:
        if path in parse.READERS:
            feed, _ = _read(path, data, "old-feed-broken")
            if feed:
                return rules.largest_day(feed)
    return 0


def _fate(site: Path, path: str, item: ParsedEntry) -> Fate:
    """What became of an entry that the feed at a path has no more."""
    named = _NAMED.fullmatch(item.id)
    if not named or not kind_of(named[1] + PAGE).has_entry_ids:
        return Fate.HERE
    page = site / named[1] / "index.html"
    if not page.is_file():
        return Fate.REMOVED
    if not kind_of(path).drops_papers:
        return Fate.HERE
    folder = PurePosixPath(path).parent.as_posix()
    with files.outside(f"cannot read {page}"):
        is_linked = f'/{folder}/"'.encode() in page.read_bytes()
    return Fate.HERE if is_linked else Fate.ELSEWHERE
