"""Statistics of an archive: papers, the share of them with a tag, the most used tags.

Takes an archive, gives text. Does no I/O.
"""

from __future__ import annotations

from collections import Counter

from generator.archive.model import Archive
from generator.text.dates import counted

MAX_TAGS = 10


def figures(archive: Archive) -> str:
    """The statistics as text, one on each line."""
    entries = archive.entries.values()
    total = len(entries)
    tagged = sum(1 for entry in entries if entry.tags)
    uses = Counter(use.tag.slug for entry in entries for use in entry.tags)
    by_people = sum(1 for entry in entries for use in entry.tags if use.origin == "people")
    unused = sum(1 for tag_page in archive.tags.values() if not tag_page.entries)
    lines = [
        f"papers        {total:>7,}",
        f"daily lists   {len(archive.days):>7,}",
        f"authors       {len(archive.authors):>7,} with a page",
        f"tags          {len(archive.tags):>7,}, {unused:,} without papers",
        f"tagged        {_papers(tagged, 7)}, {_share(tagged, total)}",
        f"tags a paper  {uses.total() / max(1, total):>7.1f}, {by_people:,} of all given by people",
        "most used:",
        *(
            f"  {slug:<32} {_papers(count, 6)}, {_share(count, total)}"
            for slug, count in sorted(uses.items(), key=lambda use: (-use[1], use[0]))[:MAX_TAGS]
        ),
    ]
    return "\n".join(lines) + "\n"


def _papers(count: int, width: int) -> str:
    """A number of papers, right-aligned to a width."""
    number, _, noun = counted(count, "paper").partition(" ")
    return f"{number:>{width}} {noun}"


def _share(part: int, whole: int) -> str:
    return f"{100 * part / whole:.1f} %" if whole else "none"
