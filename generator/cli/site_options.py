"""Options and messages that the commands share which leave a site."""
# ruff: noqa: PLC0415

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from generator.cli.options import CACHE, Parser
from generator.core import files
from generator.core.errors import ContentError
from generator.core.progress import say

if TYPE_CHECKING:
    from generator.site.options import Folders
    from generator.site.size_budget import Budget, Weights

BUDGET = "budget.yaml"
"""What the site may weigh, beside `mkdocs.yml`."""


def site_folders() -> Parser:
    """Options of commands that make a site from content."""
    folders = argparse.ArgumentParser(add_help=False)
    folders.add_argument("--docs", type=Path, default=Path("docs"), metavar="DIR")
    folders.add_argument("--site", type=Path, default=Path("site"), metavar="DIR")
    folders.add_argument(
        "--cache",
        type=Path,
        default=Path(CACHE),
        metavar="DIR",
        help="what builds remember; may be deleted at any time",
    )
    return folders


def strict_budget() -> Parser:
    """The option of commands that leave a whole site."""
    strict = argparse.ArgumentParser(add_help=False)
    strict.add_argument(
        "--strict-budget", action="store_true", help=f"fail if the site is over {BUDGET}"
    )
    return strict


def size_limits() -> Budget:
    """What the site may weigh; no limit where there is no such file. Raises ContentError."""
    from generator.site import size_budget

    path = Path(BUDGET)
    with files.outside(f"cannot read {path}"):
        data = path.read_bytes() if path.exists() else b"pages: {}\n"
    limits, problems = size_budget.read(path.as_posix(), data)
    if problems:
        raise ContentError(list(problems))
    return limits


def report_weights(weights: Weights, limits: Budget, *, strict: bool) -> int:
    """Print what the site weighs, and what is too much."""
    from generator.site import size_budget

    sys.stdout.write(size_budget.table(weights, limits))
    too_much = list(size_budget.over(limits, weights))
    for each in too_much:
        say(f"over budget: {each}")
    if too_much:
        say(f"limits are in {BUDGET}; docs/dev/performance.md says what to switch off, and when")
    return 1 if too_much and strict else 0


def folders(options: argparse.Namespace) -> Folders:
    """Where a build of these options reads and writes."""
    from generator.site.options import Folders

    return Folders(options.content, options.docs, options.site, project=Path(), cache=options.cache)
