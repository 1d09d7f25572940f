"""`paper-archive import`: daily lists from a file of a source."""

from __future__ import annotations

import argparse
from pathlib import Path

from generator.cli.options import Commands, Parser, count, day
from generator.core.progress import track
from generator.sources import run


def add(commands: Commands, common: Parser) -> None:
    """The options of `import`."""
    importing = commands.add_parser(
        "import", parents=[common], help="write daily lists from a source's file"
    )
    importing.add_argument("format", choices=sorted(run.FORMATS), metavar="FORMAT")
    importing.add_argument("file", type=Path, metavar="FILE")
    importing.add_argument("--date", type=day, metavar="YYYY-MM-DD", help="the list's day")
    importing.add_argument("--no-abstracts", action="store_true", help="leave the abstracts out")
    importing.add_argument("--newest", type=count, metavar="N", help="only the N newest lists")
    importing.formatter_class = argparse.RawDescriptionHelpFormatter
    importing.epilog = "formats:\n" + "\n".join(
        f"  {name:<8} {each.help}; --date: {each.date_help}"
        for name, each in sorted(run.FORMATS.items())
    )
    importing.set_defaults(run=_import)


def _import(options: argparse.Namespace) -> int:
    report = run.run_import(
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
