"""What a build is asked: its folders, and how to build.

Holds values only; loading it loads nothing else, so that commands can look at the disk first.
"""

from __future__ import annotations

from itertools import combinations
from pathlib import Path

from msgspec import Struct

from generator.core.errors import UsageError


class Folders(Struct, frozen=True):
    """Where a build reads and writes; `project` holds `mkdocs.yml` and hand-written `docs/`."""

    content: Path
    docs: Path
    site: Path
    project: Path
    cache: Path | None = None
    """What earlier builds worked out; None keeps nothing."""

    def refuse_nested(self) -> None:
        """Refuse folders within each other: what is generated must never replace content.

        Raises UsageError.
        """
        named = {"content": self.content, "docs": self.docs, "site": self.site}
        for (name, folder), (other_name, other) in combinations(named.items(), 2):
            first, second = folder.resolve(), other.resolve()
            if first == second or first in second.parents or second in first.parents:
                raise UsageError(
                    f"the folders of {name} ({folder}) and {other_name} ({other}) lie within each "
                    "other: pass separate ones"
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


DEFAULT = BuildOptions()
