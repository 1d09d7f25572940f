"""`paper-archive check-feeds`: whether a built site keeps the contract with subscribers."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterable, Iterator
from datetime import date, timedelta
from pathlib import Path

from generator.cli.options import Commands, Parser, count_problems, summarise, today
from generator.content import problems, reader
from generator.core.errors import ContentError, OutsideError, UsageError
from generator.core.model import BreakingChange, Settings
from generator.core.progress import printable, say
from generator.review import statements
from generator.review.feeds import check, rules, sources
from generator.review.feeds.check import Finding
from generator.review.feeds.sources import FeedSource
from generator.text.dates import counted

_HARMLESS = frozenset({"old-feed-broken"})
"""Codes of findings that are only reported: the site that is published now mends them."""
_MOVING = timedelta(days=30)
"""So long after a move was said the new address need not answer yet."""


def add(commands: Commands, common: Parser) -> None:
    """Add `check-feeds` and its options."""
    parser = commands.add_parser(
        "check-feeds",
        parents=[common],
        help="compare the feeds of a built site with the published ones",
        description="Compare the feeds of a built site with the published ones. Fails if "
        "subscribers would miss entries, get them twice or get too many at once. "
        "Codes: " + ", ".join(rules.CODES) + ".",
    )
    parser.add_argument(
        "--against",
        metavar="OLD_SITE",
        help="the published site, as a folder, a tar archive or a URL; of a URL, only the feeds "
        "of the whole archive are fetched; default: site_url in archive.yaml",
    )
    parser.add_argument(
        "--first-publication",
        action="store_true",
        help="nothing was published before: that site_url doesn't answer is no failure",
    )
    parser.add_argument(
        "--site", type=Path, default=Path("site"), metavar="DIR", help="built site; default: site"
    )
    parser.add_argument(
        "--allow",
        type=_codes,
        action="extend",
        default=[],
        metavar="CODE[,CODE]",
        help="report problems with these codes, but don't fail because of them",
    )
    parser.add_argument(
        "--format", choices=sorted(problems.FORMATS), default="text", help="format of the problems"
    )
    parser.set_defaults(run=_check_feeds)


def _check_feeds(options: argparse.Namespace) -> int:
    settings, said = _content(options.content)
    if options.against is not None:
        old, feeds = options.against, sources.at(options.against)
    else:
        old, feeds = _published(settings, said, is_first=options.first_publication)
    report = check.check(options.site, feeds, settings, said)
    if not report.compared:
        if options.against is not None and not sources.is_url(old):
            raise UsageError(f"{old} has no feeds: pass a site that paper-archive built")
        say(f"nothing to compare with: {old} has no feeds yet; all built feeds can be read")
    failing = [each for each in report.findings if not _is_allowed(each, options.allow)]
    found = [each.problem for each in failing]
    sys.stdout.write(problems.FORMATS[options.format](found))
    if options.format == "github":
        summarise(problems.as_summary(found))
    for each in report.findings:
        if each not in failing:
            why = f"{each.said.slug}: {each.said.reason}" if each.said else "allowed"
            say(printable(f"{why}: {each.problem}"))
    built = counted(report.built, "feed")
    say(f"{count_problems(len(failing))} in {built}, compared with {report.compared:,} from {old}")
    if failing:
        _say_way_out(failing, options.content)
    return 1 if failing else 0


def _is_allowed(finding: Finding, codes: Iterable[str]) -> bool:
    return bool(finding.said) or finding.problem.code in {*codes, *_HARMLESS}


def _say_way_out(failing: Iterable[Finding], root: Path) -> None:
    ways = [each.ways[0] for each in failing if each.ways]
    if ways:
        say(f"if this is intended, add {statements.place(root.as_posix(), today())}:\n")
        say(statements.as_file(ways, today()))
    codes = ",".join(sorted({each.problem.code for each in failing}))
    say(f"or, for this time only, pass --allow {codes}; see docs/dev/feed-contract.md")


def _published(
    settings: Settings, said: Iterable[BreakingChange], *, is_first: bool
) -> tuple[str, FeedSource]:
    """The published feeds and their place: of site_url, or of an address that it moved from.

    Raises OutsideError if a site that was published doesn't answer.
    """
    formers = list(_former_addresses(said, today()))
    failed: OutsideError | None = None
    for place in (settings.site_url, *formers):
        try:
            feeds = sources.at(place)
        except OutsideError as error:
            say(f"{error}")
            failed = failed or error
            continue
        if next(feeds(), None):
            return place, feeds
    if failed and not (is_first or formers):
        raise OutsideError(
            f"the published feeds can't be compared, so nothing is published ({failed}): run it "
            "again when the site answers, or pass --against OLD_SITE; if nothing was published "
            "before, pass --first-publication; if the site has moved, change site_url and say the "
            f"former one in {statements.place('content', today())}"
        ) from failed
    return settings.site_url, lambda: iter(())


def _former_addresses(said: Iterable[BreakingChange], now: date) -> Iterator[str]:
    """Addresses that the site moved from lately, the last one first."""
    for change in sorted(said, key=lambda each: each.since, reverse=True):
        if now - change.since <= _MOVING:
            yield from (
                each.value.rstrip("/") + "/"
                for each in statements.of(change)
                if (each.key, each.subject) == ("settings", "site_url")
                and sources.is_url(each.value)
            )


def _content(root: Path) -> tuple[Settings, tuple[BreakingChange, ...]]:
    """The settings, and what breaks on purpose. Raises ContentError."""
    settings, wrong = reader.read_settings(root)
    said, also_wrong = reader.read_breaking_changes(root)
    if wrong or also_wrong:
        raise ContentError([*wrong, *also_wrong])
    return settings, said


def _codes(text: str) -> list[str]:
    codes = [code.strip() for code in text.split(",") if code.strip()]
    unknown = [code for code in codes if code not in rules.CODES]
    if unknown:
        known = ", ".join(rules.CODES)
        raise argparse.ArgumentTypeError(f"'{unknown[0]}' is not one of the codes: {known}")
    return codes
