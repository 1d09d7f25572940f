"""`paper-archive diff`: shows what a merge would change."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from generator.cli.options import Commands, Parser, add_cache, count_problems, processors, today
from generator.content import checks, reader
from generator.content.problems import as_text
from generator.content.read_cache import ReadCache
from generator.core import garbage_collection, toolchain
from generator.core.cache import Cache
from generator.core.progress import reading, say
from generator.review import baseline, broken_promises, changes
from generator.review.report import FORMATS, ChangeReport


def add(commands: Commands, common: Parser) -> None:
    """Add `diff` and its options."""
    parser = commands.add_parser(
        "diff", parents=[common], help="show what would change on the site since a git revision"
    )
    parser.add_argument("base", metavar="BASE", help="a branch, tag or commit, such as main")
    parser.add_argument(
        "--format", choices=sorted(FORMATS), default="text", help="format of the report"
    )
    add_cache(parser)
    parser.set_defaults(run=_diff)


def _diff(options: argparse.Namespace) -> int:
    tools = toolchain.fingerprint(Path())
    cache, base_cache = (Cache(options.cache / each, tools) for each in ("", "base"))
    read_cache = ReadCache(cache)
    with garbage_collection.paused():
        loaded = reader.load_content(
            options.content, reading, read_cache=read_cache, jobs=processors()
        )
        problems = checks.check(loaded, today())
        if problems:
            sys.stderr.write(as_text(problems))
            say(f"{count_problems(len(problems))}: fix the files named above, then run diff again")
            return 1
        both = baseline.before_and_after(
            loaded,
            read_cache,
            options.base,
            today(),
            cache=cache,
            base_cache=base_cache,
            jobs=processors(),
        )
        found = changes.compare(both.before, both.after)
        new = both.new_breaking_changes
        broken = broken_promises.find(both.before, both.after, loaded, new)
    base = both.revision
    report = ChangeReport(
        base.name, base.commit, base.is_behind, both.problems, found, tuple(broken)
    )
    sys.stdout.write(FORMATS[options.format](report))
    return 0
