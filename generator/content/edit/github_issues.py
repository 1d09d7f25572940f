"""Issues as GitHub sends them: their number, text and author, and nothing else.

Takes a file's bytes: an event of a workflow, an issue, or a list of issues, in the JSON of GitHub's
REST API (https://docs.github.com/en/rest/issues/issues). Trusts none of it. Does no I/O.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any

from msgspec import Struct

from generator.core import limits
from generator.core.errors import UsageError

MAX_BYTES = limits.ISSUES_FILE.most
"""Of a file: many times what GitHub sends for `MAX_ISSUES` issues."""
MAX_ISSUES = 30
"""At most this many issues are handled together."""
_LOGIN = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,38}", re.ASCII)
_MAX_NUMBER = 10**9


class GitHubIssue(Struct, frozen=True):
    """An issue, as far as it is needed here."""

    number: int
    body: bytes
    """As typed, in UTF-8."""
    login: str = ""
    """Of the author, safe in any line; empty for apps, deleted accounts and unusual names."""
    user: int = 0
    """The number of the author's account."""

    @property
    def credit(self) -> str:
        """The author as in git's trailers, `NAME <ADDRESS>`; empty without a login."""
        address = f"{self.user}+{self.login}@users.noreply.github.com"
        return f"{self.login} <{address}>" if self.login else ""


def read(data: bytes) -> tuple[GitHubIssue, ...]:
    """The issues in a file, without pull requests; raises UsageError for any other file."""
    if len(data) > MAX_BYTES:
        raise UsageError(f"the file is larger than {MAX_BYTES // 1024 // 1024} MB")
    try:
        found = json.loads(data)
    except (ValueError, RecursionError):
        raise UsageError("this is not JSON as GitHub sends it") from None
    if isinstance(found, dict) and "issue" in found:
        found = found["issue"]
    return tuple(_issues(found if isinstance(found, list) else [found]))


def _issues(listed: list[Any]) -> Iterator[GitHubIssue]:
    for each in listed:
        number = each.get("number") if isinstance(each, dict) else None
        if type(number) is not int or not 0 < number < _MAX_NUMBER:
            raise UsageError("an issue in the file has no number")
        if "pull_request" in each:
            continue
        body = each.get("body")
        text = body if isinstance(body, str) else ""
        login, user = _person(each.get("user"))
        # JSON may contain single surrogates, which UTF-8 can't encode.
        yield GitHubIssue(number, text.encode("utf-8", "replace"), login, user)


def _person(user: Any) -> tuple[str, int]:
    if not isinstance(user, dict):
        return "", 0
    login, number = user.get("login"), user.get("id")
    if not (isinstance(login, str) and _LOGIN.fullmatch(login)):
        return "", 0
    return (login, number) if type(number) is int and number > 0 else ("", 0)
