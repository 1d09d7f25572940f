"""What all commands share: wrong usage, help, interruption, and where the output goes."""

from __future__ import annotations

import signal
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from generator.cli import check
from tests.archives import ROOT, minimal, tree
from tests.cli.calls import CAPSYS, add_a_broken_tag, run
from tests.processes import said_to_the_end, start

# ---- wrong usage


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ([], "COMMAND"),
        (["bild"], "build"),
        (["check", "--format", "xml"], "json"),
        (["build", "--nonsense"], "--nonsense"),
        (["import"], "FORMAT"),
        (["import", "nonsense", "x"], "jsonl"),
        (["import", "jsonl", "no-such-file.jsonl"], "no-such-file.jsonl"),
        (["import", "jsonl", "README.md", "--date", "11 March"], "2025-03-11"),
        (["import", "jsonl", "README.md", "--newest", "0"], "0"),
    ],
)
def test_wrong_usage_says_what_to_pass(
    capsys: CAPSYS, tmp_path: Path, arguments: list[str], said: str
) -> None:
    assert run(*arguments, *(["--content", str(tmp_path)] if arguments else [])) == 2
    assert said in capsys.readouterr().err
    assert tree(tmp_path) == {}


def test_help_names_every_command_and_format(capsys: CAPSYS) -> None:
    assert run("--help") == 0
    shown = capsys.readouterr().out
    assert all(name in shown for name in ("import", "check", "build", "serve", "stats"))
    assert run("import", "--help") == 0
    shown = capsys.readouterr().out
    assert all(name in shown for name in ("hf-page", "hf-api", "jsonl", "--date"))


# ---- when the disk refuses


def test_an_interrupt_while_reading_is_a_message(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: CAPSYS
) -> None:
    def interrupted(_options: object) -> int:
        raise KeyboardInterrupt

    monkeypatch.setattr(check, "_check", interrupted)
    assert run("check", "--content", tmp_path) == 130
    assert capsys.readouterr().err == "paper-archive: interrupted; no file is half-written\n"


def test_ctrl_c_while_libraries_are_imported_shows_no_traceback(tmp_path: Path) -> None:
    """Most of a short run is importing, so that is when people interrupt it."""
    agent = (
        "import os, runpy, signal, sys\n"
        # A shell ignores the signal for what runs in the background, as a suite may.
        "signal.signal(signal.SIGINT, signal.default_int_handler)\n"
        "def watch(event, arguments):\n"
        "    if event == 'import' and arguments[0] == 'yaml':\n"
        "        os.kill(os.getpid(), signal.SIGINT)\n"
        "sys.addaudithook(watch)\n"
        "sys.argv[0] = 'generator'\n"
        "runpy.run_module('generator', run_name='__main__', alter_sys=True)\n"
    )
    result = subprocess.run(
        [sys.executable, "-c", agent, "check", "--content", minimal(tmp_path)],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert "Traceback" not in result.stderr
    assert result.returncode == 130


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP], ids=lambda each: each.name)
@pytest.mark.parametrize("library", ["argparse", "msgspec", "yaml"])
def test_a_signal_while_libraries_are_imported_is_a_message(
    tmp_path: Path, number: signal.Signals, library: str
) -> None:
    agent = (
        "import os, runpy, sys\n"
        "def watch(event, arguments):\n"
        f"    if event == 'import' and arguments[0] == '{library}':\n"
        f"        os.kill(os.getpid(), {number.value})\n"
        "sys.addaudithook(watch)\n"
        "sys.argv[0] = 'generator'\n"
        "runpy.run_module('generator', run_name='__main__', alter_sys=True)\n"
    )
    process = start("check", "--content", minimal(tmp_path), script=agent)
    assert said_to_the_end(process) == ("", "paper-archive: terminated; no file is half-written\n")
    assert process.returncode == 128 + number


# The signal comes while the preview, which has waited, takes its lock back.
AT_THE_LOCK = """
import signal
def interrupted(server, *arguments, **options):
    make(server, *arguments, **options)
    take_back = server._rebuild_cond._acquire_restore
    def at_once(state):
        signal.raise_signal({number})
        take_back(state)
    server._rebuild_cond._acquire_restore = at_once
make = mkdocs_site.LiveReloadServer.__init__
mkdocs_site.LiveReloadServer.__init__ = interrupted
"""


@pytest.mark.parametrize("more", ["", AT_THE_LOCK], ids=["any time", "at the lock"])
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM], ids=lambda each: each.name)
def test_a_signal_ends_the_preview(tmp_path: Path, number: signal.Signals, more: str) -> None:
    """Ctrl-C is how people end it, so that is no failure."""
    root = minimal(tmp_path / "content")
    folders = f"--content {root} --docs {tmp_path}/docs --cache {tmp_path}/cache".split()
    # A port of its own: other tests may serve, too.
    with socket.create_server(("127.0.0.1", 0)) as found:
        port = found.getsockname()[1]
    script = (
        "import sys\nfrom generator.site import mkdocs_site\n"
        f"mkdocs_site.PORT = {port}\n{more.format(number=int(number))}"
        "from generator.__main__ import main\nmain()\n"
    )
    process = start("serve", *folders, script=script)
    assert process.stderr
    while "press Ctrl-C to stop" not in process.stderr.readline():
        assert process.poll() is None
    if not more:
        process.send_signal(number)
    _, errors = said_to_the_end(process)
    if number == signal.SIGINT:
        assert (errors, process.returncode) == ("", 0)
    else:
        assert errors == "paper-archive: terminated; no file is half-written\n"
        assert process.returncode == 143
    names = sorted(path.name for path in tmp_path.iterdir())
    assert names == [".serve", "cache", "content", "docs"]


# ---- where the output goes


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="there is no /dev/full")
@pytest.mark.parametrize("name", ["check", "stats"])
def test_output_to_a_full_disk_is_a_message(tmp_path: Path, name: str) -> None:
    root = minimal(tmp_path / "content")
    if name == "check":
        add_a_broken_tag(tmp_path)
    with Path("/dev/full").open("w", encoding="utf-8") as full:
        result = subprocess.run(
            [sys.executable, "-m", "generator", name, "--content", root],
            cwd=ROOT,
            stdout=full,
            stderr=subprocess.PIPE,
            text=True,
            check=False,
        )
    assert result.returncode == 3
    assert "Traceback" not in result.stderr


def test_a_closed_pipe_is_no_error(tmp_path: Path) -> None:
    root = minimal(tmp_path)
    (root / "tags").mkdir()
    keys = "".join(f"key{n}: 1\n" for n in range(3000))
    (root / "tags" / "a.yaml").write_text(keys, encoding="utf-8")
    shell = f"'{sys.executable}' -m generator check --content '{root}' | head -n 1"
    result = subprocess.run(
        ["sh", "-c", shell], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert result.stdout.count("\n") == 1
    assert "Traceback" not in result.stderr
    assert "Exception ignored" not in result.stderr
