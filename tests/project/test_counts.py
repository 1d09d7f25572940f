"""What a build writes, counted: a guard against work that grows unseen, without a clock."""

from __future__ import annotations

from pathlib import Path

from benchmarks import counts


def test_the_fixed_archive_becomes_as_many_files_and_bytes_as_before(tmp_path: Path) -> None:
    found = counts.differences(counts.expected(), counts.found(tmp_path))
    assert not found, "if this is meant: make update-counts, and say why in the commit\n" + (
        "\n".join(found)
    )


def test_differences_show_what_changed() -> None:
    before = {"site": {"papers .html": {"files": 2, "bytes": 10}}}
    now = {"site": {"papers .html": {"files": 2, "bytes": 11}, "x": {"files": 1, "bytes": 1}}}
    assert counts.differences(before, before) == []
    assert counts.differences(before, now) == [
        "site/papers .html: 2 files and 10 bytes, now 2 files and 11 bytes",
        "site/x: none, now 1 files and 1 bytes",
    ]
