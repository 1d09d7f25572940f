"""The only module here that calls our own build: its command and its functions.

As a program (`python -m benchmarks.ours STEP …`) it runs one step alone, so that the step can be
measured as a command: `site` Markdown to site, `load` content to memory, `check`, `start`.
"""

from __future__ import annotations

import argparse
import functools
import os
import subprocess
import sys
from collections.abc import Sequence
from datetime import date
from pathlib import Path

from benchmarks.corpora import ROOT
from generator.content import checks, reader
from generator.content.read_cache import ReadCache
from generator.core.cache import Cache
from generator.site.half_build import site_alone
from generator.site.options import BuildOptions, Folders

TODAY = date(2100, 1, 1)
"""A date later than any list's, for the checks."""


def build(
    root: Path, docs: Path, made: Path, *, full: bool, search: bool = False, jobs: int = 0
) -> list[str]:
    """The command that builds a site from content, without flags that its version lacks."""
    command = [sys.executable, "-m", "generator", "build"]
    command += ["--content", str(root), "--docs", str(docs), "--site", str(made)]
    command += ["--cache", str(made.with_name(f"{made.name}-cache"))]
    if full:
        command += _known("--full")
    if not search:
        command += _known("--no-search")
    if jobs:
        command += _known("--jobs", str(jobs))
    return command


def knows(flag: str) -> bool:
    """Whether the build has a flag."""
    return flag in _help()


def step(name: str, **folders: Path) -> list[str]:
    """The command that runs one step alone."""
    pairs = (part for option, path in folders.items() for part in (f"--{option}", str(path)))
    return [sys.executable, "-m", "benchmarks.ours", name, *pairs]


def _known(flag: str, *values: str) -> list[str]:
    return [flag, *values] if knows(flag) else []


@functools.cache
def _help() -> str:
    command = [sys.executable, "-m", "generator", "build", "--help"]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True).stdout


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one step."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.ours", description=__doc__)
    parser.add_argument("step", choices=("site", "load", "check", "start"))
    for name in ("content", "docs", "site", "cache"):
        parser.add_argument(f"--{name}", type=Path)
    options = parser.parse_args(arguments)
    if options.step == "site":
        folders = Folders(Path(), options.docs, options.site, ROOT)
        site_alone(folders, BuildOptions(jobs=os.cpu_count() or 1))
    elif options.step in {"load", "check"}:
        read_cache = ReadCache(Cache(options.cache, b"benchmark")) if options.cache else None
        loaded = reader.load_content(
            options.content, read_cache=read_cache, jobs=os.cpu_count() or 1
        )
        if options.step == "check":
            return 1 if checks.check(loaded, TODAY) else 0
    return 0


if __name__ == "__main__":
    sys.exit(main())
