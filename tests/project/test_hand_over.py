"""What the job of tagging.yml that may push does with whatever the job that reads handed over.

Each test changes what was handed over for a sound form, as somebody could who took that job over.
"""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.archives import commit, git
from tests.content.edit.test_from_issues import issue
from tests.project.test_tagging_workflow import GitHub, gathering, upstream

BOT = "github-actions[bot] <41898282+github-actions[bot]@users.noreply.github.com>"
MESSAGE = "Tags for 2503.00001\n\n- add agents\n\nCloses #12\n"
FILE = "content/tagging/2503/2503.00001/agents.yaml"


@dataclass
class HandedOver:
    """What the job that reads made of a sound form, to be changed before the other job gets it."""

    github: GitHub

    @property
    def artifact(self) -> Path:
        return self.github.top / "artifact"

    @property
    def clone(self) -> Path:
        return self.github.top / "clone-read"

    @property
    def base(self) -> str:
        return git(self.github.upstream, "rev-parse", "main")

    def file(self, name: str, text: str = "x") -> None:
        path = self.artifact / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)

    def put(self, path: str, text: str = "tags: [agents]\n", mode: int = 0o644) -> None:
        """Change a file of the clone, whatever lies there."""
        file = self.clone / path
        for above in reversed(file.relative_to(self.clone).parents):
            if (self.clone / above).is_file():
                (self.clone / above).unlink()
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text)
        file.chmod(mode)

    def commit(self, message: str = MESSAGE, **names: str) -> None:
        """Commit all that changed as the job does, or in somebody else's name."""
        git(self.clone, "add", "--force", "--all", ":!.venv", ":!.cache")
        self.commit_tree(git(self.clone, "write-tree"), message, **names)

    def commit_tree(
        self, tree: str, message: str = MESSAGE, parents: Iterable[str] = ("HEAD",), **names: str
    ) -> None:
        """Commit a tree, and hand over all commits since the base."""
        names = {"author": BOT, "committer": BOT} | names
        lines = [f"tree {tree}"]
        lines += [f"parent {git(self.clone, 'rev-parse', each)}" for each in parents]
        lines += [f"{who} {name} 1741608000 +0000" for who, name in names.items()]
        (self.github.top / "commit").write_text("\n".join([*lines, "", message]))
        made = self.hash("commit", self.github.top / "commit")
        git(self.clone, "update-ref", "--no-deref", "HEAD", made)
        self.pack(f"^{self.base}" if "HEAD" in parents else "HEAD")

    def hash(self, kind: str, file: Path) -> str:
        return git(self.clone, "hash-object", "-w", "--literally", "-t", kind, file)

    def tree(self, *entries: tuple[str, str, str]) -> str:
        """A tree with entries of any mode, hash and name, which git itself would refuse to make."""
        raw = b"".join(f"{mode} {name}\0".encode() + bytes.fromhex(h) for mode, name, h in entries)
        (self.github.top / "tree").write_bytes(raw)
        return self.hash("tree", self.github.top / "tree")

    def again(self, *more: str) -> None:
        """Start over from the base, with nothing committed."""
        git(self.clone, "reset", "-q", "--hard", self.base, *more)

    def pack(self, *revisions: str) -> None:
        git(
            self.clone,
            "bundle",
            "create",
            "-q",
            self.artifact / "commits.bundle",
            "HEAD",
            *revisions,
        )


@pytest.fixture(scope="module")
def _handed_over(tmp_path_factory: pytest.TempPathFactory) -> GitHub:
    github = upstream(tmp_path_factory.mktemp("handed-over"))
    assert github.job("read"), github.said
    return github


@pytest.fixture
def handed(_handed_over: GitHub, tmp_path: Path) -> HandedOver:
    """A copy of what was handed over for a sound form."""
    shutil.copytree(_handed_over.top, tmp_path / "copy", symlinks=True)
    sound = _handed_over
    return HandedOver(GitHub(tmp_path / "copy", sound.event, outputs=dict(sound.outputs)))


