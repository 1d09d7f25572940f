"""The command `python -m benchmarks`, which measures groups and writes the report."""

from __future__ import annotations

import argparse
import contextlib
import math
import os
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path

from benchmarks import cases, corpora, report
from benchmarks.cases import Bench
from benchmarks.corpora import ROOT
from benchmarks.measure import CommandError, alternate
from benchmarks.report import Section
from benchmarks.rivals import pelican

_START = time.monotonic()
PAGE = ROOT / "docs" / "dev" / "performance.md"
AS_REAL = 11_522
STOCK = (500, 2_000)
SCALE = (2_000, AS_REAL, 100_000)
QUICK = 2_000
QUICK_SECONDS = 110
"""Maximum seconds of a quick run; no round starts that would end later."""
SLOW = ("stock", "scale")
FULL_GROUPS = ("full", "incremental", "loading", "search", "stock", "scale")


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the groups asked for; returns the exit code."""
    options = _parser().parse_args(arguments)
    work = options.work.resolve()
    groups = options.only or (["quick"] if options.quick else list(FULL_GROUPS))
    skipped: list[str] = []
    sections: list[Section] = []
    benches: dict[int, Bench] = {}
    installed = _pelican(work) if "full" in groups else None
    versions = report.versions(installed)
    failed = False
    text = ""
    with contextlib.ExitStack() as stack:
        for group in groups:
            for count in _sizes(group, options.papers):
                if count not in benches:
                    benches[count] = _bench(count, work, installed)
                    stack.callback(benches[count].forget)
                bench = benches[count]
                try:
                    sections += _section(group, bench, options.runs)
                except CommandError as error:
                    failed = True
                    _say(str(error))
                    skipped.append(f"{group}: a command failed, {str(error).splitlines()[0]}")
                skipped += [each for each in bench.skipped if each not in skipped]
                text = report.page(sections, skipped, _command(options), versions)
                if options.write:  # now, since what follows may take hours
                    report.put(PAGE, text)
    sys.stdout.write(text)
    return 3 if failed else 0


def _parser() -> argparse.ArgumentParser:
    env = os.environ
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks",
        description="Measure builds and compare them with other generators.",
    )
    parser.add_argument("--quick", action="store_true", help="2,000 papers, Hugo, cp: two minutes")
    parser.add_argument(
        "--only",
        nargs="+",
        choices=sorted(cases.GROUPS),
        metavar="GROUP",
        default=env.get("ONLY", "").split(),
        help=", ".join(cases.GROUPS),
    )
    parser.add_argument(
        "--papers",
        type=int,
        default=int(env.get("PAPERS") or 0),
        metavar="N",
        help="invented papers; default: the real ones, if available",
    )
    parser.add_argument(
        "--runs",
        type=int,
        default=int(env.get("RUNS") or 0),
        metavar="N",
        help="runs of each command; default: 5, quick: 2; slow groups run once",
    )
    parser.add_argument(
        "--work",
        type=Path,
        default=ROOT / ".cache" / "benchmarks",
        metavar="DIR",
        help="folder for everything made; default: .cache/benchmarks",
    )
    parser.add_argument(
        "--write", action="store_true", help=f"write the tables to {PAGE.relative_to(ROOT)}"
    )
    return parser


def _sizes(group: str, papers: int) -> Sequence[int]:
    """The sizes of the corpora of a group, in papers; 0 means the real corpus."""
    if papers:
        return (papers,)
    sizes = {"loading": (0, SCALE[-1]), "stock": STOCK, "scale": SCALE, "quick": (QUICK,)}
    return sizes.get(group, (0,))


def _bench(papers: int, work: Path, installed: Path | None) -> Bench:
    """A bench with a corpus, which is made if missing; 0 papers means the real corpus."""
    start = time.monotonic()
    content = None if papers else corpora.real(work)
    name = "real" if content else f"made-up-{papers or AS_REAL}"
    if not papers and content is None:
        _say("no real papers (../shared/data or PAPER_ARCHIVE_DATA): invented ones instead")
    content = content or corpora.made_up(work, papers or AS_REAL)
    _say(f"{name}: ready after {time.monotonic() - start:.0f} s")
    bench = Bench(content, papers or AS_REAL, work / name, installed)
    bench.forget()
    return bench


def _section(group: str, bench: Bench, runs: int) -> list[Section]:
    """Measure a group on a corpus; returns nothing if all of its cases are skipped."""
    title, make, against = cases.GROUPS[group]
    bench.clear()
    found = list(make(bench))
    if not found:
        return []
    rounds = 1 if group in SLOW else runs or {"quick": 2}.get(group, 5)
    left = QUICK_SECONDS - (time.monotonic() - _START) if group == "quick" else math.inf
    summaries = alternate(found, rounds, _say, left)
    kind = "papers" if bench.work.name == "real" else "invented papers"
    return [Section(f"{title}: {bench.papers:,} {kind}", summaries, against)]


def _pelican(work: Path) -> Path | None:
    try:
        return pelican.install(work)
    except (OSError, subprocess.CalledProcessError) as error:
        _say(f"Pelican can't be installed: {error}")
        return None


def _command(options: argparse.Namespace) -> str:
    """The command that makes the same figures again."""
    parts = ["make", "benchmark-quick" if options.quick else "benchmark"]
    given = {name: getattr(options, name) for name in ("papers", "runs")}
    parts += [f"{name.upper()}={value}" for name, value in given.items() if value]
    if options.only:
        parts.append(f'ONLY="{" ".join(options.only)}"')
    return " ".join(parts)


def _say(line: str) -> None:
    sys.stderr.write(f"{line}\n")


if __name__ == "__main__":
    sys.exit(main())
