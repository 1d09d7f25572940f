"""The tagging queue: which papers, in which order, with which hints."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest

from generator.archive import tagging_queue
from generator.archive.build import build_archive
from generator.archive.model import Archive
from generator.cli import main
from generator.cli import queue as queue_command
from generator.core.model import Tagging
from generator.render.pages import queue
from generator.site import build
from generator.site.options import BuildOptions, Folders
from tests.archives import MONDAY, ROOT, TODAY, daily, joined, paper, tag, varied, whole, write

GRAPHS = tag("graphs", match=("graph",))
TREES = tag("trees", match=("tree",), aliases=("forests of cherries",))


def keys(read: Archive) -> list[str]:
    return [entry.key for entry in tagging_queue.queue(read)]


def test_newest_week_first_then_untagged_then_most_upvoted() -> None:
    read = joined(
        daily(date(2025, 3, 10), paper("a-graph", "On a graph", upvotes=90), paper("b", "B")),
        daily(
            date(2025, 3, 14), paper("c-graph", "A graph", upvotes=2), paper("d", "D", upvotes=1)
        ),
        daily(date(2025, 3, 9), paper("e", "E", upvotes=99)),
        tags=[GRAPHS],
    )
    assert keys(read) == ["d", "b", "a-graph", "c-graph", "e"]


def test_papers_that_people_tagged_are_not_in_the_queue() -> None:
    read = joined(
        daily(date(2025, 3, 10), paper("a", "A graph"), paper("b", "B"), paper("c", "A graph")),
        tags=[GRAPHS],
        taggings=[Tagging("b", tags=("graphs",)), Tagging("c", remove=("graphs",))],
    )
    assert keys(read) == ["c", "a"]


def test_a_name_whose_words_are_in_a_text_is_a_hint() -> None:
    read = joined(
        daily(date(2025, 3, 10), paper("a", "Cherry picking in forests of all kinds, a graph")),
        tags=[
            GRAPHS,
            tag("cherries", aliases=("cherry forests",)),
            tag("c", aliases=("forest walks",)),
        ],
    )
    (entry,) = tagging_queue.queue(read)
    assert [each.slug for each in tagging_queue.TagHints(read).of(entry)] == ["cherries"]


def test_a_tag_that_often_goes_with_its_tags_is_a_hint_unless_people_removed_it() -> None:
    both = [paper(f"both-{n}", "A graph and a tree") for n in range(6)]
    lists = daily(date(2025, 3, 10), *both, paper("alone", "A graph"), paper("taken", "One graph"))
    read = joined(lists, tags=[GRAPHS, TREES], taggings=[Tagging("taken", remove=("Trees",))])
    hints = tagging_queue.TagHints(read)
    assert [each.slug for each in hints.of(read.entries["alone"])] == ["trees"]
    assert hints.of(read.entries["taken"]) == ()
    assert hints.of(read.entries["both-1"]) == ()


def test_the_wider_tag_is_no_hint() -> None:
    read = joined(
        daily(date(2025, 3, 10), paper("a", "A graph of deep structure")),
        tags=[tag("deep", "Deep structure"), tag("graphs", match=("graph",), parent="deep")],
    )
    assert tagging_queue.TagHints(read).of(read.entries["a"]) == ()


def test_the_page_shows_a_limited_number_with_links_that_have_the_hints() -> None:
    total = queue.MAX_PAPERS + 5
    papers = [paper(f"p-{n}", f"Paper {n} on cherries of forests") for n in range(total)]
    (target,) = queue.targets(joined(daily(date(2025, 3, 10), *papers), tags=[TREES]))
    text = target.make().decode()
    assert text.count("\n- [") == queue.MAX_PAPERS
    assert f"\n{total} papers without a tag that people gave, " in text
    assert "value=tags:%0A-%20trees%0A" in text
    assert "&amp;add=trees" in text


def test_an_empty_archive_has_an_empty_queue() -> None:
    (target,) = queue.targets(build_archive(whole()))
    assert "No paper needs tags." in target.make().decode()


class TestCommand:
    @pytest.fixture(autouse=True)
    def _in_an_archive(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.chdir(tmp_path)
        monkeypatch.setattr(queue_command, "today", lambda: TODAY)
        write(tmp_path / "content", varied())

    def test_json_has_all_that_the_page_has(self, capsys: pytest.CaptureFixture[str]) -> None:
        assert main.main(["queue", "--counted", "--format", "json", "--limit", "1"]) == 0
        (found,) = json.loads(capsys.readouterr().out)
        assert found["id"] == "doi:10.1000/Ab_c(1)"
        assert found["tags"] == []
        filled = parse_qs(urlsplit(found["form"]).query)
        assert filled["paper"] == ["doi:10.1000/Ab_c(1)"]
        assert parse_qs(urlsplit(found["file"]).query)["value"] == ["tags:\n- "]

    def test_text_says_how_many_need_tags(self, capsys: pytest.CaptureFixture[str]) -> None:
        assert main.main(["queue", "--counted"]) == 0
        said = capsys.readouterr()
        assert (
            "2412.00009  Older placeholder on graphs\n  2024-12-30, 3 upvotes; has graphs"
            in said.out
        )
        assert said.err == "2 papers need tags; 2 are shown\n"
        assert main.main(["queue", "--counted", "--limit", "1"]) == 0
        assert capsys.readouterr().err == "2 papers need tags; 1 is shown\n"


def test_the_page_says_how_many_it_shows(monkeypatch: pytest.MonkeyPatch) -> None:
    read = joined(daily(MONDAY, *(paper(f"2503.{n:05}") for n in range(3))))
    for most, words in ((1, "shows 1 paper of them."), (2, "shows 2 papers of them.")):
        monkeypatch.setattr(queue, "MAX_PAPERS", most)
        (target,) = queue.targets(read)
        assert words in target.make().decode()
    monkeypatch.setattr(queue, "MAX_PAPERS", 3)
    (target,) = queue.targets(read)
    assert "of them." not in target.make().decode()


def test_the_pages_lead_to_the_queue(tmp_path: Path) -> None:
    write(tmp_path / "content", varied())
    folders = Folders(
        tmp_path / "content",
        tmp_path / "docs",
        tmp_path / "site",
        project=ROOT,
    )
    build.build(folders, TODAY, BuildOptions(searchable=False))
    assert 'href="../queue/"' in (tmp_path / "site/tags/index.html").read_text()
