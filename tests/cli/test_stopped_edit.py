"""Edits of several files that are killed, interrupted or refused: all of them change, or none."""

from __future__ import annotations

import contextlib
import json
import shutil
import signal
from pathlib import Path

import pytest

from generator.core.journal import JOURNAL
from generator.core.model import Tagging
from tests.archives import MONDAY, daily, paper, tag, tree, whole, write
from tests.cli.calls import CAPSYS, run
from tests.cli.faults import stopped_at_each_step

Files = dict[str, bytes]
NOTHING = ["tag", "2503.00009", "--add", "other"]
"""An edit that changes nothing: the paper has this tag."""


def archive(root: Path) -> Path:
    """Taggings of both kinds: a file a paper, and a file a paper and tag."""
    tags = [tag("rag", "RAG"), tag("search"), tag("reranking", parent="rag"), tag("other")]
    papers = [*(paper(f"2503.0000{number}") for number in (1, 2, 9)), paper("a-title", "A title")]
    taggings = [
        Tagging("2503.00001", ("other", "rag")),
        Tagging("2503.00002", ("rag",), part="rag"),
        Tagging("2503.00002", ("search",), part="search"),
        Tagging("a-title", ("search",)),
        Tagging("a-title", ("other",), part="other"),
    ]
    write(root / "content", whole(daily(MONDAY, *papers), tags=tags, taggings=taggings))
    (root / "content/tagging/2503/2503.00009.yaml").write_text("tags:\n- other\n")
    row = {"list_date": str(MONDAY), "title": "A title", "arxiv_id": "2503.00003"}
    (root / "ids.jsonl").write_text(json.dumps(row))
    return root


EDITS = {
    "renamed": ["rename-tag", "rag", "retrieval"],
    "merged": ["rename-tag", "rag", "search"],
    "tagged": ["tag", "2503.00002", "--add", "other", "--remove", "rag", "--remove", "search"],
    "imported": ["import", "jsonl", "ids.jsonl"],
}


@pytest.fixture(scope="session")
def template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return archive(tmp_path_factory.mktemp("edits"))


def visible(files: Files) -> Files:
    """Without hidden files, which are no content."""
    return {name: data for name, data in files.items() if not is_hidden(name)}


def is_hidden(name: str) -> bool:
    return any(part.startswith(".") for part in name.split("/"))


@pytest.fixture(scope="session")
def wholes(template: Path, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Files]:
    """The content after each edit, if nothing stops it."""
    found = {}
    for name, edit in EDITS.items():
        folder = tmp_path_factory.mktemp(name)
        shutil.copytree(template, folder, dirs_exist_ok=True)
        with contextlib.chdir(folder):
            assert run(*edit) == 0
        found[name] = tree(folder / "content")
        changed = {*found[name].items()} ^ {*tree(template / "content").items()}
        assert len({path for path, _ in changed}) > 2
    return found


@pytest.mark.parametrize("name", EDITS)
def test_after_a_kill_the_next_edit_finds_all_files_changed_or_none(
    template: Path, tmp_path: Path, wholes: dict[str, Files], name: str
) -> None:
    before, edit = tree(template / "content"), EDITS[name]
    tries = stopped_at_each_step(template, tmp_path, "kill", edit, another=[["check"], NOTHING])
    assert len(tries) > 5
    for each in tries:
        assert each.code == -signal.SIGKILL, each.step
        (checked, edited), after = each.following["another"]
        assert edited["code"] == 0, (each.step, edited)
        assert after in (before, wholes[name]), each.step
        if visible(each.left) not in (before, wholes[name]):
            assert checked["code"] == 1, each.step
            assert "unfinished-change" in checked["out"]
            assert "an earlier change was interrupted and is undone" in edited["err"]


