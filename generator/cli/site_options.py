"""Options and messages that are shared by the commands that build a site."""
# ruff: noqa: PLC0415

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from generator.cli.options import Parser, add_cache
from generator.core import files, limits
from generator.core.errors import ContentError, OverBudgetError
from generator.core.progress import say
from generator.site.options import Folders
from generator.text.dates import counted

if TYPE_CHECKING:
    from generator.site.size_budget import Budget, Weights

BUDGET = "budget.yaml"
"""File with limits for the size of the site, beside `mkdocs.yml`."""


def docs_and_cache() -> Parser:
    """The options for the folders that a build works in."""
    folders = argparse.ArgumentParser(add_help=False)
    folders.add_argument(
        "--docs",
        type=Path,
        default=Path("docs"),
        metavar="DIR",
        help="folder of hand-written and generated Markdown; default: docs",
    )
    add_cache(folders)
    return folders


def site_folder(what: str) -> Parser:
    """The option for the folder of a site; `what` says in the help which site."""
    folder = argparse.ArgumentParser(add_help=False)
    folder.add_argument(
        "--site", type=Path, default=Path("site"), metavar="DIR", help=f"{what}; default: site"
    )
    return folder


def strict_budget() -> Parser:
    """The option of commands that write a whole site."""
    strict = argparse.ArgumentParser(add_help=False)
    strict.add_argument(
        "--strict-budget", action="store_true", help=f"fail if the site is over {BUDGET}"
    )
    return strict


def size_limits() -> Budget:
    """The limits for the size of the site; none if the file doesn't exist. Raises ContentError."""
    from generator.site import size_budget

    path = Path(BUDGET)
    data = b"pages: {}\n"
    if path.exists():
        with files.outside(f"cannot read {path}"):
            data = files.read(path, limits.BUDGET_FILE.most)
    budget, problems = size_budget.read(path.as_posix(), data)
    if problems:
        raise ContentError(list(problems))
    return budget


def made(count: int) -> str:
    """How many targets a build made, in words."""
    return f"{counted(count, 'page or file', 'pages and files')} made"


def report_expected(budget: Budget, *, strict: bool) -> Callable[[Weights], None]:
    """A function that says what a site will exceed before it is made.

    It raises OverBudgetError if `strict`.
    """

    def report(expected: Weights) -> None:
        from generator.site import size_budget

        too_much = list(size_budget.over_expected(budget, expected))
        for each in too_much:
            say(f"over budget: {each}")
        if too_much and strict:
            raise OverBudgetError(
                f"nothing was built: the limits are in {BUDGET}; docs/dev/performance.md says what "
                "can be switched off"
            )

    return report


def report_weights(weights: Weights, budget: Budget, *, strict: bool) -> int:
    """Print the size of the site and what is over its limits; gives the exit code."""
    from generator.site import size_budget

    sys.stdout.write(size_budget.table(weights, budget))
    too_much = list(size_budget.over(budget, weights))
    projected = list(size_budget.over_projected(budget, weights))
    for each in too_much:
        say(f"over budget: {each}")
    for each in projected:
        say(f"over budget in future: {each}")
    if too_much or projected:
        say(f"the limits are in {BUDGET}; docs/dev/performance.md says what can be switched off")
    return 1 if too_much and strict else 0


def chosen_folders(options: argparse.Namespace, site: Path) -> Folders:
    """The folders that a build with these options reads and writes; `site` gets the site."""
    return Folders(options.content, options.docs, site, project=Path(), cache=options.cache)
