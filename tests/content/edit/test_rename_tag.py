"""`paper-archive rename-tag`: the whole content changes, or nothing does and it says why."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest

from generator.archive.build import build_archive
from generator.cli import main
from generator.content import checks, reader
from generator.core import paths
from generator.core.model import Tagging
from tests.archives import MONDAY, ROOT, TODAY, daily, paper, tag, tree, whole, write

CAPSYS = pytest.CaptureFixture[str]


@pytest.fixture
def root(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(ROOT)
    tags = [
        tag("rag", "RAG", aliases=("retrieval augmentation",), parent="llm", match=("retriever",)),
        tag("search", match=("search engine",)),
        tag("reranking", parent="rag"),
        tag("fusion", parent="reranking"),
        tag("llm", "LLM"),
    ]
    lists = [
        daily(MONDAY, paper("2503.00001", "A retriever"), paper("2503.00002", "A search engine"),
              paper("2503.00003", "A retriever for a search engine")),
        daily(MONDAY + timedelta(1), paper("2503.00004"), paper("2503.00005")),
    ]  # fmt: skip
    taggings = [
        Tagging("2503.00002", remove=("search",)),
        Tagging("2503.00003", remove=("rag",)),
        Tagging("2503.00004", ("Retrieval-Augmentation", "llm")),
        Tagging("2503.00005", ("rag",), ("search",)),
    ]
    root = write(tmp_path / "content", whole(*lists, tags=tags, taggings=taggings))
    path = root / paths.tagging_file("2503.00004")
    path.write_text("# why\ntags:\n- Retrieval-Augmentation  # because\n- LLM\n")
    path = root / paths.tag_file("reranking")
    path.write_text("# below\nname: Reranking\ndescription: D.\nparent: rag  # for now\n")
    return root


def run(root: Path, *arguments: str) -> int:
    cache = root.with_name("cache")
    try:
        return main.main(["rename-tag", *arguments, "--content", str(root), "--cache", str(cache)])
    except SystemExit as ending:
        return int(str(ending.code))


def tags_of(root: Path) -> dict[str, set[str]]:
    found = build_archive(reader.load_content(root).content)
    return {key: {use.tag.slug for use in entry.tags} for key, entry in found.entries.items()}


def test_a_tag_gets_another_slug_everywhere_and_comments_stay(root: Path, capsys: CAPSYS) -> None:
    before = tree(root)
    papers = tags_of(root)
    assert run(root, "rag", "retrieval", "--name", "Retrieval") == 0
    said = capsys.readouterr().err
    assert said == "rag renamed to retrieval, shown as 'Retrieval'; 3 taggings changed\n"
    after = tree(root)
    assert checks.check(reader.load_content(root), TODAY) == []
    assert after.keys() - before.keys() == {"tags/retrieval.yaml"}
    assert before.keys() - after.keys() == {"tags/rag.yaml"}
    changed = {name for name in before.keys() & after.keys() if before[name] != after[name]}
    assert changed == {
        "tags/reranking.yaml",
        *(paths.tagging_file(f"2503.0000{number}") for number in (3, 4, 5)),
    }
    assert (root / "tags/retrieval.yaml").read_text() == (
        "name: Retrieval\ndescription: What rag is about.\naliases:\n- retrieval augmentation\n"
        "- rag\nformer: [rag]\nparent: llm\nmatch:\n- retriever\n"
    )
    assert after["tags/reranking.yaml"] == (
        b"# below\nname: Reranking\ndescription: D.\nparent: retrieval  # for now\n"
    )
    assert after[paths.tagging_file("2503.00004")] == (
        b"# why\ntags:\n- retrieval  # because\n- LLM\n"
    )
    assert tags_of(root) == {
        key: {"retrieval" if slug == "rag" else slug for slug in slugs}
        for key, slugs in papers.items()
    }


def test_a_merged_tag_is_part_of_the_other_and_no_paper_loses_it(
    root: Path, capsys: CAPSYS
) -> None:
    assert run(root, "rag", "search") == 0
    said = capsys.readouterr().err
    assert said == "rag merged into search, shown as 'Search'; 3 taggings changed\n"
    assert checks.check(reader.load_content(root), TODAY) == []
    tags = {each.slug: each for each in reader.load_content(root).content.tags}
    assert "rag" not in tags
    assert tags["search"].aliases == ("rag", "retrieval augmentation")
    assert tags["search"].match == ("search engine", "retriever")
    assert tags["reranking"].parent == "search"
    assert tags_of(root) == {
        "2503.00001": {"search"},
        "2503.00002": set(),
        "2503.00003": {"search"},  # it had this one by rule, and lost only the other
        "2503.00004": {"search", "llm"},
        "2503.00005": {"search"},
    }
    assert not (root / paths.tagging_file("2503.00003")).exists()


def test_a_removed_tag_stays_where_the_other_was_given_by_a_rule(root: Path) -> None:
    """The paper has `rag` by a rule, and somebody took `search` away: it keeps what it has."""
    path = root / paths.tagging_file("2503.00001")
    path.write_text("remove: [search]\n")
    assert run(root, "rag", "search") == 0
    assert tags_of(root)["2503.00001"] == {"search"}
    assert not path.exists()


def test_a_tag_is_retired_by_merging_it_into_its_parent(root: Path) -> None:
    assert run(root, "rag", "llm") == 0
    tags = {each.slug: each for each in reader.load_content(root).content.tags}
    assert (tags["llm"].parent, tags["reranking"].parent) == ("", "llm")


def test_a_tag_can_be_merged_into_one_right_below_it(root: Path) -> None:
    assert run(root, "rag", "reranking") == 0
    tags = {each.slug: each for each in reader.load_content(root).content.tags}
    assert (tags["reranking"].parent, tags["fusion"].parent) == ("llm", "reranking")


def test_another_name_can_become_the_slug_and_back(root: Path) -> None:
    assert run(root, "rag", "retrieval-augmentation") == 0
    assert run(root, "retrieval-augmentation", "rag") == 0
    tags = {each.slug: each for each in reader.load_content(root).content.tags}
    assert (tags["rag"].name, tags["rag"].aliases) == (
        "RAG",
        ("retrieval augmentation", "retrieval-augmentation"),
    )


def test_every_slug_it_had_leads_to_it(root: Path) -> None:
    for old, new in (("rag", "b"), ("b", "c"), ("c", "search")):
        assert run(root, old, new) == 0
    tags = {each.slug: each for each in reader.load_content(root).content.tags}
    assert {"rag", "b", "c"} <= set(tags["search"].aliases)


def test_all_files_of_a_paper_change(root: Path) -> None:
    """The one that gives the tag goes by its new name; none says what another says."""
    folder = root / "tagging/2503/2503.00001"
    folder.mkdir(parents=True)
    (folder / "rag.yaml").write_text("# why\ntags: [rag]\n")
    (folder / "search.yaml").write_text("tags: [search]\n")
    assert run(root, "rag", "retrieval") == 0
    assert sorted(path.name for path in folder.iterdir()) == ["retrieval.yaml", "search.yaml"]
    assert (folder / "retrieval.yaml").read_text() == "# why\ntags:\n- retrieval\n"
    assert run(root, "retrieval", "search") == 0
    assert [path.name for path in folder.iterdir()] == ["retrieval.yaml"]
    assert (folder / "retrieval.yaml").read_text() == "# why\ntags:\n- search\n"
    assert tags_of(root)["2503.00001"] == {"search"}


def test_running_it_again_says_that_it_is_done(root: Path, capsys: CAPSYS) -> None:
    assert run(root, "rag", "retrieval") == 0
    before = tree(root)
    capsys.readouterr()
    assert run(root, "rag", "retrieval") == 0
    assert tree(root) == before
    assert capsys.readouterr().err == ("nothing to do: rag is already retrieval, shown as 'RAG'\n")


def test_only_what_it_is_shown_as_can_change(root: Path) -> None:
    assert run(root, "rag", "rag", "--name", "Retrieval") == 0
    tags = {each.slug: each for each in reader.load_content(root).content.tags}
    assert (tags["rag"].name, tags["rag"].aliases) == ("Retrieval", ("retrieval augmentation",))


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (("rga", "x"), "there is no tag 'rga' (did you mean 'rag'?)"),
        (("../rag", "x"), "there is no tag '../rag'"),
        (("retrieval augmentation", "x"), "it is another name of rag: use that"),
        (("rag", "Retrieval!"), "'Retrieval!' is not a slug (write retrieval, and"),
        (("rag", "../x"), "'../x' is not a slug"),
        (("rag", "x" * 10**6), "is not a slug"),
        (("search", "retrieval-augmentation"), "another name of the tag rag (to merge search"),
        (("rag", "fusion"), "fusion is below reranking, and reranking is below rag (give rer"),
        (
            ("search", "find", "--name", "LLM"),
            "this would cause a problem: 'llm' is already a name of the tag find",
        ),
    ],
)
def test_what_makes_no_sense_is_refused_and_nothing_changes(
    root: Path, capsys: CAPSYS, arguments: tuple[str, ...], says: str
) -> None:
    before = tree(root)
    assert run(root, *arguments) == 2
    said = capsys.readouterr().err
    assert says in said
    assert len(said) < 300
    assert tree(root) == before


def test_content_with_problems_is_left_as_it_is(root: Path, capsys: CAPSYS) -> None:
    (root / "tagging/2503/2503.00001.yaml").write_text("tags: [nothing-like-it]\n")
    before = tree(root)
    assert run(root, "rag", "search") == 1
    said = capsys.readouterr()
    assert "unknown-tag" in said.out
    assert "nothing was renamed" in said.err
    assert tree(root) == before
