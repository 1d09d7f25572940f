"""The command `paper-archive`: exit codes, and what is said of what went wrong.

Takes arguments, calls a verb (`verbs/`). Exit codes: 0 done, 1 problems in the content,
2 wrong usage, 3 something outside failed.
"""

from __future__ import annotations

import argparse
import io
import os
import sys
from collections.abc import Sequence
from pathlib import Path

from generator import verbs
from generator.errors import ArchiveError, ContentError, OutsideError
from generator.progress import say
from generator.verbs.common import count_problems

INTERRUPTED = 130


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one verb; returns the exit code."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")
    given = sys.argv[1:] if arguments is None else arguments
    options = parser(given[0] if given else "").parse_args(given)
    try:
        code: int = options.run(options)
        sys.stdout.flush()
    except ContentError as error:
        from generator import reports  # noqa: PLC0415 - seldom needed

        sys.stderr.write(reports.as_text(error.problems))
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


def parser(verb: str = "") -> argparse.ArgumentParser:
    """A verb and its options, or all of them where there is none of that name."""
    top = argparse.ArgumentParser(
        prog="paper-archive", description="Keeps an archive of daily paper lists as a website."
    )
    every = top.add_subparsers(title="verbs", metavar="VERB", required=True)
    common = argparse.ArgumentParser(add_help=False)
    common.add_argument(
        "--content", type=Path, default=Path("content"), metavar="DIR", help="default: content"
    )

    verbs.add(every, common, verb)
    return top
