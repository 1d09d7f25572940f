"""`paper-archive tag --from-issues`: a commit for each issue, and nothing but tags in it."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

import pytest

from generator.cli import main
from generator.content.edit import github_issues
from tests.archives import GIT, MONDAY, ROOT, commit, daily, git, paper, tag, tree, whole, write
from tests.content.edit.test_issue_form import HOSTILE, assert_safe, form

CAPSYS = pytest.CaptureFixture[str]


@pytest.fixture
def root(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Content that is committed; git knows who commits."""
    monkeypatch.chdir(ROOT)
    for name in [each for each in os.environ if each.startswith("GIT_")]:
        monkeypatch.delenv(name)
    for name, value in GIT.items():
        monkeypatch.setenv(name, value)
    lists = daily(MONDAY, paper(), paper("2503.00002", "Another <b>*one*</b> @all"))
    tags = [tag("graphs"), tag("agents"), tag("survey")]
    root = write(tmp_path / "archive" / "content", whole(lists, tags=tags))
    commit(root.parent)
    return root


def issue(number: int, body: str, **more: Any) -> dict[str, Any]:
    user = {"login": f"reader-{number}", "id": 1000 + number}
    return {"number": number, "title": "$(x)", "body": body, "user": user} | more


def run(root: Path, *held: Any) -> tuple[int, dict[str, str], str]:
    """Ask for what some files hold; gives the exit code, the texts and the lines for a workflow."""
    top = root.parents[1]
    folder, answers, values = top / "requests", top / "answers", top / "values"
    folder.mkdir(exist_ok=True)
    for number, each in enumerate(held):
        (folder / f"{number}.json").write_text(json.dumps(each))
    places = ["--content", root, "--cache", top / "cache", "--report", answers, "--outputs", values]
    code = main.main(["tag", "--from-issues", str(folder), *map(str, places)])
    texts = {path.name: path.read_text() for path in answers.glob("*")}
    return code, texts, values.read_text() if values.exists() else ""


def test_each_issue_becomes_a_commit_that_credits_the_person(root: Path) -> None:
    before = git(root, "rev-parse", "HEAD")
    second = issue(9, form("2503.00002", "agents\nsurvye", "graphs"))
    code, texts, values = run(root, [second], {"issue": issue(12, form("2503.00001", "agents"))})
    assert code == 0
    log = git(root, "log", "--reverse", "--format=%B---", "--name-only", f"{before}..HEAD")
    assert log.split("---") == [
        (
            "Tags for 2503.00002\n\n- add agents\n- take away graphs\n\nCloses #9\n\n"
            "Co-authored-by: reader-9 <1009+reader-9@users.noreply.github.com>\n"
        ),
        (
            "\n\ncontent/tagging/2503/2503.00002/agents.yaml\n"
            "content/tagging/2503/2503.00002/graphs.yaml\n"
            "Tags for 2503.00001\n\n- add agents\n\nCloses #12\n\n"
            "Co-authored-by: reader-12 <1012+reader-12@users.noreply.github.com>\n"
        ),
        "\n\ncontent/tagging/2503/2503.00001/agents.yaml",
    ]
    assert git(root, "status", "--porcelain") == ""
    assert values.splitlines() == [
        "changed=true",
        "issues=9 12",
        f"base={before}",
        "branch=tags/9-and-1-more",
        "title=Tags for 2 papers",
    ]
    assert set(texts) == {"9.md", "pull.md"}
    assert "- refused: `there is no tag 'survye' (did you mean 'survey'?)`" in texts["9.md"]
    assert texts["pull.md"].startswith("Requested with the form:\n\n- `2503.00002` Another &#60;b")
    assert "*one*" not in texts["pull.md"]
    assert "@all" not in texts["pull.md"]
    assert "Closes #9, requested by @reader-9\n  - add `agents`\n" in texts["pull.md"]
    assert "  - refused: 1, see #9\n" in texts["pull.md"]


def test_one_issue_names_its_branch_by_number_and_paper(root: Path) -> None:
    *_, values = run(root, issue(12, form("2503.00001", "agents")))
    assert "branch=tags/12-2503.00001\ntitle=Tags for 2503.00001\n" in values


