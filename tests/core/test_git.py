"""The content at a revision, from real repositories: exactly its files, or a clear refusal."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from generator.core.errors import OutsideError, UsageError
from generator.core.git import find, was_ever, write_out
from tests.archives import commit, git, minimal, tree


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """A content folder in a repository, with one commit."""
    minimal(tmp_path / "repository" / "content")
    commit(tmp_path / "repository")
    return tmp_path / "repository" / "content"


def written(root: Path, name: str, folder: Path) -> dict[str, bytes]:
    write_out(root, find(root, name), folder)
    return tree(folder)


def test_files_come_back_as_they_were_whatever_became_of_them(root: Path, tmp_path: Path) -> None:
    (root / "tags").mkdir()
    (root / "tags" / "ü and a space.yaml").write_bytes(b"name: \xff\r\n\0")
    commit(root.parent)
    before = tree(root)
    for path in list(root.rglob("*.yaml")):
        path.unlink()
    (root / "new.yaml").write_text("new")
    commit(root.parent)
    (root / "newer.yaml").write_text("newer")
    assert written(root, "HEAD^", tmp_path / "out") == before
    assert written(root, "HEAD", tmp_path / "then") == {"new.yaml": b"new"}


def test_neither_repository_nor_working_tree_changes(root: Path, tmp_path: Path) -> None:
    (root / "untracked.yaml").write_text("x")
    before = tree(root.parent)
    written(root, "main", tmp_path / "out")
    assert tree(root.parent) == before


def test_the_folder_may_be_the_repository_itself_and_may_be_new(tmp_path: Path) -> None:
    top = minimal(tmp_path / "top")
    commit(top)
    assert written(top, "HEAD", tmp_path / "out") == {
        name: data for name, data in tree(top).items() if not name.startswith(".git/")
    }
    minimal(top / "later")
    assert written(top / "later", "HEAD", tmp_path / "none") == {}


def test_attributes_and_links_change_nothing(root: Path, tmp_path: Path) -> None:
    """What would be left out of an archive of git's stays, and nothing is read through a link."""
    (root.parent / ".gitattributes").write_text(
        "content/archive.yaml export-ignore\n*.yaml ident\n"
    )
    (root / "link.yaml").symlink_to("/etc/hostname")
    before = {name: data for name, data in tree(root).items() if name != "link.yaml"}
    commit(root.parent)
    assert written(root, "HEAD", tmp_path / "out") == before


@pytest.mark.parametrize(
    "name",
    [
        *("", "-", "--all", "--output=x", "-h", "a\nb", "a\0b", "\u202ex"),
        *("nowhere", "HEAD^{tree}", "HEAD:content", "main..main", "x" * 5000),
    ],
)
def test_what_names_no_commit_is_wrong_usage(root: Path, name: str) -> None:
    before = tree(root.parent)
    with pytest.raises(UsageError) as refused:
        find(root, name)
    assert str(refused.value).isprintable()
    assert len(str(refused.value)) < 300
    assert tree(root.parent) == before


def test_all_ways_to_name_a_commit(root: Path) -> None:
    git(root, "tag", "-a", "v1", "-m", "first")
    full = git(root, "rev-parse", "HEAD")
    for name in ("main", "HEAD", "v1", full, full[:8], "@", "HEAD^{/Change}"):
        assert find(root, name).commit == full


def test_a_folder_in_no_repository_is_wrong_usage(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GIT_CEILING_DIRECTORIES", str(tmp_path.parent))
    with pytest.raises(UsageError, match="in no git repository"):
        find(minimal(tmp_path), "main")
    with pytest.raises(UsageError, match="there is no folder"):
        find(tmp_path / "nowhere", "main")


def test_without_git_it_says_so(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(root))
    with pytest.raises(OutsideError, match="there is no git"):
        find(root, "main")


def test_a_repository_that_git_refuses_is_said_with_its_reason(root: Path) -> None:
    (root.parent / ".git" / "config").write_text("[broken")
    with pytest.raises(OutsideError, match="bad config"):
        find(root, "main")


def test_a_file_that_the_clone_lacks_is_said(root: Path, tmp_path: Path) -> None:
    blob = git(root, "rev-parse", "HEAD:content/archive.yaml")
    (root.parent / ".git" / "objects" / blob[:2] / blob[2:]).unlink()
    revision = find(root, "HEAD")
    with pytest.raises(OutsideError, match=r"cannot read 'HEAD': .*missing"):
        write_out(root, revision, tmp_path / "out")


def test_what_cannot_be_written_is_said(root: Path, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(OutsideError, match="cannot write the content of HEAD"):
        written(root, "HEAD", tmp_path / "file")


def test_it_knows_whether_the_revision_went_on(root: Path) -> None:
    git(root, "checkout", "-q", "-b", "topic")
    assert not find(root, "main").is_behind
    commit(root.parent, "On the topic")
    assert not find(root, "main").is_behind
    git(root, "checkout", "-q", "main")
    commit(root.parent, "On main")
    git(root, "checkout", "-q", "topic")
    assert find(root, "main").is_behind
    assert not find(root, git(root, "merge-base", "main", "topic")).is_behind


def test_a_shallow_clone_has_the_commit_before(root: Path, tmp_path: Path) -> None:
    """As the workflow checks out: the merge and its parents, and nothing else."""
    before = tree(root)
    for name in ("one", "two"):
        (root / f"{name}.yaml").write_text(name)
        commit(root.parent)
    clone = tmp_path / "clone"
    git(tmp_path, "clone", "-q", "--depth=2", f"file://{os.fspath(root.parent)}", clone)
    assert written(clone / "content", "HEAD^1", tmp_path / "out") == {**before, "one.yaml": b"one"}
    with pytest.raises(UsageError, match="yet to be fetched"):
        find(clone / "content", "HEAD^^")


def test_whether_a_file_or_a_text_ever_was(tmp_path: Path) -> None:
    (tmp_path / "daily").mkdir()
    (tmp_path / "daily" / "a.yaml").write_text("id: one\n")
    (tmp_path / "gone.yaml").write_text("x\n")
    commit(tmp_path)
    (tmp_path / "daily" / "a.yaml").write_text("id: two\n")
    (tmp_path / "gone.yaml").unlink()
    commit(tmp_path)
    assert was_ever(tmp_path, "gone.yaml")
    assert was_ever(tmp_path, "daily", "one")
    assert not was_ever(tmp_path, "daily", "three")
    assert not was_ever(tmp_path, "never.yaml")
    shallow = tmp_path / "shallow"
    git(tmp_path, "clone", "-q", "--depth", "1", f"file://{tmp_path}", shallow)
    assert was_ever(shallow, "never.yaml"), "who can't know must believe"
