"""`paper-archive merge-shards`: one site from the shards that `build --shard` made."""
# ruff: noqa: PLC0415

from __future__ import annotations

import argparse
from pathlib import Path

from generator.cli.options import Commands, Parser
from generator.cli.site_options import report_weights, size_limits, strict_budget
from generator.core.progress import say


def add(commands: Commands, _common: Parser) -> None:
    """The options of `merge-shards`."""
    strict = strict_budget()
    merge = commands.add_parser(
        "merge-shards", parents=[strict], help="merge the shards of a site made by build --shard"
    )
    merge.add_argument("shards", nargs="+", type=Path, metavar="SHARD", help="folders of shards")
    merge.add_argument("--site", type=Path, default=Path("site"), metavar="DIR")
    merge.set_defaults(run=_merge)


def _merge(options: argparse.Namespace) -> int:
    from generator.site import merge_shards

    limits = size_limits()
    weights = merge_shards.merge_shards(options.shards, options.site)
    say(f"built {options.site}: {weights.files} files of {len(options.shards)} shards")
    return report_weights(weights, limits, strict=options.strict_budget)
