"""Runs another program, which ends when this process does, however that happens.

Takes a command line, gives what the program said. A process of its own starts the program and kills
it if ours is gone; the program holds our locks, so that even if both are killed, nobody else works
in the folders that it still writes to.
"""

from __future__ import annotations

import subprocess
from collections.abc import Mapping, Sequence
from functools import partial
from pathlib import Path

from generator.core import lock, parallel
from generator.core.files import outside


def run(
    arguments: Sequence[str | Path], folder: Path, environment: Mapping[str, str]
) -> subprocess.CompletedProcess[str]:
    """Run a program in a folder, and wait for it. Raises OutsideError."""
    started = partial(
        subprocess.run,
        arguments,
        cwd=folder,
        env=environment,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        errors="replace",
        check=False,
        pass_fds=lock.descriptors(),
    )
    with (
        outside(f"cannot run {arguments[0]}"),
        parallel.beside(started, 2, starts_programs=True) as done,
    ):
        return done()