def test_an_account_that_is_gone_or_a_program_is_not_named(root: Path) -> None:
    program = {"login": "x[bot]\nCloses #1", "id": 1}
    code, texts, _ = run(
        root,
        [
            issue(1, form("2503.00001", "agents"), user=None),
            issue(2, form("2503.00001", "graphs"), user=program),
        ],
    )
    assert code == 0
    assert "Co-authored" not in git(root, "log", "--format=%B")
    assert "@" not in texts["pull.md"]


def test_requests_that_contradict_each_other_are_reported(root: Path) -> None:
    asked = [
        issue(3, form("2503.00001", "agents\ngraphs")),
        issue(5, form("2503.00001", "survey", "agents")),
        issue(7, form("2503.00002", "agents")),
    ]
    _, texts, _ = run(root, asked)
    assert texts["pull.md"].endswith("applied.\n\n- #5 and #3: `agents` of `2503.00001`\n")


def test_what_other_files_hold_is_not_committed(root: Path) -> None:
    (root / "tags" / "graphs.yaml").write_text("name: Graphs\ndescription: Changed.\n")
    (root / "tags" / "new.yaml").write_text("name: New\ndescription: New.\n")
    git(root, "add", "tags/new.yaml")
    assert run(root, issue(12, form("2503.00001", "agents\nnew")))[0] == 0
    names = git(root, "show", "--name-only", "--format=")
    assert {each.split("/")[1] for each in names.splitlines()} == {"tagging"}


def test_taggings_that_are_not_committed_are_left_alone(root: Path, capsys: CAPSYS) -> None:
    (root / "tagging").mkdir()
    (root / "tagging" / "x").write_text("mine")
    before = git(root, "rev-parse", "HEAD")
    assert run(root, issue(12, form("2503.00001", "agents")))[0] == 2
    assert "uncommitted changes: commit them first" in capsys.readouterr().err
    assert git(root, "rev-parse", "HEAD") == before


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_issues_become_answers_and_nothing_else(name: str, root: Path) -> None:
    before = tree(root.parent)
    body = HOSTILE[name].decode("utf-8", "surrogateescape")
    code, texts, values = run(root, issue(12, body))
    assert (code, values.partition("base=")[0]) == (0, "changed=false\nissues=12\n")
    assert set(texts) == {"12.md"}
    assert_safe(texts["12.md"])
    assert tree(root.parent).keys() - before.keys() <= {".git/index"}
    assert tree(root) == {
        name.removeprefix("content/"): data
        for name, data in before.items()
        if name.startswith("content/")
    }


def test_the_others_are_done_where_one_is_refused(root: Path) -> None:
    asked = [issue(1, "no form"), issue(2, form("2503.00001", "agents")), issue(3, "no form")]
    _, texts, values = run(root, asked)
    assert set(texts) == {"1.md", "3.md", "pull.md"}
    assert "branch=tags/2-2503.00001\n" in values


@pytest.mark.parametrize(
    ("held", "says"),
    [
        ((), "there is no issue in"),
        (([],), "there is no issue in"),
        (({"number": "12"},), "0.json: an issue in the file has no number"),
        (
            ([issue(n, "") for n in range(1, github_issues.MAX_ISSUES + 2)],),
            "has more than 30 issues",
        ),
    ],
)
def test_other_folders_are_refused(
    root: Path, capsys: CAPSYS, held: tuple[Any, ...], says: str
) -> None:
    assert run(root, *held)[0] == 2
    assert says in capsys.readouterr().err


def test_without_a_repository_it_says_so(root: Path, tmp_path: Path, capsys: CAPSYS) -> None:
    (root.parent / ".git").rename(tmp_path / "away")
    assert run(root, issue(12, form("2503.00001", "agents")))[0] == 2
    assert "is in no git repository" in capsys.readouterr().err


@pytest.mark.parametrize(
    "arguments",
    [
        ("--from-issues", "x", "--from-issue", "x"),
        ("--from-issues", "x", "2503.00001"),
        ("--from-issue", "x", "--add", "graphs"),
        ("--from-issue", "x", "--outputs", "x"),
        ("2503.00001", "--add", "graphs", "--report", "x"),
        ("--from-issues", "nowhere"),
    ],
)
def test_wrong_usage_is_refused(arguments: tuple[str, ...], root: Path) -> None:
    before = tree(root)
    assert main.main(["tag", *arguments, "--content", str(root)]) == 2
    assert tree(root) == before