def assert_refused(github: GitHub, says: str) -> None:
    """Nothing is pushed or said, and the one line on it can't be taken for a command of GitHub."""
    before = git(github.upstream, "for-each-ref")
    github.said = ""
    assert not github.job("propose")
    assert git(github.upstream, "for-each-ref") == before
    assert not [each for each in github.calls() if each["argv"][0] != "api"]
    assert re.fullmatch(
        r'::error::What the job "Read the forms" handed over is refused, and nothing was done: '
        rf"{re.escape(says)}\. Run the workflow again.*\n",
        github.said.removeprefix(github.said[: github.said.find("::error::")]),
    ), github.said
    assert not list(github.top.rglob("made"))


def test_what_is_sound_is_accepted(handed: HandedOver) -> None:
    """The helpers that make what is refused below make nothing that is refused by itself."""
    handed.again()
    handed.put(FILE)
    handed.commit()
    handed.put("content/tagging/2503/2503.00002.yaml")
    handed.commit(f"{MESSAGE}\nCo-authored-by: reader <7+reader@users.noreply.github.com>\n")
    handed.put("content/tagging/com1-/com1-ports.yaml")  # com1 alone is no folder on Windows
    handed.commit(MESSAGE.replace("2503.00001", "com1-ports"))
    (handed.clone / FILE).unlink()
    handed.commit()
    assert handed.github.job("propose"), handed.github.said
    branch = handed.github.branches()[1]
    assert git(handed.github.upstream, "rev-list", "--count", f"main..{branch}") == "4"


def test_scripts_come_from_the_default_branch_whatever_the_base(handed: HandedOver) -> None:
    """A commit that lies in the repository without being on the default branch, as any fork's."""
    theirs = handed.github.top / "theirs"
    git(handed.github.top, "clone", "-q", handed.github.upstream, theirs)
    for script in (theirs / ".ci").iterdir():
        script.write_text(f"touch {handed.github.top}/made\n")
    made = commit(theirs, "Our own scripts")
    git(theirs, "push", "-q", "origin", "HEAD:refs/heads/theirs")
    handed.github.outputs["base"] = made
    assert_refused(handed.github, "its base is not a commit of the default branch")


def test_the_default_branch_may_have_moved_on(handed: HandedOver) -> None:
    clone = handed.github.top / "work"
    git(handed.github.top, "clone", "-q", handed.github.upstream, clone)
    commit(clone, "Meanwhile")
    git(clone, "push", "-q", "origin", "main")
    assert handed.github.job("propose"), handed.github.said


@pytest.mark.parametrize(
    ("name", "value", "says"),
    [
        ("base", "main", "its base is not a commit"),
        ("base", "--help", "its base is not a commit"),
        ("base", "0" * 40, "its base is not a commit of the default branch"),
        *(
            ("branch", value, "its branch is not the name of a branch for tags")
            for value in ("main", "tags/1-x:main", "tags/1-x..y", "tags/1-x.lock", "tags/x", "")
        ),
        ("branch", f"tags/1-{'x' * 200}", "its branch is not the name of a branch for tags"),
        *(
            ("title", value, "its title is not the title of a pull request for tags")
            for value in ("Tags for $(x)", "Tags for x\nx", "Tags for x y", "Urgent", "x" * 300)
        ),
        *(
            ("issues", value, "its issues are not numbers of at most 30 issues")
            for value in ("", "12 --repo=x/y", "12; touch made", "012", " ".join(["12"] * 31))
        ),
        ("issues", "12 13", "issue 13 doesn't have the label tagging:accepted"),
        ("issues", "1", "issue 1 doesn't have the label tagging:accepted"),
    ],
)
def test_an_output_that_is_not_as_it_is_made_is_refused(
    handed: HandedOver, name: str, value: str, says: str
) -> None:
    handed.github.outputs[name] = value
    assert_refused(handed.github, says)


def test_only_issues_with_the_label_are_answered_together(handed: HandedOver) -> None:
    run = gathering(handed.github, issue(12, ""), issue(14, ""))
    run.outputs = handed.github.outputs | {"issues": "12 13 14"}
    assert_refused(run, "issue 13 doesn't have the label tagging:together")
    shutil.rmtree(run.clone)
    run.outputs["issues"] = "12 14"
    assert run.job("propose"), run.said
    assert [each["argv"][2] for each in run.calls("issue", "edit")] == ["12", "14"]


