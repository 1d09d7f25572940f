"""`paper-archive build`: builds the site and reports its size.

The modules that make pages are imported only when they are used: that takes as long as scanning a
small site, which happens at the same time.
"""
# ruff: noqa: PLC0415

from __future__ import annotations

import argparse

from generator.cli.options import Commands, Parser, add_wait, count, keep_alive, processors, today
from generator.cli.site_options import (
    chosen_folders,
    docs_and_cache,
    made,
    report_expected,
    report_weights,
    site_folder,
    size_limits,
    strict_budget,
)
from generator.core.errors import UsageError
from generator.core.progress import say
from generator.site import state
from generator.site.options import BuildOptions


def add(commands: Commands, common: Parser) -> None:
    """Add `build` and its options."""
    parents = [common, docs_and_cache(), site_folder("built site"), strict_budget()]
    parser = commands.add_parser("build", parents=parents, help="build the site")
    parser.add_argument(
        "--jobs",
        type=count,
        default=processors(),
        metavar="N",
        help="number of processes; default: one for each processor",
    )
    parser.add_argument(
        "--full", action="store_true", help="make everything again, not only what changed"
    )
    parser.add_argument(
        "--shard",
        type=_shard,
        default=(1, 1),
        metavar="K/N",
        help="build only the K-th of N shards of the site; see merge-shards",
    )
    parser.add_argument("--no-search", action="store_true", help="build no search index")
    add_wait(parser)
    parser.set_defaults(run=_build)


def _build(options: argparse.Namespace) -> int:
    is_shard = options.shard[1] > 1
    if is_shard and options.strict_budget:
        raise UsageError("the budget is for the whole site: pass --strict-budget to merge-shards")
    folders = chosen_folders(options, options.site)
    chosen = BuildOptions(
        options.jobs, options.full, options.shard, not options.no_search, options.wait
    )
    with state.previous_build(folders, chosen) as previous:
        from generator.site import build

        budget = size_limits()
        expected = report_expected(budget, strict=options.strict_budget)
        report = build.build(folders, today(), chosen, previous, expected)
    keep_alive(report)
    say(
        f"built {options.site}: {made(report.changed)}, "
        f"{report.unchanged:,} unchanged, {report.removed:,} removed"
    )
    return 0 if is_shard else report_weights(report.weights, budget, strict=options.strict_budget)


def _shard(text: str) -> tuple[int, int]:
    number, slash, of = text.partition("/")
    if slash and 0 < int(count(number)) <= count(of):
        return int(number), int(of)
    raise argparse.ArgumentTypeError(f"'{text}' is not a shard; write the second of four as 2/4")
