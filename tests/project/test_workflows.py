"""The workflows: valid, pinned, with the least rights, made of commands that exist."""

import os
import re
import shutil
import subprocess
import sys
import tarfile
from datetime import date
from pathlib import Path
from typing import Any

import pytest
import yaml

from generator.core.model import SavedQuery, Tagging
from tests.archives import (
    GIT,
    archive_of_graphs,
    commit,
    daily,
    git,
    paper,
    tag,
    whole,
    with_command,
    write,
)
from tests.postbox import Postbox, serving

ROOT = Path(__file__).resolve().parents[2]
WORKFLOWS = sorted((ROOT / ".github" / "workflows").glob("*.yml"))
DEPENDABOT = ROOT / ".github" / "dependabot.yml"
FORMS = [ROOT / ".github" / "ISSUE_TEMPLATE" / f"{name}.yml" for name in ("tag", "vocabulary")]
BIN = Path(sys.executable).parent

# What a `run:` step may be, beside a target of the Makefile.
ONE_LINERS = {
    f"bash .ci/{name}": ["bash", "-n", f".ci/{name}"]
    for name in sorted(each.name for each in (ROOT / ".ci").iterdir())
}

# What each job may do; the workflows themselves may do nothing.
PERMISSIONS = {
    ("ci.yml", "scope"): {"contents": "read"},
    ("ci.yml", "content"): {"contents": "read"},
    ("ci.yml", "test"): {"contents": "read"},
    ("ci.yml", "zensical"): {"contents": "read"},
    ("digest.yml", "send"): {"contents": "write"},
    ("tagging.yml", "read"): {"contents": "read", "issues": "read"},
    ("tagging.yml", "propose"): {"contents": "write", "pull-requests": "write", "issues": "write"},
    ("publish.yml", "build"): {"contents": "read", "deployments": "read"},
    ("publish.yml", "deploy"): {"pages": "write", "id-token": "write"},
    ("publish-sharded.yml", "part"): {"contents": "read"},
    ("publish-sharded.yml", "merge"): {"contents": "read", "deployments": "read"},
    ("publish-sharded.yml", "deploy"): {"pages": "write", "id-token": "write"},
}


def load(path: Path) -> dict[str, Any]:
    data: dict[str, Any] = yaml.load(path.read_text(encoding="utf-8"), Loader=yaml.BaseLoader)
    return data


JOBS = {(path.name, name): job for path in WORKFLOWS for name, job in load(path)["jobs"].items()}
STEPS = [(*key, step) for key, job in JOBS.items() for step in job["steps"]]
RUNS = sorted({step["run"] for _, _, step in STEPS if "run" in step})


def run(*command: str | Path, cwd: Path = ROOT, **extra: str) -> subprocess.CompletedProcess[str]:
    # Inside `make test` make's own variables would change what a make started here does.
    environment = {k: v for k, v in os.environ.items() if not k.startswith(("MAKE", "MFLAGS"))}
    return subprocess.run(
        command, cwd=cwd, env=environment | extra, capture_output=True, text=True, check=False
    )


def test_zizmor_finds_nothing() -> None:
    result = run(BIN / "zizmor", "--offline", "--no-progress", "--persona=pedantic", ".github")
    assert result.returncode == 0, result.stdout + result.stderr


