"""The codes of all problems the checks can find, each with what it means.

Takes nothing; `docs/dev/problems.md` shows the same table and a test keeps the two alike.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from types import MappingProxyType

from msgspec.structs import asdict

from generator.core.model import Problem
from generator.text import github_markdown
from generator.text.dates import counted

CODES: Mapping[str, str] = MappingProxyType(
    {
        "alias-collision": "Two tags share a name, slug or alias, so it is unclear which is meant.",
        "bad-date": "A value that should be a day isn't one written as YYYY-MM-DD.",
        "bad-former": "A former slug of a tag that is no slug, or no name of the tag.",
        "bad-id": "An id is neither an arXiv id without version, nor `doi:…`, nor a slug.",
        "bad-name": "A file's name isn't of the form that its folder asks for.",
        "bad-query": "A saved query that can't be read as one.",
        "bad-url": "A link isn't an absolute http or https URL.",
        "conflicting-tagging": "A paper's tagging files both give and remove the same tag.",
        "date-mismatch": "A daily list's `date` differs from the date in its file name.",
        "duplicate-key": "A key stands twice in one mapping, so one value would be lost.",
        "duplicate-paper": "The same paper stands twice in one daily list.",
        "early-correction": "A paper's `corrected` lies before the day of its list.",
        "empty-file": "A file holds nothing, or only comments.",
        "empty-value": "A value that must say something is empty.",
        "future-date": "A daily list, or a correction, is dated after today.",
        "missing-field": "A key that must be there isn't.",
        "missing-file": "A file that every archive needs isn't there.",
        "not-a-mapping": "A file, or an entry in it, isn't a mapping of keys to values.",
        "not-utf8": "A file isn't UTF-8 text.",
        "page-collision": "Two different ids would get the same page.",
        "parent-circle": "A tag is its own ancestor.",
        "too-large": "A file, or a list in it, is longer than a tag or a tagging can need.",
        "unknown-key": "A key that the format doesn't know.",
        "unknown-paper": "A tagging for a paper that no daily list holds.",
        "unknown-parent": "A tag's parent isn't in the vocabulary.",
        "unknown-tag": "A tag that isn't in the vocabulary.",
        "unquoted-id": "An id that other YAML readers take for a number, for want of quotes.",
        "unreadable": "A file that can't be opened, or a link to one.",
        "vanished-url": "A published page or feed would be gone, and no redirect leads on from it.",
        "wrong-type": "A value of another kind than the format asks for.",
        "yaml-anchor": "A YAML anchor or alias: not used here, and a way to hide large content.",
        "yaml-syntax": "A file that isn't valid YAML.",
    }
)


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
    count = counted(len(problems), "problem")
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
    place = github_markdown.code(f"{problem.path}:{problem.line}:{problem.column}")
    hint = f" ({github_markdown.text(problem.hint)})" if problem.hint else ""
    code, message = github_markdown.code(problem.code), github_markdown.text(problem.message)
    return f"- {place} {code} {message}{hint}\n"


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
