"""Problems as text to print: lines for people, annotations for GitHub, JSON for programs.

Takes problems, gives text. Does no I/O.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict

from generator.model import Problem

MOST_ANNOTATIONS = 10
"""GitHub shows at most ten annotations of one step."""


def as_text(problems: Sequence[Problem]) -> str:
    """A line for each problem, as `path:line:column: code message (hint)`."""
    return "".join(f"{_printable(str(problem))}\n" for problem in problems)


def as_github(problems: Sequence[Problem]) -> str:
    """Workflow commands that put the first problems beside the lines, and all of them as text."""
    commands = "".join(_command(problem) for problem in problems[:MOST_ANNOTATIONS])
    return commands + as_text(problems)


def as_json(problems: Sequence[Problem]) -> str:
    """A JSON array of objects with the fields of `model.Problem`."""
    return (
        json.dumps([asdict(problem) for problem in problems], ensure_ascii=False, indent=1) + "\n"
    )


FORMATS: Mapping[str, Callable[[Sequence[Problem]], str]] = {
    "text": as_text,
    "github": as_github,
    "json": as_json,
}


def _command(problem: Problem) -> str:
    """One workflow command (GitHub Actions: workflow commands, `error`)."""
    place = f"file={_property(problem.path)},line={max(1, problem.line)}"
    if problem.column:
        place += f",col={problem.column}"
    hint = f" ({problem.hint})" if problem.hint else ""
    title = _property(problem.code)
    return f"::error {place},title={title}::{_data(problem.message + hint)}\n"


def _printable(text: str) -> str:
    """The text with what would break a line, colour a terminal or turn it around written out."""
    return "".join(char if char.isprintable() else ascii(char)[1:-1] for char in text)


def _data(text: str) -> str:
    escaped = text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")
    return _printable(escaped)


def _property(text: str) -> str:
    return _data(text).replace(":", "%3A").replace(",", "%2C")
