"""`paper-archive merge-shards`: one site from the parts that `build --shard` made."""
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
    join = commands.add_parser(
        "merge-shards", parents=[strict], help="put together a site built in parts with --shard"
    )
    join.add_argument("parts", nargs="+", type=Path, metavar="PART", help="folders of the parts")
    join.add_argument("--site", type=Path, default=Path("site"), metavar="DIR")
    join.set_defaults(run=_merge)


def _merge(options: argparse.Namespace) -> int:
    from generator.site import merge_shards

    limits = size_limits()
    weights = merge_shards.merge_shards(options.parts, options.site)
    say(f"built {options.site}: {weights.files} files of {len(options.parts)} parts")
    return report_weights(weights, limits, strict=options.strict_budget)
