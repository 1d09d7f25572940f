"""People who tag papers at the same time: git merges what they file, without a word of theirs lost.

The people, papers and tags are those of `benchmarks/conflicts.py`.
"""

from __future__ import annotations

from pathlib import Path

from benchmarks import conflicts
from benchmarks.conflicts import Contribution, Files, Filing
from generator.content.edit import tagging_file
from generator.core import paths


def by_command(files: Files, said: Contribution) -> dict[str, str]:
    """Filing as `paper-archive tag` does it."""
    parts = {
        part: files[name]
        for part in ("", *said.add, *said.remove)
        if (name := paths.tagging_file(said.paper, part)) in files
    }
    after = tagging_file.filed(parts, said.add, said.remove, str)
    made = {paths.tagging_file(said.paper, part): text for part, text in after.items()}
    return {**files, **made}


def test_people_who_tag_at_the_same_time_do_not_conflict(tmp_path: Path) -> None:
    figures = conflicts.measure(Filing("the command", by_command), tmp_path, is_same=False)
    assert figures == conflicts.Figures(pairs=200, conflicts=0, contradictions=0, wrong=0)


def test_people_who_tag_one_paper_conflict_where_they_contradict(tmp_path: Path) -> None:
    figures = conflicts.measure(Filing("the command", by_command), tmp_path, is_same=True)
    assert figures == conflicts.Figures(pairs=200, conflicts=3, contradictions=3, wrong=0)


def test_the_measure_sees_conflicts_and_wrong_merges(tmp_path: Path) -> None:
    sorted_ones = {filing.name: filing for filing in conflicts.FILINGS}
    plain = conflicts.measure(
        sorted_ones["a file a paper, sorted"], tmp_path / "plain", is_same=True
    )
    assert plain.conflicts > 100
    union = sorted_ones["a file a paper, sorted, `merge=union`"]
    figures = conflicts.measure(union, tmp_path / "union", is_same=True)
    assert figures.conflicts == 0
    assert figures.wrong > 0
