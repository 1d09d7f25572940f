"""Git: what a folder held at a revision, what commits changed in it, and committing it.

Takes folders and names of revisions. The only user of git. Commits one folder and nothing else.
Raises UsageError if there is no repository, OutsideError if git is missing or refuses.
"""

from __future__ import annotations

import os
import subprocess
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path, PurePosixPath

from msgspec import Struct

from generator.core import files
from generator.core.errors import OutsideError, UsageError
from generator.core.progress import printable


def is_clean(root: Path, folder: str) -> bool:
    """Whether all files of a folder below `root` are as they were committed."""
    return not _said(root, "status", "--porcelain", "--untracked-files=all", "--", folder)


def commit(root: Path, folder: str, message: str) -> None:
    """Commit all that changed in a folder below `root`."""
    _said(root, "add", "--all", "--", folder)
    _said(root, "commit", "--quiet", "--file=-", "--", folder, given=message.encode())


def _said(root: Path, *arguments: str, given: bytes = b"") -> bytes:
    done = git(root, "--literal-pathspecs", *arguments, given=given)
    if done.returncode:
        said = (done.stderr or done.stdout).decode("utf-8", "replace").strip()
        raise OutsideError(f"git {arguments[0]} failed: {said.partition(chr(10))[0][:300]}")
    return done.stdout


MAX_COMMITS, MAX_EDITS = 200, 200
"""A history holds at most this many commits, and the files of a commit that changed at most this
many.
"""
_DAY = 86_400
_MAX_SHOWN = 100
"""Characters of a revision's name that a message repeats."""
_REGULAR = frozenset({b"100644", b"100755"})
"""Modes of files. The target of a link isn't content, and a submodule isn't here."""


class Revision(Struct, frozen=True):
    """A commit that somebody named."""

    name: str
    """As it was asked for."""
    commit: str
    """Its full hash."""
    is_behind: bool
    """Whether it has commits that the working tree lacks; their changes then seem undone."""


class Edit(Struct, frozen=True):
    """A file of a folder that a commit changed."""

    file: str
    """Its path from the folder."""
    before: bytes | None
    """None if the file is new."""
    after: bytes | None
    """None if the file is removed."""


class Commit(Struct, frozen=True):
    """A commit that changed a folder, which existed before."""

    when: datetime
    """When it was committed, UTC."""
    edits: tuple[Edit, ...]
    """By path; empty if there are more than `MAX_EDITS`."""


def history(root: Path, days: int) -> tuple[Commit, ...] | None:
    """What the newest commits changed in a folder, newest first, for a number of days.

    The days end with the newest commit. Follows first parents, so that a merge is one change. Days
    (UTC) are whole; there are fewer of them if there are very many commits. None without git,
    outside a repository, and in one that holds only a part of its history.
    """
    try:
        about = git(root, "rev-parse", "--is-shallow-repository")
        if about.returncode or about.stdout.strip() != b"false":
            return None
        newest = _walk(root, 1)
        return tuple(_commits(root, int(newest[0][0]), days)) if newest else None
    except (OutsideError, ValueError):
        return None


