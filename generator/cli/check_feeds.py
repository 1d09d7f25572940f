"""`paper-archive check-feeds`: whether a built site keeps the contract with subscribers."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from generator.cli.options import Commands, Parser, count_problems, summarise
from generator.content import problems, reader
from generator.core.errors import ContentError, UsageError
from generator.core.progress import say
from generator.review.feeds import check, rules, sources


def add(commands: Commands, common: Parser) -> None:
    """The options of `check-feeds`."""
    feeds = commands.add_parser(
        "check-feeds",
        parents=[common],
        help="compare the feeds of a built site with those that subscribers have",
        description="Fails if subscribers would miss entries, get them twice or get too many. "
        "Codes: " + ", ".join(rules.CODES) + ".",
    )
    feeds.add_argument(
        "--against",
        metavar="OLD_SITE",
        help="a folder or tar archive of the old site, or a URL, from which only the feeds of the "
        "whole archive are fetched; default: the URL in archive.yaml",
    )
    feeds.add_argument("--site", type=Path, default=Path("site"), metavar="DIR")
    feeds.add_argument(
        "--allow",
        type=_codes,
        action="extend",
        default=[],
        metavar="CODE[,CODE]",
        help="report these findings, but don't fail because of them",
    )
    feeds.add_argument("--format", choices=sorted(problems.FORMATS), default="text")
    feeds.set_defaults(run=_check_feeds)


def _check_feeds(options: argparse.Namespace) -> int:
    place = options.against if options.against is not None else _site_url(options.content)
    report = check.check(options.site, sources.at(place))
    if not report.compared:
        if not sources.is_url(place):
            raise UsageError(f"there are no feeds in {place}: pass a site that this command built")
        say(f"nothing to compare with: {place} has no feeds yet")
    found = [each for each in report.problems if each.code not in options.allow]
    allowed = [each for each in report.problems if each.code in options.allow]
    sys.stdout.write(problems.FORMATS[options.format](found))
    if options.format == "github":
        summarise(problems.as_summary(found))
    for each in allowed:
        say(f"allowed: {problems.printable(str(each))}")
    count = count_problems(len(found))
    say(f"{count} in {report.built} feeds, compared with {report.compared} from {place}")
    if found:
        codes = ",".join(sorted({each.code for each in found}))
        say(f"if it is intended: --allow {codes}; docs/dev/feed-contract.md says more")
    return 1 if found else 0


def _site_url(root: Path) -> str:
    """Where the site is published. Raises ContentError."""
    settings, problems = reader.read_settings(root)
    if problems:
        raise ContentError(list(problems))
    return settings.site_url


def _codes(text: str) -> list[str]:
    codes = [code.strip() for code in text.split(",") if code.strip()]
    unknown = [code for code in codes if code not in rules.CODES]
    if unknown:
        known = ", ".join(rules.CODES)
        raise argparse.ArgumentTypeError(f"'{unknown[0]}' is not one of the codes: {known}")
    return codes
