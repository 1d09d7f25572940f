"""The codes of all problems with their meanings, and problems as text, JSON or Markdown.

Takes problems, gives text; does no I/O. `docs/dev/problems.md` has the same table of codes, and a
test compares the two.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from types import MappingProxyType

from msgspec.structs import asdict

from generator.core.model import Problem
from generator.core.progress import printable
from generator.text import github_markdown
from generator.text.dates import counted

CODES: Mapping[str, str] = MappingProxyType(
    {
        "alias-collision": "Two tags share a name, slug or alias, so it is unclear which is meant.",
        "bad-address": "A text isn't an address on the site that the key may have.",
        "bad-date": "A value that should be a day isn't one written as YYYY-MM-DD.",
        "bad-former": "A tag's former slug isn't a slug, or isn't one of the tag's names.",
        "bad-id": "An id is neither an arXiv id without version, nor `doi:…`, nor a slug.",
        "bad-name": "A file's name or place isn't what its folder requires.",
        "bad-query": "A saved query can't be parsed.",
        "bad-url": "A link isn't an absolute http or https URL.",
        "conflicting-tagging": "A paper's tagging files both give and remove the same tag.",
        "date-mismatch": "A daily list's `date` differs from the date in its file name.",
        "duplicate-key": "A key appears twice in one mapping, so one value would be lost.",
        "duplicate-paper": "The same paper appears twice in one daily list.",
        "early-correction": "A paper's `corrected` is before the date of its list.",
        "empty-file": "A file is empty, or has only comments.",
        "empty-value": "A value is empty, or has no visible characters.",
        "future-date": "A daily list, or a correction, is dated after today.",
        "look-alike": "A tag's name mixes alphabets, or looks like that of another tag.",
        "missing-field": "A required key is missing.",
        "missing-file": "A file that every archive needs is missing.",
        "not-a-mapping": "A file, or an entry in it, isn't a mapping of keys to values.",
        "not-utf8": "A file isn't UTF-8 text.",
        "nothing-broken": "A file of `breaking-changes/` names what still exists, or never did.",
        "page-collision": "Two different ids would get the same page.",
        "parent-circle": "A tag is its own ancestor.",
        "reserved-link": "A link has the label of one that the site makes from a paper's id.",
        "too-large": "A file, a text, a list or the tree of tags is larger than allowed.",
        "too-small": "A number is smaller than allowed.",
        "unfinished-change": "A change of several files was interrupted, or isn't finished yet.",
        "unknown-key": "A key that the format doesn't have.",
        "unknown-paper": "A tagging for a paper that no daily list contains.",
        "unknown-parent": "A tag's parent isn't in the vocabulary.",
        "unknown-tag": "A tag that isn't in the vocabulary.",
        "unquoted-id": "An id without quotes that other YAML readers don't read as text.",
        "unreadable": "A file or folder that can't be read, or a symbolic link.",
        "vanished-url": "A published page or feed would be gone, without a redirect.",
        "wrong-type": "A value isn't of the type that the format requires.",
        "yaml-anchor": "A YAML anchor or alias: not allowed, since it can hide large content.",
        "yaml-syntax": "A file isn't valid YAML.",
        "yaml-tag": "A YAML tag: not allowed, since nothing here reads it.",
    }
)


MAX_ANNOTATIONS = 10
"""GitHub shows no more for one step of a job."""
MAX_SUMMARISED = 500
"""GitHub limits the summary of a job's step to 1 MiB."""


def as_text(problems: Sequence[Problem]) -> str:
    """A line for each problem, as `path:line:column: code message (hint)`."""
    return "".join(f"{printable(str(problem))}\n" for problem in problems)


def as_github(problems: Sequence[Problem]) -> str:
    """Workflow commands that show the first problems beside their lines, then all as text."""
    commands = "".join(_command(problem) for problem in problems[:MAX_ANNOTATIONS])
    return commands + as_text(problems)


def as_json(problems: Sequence[Problem]) -> str:
    """A JSON array of objects with the fields of `model.Problem`."""
    return (
        json.dumps([asdict(problem) for problem in problems], ensure_ascii=False, indent=1) + "\n"
    )


def as_summary(problems: Sequence[Problem]) -> str:
    """GitHub's Markdown for a job's summary; empty if there are no problems."""
    if not problems:
        return ""
    count = counted(len(problems), "problem")
    rows = "".join(_row(problem) for problem in problems[:MAX_SUMMARISED])
    more = len(problems) - MAX_SUMMARISED
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


def _data(text: str) -> str:
    escaped = text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")
    return printable(escaped)


def _property(text: str) -> str:
    return _data(text).replace(":", "%3A").replace(",", "%2C")
