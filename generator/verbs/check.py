"""`check` and `diff`: what is wrong in the content, and what a merge would do."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from generator import (
    addresses,
    against,
    checks,
    comparison,
    content,
    effects,
    reports,
    stamp,
    state,
)
from generator.cache import Cache
from generator.content import Loaded
from generator.effects import Report
from generator.errors import UsageError
from generator.model import Problem
from generator.progress import reading, say
from generator.shelf import Shelf
from generator.verbs.common import (
    Parser,
    Verbs,
    add_cache,
    count_problems,
    processors,
    summarise,
    today,
)


def add_check(verbs: Verbs, common: Parser) -> None:
    """The verb `check`."""
    check = verbs.add_parser("check", parents=[common], help="print every problem of the content")
    check.add_argument("paths", nargs="*", type=Path, metavar="PATH", help="only of these files")
    check.add_argument("--format", choices=sorted(reports.FORMATS), default="text")
    check.add_argument(
        "--against", metavar="BASE", help="also fail where addresses of a git revision would vanish"
    )
    check.set_defaults(run=_check)


def add_diff(verbs: Verbs, common: Parser) -> None:
    """The verb `diff`."""
    differ = verbs.add_parser(
        "diff", parents=[common], help="tell what differs on the site from a git revision's"
    )
    differ.add_argument("base", metavar="BASE", help="a branch, tag or commit, such as main")
    differ.add_argument("--format", choices=sorted(effects.FORMATS), default="text")
    add_cache(differ)
    differ.set_defaults(run=_diff)


def _check(options: argparse.Namespace) -> int:
    shelf = Shelf(Cache(None, b"")) if options.against is not None else None
    loaded = content.load(options.content, reading, shelf=shelf, jobs=processors())
    problems = checks.check(loaded, today())
    if shelf and not problems:
        problems = _vanished(loaded, shelf, options.against)
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
    sys.stdout.write(reports.FORMATS[options.format](problems))
    if options.format == "github":
        summarise(reports.as_summary(problems))
    lists = loaded.content.lists
    papers = sum(len(each.papers) for each in lists)
    held = f"{_lists(len(lists))} with {papers} paper{'' if papers == 1 else 's'}"
    say(f"{count_problems(len(problems))} in {held}")
    return 1 if problems else 0


def _vanished(loaded: Loaded, shelf: Shelf, base: str) -> list[Problem]:
    """What was published at a revision and would be gone; `loaded` has no problems."""
    kept = Cache(None, b"")
    with state.without_collecting():
        both = against.both(
            loaded, shelf, base, today(), cache=kept, base_cache=kept, jobs=processors()
        )
        return sorted(addresses.vanished(both.before, both.after, loaded.root.as_posix()))


def _lists(count: int) -> str:
    return f"{count} list{'' if count == 1 else 's'}"


def _diff(options: argparse.Namespace) -> int:
    tools = stamp.toolchain(Path())
    cache, base_cache = (Cache(options.cache / each, tools) for each in ("", "base"))
    shelf = Shelf(cache)
    with state.without_collecting():
        loaded = content.load(options.content, reading, shelf=shelf, jobs=processors())
        problems = checks.check(loaded, today())
        if problems:
            sys.stderr.write(reports.as_text(problems))
            say(f"{count_problems(len(problems))}: mend them, then compare")
            return 1
        both = against.both(
            loaded,
            shelf,
            options.base,
            today(),
            cache=cache,
            base_cache=base_cache,
            jobs=processors(),
        )
        found = comparison.compare(both.before, both.after)
    of = both.revision
    report = Report(of.name, of.commit, of.is_behind, both.problems, found)
    sys.stdout.write(effects.FORMATS[options.format](report))
    return 0
