"""Measurements as Markdown tables, put between two marks of a handwritten page.

Takes summaries, gives text. Doesn't change the rest of the page.
"""

from __future__ import annotations

import os
import platform
import re
import shutil
import subprocess
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from importlib import metadata
from pathlib import Path

from benchmarks.measure import Summary, ratio

BEGIN = "<!-- benchmarks: begin, written by `make benchmark` -->"
END = "<!-- benchmarks: end -->"
_OURS = ("mkdocs", "mkdocs-material", "markdown", "jinja2", "pyyaml")
_HEAD = "| case | seconds, median (all) | {against} | processor, s | peak memory | files | size |"
_RULE = "|---|---|---|---|---|---|---|"


@dataclass(frozen=True, slots=True)
class Section:
    """Cases that were run in turn and are compared with each other."""

    title: str
    summaries: Sequence[Summary]
    against: str = ""
    """The name of the case to compare with."""


def table(section: Section) -> str:
    """One section as a heading and a table."""
    base = next((each for each in section.summaries if each.name == section.against), None)
    against = f"times {section.against}" if base else "ratio"
    rows = (_row(each, base) for each in section.summaries)
    lines = [f"### {section.title}", "", _HEAD.format(against=against), _RULE, *rows]
    return "\n".join(lines) + "\n"


def page(
    sections: Iterable[Section], skipped: Sequence[str], command: str, versions: Sequence[str]
) -> str:
    """The text between the marks."""
    parts = [f"Made by `{command}` on {machine()}, with {', '.join(versions)}.\n"]
    parts += map(table, sections)
    if skipped:
        parts.append("Skipped:\n\n" + "".join(f"- {reason}\n" for reason in skipped))
    return "\n".join(parts).rstrip() + "\n"


def put(path: Path, text: str) -> None:
    """Replace the text between the marks of a page. Raises ValueError if they are missing."""
    whole = path.read_text("utf-8")
    before, begin, rest = whole.partition(BEGIN)
    _, end, after = rest.partition(END)
    if not begin or not end:
        raise ValueError(f"{path} has no marks for the figures: {BEGIN} … {END}")
    path.write_text(f"{before}{BEGIN}\n\n{text.strip()}\n\n{END}{after}", "utf-8")


def machine() -> str:
    """Number of processors, operating system and architecture, without the machine's name."""
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()
    return f"{cores} cores, {platform.system()} {platform.machine()}"


def versions(pelican: Path | None) -> list[str]:
    """The versions of all programs that were measured."""
    found = [f"Python {platform.python_version()}"]
    found += [f"{name} {metadata.version(name)}" for name in _OURS]
    for command in (["hugo", "version"], [str(pelican), "--version"] if pelican else []):
        if command and shutil.which(command[0]):
            said = subprocess.run(command, capture_output=True, text=True, check=False).stdout
            number = re.search(r"\d+(\.\d+)+(\+extended)?", said)
            found.append(f"{Path(command[0]).name} {number[0] if number else '?'}")
    zensical = shutil.which("zensical")
    if zensical:
        found.append("zensical")
    return found


def _row(each: Summary, base: Summary | None) -> str:
    times = ", ".join(f"{run.seconds:.2f}" for run in each.runs)
    compared = f"{ratio(each, base):.2f}" if base else ""
    made = f"{each.files:,}" if each.files else ""
    size = f"{each.size / 1e6:,.1f} MB" if each.size else ""
    memory = f"{each.memory / 1e6:,.0f} MB" if each.memory else ""
    return (
        f"| {each.name} | {each.seconds:.2f} ({times}) | {compared} | {each.processor:.2f} "
        f"| {memory} | {made} | {size} |"
    )
