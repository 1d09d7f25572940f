"""What can go wrong outside the content, as a few exception kinds with an exit code each.

Takes nothing from other modules. Problems *in* the content are not exceptions but
`model.Problem` values: all of them are gathered and shown at once.
"""

from __future__ import annotations


class ArchiveError(Exception):
    """An error to show to a person as one message; never as a traceback."""

    exit_code = 1


class UsageError(ArchiveError):
    """The command was called in a way it can't follow; the message says what to pass."""

    exit_code = 2


class SourceError(ArchiveError):
    """An importer can't read its input; the message names the file and the place in it."""

    exit_code = 1


class OutsideError(ArchiveError):
    """Something outside the archive failed: disk, permission, network, a library's refusal."""

    exit_code = 3
