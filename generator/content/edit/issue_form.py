"""The form with which people ask for tags: parses an issue's text into a request.

Takes the text as GitHub sends it, a heading for each field with its value below, and trusts none of
it. Does no I/O, and doesn't know which papers or tags exist.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from msgspec import Struct

from generator.core import limits
from generator.core.errors import UsageError
from generator.text import github_markdown

MAX_BYTES = limits.FORM.most
"""Of a form: GitHub accepts no more characters."""
MAX_TAGS = limits.FORM_TAGS.most
"""To add or remove in one request."""
_LABELS = {
    "paper": "paper",
    "title": "title",
    "tags to add": "add",
    "tags to take away": "remove",
    "why": "why",
}
_NOTHING = "_No response_"
_BULLET = re.compile(r"[-*+]\s+")


class TagRequest(Struct, frozen=True):
    """The paper and tags of a form, as typed."""

    paper: str
    add: tuple[str, ...] = ()
    remove: tuple[str, ...] = ()


class TagAnswer(Struct, frozen=True):
    """The result of a request; only `refused` may quote what the person typed."""

    key: str = ""
    title: str = ""
    added: tuple[str, ...] = ()
    removed: tuple[str, ...] = ()
    refused: tuple[str, ...] = ()
    is_changed: bool = False

    @property
    def is_understood(self) -> bool:
        """Whether any part of the request was applied, or needed no change."""
        return bool(self.added or self.removed)


def report(answer: TagAnswer) -> str:
    """The answer for the person who sent the form, in Markdown that is safe to post."""
    paper = (
        f" for {github_markdown.code(answer.key)}, {github_markdown.code(answer.title, 300)}"
        if answer.key
        else ""
    )
    lines = [f"Thank you. This is the result of your request{paper}:", ""]
    lines += [f"- add {github_markdown.code(each)}" for each in answer.added]
    lines += [f"- take away {github_markdown.code(each)}" for each in answer.removed]
    lines += [f"- refused: {github_markdown.code(each, 300)}" for each in answer.refused]
    if answer.is_understood and not answer.is_changed:
        lines += ["", "The paper's tags are like this already, so nothing was changed."]
    if not answer.is_understood:
        lines += ["", "Nothing was changed. Edit the form above to try again."]
    return "".join(f"{line}\n" for line in lines)


def parse(body: bytes) -> TagRequest:
    """The request in a form; raises UsageError if there is none."""
    if len(body) > MAX_BYTES:
        raise UsageError(f"the form is longer than {MAX_BYTES // 1024} KB: shorten it")
    try:
        text = body.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise UsageError("the form is not UTF-8 text") from None
    fields = _fields(text)
    paper = fields.get("paper", "")
    if not paper:
        raise UsageError("the form has no paper: fill in the field 'Paper'")
    if not paper.isprintable():
        raise UsageError("the field 'Paper' must be one line of visible characters")
    add, remove = (tuple(_tags(fields.get(key, ""))) for key in ("add", "remove"))
    if len(add) + len(remove) > MAX_TAGS:
        raise UsageError(f"the form has more than {MAX_TAGS} tags: use several forms")
    return TagRequest(paper, add, remove)


def _fields(text: str) -> dict[str, str]:
    """The text of each field; raises UsageError if a field appears twice."""
    found: dict[str, list[str]] = {}
    current: list[str] = []
    for line in text.replace("\r\n", "\n").split("\n"):
        heading = line.removeprefix("### ").strip().lower() if line.startswith("### ") else ""
        name = _LABELS.get(heading)
        if name in found and "why" not in found:
            raise UsageError("a field appears twice in the form: keep one of the two")
        if name and "why" not in found:  # "why" is the last field, and may contain headings
            current = found[name] = []
        else:
            current.append(line)
    texts = {name: "\n".join(lines).strip() for name, lines in found.items()}
    return {name: "" if each == _NOTHING else each for name, each in texts.items()}


def _tags(text: str) -> Iterator[str]:
    for line in text.split("\n"):
        for each in _BULLET.sub("", line.strip(), count=1).split(","):
            if each.strip():
                yield each.strip()
