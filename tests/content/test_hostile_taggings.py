"""Tagging files that mean harm: refused in plain words within a second, and nothing else changes.

What people propose is read by the checks before anybody has looked at it.
"""

from __future__ import annotations

import shutil
import unicodedata
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from generator.cli import main
from generator.content import checks, reader
from generator.content.problems import as_summary, as_text
from tests.archives import MONDAY, ROOT, TODAY, daily, paper, tag, tree, whole, write
from tests.content.edit.test_issue_form import TURNING
from tests.effort import little_work

CAPSYS = pytest.CaptureFixture[str]
FILE = "tagging/2503/2503.00001.yaml"
MUCH = 10_000_000

BODIES = {
    "an anchor": b"tags: &a [graphs]\n",
    "an alias": b"tags: *a\n",
    "a bomb": b"a: &a [x, x]\nb: &b [*a, *a]\nc: &c [*b, *b]\ntags: *c\n",
    "a merge": b"<<: {tags: [graphs]}\n",
    "a type": b"tags: !!python/object/apply:os.system ['touch made']\n",
    "a directive": b"%YAML 1.1\n---\ntags: [nowhere]\n",
    "two documents": b"tags: [graphs]\n---\ntags: [graphs]\n",
    "ten megabytes of tags": b"tags:\n" + b"- graphs\n" * (MUCH // 9),
    "ten megabytes of keys": b"".join(b"k%d: v\n" % number for number in range(MUCH // 12)),
    "ten megabytes of one tag": b"tags:\n- " + b"x" * MUCH,
    "ten megabytes of a comment": b"tags: [graphs]\n#" + b"x" * MUCH,
    "ten megabytes of nothing": b"\0" * MUCH,
    "many tags": b"tags:\n" + b"- graphs\n" * 51,
    "many unknown tags": b"tags:\n" + b"".join(b"- graph%d\n" % n for n in range(50)),
    "as many as there may be, and removed": b"".join(
        key + b":\n" + b"".join(b"- grahps%d\n" % n for n in range(50)) + b"#\n" * 1500
        for key in (b"tags", b"remove")
    ),
    "many keys": b"".join(b"%d: v\n" % number for number in range(1000)),
    "deep": b"tags: " + b"[" * 5000,
    "a mark that turns": "tags: [\u202egraphs]\n".encode(),
    "a mark that joins": "tags: [gra\u200dphs]\n".encode(),
    "escaped marks": rb'tags: ["\u202e\n::error::x"]' + b"\n",
    "other letters": "tags: [gr\u0430phs]\n".encode(),
    "markup": b'tags: ["<script>alert(1)</script>"]\n',
    "a link": b'tags: ["[x](javascript:alert(1))"]\n',
    "a path": b'tags: ["../../archive"]\n',
    "a line of a workflow": b'tags: ["x\\n::set-output name=a::b"]\n',
    "a template": b'tags: ["{{ 7 * 7 }}", "${{ github.token }}", "$(touch made)"]\n',
    "numbers": b"tags: [1e9999999, 0x7f, .inf, 12:30:45]\n",
    "other bytes": b"\xff\xfe\x00t",
    "half a character": rb'tags: ["\ud800"]' + b"\n",
}

NAMES = {
    "another paper": "tagging/2503/2503.99999.yaml",
    "another folder": "tagging/2504/2503.00001.yaml",
    "a mark that turns": "tagging/2503/2503.\u202e00001.yaml",
    "other digits": "tagging/2503/2503.0000\u0661.yaml",
    "another dot": "tagging/2503/2503\uff0e00001.yaml",
    "two lines": "tagging/2503/2503.00001\n::error::x.yaml",
    "markup": "tagging/2503/<img src=x>.yaml",
    "a backslash": "tagging/2503/2503.00001\\..\\x.yaml",
    "shell": "tagging/2503/$(touch made).yaml",
    "an option": "tagging/2503/--help.yaml",
    "a part": "tagging/2503/2503.00001/\u202ex.yaml",
    "deeper": "tagging/2503/2503.00001/a/b.yaml",
    "no ending": "tagging/2503/2503.00001",
    "a space": "tagging/2503/2503.00001 .yaml",
    "no folder": "tagging/2503.00001.yaml",
    "long": f"tagging/2503/{'x' * 240}.yaml",
}


@pytest.fixture
def root(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(ROOT)
    return archive(tmp_path / "content")


def archive(root: Path) -> Path:
    return write(root, whole(daily(MONDAY, paper()), tags=[tag("graphs"), tag("agents")]))


def put(root: Path, name: str, body: bytes) -> None:
    path = root / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(body)


def assert_refused(root: Path) -> str:
    """The checks report the file in safe lines and with little work; returns the lines."""
    before = tree(root)
    with little_work():
        problems = checks.check(reader.load_content(root), TODAY)
        printed = as_text(problems)
        summary = as_summary(problems)
    assert problems
    for line in printed.splitlines():
        assert line.startswith(f"{root.as_posix()}/tagging/2")
        assert line.endswith(")")
    assert_plain(printed + summary)
    assert "<script" not in summary
    assert tree(root) == before
    return printed


def assert_plain(text: str) -> None:
    for char in text.replace("\n", ""):
        assert unicodedata.category(char) not in {"Cc", "Cs", "Zl", "Zp"}
        assert unicodedata.bidirectional(char) not in TURNING


@pytest.mark.parametrize("name", BODIES)
def test_a_hostile_file_is_refused(name: str, root: Path) -> None:
    put(root, FILE, BODIES[name])
    printed = assert_refused(root)
    assert printed.count("\n") <= 1001
    assert not list(root.parent.rglob("made"))
    assert not (ROOT / "made").exists()


@pytest.mark.parametrize("name", NAMES)
def test_a_file_of_an_odd_name_is_refused(name: str, root: Path) -> None:
    put(root, NAMES[name], b"tags: [graphs]\n")
    assert_refused(root)


@pytest.mark.parametrize("name", ["tagging", "tagging/2503", "tagging/2503/2503.00001", FILE])
def test_links_are_refused_and_nothing_is_written_behind_them(
    root: Path, capsys: CAPSYS, name: str
) -> None:
    elsewhere = root.with_name("elsewhere")
    if name == FILE:
        elsewhere.write_bytes(b"tags: [agents]\n")
    else:
        elsewhere.mkdir()
        (elsewhere / "x.yaml").write_bytes(b"tags: [agents]\n")
    link = root / name
    link.parent.mkdir(parents=True, exist_ok=True)
    link.symlink_to(elsewhere)
    before = tree(root.parent)
    problems = checks.check(reader.load_content(root), TODAY)
    assert [(each.path, each.code) for each in problems] == [(link.as_posix(), "unreadable")]
    places = ["--content", str(root), "--cache", str(root.with_name("cache"))]
    assert main.main(["tag", "2503.00001", "--add", "graphs", *places]) == 1
    assert "symbolic links are not followed (put the file or folder" in capsys.readouterr().out
    shutil.rmtree(root.with_name("cache"), ignore_errors=True)
    assert tree(root.parent) == before
    assert link.is_symlink()


def test_a_link_to_what_never_ends_is_not_opened(root: Path) -> None:
    path = root / FILE
    path.parent.mkdir(parents=True)
    path.symlink_to("/dev/zero")
    (problem,) = checks.check(reader.load_content(root), TODAY)
    assert problem.code == "unreadable"


@pytest.mark.parametrize("name", BODIES)
def test_no_command_edits_a_hostile_file(name: str, root: Path, capsys: CAPSYS) -> None:
    put(root, FILE, BODIES[name])
    before = tree(root)
    places = ["--content", str(root), "--cache", str(root.with_name("cache"))]
    with little_work():
        code = main.main(["tag", "2503.00001", "--add", "agents", *places])
    added = {"tagging/2503/2503.00001/agents.yaml": b"tags:\n- agents\n"} if code == 0 else {}
    assert tree(root) == before | added
    said = capsys.readouterr()
    assert_plain(said.out + said.err)


TEXTS = st.text(st.characters(exclude_categories=["Cs"]), max_size=60)
LINES = st.lists(
    st.one_of(
        TEXTS,
        st.sampled_from(
            [
                *("tags:", "remove:", "- graphs", "- agents", "tags: [graphs]", "- &a x", "- *a"),
                *("---", "%YAML 1.2", "? x", "<<: *a", "- !!str x", "- |", "- >-", "- [", "\t- x"),
                *("- \u202egraphs", "- gr\u0430phs", '- "\\u0000"', "- ../../x", "# graphs"),
            ]
        ),
    ),
    max_size=8,
)


@given(body=st.binary(max_size=200) | LINES.map(lambda lines: "\n".join(lines).encode()))
@example(body=b"tags: [graphs, \xc2\x85]")
def test_any_bytes_are_a_tagging_or_a_problem_at_a_line(
    body: bytes, tmp_path_factory: pytest.TempPathFactory
) -> None:
    root = archive_of(tmp_path_factory)
    put(root, FILE, body)
    before = tree(root)
    problems = checks.check(reader.load_content(root), TODAY)
    assert_plain(as_text(problems) + as_summary(problems))
    assert {each.path for each in problems} <= {(root / FILE).as_posix()}
    assert tree(root) == before
    places = ["--content", str(root), "--cache", str(root.with_name("cache"))]
    assert main.main(["tag", "2503.00001", "--add", "agents", *places]) == (
        1 if any(each.code != "unknown-tag" for each in problems) else 0
    )
    changed = {name for name, data in tree(root).items() if before.get(name) != data}
    assert all(name.startswith("tagging/2503/2503.00001") for name in changed)


@given(
    name=st.text(
        st.characters(exclude_categories=["Cs"], exclude_characters="/\0"), min_size=1, max_size=40
    )
)
@example(name="2503.00001\u200b")
@example(name="\u2024\u2024")
def test_a_file_of_any_name_is_a_tagging_or_a_problem(
    name: str, tmp_path_factory: pytest.TempPathFactory
) -> None:
    root = archive_of(tmp_path_factory)
    path = root / "tagging" / "2503" / f"{name}.yaml"
    put(root, FILE, b"tags: [graphs]\n")
    path.write_bytes(b"tags: [graphs]\n")
    problems = checks.check(reader.load_content(root), TODAY)
    assert bool(problems) == (name != "2503.00001" and not name.startswith("."))
    assert_plain(as_text(problems) + as_summary(problems))


def archive_of(factory: pytest.TempPathFactory) -> Path:
    """A fresh archive for each of many examples, in one place."""
    root = factory.getbasetemp() / "hostile" / "content"
    for each in existing(root):
        shutil.rmtree(each)
    return root if (root / "archive.yaml").exists() else archive(root)


def existing(root: Path) -> Iterator[Path]:
    yield from (path for path in [root / "tagging"] if path.exists())
