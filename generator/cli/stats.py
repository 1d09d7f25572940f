"""`paper-archive stats`: figures of the archive."""

from __future__ import annotations

import argparse
import sys

from generator.archive import statistics
from generator.archive.load import load_archive
from generator.cli.options import Commands, Parser, today


def add(commands: Commands, common: Parser) -> None:
    """The options of `stats`."""
    figures = commands.add_parser(
        "stats", parents=[common], help="print figures: papers, tags, how many papers have one"
    )
    figures.set_defaults(run=_stats)


def _stats(options: argparse.Namespace) -> int:
    sys.stdout.write(statistics.figures(load_archive(options.content, today())))
    return 0