@pytest.mark.parametrize("changed", ["true", "false"])
@pytest.mark.parametrize(
    ("name", "says"),
    [
        ("run.sh", "run.sh is none of the files that are handed over"),
        ("13.md", "13.md is none of the files that are handed over"),
        (
            "a\n::stop-commands::x",
            "$'a\\n::stop-commands::x' is none of the files that are handed over",
        ),
        ("12.md/x", "12.md is no plain file"),
        (".git/config", ".git is no plain file"),
    ],
)
def test_a_file_that_is_not_handed_over_is_refused(
    handed: HandedOver, name: str, says: str, changed: str
) -> None:
    handed.github.outputs["changed"] = changed
    handed.file(name)
    assert_refused(handed.github, says)


@pytest.mark.parametrize("name", ["12.md", "pull.md"])
def test_a_link_in_place_of_a_file_is_refused(handed: HandedOver, name: str) -> None:
    (handed.artifact / name).unlink(missing_ok=True)
    (handed.artifact / name).symlink_to("../Makefile")
    assert_refused(handed.github, f"{name} is no plain file")


@pytest.mark.parametrize(
    ("name", "limit"), [("12.md", 60_000), ("pull.md", 60_000), ("commits.bundle", 4 * 1024**2)]
)
def test_a_file_that_is_too_large_is_refused(handed: HandedOver, name: str, limit: int) -> None:
    handed.file(name, "x" * (limit + 1))
    assert_refused(handed.github, f"{name} is larger than {limit} bytes")


@pytest.mark.parametrize("name", ["commits.bundle", "pull.md", "effect.md"])
def test_a_file_that_is_missing_is_refused(handed: HandedOver, name: str) -> None:
    (handed.artifact / name).unlink()
    assert_refused(handed.github, f"there is no {name}")


UNSOUND = "commits.bundle holds no commits on top of commits that are here"


def test_what_holds_no_commits_is_refused(handed: HandedOver) -> None:
    handed.file("commits.bundle", "# v2 git bundle\n")
    assert_refused(handed.github, UNSOUND)


def test_what_holds_no_new_commit_is_refused(handed: HandedOver) -> None:
    handed.again()
    handed.pack()
    assert_refused(handed.github, "commits.bundle holds no commit that is new")


@pytest.mark.parametrize(
    "path",
    [
        "content/tags/x.yaml",
        ".github/workflows/x.yml",
        ".ci/propose",
        "Makefile",
        "content/tagging",
        "content/tagging/x.yaml",
        "content/tagging/2503.00001.yaml",
        "content/tagging/2502/2503.00001.yaml",
        "content/tagging/2503/2503.00001.yml",
        "content/tagging/2503/2503.00001/Agents.yaml",
        "content/tagging/2503/2503.00001/x/agents.yaml",
        "content/tagging/2503/.gitattributes",
        "content/tagging/.x/.x.yaml",
        "content/Tagging/2503/2503.00001.yaml",
        "x/content/tagging/2503/2503.00001.yaml",
        "content/tagging/2503/2503.00001.yaml\n::stop-commands::x",
    ],
)
def test_a_path_that_is_not_a_tagging_is_refused(handed: HandedOver, path: str) -> None:
    if path == "content/tagging":
        shutil.rmtree(handed.clone / path)
    handed.put(path)
    handed.commit()
    shown = path if "\n" not in path else "$'" + path.replace("\n", "\\n") + "'"
    if path == "content/tagging":
        handed.again()
        handed.put(path)
        handed.commit()
    assert_refused(handed.github, f"a commit changes {shown}, which is no file of content/tagging")


def test_a_commit_that_a_later_one_undoes_is_refused(handed: HandedOver) -> None:
    path = ".github/workflows/x.yml"
    handed.put(path)
    handed.commit()
    (handed.clone / path).unlink()
    handed.commit()
    assert git(handed.clone, "diff", "--name-only", handed.base, "HEAD", "--", ".github") == ""
    assert_refused(handed.github, f"a commit changes {path}, which is no file of content/tagging")


