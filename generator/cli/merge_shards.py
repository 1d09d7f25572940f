"""`paper-archive merge-shards`: merges shards of a site that `build --shard` made."""
# ruff: noqa: PLC0415

from __future__ import annotations

import argparse
from pathlib import Path

from generator.cli.options import Commands, Parser, add_wait
from generator.cli.site_options import report_weights, site_folder, size_limits, strict_budget
from generator.core.progress import say
from generator.text.dates import counted


def add(commands: Commands, _common: Parser) -> None:
    """Add `merge-shards` and its options."""
    parser = commands.add_parser(
        "merge-shards",
        parents=[site_folder("merged site"), strict_budget()],
        help="merge the shards of a site that build --shard made",
    )
    parser.add_argument(
        "shards", nargs="+", type=Path, metavar="SHARD", help="the folder of a shard; pass all"
    )
    add_wait(parser)
    parser.set_defaults(run=_merge)


def _merge(options: argparse.Namespace) -> int:
    from generator.site import merge_shards

    budget = size_limits()
    weights = merge_shards.merge_shards(options.shards, options.site, options.wait)
    files, shards = counted(weights.files, "file"), counted(len(options.shards), "shard")
    say(f"built {options.site}: {files} from {shards}")
    return report_weights(weights, budget, strict=options.strict_budget)
