"""Signals that end a program: one message, an exit code, and nothing that stops the clean-up."""

from __future__ import annotations

import signal
import subprocess

import pytest

from tests.processes import said_to_the_end, start

WAITS = """
import sys, time
from generator.core import interruption
interruption.catch()
try:
    try:
        print("ready", flush=True)
        time.sleep(3600)
    finally:
        print("tidying", flush=True)
        time.sleep(1)
        try:
            open("no-such-file")  # an error in the middle of it, as of files that aren't there
        except OSError:
            time.sleep(0.5)
        print("tidy", flush=True)
    code = 0
except KeyboardInterrupt as error:
    code = interruption.report(error)
sys.exit(code)
"""
SWALLOWS = """
import sys, time
from generator.core import interruption
interruption.catch()
try:
    try:
        print("ready", flush=True)
        time.sleep(3600)
    except BaseException:
        pass
    print("again", flush=True)
    time.sleep(3600)
except KeyboardInterrupt as error:
    sys.exit(interruption.report(error))
"""
IN_VAIN = """
import sys, time
from generator.core import interruption
interruption.catch()
class Freed:
    def __del__(self):
        print("ready", flush=True)
        time.sleep(3600)
try:
    Freed()
    time.sleep(3600)
except KeyboardInterrupt as error:
    sys.exit(interruption.report(error))
"""
CODES = {signal.SIGINT: 130, signal.SIGTERM: 143, signal.SIGHUP: 129}


def started(script: str) -> subprocess.Popen[str]:
    process = start(script=script)
    read(process, "ready")
    return process


def read(process: subprocess.Popen[str], line: str) -> None:
    assert process.stdout
    assert process.stdout.readline() == f"{line}\n"


@pytest.mark.parametrize("number", CODES, ids=lambda each: each.name)
def test_a_signal_ends_the_program_with_one_message(number: signal.Signals) -> None:
    process = started(WAITS)
    process.send_signal(number)
    said, errors = said_to_the_end(process)
    word = "interrupted" if number == signal.SIGINT else "terminated"
    assert said == "tidying\ntidy\n"
    assert errors == f"paper-archive: {word}; no file is half-written\n"
    assert process.returncode == CODES[number]


@pytest.mark.parametrize("second", CODES, ids=lambda each: each.name)
def test_impatience_does_not_stop_the_tidying(second: signal.Signals) -> None:
    process = started(WAITS)
    process.send_signal(signal.SIGTERM)
    read(process, "tidying")
    for _ in range(3):
        process.send_signal(second)
    said, errors = said_to_the_end(process)
    assert said == "tidy\n"
    assert errors.count("\n") == 1
    assert process.returncode == 143


def test_a_signal_that_somebody_swallowed_can_be_sent_again() -> None:
    process = started(SWALLOWS)
    process.send_signal(signal.SIGTERM)
    read(process, "again")
    process.send_signal(signal.SIGTERM)
    assert said_to_the_end(process) == ("", "paper-archive: terminated; no file is half-written\n")
    assert process.returncode == 143


def test_a_signal_while_nothing_can_be_raised_is_not_lost() -> None:
    process = started(IN_VAIN)
    process.send_signal(signal.SIGTERM)
    assert said_to_the_end(process) == ("", "paper-archive: terminated; no file is half-written\n")
    assert process.returncode == 143


def test_what_the_program_was_started_to_ignore_is_ignored() -> None:
    """As `nohup` does with SIGHUP, and a shell with Ctrl-C for what runs in the background."""
    script = f"import signal\nsignal.signal(signal.SIGHUP, signal.SIG_IGN)\n{WAITS}"
    process = started(script)
    process.send_signal(signal.SIGHUP)
    process.send_signal(signal.SIGTERM)
    assert said_to_the_end(process)[0] == "tidying\ntidy\n"
    assert process.returncode == 143


def test_without_a_terminal_to_tell_it_ends_all_the_same() -> None:
    process = started(WAITS)
    assert process.stderr
    process.stderr.close()
    process.send_signal(signal.SIGHUP)
    assert process.wait(timeout=60) == 129
    assert process.stdout
    process.stdout.close()
