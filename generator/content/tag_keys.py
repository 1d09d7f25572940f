"""The keys of a tag's file, each with the function that reads its value.

They are in the order in which people write them. Reading a tag and editing its file both use this
table, so neither can miss a key. Does no I/O.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType

from generator.content.yaml_fields import YamlFields
from generator.core import limits
from generator.text import markup


def _name(fields: YamlFields, key: str) -> str:
    return fields.label(key, limits.TAG_NAME)


def _description(fields: YamlFields, key: str) -> str:
    return fields.label(key, limits.DESCRIPTION)


def _names(fields: YamlFields, key: str) -> tuple[str, ...]:
    return fields.texts(key, limits.TAG_ENTRIES, limits.TAG_NAME)


def _visible_names(fields: YamlFields, key: str) -> tuple[str, ...]:
    return tuple(filter(None, map(markup.clean, _names(fields, key))))


def _phrases(fields: YamlFields, key: str) -> tuple[str, ...]:
    return fields.texts(key, limits.TAG_ENTRIES, limits.PHRASE)


TAG_KEYS: Mapping[str, Callable[[YamlFields, str], str | tuple[str, ...]]] = MappingProxyType(
    {
        "name": _name,
        "description": _description,
        "aliases": _visible_names,
        "former": _names,
        "parent": YamlFields.text,
        "match": _phrases,
    }
)
"""Functions that read a value, by the name of the key, which is also the field of `Tag`."""


def tag_values(fields: YamlFields) -> dict[str, str | tuple[str, ...]]:
    """The values of a tag's file, by key."""
    return {key: read_value(fields, key) for key, read_value in TAG_KEYS.items()}
