"""The workflows: valid, pinned, with the least rights, made of commands that exist."""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml

ROOT = Path(__file__).resolve().parents[1]
WORKFLOWS = sorted((ROOT / ".github" / "workflows").glob("*.yml"))
DEPENDABOT = ROOT / ".github" / "dependabot.yml"
BIN = Path(sys.executable).parent

# What a `run:` step may be, beside a target of the Makefile.
ONE_LINERS = {"bash .ci/run": ["bash", "-n", ".ci/run"]}

# What each job may do; the workflows themselves may do nothing.
PERMISSIONS = {
    ("ci.yml", "content"): {"contents": "read"},
    ("ci.yml", "test"): {"contents": "read"},
    ("ci.yml", "zensical"): {"contents": "read"},
    ("publish.yml", "build"): {"contents": "read"},
    ("publish.yml", "deploy"): {"pages": "write", "id-token": "write"},
    ("publish-sharded.yml", "part"): {"contents": "read"},
    ("publish-sharded.yml", "merge"): {"contents": "read"},
    ("publish-sharded.yml", "deploy"): {"pages": "write", "id-token": "write"},
}


def load(path: Path) -> dict[str, Any]:
    data: dict[str, Any] = yaml.load(path.read_text(encoding="utf-8"), Loader=yaml.BaseLoader)
    return data


JOBS = {(path.name, name): job for path in WORKFLOWS for name, job in load(path)["jobs"].items()}
STEPS = [(*key, step) for key, job in JOBS.items() for step in job["steps"]]
RUNS = sorted({step["run"] for _, _, step in STEPS if "run" in step})


def run(*command: str | Path) -> subprocess.CompletedProcess[str]:
    # Inside `make test` make's own variables would change what a make started here does.
    environment = {k: v for k, v in os.environ.items() if not k.startswith(("MAKE", "MFLAGS"))}
    return subprocess.run(
        command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False
    )


def test_zizmor_finds_nothing() -> None:
    result = run(BIN / "zizmor", "--offline", "--no-progress", "--persona=pedantic", ".github")
    assert result.returncode == 0, result.stdout + result.stderr


@pytest.mark.parametrize(
    ("schema", "files"),
    [("vendor.github-workflows", WORKFLOWS), ("vendor.dependabot", [DEPENDABOT])],
)
def test_files_follow_their_schema(schema: str, files: list[Path]) -> None:
    result = run(BIN / "check-jsonschema", "--builtin-schema", schema, *files)
    assert result.returncode == 0, result.stdout + result.stderr


@pytest.mark.parametrize("path", WORKFLOWS, ids=lambda path: path.name)
def test_actions_are_pinned_to_a_commit_with_its_version(path: Path) -> None:
    uses = re.findall(r"uses: *(.*)", path.read_text(encoding="utf-8"))
    assert uses
    for line in uses:
        assert re.fullmatch(r"[\w-]+/[\w/-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+", line), line


def test_an_action_has_one_version_everywhere() -> None:
    pins = {step["uses"] for _, _, step in STEPS if "uses" in step}
    assert len(pins) == len({pin.partition("@")[0] for pin in pins})


def test_checkouts_leave_no_credentials_behind() -> None:
    checkouts = [s for *_, s in STEPS if s.get("uses", "").startswith("actions/checkout@")]
    assert checkouts
    assert all(step["with"]["persist-credentials"] == "false" for step in checkouts)


def test_permissions_are_the_least() -> None:
    assert {path.name: load(path)["permissions"] for path in WORKFLOWS} == {
        path.name: {} for path in WORKFLOWS
    }
    assert {key: job.get("permissions") for key, job in JOBS.items()} == PERMISSIONS


def test_events_are_the_expected_ones() -> None:
    assert {path.name: set(load(path)["on"]) for path in WORKFLOWS} == {
        "ci.yml": {"pull_request", "workflow_dispatch"},
        "publish.yml": {"push", "workflow_dispatch"},
        "publish-sharded.yml": {"workflow_dispatch"},
    }


@pytest.mark.parametrize("command", RUNS)
def test_run_steps_are_one_line_that_works(command: str) -> None:
    assert "\n" not in command
    if command in ONE_LINERS:
        result = run(*ONE_LINERS[command])
    else:
        assert re.fullmatch(r"make [a-z-]+", command), "a make target, or add it to ONE_LINERS"
        if not shutil.which("make"):
            pytest.skip("there is no make on the PATH")
        result = run("make", "--dry-run", command.removeprefix("make "))
    assert result.returncode == 0, result.stderr
