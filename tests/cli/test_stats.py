"""`stats`: the shares, and content without papers."""

from __future__ import annotations

from pathlib import Path

from generator.core.model import Content
from tests.archives import MONDAY, daily, minimal, paper, tag, varied, whole, write
from tests.cli.calls import CAPSYS, add_a_broken_tag, run


def test_stats_print_the_shares(tmp_path: Path, capsys: CAPSYS) -> None:
    assert run("stats", "--content", write(tmp_path, varied())) == 0
    shown = capsys.readouterr().out
    assert "tagged              3 papers, 75.0 %" in shown
    assert "long-context" in shown


def test_one_paper_is_not_one_papers(tmp_path: Path, capsys: CAPSYS) -> None:
    assert run("stats", "--content", write(tmp_path, archive_of_one())) == 0
    shown = capsys.readouterr().out.splitlines()
    assert "tags                2, 1 without papers" in shown
    assert "tagged              1 paper, 100.0 %" in shown
    assert f"  {'graphs':<32}      1 paper, 100.0 %" in shown


def archive_of_one() -> Content:
    tags = [tag("graphs", match=("graph",)), tag("sets")]
    return whole(daily(MONDAY, paper(title="On a graph")), tags=tags)


def test_stats_of_broken_content_are_refused(tmp_path: Path, capsys: CAPSYS) -> None:
    minimal(tmp_path / "content")
    add_a_broken_tag(tmp_path)
    assert run("stats", "--content", tmp_path / "content") == 1
    assert "yaml-syntax" in capsys.readouterr().err


def test_stats_of_nothing(tmp_path: Path, capsys: CAPSYS) -> None:
    assert run("stats", "--content", write(tmp_path, whole())) == 0
    assert "papers              0" in capsys.readouterr().out
