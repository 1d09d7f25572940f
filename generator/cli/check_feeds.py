"""`paper-archive check-feeds`: whether a built site keeps the contract with subscribers."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from generator.cli.options import Commands, Parser, count_problems, summarise
from generator.content import problems, reader
from generator.core.errors import ContentError, UsageError
from generator.core.progress import printable, say
from generator.review.feeds import check, rules, sources
from generator.text.dates import counted


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
    old = options.against if options.against is not None else _site_url(options.content)
    found = check.check(options.site, sources.at(old))
    if not found.compared:
        if not sources.is_url(old):
            raise UsageError(f"{old} has no feeds: pass a site that paper-archive built")
        say(f"nothing to compare with: {old} has no feeds yet; all built feeds can be read")
    failing = [each for each in found.problems if each.code not in options.allow]
    allowed = [each for each in found.problems if each.code in options.allow]
    sys.stdout.write(problems.FORMATS[options.format](failing))
    if options.format == "github":
        summarise(problems.as_summary(failing))
    for each in allowed:
        say(f"allowed: {printable(str(each))}")
    built = counted(found.built, "feed")
    say(f"{count_problems(len(failing))} in {built}, compared with {found.compared:,} from {old}")
    if failing:
        codes = ",".join(sorted({each.code for each in failing}))
        say(f"if this is intended, pass --allow {codes}; see docs/dev/feed-contract.md")
    return 1 if failing else 0


def _site_url(root: Path) -> str:
    """The URL of the published site. Raises ContentError."""
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
