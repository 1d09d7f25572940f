"""The commands `diff` and `check --against`, on real repositories."""

from __future__ import annotations

import json
import re
import shutil
import tempfile
from datetime import date
from pathlib import Path

import pytest
from msgspec.structs import replace

from generator.archive.build import build_archive
from generator.cli import main
from generator.core.model import Tagging
from generator.core.target import Target
from generator.review import baseline
from tests.archives import (
    ROOT,
    archive_of_graphs,
    commit,
    daily,
    git,
    paper,
    tag,
    tree,
    whole,
    write,
)

CAPSYS = pytest.CaptureFixture[str]


@pytest.fixture
def root(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A content folder in a repository with one commit; temporary files are below its parent."""
    monkeypatch.chdir(ROOT)
    (tmp_path / "temporary").mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "temporary"))
    write(tmp_path / "content", archive_of_graphs())
    commit(tmp_path)
    return tmp_path / "content"


def diff(root: Path, *arguments: str) -> int:
    return run("diff", *arguments, "--cache", str(root.with_name("cache")), "--content", str(root))


def run(*arguments: str) -> int:
    try:
        return main.main(list(arguments))
    except SystemExit as ending:
        return int(str(ending.code))


def rename(root: Path, alias: str = "graphs") -> None:
    """Give the tag another slug."""
    (root / "tags" / "graphs.yaml").unlink()
    names = (alias,) if alias else ()
    named = tag("networks", match=("graph",), aliases=names, former=names)
    write(root, whole(tags=[named]))


# ---- diff


def test_nothing_changed(root: Path, capsys: CAPSYS) -> None:
    assert diff(root, "HEAD") == 0
    assert "Nothing changes on the site.\n" in capsys.readouterr().out


def test_every_format_shows_the_effect_of_a_tagging(root: Path, capsys: CAPSYS) -> None:
    write(root, whole(taggings=[Tagging("2503.00003", ("graphs",))]))
    assert diff(root, "main") == 0
    assert "  2503.00003 On sets: + Graphs (people)\n" in capsys.readouterr().out
    assert diff(root, "main", "--format", "markdown") == 0
    assert "- `2503.00003` On sets: + **Graphs** (people)\n" in capsys.readouterr().out
    assert diff(root, "main", "--format", "json") == 0
    report = json.loads(capsys.readouterr().out)
    assert report["commit"] == git(root, "rev-parse", "main")
    assert [each["key"] for each in report["comparison"]["papers"]] == ["2503.00003"]


@pytest.mark.parametrize("is_cached", [False, True])
def test_the_report_is_the_same_with_and_without_a_cache(
    root: Path, capsys: CAPSYS, is_cached: bool
) -> None:
    rename(root)
    if is_cached:
        diff(root, "main")
        capsys.readouterr()
    assert diff(root, "main", "--format", "json") == 0
    warm = capsys.readouterr().out
    shutil.rmtree(root.with_name("cache"))
    assert diff(root, "main", "--format", "json") == 0
    assert capsys.readouterr().out == warm


def test_the_cache_stays_that_of_the_working_tree(root: Path, capsys: CAPSYS) -> None:
    """Else the next build would read again what the comparison replaced by another revision."""
    rename(root)
    diff(root, "main")
    kept = tree(root.with_name("cache"))
    assert diff(root, "main") == 0
    assert tree(root.with_name("cache")) == kept
    assert any(name.startswith("base/") for name in kept)
    capsys.readouterr()


def test_another_list_at_the_revision_leaves_the_cached_papers_alone(
    root: Path, capsys: CAPSYS
) -> None:
    """They are found by their place in a file, so papers of the revision must not be among them."""
    listed = archive_of_graphs().lists[0]
    later = daily(date(2025, 3, 11), paper("2503.00004", "On sets of graphs"))
    write(root, whole(later))
    commit(root.parent)
    write(root, whole(replace(listed, papers=listed.papers[:2])))
    assert diff(root, "main") == 0
    kept = tree(root.with_name("cache"))
    assert diff(root, "main") == 0, capsys.readouterr().err
    assert tree(root.with_name("cache")) == kept


def test_diff_changes_neither_content_nor_repository_and_leaves_no_files(root: Path) -> None:
    rename(root)
    before = tree(root), tree(root.parent / ".git")
    assert diff(root, "main") == 0
    assert (tree(root), tree(root.parent / ".git")) == before
    assert list((root.parent / "temporary").iterdir()) == []


def test_a_broken_working_tree_gives_the_messages_of_the_checks(root: Path, capsys: CAPSYS) -> None:
    (root / "tags" / "broken.yaml").write_text("name: [a\n")
    assert diff(root, "main", "--format", "markdown") == 1
    said = capsys.readouterr()
    assert said.out == ""
    assert said.err.startswith(f"{root / 'tags' / 'broken.yaml'}:2:1: yaml-syntax ")
    assert said.err.endswith("1 problem: fix the files named above, then run diff again\n")


def test_a_broken_base_is_compared_as_far_as_it_can_be_read(root: Path, capsys: CAPSYS) -> None:
    broken = root / "tags" / "broken.yaml"
    broken.write_text("name: [a\n")
    commit(root.parent)
    broken.unlink()
    write(root, whole(taggings=[Tagging("2503.00003", ("graphs",))]))
    assert diff(root, "HEAD") == 0
    said = capsys.readouterr().out
    assert "The content there has 1 problem: only what could be read is compared.\n" in said
    assert "+ Graphs (people)" in said


def test_a_base_without_the_content_makes_all_of_it_new(root: Path, capsys: CAPSYS) -> None:
    git(root, "checkout", "-q", "--orphan", "other")
    git(root, "rm", "-rq", "--cached", root)
    git(root, "commit", "-q", "--allow-empty", "-m", "Nothing")
    assert diff(root, "HEAD") == 0
    assert "New papers: 3\n" in capsys.readouterr().out


@pytest.mark.parametrize("base", ["nowhere", "", "main;id", "$(id)", "../x"])
def test_a_base_that_is_not_there_is_wrong_usage(root: Path, capsys: CAPSYS, base: str) -> None:
    assert diff(root, base) == 2
    said = capsys.readouterr()
    assert said.out == ""
    assert "revision" in said.err
    assert run("check", "--content", str(root), f"--against={base}") == 2


def test_a_base_is_never_an_option_of_git(root: Path, capsys: CAPSYS) -> None:
    for base in ("--output=/dev/null", "-h"):
        assert run("check", "--content", str(root), f"--against={base}") == 2
        assert "is not a revision" in capsys.readouterr().err
        assert run("diff", "--content", str(root), "--", base) == 2
        assert "is not a revision" in capsys.readouterr().err


# ---- check --against


def test_check_fails_if_a_published_url_would_be_lost(root: Path, capsys: CAPSYS) -> None:
    rename(root, alias="")
    assert run("check", "--content", str(root)) == 0
    assert run("check", "--content", str(root), "--against", "main") == 1
    said = capsys.readouterr()
    assert said.out == (
        f"{root}/tags/graphs.yaml:0:0: vanished-url /tags/graphs/ is published and would no "
        "longer exist (restore the tag, or add graphs to aliases and former of the tag that "
        f"replaces it; if it is intended, say in {root}/breaking-changes/: "
        "removed: [/tags/graphs/])\n"
    )
    assert "1 problem in 1 list with 3 papers\n" in said.err


def test_check_passes_if_the_old_name_is_an_alias(root: Path) -> None:
    rename(root)
    assert run("check", "--content", str(root), "--against", "main") == 0


def test_other_problems_come_first(root: Path, capsys: CAPSYS) -> None:
    """A tag that can't be read isn't gone."""
    (root / "tags" / "graphs.yaml").write_text("name: [a\n")
    assert run("check", "--content", str(root), "--against", "main") == 1
    assert [line.split(" ")[1] for line in capsys.readouterr().out.splitlines()] == ["yaml-syntax"]


def test_lost_urls_are_shown_for_given_paths_and_as_json(root: Path, capsys: CAPSYS) -> None:
    rename(root, alias="")
    check = ("check", "--content", str(root), "--against", "main")
    assert run(*check, str(root / "daily")) == 0
    assert run(*check, str(root / "tags")) == 1
    capsys.readouterr()
    assert run(*check, "--format", "json") == 1
    (problem,) = json.loads(capsys.readouterr().out)
    assert (problem["code"], problem["path"]) == ("vanished-url", f"{root}/tags/graphs.yaml")


def test_a_redirect_made_as_html_counts_as_the_page_of_its_url(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    made = [Target(path, b"x", bytes) for path in ("tags/old/index.html", "index.md", "rss.xml")]
    monkeypatch.setattr(baseline, "all_targets", lambda _: made)
    state = baseline.state(build_archive(archive_of_graphs()))
    assert list(state.targets) == ["tags/old.md", "index.md", "rss.xml"]


# ---- the job's summary


def test_all_problems_go_into_the_jobs_summary(
    root: Path, capsys: CAPSYS, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    summary = tmp_path / "summary.md"
    summary.write_text("Before.\n")
    monkeypatch.setenv("GITHUB_STEP_SUMMARY", str(summary))
    check = ("check", "--content", str(root), "--format")
    assert run(*check, "github") == 0
    assert summary.read_text() == "Before.\n"
    names = tuple(f"unknown-{number} @someone" for number in range(12))
    write(root, whole(taggings=[Tagging("2503.00003", names)]))
    assert run(*check, "text") == 1
    assert summary.read_text() == "Before.\n"
    assert run(*check, "github") == 1
    assert capsys.readouterr().out.count("::error ") == 10
    text = summary.read_text()
    assert text.startswith("Before.\n## 12 problems in the content\n\n- `")
    assert text.count("`unknown-tag`") == 12
    assert not re.search(r"@\w", re.sub("`[^`]*`", "", text))


def test_a_summary_that_cannot_be_written_is_said(
    root: Path, capsys: CAPSYS, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GITHUB_STEP_SUMMARY", str(root))
    (root / "tags" / "graphs.yaml").write_text("name: [a\n")
    assert run("check", "--content", str(root), "--format", "github") == 3
    assert "cannot write the job's summary" in capsys.readouterr().err


# ---- the corpus


@pytest.mark.corpus
@pytest.mark.slow
def test_the_corpus_is_compared(
    corpus_content: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: CAPSYS
) -> None:
    """A rule that takes far too many of 11,522 papers is seen; for times see the documentation."""
    monkeypatch.chdir(ROOT)
    root = shutil.copytree(corpus_content, tmp_path / "content")
    commit(tmp_path)
    path = root / "tags" / "agents.yaml"
    path.write_text(path.read_text().replace("match:\n", "match:\n- benchmark\n", 1))
    capsys.readouterr()
    assert diff(root, "HEAD", "--format", "json") == 0
    comparison = json.loads(capsys.readouterr().out)["comparison"]
    assert [each["phrase"] for each in comparison["broad"]] == ["benchmark"]
    assert len(comparison["papers"]) > 1000
