"""Issues as GitHub sends them: what is sound is taken, nothing odd reaches a commit's text."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from generator.content.edit import github_issues
from generator.core.errors import UsageError

ALICE = {"login": "a-reader", "id": 7, "type": "User"}


def issue(**more: Any) -> dict[str, Any]:
    return {"number": 12, "title": "Any", "body": "x", "user": ALICE} | more


def one(held: Any) -> github_issues.GitHubIssue:
    (found,) = github_issues.read(json.dumps(held).encode())
    return found


@pytest.mark.parametrize(
    "held", [issue(), [issue()], {"action": "labeled", "issue": issue()}, [issue(), issue()][:1]]
)
def test_an_event_an_issue_and_a_list_are_read(held: Any) -> None:
    assert one(held) == github_issues.GitHubIssue(12, b"x", "a-reader", 7)
    assert one(held).credit == "a-reader <7+a-reader@users.noreply.github.com>"


def test_pull_requests_are_left_out() -> None:
    assert github_issues.read(json.dumps([issue(pull_request={})]).encode()) == ()


@pytest.mark.parametrize("body", [None, 7, ["x"], ""])
def test_an_issue_without_a_text_has_an_empty_one(body: Any) -> None:
    assert one(issue(body=body)).body == b""


@pytest.mark.parametrize(
    "user",
    [
        None,
        "a-reader",
        {},
        {"login": "a-reader"},
        {"login": "a-reader", "id": "7"},
        {"login": "a-reader", "id": True},
        {"login": "a-reader", "id": -7},
        {"login": "app[bot]", "id": 7},
        {"login": "a\nCloses #1", "id": 7},
        {"login": "a-reader\n", "id": 7},
        {"login": "a> <b@example.org", "id": 7},
        {"login": "\u0430-reader", "id": 7},
        {"login": "x" * 40, "id": 7},
    ],
)
def test_an_odd_account_is_credited_with_nothing(user: Any) -> None:
    found = one(issue(user=user))
    assert (found.login, found.user, found.credit) == ("", 0, "")


@pytest.mark.parametrize("number", [None, 0, -1, True, 1.0, "12", "12\nx", 10**30])
def test_an_issue_has_a_number(number: Any) -> None:
    with pytest.raises(UsageError, match="no number"):
        one(issue(number=number))


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"{",
        b"[" * 10**6,
        b"\xff",
        b"7",
        b'"x"',
        b"1" * 10**6,
        b" " * (github_issues.MAX_BYTES + 1),
    ],
    ids=range(8),
)
def test_other_files_are_refused(data: bytes) -> None:
    with pytest.raises(UsageError):
        github_issues.read(data)


def test_halves_of_characters_are_no_text() -> None:
    assert one(issue(body="\ud800x")).body == b"?x"


KEYS = st.sampled_from(["issue", "number", "body", "user", "login", "id", "pull_request"])
ANY = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=9),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(KEYS, inner, max_size=5),
    max_leaves=12,
)


@given(ANY)
def test_any_json_is_issues_or_a_refusal(held: Any) -> None:
    try:
        found = github_issues.read(json.dumps(held).encode())
    except UsageError:
        return
    for each in found:
        assert each.credit.isascii()
        assert each.credit.isprintable()
