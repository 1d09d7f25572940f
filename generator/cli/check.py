"""`paper-archive check`: reports every problem in the content, and promises that are broken."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterable, Set
from functools import partial
from pathlib import Path

from generator.cli.options import Commands, Parser, count_problems, processors, summarise, today
from generator.content import checks, reader
from generator.content.problems import FORMATS, as_summary
from generator.content.read_cache import ReadCache
from generator.content.reader import LoadedContent
from generator.core import garbage_collection
from generator.core.cache import Cache
from generator.core.errors import UsageError
from generator.core.model import Problem
from generator.core.progress import reading, say
from generator.review import baseline, broken_promises, statements
from generator.review.broken_promises import BrokenPromise
from generator.text.dates import counted


def add(commands: Commands, common: Parser) -> None:
    """Add `check` and its options."""
    parser = commands.add_parser(
        "check", parents=[common], help="report every problem in the content"
    )
    parser.add_argument(
        "paths",
        nargs="*",
        type=Path,
        metavar="PATH",
        help="report only problems in these files and folders",
    )
    parser.add_argument(
        "--format", choices=sorted(FORMATS), default="text", help="format of the problems"
    )
    parser.add_argument(
        "--against",
        metavar="BASE",
        help="also report what was promised at this git revision and would no longer hold: "
        "addresses, feeds, and settings that both depend on",
    )
    parser.set_defaults(run=_check)


def _check(options: argparse.Namespace) -> int:
    missing = [path for path in options.paths if not path.exists()]
    if missing:
        raise UsageError(f"{missing[0]} doesn't exist: pass files or folders of the content")
    read_cache = ReadCache(Cache(None, b"")) if options.against is not None else None
    loaded = reader.load_content(options.content, reading, read_cache=read_cache, jobs=processors())
    problems = checks.check(loaded, today())
    broken: list[BrokenPromise] = []
    if read_cache and not problems:
        problems, broken = _broken(loaded, read_cache, options.against)
    if options.paths:
        wanted = {path.resolve() for path in options.paths}
        problems = [each for each in problems if _concerns(each, wanted)]
    sys.stdout.write(FORMATS[options.format](problems))
    way_out = _way_out(broken, options.content) if problems else ""
    if options.format == "github":
        summarise(as_summary(problems) + way_out)
    lists = loaded.content.lists
    papers = sum(len(each.papers) for each in lists)
    held = f"{counted(len(lists), 'list')} with {counted(papers, 'paper')}"
    say(f"{count_problems(len(problems))} in {held}")
    if way_out:
        say(way_out)
    return 1 if problems else 0


def _concerns(problem: Problem, wanted: Set[Path]) -> bool:
    """Whether a problem is in some files and folders, or says that no file can be relied on."""
    path = Path(problem.path).resolve()
    return problem.code == "unfinished-change" or not wanted.isdisjoint((path, *path.parents))


def _way_out(broken: Iterable[BrokenPromise], root: Path) -> str:
    """The file that would say that all is intended, as Markdown; empty if nothing is broken."""
    ways = [each.way for each in broken if each.way and not each.said]
    if not ways:
        return ""
    file = statements.place(root.as_posix(), today())
    text = statements.as_file(ways, today())
    return f"\nIf this is intended, add `{file}`:\n\n```yaml\n{text}```\n"


def _broken(
    loaded: LoadedContent, read_cache: ReadCache, base: str
) -> tuple[list[Problem], list[BrokenPromise]]:
    """Promises of a revision that no longer hold, and all problems with what is said of them.

    `loaded` has no problems.
    """
    no_cache = Cache(None, b"")
    with garbage_collection.paused():
        both = baseline.before_and_after(
            loaded,
            read_cache,
            base,
            today(),
            cache=no_cache,
            base_cache=no_cache,
            jobs=processors(),
        )
        new = both.new_breaking_changes
        broken = broken_promises.find(both.before, both.after, loaded, new)
        known = partial(baseline.was_known, loaded.root)
        untrue = broken_promises.untrue(both.before, both.after, loaded, new, broken, known)
        return sorted([*untrue, *(each.problem for each in broken if not each.said)]), broken
