"""`paper-archive serve`: a preview that is rebuilt on each edit."""
# ruff: noqa: PLC0415

from __future__ import annotations

import argparse
import sys

from generator.cli.options import Commands, Parser, add_wait, count_problems, processors, today
from generator.cli.site_options import chosen_folders, docs_and_cache, made
from generator.core import lock
from generator.core.errors import ArchiveError, ContentError
from generator.core.progress import say


def add(commands: Commands, common: Parser) -> None:
    """Add `serve` and its options."""
    parser = commands.add_parser(
        "serve",
        parents=[common, docs_and_cache()],
        help="preview the site, rebuilding it on each edit",
    )
    add_wait(parser)
    parser.set_defaults(run=_serve)


def _serve(options: argparse.Namespace) -> int:
    from generator.content import problems
    from generator.site import build, mkdocs_site
    from generator.site.options import BuildOptions

    where = chosen_folders(options, options.docs.parent / ".serve")
    first = BuildOptions(processors(), wait=options.wait)
    settings = build.build(where, today(), first).archive.settings
    # An edit that a command made, or made while another build runs, is to be seen in any case.
    later = BuildOptions(processors(), wait=lock.FOREVER)

    def rebuild() -> None:
        try:
            report = build.build(where, today(), later)
        except ContentError as error:
            sys.stderr.write(problems.as_text(error.problems))
            say(f"{count_problems(len(error.problems))}; still showing the last good build")
        except ArchiveError as error:
            say(f"paper-archive: {error}")
        else:
            say(f"rebuilt: {made(report.changed)}, {report.removed:,} removed")

    project = where.project
    watched = (where.content, project / "docs", project / "mkdocs.yml", project / "generator")
    mkdocs_site.serve(where.site, settings.site_url, watched, rebuild)
    return 0
