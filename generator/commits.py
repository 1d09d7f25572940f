"""What changed in a folder, committed: the only writer of git.

Takes a folder and a message. Commits that folder and nothing else, whatever else has changed.
Raises UsageError where there is no repository, OutsideError where git is missing or refuses.
"""

from __future__ import annotations

from pathlib import Path

from generator import revisions
from generator.errors import OutsideError


def is_clean(root: Path, folder: str) -> bool:
    """Whether all files of a folder below `root` are as they were committed."""
    return not _said(root, "status", "--porcelain", "--untracked-files=all", "--", folder)


def commit(root: Path, folder: str, message: str) -> None:
    """Commit all that changed in a folder below `root`."""
    _said(root, "add", "--all", "--", folder)
    _said(root, "commit", "--quiet", "--file=-", "--", folder, given=message.encode())


def _said(root: Path, *arguments: str, given: bytes = b"") -> bytes:
    done = revisions.git(root, "--literal-pathspecs", *arguments, given=given)
    if done.returncode:
        said = (done.stderr or done.stdout).decode("utf-8", "replace").strip()
        raise OutsideError(f"git {arguments[0]} failed: {said.partition(chr(10))[0][:300]}")
    return done.stdout
