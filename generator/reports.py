"""Problems as text to print: lines for people, annotations and a summary for GitHub, JSON.

Takes problems, gives text. Does no I/O.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence

from msgspec.structs import asdict

from generator import gfm
from generator.model import Problem

MOST_ANNOTATIONS = 10
"""GitHub shows at most ten annotations of one step."""
MOST_SUMMARISED = 500
"""A job's summary on GitHub may have 1 MiB; nobody reads so many either."""


def as_text(problems: Sequence[Problem]) -> str:
    """A line for each problem, as `path:line:column: code message (hint)`."""
    return "".join(f"{printable(str(problem))}\n" for problem in problems)


def as_github(problems: Sequence[Problem]) -> str:
    """Workflow commands that put the first problems beside the lines, and all of them as text."""
    commands = "".join(_command(problem) for problem in problems[:MOST_ANNOTATIONS])
    return commands + as_text(problems)


def as_json(problems: Sequence[Problem]) -> str:
    """A JSON array of objects with the fields of `model.Problem`."""
    return (
        json.dumps([asdict(problem) for problem in problems], ensure_ascii=False, indent=1) + "\n"
    )


def as_summary(problems: Sequence[Problem]) -> str:
    """GitHub's Markdown for a job's summary, in which all have their place; empty without any."""
    if not problems:
        return ""
    count = f"{len(problems):,} problem{'' if len(problems) == 1 else 's'}"
    rows = "".join(_row(problem) for problem in problems[:MOST_SUMMARISED])
    more = len(problems) - MOST_SUMMARISED
    rest = f"\nand {more:,} more\n" if more > 0 else ""
    return f"## {count} in the content\n\n{rows}{rest}"


FORMATS: Mapping[str, Callable[[Sequence[Problem]], str]] = {
    "text": as_text,
    "github": as_github,
    "json": as_json,
}


def _row(problem: Problem) -> str:
    place = gfm.code(f"{problem.path}:{problem.line}:{problem.column}")
    hint = f" ({gfm.text(problem.hint)})" if problem.hint else ""
    return f"- {place} {gfm.code(problem.code)} {gfm.text(problem.message)}{hint}\n"


def _command(problem: Problem) -> str:
    """One workflow command (GitHub Actions: workflow commands, `error`)."""
    place = f"file={_property(problem.path)},line={max(1, problem.line)}"
    if problem.column:
        place += f",col={problem.column}"
    hint = f" ({problem.hint})" if problem.hint else ""
    title = _property(problem.code)
    return f"::error {place},title={title}::{_data(problem.message + hint)}\n"


def printable(text: str) -> str:
    """The text with what would break a line, colour a terminal or turn it around written out."""
    return "".join(char if char.isprintable() else ascii(char)[1:-1] for char in text)


def _data(text: str) -> str:
    escaped = text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")
    return printable(escaped)


def _property(text: str) -> str:
    return _data(text).replace(":", "%3A").replace(",", "%2C")
