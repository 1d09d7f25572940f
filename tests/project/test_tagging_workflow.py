"""tagging.yml, from the event's file to the pushed branch: its steps as they stand, run here.

A bare repository stands for GitHub, and a recorder for `gh`; what `uses` an action is done by hand.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
import yaml

from generator.content.edit import issue_form
from tests.archives import (
    GIT,
    MONDAY,
    ROOT,
    commit,
    daily,
    git,
    paper,
    tag,
    whole,
    with_command,
    write,
)
from tests.content.edit.test_from_issues import issue
from tests.content.edit.test_issue_form import HOSTILE, assert_safe, form

WORKFLOW: dict[str, Any] = yaml.load(
    (ROOT / ".github" / "workflows" / "tagging.yml").read_text("utf-8"), Loader=yaml.BaseLoader
)
EXPRESSION = re.compile(r"\$\{\{ (.*?) \}\}")
RECORDER = f"""#!{sys.executable}
import json, os, pathlib, sys
place = pathlib.Path(os.environ["RECORDED"])
body = sys.argv[sys.argv.index("--body-file") + 1] if "--body-file" in sys.argv else None
text = body and pathlib.Path(body).read_text()
call = dict(argv=sys.argv[1:], body=text, token=os.environ["GH_TOKEN"])
with (place / "calls").open("a") as calls:
    calls.write(json.dumps(call) + chr(10))
if sys.argv[1] == "api":
    waiting = (place / "waiting.json").read_text()
    if "--jq" in sys.argv:
        waiting = "\\n".join(str(each["number"]) for each in json.loads(waiting))
    print(waiting)
