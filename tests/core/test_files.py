"""Files are written whole or not at all, and refusals of the system become messages."""

from __future__ import annotations

import errno
import io
import os
from pathlib import Path
from typing import NoReturn

import pytest

from generator.core import files
from generator.core.errors import OutsideError
from tests.archives import tree


def failing(number: int) -> OSError:
    return OSError(number, os.strerror(number))


def test_text_is_read_without_a_byte_order_mark(tmp_path: Path) -> None:
    path = tmp_path / "a.txt"
    path.write_bytes(b"\xef\xbb\xbf\xc3\xa4\n")
    assert files.read_text(path) == "ä\n"
    with pytest.raises(OutsideError, match="cannot read "):
        files.read_text(tmp_path / "b.txt")


def test_a_new_file_is_written_with_its_folders(tmp_path: Path) -> None:
    assert files.write(tmp_path / "a" / "b.txt", b"new")
    assert tree(tmp_path) == {"a/b.txt": b"new"}


def test_a_file_that_holds_the_data_is_not_touched(tmp_path: Path) -> None:
    path = tmp_path / "a.txt"
    path.write_bytes(b"same")
    os.utime(path, ns=(1, 1))
    assert not files.write(path, b"same")
    assert path.stat().st_mtime_ns == 1


@pytest.mark.parametrize("data", [b"other", b"diff", b""])
def test_a_file_that_holds_other_data_is_replaced(tmp_path: Path, data: bytes) -> None:
    path = tmp_path / "a.txt"
    path.write_bytes(b"same")
    assert files.write(path, data)
    assert tree(tmp_path) == {"a.txt": data}


@pytest.mark.parametrize("step", ["open", "replace"])
@pytest.mark.parametrize("error", [failing(errno.ENOSPC), KeyboardInterrupt()])
def test_the_old_file_stays_when_writing_fails(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, step: str, error: BaseException
) -> None:
    path = tmp_path / "a.txt"
    path.write_bytes(b"old")

    def fail(*_arguments: object, **_named: object) -> NoReturn:
        raise error

    if step == "replace":
        monkeypatch.setattr(os, "replace", fail)
    else:
        monkeypatch.setattr(files, "open", fail, raising=False)
    with pytest.raises((OutsideError, KeyboardInterrupt)):
        files.write(path, b"new")
    assert tree(tmp_path) == {"a.txt": b"old"}


def test_what_a_killed_run_left_is_overwritten(tmp_path: Path) -> None:
    (tmp_path / f".a.txt{files.PART}").write_bytes(b"half")
    files.write(tmp_path / "a.txt", b"whole")
    assert tree(tmp_path) == {"a.txt": b"whole"}


def test_a_file_where_a_folder_is_needed_is_an_error_with_its_path(tmp_path: Path) -> None:
    (tmp_path / "a").write_bytes(b"")
    with pytest.raises(OutsideError, match=r"cannot write .*/a/b\.txt: "):
        files.write(tmp_path / "a" / "b.txt", b"new")


def test_a_folder_where_a_file_is_to_be_is_an_error_and_leaves_nothing(tmp_path: Path) -> None:
    (tmp_path / "a.txt" / "in it").mkdir(parents=True)
    with pytest.raises(OutsideError, match=r"cannot write .*a\.txt"):
        files.write(tmp_path / "a.txt", b"new")
    assert tree(tmp_path) == {}


@pytest.mark.parametrize(
    ("number", "way_out"),
    [
        (errno.ENOSPC, "free some space"),
        (errno.EDQUOT, "free some space"),
        (errno.EROFS, "can be written to"),
        (errno.EACCES, "permissions"),
        (errno.EPERM, "permissions"),
    ],
)
def test_the_message_says_the_way_out(number: int, way_out: str) -> None:
    with pytest.raises(OutsideError, match=way_out) as caught, files.outside("cannot do it"):
        raise failing(number)
    assert str(caught.value).startswith(f"cannot do it: {os.strerror(number)}")
    assert caught.value.exit_code == 3


def test_other_errors_pass_as_they_are() -> None:
    with pytest.raises(ZeroDivisionError), files.outside("cannot do it"):
        raise ZeroDivisionError


def test_what_can_be_made_again_is_written_in_place(tmp_path: Path) -> None:
    path = tmp_path / "below" / "a.md"
    for data in (b"first", b"longer than the first", b"short", b""):
        status = files.renew(str(path), data)
        assert path.read_bytes() == data
        assert status == path.stat()
    before = path.stat()
    assert files.renew(str(path), b"") == before
    assert files.renew(str(path), b"other").st_ino == before.st_ino


def test_a_file_is_not_written_through_a_link(tmp_path: Path) -> None:
    elsewhere, path = tmp_path / "elsewhere", tmp_path / "a.md"
    elsewhere.write_bytes(b"not ours")
    path.symlink_to(elsewhere)
    files.renew(str(path), b"ours")
    assert elsewhere.read_bytes() == b"not ours"
    assert path.read_bytes() == b"ours"
    assert not path.is_symlink()


def test_no_part_of_a_file_stays_when_renewing_fails(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "a.md"
    path.write_bytes(b"old")

    def fail(file: io.FileIO, data: bytes) -> NoReturn:
        file.write(data[:2])
        raise failing(errno.ENOSPC)

    monkeypatch.setattr(files, "_overwritten", fail)
    with pytest.raises(OutsideError, match="free some space"):
        files.renew(str(path), b"new")
    assert tree(tmp_path) == {}
