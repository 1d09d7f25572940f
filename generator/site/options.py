"""What a build is asked: its folders, and how to build.

Holds values only; loading it loads nothing else, so that commands can look at the disk first.
"""

from __future__ import annotations

import os
from itertools import combinations
from pathlib import Path

from msgspec import Struct

from generator.core.errors import OutsideError, UsageError


class Folders(Struct, frozen=True):
    """Where a build reads and writes; `project` holds `mkdocs.yml` and hand-written `docs/`."""

    content: Path
    docs: Path
    site: Path
    project: Path
    cache: Path | None = None
    """What earlier builds worked out; None keeps nothing."""

    def check(self) -> None:
        """Refuse folders within each other, so that what is made never replaces content.

        Raises UsageError, and OutsideError where something else is in a folder's place.
        """
        named = {"content": self.content, "docs": self.docs, "site": self.site}
        if self.cache:
            named["cache"] = self.cache
        for name, folder in named.items():
            if name != "site":
                _refuse_no_folder(name, folder)
        for (name, folder), (other_name, other) in combinations(named.items(), 2):
            first, second = (Path(os.path.realpath(each)) for each in (folder, other))
            if first == second or first in second.parents or second in first.parents:
                raise UsageError(
                    f"the folders of {name} ({folder}) and {other_name} ({other}) lie within each "
                    "other: pass separate ones"
                )


def _refuse_no_folder(name: str, folder: Path) -> None:
    if not os.path.lexists(folder) or folder.is_dir():
        return
    what = "a symbolic link that leads nowhere" if folder.is_symlink() else "no folder"
    if folder.is_symlink() and folder.exists():
        what = "a symbolic link to what is no folder"
    raise OutsideError(
        f"cannot use {folder} as the folder of {name}: it is {what}; "
        "move it away, or pass another folder"
    )


class BuildOptions(Struct, frozen=True):
    """How to build; only `shard` and `searchable` change what is built."""

    jobs: int = 1
    full: bool = False
    """Make everything again, even what is unchanged."""
    shard: tuple[int, int] = (1, 1)
    """Number of the shard to build, from 1, and of all shards."""
    searchable: bool = True
    """Whether to make the search index."""
    wait: float = 0
    """Seconds to wait for other commands that use the folders."""


DEFAULT = BuildOptions()
