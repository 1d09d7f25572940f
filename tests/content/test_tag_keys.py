"""The keys of a tag's file: each is described once, and no value of any is lost in an edit."""

from __future__ import annotations

from typing import Any

from msgspec import structs

from generator.content import reader
from generator.content.edit import tag_file
from generator.content.tag_keys import TAG_KEYS
from generator.core import paths
from generator.core.model import Tag
from tests.archives import ROOT

FIELDS = {field.name: field for field in structs.fields(Tag) if field.name != "slug"}


def test_there_is_a_key_for_each_field_of_a_tag_but_the_slug() -> None:
    assert TAG_KEYS.keys() == FIELDS.keys()


def test_a_value_of_each_key_is_written_and_read_again() -> None:
    values: dict[str, Any] = {
        key: f"The {key}" if field.type is str else (f"One {key}", f"other {key}")
        for key, field in FIELDS.items()
    }
    tag = Tag("graphs", **values)
    for text in ("", "name: Before\ndescription: Before.\n"):
        data = tag_file.edited(text, tag).encode()
        assert reader.parse_file(ROOT / "content", paths.tag_file("graphs"), data) == (tag, ())
