"""The command `paper-archive`: runs one of its commands, reports errors, gives the exit code.

Exit codes: 0 done, 1 problems in the content, 2 wrong usage, 3 something outside failed, and 128
with a signal's number where one ended the command: 130 for Ctrl-C, 143 for SIGTERM, 129 for SIGHUP.
"""

from __future__ import annotations

import argparse
import io
import os
import sys
from collections.abc import Sequence
from importlib import import_module
from pathlib import Path
from pkgutil import iter_modules

from generator import cli
from generator.cli.options import count_problems
from generator.core import interruption
from generator.core.errors import ArchiveError, ContentError, OutsideError
from generator.core.progress import say

_SHARED = frozenset({"main", "options", "site_options"})
"""Modules in this folder that aren't commands."""
_FORMER_NAMES = {"merge": "merge-shards"}
"""Former names of commands, which scripts may still use."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; gives its exit code."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")
    given = list(sys.argv[1:] if arguments is None else arguments)
    if given:
        given[0] = _FORMER_NAMES.get(given[0], given[0])
    options = parser(given[0] if given else "").parse_args(given)
    try:
        code: int = options.run(options)
        sys.stdout.flush()
    except ContentError as error:
        from generator.content import problems  # noqa: PLC0415 - seldom needed

        sys.stderr.write(problems.as_text(error.problems))
        counted = count_problems(len(error.problems))
        say(f"{counted}; nothing was built: fix the files named above and try again")
        return error.exit_code
    except ArchiveError as error:
        say(f"paper-archive: {error}")
        return error.exit_code
    except KeyboardInterrupt as error:
        return interruption.report(error)
    except BrokenPipeError:
        _silence()
        return 0
    except OSError as error:
        _silence()
        say(f"paper-archive: cannot print: {error.strerror or error}")
        return OutsideError.exit_code
    return code


def _silence() -> None:
    """Stop Python from printing again, as it ends, what couldn't be printed."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def parser(command: str = "") -> argparse.ArgumentParser:
    """A parser for one command, or for all commands if none has that name.

    Importing the modules of all commands would take as long as a small build.
    """
    top = argparse.ArgumentParser(
        prog="paper-archive", description="Builds a website from an archive of daily paper lists."
    )
    every = top.add_subparsers(title="commands", metavar="COMMAND", required=True)
    common = argparse.ArgumentParser(add_help=False)
    common.add_argument(
        "--content",
        type=Path,
        default=Path("content"),
        metavar="DIR",
        help="folder of the content; default: content",
    )
    known = commands()
    for module in [known[command]] if command in known else known.values():
        import_module(f"{cli.__name__}.{module}").add(every, common)
    return top


def commands() -> dict[str, str]:
    """Modules by names of commands: all files of this folder except those in `_SHARED`."""
    modules = (each.name for each in iter_modules(cli.__path__))
    return {
        module.rstrip("_").replace("_", "-"): module for module in modules if module not in _SHARED
    }
