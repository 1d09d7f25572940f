"""Problems in print: lines, annotations for GitHub, JSON; hostile texts can't forge any of them."""

from __future__ import annotations

import json
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from generator.content import problems
from generator.core.model import Problem

PROBLEM = Problem("content/a.yaml", 2, 3, "bad-url", "'x' is not a web URL", "complete it")
CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069]")
HOSTILE = [
    "a\n::error::forged",
    "a\r::warning::forged",
    "\x1b[2J",
    "\x9b31m",
    "\u202e",
    "\u2028::error::forged",
    "\x00",
]


def test_a_line_for_people() -> None:
    assert (
        problems.as_text([PROBLEM])
        == "content/a.yaml:2:3: bad-url 'x' is not a web URL (complete it)\n"
    )


def test_no_hint_no_parentheses() -> None:
    problem = Problem("a.yaml", 0, 0, "unreadable", "cannot be opened")
    assert problems.as_text([problem]) == "a.yaml:0:0: unreadable cannot be opened\n"


def test_no_problems_no_lines() -> None:
    assert [problems.as_text([]), problems.as_github([]), json.loads(problems.as_json([]))] == [
        "",
        "",
        [],
    ]


def test_json_has_every_field() -> None:
    assert json.loads(problems.as_json([PROBLEM])) == [
        {
            "path": "content/a.yaml",
            "line": 2,
            "column": 3,
            "code": "bad-url",
            "message": "'x' is not a web URL",
            "hint": "complete it",
        }
    ]


def test_github_shows_ten_beside_the_lines_and_all_as_text() -> None:
    lines = problems.as_github([PROBLEM] * 12).splitlines()
    assert lines[0] == (
        "::error file=content/a.yaml,line=2,col=3,title=bad-url::'x' is not a web URL (complete it)"
    )
    assert sum(line.startswith("::error ") for line in lines) == 10
    assert sum(line == str(PROBLEM) for line in lines) == 12


def test_github_gets_a_line_for_a_problem_of_a_whole_file() -> None:
    (command, _) = problems.as_github([Problem("a.yaml", 0, 0, "bad-name", "m")]).splitlines()
    assert command == "::error file=a.yaml,line=1,title=bad-name::m"


def test_github_reads_what_its_commands_mean_by_percent_colon_and_comma() -> None:
    problem = Problem("a,b:c%.yaml", 1, 1, "bad-name", "100%\n::error::x")
    (command, *_) = problems.as_github([problem]).splitlines()
    assert (
        command == "::error file=a%2Cb%3Ac%25.yaml,line=1,col=1,title=bad-name::100%25%0A::error::x"
    )


@pytest.mark.parametrize("format_name", ["text", "github"])
@pytest.mark.parametrize("hostile", HOSTILE)
def test_content_cannot_forge_a_line_a_command_or_a_colour(format_name: str, hostile: str) -> None:
    text = f"x{hostile}y"
    problem = Problem(text, 1, 1, "bad-name", message=text, hint=text)
    printed = problems.FORMATS[format_name]([problem])
    assert len(printed.splitlines()) == (1 if format_name == "text" else 2)
    assert not CONTROL.search(printed.replace("\n", ""))


@given(st.text(), st.text(), st.text())
def test_json_keeps_any_text_unchanged(path: str, message: str, hint: str) -> None:
    problem = Problem(path, 1, 1, "bad-name", message, hint)
    (found,) = json.loads(problems.as_json([problem]))
    assert (found["path"], found["message"], found["hint"]) == (path, message, hint)
