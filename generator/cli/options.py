"""What commands share: types of arguments, words, today.

Takes text, gives values. Asks the clock and the machine, for all commands.
"""

from __future__ import annotations

import argparse
import os
from datetime import date
from pathlib import Path
from typing import TypeAlias

from generator.content import yaml_fields
from generator.core import files
from generator.text.dates import counted

Parser = argparse.ArgumentParser


Commands: TypeAlias = "argparse._SubParsersAction[argparse.ArgumentParser]"  # noqa: SLF001
"""argparse has no public name for it."""


CACHE = ".cache/paper-archive"
SUMMARY = "GITHUB_STEP_SUMMARY"
"""GitHub's variable that names the file of a job's summary."""

_KEPT: list[object] = []


def add_cache(parser: Parser) -> None:
    """The option that says where commands remember what they worked out."""
    parser.add_argument("--cache", type=Path, default=Path(CACHE), metavar="DIR")


def today() -> date:
    """The only look at the clock: a check refuses lists from the future."""
    return date.today()  # noqa: DTZ011 - a list's day is the day where the archive is kept


def processors() -> int:
    """How many processors this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def keep_whole(value: object) -> None:
    """Spare a command that is about to end to take a value apart, such as an archive.

    The next one kept takes its place.
    """
    _KEPT[:] = [value]


def day(text: str) -> date:
    """A day, as an argument."""
    read = yaml_fields.parse_day(text)
    if read is None:
        raise argparse.ArgumentTypeError(f"'{text}' is not a day; write it as 2025-03-11")
    return read


def count(text: str) -> int:
    """A number above 0, as an argument."""
    if text.isascii() and text.isdigit() and int(text) > 0:
        return int(text)
    raise argparse.ArgumentTypeError(f"'{text}' is not a number above 0")


def count_problems(number: int) -> str:
    """No problems, 1 problem, 2 problems."""
    return "no problems" if number == 0 else counted(number, "problem")


def summarise(text: str) -> None:
    """Add to the summary of the job on GitHub, where there is one."""
    path = os.environ.get(SUMMARY)
    if not (path and text):
        return
    with (
        files.outside("cannot write the job's summary"),
        Path(path).open("a", encoding="utf-8") as out,
    ):
        out.write(text)
