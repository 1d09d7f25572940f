"""The verbs of the command: the options of each, one call into the layers below, what it says.

`add` puts them into a parser, in the order in which its help lists them. A verb's `run` takes the
options and gives an exit code.
"""

from __future__ import annotations

from collections.abc import Mapping
from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from generator.verbs.common import Parser, Verbs

_ADD: Mapping[str, tuple[str, str]] = {
    "import": ("lists", "add_import"),
    "check": ("check", "add_check"),
    "diff": ("check", "add_diff"),
    "build": ("site", "add_build"),
    "merge": ("site", "add_merge"),
    "check-feeds": ("feeds", "add_check_feeds"),
    "serve": ("site", "add_serve"),
    "tag": ("tags", "add_tag"),
    "queue": ("tags", "add_queue"),
    "rename-tag": ("tags", "add_rename"),
    "digest": ("digest", "add_digest"),
    "stats": ("lists", "add_stats"),
}
"""By verb, the module that has it and the function there."""


def add(verbs: Verbs, common: Parser, wanted: str = "") -> None:
    """One verb, or all where there is none of that name; `common` has the options of most.

    The others' libraries would take as long to load as a small build to make.
    """
    for module, name in [_ADD[wanted]] if wanted in _ADD else _ADD.values():
        getattr(import_module(f"{__name__}.{module}"), name)(verbs, common)
