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
        help="a folder or tar archive of the site as it was, or an address, of which only the "
        "feeds of the whole archive are fetched; default: the address in archive.yaml",
    )
    feeds.add_argument("--site", type=Path, default=Path("site"), metavar="DIR")
    feeds.add_argument(
        "--allow",
        type=_codes,
        action="extend",
        default=[],
        metavar="CODE[,CODE]",
        help="tell of these findings, but don't fail for them",
    )
    feeds.add_argument("--format", choices=sorted(problems.FORMATS), default="text")
    feeds.set_defaults(run=_check_feeds)


def _check_feeds(options: argparse.Namespace) -> int:
    place = options.against if options.against is not None else _site_url(options.content)
    found = check.check(options.site, sources.at(place))
    if not found.compared:
        if not sources.is_address(place):
            raise UsageError(f"there are no feeds in {place}: pass a site that this command built")
        say(f"nothing to compare with: {place} has no feeds yet; each of those built can be read")
    told = [each for each in found.problems if each.code not in options.allow]
    allowed = [each for each in found.problems if each.code in options.allow]
    sys.stdout.write(problems.FORMATS[options.format](told))
    if options.format == "github":
        summarise(problems.as_summary(told))
    for each in allowed:
        say(f"allowed: {problems.printable(str(each))}")
    say(f"{count_problems(len(told))} in {found.built} feeds, beside {found.compared} from {place}")
    if told:
        codes = ",".join(sorted({each.code for each in told}))
        say(f"if it is meant: --allow {codes}; docs/dev/feed-contract.md says more")
    return 1 if told else 0


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
