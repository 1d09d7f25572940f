"""`paper-archive digest`: writes or sends the papers of a day or week as a mail."""

from __future__ import annotations

import argparse
import contextlib
import os
from pathlib import Path
from typing import get_args

from generator.archive.load import load_archive
from generator.archive.period import PeriodKind
from generator.cli.options import Commands, Parser, add_wait, count, day, today
from generator.core import lock
from generator.core.errors import UsageError
from generator.core.progress import say
from generator.mail import digest, send, smtp
from generator.text.dates import counted

SENT_LOG = "sent"


def add(commands: Commands, common: Parser) -> None:
    """Add `digest` and its options."""
    parser = commands.add_parser(
        "digest", parents=[common], help="write or send the papers of a day or week as a mail"
    )
    parser.add_argument(
        "--period",
        choices=get_args(PeriodKind),
        required=True,
        help="whether to take a day or a week",
    )
    parser.add_argument(
        "--date",
        type=day,
        metavar="YYYY-MM-DD",
        help="a day of the period; default: the newest day, or the newest week that is over",
    )
    which = parser.add_mutually_exclusive_group()
    which.add_argument(
        "--tag", default="", metavar="TAG", help="only papers with this tag or one below it"
    )
    which.add_argument(
        "--feed",
        default="",
        metavar="NAME",
        help="only papers of this saved query, a file in content/feeds/",
    )
    what = parser.add_mutually_exclusive_group()
    what.add_argument(
        "--out", type=Path, metavar="FOLDER", help="write the mail as an .eml file into a folder"
    )
    what.add_argument(
        "--send", action="store_true", help=f"send the mail to the addresses in {send.TO}"
    )
    what.add_argument(
        "--reserve",
        action="store_true",
        help="send nothing, but mark the addresses in the sent log as about to be sent to",
    )
    parser.add_argument(
        "--dry-run", action="store_true", help="send nothing, but print what --send would do"
    )
    parser.add_argument(
        "--sent-log",
        type=Path,
        default=Path(SENT_LOG),
        metavar="DIR",
        help=f"folder of the log of sent mail, to be committed to git; default: {SENT_LOG}",
    )
    parser.add_argument(  # former name
        "--ledger", type=Path, dest="sent_log", help=argparse.SUPPRESS
    )
    parser.add_argument(
        "--if-unknown",
        choices=get_args(send.IfUnknown),
        default="ask",
        help="if it is unknown whether a mail was sent: stop and ask, send it again, or count it "
        "as sent; default: ask",
    )
    parser.add_argument(  # former name
        "--uncertain", type=_if_unknown, dest="if_unknown", help=argparse.SUPPRESS
    )
    parser.add_argument(
        "--timeout",
        type=count,
        default=smtp.TIMEOUT,
        metavar="SECONDS",
        help=f"how long to wait for an answer of the server; default: {smtp.TIMEOUT}",
    )
    add_wait(parser)
    parser.set_defaults(run=_digest)


def _digest(options: argparse.Namespace) -> int:
    if not (options.out or options.send or options.reserve or options.dry_run):
        raise UsageError("nothing to do: pass --out FOLDER, --dry-run, --send or --reserve")
    if options.dry_run and (options.out or options.reserve):
        raise UsageError("--dry-run shows what --send would do: leave out --out and --reserve")
    addresses = send.addresses(os.environ)
    with contextlib.ExitStack() as stack:
        if options.send or options.reserve:  # two at once would send a mail twice
            stack.enter_context(lock.writing(options.sent_log, "digest", options.wait))
        return _deliver(options, addresses)


def _deliver(options: argparse.Namespace, addresses: send.Addresses) -> int:
    with lock.reading(options.content, options.wait):
        archive = load_archive(options.content, today())
    selection = digest.select(archive, options.tag, options.feed)
    due = send.due_digest(archive, selection, options.period, options.date)
    if due is None:
        say(f"no papers for {_period_words(options)}: nothing to send")
        return 0
    if not addresses.unsubscribe:
        say(
            "the mail has no List-Unsubscribe header: "
            f"set {send.UNSUBSCRIBE}, unless the list's service adds one"
        )
    if options.out:
        say(f"{send.write(archive, due, addresses, options.out)}: {counted(due.count, 'paper')}")
        return 0
    mailing = send.Mailing(archive, due, addresses, options.sent_log)
    if options.dry_run:
        lines = send.preview(mailing)
    elif options.reserve:
        lines = send.reserve(mailing, options.if_unknown)
    else:
        server = smtp.server(os.environ, options.timeout)
        lines = send.send(mailing, server, options.if_unknown)
    for line in lines:
        print(line, flush=True)
    return 0


def _if_unknown(text: str) -> str:
    """The values of `--uncertain` as those of `--if-unknown`."""
    former = {"ask": "ask", "again": "resend", "sent": "skip"}
    if text not in former:
        raise argparse.ArgumentTypeError(f"'{text}' is not one of {', '.join(former)}")
    return former[text]


def _period_words(options: argparse.Namespace) -> str:
    if options.date:
        return f"the {options.period} of {options.date}"
    return "the newest day" if options.period == "day" else "the newest week that is over"