def test_undoing_can_be_killed_as_well(
    template: Path, tmp_path: Path, wholes: dict[str, Files]
) -> None:
    tries = stopped_at_each_step(template, tmp_path / "first", "kill", EDITS["renamed"])
    half = [each.step for each in tries].index(f"os.remove content/{JOURNAL}")
    assert visible(tries[half].left) == wholes["renamed"]  # all is done, but the journal is there
    again = tmp_path / "half"
    shutil.copytree(tmp_path / "first" / str(half + 1) / "left", again / "content")
    for each in stopped_at_each_step(
        again, tmp_path / "second", "kill", NOTHING, another=[NOTHING]
    ):
        assert each.code == -signal.SIGKILL
        said, after = each.following["another"]
        assert after == tree(template / "content"), each.step
        assert said[0]["code"] == 0, said


@pytest.mark.parametrize(("name", "action"), [("renamed", "broken"), ("merged", "full")])
def test_a_disk_that_refuses_for_good_leaves_what_the_message_says(
    template: Path, tmp_path: Path, wholes: dict[str, Files], name: str, action: str
) -> None:
    before, edit = tree(template / "content"), EDITS[name]
    tries = stopped_at_each_step(template, tmp_path, action, edit, another=[["check"], NOTHING])
    assert {each.code for each in tries} <= {0, 3}
    for each in tries:
        if not each.code:
            assert each.left == wholes[name]
            continue
        left = visible(each.left)
        changed = {file for file, _ in {*left.items()} ^ {*before.items()}}
        assert ("none was changed" in each.err) == (not changed), each.err
        assert all(f"content/{file} (No space left on device)" in each.err for file in changed)
        said, after = each.following["another"]
        assert after == before, each.step
        assert said[0]["code"] == (1 if f"{JOURNAL}" in each.left else 0)
        assert said[1]["code"] == 0
        if changed:
            assert "an earlier change was interrupted and is undone" in said[1]["err"]


@pytest.mark.parametrize(
    ("action", "code", "says"),
    [
        ("interrupt", 130, "interrupted; no file is half-written"),
        ("once", 3, "none was changed: No space left on device (content/"),
    ],
)
def test_what_stops_an_edit_once_changes_nothing(
    template: Path, tmp_path: Path, wholes: dict[str, Files], action: str, code: int, says: str
) -> None:
    before = tree(template / "content")
    tries = stopped_at_each_step(template, tmp_path, action, EDITS["merged"])
    assert len(tries) > 10
    for each in tries:
        if each.code:
            assert each.code == code, each.step
            assert says in each.err, each.step
        assert each.left == (before if each.code else wholes["merged"]), each.step


@pytest.mark.parametrize(
    "reading",
    [["check"], ["check", "content/daily"], ["build"], ["stats"], ["queue"], ["diff", "HEAD"]],
    ids=" ".join,
)
def test_commands_that_only_read_stop_at_half_a_change(
    template: Path, tmp_path: Path, capsys: CAPSYS, reading: list[str]
) -> None:
    shutil.copytree(template, tmp_path, dirs_exist_ok=True)
    (tmp_path / "content" / JOURNAL).write_bytes(b"[]")
    before = tree(tmp_path / "content")
    with contextlib.chdir(tmp_path):
        assert run(*reading) == 1
    said = capsys.readouterr()
    assert f"content/{JOURNAL}:0:0: unfinished-change" in said.out + said.err
    assert tree(tmp_path / "content") == before


@pytest.mark.parametrize(
    "edit", [*EDITS.values(), ["tag", "--from-issue", "form.md"], ["tag", "--from-issues", "."]]
)
def test_every_command_that_edits_first_ends_what_was_interrupted(
    template: Path, tmp_path: Path, edit: list[str]
) -> None:
    shutil.copytree(template, tmp_path, dirs_exist_ok=True)
    (tmp_path / "form.md").write_text("### Paper\n\n2503.00001\n\n### Tags to add\n\nother\n")
    (tmp_path / "content" / JOURNAL).write_bytes(b"[]")
    with contextlib.chdir(tmp_path):
        assert run(*edit) in (0, 2)  # the folder has no issues
    assert not (tmp_path / "content" / JOURNAL).exists()
