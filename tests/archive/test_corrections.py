"""Corrections: what the history of the content says of papers that were published before."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from datetime import date
from pathlib import Path

import pytest
from msgspec.structs import replace

from generator.archive import corrections
from generator.archive.corrections import Correction
from generator.cli import main
from generator.content import reader
from generator.core import git as git_module
from generator.core.git import history
from generator.core.model import Content, Tagging
from tests.archives import ROOT, build_arguments, daily, joined, paper, tag, tree, whole, write

MONDAY = daily(
    date(2025, 3, 10),
    paper("2503.00001", "One", authors=("A. Author",)),
    paper("2503.00002", "Two"),
)
START = whole(
    MONDAY,
    tags=[tag("graphs"), tag("sets", match=("two",))],
    taggings=[Tagging("2503.00001", ("graphs",))],
    corrections_days=90,
)


@pytest.fixture(autouse=True)
def _in_the_repository(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(ROOT)


def git(root: Path, *arguments: str, day: str = "2025-03-10") -> None:
    when = {"GIT_COMMITTER_DATE": f"{day}T12:00:00Z", "GIT_AUTHOR_DATE": "2001-01-01T00:00:00Z"}
    names = ("-c", "user.name=A. Author", "-c", "user.email=a@example.org")
    subprocess.run(
        ["git", *names, *arguments],
        cwd=root,
        env=os.environ | when,
        check=True,
        capture_output=True,
    )


class Repository:
    """An archive in a repository of its own."""

    def __init__(self, root: Path) -> None:
        self.root = root
        root.mkdir()
        git(root, "init", "--initial-branch", "main")
        self.commit(START, "2025-03-10")

    def commit(self, what: Content, day: str) -> None:
        shutil.rmtree(self.root / "content", ignore_errors=True)
        write(self.root / "content", what)
        git(self.root, "add", "--all")
        git(self.root, "commit", "--message", "Change", day=day)
        self.what = what

    def found(self) -> list[Correction]:
        loaded = reader.load_content(self.root / "content").content
        commits = history(self.root / "content", 90)
        archive = joined(*loaded.lists, tags=loaded.tags, taggings=loaded.taggings)
        return list(
            corrections.found(
                archive,
                commits or (),
                lambda file, data: reader.parse_file(self.root, file, data)[0],
            )
        )


@pytest.fixture
def repository(tmp_path: Path) -> Repository:
    return Repository(tmp_path / "repository")


def listed(what: Content, *papers: object, **more: object) -> Content:
    return replace(what, lists=(replace(what.lists[0], papers=papers), *what.lists[1:]), **more)


ONE, TWO = MONDAY.papers


def test_a_first_import_corrects_nothing(repository: Repository) -> None:
    assert repository.found() == []


def test_a_new_day_with_its_tags_corrects_nothing(repository: Repository) -> None:
    new = daily(date(2025, 3, 11), paper("2503.00003", "Three"))
    taggings = (*START.taggings, Tagging("2503.00003", ("graphs",)))
    repository.commit(replace(START, lists=(MONDAY, new), taggings=taggings), "2025-03-11")
    assert repository.found() == []


@pytest.mark.parametrize(
    ("changed", "title", "what"),
    [
        (listed(START, replace(ONE, title="Won"), TWO), "Won", ("Title corrected; it was: One",)),
        (
            listed(START, replace(ONE, authors=("B. Author",)), TWO),
            "One",
            ("Authors corrected.",),
        ),
        (listed(START, ONE), "Two", ("Withdrawn from the archive.",)),
        (
            replace(START, taggings=(Tagging("2503.00001", ("sets",)),)),
            "One",
            ("Tags given: Sets.", "Tags taken away: Graphs."),
        ),
        (
            replace(START, taggings=(*START.taggings, Tagging("2503.00002", (), ("sets",)))),
            "Two",
            ("Tags taken away: Sets.",),
        ),
        (
            replace(START, tags=(START.tags[0], tag("sets", match=("one",)))),
            "Sets",
            ("Its rules changed.",),
        ),
        (
            replace(START, tags=(*START.tags, tag("new", "A new one"))),
            "A new one",
            ("This tag is new.",),
        ),
        (
            replace(START, tags=(START.tags[0], tag("families", aliases=("sets",)))),
            "Sets",
            ("This tag is now Families.",),
        ),
        (
            replace(START, tags=(tag("graphs", aliases=("sets",)),)),
            "Sets",
            ("This tag is now Graphs.",),
        ),
        (
            listed(START, ONE, paper("another-id", "Two")),
            "Two",
            ("Merged: it was listed twice, and stays as another-id.",),
        ),
    ],
    ids=lambda value: value[0] if isinstance(value, tuple) else None,
)
def test_a_change_of_what_was_published(
    repository: Repository, changed: Content, title: str, what: tuple[str, ...]
) -> None:
    repository.commit(changed, "2025-03-20")
    (found,) = repository.found()
    assert (found.day, found.title, found.what) == (date(2025, 3, 20), title, what)
    assert found.name.startswith("2025-03-20-")


def test_a_line_that_stands_elsewhere_can_be_lost_as_well(repository: Repository) -> None:
    two = replace(TWO, authors=ONE.authors)
    repository.commit(listed(START, ONE, two), "2025-03-11")
    repository.commit(listed(START, replace(ONE, authors=("B. Author",)), two), "2025-03-20")
    assert [(each.title, each.what) for each in repository.found()] == [
        ("One", ("Authors corrected.",))
    ]


def test_a_tag_that_came_back_does_not_replace_itself(repository: Repository) -> None:
    repository.commit(replace(START, tags=(START.tags[0],)), "2025-03-11")
    assert [each.what for each in repository.found()] == [("This tag is no more.",)]
    repository.commit(START, "2025-03-12")
    assert [each.what for each in repository.found()] == [("This tag is new.",)]


@pytest.mark.parametrize(
    "changed",
    [
        listed(START, replace(ONE, upvotes=7, keywords=("x",)), TWO),
        listed(START, ONE, replace(TWO, abstract="It came late.")),
        replace(START, settings=replace(START.settings, title="Another")),
        replace(START, tags=(tag("graphs", description="Other words."), START.tags[1])),
        replace(START, taggings=(Tagging("2503.00001", ("graphs",), part="graphs"),)),
    ],
    ids=["upvotes", "a late abstract", "settings", "a description", "a tagging refiled"],
)
def test_what_is_no_correction(repository: Repository, changed: Content) -> None:
    repository.commit(changed, "2025-03-20")
    assert repository.found() == []


def test_newest_first_and_no_older_than_asked(repository: Repository) -> None:
    for day, title in (("2025-03-11", "A"), ("2025-05-30", "B"), ("2025-07-01", "C")):
        repository.commit(listed(START, replace(ONE, title=title), TWO), day)
    assert [str(each.day) for each in repository.found()] == ["2025-07-01", "2025-05-30"]


def test_a_merge_is_one_change(repository: Repository) -> None:
    git(repository.root, "checkout", "-b", "side")
    repository.commit(listed(START, replace(ONE, title="A"), TWO), "2025-03-11")
    repository.commit(listed(START, replace(ONE, title="B"), TWO), "2025-03-12")
    git(repository.root, "checkout", "main")
    git(repository.root, "merge", "--no-ff", "--message", "Merge", "side", day="2025-03-13")
    (found,) = repository.found()
    assert (str(found.day), found.title) == ("2025-03-13", "B")


def test_a_commit_of_very_many_files_is_not_read(repository: Repository) -> None:
    many = [paper(f"2503.{n:05}", f"Paper {n}") for n in range(1, 301)]
    one = listed(START, *many, taggings=())
    repository.commit(one, "2025-03-11")
    given = tuple(Tagging(each.id, ("graphs",)) for each in many)
    repository.commit(replace(one, taggings=given), "2025-03-12")
    assert {str(each.day) for each in repository.found()} == {"2025-03-11"}


def test_days_are_complete(repository: Repository, monkeypatch: pytest.MonkeyPatch) -> None:
    """Otherwise `check-feeds` would miss entries of a day that still has others."""
    for number, day in enumerate((11, 11, 12, 12, 13)):
        repository.commit(listed(START, replace(ONE, title=f"T{number}"), TWO), f"2025-03-{day}")
    monkeypatch.setattr(git_module, "MAX_COMMITS", 4)
    assert [each.day.day for each in repository.found()] == [13, 12, 12]
    monkeypatch.setattr(git_module, "MAX_COMMITS", 200)
    monkeypatch.setattr(corrections, "MAX_CORRECTIONS", 2)
    assert [each.day.day for each in repository.found()] == [13, 12, 12]
    assert [commit.when.day for commit in history(repository.root, 2) or ()] == [
        13,
        12,
        12,
    ]


def test_later_changes_keep_names(repository: Repository) -> None:
    """The tag's papers, its name and the paper's title change; the correction is the same."""
    tagged = replace(START, taggings=(Tagging("2503.00001", ("sets",)),))
    rules = (START.tags[0], tag("sets", match=("one",)))
    repository.commit(replace(tagged, tags=rules), "2025-03-11")
    before = {each.name for each in repository.found()}
    later = (START.tags[0], replace(rules[1], name="Sets and more"))
    new = daily(date(2025, 3, 12), paper("2503.00003", "One more"))
    repository.commit(replace(tagged, tags=later, lists=(MONDAY, new)), "2025-03-12")
    assert {each.name for each in repository.found() if each.day.day == 11} == before
    assert len(before) == 2


# ---- history that isn't there


def test_no_repository_and_no_git(
    repository: Repository, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    repository.commit(listed(START, ONE), "2025-03-20")
    shutil.copytree(repository.root / "content", tmp_path / "bare")
    assert history(tmp_path / "bare", 90) is None
    assert len(history(repository.root / "content", 90) or ()) == 1
    monkeypatch.setenv("PATH", str(tmp_path))
    assert history(repository.root / "content", 90) is None


def test_a_shallow_clone_and_a_repository_without_commits(
    repository: Repository, tmp_path: Path
) -> None:
    repository.commit(listed(START, ONE), "2025-03-20")
    git(tmp_path, "clone", "--depth", "2", f"file://{repository.root}", "shallow")
    assert history(tmp_path / "shallow" / "content", 90) is None
    write(tmp_path / "empty" / "content", START)
    git(tmp_path / "empty", "init")
    assert history(tmp_path / "empty" / "content", 90) is None


def test_broken_files_in_the_history_are_skipped(repository: Repository) -> None:
    path = repository.root / "content" / "daily" / "2025" / "2025-03-10.yaml"
    path.write_bytes(b"\xff[")
    (repository.root / "content" / "tagging" / "2503" / "2503.00001.yaml").write_text("tags: [")
    git(repository.root, "commit", "--all", "--message", "Break", day="2025-03-11")
    repository.commit(START, "2025-03-12")
    assert repository.found() == []


# ---- the site


def built(root: Path) -> dict[str, bytes]:
    assert main.main([*build_arguments(root), "--no-search", "--jobs", "1"]) == 0
    return tree(root / "site")


def test_the_page_and_the_feeds(repository: Repository) -> None:
    hostile = replace(ONE, title="<script>alert(1)</script> & *x*")
    repository.commit(listed(START, hostile, TWO), "2025-03-11")
    repository.commit(listed(START, ONE), "2025-03-12")
    site = built(repository.root)
    feed = json.loads(site["corrections/feed.json"])
    assert [(each["title"], each["date_published"][:10]) for each in feed["items"]] == [
        ("One", "2025-03-12"),
        ("Two", "2025-03-12"),
        ("One", "2025-03-11"),
    ]
    assert feed["items"][0]["id"].startswith("tag:example.org,2025:corrections/2025-03-12-")
    assert len({each["id"] for each in feed["items"]}) == 3
    page = site["corrections/index.html"].decode()
    assert "Withdrawn from the archive." in page
    assert "<script>alert" not in page
    assert {"corrections/rss.xml", "corrections/atom.xml"} <= site.keys()
    assert b"corrections/rss.xml" in site["feeds.opml"]


def test_a_clone_makes_the_same_bytes_and_bare_content_no_feed(
    repository: Repository, tmp_path: Path
) -> None:
    repository.commit(listed(START, replace(ONE, title="A"), TWO), "2025-03-11")
    git(tmp_path, "clone", str(repository.root), "clone")
    site = built(repository.root)
    assert built(tmp_path / "clone") == site
    shutil.copytree(repository.root / "content", tmp_path / "bare" / "content")
    bare = built(tmp_path / "bare")
    assert not [name for name in bare if "corrections" in name]
    assert b"corrections" not in bare["feeds.opml"]


def test_a_history_without_corrections_has_an_empty_feed(repository: Repository) -> None:
    """Else the feed would be gone as soon as nothing was corrected for a while."""
    site = built(repository.root)
    assert json.loads(site["corrections/feed.json"])["items"] == []
    assert b"Nothing has been corrected recently." in site["corrections/index.html"]


def test_nothing_is_generated_without_the_setting(repository: Repository) -> None:
    off = replace(START, settings=replace(START.settings, corrections_days=0))
    repository.commit(listed(off, ONE), "2025-03-11")
    assert not [name for name in built(repository.root) if "corrections" in name]
