"""The form for tags: valid requests are applied, everything else is refused and quoted."""

from __future__ import annotations

import unicodedata
from pathlib import Path

import pytest
import yaml
from hypothesis import example, given
from hypothesis import strategies as st

from generator.cli import main
from generator.content.edit import issue_form
from generator.content.edit.issue_form import TagAnswer
from generator.core.errors import UsageError
from tests.archives import MONDAY, ROOT, daily, paper, tag, tree, whole, write
from tests.effort import little_work

CAPSYS = pytest.CaptureFixture[str]
FOLDER = "tagging/2503/2503.00001"
NOTHING = "_No response_"


def form(number: str, add: str = NOTHING, remove: str = NOTHING, why: str = NOTHING) -> str:
    """As GitHub sends it."""
    fields = {"Paper": number, "Title": "Any", "Tags to add": add, "Tags to take away": remove}
    texts = [f"### {label}\n\n{text}" for label, text in {**fields, "Why": why}.items()]
    return "\n\n".join(texts).replace("\n", "\r\n")


@pytest.fixture
def root(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(ROOT)
    tags = [tag("graphs", aliases=("graph learning",)), tag("agents"), tag("survey")]
    return write(tmp_path / "content", whole(daily(MONDAY, paper()), tags=tags))


def run(root: Path, body: str | bytes, *arguments: str) -> int:
    path = root.with_name("form.md")
    path.write_bytes(body if isinstance(body, bytes) else body.encode())
    places = ["--content", str(root), "--cache", str(root.with_name("cache"))]
    return main.main(["tag", "--from-issue", str(path), *arguments, *places])


def tagging_files(root: Path) -> dict[str, str]:
    """The texts of the paper's tagging files, by name."""
    return {each.name: each.read_text() for each in (root / FOLDER).iterdir()}


def test_a_form_becomes_a_tagging_file_and_an_answer(root: Path, capsys: CAPSYS) -> None:
    body = form("2503.00001", "Graph-Learning\n- agents\ngraphs", "survey", "### Tags to add\nx")
    assert run(root, body) == 0
    assert tagging_files(root) == {
        "agents.yaml": "tags:\n- agents\n",
        "graphs.yaml": "tags:\n- graphs\n",
        "survey.yaml": "remove:\n- survey\n",
    }
    answer = capsys.readouterr().out
    assert "`2503.00001`, `A Placeholder`" in answer
    assert "- add `graphs`\n- add `agents`\n- take away `survey`\n" in answer
    assert run(root, body) == 0
    assert "so nothing was changed" in capsys.readouterr().out


def test_unknown_tags_are_refused_with_a_hint_and_the_others_taken(
    root: Path, capsys: CAPSYS
) -> None:
    assert run(root, form("2503.00001", "grpahs\nagents")) == 0
    assert tagging_files(root) == {"agents.yaml": "tags:\n- agents\n"}
    answer = capsys.readouterr().out
    assert "refused: `there is no tag 'grpahs' (did you mean 'graphs'?)`" in answer


def test_an_answer_goes_to_a_file_where_one_is_named(root: Path, tmp_path: Path) -> None:
    answer = tmp_path / "report.md"
    assert (
        run(root, form("https://example.org/papers/2503.00001/", "agents"), "--report", str(answer))
        == 0
    )
    assert answer.read_text().startswith("Thank you.")


HOSTILE = {
    "nothing": b"",
    "ten megabytes": b"### Paper\n\n2503.00001\n" + b"x" * 10_000_000,
    "a path": form("../../../etc/passwd", "agents").encode(),
    "a path below": form("2503.00001/../../tags/agents", "agents").encode(),
    "two lines": form("2503.00001\nbranch=main", "agents").encode(),
    "a mark": form("2503.00001\u202e", "agents").encode(),
    "a mark in a tag": form("2503.00001", "\u202eagents").encode(),
    "letters alike": form("2503.00001", "\u0430gents").encode(),
    "a bomb": form("2503.00001", "&a [*a, *a]\n!!python/object x").encode(),
    "markup": form("2503.00001", "`</code>@someone` [x](https://example.org) #1").encode(),
    "many tags": form("2503.00001", "agents\n" * 21).encode(),
    "both": form("2503.00001", "agents", "agents").encode(),
    "twice": (form("2503.00001", "agents")[:40] + form("2503.00001", "agents")).encode(),
    "other bytes": b"### Paper\n\n\xff\xfe",
    "nul": form("2503.00001\0", "agents").encode(),
}


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_forms_change_nothing_and_are_answered(
    name: str, root: Path, capsys: CAPSYS
) -> None:
    before = tree(root)
    with little_work():
        assert run(root, HOSTILE[name]) == 1
    assert tree(root) == before
    answer = capsys.readouterr().out
    assert "- refused: `" in answer
    assert_safe(answer)


TURNING = {"LRE", "RLE", "LRO", "RLO", "PDF", "LRI", "RLI", "FSI", "PDI"}
"""What marks that turn the direction of a text are, in Unicode's terms."""


def assert_safe(answer: str) -> None:
    """What was typed stands within spans of code, and no span ends early."""
    for char in answer.replace("\n", ""):
        assert unicodedata.category(char) not in {"Cc", "Cs", "Zl", "Zp"}
        assert unicodedata.bidirectional(char) not in TURNING
    for line in answer.splitlines():
        assert line.count("`") % 2 == 0
        assert not set("@<[#") & set("".join(line.split("`")[::2]))


@given(st.binary(max_size=300) | st.text(max_size=300).map(str.encode))
@example(b"### Paper\n\n``@x``")
def test_any_bytes_are_a_request_or_a_refusal(body: bytes) -> None:
    try:
        request = issue_form.parse(body)
    except UsageError as error:
        assert_safe(issue_form.report(TagAnswer(refused=(str(error),))))
        return
    assert len(request.add) + len(request.remove) <= issue_form.MAX_TAGS


@given(st.text(max_size=40), st.text(max_size=40))
@example("x", "`")
@example("x", "\u2028@y")
def test_whatever_an_answer_quotes_stays_code(title: str, reason: str) -> None:
    assert_safe(issue_form.report(TagAnswer("k", title, refused=(reason,))))


def test_the_form_has_the_labels_that_are_read() -> None:
    text = (ROOT / ".github" / "ISSUE_TEMPLATE" / "tag.yml").read_text(encoding="utf-8")
    fields = yaml.load(text, Loader=yaml.BaseLoader)["body"]
    assert [each["id"] for each in fields] == ["paper", "name", "add", "remove", "why"]
    body = "\n".join(f"### {each['attributes']['label']}\n{each['id']}" for each in fields)
    assert issue_form.parse(body.encode()) == issue_form.TagRequest("paper", ("add",), ("remove",))