@pytest.mark.parametrize(
    ("schema", "files"),
    [
        ("vendor.github-workflows", WORKFLOWS),
        ("vendor.dependabot", [DEPENDABOT]),
        ("vendor.github-issue-forms", FORMS),
        ("vendor.github-issue-config", [FORMS[0].with_name("config.yml")]),
    ],
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


def test_every_label_that_is_named_is_described() -> None:
    listed = yaml.load((ROOT / ".github" / "labels.yml").read_text("utf-8"), yaml.BaseLoader)
    described = {each["name"] for each in listed}
    named = {label for path in FORMS for label in load(path)["labels"]}
    pages = [
        *WORKFLOWS,
        *(ROOT / ".ci").iterdir(),
        ROOT / "CONTRIBUTING.md",
        *ROOT.glob("docs/*.md"),
    ]
    for path in pages:
        named |= set(re.findall(r"tagging:[a-z]+", path.read_text(encoding="utf-8")))
    assert named == described
    for each in listed:
        assert set(each) == {"name", "color", "description"}
        assert re.fullmatch("[0-9a-f]{6}", each["color"])
        assert 0 < len(each["description"]) <= 100


def test_no_form_puts_a_label_that_starts_a_workflow() -> None:
    """A form's labels are put on without asking anybody."""
    assert not [label for path in FORMS for label in load(path)["labels"] if ":" in label]


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
        "digest.yml": {"schedule", "workflow_dispatch"},
        "publish.yml": {"push", "workflow_dispatch"},
        "publish-sharded.yml": {"workflow_dispatch"},
        "tagging.yml": {"issues", "workflow_dispatch"},
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


# ---- ci.yml on a pull request: its steps, run here as GitHub would


def test_content_is_checked_and_built_within_its_budget_by_steps_of_their_own() -> None:
    assert step("content", "Check the content")["run"] == "make check"
    build = step("content", "Build the website within its budget")
    assert (build["run"], build["env"]) == ("make site", {"SITE_ARGS": "--strict-budget"})


@pytest.fixture
def upstream(tmp_path: Path) -> Path:
    """A repository with everything that the steps of `content` need, except the website."""
    root = tmp_path / "upstream"
    write(root / "content", archive_of_graphs())
    shutil.copytree(ROOT / ".ci", root / ".ci")
    for name in ("Makefile", "pyproject.toml", "requirements.txt"):
        shutil.copy(ROOT / name, root)
    (root / ".gitignore").write_text(".venv/\n.cache/\n")
    commit(root)
    return root


def merged(upstream: Path, folder: Path) -> Path:
    """What GitHub checks out for a pull request of `topic`: the merge, two commits deep."""
    git(upstream, "checkout", "-q", "main")
    commit(upstream, "Meanwhile on main")
    git(upstream, "checkout", "-q", "-b", "merge")
    git(upstream, "merge", "-q", "--no-ff", "-m", "Merge", "topic")
    depth = step("content", "Check out")["with"]["fetch-depth"]
    git(folder.parent, "clone", "-q", f"--depth={depth}", f"file://{upstream}", folder)
    return with_command(folder)


def step(job: str, name: str) -> dict[str, Any]:
    (found,) = (each for each in JOBS["ci.yml", job]["steps"] if each["name"] == name)
    return dict(found)


def act(
    clone: Path, job: str, name: str, **environment: str
) -> tuple[subprocess.CompletedProcess[str], str, str]:
    """Run a step of ci.yml; gives its result, the job's summary so far and its outputs."""
    summary, outputs = clone.parent / "summary.md", clone.parent / "outputs"
    variables = (
        environment | GIT | {"GITHUB_STEP_SUMMARY": str(summary), "GITHUB_OUTPUT": str(outputs)}
    )
    words = step(job, name)["run"].split()
    if words[0] == "make":
        words.append("FOR_SITE=.venv/.ready")
    result = run(*words, cwd=clone, GITHUB_ACTIONS="true", **variables)
    told_by = [path.read_text() if path.exists() else "" for path in (summary, outputs)]
    return result, told_by[0], told_by[1]


def pull_request(upstream: Path, what: Any = None) -> None:
    git(upstream, "checkout", "-q", "-b", "topic")
    if what is not None:
        write(upstream / "content", what)
    commit(upstream, "On the topic")


def test_the_merge_is_compared_with_what_it_goes_into() -> None:
    """The base of what GitHub merges is the merge's first parent, and the clone has it."""
    base = "${{ github.event_name == 'pull_request' && 'HEAD^1' || '' }}"
    assert JOBS["ci.yml", "content"]["env"] == {"BASE": base}
    assert step("scope", "See whether it is only tags")["env"] == {"BASE": base}
    for job in ("scope", "content"):
        assert step(job, "Check out")["with"]["fetch-depth"].startswith("2")


def test_a_pull_request_of_tags_takes_the_quick_way_and_tells_its_effect(
    upstream: Path, tmp_path: Path
) -> None:
    described = tag("graphs", match=("graph",), description="Other words.")
    given = Tagging("2503.00003", ("graphs",))
    saved = SavedQuery("graphs-of-late", "Graphs of late", "Those.", "tag:graphs AND day>=2025")
    pull_request(upstream, whole(tags=[described], taggings=[given], queries=[saved]))
    clone = merged(upstream, tmp_path / "clone")
    result, _, outputs = act(clone, "scope", "See whether it is only tags", BASE="HEAD^1")
    assert (result.returncode, outputs) == (0, "only-tags=true\n"), result.stderr
    result, summary, _ = act(clone, "content", "Check the content", BASE="HEAD^1")
    assert (result.returncode, summary) == (0, ""), result.stdout + result.stderr
    result, summary, _ = act(clone, "content", "Show the effect of this change", BASE="HEAD^1")
    assert result.returncode == 0, result.stderr
    assert summary.startswith("## Effect of this change\n\nCompared with `HEAD^1` ")
    assert "- `2503.00003` On sets: + **Graphs** (people)\n" in summary
    assert "**Graphs of late** (`graphs-of-late`) is new" in summary
    result, summary, _ = act(
        clone, "content", "Say how to look at it", WEBSITE="https://example.org/1"
    )
    assert result.returncode == 0
    assert "[Download it](https://example.org/1)" in summary
    assert "python3 -m http.server --directory site\n" in summary


@pytest.mark.parametrize("where", ["generator/x.py", "content/daily/x", "content/tags.py", ".ci/x"])
def test_a_pull_request_of_more_than_tags_takes_the_long_way(
    upstream: Path, tmp_path: Path, where: str
) -> None:
    git(upstream, "checkout", "-q", "-b", "topic")
    write(upstream / "content", whole(tags=[tag("sets")]))
    (upstream / where).parent.mkdir(parents=True, exist_ok=True)
    (upstream / where).write_text("x")
    commit(upstream)
    clone = merged(upstream, tmp_path / "clone")
    *_, outputs = act(clone, "scope", "See whether it is only tags", BASE="HEAD^1")
    assert outputs == "only-tags=false\n"


@pytest.mark.parametrize("base", ["", "HEAD^^^^^^", "nowhere"])
def test_where_it_is_unclear_what_changes_all_is_tested(
    upstream: Path, tmp_path: Path, base: str
) -> None:
    pull_request(upstream)
    clone = merged(upstream, tmp_path / "clone")
    result, _, outputs = act(clone, "scope", "See whether it is only tags", BASE=base)
    assert (result.returncode, outputs) == (0, "only-tags=false\n")
    for job in ("test", "zensical"):
        assert JOBS["ci.yml", job]["if"] == "needs.scope.outputs.only-tags != 'true'"


def test_a_lost_url_fails_the_check_and_the_effect_is_shown_all_the_same(
    upstream: Path, tmp_path: Path
) -> None:
    git(upstream, "checkout", "-q", "-b", "topic")
    (upstream / "content" / "tags" / "graphs.yaml").unlink()
    commit(upstream)
    clone = merged(upstream, tmp_path / "clone")
    result, summary, _ = act(clone, "content", "Check the content", BASE="HEAD^1")
    assert result.returncode != 0
    assert "::error file=content/tags/graphs.yaml,line=1,title=vanished-url::" in result.stdout
    assert "`vanished-url` /tags/graphs/ is published" in summary
    assert "cancelled()" in step("content", "Show the effect of this change")["if"]
    result, summary, _ = act(clone, "content", "Show the effect of this change", BASE="HEAD^1")
    assert result.returncode == 0
    assert "- `/tags/graphs/` would no longer exist\n" in summary


def test_a_hostile_title_makes_no_summary_of_its_own(upstream: Path, tmp_path: Path) -> None:
    title = "</details># Approved by @someone $(touch made) `touch made` #1"
    pull_request(upstream, whole(daily(date(2025, 3, 11), paper("2503.00009", title))))
    clone = merged(upstream, tmp_path / "clone")
    result, summary, _ = act(clone, "content", "Show the effect of this change", BASE="HEAD^1")
    assert result.returncode == 0
    (line,) = (each for each in summary.splitlines() if "2503.00009` " in each)
    assert "</" not in line
    assert not re.search(r"@\w|#1", line)
    assert not list(tmp_path.rglob("made"))


# ---- digest.yml: its one step, with a real server and a real remote


@pytest.fixture
def sender(upstream: Path, tmp_path: Path) -> Path:
    """A clone of `main` in a repository that takes pushes, with a week that is over."""
    write(upstream / "content", whole(daily(), daily(date(2025, 3, 17), paper("2503.00002"))))
    commit(upstream, "Two weeks")
    git(tmp_path, "clone", "-q", "--bare", str(upstream), str(tmp_path / "remote.git"))
    git(tmp_path, "clone", "-q", f"file://{tmp_path}/remote.git", "clone")
    return with_command(tmp_path / "clone")


def run_digest(clone: Path, **environment: str) -> subprocess.CompletedProcess[str]:
    variables = environment | GIT | {"FOR_SITE": ".venv/.ready", "MAKEFLAGS": "-e", "CI": "true"}
    return run("bash", ".ci/digest", cwd=clone, **variables)


def fresh(clone: Path) -> Path:
    """Another runner: what was not pushed is gone."""
    shutil.rmtree(clone)
    git(clone.parent, "clone", "-q", f"file://{clone.parent}/remote.git", clone.name)
    return with_command(clone)


def test_without_secrets_no_mail_is_sent_and_nothing_fails(sender: Path) -> None:
    result = run_digest(sender, PAPER_ARCHIVE_SMTP_HOST="", PAPER_ARCHIVE_SMTP_TO="")
    assert (result.returncode, result.stdout.count("\n")) == (0, 1), result.stderr
    assert "no mail is sent" in result.stdout


def test_a_week_goes_out_once_whatever_the_runner(sender: Path) -> None:
    box = Postbox()
    with serving(box) as server:
        variables = server | {"PAPER_ARCHIVE_SMTP_TO": "one@example.org,two@example.org"}
        result = run_digest(sender, **variables)
        assert result.returncode == 0, result.stderr
        result = run_digest(fresh(sender), **variables)
        assert result.returncode == 0, result.stderr
    assert box.to == ["one@example.org", "two@example.org"]
    pushed = git(sender, "log", "-p", "origin/main", "--", "sent")
    assert "sending" in pushed
    assert "one@example.org" not in pushed


def test_a_runner_that_is_lost_while_sending_is_asked_about(sender: Path) -> None:
    box = Postbox()
    box.dies = "after"
    with serving(box) as server:
        variables = server | {"PAPER_ARCHIVE_SMTP_TO": "one@example.org"}
        assert run_digest(sender, **variables).returncode != 0
        result = run_digest(fresh(sender), **variables)
        assert result.returncode != 0
        assert "unknown whether it was sent" in result.stderr
        result = run_digest(fresh(sender), **variables, IF_UNKNOWN="skip")
        assert result.returncode == 0, result.stderr
    assert box.to == ["one@example.org"]


# ---- the contract with subscribers


@pytest.mark.parametrize(
    ("name", "job"), [("publish.yml", "build"), ("publish-sharded.yml", "merge")]
)
def test_feeds_are_checked_before_a_site_is_handed_over(name: str, job: str) -> None:
    steps = JOBS[name, job]["steps"]
    done = [step.get("run") or step["uses"].partition("@")[0] for step in steps]
    expected = [
        "actions/cache/restore",
        "make publish" if job == "build" else "make merge-shards",
        "make check-feeds",
        "make pack-feeds",
        "actions/upload-artifact",
        "actions/upload-pages-artifact",
    ]
    assert done[-len(expected) :] == expected
    (check,) = [step for step in steps if step.get("run") == "make check-feeds"]
    assert check["env"] == {
        "ALLOW": "${{ inputs.allow }}",
        "FIRST_PUBLICATION": "${{ steps.first.outputs.first-publication }}",
    }
    (first,) = [step for step in steps if step.get("id") == "first"]
    assert first["run"] == "bash .ci/first-publication"
    assert load(ROOT / ".github" / "workflows" / name)["on"]["workflow_dispatch"]["inputs"]["allow"]


@pytest.mark.parametrize(
    ("states", "first"),
    [
        ("", "true"),
        ("FAILURE ERROR QUEUED", "true"),
        ("INACTIVE FAILURE", "false"),
        ("ACTIVE", "false"),
        ("SUCCESS", "false"),
        (None, "false"),
    ],
    ids=[
        "none",
        "none that succeeded",
        "an earlier one",
        "one",
        "one in words of old",
        "no answer",
    ],
)
def test_the_first_publication_is_known_from_the_deployments(
    tmp_path: Path, states: str | None, first: str
) -> None:
    """A program in the place of `gh` gives the states that GitHub would."""
    gh = tmp_path / "gh"
    answer = "exit 1" if states is None else f"printf '%s\\n' {states}"
    gh.write_text(f'#!/bin/sh\necho "$@" >{tmp_path}/asked\n{answer}\n')
    gh.chmod(0o755)
    environment = {
        "PATH": f"{tmp_path}:{os.environ['PATH']}",
        "GITHUB_REPOSITORY": "someone/papers",
        "GITHUB_OUTPUT": str(tmp_path / "output"),
    }
    result = run("bash", ROOT / ".ci" / "first-publication", cwd=ROOT, **environment)
    assert result.returncode == 0, result.stderr
    assert (tmp_path / "output").read_text() == f"first-publication={first}\n"
    asked = (tmp_path / "asked").read_text()
    assert "owner=someone" in asked
    assert "name=papers" in asked


@pytest.mark.skipif(not shutil.which("make"), reason="there is no make on the PATH")
@pytest.mark.parametrize("first", ["true", "false", ""])
def test_a_damaged_pack_of_feeds_counts_as_none(tmp_path: Path, first: str) -> None:
    """Else each run would find it in the cache again."""
    make = ("make", "-C", tmp_path, "-f", ROOT / "Makefile", "check-feeds", "-o", "FOR_SITE")
    bin_ = tmp_path / ".venv" / "bin"
    bin_.mkdir(parents=True)
    (bin_ / "paper-archive").write_text('#!/bin/sh\necho "$@"\n')
    (bin_ / "paper-archive").chmod(0o755)
    (bin_ / "python").symlink_to(sys.executable)
    ready = run("make", "-C", tmp_path, "-f", ROOT / "Makefile", "-pn", "check-feeds").stdout
    (stamp,) = set(re.findall(r"^(\.venv/\.ready-site-\S+):", ready, re.MULTILINE))
    (tmp_path / stamp).touch()
    pack = tmp_path / "published" / "feeds.tar.gz"
    pack.parent.mkdir()
    with tarfile.open(pack, "w:gz") as archive:
        archive.add(ROOT / "Makefile", "rss.xml")
    result = run(*make, FIRST_PUBLICATION=first)
    assert "--against published/feeds.tar.gz" in result.stdout, result
    assert ("--first-publication" in result.stdout) == (first == "true")
    pack.write_bytes(pack.read_bytes()[:100])
    result = run(*make, FIRST_PUBLICATION=first)
    assert "is damaged" in result.stdout
    assert "--against" not in result.stdout.splitlines()[-1]


@pytest.mark.parametrize("name", ["publish.yml", "publish-sharded.yml"])
def test_feeds_are_kept_once_they_are_deployed(name: str) -> None:
    steps = JOBS[name, "deploy"]["steps"]
    assert [step["uses"].partition("@")[0] for step in steps] == [
        "actions/deploy-pages",
        "actions/download-artifact",
        "actions/cache/save",
    ]
    caches = [step for *_, step in STEPS if step.get("uses", "").startswith("actions/cache/")]
    assert {(step["with"]["path"], step["with"]["key"]) for step in caches} == {
        ("published", "feeds-${{ github.run_id }}-${{ github.run_attempt }}")
    }


@pytest.mark.skipif(not shutil.which("make"), reason="there is no make on the PATH")
def test_feeds_are_packed_as_the_check_reads_them(tmp_path: Path) -> None:
    from generator.review.feeds import sources

    feeds = {"rss.xml": b"one", "tags/rag/atom.xml": b"two", "tags/rag/feed.json": b"three"}
    for name, data in {**feeds, "index.html": b"a page"}.items():
        path = tmp_path / ".cache" / "site" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)
    result = run("make", "-C", tmp_path, "-f", ROOT / "Makefile", "pack-feeds")
    assert result.returncode == 0, result.stderr
    assert dict(sources.at(str(tmp_path / "published" / "feeds.tar.gz"))()) == feeds
