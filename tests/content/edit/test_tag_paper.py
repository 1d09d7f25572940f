"""`paper-archive tag`: one tagging file changes, as asked, or nothing does and it says why."""

from __future__ import annotations

from pathlib import Path

import pytest

from generator.archive.load import load_archive
from generator.cli import main
from generator.core import ids, links
from generator.core.model import Tagging
from generator.core.paths import tagging_file
from tests.archives import MONDAY, ROOT, TODAY, daily, paper, tag, tree, whole, write

CAPSYS = pytest.CaptureFixture[str]
ODD_DOI = "doi:10.1000/(a)<b>;1/2?3#4%41"
FILE = "tagging/2503/2503.00001.yaml"


@pytest.fixture
def root(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(ROOT)
    tags = [tag("graphs", aliases=("graph learning",)), tag("agents"), tag("survey")]
    lists = daily(
        MONDAY,
        *map(paper, ("2503.00001", "doi:10.1000/A_b", "a-slug-of-a-title", "cs/0112017", ODD_DOI)),
    )
    taggings = [Tagging("a-slug-of-a-title", ("agents",))]
    return write(tmp_path / "content", whole(lists, tags=tags, taggings=taggings))


def run(root: Path, *arguments: str) -> int:
    cache = root.with_name("cache")
    try:
        return main.main(["tag", *arguments, "--content", str(root), "--cache", str(cache)])
    except SystemExit as ending:
        return int(str(ending.code))


def tagging_files(root: Path) -> dict[str, str]:
    """The texts of the first paper's tagging files, by name."""
    top = (root / FILE).parent
    return {each.relative_to(top).as_posix(): each.read_text() for each in top.rglob("*.yaml")}


def test_each_tag_has_a_file_of_its_own(root: Path, capsys: CAPSYS) -> None:
    assert run(root, "2503.00001", "--add", "survey", "--add", "Graph-Learning") == 0
    assert tagging_files(root) == {
        "2503.00001/graphs.yaml": "tags:\n- graphs\n",
        "2503.00001/survey.yaml": "tags:\n- survey\n",
    }
    paths = [root / tagging_file("2503.00001", part) for part in ("graphs", "survey")]
    assert capsys.readouterr().err == "".join(
        f"{path}: changed (A Placeholder)\n" for path in paths
    )
    assert run(root, "2503.00001", "--add", "agents", "--remove", "survey") == 0
    assert tagging_files(root) == {
        "2503.00001/agents.yaml": "tags:\n- agents\n",
        "2503.00001/graphs.yaml": "tags:\n- graphs\n",
        "2503.00001/survey.yaml": "remove:\n- survey\n",
    }
    assert not load_archive(root, TODAY).entries["2503.00001"].tags[2:]


def test_a_file_that_speaks_of_a_tag_goes_on_doing_so(root: Path) -> None:
    path = root / FILE
    path.parent.mkdir(parents=True)
    path.write_text("tags:\n- graph learning  # see section 3\n- survey\n")
    assert run(root, "2503.00001", "--remove", "graphs", "--add", "survey", "--add", "agents") == 0
    assert tagging_files(root) == {
        "2503.00001.yaml": "tags:\n# see section 3\n- survey\nremove:\n- graphs\n",
        "2503.00001/agents.yaml": "tags:\n- agents\n",
    }


def test_what_several_files_say_of_a_tag_is_said_by_one(root: Path) -> None:
    for part in ("", "one", "two"):
        path = root / tagging_file("2503.00001", part)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("tags:\n- graphs\n- survey\n")
    assert run(root, "2503.00001", "--remove", "graphs") == 0
    assert tagging_files(root) == {
        "2503.00001.yaml": "tags:\n- survey\nremove:\n- graphs\n",
        "2503.00001/one.yaml": "tags:\n- survey\n",
        "2503.00001/two.yaml": "tags:\n- survey\n",
    }


def test_what_is_said_already_changes_nothing(root: Path, capsys: CAPSYS) -> None:
    (root / tagging_file("a-slug-of-a-title")).write_text("tags:\n- agents  # twice\n")
    before = tree(root)
    assert run(root, "a-slug-of-a-title", "--add", "agents") == 0
    assert tree(root) == before
    assert "already as asked" in capsys.readouterr().err


def test_a_tag_taken_away_and_given_back_leaves_no_empty_file(root: Path) -> None:
    path = root / FILE
    path.parent.mkdir(parents=True)
    path.write_text("tags: []\n")
    assert run(root, "2503.00001", "--add", "graphs") == 0
    assert tagging_files(root) == {"2503.00001/graphs.yaml": "tags:\n- graphs\n"}
    path.write_text("tags: []\nremove: []\n")
    assert run(root, "2503.00001", "--remove", "graphs") == 0
    assert tagging_files(root) == {"2503.00001/graphs.yaml": "remove:\n- graphs\n"}


@pytest.mark.parametrize(
    ("named", "key"),
    [
        ("2503.00001v3", "2503.00001"),
        ("arXiv:2503.00001", "2503.00001"),
        ("https://arxiv.org/abs/2503.00001v2", "2503.00001"),
        ("https://example.org/papers/2503.00001/", "2503.00001"),
        ("arxiv:2503.00001v1", "2503.00001"),
        ("arXiv: 2503.00001", "2503.00001"),
        ("arxiv.org/abs/2503.00001", "2503.00001"),
        ("http://www.arxiv.org/pdf/2503.00001v2.pdf", "2503.00001"),
        ("https://export.arxiv.org/pdf/2503.00001.pdf#page=3", "2503.00001"),
        ("https://arxiv.org/html/2503.00001v2/?utm_source=x", "2503.00001"),
        ("https://arxiv.org/abs/cs/0112017", "cs-0112017"),
        ("https://arxiv.org/pdf/cs/0112017v1", "cs-0112017"),
        ("cs/0112017v1", "cs-0112017"),
        ("https://huggingface.co/papers/2503.00001", "2503.00001"),
        ("https://huggingface.co/papers/2503.00001?ref=x#comments", "2503.00001"),
        ("https://doi.org/10.48550/arXiv.2503.00001", "2503.00001"),
        ("https://example.org/papers/2503.00001/#tags", "2503.00001"),
        ("https://example.org/papers/a-slug-of-a-title/index.html", "a-slug-of-a-title"),
        ("example.org/papers/papers/a-slug-of-a-title/?q=1", "a-slug-of-a-title"),
        ("doi:10.1000/A_b", "doi-10.1000-a-b"),
        ("DOI: 10.1000/a_b", "doi-10.1000-a-b"),
        ("10.1000/A_b", "doi-10.1000-a-b"),
        ("https://doi.org/10.1000/A_b", "doi-10.1000-a-b"),
        ("http://dx.doi.org/10.1000/A%5Fb", "doi-10.1000-a-b"),
        ("doi.org/10.1000/A_b", "doi-10.1000-a-b"),
        ("doi-10.1000-a-b", "doi-10.1000-a-b"),
        (links.abstract_url(ODD_DOI), ids.paper_key(ODD_DOI)),
    ],
)
def test_a_paper_is_known_by_id_key_and_address(root: Path, named: str, key: str) -> None:
    assert run(root, named, "--add", "graphs") == 0
    assert (root / tagging_file(key, "graphs")).read_text() == "tags:\n- graphs\n"


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (("2503.0001", "--add", "graphs"), "no daily list contains the paper '2503.0001' (did you"),
        (("https://[x", "--add", "graphs"), "no daily list contains the paper 'https://[x' (use"),
        (("https://arxiv.org/", "--add", "graphs"), "no daily list contains the paper 'https:"),
        (("../../x", "--add", "graphs"), "no daily list contains the paper '../../x' (use its id"),
        (("2503.00001\n", "--add", "gra\nphs "), "there is no tag 'gra\nphs '"),
        (("2503.00001", "--add", "grahps"), "there is no tag 'grahps' (did you mean 'graphs'?)"),
        (("2503.00001", "--add", "../tags"), "there is no tag '../tags' (use a tag from"),
        (("2503.00001", "--add", "graphѕ"), "there is no tag 'graphѕ'"),
        (("2503.00001", "--add", "x" * 10**6), "there is no tag 'xxx"),
        (("2503.00001", "--add", "graphs", "--remove", "graph learning"), "added and removed"),
        (("2503.00001",), "nothing to do: pass --add TAG or --remove TAG"),
    ],
)
def test_what_is_not_there_is_refused_and_nothing_changes(
    root: Path, capsys: CAPSYS, arguments: tuple[str, ...], says: str
) -> None:
    before = tree(root)
    assert run(root, *arguments) == 2
    said = capsys.readouterr().err
    assert says in said
    assert len(said) < 300
    assert tree(root) == before


