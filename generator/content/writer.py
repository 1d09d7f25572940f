"""Daily lists to YAML: the text of a list's file, and writing it.

The only writer of daily lists. Reads nothing.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from msgspec.structs import astuple

from generator.content import yaml_text
from generator.content.paper_keys import EMPTY, PAPER_KEYS
from generator.core import files
from generator.core.model import DailyList, Paper
from generator.core.paths import list_file


def write_list(root: Path, daily: DailyList) -> bool:
    """Write a daily list to its file, and return whether the file changed; raises OutsideError."""
    return files.write(root / list_file(daily.date), list_text(daily).encode())


def list_text(daily: DailyList) -> str:
    """The YAML text of a daily list's file."""
    source: dict[str, Any] = {"name": daily.source.name}
    if daily.source.url:
        source["url"] = daily.source.url
    if daily.source.curators:
        source["curators"] = yaml_text.Flow(daily.source.curators)
    mapping = {
        "date": daily.date,
        "source": source,
        "papers": [_paper_mapping(paper) for paper in daily.papers],
    }
    return yaml_text.dump(mapping)


def _paper_mapping(paper: Paper) -> dict[str, Any]:
    values = zip(PAPER_KEYS, astuple(paper), strict=True)
    return {key.name: key.write(value) for key, value in values if value not in EMPTY}
