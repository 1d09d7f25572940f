"""Edits of a tag's file that keep its comments, and all lines that needn't change.

Takes the file's text and the tag it should describe, gives the new text. Does no I/O.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from typing import Any

from generator.content import yaml_fields, yaml_text
from generator.content.tag_keys import TAG_KEYS, tag_values
from generator.core.model import Tag

_KEYS = tuple(TAG_KEYS)
_MAX_WIDTH = 100
"""Characters of a line."""


def edited(text: str, tag: Tag) -> str:
    """The text of a tag's file, changed to describe `tag`.

    The text must be a tag's file without problems. If it can't be edited in place, it is rewritten,
    with its comments at the top.
    """
    found = text
    for key in _KEYS:
        wanted = getattr(tag, key)
        if _values(found)[key] != wanted:
            change = _with_text if isinstance(wanted, str) else _with_list
            found = change(found, key, wanted)
    lost = Counter(yaml_text.comments(text)) - Counter(yaml_text.comments(found))
    return found if _describes(found, tag) and not lost else _rewritten(text, tag)


def _describes(text: str, tag: Tag) -> bool:
    """Whether a text is a file without problems that has exactly the values of a tag."""
    problems: list[Any] = []
    fields = yaml_fields.read_fields("", text.encode(), problems)
    if fields is None or problems or not set(fields.names()) <= set(_KEYS):
        return False
    values = _values(text)
    return all(values[key] == getattr(tag, key) for key in _KEYS)


def _values(text: str) -> dict[str, Any]:
    """The values of a text, by key."""
    fields = yaml_fields.read_fields("", text.encode(), [])
    if fields is None:
        return dict.fromkeys(_KEYS)
    return dict(tag_values(fields))


def _node(text: str, key: str) -> Any:
    fields = yaml_fields.read_fields("", text.encode(), [])
    return fields.node_of(key) if fields else None


def _with_text(text: str, key: str, value: str) -> str:
    """The text with the value of a key; an empty value removes the key."""
    node = _node(text, key)
    if node is None:
        return _with_line(text, key, f"{key}: {yaml_text.scalar(value)}")
    start, end = node.start_mark.index, node.end_mark.index
    if value:
        return f"{text[:start]}{yaml_text.scalar(value)}{text[end:]}"
    return text[: _line_start(text, start)] + text[_line_end(text, end) :]


def _with_list(text: str, key: str, values: Sequence[str]) -> str:
    """The text with the list of a key; unchanged if the list can't be edited in place."""
    node = _node(text, key)
    if node is None:
        return _with_line(text, key, _flow(key, values))
    current = _values(text)[key]
    if len(node.value) != len(current):
        return text  # an item without visible characters, which `current` lacks
    left = [value for value in current if value in values]
    if len(left) < len(current) or not left:
        if not node.flow_style:
            return text
        start, end = node.start_mark.index, node.end_mark.index
        head = _line_start(text, start)
        return f"{text[:head]}{_flow(key, values)}{text[end:]}"
    for value in values[len(left) :]:
        text = _appended(text, key, value)
    return text


def _appended(text: str, key: str, value: str) -> str:
    """The text with a value added to a list that isn't empty, on a line or after a comma."""
    node = _node(text, key)
    end = node.value[-1].end_mark.index
    if not node.flow_style:
        place = _line_end(text, end)
        before = text[:place] if text[:place].endswith("\n") else f"{text[:place]}\n"
        return f"{before}{' ' * node.start_mark.column}- {yaml_text.scalar(value)}\n{text[place:]}"
    scalar = yaml_text.scalar(value)
    width = end - _line_start(text, end) + len(scalar) + len(", ],")
    gap = " " if width <= _MAX_WIDTH else "\n  "
    return f"{text[:end]},{gap}{scalar}{text[end:]}"


def _with_line(text: str, key: str, line: str) -> str:
    """The text with a line for a missing key, placed in the order of `TAG_KEYS`."""
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
    """The start of the line after the one at a place."""
    end = text.find("\n", place)
    return len(text) if end < 0 else end + 1


def _rewritten(text: str, tag: Tag) -> str:
    """A tag's file written from nothing, except for the comments of the text."""
    lines = yaml_text.comments(text)
    for key in _KEYS:
        value = getattr(tag, key)
        if value:
            is_text = isinstance(value, str)
            lines.append(f"{key}: {yaml_text.scalar(value)}" if is_text else _flow(key, value))
    return "".join(f"{line}\n" for line in lines)


def _flow(key: str, values: Iterable[str]) -> str:
    """A list in brackets, in lines of at most `_MAX_WIDTH` characters."""
    lines = [f"{key}: ["]
    for place, scalar in enumerate(map(yaml_text.scalar, values)):
        if place:
            lines[-1] += ","
            if len(lines[-1]) + len(scalar) + len(" ,") > _MAX_WIDTH:
                lines.append(" ")
            lines[-1] += " "
        lines[-1] += scalar
    return "\n".join(lines) + "]"
