"""`paper-archive digest`: a day or a week as mail, written or sent."""

from __future__ import annotations

import argparse
import os
from pathlib import Path
from typing import get_args

from generator.archive.load import load_archive
from generator.archive.period import PeriodKind
from generator.cli.options import Commands, Parser, count, day, today
from generator.core.errors import UsageError
from generator.core.progress import say
from generator.mail import digest, send, smtp
from generator.text.dates import counted

SENT_LOG = "sent"


def add(commands: Commands, common: Parser) -> None:
    """The options of `digest`."""
    post = commands.add_parser(
        "digest", parents=[common], help="make mails of a day or week, and send them to lists"
    )
    post.add_argument("--period", choices=get_args(PeriodKind), required=True)
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
        "--sent-log",
        type=Path,
        default=Path(SENT_LOG),
        metavar="DIR",
        help=f"what was sent; belongs into git; default: {SENT_LOG}",
    )
    post.add_argument(  # what the option was called before
        "--ledger", type=Path, dest="sent_log", help=argparse.SUPPRESS
    )
    post.add_argument(
        "--if-unknown",
        choices=get_args(send.IfUnknown),
        default="ask",
        help="where it is unknown whether a mail went out: resend it, or skip it as sent",
    )
    post.add_argument(  # what the option was called before
        "--uncertain", type=_if_unknown, dest="if_unknown", help=argparse.SUPPRESS
    )
    post.add_argument(
        "--timeout", type=count, default=smtp.TIMEOUT, metavar="SECONDS", help="of the server"
    )
    post.set_defaults(run=_digest)


def _digest(options: argparse.Namespace) -> int:
    if not (options.out or options.send or options.reserve or options.dry_run):
        raise UsageError("nothing to do: pass --out FOLDER, --dry-run or --send")
    if options.dry_run and (options.out or options.reserve):
        raise UsageError("--dry-run is for --send")
    told = send.addresses(os.environ)
    archive = load_archive(options.content, today())
    selection = digest.select(archive, options.tag, options.feed)
    issue = send.due_digest(archive, selection, options.period, options.date)
    if issue is None:
        say(f"no papers for {_period_words(options)}: nothing to send")
        return 0
    if not told.unsubscribe:
        say(f"without List-Unsubscribe: set {send.UNSUBSCRIBE} unless the list's service adds it")
    if options.out:
        say(f"{send.write(archive, issue, told, options.out)}: {counted(issue.count, 'paper')}")
        return 0
    post = send.Mailing(archive, issue, told, options.sent_log)
    if options.dry_run:
        lines = send.preview(post)
    elif options.reserve:
        lines = send.reserve(post, options.if_unknown)
    else:
        server = smtp.server(os.environ, options.timeout)
        lines = send.send(post, server, options.if_unknown)
    for line in lines:
        print(line, flush=True)
    return 0


def _if_unknown(text: str) -> str:
    """The answers of `--uncertain`, in the words of `--if-unknown`."""
    former = {"ask": "ask", "again": "resend", "sent": "skip"}
    if text not in former:
        raise argparse.ArgumentTypeError(f"'{text}' is none of {', '.join(former)}")
    return former[text]


def _period_words(options: argparse.Namespace) -> str:
    if options.date:
        return f"the {options.period} of {options.date}"
    return "any day" if options.period == "day" else "a week that is over"
