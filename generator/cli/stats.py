"""`paper-archive stats`: prints statistics of the archive."""

from __future__ import annotations

import argparse
import sys

from generator.archive import statistics
from generator.archive.load import load_archive
from generator.cli.options import Commands, Parser, today


def add(commands: Commands, common: Parser) -> None:
    """Add `stats` and its options."""
    parser = commands.add_parser(
        "stats", parents=[common], help="print statistics of papers, authors and tags"
    )
    parser.set_defaults(run=_stats)


def _stats(options: argparse.Namespace) -> int:
    sys.stdout.write(statistics.figures(load_archive(options.content, today())))
    return 0
