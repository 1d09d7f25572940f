"""`paper-archive rename-tag`: give a tag another slug, or merge it into another."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from generator.cli.options import Commands, Parser, add_cache, count_problems, today
from generator.content import problems
from generator.content.edit import rename_tag
from generator.core import toolchain
from generator.core.cache import Cache
from generator.core.progress import say
from generator.text import markup
from generator.text.dates import counted


def add(commands: Commands, common: Parser) -> None:
    """The options of `rename-tag`."""
    rename = commands.add_parser(
        "rename-tag",
        parents=[common],
        help="give a tag another slug, or merge it into another tag",
        description="Renames a tag in the vocabulary and in all taggings. If there is a tag NEW, "
        "OLD becomes part of it: to retire a tag, merge it into its parent. OLD stays as another "
        "name of NEW, so its addresses lead there.",
    )
    rename.add_argument("old", metavar="OLD", help="the tag's slug")
    rename.add_argument("new", metavar="NEW", help="its new slug, or the slug of another tag")
    rename.add_argument("--name", default="", help="what the tag is shown as from now on")
    add_cache(rename)
    rename.set_defaults(run=_rename_tag)


def _rename_tag(options: argparse.Namespace) -> int:
    cache = Cache(options.cache, toolchain.fingerprint(Path()))
    name = markup.clean(options.name)
    done = rename_tag.rename(options.content, options.old, options.new, name, today(), cache)
    if done.problems or done.tag is None:
        sys.stdout.write(problems.as_text(done.problems))
        say(f"{count_problems(len(done.problems))}; nothing was renamed: fix them first")
        return 1
    if not done.is_changed:
        say(f"nothing to do: {options.old} is {done.tag.slug}, shown as '{done.tag.name}', already")
        return 0
    did = "merged into" if done.is_merged else "renamed to"
    changed = f"{counted(done.taggings, 'tagging')} changed"
    say(f"{options.old} {did} {done.tag.slug}, shown as '{done.tag.name}'; {changed}")
    return 0
