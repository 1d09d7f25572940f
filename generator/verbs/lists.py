"""`import` and `stats`: lists into the archive, and figures of what it holds."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from generator import build, importers, stats
from generator.progress import track
from generator.verbs.common import Parser, Verbs, count, day, today


def add_import(verbs: Verbs, common: Parser) -> None:
    """The verb `import`."""
    add = verbs.add_parser(
        "import", parents=[common], help="write daily lists from a source's file"
    )
    add.add_argument("format", choices=sorted(importers.FORMATS), metavar="FORMAT")
    add.add_argument("file", type=Path, metavar="FILE")
    add.add_argument("--date", type=day, metavar="YYYY-MM-DD", help="the list's day")
    add.add_argument("--no-abstracts", action="store_true", help="leave the abstracts out")
    add.add_argument("--newest", type=count, metavar="N", help="only the N newest lists")
    add.formatter_class = argparse.RawDescriptionHelpFormatter
    add.epilog = "formats:\n" + "\n".join(
        f"  {name:<8} {each.help}; --date: {each.date_help}"
        for name, each in sorted(importers.FORMATS.items())
    )
    add.set_defaults(run=_import)


def add_stats(verbs: Verbs, common: Parser) -> None:
    """The verb `stats`."""
    figures = verbs.add_parser(
        "stats", parents=[common], help="print figures: papers, tags, how many papers have one"
    )
    figures.set_defaults(run=_stats)


def _import(options: argparse.Namespace) -> int:
    report = importers.run(
        options.content,
        options.format,
        options.file,
        options.date,
        abstracts=not options.no_abstracts,
        newest=options.newest,
        track=track,
    )
    print(report)
    return 0


def _stats(options: argparse.Namespace) -> int:
    sys.stdout.write(stats.figures(build.load(options.content, today())))
    return 0
