"""Tags learnt from the archive's own papers, which needs scikit-learn; nothing else does."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest

from benchmarks import suggestions
from generator.archive import tag_model, tagging_queue
from generator.archive.model import Archive, Entry
from generator.cli import main, queue
from generator.core.model import Tagging
from tests.archives import ROOT, TODAY, daily, joined, paper, tag, whole, write

DAY = date(2025, 3, 10)
TAGS = [
    tag("graphs", match=("graph",)),
    tag("trees", match=("tree",)),
    tag("rare", match=("rare",)),
]
needs_library = pytest.mark.skipif(
    not tag_model.is_installed(), reason="needs scikit-learn: pip install .[suggest]"
)


def papers() -> Archive:
    graphs = [paper(f"g-{n}", f"Vertices and edges of a graph, part {n}") for n in range(8)]
    trees = [paper(f"t-{n}", f"Roots and leaves of a tree, part {n}") for n in range(8)]
    asked = [paper("asked", "Edges and vertices"), paper("leaves", "Leaves, roots")]
    return joined(daily(DAY, *graphs, *trees, *asked), tags=TAGS)


def nothing(_: Entry) -> set[str]:
    return set()


def slugs(read: Archive, key: str, unwanted: Callable[[Entry], set[str]] = nothing) -> list[str]:
    (tags,) = tag_model.suggest(read, [read.entries[key]], unwanted)
    return [each.slug for each in tags]


@needs_library
def test_words_that_go_with_a_tag_suggest_it() -> None:
    read = papers()
    assert slugs(read, "asked") == ["graphs", "trees"]
    assert slugs(read, "leaves") == ["trees", "graphs"]


@needs_library
def test_tags_that_a_paper_has_or_lost_are_not_suggested() -> None:
    read = papers()
    assert "graphs" not in slugs(read, "g-1", tagging_queue.TagHints(read).unwanted)
    lost = joined(
        *(daily(each.date, *(entry.paper for entry in each.entries)) for each in read.days),
        tags=TAGS,
        taggings=[Tagging("asked", remove=("Graphs",))],
    )
    assert slugs(lost, "asked", tagging_queue.TagHints(lost).unwanted) == ["trees"]


@needs_library
def test_the_same_papers_suggest_the_same_in_any_order() -> None:
    read = papers()
    turned = joined(
        daily(DAY, *(e.paper for e in reversed(list(read.entries.values())))), tags=TAGS
    )
    for key in ("asked", "leaves"):
        assert slugs(read, key) == slugs(turned, key)


@needs_library
@pytest.mark.parametrize("title", ["A", "?", "a b c"])
def test_a_paper_without_words_gets_no_tags(title: str) -> None:
    read = joined(daily(DAY, paper("a", title)), tags=TAGS)
    assert slugs(read, "a") == []


def test_scikit_learn_is_imported_only_when_used(tmp_path: Path) -> None:
    write(tmp_path / "content", whole(daily(DAY, paper("a", "A graph")), tags=TAGS))
    code = (
        "import sys; from generator.cli import main;"
        f"main.main(['queue', '--no-model', '--content', {str(tmp_path / 'content')!r},"
        f" '--cache', {str(tmp_path / 'cache')!r}]);"
        "import generator.render.targets; sys.exit('sklearn' in sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, check=False)
    assert done.returncode == 0, done.stderr


def test_without_the_library_the_command_suggests_by_counts(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(queue, "today", lambda: TODAY)
    monkeypatch.setattr(tag_model, "is_installed", lambda: False)
    forest = tag("forests", aliases=("cherry forest",))
    write(tmp_path / "content", whole(daily(DAY, paper("a", "A forest of cherry")), tags=[forest]))
    assert main.main(["queue", "--format", "json"]) == 0
    (found,) = json.loads(capsys.readouterr().out)
    assert found["suggested"] == ["forests"]


@needs_library
def test_with_the_library_the_command_trains_a_model(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(queue, "today", lambda: TODAY)
    everything = daily(DAY, *(entry.paper for entry in papers().entries.values()))
    write(tmp_path / "content", whole(everything, tags=TAGS))
    assert main.main(["queue", "--format", "json"]) == 0
    said = capsys.readouterr()
    found = {each["id"]: each["suggested"] for each in json.loads(said.out)}
    assert found["asked"] == ["graphs", "trees"]
    assert "training a model on 18 papers" in said.err


class TestMeasuring:
    def test_precision_and_recall(self) -> None:
        (entry,) = joined(daily(DAY, paper("a", "A graph"))).entries.values()
        case = suggestions.Case(entry, frozenset({"x", "y"}), given=frozenset({"z"}))
        found = suggestions.score([case], [["z", "x", "a", "b", "c", "y"]])
        assert found == suggestions.Score(1.0, 1 / 3, 1.0)
        worse = suggestions.score([case], [["a", "z", "b", "c", "d", "e", "x"]])
        assert worse == suggestions.Score(0.0, 0.0, 0.0)

    def test_a_phrase_or_name_reveals_a_tag(self) -> None:
        read = joined(
            daily(
                DAY,
                paper("away", "A graph"),
                paper("kept", "Vertices of a tree", keywords=("graphs",)),
                paper("named", "On the subject of Trees", keywords=("tree",)),
            ),
            tags=TAGS,
        )
        (case,) = suggestions.not_given_away(read, list(read.entries.values()))
        assert case.entry.key == "kept"
        assert case.wanted == {"graphs"}
        assert case.given == {"trees"}

    def test_phrases_are_masked(self) -> None:
        (entry,) = joined(daily(DAY, paper("a", "Two Graphs of a kind"))).entries.values()
        assert suggestions.Mask(TAGS).text(entry) == "two _ of a kind"
