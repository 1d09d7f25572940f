"""`paper-archive queue`: papers that need tags."""

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


def add(commands: Commands, common: Parser) -> None:
    """The options of `queue`."""
    queue = commands.add_parser(
        "queue", parents=[common], help="list papers that need tags by people"
    )
    queue.add_argument("--limit", type=count, default=20, metavar="N", help="default: 20")
    queue.add_argument("--format", choices=sorted(tagging_queue.FORMATS), default="text")
    queue.add_argument(
        "--no-model", action="store_true", help="tags as on the site's page, not learnt ones"
    )
    queue.add_argument(  # what the option was called before
        "--counted", action="store_true", dest="no_model", help=argparse.SUPPRESS
    )
    add_cache(queue)
    queue.set_defaults(run=_queue)


def _queue(options: argparse.Namespace) -> int:
    cache = Cache(options.cache, toolchain.fingerprint(Path()))
    read = load_archive(options.content, today(), cache, processors())
    entries = list(tagging_queue.queue(read))
    shown = entries[: options.limit]
    hints = tagging_queue.TagHints(read)
    if tag_model.is_installed() and not options.no_model:
        say(f"learning tags from {len(read.entries)} papers; --no-model does without")
        tags = tag_model.suggest(read, shown, hints.unwanted)
    else:
        tags = list(map(hints.of, shown))
    found = list(map(tagging_queue.QueuedPaper, shown, tags))
    sys.stdout.write(tagging_queue.FORMATS[options.format](read.settings, found))
    say(f"{len(entries)} papers need tags by people; these are the first {len(shown)}")
    return 0
