"""`paper-archive rename-tag`: renames a tag or merges it into another one."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from generator.cli.options import (
    Commands,
    Parser,
    add_cache,
    add_wait,
    count_problems,
    editing,
    today,
)
from generator.content import problems
from generator.content.edit import rename_tag
from generator.core import toolchain
from generator.core.cache import Cache
from generator.core.progress import say
from generator.text import markup
from generator.text.dates import counted


def add(commands: Commands, common: Parser) -> None:
    """Add `rename-tag` and its options."""
    parser = commands.add_parser(
        "rename-tag",
        parents=[common],
        help="rename a tag, or merge it into another one",
        description="Rename a tag in the vocabulary and in all taggings. If a tag NEW exists, "
        "OLD is merged into it; to retire a tag, merge it into its parent. OLD stays another "
        "name of NEW, and its URLs redirect to those of NEW.",
    )
    parser.add_argument("old", metavar="OLD", help="slug of the tag")
    parser.add_argument("new", metavar="NEW", help="its new slug, or the slug of another tag")
    parser.add_argument("--name", default="", help="the name that the site shows for the tag")
    add_cache(parser)
    add_wait(parser)
    parser.set_defaults(run=_rename_tag)


def _rename_tag(options: argparse.Namespace) -> int:
    cache = Cache(options.cache, toolchain.fingerprint(Path()))
    name = markup.clean(options.name)
    with editing(options, "rename-tag"):
        done = rename_tag.rename(options.content, options.old, options.new, name, today(), cache)
    if done.problems or done.tag is None:
        sys.stdout.write(problems.as_text(done.problems))
        number = count_problems(len(done.problems))
        say(f"{number}; nothing was renamed: fix the files named above and try again")
        return 1
    if not done.is_changed:
        say(f"nothing to do: {options.old} is already {done.tag.slug}, shown as '{done.tag.name}'")
        return 0
    did = "merged into" if done.is_merged else "renamed to"
    changed = f"{counted(done.taggings, 'tagging')} changed"
    say(f"{options.old} {did} {done.tag.slug}, shown as '{done.tag.name}'; {changed}")
    return 0
