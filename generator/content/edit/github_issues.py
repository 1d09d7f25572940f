"""Issues as GitHub sends them: number, text and who wrote it; nothing else is looked at.

Takes a file's bytes: an event of a workflow, an issue, or a list of issues, in the JSON of GitHub's
REST API (https://docs.github.com/en/rest/issues/issues). Trusts none of it. Does no I/O.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any

from msgspec import Struct

from generator.core.errors import UsageError

MOST_BYTES = 16 * 1024 * 1024
"""Of a file: many times what GitHub sends for `MOST` issues."""
MOST = 30
"""Issues that are taken together."""
_LOGIN = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,38}", re.ASCII)
_HIGHEST = 10**9


class GitHubIssue(Struct, frozen=True):
    """What somebody wrote, and who."""

    number: int
    body: bytes
    """As typed, in UTF-8."""
    login: str = ""
    """Of the person, safe in any line; empty for programs, deleted accounts and odd names."""
    user: int = 0
    """The number of the person's account."""

    @property
    def credit(self) -> str:
        """The person as git's trailers name people; empty where there is none to name."""
        address = f"{self.user}+{self.login}@users.noreply.github.com"
        return f"{self.login} <{address}>" if self.login else ""


def read(data: bytes) -> tuple[GitHubIssue, ...]:
    """The issues that a file holds, without pull requests; raises UsageError for other files."""
    if len(data) > MOST_BYTES:
        raise UsageError(f"longer than {MOST_BYTES // 1024 // 1024} MB")
    try:
        held = json.loads(data)
    except (ValueError, RecursionError):
        raise UsageError("not JSON as GitHub sends it") from None
    if isinstance(held, dict) and "issue" in held:
        held = held["issue"]
    listed = held if isinstance(held, list) else [held]
    return tuple(_issues(listed))


def _issues(listed: list[Any]) -> Iterator[GitHubIssue]:
    for each in listed:
        number = each.get("number") if isinstance(each, dict) else None
        if type(number) is not int or not 0 < number < _HIGHEST:
            raise UsageError("an issue in it has no number")
        if "pull_request" in each:
            continue
        body = each.get("body")
        text = body if isinstance(body, str) else ""
        login, user = _person(each.get("user"))
        # JSON may hold halves of characters, which are no text.
        yield GitHubIssue(number, text.encode("utf-8", "replace"), login, user)


def _person(user: Any) -> tuple[str, int]:
    if not isinstance(user, dict):
        return "", 0
    login, number = user.get("login"), user.get("id")
    if not (isinstance(login, str) and _LOGIN.fullmatch(login)):
        return "", 0
    return (login, number) if type(number) is int and number > 0 else ("", 0)
