"""`paper-archive import`: imports daily lists from a source's file."""

from __future__ import annotations

import argparse
from pathlib import Path

from generator.cli.options import Commands, Parser, add_wait, count, day, editing
from generator.core.progress import track
from generator.sources import run


def add(commands: Commands, common: Parser) -> None:
    """Add `import` and its options."""
    parser = commands.add_parser(
        "import", parents=[common], help="import daily lists from a source's file"
    )
    parser.add_argument("format", choices=sorted(run.FORMATS), metavar="FORMAT", help="see below")
    parser.add_argument("file", type=Path, metavar="FILE", help="the file to import")
    parser.add_argument("--date", type=day, metavar="YYYY-MM-DD", help="the date of the list")
    parser.add_argument("--no-abstracts", action="store_true", help="leave out the abstracts")
    parser.add_argument("--newest", type=count, metavar="N", help="import only the N newest lists")
    add_wait(parser)
    parser.formatter_class = argparse.RawDescriptionHelpFormatter
    parser.epilog = "formats:\n" + "\n".join(
        f"  {name:<8} {each.help}\n{'':<10} --date: {each.date_help}"
        for name, each in sorted(run.FORMATS.items())
    )
    parser.set_defaults(run=_import)


def _import(options: argparse.Namespace) -> int:
    with editing(options, "an import"):
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
