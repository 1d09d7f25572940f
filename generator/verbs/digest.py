"""`digest`: a day or a week as mail, written or sent."""

from __future__ import annotations

import argparse
import os
from pathlib import Path
from typing import get_args

from generator import build, digests, mailing, sending
from generator.errors import UsageError
from generator.progress import say
from generator.verbs.common import Parser, Verbs, count, day, today

LEDGER = "sent"


def add_digest(verbs: Verbs, common: Parser) -> None:
    """The verb `digest`."""
    post = verbs.add_parser(
        "digest", parents=[common], help="make mails of a day or week, and send them to lists"
    )
    post.add_argument("--period", choices=digests.PERIODS, required=True)
    post.add_argument(
        "--date",
        type=day,
        metavar="YYYY-MM-DD",
        help="a day of the period; default: the newest day, the newest week that is over",
    )
    which = post.add_mutually_exclusive_group()
    which.add_argument("--tag", default="", metavar="TAG", help="only papers of this tag")
    which.add_argument(
        "--feed", default="", metavar="NAME", help="only papers of this saved query (content/feeds)"
    )
    what = post.add_mutually_exclusive_group()
    what.add_argument("--out", type=Path, metavar="FOLDER", help="write the mail as an .eml file")
    what.add_argument("--send", action="store_true", help="send it to the list addresses")
    what.add_argument("--reserve", action="store_true", help="note what --send is going to send")
    post.add_argument("--dry-run", action="store_true", help="print what --send would send")
    post.add_argument(
        "--ledger",
        type=Path,
        default=Path(LEDGER),
        metavar="DIR",
        help=f"what was sent; belongs into git; default: {LEDGER}",
    )
    post.add_argument(
        "--uncertain",
        choices=get_args(mailing.Uncertain),
        default="ask",
        help="where it is unknown whether a mail went out: send it again, or take it as sent",
    )
    post.add_argument(
        "--timeout", type=count, default=sending.TIMEOUT, metavar="SECONDS", help="of the server"
    )
    post.set_defaults(run=_digest)


def _digest(options: argparse.Namespace) -> int:
    if not (options.out or options.send or options.reserve or options.dry_run):
        raise UsageError("nothing to do: pass --out FOLDER, --dry-run or --send")
    if options.dry_run and (options.out or options.reserve):
        raise UsageError("--dry-run is for --send")
    told = mailing.addresses(os.environ)
    archive = build.load(options.content, today())
    selection = digests.select(archive, options.tag, options.feed)
    issue = mailing.due(archive, selection, options.period, options.date)
    if issue is None:
        say(f"no papers for {_period_words(options)}: nothing to send")
        return 0
    if not told.unsubscribe:
        say(
            f"without List-Unsubscribe: set {mailing.UNSUBSCRIBE} unless the list's service adds it"
        )
    if options.out:
        say(f"{mailing.write(archive, issue, told, options.out)}: {issue.count} papers")
        return 0
    post = mailing.Mailing(archive, issue, told, options.ledger)
    if options.dry_run:
        lines = mailing.preview(post)
    elif options.reserve:
        lines = mailing.reserve(post, options.uncertain)
    else:
        server = sending.server(os.environ, options.timeout)
        lines = mailing.send(post, server, options.uncertain)
    for line in lines:
        print(line, flush=True)
    return 0


def _period_words(options: argparse.Namespace) -> str:
    if options.date:
        return f"the {options.period} of {options.date}"
    return "any day" if options.period == "day" else "a week that is over"
