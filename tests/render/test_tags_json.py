"""The vocabulary as JSON."""

from __future__ import annotations

import json
from typing import Any

from generator.archive.build import build_archive
from generator.core import paths
from generator.render import tags_json
from tests.archives import joined, tag, varied


def vocabulary(**more: Any) -> list[dict[str, object]]:
    (target,) = tags_json.targets(joined(**more))
    assert target.path == paths.TAGS_FILE
    found: list[dict[str, object]] = json.loads(target.make())["tags"]
    return found


def test_it_has_each_tag_by_name_with_description_and_aliases() -> None:
    (target,) = tags_json.targets(build_archive(varied()))
    tags = json.loads(target.make())["tags"]
    assert [each["slug"] for each in tags] == [
        "graph-placeholders",
        "graphs",
        "long-context",
        "methods",
        "unused",
    ]
    assert tags[2] == {
        "slug": "long-context",
        "name": "Long context",
        "description": "What long-context is about.",
        "aliases": ["long contexts"],
    }


def test_texts_of_tags_are_plain_text() -> None:
    (each,) = vocabulary(tags=[tag("x", r"$\\alpha$ <b>\u202e", description="a\\%\u0000")])
    assert "<b>" in str(each["name"])
    assert not set("\u202e$\u0000") & set(str(each["name"]) + str(each["description"]))


def test_the_file_is_made_again_where_a_tag_changed() -> None:
    before, same, after = (
        next(iter(tags_json.targets(joined(tags=[tag("x", name)])))).inputs
        for name in ("A", "A", "B")
    )
    assert before == same != after
