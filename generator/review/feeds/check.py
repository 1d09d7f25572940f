"""Compares the feeds of a site with the published ones, by the contract with subscribers.

Takes a site and the feeds of an old one, gives breaches; the rules are in `review/feeds/rules.py`.
Holds one feed of each in memory, since there may be tens of thousands. Changes nothing.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date
from functools import partial
from pathlib import Path, PurePosixPath
from typing import Protocol

from msgspec import Struct

from generator.core import files, paths
from generator.core.errors import UsageError
from generator.core.model import BreakingChange, Problem, Settings
from generator.core.page_kinds import kind_of
from generator.render.feeds.catalog import AUTHOR_PAPERS
from generator.review import statements
from generator.review.feeds import parse, rules, sources
from generator.review.feeds.parse import MalformedFeed, ParsedEntry, ParsedFeed
from generator.review.feeds.rules import Breach, EntryStatus, Rhythm
from generator.review.feeds.sources import FeedFile
from generator.review.statements import Statement, Statements

_REDIRECT = b'<meta http-equiv="refresh"'
_MONTHS = "monthly/"


class Site(Protocol):
    """The feeds and pages of a site that is compared with an old one."""

    def __contains__(self, path: str, /) -> bool:
        """Whether it has a feed at a path."""

    def read(self, path: str, /) -> bytes:
        """The bytes of a feed."""

    def status(self, path: str, entry: ParsedEntry, /) -> EntryStatus:
        """Whether an entry that is missing in the feed at a path still belongs to it."""


class Finding(Struct, frozen=True):
    """A breach, and the breaking change that says that it is intended."""

    problem: Problem
    ways: tuple[Statement, ...]
    said: BreakingChange | None


class FeedReport(Struct, frozen=True):
    """The result of a comparison."""

    findings: tuple[Finding, ...]
    """By path."""
    compared: int
    """The number of feeds of the old site."""
    built: int
    """The number of feeds of the new site."""

    @property
    def problems(self) -> tuple[Problem, ...]:
        """What is neither said in the content nor harmless."""
        return tuple(each.problem for each in self.findings if not each.said)


def check(
    site: Path,
    old: sources.FeedSource,
    settings: Settings | None = None,
    said: Iterable[BreakingChange] = (),
) -> FeedReport:
    """Compare the feeds in a site's folder with those of an old one.

    Raises UsageError if the site has no feeds, OutsideError.
    """
    built = _FolderSite(site)
    if not built.paths:
        raise UsageError(f"there are no feeds in {site}: build the site first, or pass --site DIR")
    compared: set[str] = set()
    spoken = Statements(said)

    def breaches() -> Iterator[tuple[str, Breach]]:
        yield from compare(built, _noted(old(), compared), rhythm(old()), settings)
        for path in sorted(built.paths - compared):
            _, broken = _read(path, built.read(path), "feed-broken")
            yield from ((path, each) for each in broken)

    findings = (
        Finding(
            Problem(str(site / path), 0, 0, each.code, each.message, each.hint),
            each.ways,
            spoken.excuse(each.ways),
        )
        for path, each in rules.distinct(breaches())
    )
    return FeedReport(tuple(findings), len(compared), len(built.paths))


def compare(
    site: Site, old: Iterable[FeedFile], rhythm: Rhythm, settings: Settings | None = None
) -> Iterator[tuple[str, Breach]]:
    """Breaches by the feeds of a site, each with the path of its feed.

    `settings` are those that the site is built with.
    """
    for file in old:
        if file.path in site:
            yield from ((file.path, each) for each in _compare(site, file, rhythm))
        else:
            yield from ((file.path, each) for each in _removed(file, settings))


def rhythm(old: Iterable[FeedFile]) -> Rhythm:
    """What subscribers are used to, by the feeds of the whole archive and of its months."""
    largest = 0
    known: set[date] = set()
    for path, data in old:
        if path in parse.PARSERS or path.startswith(_MONTHS):
            feed, _ = _read(path, data, "old-feed-broken")
            if feed:
                known |= rules.days(feed)
                largest = max(largest, rules.largest_day(feed) if path in parse.PARSERS else 0)
    return Rhythm(largest, frozenset(known))


def _noted(old: Iterable[FeedFile], compared: set[str]) -> Iterator[FeedFile]:
    """The same files; adds their paths to `compared`."""
    for file in old:
        compared.add(file.path)
        yield file


def _removed(file: FeedFile, settings: Settings | None) -> Iterator[Breach]:
    """A feed that no longer exists, unless it is that of an author who lost papers."""
    # The formats of one feed are removed together: as one subject they are reported once.
    folder = PurePosixPath(file.path).parent.as_posix()
    kind = kind_of(file.path)
    ways: tuple[Statement, ...]
    hint = "restore it"
    if kind.subject == "author":
        if settings and not _needs_more_papers(file, settings):
            return
        ways = (
            Statement("settings", "author_feed_min_papers"),
            Statement("settings", "author_min_papers"),
            *statements.gone(f"/{folder}/"),
        )
        hint = "restore the setting in archive.yaml"
    elif file.path.startswith(paths.CORRECTIONS_FEEDS):
        ways = (Statement("settings", "corrections_days"),)
        hint = "restore the setting in archive.yaml"
    else:
        ways = statements.gone(f"/{folder}/")
    if kind.subject == "tag":
        hint = "restore the tag, or add the slug to aliases and former of the tag that replaces it"
    message = f"{file.path} was published and no longer exists"
    yield Breach("feed-vanished", folder, message, hint, ways)


def _needs_more_papers(file: FeedFile, settings: Settings) -> bool:
    """Whether a feed of an author is missing because authors now need more papers for feeds.

    Authors may have fewer papers after a correction: then the feed goes, and no correction is
    refused for that. A feed shows only some of the papers if there are many.
    """
    at_least = settings.author_feed_min_papers
    if at_least == 0:
        return True
    old, _ = _read(file.path, file.data, "old-feed-broken")
    needed = max(settings.author_min_papers, at_least or 0)
    return old is not None and len(old.items) < min(needed, AUTHOR_PAPERS)


def _compare(site: Site, file: FeedFile, rhythm: Rhythm) -> Iterator[Breach]:
    """Breaches by the feed of the new site that has the path of an old one."""
    path = file.path
    data = site.read(path)
    new, broken = _read(path, data, "feed-broken")
    yield from broken
    if data == file.data:
        return
    old, old_broken = _read(path, file.data, "old-feed-broken")
    yield from old_broken
    if old and new:
        yield from rules.compare(path, old, new, rhythm, partial(site.status, path))


def _read(path: str, data: bytes, code: str) -> tuple[ParsedFeed | None, list[Breach]]:
    """A feed, or a breach with this code if it is malformed."""
    try:
        return parse.read(PurePosixPath(path).name, data), []
    except MalformedFeed as error:
        is_old = code != "feed-broken"
        message = f"{'the old ' if is_old else ''}{path} can't be read: {error}"
        hint = "the new one replaces it" if is_old else "feed readers would refuse it"
        return None, [Breach(code, path, message, hint)]


class _FolderSite:
    """A site in a folder."""

    def __init__(self, root: Path) -> None:
        self._root = root
        self.paths = frozenset(sources.paths(root))

    def __contains__(self, path: str) -> bool:
        return path in self.paths

    def read(self, path: str) -> bytes:
        return sources.read(self._root / path)

    def status(self, path: str, entry: ParsedEntry) -> EntryStatus:
        if path.startswith(paths.CORRECTIONS_FEEDS):
            return EntryStatus.LEFT  # what a correction says may become untrue
        address = rules.address_of(entry.id)
        if not address:
            return EntryStatus.BELONGS
        page = self._root / address[1:] / "index.html"
        if not page.is_file():
            return EntryStatus.REMOVED
        with files.outside(f"cannot read {page}"):
            html = page.read_bytes()
        if _REDIRECT in html:
            return EntryStatus.REMOVED
        if not kind_of(path).drops_papers:
            return EntryStatus.BELONGS
        folder = PurePosixPath(path).parent.as_posix()
        return EntryStatus.BELONGS if f'/{folder}/"'.encode() in html else EntryStatus.LEFT
