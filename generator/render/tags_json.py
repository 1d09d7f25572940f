"""The vocabulary as JSON, for the dialog that suggests tags and for other programs.

Takes an archive, gives one target. A reader's browser loads the file only when the dialog opens.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from functools import partial

from generator.archive.model import Archive
from generator.core import paths
from generator.core.target import Target, digest
from generator.text import markup


def targets(archive: Archive) -> Iterator[Target]:
    """The file of the vocabulary."""
    inputs = digest([each.tag for each in archive.tags.values()])
    yield Target(paths.TAGS_FILE, inputs, partial(_tags, archive))


def _tags(archive: Archive) -> bytes:
    """All tags, with their texts as plain text."""
    tags = [
        {
            "slug": each.tag.slug,
            "name": markup.plain(each.tag.name),
            "description": markup.plain(each.tag.description),
            "aliases": [markup.plain(alias) for alias in each.tag.aliases],
        }
        for each in archive.tags.values()
    ]
    text = json.dumps({"tags": tags}, ensure_ascii=False, separators=(",", ":"))
    return f"{text}\n".encode()
