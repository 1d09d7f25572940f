"""The command `paper-archive`: exit codes, and what is said of what went wrong.

Takes arguments, calls one command. Exit codes: 0 done, 1 problems in the content, 2 wrong usage,
3 something outside failed.
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
from generator.core.errors import ArchiveError, ContentError, OutsideError
from generator.core.progress import say

INTERRUPTED = 130
_SHARED = frozenset({"main", "options", "site_options"})
"""Modules here that are no command."""
_FORMER_NAMES = {"merge": "merge-shards"}
"""Commands under names they had before, which scripts may still call them by."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; returns the exit code."""
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
        say(f"{count_problems(len(error.problems))}; nothing was built, the old site is as it was")
        return error.exit_code
    except ArchiveError as error:
        say(f"paper-archive: {error}")
        return error.exit_code
    except KeyboardInterrupt:
        say("paper-archive: interrupted; no file is half-written")
        return INTERRUPTED
    except BrokenPipeError:
        _silence()
        return 0
    except OSError as error:
        _silence()
        say(f"paper-archive: cannot print: {error.strerror or error}")
        return OutsideError.exit_code
    return code


def _silence() -> None:
    """Let Python not try again, at its end, to print what could not be printed."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def parser(command: str = "") -> argparse.ArgumentParser:
    """The options of one command, or of all where there is none of that name.

    The libraries of the others would take as long to load as a small build to make.
    """
    top = argparse.ArgumentParser(
        prog="paper-archive", description="Keeps an archive of daily paper lists as a website."
    )
    every = top.add_subparsers(title="commands", metavar="COMMAND", required=True)
    common = argparse.ArgumentParser(add_help=False)
    common.add_argument(
        "--content", type=Path, default=Path("content"), metavar="DIR", help="default: content"
    )
    known = commands()
    for module in [known[command]] if command in known else known.values():
        import_module(f"{cli.__name__}.{module}").add(every, common)
    return top


def commands() -> dict[str, str]:
    """The module of each command, by its name: every file of this folder but the shared."""
    modules = (each.name for each in iter_modules(cli.__path__))
    return {
        module.rstrip("_").replace("_", "-"): module for module in modules if module not in _SHARED
    }
