"""Files that change together, and what becomes of them when a change was interrupted."""

from __future__ import annotations

from pathlib import Path

import msgspec
import pytest

from generator.core import journal
from generator.core.errors import OutsideError
from generator.core.journal import JOURNAL
from tests.archives import git, tree

BEFORE = {"a": b"1", "below/b": b"1"}


@pytest.fixture
def root(tmp_path: Path) -> Path:
    for name, data in BEFORE.items():
        path = tmp_path / "root" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)
    return tmp_path / "root"


def interrupted(root: Path, **new: bytes | None) -> None:
    """Leave a folder as a change that was killed before its last step."""
    changes = [
        journal._ChangedFile(name, data, journal._digest(new[name]))
        for name, data in ((name, journal._data(root / name)) for name in new)
    ]
    for name, after in new.items():
        if after is None:
            (root / name).unlink()
        else:
            (root / name).write_bytes(after)
    (root / JOURNAL).write_bytes(msgspec.json.encode(changes))


def test_files_are_written_and_removed_with_their_folders(root: Path) -> None:
    journal.replace_all(root, {"a": b"2", "new/c": b"2", "below/b": None, "not/there": None})
    assert tree(root) == {"a": b"2", "new/c": b"2"}
    assert sorted(path.name for path in root.iterdir()) == ["a", "new"]


def test_files_that_change_together_go_back_together(root: Path) -> None:
    (root / "c" / "inside").mkdir(parents=True)
    with pytest.raises(OutsideError, match="so none was changed"):
        journal.replace_all(root, {"a": b"2", "b": b"2", "c": b"2"})
    assert tree(root) == BEFORE
    with pytest.raises(OutsideError, match=r"so none was changed.*a/x"):
        journal.replace_all(root, {"below/b": b"2", "a/x": b"2"})
    assert tree(root) == BEFORE


def test_what_changes_nothing_writes_nothing(root: Path) -> None:
    (root / JOURNAL).write_bytes(b"")  # would be refused otherwise
    journal.replace_all(root, {"a": b"1", "c": None})


def test_a_change_is_undone_once(root: Path) -> None:
    interrupted(root, a=b"2", c=b"2", **{"below/b": None})
    assert journal.put_back(root) == 3
    assert tree(root) == BEFORE
    assert journal.put_back(root) == 0
    assert journal.put_back(root / "nowhere") == 0


def test_a_change_that_is_under_way_stops_another_one(root: Path) -> None:
    interrupted(root, a=b"2")
    with pytest.raises(OutsideError, match=r"none was changed: another command.*\.undo\.part"):
        journal.replace_all(root, {"a": b"3"})
    assert (root / "a").read_bytes() == b"2"


def test_what_somebody_changed_in_the_meantime_is_not_overwritten(root: Path) -> None:
    interrupted(root, a=b"2", c=b"2", **{"below/b": None})
    (root / "a").write_bytes(b"mine")
    left = tree(root)
    with pytest.raises(OutsideError, match=r"/a \(changed since\); undo these.*or delete"):
        journal.put_back(root)
    assert tree(root) == left
    (root / "a").write_bytes(b"1")  # as `git checkout` would
    assert journal.put_back(root) == 2
    assert tree(root) == BEFORE


def test_what_cannot_be_put_back_is_named_and_the_rest_is_put_back(root: Path) -> None:
    interrupted(root, a=b"2", c=b"2", **{"below/b": None})
    (root / "below").rmdir()
    (root / "below").write_bytes(b"a file")
    with pytest.raises(OutsideError, match=r"interrupted: .*/below/b \(Not a directory\)"):
        journal.put_back(root)
    assert {name for name in tree(root) if name != JOURNAL} == {"a", "below"}
    assert (root / "a").read_bytes() == b"1"
    (root / "below").unlink()
    assert journal.put_back(root) == 1
    assert tree(root) == BEFORE


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"[",
        b"\xff\xfe",
        b"{}",
        b'[{"file": 1}]',
        *(
            msgspec.json.encode([journal._ChangedFile(name, b"x", journal._digest(b"1"))])
            for name in ("../outside", "/tmp/outside", ".git/config", "below/.hidden", "", "link/a")
        ),
    ],
)
def test_a_journal_that_no_command_wrote_is_refused(root: Path, data: bytes) -> None:
    outside = root.with_name("outside")
    outside.mkdir()
    (outside / "a").write_bytes(b"1")
    (root / "link").symlink_to(outside)
    (root / JOURNAL).write_bytes(data)
    before = tree(root.parent)
    with pytest.raises(OutsideError, match=r"is no record of a change.*then delete it"):
        journal.put_back(root)
    assert tree(root.parent) == before


def test_a_journal_that_is_a_link_is_refused(root: Path) -> None:
    interrupted(root, a=b"2")
    (root / JOURNAL).rename(root / "elsewhere")
    (root / JOURNAL).symlink_to(root / "elsewhere")
    with pytest.raises(OutsideError, match="is no record"):
        journal.put_back(root)


def test_git_never_sees_a_journal(root: Path) -> None:
    repository = root.parent
    ignored = Path(__file__).parents[2] / ".gitignore"
    (repository / ".gitignore").write_bytes(ignored.read_bytes())
    git(repository, "init", "-q")
    for name in (JOURNAL, journal._BEGUN):
        (root / name).write_bytes(b"")
    assert git(repository, "status", "--porcelain", "-uall").splitlines() == [
        "?? .gitignore",
        "?? root/a",
        "?? root/below/b",
    ]