@pytest.mark.parametrize("names", [("..",), (".git",), ("x", "x"), ("y", "x")])
def test_a_folder_that_git_does_not_make_is_refused(
    handed: HandedOver, names: tuple[str, ...]
) -> None:
    (handed.github.top / "blob").write_text("x")
    blob = handed.hash("blob", handed.github.top / "blob")
    inner = handed.tree(("100644", "x.yaml", blob))
    handed.commit_tree(handed.tree(*(("40000", name, inner) for name in names)))
    assert_refused(handed.github, "a commit holds names that git makes no files of")


def test_a_link_is_refused(handed: HandedOver) -> None:
    handed.again()
    (handed.clone / FILE).parent.mkdir(parents=True)
    (handed.clone / FILE).symlink_to("/etc/hostname")
    handed.commit()
    assert_refused(handed.github, f"{FILE} is no plain file")


def test_a_file_that_can_be_run_is_refused(handed: HandedOver) -> None:
    handed.put(FILE, mode=0o755)
    handed.commit()
    assert_refused(handed.github, f"{FILE} is no plain file")


def test_another_repository_is_refused(handed: HandedOver) -> None:
    handed.again()
    git(handed.clone, "update-index", "--add", "--cacheinfo", f"160000,{handed.base},{FILE}")
    handed.commit_tree(git(handed.clone, "write-tree"))
    assert_refused(handed.github, f"{FILE} is no plain file")


def test_a_large_tagging_is_refused(handed: HandedOver) -> None:
    handed.put(FILE, "x" * 8193)
    handed.commit()
    assert_refused(handed.github, f"{FILE} is larger than 8192 bytes")


def test_too_many_taggings_are_refused(handed: HandedOver) -> None:
    for number in range(101):
        handed.put(f"content/tagging/2503/2503.00001/tag-{number}.yaml")
    handed.commit()
    assert_refused(handed.github, "a commit changes more than 100 files")


def test_too_many_commits_are_refused(handed: HandedOver) -> None:
    handed.again()
    for number in range(31):
        handed.put(FILE, f"tags: [tag-{number}]\n")
        handed.commit()
    assert_refused(handed.github, "it has more than 30 commits")


IN_A_ROW = "its commits are not one after the other on top of its base"


def test_commits_that_are_not_on_top_of_the_base_are_refused(handed: HandedOver) -> None:
    tree = git(handed.clone, "rev-parse", "HEAD^{tree}")
    handed.commit_tree(tree, parents=())
    assert_refused(handed.github, IN_A_ROW)


def test_commits_on_top_of_another_base_are_refused(handed: HandedOver) -> None:
    """The base that is said is on the default branch, and so is the one that they have."""
    clone = handed.github.top / "work"
    git(handed.github.top, "clone", "-q", handed.github.upstream, clone)
    handed.github.outputs["base"] = commit(clone, "Meanwhile")
    git(clone, "push", "-q", "origin", "main")
    assert_refused(handed.github, IN_A_ROW)


def test_a_merge_is_refused(handed: HandedOver) -> None:
    tree = git(handed.clone, "rev-parse", "HEAD^{tree}")
    handed.commit_tree(tree, parents=(handed.base, "HEAD"))
    handed.pack(f"^{handed.base}")
    assert_refused(handed.github, IN_A_ROW)


@pytest.mark.parametrize("who", ["author", "committer"])
def test_a_commit_in_another_name_is_refused(handed: HandedOver, who: str) -> None:
    handed.put(FILE)
    handed.commit(**{who: "A. Maintainer <maintainer@example.org>"})
    assert_refused(handed.github, "somebody else's name is on a commit")


@pytest.mark.parametrize(
    "message",
    [
        "Urgent",
        MESSAGE.replace("#12", "#13"),
        f"{MESSAGE}Closes #13\n",
        f"{MESSAGE}\n[skip ci]\n",
        MESSAGE.replace("add agents", "add @everybody"),
        f"{MESSAGE}\nCo-authored-by: A. Maintainer <maintainer@example.org>\n",
        f"{MESSAGE}\nCo-authored-by: one <7+another@users.noreply.github.com>\n",
    ],
)
def test_another_message_is_refused(handed: HandedOver, message: str) -> None:
    handed.put(FILE)
    handed.commit(message)
    assert_refused(handed.github, "the message of a commit is not that of a request for tags")
