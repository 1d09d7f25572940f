"""The keys of a tag's file, each described once: its name, and how its value is read.

They stand in the order in which people write them. Reading a tag and editing its file go through
them, so a value that a tag has is lost in neither. Does no I/O.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType

from generator.content.yaml_fields import YamlFields
from generator.text import markup

_MOST_NAMES = 100
"""In a list of a tag's file."""


def _texts(read: YamlFields, key: str) -> tuple[str, ...]:
    return read.texts(key, _MOST_NAMES)


def _shown_texts(read: YamlFields, key: str) -> tuple[str, ...]:
    return tuple(filter(None, map(markup.clean, _texts(read, key))))


TAG_KEYS: Mapping[str, Callable[[YamlFields, str], str | tuple[str, ...]]] = MappingProxyType(
    {
        "name": YamlFields.label,
        "description": YamlFields.label,
        "aliases": _shown_texts,
        "former": _texts,
        "parent": YamlFields.text,
        "match": _texts,
    }
)
"""Readers by the name of the key, which is that of the field of `Tag`."""


def tag_values(read: YamlFields) -> dict[str, str | tuple[str, ...]]:
    """What a tag's file says, by key."""
    return {key: read_value(read, key) for key, read_value in TAG_KEYS.items()}