@pytest.mark.parametrize("text", ["tags: &a [graphs]\n", "tags: graphs\n", "tagz: []\n", "\0"])
def test_a_file_with_problems_is_left_as_it_is(root: Path, capsys: CAPSYS, text: str) -> None:
    path = root / FILE
    path.parent.mkdir(parents=True)
    path.write_text(text)
    assert run(root, "2503.00001", "--add", "graphs") == 1
    assert path.read_text() == text
    said = capsys.readouterr()
    assert said.out.startswith(f"{path}:1:")
    assert "nothing was changed" in said.err


@pytest.mark.parametrize("file", ["tags/graphs.yaml", "daily/2025/2025-03-10.yaml"])
def test_what_a_file_with_problems_may_have_is_not_said_to_be_missing(
    root: Path, tmp_path: Path, capsys: CAPSYS, file: str
) -> None:
    (root / file).write_text("name: [\n")
    before = tree(root)
    assert run(root, "2503.00001", "--add", "graphs") == 1
    said = capsys.readouterr()
    assert said.out.startswith(f"{root / file}:")
    assert "nothing was changed: fix the file and try again" in said.err
    form = tmp_path / "form.md"
    form.write_text("### Paper\n\n2503.00001\n\n### Tags to add\n\ngraphs\n")
    assert run(root, "--from-issue", str(form)) == 1
    said = capsys.readouterr()
    assert "has problems: a maintainer has to fix" in said.out
    assert "there is no tag 'graphs'" not in said.out
    assert tree(root) == before
