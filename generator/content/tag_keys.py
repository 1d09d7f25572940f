"""The keys of a tag's file, each with the function that reads its value.

They are in the order in which people write them. Reading a tag and editing its file both use this
table, so neither can miss a key. Does no I/O.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType

from generator.content.yaml_fields import YamlFields
from generator.text import markup

_MAX_ENTRIES = 100
"""Of a list in a tag's file."""


def _texts(fields: YamlFields, key: str) -> tuple[str, ...]:
    return fields.texts(key, _MAX_ENTRIES)


def _visible_texts(fields: YamlFields, key: str) -> tuple[str, ...]:
    return tuple(filter(None, map(markup.clean, _texts(fields, key))))


TAG_KEYS: Mapping[str, Callable[[YamlFields, str], str | tuple[str, ...]]] = MappingProxyType(
    {
        "name": YamlFields.label,
        "description": YamlFields.label,
        "aliases": _visible_texts,
        "former": _texts,
        "parent": YamlFields.text,
        "match": _texts,
    }
)
"""Functions that read a value, by the name of the key, which is also the field of `Tag`."""


def tag_values(fields: YamlFields) -> dict[str, str | tuple[str, ...]]:
    """The values of a tag's file, by key."""
    return {key: read_value(fields, key) for key, read_value in TAG_KEYS.items()}
