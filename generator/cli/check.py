"""`paper-archive check`: every problem of the content, and addresses that would be lost."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from generator.cli.options import Commands, Parser, count_problems, processors, summarise, today
from generator.content import checks, reader
from generator.content.problems import FORMATS, as_summary
from generator.content.read_cache import ReadCache
from generator.content.reader import LoadedContent
from generator.core.cache import Cache
from generator.core.errors import UsageError
from generator.core.model import Problem
from generator.core.progress import reading, say
from generator.review import baseline, lost_urls
from generator.site import state
from generator.text.dates import counted


def add(commands: Commands, common: Parser) -> None:
    """The options of `check`."""
    check = commands.add_parser(
        "check", parents=[common], help="print every problem of the content"
    )
    check.add_argument("paths", nargs="*", type=Path, metavar="PATH", help="only of these files")
    check.add_argument("--format", choices=sorted(FORMATS), default="text")
    check.add_argument(
        "--against", metavar="BASE", help="also fail where addresses of a git revision would vanish"
    )
    check.set_defaults(run=_check)


def _check(options: argparse.Namespace) -> int:
    read_cache = ReadCache(Cache(None, b"")) if options.against is not None else None
    loaded = reader.load_content(options.content, reading, read_cache=read_cache, jobs=processors())
    problems = checks.check(loaded, today())
    if read_cache and not problems:
        problems = _vanished(loaded, read_cache, options.against)
    missing = [path for path in options.paths if not path.exists()]
    if missing:
        raise UsageError(f"there is no {missing[0]}: pass files or folders of the content")
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


def _vanished(loaded: LoadedContent, read_cache: ReadCache, base: str) -> list[Problem]:
    """What was published at a revision and would be gone; `loaded` has no problems."""
    kept = Cache(None, b"")
    with state.without_collecting():
        both = baseline.before_and_after(
            loaded, read_cache, base, today(), cache=kept, base_cache=kept, jobs=processors()
        )
        return sorted(lost_urls.lost_url_problems(both.before, both.after, loaded.root.as_posix()))
