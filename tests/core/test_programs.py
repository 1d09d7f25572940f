"""Programs that end with the process that runs them, however it ends."""

from __future__ import annotations

import os
import signal
import time
from pathlib import Path

import pytest

from generator.core import lock, programs
from generator.core.errors import OutsideError
from tests.processes import below, is_running, kill, said_to_the_end, start, until

SLEEPS = "echo $$ > number; exec sleep 3600"
SCRIPT = """
import os, sys
from pathlib import Path
from generator.core import interruption, lock, programs
from generator.core.errors import OutsideError
interruption.catch()
folder = Path(sys.argv[1])
try:
    with lock.writing(folder, "a test"):
        programs.run(["sh", "-c", sys.argv[2]], folder, os.environ)
except OutsideError as error:
    print(error)
except KeyboardInterrupt as error:
    sys.exit(interruption.report(error))
"""


def number_in(folder: Path) -> int:
    """The number of the program's process, once it runs."""
    file = folder / "number"
    return int(until(lambda: file.exists() and file.read_text().strip()) or 0)


def test_what_a_program_says_and_its_exit_code(tmp_path: Path) -> None:
    arguments = ["sh", "-c", "pwd; echo $WHAT >&2; exit 7"]
    done = programs.run(arguments, tmp_path, {**os.environ, "WHAT": "that"})
    assert (done.stdout.strip(), done.stderr.strip()) == (str(tmp_path), "that")
    assert done.returncode == 7


def test_a_program_that_cannot_be_run_is_a_message(tmp_path: Path) -> None:
    with pytest.raises(OutsideError, match="cannot run no-such-program: No such file"):
        programs.run(["no-such-program"], tmp_path, {})


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGTERM, signal.SIGINT])
def test_a_program_ends_with_the_process_that_runs_it(
    tmp_path: Path, number: signal.Signals
) -> None:
    process = start(tmp_path, SLEEPS, script=SCRIPT)
    program = number_in(tmp_path)
    process.send_signal(number)
    try:
        said_to_the_end(process, seconds=20)
        until(lambda: not is_running(program))
    finally:
        kill(program)
    with lock.writing(tmp_path, "the next"):
        pass


def test_a_program_that_is_killed_has_failed(tmp_path: Path) -> None:
    process = start(tmp_path, f"{SLEEPS}", script=SCRIPT)
    kill(number_in(tmp_path))
    assert said_to_the_end(process, seconds=20) == ("", "")
    assert process.returncode == 0


def test_a_program_ends_with_the_process_between(tmp_path: Path) -> None:
    process = start(tmp_path, SLEEPS, script=SCRIPT)
    program = number_in(tmp_path)
    (between,) = set(below(process.pid)) - {program}
    kill(between)
    try:
        said, _ = said_to_the_end(process, seconds=20)
        assert "a process ended early" in said
        until(lambda: not is_running(program))
    finally:
        kill(program)


def test_a_program_that_outlives_both_holds_the_lock(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """All were killed but the program: nobody works in the folder that it still writes to."""
    monkeypatch.setattr(lock, "_BRIEFLY", 0.3)
    process = start(tmp_path, SLEEPS, script=SCRIPT)
    program = number_in(tmp_path)
    process.send_signal(signal.SIGSTOP)
    kill(*set(below(process.pid)) - {program}, process.pid)
    try:
        said_to_the_end(process, seconds=20)
        time.sleep(0.1)
        assert is_running(program)
        with (
            pytest.raises(OutsideError, match=f"in use by a test .process {process.pid}, since"),
            lock.writing(tmp_path, "the next"),
        ):
            pass
    finally:
        kill(program)
    until(lambda: not is_running(program))
    with lock.writing(tmp_path, "the next"):
        pass
