"""What can go wrong outside the content: a few kinds of exception with an exit code each.

Problems *in* the content are not exceptions but `core.model.Problem` values: all of them are
gathered and shown at once, in a `ContentError` if they stop the command.
"""

from __future__ import annotations

from typing import Any


class ArchiveError(Exception):
    """An error that is shown as one message, never as a traceback."""

    exit_code = 1


class UsageError(ArchiveError):
    """The command was called in a wrong way; the message says what to pass."""

    exit_code = 2


class SourceError(ArchiveError):
    """An importer can't read its input; the message names the file and the place in it."""

    exit_code = 1


class OutsideError(ArchiveError):
    """Something outside the archive failed: disk, permission, network, a library's refusal."""

    exit_code = 3


class ContentError(ArchiveError):
    """The content has problems, so nothing was built."""

    def __init__(self, problems: list[Any]) -> None:
        """Take all of them, as `model.Problem`s."""
        super().__init__(f"{len(problems)} problems in the content")
        self.problems = problems


class OverBudgetError(ArchiveError):
    """A site would be larger than its budget allows, so nothing was built."""

    exit_code = 1
