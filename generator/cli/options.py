"""What commands share: types of arguments, messages, and the date of today.

The only module that looks at the clock.
"""

from __future__ import annotations

import argparse
import os
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from typing import TypeAlias

from generator.content import yaml_fields
from generator.core import files, journal, lock
from generator.core.progress import say
from generator.text.dates import counted

Parser = argparse.ArgumentParser


Commands: TypeAlias = "argparse._SubParsersAction[argparse.ArgumentParser]"  # noqa: SLF001
"""argparse has no public name for it."""


CACHE = ".cache/paper-archive"
SUMMARY = "GITHUB_STEP_SUMMARY"
"""GitHub's environment variable with the path of the job's summary."""

_ALIVE: list[object] = []


def add_cache(parser: Parser) -> None:
    """Add the option for the cache folder."""
    parser.add_argument(
        "--cache",
        type=Path,
        default=Path(CACHE),
        metavar="DIR",
        help=f"folder of the cache, which may be deleted at any time; default: {CACHE}",
    )


def add_wait(parser: Parser) -> None:
    """Add the option to wait for other commands."""
    parser.add_argument(
        "--wait",
        nargs="?",
        type=_seconds,
        const=lock.FOREVER,
        default=0,
        metavar="SECONDS",
        help="if another command uses the folders, wait until it has ended, or for some seconds",
    )


def _seconds(text: str) -> int:
    """A time to wait, as the type of an argument."""
    if text.isascii() and text.isdigit():
        return int(text)
    raise argparse.ArgumentTypeError(
        f"'{text}' is not a number of seconds; to wait as long as it takes, write --wait last"
    )


def today() -> date:
    """The date of today: lists from the future are refused."""
    return date.today()  # noqa: DTZ011 - lists are dated in the local time zone


def processors() -> int:
    """Number of processors that this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def keep_alive(value: object) -> None:
    """Keep a value, such as an archive, alive until the process ends, since freeing it takes time.

    The next value takes its place.
    """
    _ALIVE[:] = [value]


def day(text: str) -> date:
    """A date, as the type of an argument."""
    read = yaml_fields.parse_day(text)
    if read is None:
        raise argparse.ArgumentTypeError(f"'{text}' is not a date; write it like 2025-03-11")
    return read


def count(text: str) -> int:
    """A number above 0, as the type of an argument."""
    if text.isascii() and text.isdigit() and int(text) > 0:
        return int(text)
    raise argparse.ArgumentTypeError(f"'{text}' is not a whole number above 0")


def count_problems(number: int) -> str:
    """No problems, 1 problem, 2 problems."""
    return "no problems" if number == 0 else counted(number, "problem")


@contextmanager
def editing(options: argparse.Namespace, doing: str) -> Iterator[None]:
    """Keep others out of the content that is going to change; `doing` tells them what is done.

    An earlier change that was killed is undone first. Raises OutsideError.
    """
    with lock.writing(options.content, doing, options.wait):
        done = journal.put_back(options.content)
        if done:
            put_back = f"{counted(done, 'file')} put back"
            say(f"an earlier change was interrupted and is undone: {put_back}")
        yield


def summarise(text: str) -> None:
    """Append to the summary of the job on GitHub; does nothing elsewhere."""
    path = os.environ.get(SUMMARY)
    if not (path and text):
        return
    with (
        files.outside("cannot write the job's summary"),
        Path(path).open("a", encoding="utf-8") as out,
    ):
        out.write(text)
