"""`paper-archive check`: reports every problem in the content, and URLs that would be lost."""

from __future__ import annotations

import argparse
import sys
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
from generator.review import baseline, lost_urls
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
        help="also report URLs of this git revision that would be lost without a redirect",
    )
    parser.set_defaults(run=_check)


def _check(options: argparse.Namespace) -> int:
    missing = [path for path in options.paths if not path.exists()]
    if missing:
        raise UsageError(f"{missing[0]} doesn't exist: pass files or folders of the content")
    read_cache = ReadCache(Cache(None, b"")) if options.against is not None else None
    loaded = reader.load_content(options.content, reading, read_cache=read_cache, jobs=processors())
    problems = checks.check(loaded, today())
    if read_cache and not problems:
        problems = _lost_urls(loaded, read_cache, options.against)
    if options.paths:
        wanted = {path.resolve() for path in options.paths}
        problems = [
            problem
            for problem in problems
            if wanted & {Path(problem.path).resolve(), *Path(problem.path).resolve().parents}
        ]
    sys.stdout.write(FORMATS[options.format](problems))
    if options.format == "github":
        summarise(as_summary(problems))
    lists = loaded.content.lists
    papers = sum(len(each.papers) for each in lists)
    held = f"{counted(len(lists), 'list')} with {counted(papers, 'paper')}"
    say(f"{count_problems(len(problems))} in {held}")
    return 1 if problems else 0


def _lost_urls(loaded: LoadedContent, read_cache: ReadCache, base: str) -> list[Problem]:
    """A problem for each URL of a revision that would be lost; `loaded` has no problems."""
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
        return sorted(lost_urls.lost_url_problems(both.before, both.after, loaded.root.as_posix()))
