"""Runs commands in turn and measures each: time, processor time, memory, files and bytes.

Takes cases, gives all runs of each. Waits for the disk's pending writes before each run, so that no
run pays for another; clears no other cache.
"""

from __future__ import annotations

import contextlib
import math
import os
import resource
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

_SAMPLE_SECONDS = 0.1
_AT_MOST_EVERY = 50
"""Sampling memory takes at most 1/50 of the time, so that it hardly slows the command down."""
_NOT_KEPT = "PYTHONDONTWRITEBYTECODE"
_KB = 1024


class CommandError(Exception):
    """A measured command failed."""


def _nothing() -> None:
    return None


@dataclass(frozen=True, slots=True)
class Case:
    """One command to measure."""

    name: str
    command: Sequence[str]
    folder: Path
    """Its working directory."""
    result: Path | None = None
    """The folder that it makes, whose files are counted; None if there is none."""
    before: Callable[[], None] = _nothing
    """Runs before the command, and isn't timed."""
    environment: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Run:
    """The measurements of one run of a command."""

    seconds: float
    processor: float
    """User and system time of all its processes, in seconds."""
    memory: int
    """Peak bytes: sampled over all its processes, with shared pages counted once, or the peak of
    the largest process, if that is more."""
    files: int = 0
    size: int = 0
    """Bytes of the files."""


@dataclass(frozen=True, slots=True)
class Summary:
    """The medians of all runs of a case."""

    name: str
    runs: tuple[Run, ...]

    @property
    def seconds(self) -> float:
        return statistics.median(run.seconds for run in self.runs)

    @property
    def fastest(self) -> float:
        return min(run.seconds for run in self.runs)

    @property
    def slowest(self) -> float:
        return max(run.seconds for run in self.runs)

    @property
    def processor(self) -> float:
        return statistics.median(run.processor for run in self.runs)

    @property
    def memory(self) -> int:
        return round(statistics.median(run.memory for run in self.runs))

    @property
    def files(self) -> int:
        return self.runs[-1].files

    @property
    def size(self) -> int:
        return self.runs[-1].size


def alternate(
    cases: Sequence[Case],
    rounds: int,
    report: Callable[[str], None] = lambda _: None,
    within: float = math.inf,
) -> list[Summary]:
    """Run all cases in rounds, each case once in a round.

    A round starts only if it would end within `within` seconds, assuming it takes as long as the
    first. The first always runs.
    """
    runs: dict[str, list[Run]] = {case.name: [] for case in cases}
    start, first = time.monotonic(), 0.0
    for number in range(rounds):
        if number == 1:
            first = time.monotonic() - start
        if number and time.monotonic() - start + first > within:
            report(f"{number} of {rounds} rounds: another would take too long")
            break
        for case in cases:
            done = measure(case)
            runs[case.name].append(done)
            report(f"{number + 1}/{rounds} {case.name}: {done.seconds:.2f} s")
    return [Summary(name, tuple(each)) for name, each in runs.items()]


def ratio(one: Summary, other: Summary) -> float:
    """The ratio of the median times."""
    return one.seconds / other.seconds


def measure(case: Case) -> Run:
    """Run a case once. Raises CommandError with its output."""
    case.before()
    with tempfile.TemporaryFile() as said:
        os.sync()
        start = time.perf_counter()
        process = subprocess.Popen(
            case.command,
            cwd=case.folder,
            env=_environment() | dict(case.environment),
            stdin=subprocess.DEVNULL,
            stdout=said,
            stderr=subprocess.STDOUT,
        )
        with _sampling(process.pid) as peak:
            _, status, usage = os.wait4(process.pid, 0)
        seconds = time.perf_counter() - start
        process.returncode = os.waitstatus_to_exitcode(status)
        if process.returncode:
            said.seek(0)
            last = said.read().decode(errors="replace")[-2000:]
            raise CommandError(f"{case.name}: exit code {process.returncode}\n{last}")
    files, size = count(case.result) if case.result else (0, 0)
    # macOS counts bytes where Linux counts kilobytes.
    unit = 1 if sys.platform == "darwin" else _KB
    largest, own = usage.ru_maxrss, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    # Before exec, a new process has the memory of this one.
    memory = max(peak[0], largest * unit if largest > own else 0)
    return Run(seconds, usage.ru_utime + usage.ru_stime, memory, files, size)


def _environment() -> dict[str, str]:
    """Our environment, except that Python caches bytecode, so that it compiles only once."""
    return {name: value for name, value in os.environ.items() if name != _NOT_KEPT}


def count(root: Path) -> tuple[int, int]:
    """The number of files below a folder, and their total bytes."""
    sizes = [
        (Path(folder) / name).stat().st_size for folder, _, names in os.walk(root) for name in names
    ]
    return len(sizes), sum(sizes)


# --- memory -----------------------------------------------------------------------------------


@contextlib.contextmanager
def _sampling(pid: int) -> Iterator[list[int]]:
    """Sample the peak memory of a process and its descendants while the block runs."""
    peak = [0]
    done = threading.Event()

    def sample() -> None:
        pause = _SAMPLE_SECONDS
        while not done.wait(pause):
            start = time.perf_counter()
            peak[0] = max(peak[0], sum(map(_proportional, _tree(pid))))
            # The kernel visits each page of a process, which takes long for gigabytes.
            pause = max(_SAMPLE_SECONDS, _AT_MOST_EVERY * (time.perf_counter() - start))

    thread = threading.Thread(target=sample, daemon=True)
    thread.start()
    try:
        yield peak
    finally:
        done.set()
        thread.join()


def _tree(pid: int) -> Iterable[int]:
    """A process and its descendants, as far as the system reports them."""
    yield pid
    with contextlib.suppress(OSError):
        for children in Path(f"/proc/{pid}/task").glob("*/children"):
            for child in children.read_text("ascii").split():
                yield from _tree(int(child))


def _proportional(pid: int) -> int:
    """A process's memory in bytes, shared pages counted in proportion; 0 if unknown."""
    with contextlib.suppress(OSError, ValueError):
        for line in Path(f"/proc/{pid}/smaps_rollup").read_text("ascii").splitlines():
            if line.startswith("Pss:"):
                return int(line.split()[1]) * _KB
    return 0
