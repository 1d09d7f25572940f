"""`python -m tests.faults`: attacks the commands and prints a table; exit 1 if something failed."""

from __future__ import annotations

import argparse
import os
import sys
import tempfile
import time
from pathlib import Path

from tests.faults import run

MOST = 20
"""At most so many tries of an attack on a scenario, times the attack's weight."""


def count(text: str) -> int:
    """A number, or `all`."""
    return 1 << 20 if text == "all" else int(text)


def write(page: Path, table: str) -> None:
    """Put the table in a page, in place of what follows the first paragraph of its results."""
    text = page.read_text("utf-8")
    head, heading, rest = text.partition("## Results\n\n")
    paragraph = rest.partition("\n\n")[0].strip()
    page.write_text(f"{head}{heading}{paragraph}\n\n{table}\n", "utf-8")


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.faults", description=__doc__)
    parser.add_argument("only", nargs="*", help="names of scenarios and attacks, and points")
    parser.add_argument(
        "--most", type=count, default=MOST, help="tries of an attack on a scenario, or all"
    )
    parser.add_argument(
        "--every", type=int, default=1, help="an attack is made on every nth scenario it is about"
    )
    parser.add_argument("--seed", type=int, default=1, help="for the choice of points")
    parser.add_argument("--write", type=Path, help="page whose results are replaced by the table")
    parser.add_argument("--jobs", type=int, default=os.cpu_count() or 1)
    options = parser.parse_args()
    try:
        only = run.Only.of([word for each in options.only for word in each.split()])
    except ValueError as error:
        parser.error(str(error))
    began = time.monotonic()
    found = []
    with tempfile.TemporaryDirectory(prefix="faults-") as root:
        for each in run.outcomes(
            Path(root), options.most, options.seed, only, options.every, options.jobs
        ):
            found.append(each)
            if each.complaints:
                run.report(each, options.seed)
    failures = sum(bool(each.complaints) for each in found)
    work = sum(os.times()[:4])
    sys.stdout.write(
        f"\n{run.table(found)}\n\n{len(found)} faults, {failures} failures; "
        f"{time.monotonic() - began:.0f} s, {work:.0f} s of a processor\n"
    )
    if options.write:
        write(options.write, run.table(found))
    if not found:
        sys.stderr.write("no try has these names and points\n")
    return 1 if failures or not found else 0


if __name__ == "__main__":
    sys.exit(main())
