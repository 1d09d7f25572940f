"""Changes of the vocabulary: a tag renamed or merged into another, and edits of a tag file's text.

Takes tags, or the text of a tag's file with what it is to say, and gives them anew. Comments in a
text stay, and lines that needn't change. Does no I/O, and doesn't know which papers there are.
"""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterable, Sequence
from typing import Any

from generator.content import yaml_fields
from generator.content.tag_keys import TAG_KEYS, tag_values
from generator.core.model import Tag

_KEYS = tuple(TAG_KEYS)
_PLAIN = re.compile(r"[^\W_](?:[\w .+/()'&-]*[\w.+)])?")
"""What needs no quotes in YAML, wherever it stands."""
_WIDTH = 100
_COMMENT = re.compile(r"^\s*#.*$|(?<=\s)#.*$", re.MULTILINE)


# --- a tag's file ---------------------------------------------------------------------------


def edited(text: str, tag: Tag) -> str:
    """The text of a tag's file, changed to say what the tag says.

    The text must be a tag's without problems. Where it is written in a way that can't be edited in
    place, it is written anew, with its comments on top.
    """
    found = text
    for key in _KEYS:
        wanted = getattr(tag, key)
        if _told(found)[key] != wanted:
            change = _text_set if isinstance(wanted, str) else _list_set
            found = change(found, key, wanted)
    lost = Counter(_comments(text)) - Counter(_comments(found))
    return found if _says(found, tag) and not lost else _rewritten(text, tag)


def _says(text: str, tag: Tag) -> bool:
    problems: list[Any] = []
    read = yaml_fields.read_fields("", text.encode(), problems)
    if read is None or problems or not set(read.names()) <= set(_KEYS):
        return False
    told = _told(text)
    return all(told[key] == getattr(tag, key) for key in _KEYS)


def _told(text: str) -> dict[str, Any]:
    """What a text says, by key."""
    read = yaml_fields.read_fields("", text.encode(), [])
    if read is None:
        return dict.fromkeys(_KEYS)
    return dict(tag_values(read))


def _node(text: str, key: str) -> Any:
    read = yaml_fields.read_fields("", text.encode(), [])
    return read.node_of(key) if read else None


def _text_set(text: str, key: str, value: str) -> str:
    node = _node(text, key)
    if node is None:
        return _inserted(text, key, f"{key}: {_scalar(value)}")
    start, end = node.start_mark.index, node.end_mark.index
    if value:
        return f"{text[:start]}{_scalar(value)}{text[end:]}"
    return text[: _line_start(text, start)] + text[_line_end(text, end) :]


def _list_set(text: str, key: str, values: Sequence[str]) -> str:
    node = _node(text, key)
    if node is None:
        return _inserted(text, key, _flow(key, values))
    told = _told(text)[key]
    if len(node.value) != len(told):
        return text  # something in it shows nothing: the caller sees that it doesn't fit
    left = [item for item, value in zip(node.value, told, strict=True) if value in values]
    if len(left) < len(told) or not left:
        if not node.flow_style:
            return text
        start, end = node.start_mark.index, node.end_mark.index
        head = _line_start(text, start)
        return f"{text[:head]}{_flow(key, values)}{text[end:]}"
    for value in values[len(left) :]:
        text = _appended(text, key, value)
    return text


def _appended(text: str, key: str, value: str) -> str:
    """The text with a value more in a list that has some, on its own line or behind a comma."""
    node = _node(text, key)
    end = node.value[-1].end_mark.index
    if not node.flow_style:
        place = _line_end(text, end)
        before = text[:place] if text[:place].endswith("\n") else f"{text[:place]}\n"
        return f"{before}{' ' * node.start_mark.column}- {_scalar(value)}\n{text[place:]}"
    written = _scalar(value)
    width = end - _line_start(text, end) + len(written) + len(", ],")
    gap = " " if width <= _WIDTH else "\n  "
    return f"{text[:end]},{gap}{written}{text[end:]}"


def _inserted(text: str, key: str, line: str) -> str:
    """The text with a line for a key it hasn't, behind the last of the keys that come before."""
    place = 0
    for each in _KEYS[: _KEYS.index(key)]:
        node = _node(text, each)
        if node is not None:
            end = node.end_mark
            place = max(place, end.index if end.column == 0 else _line_end(text, end.index))
    before = text[:place]
    if before and not before.endswith("\n"):
        before += "\n"
    return f"{before}{line}\n{text[place:]}"


def _line_start(text: str, place: int) -> int:
    return text.rfind("\n", 0, place) + 1


def _line_end(text: str, place: int) -> int:
    """Where the line after the one at a place begins."""
    end = text.find("\n", place)
    return len(text) if end < 0 else end + 1


def _rewritten(text: str, tag: Tag) -> str:
    lines = _comments(text)
    for key in _KEYS:
        value = getattr(tag, key)
        if value:
            is_text = isinstance(value, str)
            lines.append(f"{key}: {_scalar(value)}" if is_text else _flow(key, value))
    return "".join(f"{line}\n" for line in lines)


def _comments(text: str) -> list[str]:
    return [comment.strip() for comment in _COMMENT.findall(text)]


def _flow(key: str, values: Iterable[str]) -> str:
    """A list in brackets, its lines no longer than people's."""
    lines = [f"{key}: ["]
    for place, value in enumerate(values):
        written = _scalar(value)
        if place:
            lines[-1] += ","
            if len(lines[-1]) + len(written) + len(" ,") > _WIDTH:
                lines.append(" ")
            lines[-1] += " "
        lines[-1] += written
    return "\n".join(lines) + "]"


def _scalar(value: str) -> str:
    """A text as YAML, in quotes where it needs them."""
    return value if _PLAIN.fullmatch(value) else json.dumps(value, ensure_ascii=False)
