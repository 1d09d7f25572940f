"""`check-feeds`: whether the feeds of a built site keep the contract with subscribers."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from generator import content, contract, feedcheck, published, reports
from generator.errors import ContentError, UsageError
from generator.progress import say
from generator.verbs.common import Parser, Verbs, count_problems, summarise


def add_check_feeds(verbs: Verbs, common: Parser) -> None:
    """The verb `check-feeds`."""
    feeds = verbs.add_parser(
        "check-feeds",
        parents=[common],
        help="compare the feeds of a built site with those that subscribers have",
        description="Fails if subscribers would miss entries, get them twice or get too many. "
        "Codes: " + ", ".join(feedcheck.CODES) + ".",
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
    feeds.add_argument("--format", choices=sorted(reports.FORMATS), default="text")
    feeds.set_defaults(run=_check_feeds)


def _check_feeds(options: argparse.Namespace) -> int:
    place = options.against if options.against is not None else _site_url(options.content)
    found = contract.check(options.site, published.at(place))
    if not found.compared:
        if not published.is_address(place):
            raise UsageError(f"there are no feeds in {place}: pass a site that this command built")
        say(f"nothing to compare with: {place} has no feeds yet; each of those built can be read")
    told = [each for each in found.problems if each.code not in options.allow]
    allowed = [each for each in found.problems if each.code in options.allow]
    sys.stdout.write(reports.FORMATS[options.format](told))
    if options.format == "github":
        summarise(reports.as_summary(told))
    for each in allowed:
        say(f"allowed: {reports.printable(str(each))}")
    say(f"{count_problems(len(told))} in {found.built} feeds, beside {found.compared} from {place}")
    if told:
        codes = ",".join(sorted({each.code for each in told}))
        say(f"if it is meant: --allow {codes}; docs/dev/feed-contract.md says more")
    return 1 if told else 0


def _site_url(root: Path) -> str:
    """Where the site is published. Raises ContentError."""
    settings, problems = content.read_settings(root)
    if problems:
        raise ContentError(list(problems))
    return settings.site_url


def _codes(text: str) -> list[str]:
    codes = [code.strip() for code in text.split(",") if code.strip()]
    unknown = [code for code in codes if code not in feedcheck.CODES]
    if unknown:
        known = ", ".join(feedcheck.CODES)
        raise argparse.ArgumentTypeError(f"'{unknown[0]}' is not one of the codes: {known}")
    return codes
