"""Locks of folders: who gets one, who waits, and what is left of them."""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Callable
from contextlib import AbstractContextManager
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

from generator.core import lock
from generator.core.errors import OutsideError
from tests.processes import below, kill, said_to_the_end, start, until

CAPSYS = pytest.CaptureFixture[str]
HOLDS = """
import sys, time
from pathlib import Path
from generator.core import interruption, lock
interruption.catch()
kind, folder, until = sys.argv[1], Path(sys.argv[2]), Path(sys.argv[3])
held = lock.reading(folder) if kind == "reading" else lock.writing(folder, "a test")
try:
    with held:
        print("held", flush=True)
        while not until.exists():
            time.sleep(0.01)
except KeyboardInterrupt as error:
    sys.exit(interruption.report(error))
"""


class Other:
    """Another process that holds a lock until it is told to let go."""

    def __init__(self, kind: str, folder: Path) -> None:
        self._free = folder.parent / f"free {time.monotonic_ns()}"
        self.process = start(kind, folder, self._free, script=HOLDS)
        assert self.process.stdout
        assert self.process.stdout.readline() == "held\n"

    def let_go(self) -> None:
        self._free.touch()
        assert said_to_the_end(self.process) == ("", "")
        self._free.unlink()


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(lock, "_BRIEFLY", 0.3)  # of this process
    (tmp_path / "folder").mkdir()
    return tmp_path / "folder"


def writing(folder: Path, wait: float = 0) -> AbstractContextManager[None]:
    return lock.writing(folder, "this test", wait)


KINDS: dict[str, Callable[[Path], AbstractContextManager[None]]] = {
    "reading": lock.reading,
    "writing": writing,
}


@pytest.mark.parametrize("second", KINDS)
@pytest.mark.parametrize("first", KINDS)
def test_only_readers_share_a_folder(first: str, second: str, folder: Path) -> None:
    other = Other(first, folder)
    if (first, second) == ("reading", "reading"):
        with lock.reading(folder):
            other.let_go()
    else:
        with pytest.raises(OutsideError, match=f"{folder} is in use by "), KINDS[second](folder):
            pass
        other.let_go()
    with writing(folder):
        pass
    assert [each.name for each in folder.parent.iterdir()] == ["folder"]


def test_the_message_says_who_holds_it_since_when_and_the_way_out(folder: Path) -> None:
    other = Other("writing", folder)
    who = rf"a test \(process {other.process.pid}, since \d{{4}}-\d\d-\d\d \d\d:\d\d:\d\d\)"
    with pytest.raises(OutsideError, match=f"in use by {who}: .*--wait") as error, writing(folder):
        pass
    assert error.value.exit_code == 3
    other.let_go()


def test_the_folder_may_be_missing_replaced_or_reached_by_another_way(folder: Path) -> None:
    folder.rmdir()
    link = folder.with_name("link")
    link.symlink_to(folder.name)
    other = Other("writing", folder)
    folder.mkdir()
    folder.rename(folder.with_name("old"))
    folder.mkdir()
    for way in (folder, link, folder.parent / "old" / ".." / "folder"):
        with pytest.raises(OutsideError, match="in use"), writing(way):
            pass
    with writing(folder.with_name("another")):
        pass
    other.let_go()


def test_a_folder_in_a_folder_that_is_missing(tmp_path: Path) -> None:
    with lock.reading(tmp_path / "a" / "b"):
        assert not (tmp_path / "a").exists()
    with writing(tmp_path / "a" / "b"):
        assert [each.name for each in (tmp_path / "a").iterdir()] == [".b.lock"]
    assert list((tmp_path / "a").iterdir()) == []


def test_what_a_killed_holder_leaves_keeps_nobody_out(folder: Path) -> None:
    other = Other("writing", folder)
    other.process.kill()
    said_to_the_end(other.process)
    assert (folder.parent / ".folder.lock").exists()
    with writing(folder):
        pass
    assert [each.name for each in folder.parent.iterdir()] == ["folder"]


def test_what_a_killed_holder_leaves_is_no_holder_to_those_who_read(folder: Path) -> None:
    other = Other("writing", folder)
    other.process.kill()
    said_to_the_end(other.process)
    reader = Other("reading", folder)
    with pytest.raises(OutsideError, match="in use by another command"), writing(folder):
        pass
    reader.let_go()


def test_a_reader_is_waited_for_a_little(folder: Path) -> None:
    """Reading ends soon: who edits is not refused because something is being built."""
    other = Other("reading", folder)
    process = start("writing", folder, folder, script=HOLDS)
    time.sleep(0.5)
    assert process.poll() is None
    other.let_go()
    assert said_to_the_end(process) == ("held\n", "")


