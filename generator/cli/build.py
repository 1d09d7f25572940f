"""`paper-archive build`: the website, and what it weighs.

What makes pages is loaded only on use: it takes as long as a look at a small site, which goes on
meanwhile.
"""
# ruff: noqa: PLC0415

from __future__ import annotations

import argparse
from pathlib import Path

from generator.cli.options import Commands, Parser, count, keep_whole, processors, today
from generator.cli.site_options import (
    folders,
    report_weights,
    site_folders,
    size_limits,
    strict_budget,
)
from generator.core.errors import UsageError
from generator.core.progress import say
from generator.site import state


def add(commands: Commands, common: Parser) -> None:
    """The options of `build`."""
    strict, places = strict_budget(), site_folders()
    make = commands.add_parser("build", parents=[common, places, strict], help="make the site")
    make.add_argument(
        "--jobs", type=count, default=processors(), metavar="N", help="processes; default: all"
    )
    make.add_argument("--full", action="store_true", help="make everything again")
    make.add_argument(
        "--shard", type=_shard, default=(1, 1), metavar="K/N", help="build one part of the pages"
    )
    make.add_argument("--no-search", action="store_true", help="leave the search index out")
    make.set_defaults(run=_build)


def _build(options: argparse.Namespace) -> int:
    is_part = options.shard[1] > 1
    if is_part and options.strict_budget:
        raise UsageError("a part of a site has no budget: pass --strict-budget to merge-shards")
    places = (Path(), options.docs, options.site, options.cache)
    with state.previous_build(*places, options.jobs, is_trusted=not options.full) as previous:
        from generator.site import build
        from generator.site.options import BuildOptions

        limits = size_limits()
        how = BuildOptions(options.jobs, options.full, options.shard, not options.no_search)
        report = build.build(folders(options), today(), how, previous)
    keep_whole(report)
    say(
        f"built {options.site}: {report.changed} pages and files made, "
        f"{report.unchanged} as before, {report.removed} removed"
    )
    return 0 if is_part else report_weights(report.weights, limits, strict=options.strict_budget)


def _shard(text: str) -> tuple[int, int]:
    number, slash, of = text.partition("/")
    if slash and 0 < int(count(number)) <= count(of):
        return int(number), int(of)
    raise argparse.ArgumentTypeError(f"'{text}' is not a part; write the second of four as 2/4")