def _commits(root: Path, newest: int, days: int) -> Iterator[Commit]:
    since = (newest // _DAY - days + 1) * _DAY
    walked = _walk(root, MAX_COMMITS, f"--since={since}")
    if len(walked) == MAX_COMMITS:
        oldest = int(walked[-1][0]) // _DAY
        walked = [each for each in walked if int(each[0]) // _DAY > oldest] or walked
    # Before the first of them there was nothing that could be corrected: it has no parent.
    walked = [each for each in walked if len(each) > 2]
    pairs = b"".join(b"%s %s\n" % (commit, parent) for _, commit, parent, *_ in walked)
    result = git(
        root, "diff-tree", "--stdin", "-r", "-z", "--no-renames", "--relative", given=pairs
    )
    changed = list(_changed(result.stdout, {commit: int(when) for when, commit, *_ in walked}))
    wanted = sorted({blob for _, files_ in changed for each in files_ for blob in each[1:] if blob})
    read = git(root, "cat-file", "--batch", given=b"".join(b"%s\n" % each for each in wanted))
    blobs = dict(zip(wanted, _blobs(read.stdout, Revision("HEAD", "", False)), strict=True))
    for when, files_ in changed:
        edits = (Edit(name, blobs.get(old), blobs.get(new)) for name, old, new in files_)
        yield Commit(datetime.fromtimestamp(when, UTC), tuple(edits))


def _walk(root: Path, most: int, *limits: str) -> list[list[bytes]]:
    """Time, hash and parents of the newest commits that changed a folder."""
    form = ("--first-parent", "--timestamp", "--parents", f"--max-count={most}")
    result = git(root, "rev-list", *form, *limits, "HEAD", "--", ".")
    return [line.split() for line in result.stdout.splitlines()]


def _changed(
    output: bytes, times: dict[bytes, int]
) -> Iterator[tuple[int, list[tuple[str, bytes, bytes]]]]:
    """Time of each commit, and path and hashes before and after of each file it changed."""
    when = 0
    entries: list[tuple[str, bytes, bytes]] = []
    parts = iter(output.split(b"\0"))
    for part in parts:
        if part in times:
            if when:
                yield when, entries if len(entries) <= MAX_EDITS else []
            when, entries = times[part], []
        elif part[:1] == b":":
            old_mode, new_mode, before, after, _ = part[1:].split(b" ")
            entries.append(
                (
                    os.fsdecode(next(parts)),
                    before if old_mode in _REGULAR else b"",
                    after if new_mode in _REGULAR else b"",
                )
            )
    if when:
        yield when, entries if len(entries) <= MAX_EDITS else []


def was_ever(root: Path, file: str, text: str = "") -> bool:
    """Whether a commit changed a file or folder below `root`, or there the number of some texts.

    True, too, if that can't be known: outside a repository, or in one that holds only a part of
    its history.
    """
    about = git(root, "rev-parse", "--is-shallow-repository")
    if about.returncode or about.stdout.strip() != b"false":
        return True
    pickaxe = (f"-S{text}",) if text else ()
    found = git(
        root, "--literal-pathspecs", "log", "-1", "--format=%H", *pickaxe, "HEAD", "--", file
    )
    return bool(found.returncode or found.stdout.strip())


def find(root: Path, name: str) -> Revision:
    """The commit of that name, in the repository that holds the folder."""
    if not root.is_dir():
        raise UsageError(f"there is no folder {root}: pass --content DIR")
    if not name or name.startswith("-") or not name.isprintable():
        raise UsageError(f"'{_shown(name)}' is not a revision: write a branch, a tag or a commit")
    inside = git(root, "rev-parse", "--is-inside-work-tree")
    if inside.returncode:
        said = _first_line(inside.stderr)
        if "not a git repository" in said:
            raise UsageError(f"{root} is in no git repository, so there is nothing to compare with")
        raise OutsideError(f"git cannot read the repository of {root}: {said}")
    found = git(root, "rev-parse", "--verify", "--quiet", f"{name}^{{commit}}")
    if found.returncode:
        raise UsageError(
            f"the repository has no revision '{_shown(name)}': "
            "is it misspelt, or yet to be fetched (git fetch origin)?"
        )
    commit = found.stdout.decode().strip()
    head = git(root, "rev-parse", "--verify", "--quiet", "HEAD^{commit}")
    in_head = git(root, "merge-base", "--is-ancestor", commit, "HEAD")
    return Revision(name, commit, is_behind=head.returncode == 0 and in_head.returncode == 1)


def write_out(root: Path, revision: Revision, folder: Path) -> None:
    """Write the files that a folder had at a revision into another folder."""
    listed = git(root, "ls-tree", "-r", "-z", revision.commit)
    if listed.returncode:
        raise _refusal(revision, listed.stderr)
    wanted = dict(_regular_files(listed.stdout))
    asked = b"".join(b"%s\n" % each for each in wanted.values())
    result = git(root, "cat-file", "--batch", given=asked)
    if result.returncode:
        raise _refusal(revision, result.stderr)
    with files.outside(f"cannot write the content of {_shown(revision.name)}"):
        for name, data in zip(wanted, _blobs(result.stdout, revision), strict=True):
            path = folder / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(data)


def _regular_files(listing: bytes) -> Iterator[tuple[PurePosixPath, bytes]]:
    """Path and hash of each file in a listing of `mode type hash<tab>path` and a zero byte each."""
    for entry in listing.split(b"\0"):
        about, tab, name = entry.partition(b"\t")
        mode, _, rest = about.partition(b" ")
        path = PurePosixPath(os.fsdecode(name))
        # Git itself refuses such paths; what writes files looks again.
        if tab and mode in _REGULAR and not path.is_absolute() and ".." not in path.parts:
            yield path, rest.partition(b" ")[2]


def _blobs(output: bytes, revision: Revision) -> Iterator[bytes]:
    """Contents of files, from `hash type size`, a line end, the bytes and a line end for each."""
    start = 0
    while start < len(output):
        end = output.index(b"\n", start)
        parts = output[start:end].split(b" ")
        if len(parts) != 3:  # "hash missing", in a clone that holds only some of its objects
            raise _refusal(revision, output[start:end])
        start = end + 1 + int(parts[2])
        yield output[end + 1 : start]
        start += 1


def git(
    root: Path, *arguments: str, given: bytes | None = None
) -> subprocess.CompletedProcess[bytes]:
    """Run git in a folder with input. Raises OutsideError if it can't be run."""
    quiet = {"LC_ALL": "C", "GIT_TERMINAL_PROMPT": "0", "GIT_OPTIONAL_LOCKS": "0"}
    try:
        return subprocess.run(
            ["git", *arguments],
            cwd=root,
            env={**os.environ, **quiet},
            input=given if given is not None else b"",
            capture_output=True,
            check=False,
        )
    except FileNotFoundError:
        raise OutsideError("there is no git on the PATH: install it") from None
    except OSError as error:
        raise OutsideError(f"cannot run git: {error.strerror or error}") from error


def _refusal(revision: Revision, said: bytes) -> OutsideError:
    return OutsideError(f"git cannot read '{_shown(revision.name)}': {_first_line(said)}")


def _first_line(said: bytes) -> str:
    lines = said.decode("utf-8", "replace").strip().splitlines()
    return lines[0] if lines else "it does not say why"


def _shown(name: str) -> str:
    return printable(name[:_MAX_SHOWN])
