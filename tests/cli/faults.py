"""Edits of the content that are killed, interrupted or refused by the disk at each step in turn.

One process loads the command once and then forks for each try, so that a try takes milliseconds.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from msgspec import Struct

from tests.archives import ROOT, tree

AGENT = """
import errno, json, os, shutil, signal, sys
from generator.cli.main import main

template, work, action, edit, following = json.loads(sys.argv[1])
CHANGES = ("os.rename", "os.remove", "os.rmdir", "os.mkdir", "os.link", "os.truncate")

def below(path, folder):
    if not isinstance(path, (str, bytes, os.PathLike)):
        return False
    return os.path.abspath(os.fsdecode(path)).startswith(folder)

def watch(folder, nth):
    seen = 0
    def see(event, arguments):
        nonlocal seen
        if event == "open":
            # Python's own `open` has a mode; `os.open` has flags alone.
            mode, flags = arguments[1], arguments[2]
            writes = set(mode) & set("wxa+") if mode else flags & (os.O_WRONLY | os.O_RDWR)
            if not writes:
                return
        elif event not in CHANGES:
            return
        if not any(below(each, folder) for each in arguments):
            return
        seen += 1
        if seen == nth:
            os.write(3, f"{event} {arguments[0]}".encode())
            if action in ("kill", "interrupt"):
                os.kill(os.getpid(), signal.SIGKILL if action == "kill" else signal.SIGINT)
        if (
            seen == nth and action == "once"
            or seen >= nth and action == "broken"
            or seen >= nth and action == "full" and event == "open"
        ):
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), os.fsdecode(arguments[0]))
    sys.addaudithook(see)

def run(folder, arguments, nth=0):
    names = [folder + "/said" + end for end in ("", ".err", ".step")]
    child = os.fork()
    if not child:
        signal.signal(signal.SIGINT, signal.default_int_handler)
        files = [os.open(name, os.O_WRONLY | os.O_CREAT | os.O_TRUNC) for name in names]
        for number, file in enumerate(files, 1):
            os.dup2(file, number + 10)
        for number in (1, 2, 3):
            os.dup2(number + 10, number)
        if nth:
            watch(folder + "/content", nth)
        code = 70
        try:
            os.chdir(folder)
            code = main(arguments)
        except SystemExit as ending:
            code = int(str(ending.code))
        finally:
            sys.stdout.flush()
            sys.stderr.flush()
            os._exit(code)
    status = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
    said, err, step = (open(name, errors="replace").read() for name in names)
    return {"code": status, "out": said, "err": err, "step": step}

nth = 0
while True:
    nth += 1
    folder = f"{work}/{nth}"
    shutil.copytree(template, folder)
    done = run(folder, edit, nth)
    if not done["step"]:
        break
    shutil.copytree(folder + "/content", folder + "/left")
    for name, commands in following.items():
        shutil.rmtree(folder + "/content", ignore_errors=True)
        shutil.copytree(folder + "/left", folder + "/content")
        done[name] = [run(folder, each) for each in commands]
        os.rename(folder + "/content", folder + "/" + name)
    print(json.dumps(done), flush=True)
"""
"""Prints a line of JSON for each step at which an edit was stopped."""


class Try(Struct, frozen=True):
    """An edit that was stopped at one step, and what became of the content."""

    step: str
    """What the edit was about to do."""
    code: int
    err: str
    left: dict[str, bytes]
    """The content after it."""
    following: dict[str, tuple[list[dict[str, Any]], dict[str, bytes]]]
    """By name: what each of the next commands said and did, and the content after them."""


def stopped_at_each_step(
    template: Path,
    work: Path,
    action: str,
    edit: Sequence[str | Path],
    **following: Sequence[Sequence[str]],
) -> list[Try]:
    """Run an edit on copies of a folder, each time stopped one step later, then other commands.

    Each of `following` runs on a copy of its own. A step is an open file, a rename, a removal or a
    new folder below the content. `action` is "kill", "interrupt", "once" (that step is refused),
    "full" (from that step on no file can be opened to be written), or "broken" (from that step on
    nothing can be changed).
    """
    asked = json.dumps([str(template), str(work), action, list(map(str, edit)), following])
    done = subprocess.run(
        [sys.executable, "-c", AGENT, asked],
        env=os.environ | {"PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    tries: list[Try] = []
    for number, line in enumerate(done.stdout.splitlines(), 1):
        said, folder = json.loads(line), work / str(number)
        after = {name: (said[name], tree(folder / name)) for name in following}
        tries.append(Try(said["step"], said["code"], said["err"], tree(folder / "left"), after))
    return tries