@pytest.mark.parametrize("wait", [lock.FOREVER, 60])
def test_who_waits_gets_it(folder: Path, wait: float) -> None:
    other = Other("writing", folder)
    (folder / "what").write_text("before")
    script = (
        "import sys\nfrom pathlib import Path\nfrom generator.core import lock\n"
        "folder = Path(sys.argv[1])\n"
        "with lock.writing(folder, 'a test', float(sys.argv[2])):\n"
        "    print((folder / 'what').read_text())\n"
    )
    process = start(folder, str(wait), script=script)
    assert process.stderr
    said = process.stderr.readline()
    assert said.startswith("waiting for a test (process ")
    assert said.endswith(f"which uses {folder}\n")
    (folder / "what").write_text("after")
    other.let_go()
    assert said_to_the_end(process) == ("after\n", "")


def test_who_waits_gives_up_in_the_end(folder: Path, capsys: CAPSYS) -> None:
    other = Other("writing", folder)
    with pytest.raises(OutsideError, match="in use by a test"), writing(folder, 2):
        pass
    assert capsys.readouterr().err.count("waiting for a test") == 1
    other.let_go()


def test_who_waits_can_be_interrupted(folder: Path) -> None:
    other = Other("writing", folder)
    script = HOLDS.replace('"a test"', '"a test", lock.FOREVER')
    process = start("writing", folder, folder, script=script)
    assert process.stderr
    assert process.stderr.readline().startswith("waiting for")
    process.send_signal(signal.SIGINT)
    said_to_the_end(process)
    assert process.returncode == 130
    other.let_go()


def test_a_lock_is_held_by_processes_that_were_started_meanwhile(folder: Path) -> None:
    """As long as one of them lives, it may still write."""
    script = (
        "import sys, time\nfrom pathlib import Path\nfrom generator.core import lock, parallel\n"
        "with lock.writing(Path(sys.argv[1]), 'a test'), "
        "parallel.beside(lambda: time.sleep(3600), 2) as wait:\n"
        "    wait()\n"
    )
    process = start(folder, script=script)
    (worker,) = until(lambda: below(process.pid))
    os.kill(worker, signal.SIGSTOP)  # so that it can't end with the other one
    process.kill()
    process.wait()
    with pytest.raises(OutsideError, match=f"process {process.pid}, since"), writing(folder):
        pass
    os.kill(worker, signal.SIGCONT)
    with writing(folder, 60):
        pass
    kill(worker)
    said_to_the_end(process)


RACE = """
import os, sys
from pathlib import Path
from generator.core import lock
lock._EVERY = 0.001
folder, rounds = Path(sys.argv[1]), int(sys.argv[2])
inside = folder / "inside"
for number in range(rounds):
    if number % 3:
        with lock.writing(folder, "a race", lock.FOREVER):
            descriptor = os.open(inside, os.O_CREAT | os.O_EXCL)
            os.close(descriptor)
            count = int((folder / "count").read_text())
            (folder / "count").write_text(str(count + 1))
            inside.unlink()
    else:
        with lock.reading(folder, lock.FOREVER):
            assert not inside.exists()
"""


def test_many_at_the_very_same_time_never_hold_it_together(folder: Path) -> None:
    (folder / "count").write_text("0")
    runs = [start(folder, "60", script=RACE) for _ in range(4)]
    assert [said_to_the_end(each) for each in runs] == [("", "")] * 4
    assert (folder / "count").read_text() == str(4 * 40)
    assert [each.name for each in folder.parent.iterdir()] == ["folder"]


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can become somebody else")
def test_who_may_not_write_beside_the_folder_locks_the_folder() -> None:
    """As with content in a container that is mounted alone, or read only."""
    with TemporaryDirectory() as place:  # pytest's own folders are for its user alone
        Path(place).chmod(0o755)
        _lock_as_nobody(Path(place) / "folder")


def _lock_as_nobody(folder: Path) -> None:
    folder.mkdir()
    script = HOLDS.replace("kind, folder", "import os\nos.setuid(65534)\nkind, folder", 1)
    free = folder / "free"
    first = start("writing", folder, free, script=script)
    assert first.stdout
    assert first.stdout.readline() == "held\n"
    second = start("reading", folder, free, script=script)
    time.sleep(0.3)
    assert [each.name for each in folder.parent.iterdir()] == ["folder"]
    assert second.poll() is None
    free.touch()
    assert said_to_the_end(first) == ("", "")
    assert said_to_the_end(second) == ("held\n", "")


@pytest.mark.parametrize("what", ["link", "folder", "pipe"])
def test_something_else_in_the_place_of_the_lock(folder: Path, what: str) -> None:
    place = folder.with_name(".folder.lock")
    if what == "link":
        place.symlink_to(folder / "elsewhere")
    elif what == "folder":
        place.mkdir()
    else:
        os.mkfifo(place)
    if what == "link":
        with pytest.raises(OutsideError, match=str(place)), writing(folder):
            pass
    else:
        with writing(folder):
            pass
    assert list(folder.iterdir()) == []
