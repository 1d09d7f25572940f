"""Types to YAML: the text of a daily list, and the list written to its file.

The only writer of daily lists. Reads nothing.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import yaml

from generator.core import files
from generator.core.model import DailyList, Paper
from generator.core.paths import list_file


def write_list(root: Path, daily: DailyList) -> bool:
    """Write a daily list to its file; tells whether the file changed. Raises OutsideError."""
    return files.write(root / list_file(daily.date), list_text(daily).encode())


def list_text(daily: DailyList) -> str:
    """A daily list as the YAML text of its file."""
    source: dict[str, Any] = {"name": daily.source.name}
    if daily.source.url:
        source["url"] = daily.source.url
    if daily.source.curators:
        source["curators"] = _Flow(daily.source.curators)
    mapping = {
        "date": daily.date,
        "source": source,
        "papers": [_paper_mapping(paper) for paper in daily.papers],
    }
    text: str = yaml.dump(
        mapping, Dumper=_Dumper, allow_unicode=True, sort_keys=False, width=1 << 30
    )
    return text


# --- writing --------------------------------------------------------------------------------


class _Quoted(str):
    """A text always written in double quotes."""


class _Flow(tuple[str, ...]):
    """A list written on one line, in brackets."""


class _Dumper(getattr(yaml, "CSafeDumper", yaml.SafeDumper)):  # type: ignore[misc]
    """YAML as people write it here: ids quoted, short lists on one line, paragraphs as blocks."""

    def ignore_aliases(self, _data: Any) -> bool:
        """Write every value out, also a date that stands in two places."""
        return True


def _represent_text(dumper: Any, text: str) -> Any:
    style = "|" if "\n" in text else None
    return dumper.represent_scalar("tag:yaml.org,2002:str", text, style=style)


def _paper_mapping(paper: Paper) -> dict[str, Any]:
    mapping: dict[str, Any] = {"id": _Quoted(paper.id), "title": paper.title}
    optional = {
        "authors": _Flow(paper.authors),
        "published": paper.published,
        "summary": paper.summary,
        "abstract": paper.abstract,
        "links": dict(paper.links),
        "keywords": _Flow(paper.keywords),
    }
    mapping.update((key, value) for key, value in optional.items() if value)
    if paper.upvotes is not None:
        mapping["upvotes"] = paper.upvotes
    if paper.corrected is not None:
        mapping["corrected"] = paper.corrected
    return mapping
