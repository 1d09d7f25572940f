"""`paper-archive queue`: lists papers that need tags, with suggestions."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from generator.archive import tag_model, tagging_queue
from generator.archive.load import load_archive
from generator.cli.options import Commands, Parser, add_cache, count, processors, today
from generator.core import toolchain
from generator.core.cache import Cache
from generator.core.progress import say
from generator.text.dates import counted


def add(commands: Commands, common: Parser) -> None:
    """Add `queue` and its options."""
    parser = commands.add_parser(
        "queue", parents=[common], help="list papers that need tags, with suggested tags"
    )
    parser.add_argument(
        "--limit", type=count, default=20, metavar="N", help="number of papers; default: 20"
    )
    parser.add_argument(
        "--format", choices=sorted(tagging_queue.FORMATS), default="text", help="output format"
    )
    parser.add_argument(
        "--no-model",
        action="store_true",
        help="suggest the tags that the site's queue shows, without training a model",
    )
    parser.add_argument(  # former name
        "--counted", action="store_true", dest="no_model", help=argparse.SUPPRESS
    )
    add_cache(parser)
    parser.set_defaults(run=_queue)


def _queue(options: argparse.Namespace) -> int:
    cache = Cache(options.cache, toolchain.fingerprint(Path()))
    archive = load_archive(options.content, today(), cache, processors())
    entries = list(tagging_queue.queue(archive))
    shown = entries[: options.limit]
    hints = tagging_queue.TagHints(archive)
    if tag_model.is_installed() and not options.no_model:
        say(f"training a model on {counted(len(archive.entries), 'paper')}; --no-model skips this")
        tags = tag_model.suggest(archive, shown, hints.unwanted)
    else:
        tags = list(map(hints.of, shown))
    queued = list(map(tagging_queue.QueuedPaper, shown, tags))
    sys.stdout.write(tagging_queue.FORMATS[options.format](archive.settings, queued))
    waiting = counted(len(entries), "paper needs", "papers need")
    say(f"{waiting} tags; {counted(len(shown), 'is', 'are')} shown")
    return 0
