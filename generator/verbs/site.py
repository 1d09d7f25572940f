"""`build`, `merge` and `serve`: the website, and what it weighs.

What makes pages is loaded only on use: it takes as long as a look at a small site, which goes on
meanwhile.
"""
# ruff: noqa: PLC0415

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from msgspec.structs import replace

from generator import files, state
from generator.errors import ArchiveError, ContentError, UsageError
from generator.progress import say
from generator.verbs.common import (
    CACHE,
    Parser,
    Verbs,
    count,
    count_problems,
    keep_whole,
    processors,
    today,
)

if TYPE_CHECKING:
    from generator.budget import Budget, Weights
    from generator.build import Folders

BUDGET = "budget.yaml"
"""What the site may weigh, beside `mkdocs.yml`."""


def add_build(verbs: Verbs, common: Parser) -> None:
    """The verb `build`."""
    strict, folders = _strict(), _site_folders()
    make = verbs.add_parser("build", parents=[common, folders, strict], help="make the site")
    make.add_argument(
        "--jobs", type=count, default=processors(), metavar="N", help="processes; default: all"
    )
    make.add_argument("--full", action="store_true", help="make everything again")
    make.add_argument(
        "--shard", type=_shard, default=(1, 1), metavar="K/N", help="build one part of the pages"
    )
    make.add_argument("--no-search", action="store_true", help="leave the search index out")
    make.set_defaults(run=_build)


def add_merge(verbs: Verbs, _common: Parser) -> None:
    """The verb `merge`."""
    strict = _strict()
    join = verbs.add_parser(
        "merge", parents=[strict], help="put together a site built in parts with --shard"
    )
    join.add_argument("parts", nargs="+", type=Path, metavar="PART", help="folders of the parts")
    join.add_argument("--site", type=Path, default=Path("site"), metavar="DIR")
    join.set_defaults(run=_merge)


def add_serve(verbs: Verbs, common: Parser) -> None:
    """The verb `serve`."""
    folders = _site_folders()
    serve = verbs.add_parser(
        "serve", parents=[common, folders], help="preview the site and pick up edits"
    )
    serve.set_defaults(run=_serve)


def _site_folders() -> Parser:
    """Options of verbs that make a site from content."""
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


def _strict() -> Parser:
    """The option of verbs that leave a whole site."""
    strict = argparse.ArgumentParser(add_help=False)
    strict.add_argument(
        "--strict-budget", action="store_true", help=f"fail if the site is over {BUDGET}"
    )
    return strict


def _build(options: argparse.Namespace) -> int:
    is_part = options.shard[1] > 1
    if is_part and options.strict_budget:
        raise UsageError("a part of a site has no budget: pass --strict-budget to merge")
    places = (Path(), options.docs, options.site, options.cache)
    with state.looking(*places, options.jobs, is_trusted=not options.full) as seen:
        from generator import build

        limits = _limits()
        how = build.How(options.jobs, options.full, options.shard, not options.no_search)
        report = build.build(_folders(options), today(), how, seen)
    keep_whole(report)
    say(
        f"built {options.site}: {report.changed} pages and files made, "
        f"{report.unchanged} as before, {report.removed} removed"
    )
    return 0 if is_part else _weighed(report.weights, limits, strict=options.strict_budget)


def _merge(options: argparse.Namespace) -> int:
    from generator import joining

    limits = _limits()
    weights = joining.join(options.parts, options.site)
    say(f"built {options.site}: {weights.files} files of {len(options.parts)} parts")
    return _weighed(weights, limits, strict=options.strict_budget)


def _serve(options: argparse.Namespace) -> int:
    from generator import build, reports, site

    folders = replace(_folders(options), site=options.docs.parent / ".serve")
    how = build.How(processors())
    settings = build.build(folders, today(), how).archive.settings

    def rebuild() -> None:
        try:
            report = build.build(folders, today(), how)
        except ContentError as error:
            sys.stderr.write(reports.as_text(error.problems))
            say(f"{count_problems(len(error.problems))}; showing the last good state")
        except ArchiveError as error:
            say(f"paper-archive: {error}")
        else:
            say(f"{report.changed} pages and files made again")

    project = folders.project
    watched = (folders.content, project / "docs", project / "mkdocs.yml", project / "generator")
    site.serve(folders.site, settings.site_url, watched, rebuild)
    return 0


def _limits() -> Budget:
    """What the site may weigh; no limit where there is no such file. Raises ContentError."""
    from generator import budget

    path = Path(BUDGET)
    with files.outside(f"cannot read {path}"):
        data = path.read_bytes() if path.exists() else b"pages: {}\n"
    limits, problems = budget.read(path.as_posix(), data)
    if problems:
        raise ContentError(list(problems))
    return limits


def _weighed(weights: Weights, limits: Budget, *, strict: bool) -> int:
    """Print what the site weighs, and what is too much."""
    from generator import budget

    sys.stdout.write(budget.table(weights, limits))
    too_much = list(budget.over(limits, weights))
    for each in too_much:
        say(f"over budget: {each}")
    if too_much:
        say(f"limits are in {BUDGET}; docs/dev/performance.md says what to switch off, and when")
    return 1 if too_much and strict else 0


def _folders(options: argparse.Namespace) -> Folders:
    from generator.build import Folders

    return Folders(options.content, options.docs, options.site, project=Path(), cache=options.cache)


def _shard(text: str) -> tuple[int, int]:
    number, slash, of = text.partition("/")
    if slash and 0 < int(count(number)) <= count(of):
        return int(number), int(of)
    raise argparse.ArgumentTypeError(f"'{text}' is not a part; write the second of four as 2/4")
