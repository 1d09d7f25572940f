"""The form by which people ask for tags: the text of an issue to a request.

Takes the text as GitHub sends it, headings with the fields' texts below, and trusts none of it.
Does no I/O, and doesn't know which papers or tags there are.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from msgspec import Struct

from generator.core.errors import UsageError
from generator.text import github_markdown

MOST_BYTES = 64 * 1024
"""Of a form: GitHub takes no more characters."""
MOST_TAGS = 20
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
    """What somebody asks for, as typed."""

    paper: str
    add: tuple[str, ...] = ()
    remove: tuple[str, ...] = ()


class TagAnswer(Struct, frozen=True):
    """What became of a request: key, title and slugs are the archive's own, reasons may quote."""

    key: str = ""
    title: str = ""
    added: tuple[str, ...] = ()
    removed: tuple[str, ...] = ()
    refused: tuple[str, ...] = ()
    is_changed: bool = False

    @property
    def is_understood(self) -> bool:
        """Whether anything of it could be done, or was so already."""
        return bool(self.added or self.removed)


def report(answer: TagAnswer) -> str:
    """The answer for the person, in Markdown that is safe to post."""
    paper = (
        f" for {github_markdown.code(answer.key)}, {github_markdown.code(answer.title, 300)}"
        if answer.key
        else ""
    )
    lines = [f"Thank you. This is what I understood{paper}:", ""]
    lines += [f"- add {github_markdown.code(each)}" for each in answer.added]
    lines += [f"- take away {github_markdown.code(each)}" for each in answer.removed]
    lines += [f"- refused: {github_markdown.code(each, 300)}" for each in answer.refused]
    if answer.is_understood and not answer.is_changed:
        lines += ["", "The paper's tags say so already: nothing had to change."]
    if not answer.is_understood:
        lines += [
            "",
            "Nothing was changed. Edit the form above to try again.",
        ]
    return "".join(f"{line}\n" for line in lines)


def parse(body: bytes) -> TagRequest:
    """The request a form holds; raises UsageError where it holds none."""
    if len(body) > MOST_BYTES:
        raise UsageError(f"the form is longer than {MOST_BYTES // 1024} KB")
    try:
        text = body.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise UsageError("the form is not UTF-8 text") from None
    fields = _fields(text)
    paper = fields.get("paper", "")
    if not paper:
        raise UsageError("the form names no paper: fill in the field 'Paper'")
    if not paper.isprintable():
        raise UsageError("the field 'Paper' must be one line of visible characters")
    add, remove = (tuple(_tags(fields.get(key, ""))) for key in ("add", "remove"))
    if len(add) + len(remove) > MOST_TAGS:
        raise UsageError(f"the form asks for more than {MOST_TAGS} tags")
    return TagRequest(paper, add, remove)


def _fields(text: str) -> dict[str, str]:
    """The text of each field; what stands twice is refused, not guessed."""
    found: dict[str, list[str]] = {}
    current: list[str] = []
    for line in text.replace("\r\n", "\n").split("\n"):
        heading = line.removeprefix("### ").strip().lower() if line.startswith("### ") else ""
        name = _LABELS.get(heading)
        if name in found and "why" not in found:
            raise UsageError("a field stands twice in the form")
        if name and "why" not in found:  # the last field: people may write headings in it
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