sys.exit((place / "-".join(sys.argv[1:3])).exists())
"""


@dataclass
class GitHub:
    """What stands for it, and what became of a run."""

    top: Path
    event: Mapping[str, Any]
    event_name: str = "issues"
    outputs: dict[str, str] = field(default_factory=dict)
    said: str = ""

    @property
    def upstream(self) -> Path:
        return self.top / "upstream.git"

    def run(self) -> bool:
        """Run both jobs; whether all steps went well."""
        return self.job("read") and self.job("propose")

    def calls(self, *words: str) -> list[dict[str, Any]]:
        """What `gh` was asked to do, of a kind."""
        place = self.top / "calls"
        made = (
            [json.loads(line) for line in place.read_text().splitlines()] if place.exists() else []
        )
        return [each for each in made if each["argv"][: len(words)] == list(words)]

    def branches(self) -> list[str]:
        return git(self.upstream, "for-each-ref", "--format=%(refname:short)").split()

    def job(self, name: str) -> bool:
        """Run a job; whether all its steps went well."""
        (self.top / "event.json").write_text(json.dumps(self.event))
        self.clone = self.top / f"clone-{name}"
        job = WORKFLOW["jobs"][name]
        for step in job["steps"]:
            if "if" in step and not self._holds(step["if"]):
                continue
            environment = job.get("env", {}) | step.get("env", {})
            done = self._run(step, environment) if "run" in step else self._use(step)
            if not done:
                return False
        return True

    def _use(self, step: Mapping[str, Any]) -> bool:
        action = step["uses"].partition("@")[0]
        given = {key: self._filled(value) for key, value in step.get("with", {}).items()}
        if action == "actions/checkout":
            wanted = () if given.get("fetch-depth") == "0" else ("--depth=1", "--single-branch")
            git(self.top, "clone", "-q", *wanted, f"file://{self.upstream}", self.clone)
            git(self.clone, "checkout", "-q", given["ref"])
            with_command(self.clone)
        elif action == "actions/upload-artifact":
            shutil.copytree(self.clone / given["path"], self.top / "artifact")
        elif action == "actions/download-artifact":
            shutil.copytree(self.top / "artifact", self.clone / given["path"], symlinks=True)
        else:
            assert action == "actions/setup-python"
        return True

    def _run(self, step: Mapping[str, Any], environment: Mapping[str, str]) -> bool:
        words = step["run"].split()
        if words[0] == "make":
            words.append("FOR_SITE=.venv/.ready")
        given = {key: self._filled(value) for key, value in environment.items()}
        values = self.top / "values"
        values.write_text("")
        done = subprocess.run(
            words,
            cwd=self.clone,
            env=self._environment() | given | {"GITHUB_OUTPUT": str(values)},
            capture_output=True,
            text=True,
            check=False,
        )
        self.said += done.stdout + done.stderr
        self.outputs |= dict(line.split("=", 1) for line in values.read_text().splitlines())
        return done.returncode == 0

    def _environment(self) -> dict[str, str]:
        hidden = ("MAKE", "MFLAGS", "GIT_")
        ours = {k: v for k, v in os.environ.items() if not k.startswith(hidden)}
        return ours | {
            "PATH": f"{self.top / 'bin'}:{ours['PATH']}",
            "GIT_CONFIG_GLOBAL": os.devnull,
            "RECORDED": str(self.top),
            "GITHUB_ACTIONS": "true",
            "GITHUB_EVENT_NAME": self.event_name,
            "GITHUB_EVENT_PATH": str(self.top / "event.json"),
            "GITHUB_REPOSITORY": "someone/archive",
            "GITHUB_STEP_SUMMARY": str(self.top / "summary.md"),
        }

    def _filled(self, text: str) -> str:
        return EXPRESSION.sub(lambda found: self._value(found[1]), text)

    def _value(self, expression: str) -> str:
        """Of the expressions that the workflow has; of no other one."""
        job = WORKFLOW["jobs"]["read"]
        if needed := re.fullmatch(r"needs\.read\.outputs\.(\w+)", expression):
            return self._filled(job["outputs"][needed[1]])
        if of_step := re.fullmatch(r"steps\.gather\.outputs\.(\w+)", expression):
            return self.outputs.get(of_step[1], "")
        is_issue = self.event_name == "issues"
        return {
            "github.event.repository.default_branch": "main",
            "github.event.issue.number": str(self.event["issue"]["number"]) if is_issue else "",
            "github.token": "of-the-run",
            "secrets.TAGGING_TOKEN || github.token": "of-the-run",
            "github.server_url": "https://example.org",
            "github.repository": "someone/archive",
            "github.run_id": "1",
            "github.event_name == 'issues' && 'tagging:accepted' || 'tagging:together'": (
                "tagging:accepted" if is_issue else "tagging:together"
            ),
        }[expression]

    def _holds(self, condition: str) -> bool:
        left, equals, right = condition.partition(" == ")
        assert equals
        return self._value(left) == right.strip("'")


@pytest.fixture
def github(tmp_path: Path) -> GitHub:
    return upstream(tmp_path)


def upstream(top: Path) -> GitHub:
    """A repository with two papers and three tags, in which a form was just accepted."""
    source = top / "source"
    tags = [tag("graphs"), tag("agents"), tag("survey")]
    lists = daily(MONDAY, paper(), paper("2503.00002", "Another $(touch made) `touch made`"))
    write(source / "content", whole(lists, tags=tags))
    shutil.copytree(ROOT / ".ci", source / ".ci")
    for name in ("Makefile", "pyproject.toml", "requirements.txt"):
        shutil.copy(ROOT / name, source)
    (source / ".gitignore").write_text(".venv/\n.cache/\n")
    commit(source)
    git(top, "clone", "-q", "--bare", source, "upstream.git")
    (top / "bin").mkdir()
    (top / "bin" / "gh").write_text(RECORDER)
    (top / "bin" / "gh").chmod(0o755)
    return GitHub(top, labelled(form("2503.00001", "agents\ngraph")))


def labelled(body: str) -> dict[str, Any]:
    """The event that GitHub sends when somebody puts a label on an issue, as far as it matters."""
    label = {"name": "tagging:accepted", "color": "0e8a16"}
    return {"action": "labeled", "issue": issue(12, body), "label": label, "sender": {"login": "m"}}


def gathering(github: GitHub, *issues: dict[str, Any]) -> GitHub:
    """The workflow started by hand, with issues that wait."""
    (github.top / "waiting.json").write_text(json.dumps(issues))
    return GitHub(github.top, {"inputs": None}, "workflow_dispatch")


def test_a_labelled_form_becomes_a_pull_request(github: GitHub) -> None:
    before = git(github.upstream, "rev-parse", "main")
    assert github.run(), github.said
    assert github.branches() == ["main", "tags/12-2503.00001"]
    assert git(github.upstream, "rev-parse", "main") == before
    changed = git(github.upstream, "diff", "--name-status", "main", "tags/12-2503.00001")
    assert changed.split("\n") == [
        "A\tcontent/tagging/2503/2503.00001/agents.yaml",
        "A\tcontent/tagging/2503/2503.00001/graphs.yaml",
    ]
    log = git(github.upstream, "log", "--format=%an: %B", "main..tags/12-2503.00001")
    assert log.startswith("github-actions[bot]: Tags for 2503.00001\n")
    assert "Closes #12\n\nCo-authored-by: reader-12 <1012+reader-12@users.nor" in log
    (made,) = github.calls("pr", "create")
    assert made["argv"][2:8] == [
        *("--base", "main"),
        *("--head", "tags/12-2503.00001"),
        *("--title", "Tags for 2503.00001"),
    ]
    assert "Closes #12, requested by @reader-12\n" in made["body"]
    assert "## Effect of this change\n" in made["body"]
    assert made["body"].endswith("https://example.org/someone/archive/actions/runs/1\n")
    assert not github.calls("issue", "comment")
    (edit,) = github.calls("issue", "edit")
    assert edit["argv"][2:] == ["12", "--remove-label", "tagging:accepted"]


def test_forms_that_wait_become_one_pull_request(github: GitHub) -> None:
    bodies = [
        form("2503.00001", "agents"),
        form("2503.00002", "graphs\ngrahps"),
        form("2503.00003", "agents"),
    ]
    run = gathering(github, *(issue(number, body) for number, body in enumerate(bodies, 20)))
    assert run.run(), run.said
    assert run.branches() == ["main", "tags/20-and-1-more"]
    assert git(run.upstream, "rev-list", "--count", "main..tags/20-and-1-more") == "2"
    for asked, count in zip(run.calls("api"), (30, 100), strict=True):
        assert "repos/someone/archive/issues" in asked["argv"]
        assert {"state=open", "labels=tagging:together", f"per_page={count}"} < set(asked["argv"])
    (made,) = run.calls("pr", "create")
    assert "Tags for 2 papers" in made["argv"]
    assert re.findall(r"Closes #(\d+)", made["body"]) == ["20", "21"]
    comments = {each["argv"][2]: each["body"] for each in run.calls("issue", "comment")}
    assert set(comments) == {"21", "22"}
    assert "did you mean 'graphs'?" in comments["21"]
    assert "no daily list contains the paper '2503.00003'" in comments["22"]
    edits = [each["argv"][2:] for each in run.calls("issue", "edit")]
    assert edits == [[str(n), "--remove-label", "tagging:together"] for n in (20, 21, 22)]


MORE_HOSTILE = {
    "shell": form("$(touch made)", "`touch made`; touch made"),
    "outputs": form("2503.00001\nchanged=true", "x\n::set-output name=changed::true"),
    "a file of outputs": form("2503.00001%0Achanged=true", "x=y >> $GITHUB_OUTPUT"),
    "commands": "::error::x\n::add-mask::x\n::stop-commands::x\n" + form("x", "x"),
    "expressions": form("${{ github.token }}", "${{ secrets.TAGGING_TOKEN }}"),
    "a branch": form("2503.00001..main", "agents"),
}


def test_hostile_forms_are_answered_and_change_nothing(github: GitHub) -> None:
    before = git(github.upstream, "rev-parse", "main")
    bodies = [text.decode("utf-8", "replace") for text in HOSTILE.values()]
    bodies += MORE_HOSTILE.values()
    run = gathering(github, *(issue(number, body) for number, body in enumerate(bodies, 1)))
    assert run.run(), run.said
    assert run.branches() == ["main"]
    assert git(run.upstream, "rev-parse", "main") == before
    assert not run.calls("pr")
    assert len(run.calls("issue", "comment")) == len(bodies)
    for each in run.calls("issue", "comment"):
        assert_safe(each["body"])
    assert run.outputs["changed"] == "false"
    assert set(run.outputs) == {"changed", "issues", "base"}
    assert not re.search(r"^::(?!error file)", run.said, re.MULTILINE)
    assert not list(run.top.rglob("made"))
    assert git(run.top / "clone-read", "status", "--porcelain") == ""


@pytest.mark.parametrize("why", ["$(touch made)\n`touch made`", "::set-output name=branch::main"])
def test_what_else_a_form_holds_goes_nowhere(github: GitHub, why: str) -> None:
    body = form("2503.00002", "agents", why=f"{why}\nbranch=main\n' \" \\ @all")
    github.event = labelled(body)
    assert github.run(), github.said
    assert github.branches() == ["main", "tags/12-2503.00002"]
    (made,) = github.calls("pr", "create")
    assert "set-output" not in json.dumps(made)
    assert "@all" not in made["body"]
    assert not list(github.top.rglob("made"))


def test_more_than_a_page_of_tags_is_refused(github: GitHub) -> None:
    github.event = labelled(form("2503.00001", "agents\n" * (issue_form.MAX_TAGS + 1)))
    assert github.run(), github.said
    assert github.branches() == ["main"]
    (comment,) = github.calls("issue", "comment")
    assert "more than 20 tags" in comment["body"]


def test_nothing_is_proposed_where_the_check_fails(github: GitHub) -> None:
    clone = github.top / "work"
    git(github.top, "clone", "-q", github.upstream, clone)
    (clone / "content" / "tags" / "graphs.yaml").write_text("nam: Graphs\n")
    commit(clone)
    git(clone, "push", "-q", "origin", "main")
    github.event = labelled(form("2503.00001", "agents"))
    assert not github.run()
    assert "::error file=content/tags/graphs.yaml" in github.said
    assert not github.calls()


def test_a_branch_that_is_there_is_left_alone(github: GitHub) -> None:
    git(github.upstream, "branch", "tags/12-2503.00001", "main")
    git(github.upstream, "update-ref", "refs/heads/tags/12-2503.00001", other(github))
    assert not github.run()
    assert "::error::the branch tags/12-2503.00001 is there already" in github.said
    assert not github.calls()


def other(github: GitHub) -> str:
    clone = github.top / "other"
    git(github.top, "clone", "-q", github.upstream, clone)
    made = commit(clone, "Somebody's work")
    git(clone, "push", "-q", "origin", "HEAD:refs/heads/theirs")
    return made


def test_it_says_so_where_the_repository_allows_no_pull_requests(github: GitHub) -> None:
    (github.top / "pr-create").touch()
    assert not github.run()
    assert "::error::no pull request: allow it under Settings > Actions > General" in github.said
    assert not github.calls("issue")


def test_who_wrote_an_issue_decides_no_step() -> None:
    """Nothing of an event but a number, and the label's name, is used in the workflow itself."""
    text = json.dumps(WORKFLOW)
    assert set(re.findall(r"github\.event\.[\w.]+", text)) == {
        "github.event.issue.number",
        "github.event.label.name",
        "github.event.repository.default_branch",
    }
    runs = [
        step["run"] for job in WORKFLOW["jobs"].values() for step in job["steps"] if "run" in step
    ]
    assert not [run for run in runs if "${{" in run]
    assert WORKFLOW["jobs"]["read"]["if"].endswith("github.event.label.name == 'tagging:accepted'")


def test_only_what_talks_to_github_has_a_token() -> None:
    with_token = {
        step["run"]
        for job in WORKFLOW["jobs"].values()
        for step in job["steps"]
        if "GH_TOKEN" in step.get("env", {})
    }
    assert with_token == {f"bash .ci/{name}" for name in ("forms", "accept", "propose", "answer")}


def test_labels_are_made_as_they_are_described(tmp_path: Path, github: GitHub) -> None:
    assert github.top == tmp_path
    path = f"{tmp_path / 'bin'}:{os.environ['PATH']}"
    variables = {"PATH": path, "GH_TOKEN": "mine", "RECORDED": str(tmp_path)}
    subprocess.run(["bash", ".ci/labels"], cwd=ROOT, env=os.environ | GIT | variables, check=True)
    described = yaml.safe_load((ROOT / ".github" / "labels.yml").read_text("utf-8"))
    assert [each["argv"] for each in github.calls("label", "create")] == [
        [
            *("label", "create", each["name"], "--force", "--color", each["color"]),
            *("--description", each["description"]),
        ]
        for each in described
    ]
