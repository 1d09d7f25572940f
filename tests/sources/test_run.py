"""What a run of an importer does to the content."""

import errno
import gzip
import json
import os
import re
import xml.etree.ElementTree as ET
from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from importlib import import_module
from pathlib import Path
from pkgutil import iter_modules
from typing import NoReturn, TypeVar

import pytest

from generator import sources
from generator.content import checks, merge, reader, yaml_fields
from generator.core import limits, paths
from generator.core.errors import OutsideError, SourceError, UsageError
from generator.core.ids import arxiv_id, is_arxiv_id, is_slug
from generator.core.model import DailyList, Paper
from generator.sources import run, source_fields
from tests.archives import TODAY, tag, write
from tests.archives import whole as whole_content
from tests.sources.inputs import FIXTURES, MARCH_11

T = TypeVar("T")


def tree(root: Path) -> dict[str, bytes]:
    """Every file below a folder with its bytes."""
    return {
        path.relative_to(root).as_posix(): path.read_bytes()
        for path in root.rglob("*")
        if path.is_file()
    }


# ---- run


def run_all(root: Path) -> list[run.ImportReport]:
    return [
        run.run_import(root, "jsonl", FIXTURES / "papers.jsonl", None),
        run.run_import(root, "hf-page", FIXTURES / "page.txt", MARCH_11),
        run.run_import(root, "hf-api", FIXTURES / "api-2025-04-17.json", None),
        run.run_import(root, "hf-api", FIXTURES / "api-wrapped.json", None),
    ]


def people_write(root: Path) -> dict[str, bytes]:
    """Files of people below a content folder, in a form that no importer would write."""
    for name in ("archive.yaml", "tags/light.yaml", "tagging/2402/2402.00001.yaml"):
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("# by hand\ntags:\n   -   light\n")
    return tree(root)


def test_importing_again_changes_no_byte(tmp_path: Path) -> None:
    run_all(tmp_path)
    before = tree(tmp_path)
    reports = run_all(tmp_path)
    assert tree(tmp_path) == before
    assert all(each.lists_written == each.papers_new == 0 for each in reports)
    assert sorted(before) == [
        "daily/2024/2024-02-01.yaml",
        "daily/2024/2024-02-02.yaml",
        "daily/2025/2025-01-10.yaml",
        "daily/2025/2025-03-11.yaml",
        "daily/2025/2025-04-17.yaml",
    ]


def test_a_list_written_by_hand_keeps_its_formatting(tmp_path: Path) -> None:
    run_all(tmp_path)
    path = tmp_path / paths.list_file(MARCH_11)
    path.write_text(f"# a remark\n{path.read_text()}")
    before = tree(tmp_path)
    run_all(tmp_path)
    assert tree(tmp_path) == before


def test_what_people_write_is_never_touched(tmp_path: Path) -> None:
    before = people_write(tmp_path)
    run_all(tmp_path)
    after = tree(tmp_path)
    assert {name: after[name] for name in before} == before


def write_rows(path: Path, *rows: Mapping[str, object]) -> Path:
    path.write_text("".join(json.dumps({"list_date": "2024-02-02", **row}) + "\n" for row in rows))
    return path


def test_a_list_fetched_again_is_merged(tmp_path: Path) -> None:
    one = {"arxiv_id": "2402.00001", "title": "One", "upvotes": 1, "github": "https://a.example/"}
    two = {"arxiv_id": "2402.00002", "title": "Two", "upvotes": 2}
    late = {"arxiv_id": "2402.00003", "title": "Late", "upvotes": 0}
    root = tmp_path / "content"
    run.run_import(root, "jsonl", write_rows(tmp_path / "first", one, two), None)
    again = write_rows(tmp_path / "again", late, {**one, "upvotes": 9, "github": None})
    report = run.run_import(root, "jsonl", again, None)
    assert report == run.ImportReport(
        lists_written=1, lists_unchanged=0, papers=2, papers_new=1, papers_updated=1
    )
    daily, problems = reader.read_list(root, date(2024, 2, 2))
    assert daily
    assert not problems
    assert [(paper.title, paper.upvotes) for paper in daily.papers] == [
        ("Late", 0),
        ("One", 9),
        ("Two", 2),
    ]
    assert daily.papers[1].links == (("code", "https://a.example/"),)


KEY = "2402.00001"


@pytest.fixture
def tagged(tmp_path: Path) -> Path:
    """Content with a paper that has a slug, and tags; people give it tags in several ways."""
    tags = [tag("light"), tag("heavy"), tag("round")]
    root = write(tmp_path / "content", whole_content(tags=tags))
    run.run_import(root, "jsonl", write_rows(tmp_path / "slug", {"title": "One"}), None)
    return root


def give(root: Path, files: Mapping[str, str]) -> None:
    for name, text in files.items():
        path = root / "tagging" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)


def taggings(root: Path) -> dict[str, str]:
    return {
        name.removeprefix("tagging/"): data.decode()
        for name, data in tree(root).items()
        if name.startswith("tagging/")
    }


A_PAPER, A_TAG = "one/one.yaml", "one/one/light.yaml"


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (
            {A_PAPER: "# why\ntags: [light]\n"},
            {f"2402/{KEY}.yaml": "# why\ntags: [light]\n"},
        ),
        (
            {A_TAG: "tags:\n- light\n"},
            {f"2402/{KEY}/light.yaml": "tags:\n- light\n"},
        ),
        (
            {A_PAPER: "tags: [heavy]\n", A_TAG: "remove: [light]\n"},
            {f"2402/{KEY}.yaml": "tags: [heavy]\n", f"2402/{KEY}/light.yaml": "remove: [light]\n"},
        ),
        (  # the paper has taggings by its better id, from another day
            {
                A_PAPER: "tags:\n- heavy  # 3 t\n- light\n",
                A_TAG: "tags: [light]\n",
                f"2402/{KEY}.yaml": "remove: [Light]\n",
                f"2402/{KEY}/heavy.yaml": "tags: [round]\n",
            },
            {
                f"2402/{KEY}.yaml": "remove: [Light]\n",
                f"2402/{KEY}/heavy.yaml": "tags: [round]\n",
                f"2402/{KEY}/heavy-2.yaml": "tags:\n- heavy  # 3 t\n",
            },
        ),
    ],
    ids=["a file a paper", "a file a tag", "both", "what is said of the better id stands"],
)
def test_tags_follow_a_paper_to_its_better_id(
    tagged: Path, tmp_path: Path, before: dict[str, str], after: dict[str, str]
) -> None:
    other = {"title": "Uno", "arxiv_id": KEY, "list_date": "2024-02-05"}
    run.run_import(tagged, "jsonl", write_rows(tmp_path / "other", other), None)
    give(tagged, before)
    better = write_rows(tmp_path / "ids", {"title": "One", "arxiv_id": KEY})
    report = run.run_import(tagged, "jsonl", better, None)
    assert (report.papers_new, report.papers_updated, report.lists_written) == (0, 1, 1)
    assert report.ids_replaced == ("one",)
    assert "replaced by a better id: one; tags of 1 paper moved with it" in str(report)
    assert taggings(tagged) == after
    assert checks.check(reader.load_content(tagged), TODAY) == []
    now = tree(tagged)
    assert run.run_import(tagged, "jsonl", better, None).lists_written == 0
    assert tree(tagged) == now


def test_tags_stay_as_well_if_another_list_has_the_slug(tagged: Path, tmp_path: Path) -> None:
    later = {"list_date": "2024-02-05"}
    other = write_rows(tmp_path / "other", {"title": "One", **later})
    run.run_import(tagged, "jsonl", other, None)
    give(tagged, {A_TAG: "tags:\n- light\n"})
    row = {"title": "One", "arxiv_id": KEY}
    run.run_import(tagged, "jsonl", write_rows(tmp_path / "ids", row), None)
    moved = {f"2402/{KEY}/light.yaml": "tags:\n- light\n"}
    assert taggings(tagged) == {A_TAG: "tags:\n- light\n", **moved}
    assert checks.check(reader.load_content(tagged), TODAY) == []
    run.run_import(tagged, "jsonl", write_rows(tmp_path / "ids", {**row, **later}), None)
    assert taggings(tagged) == moved
    assert checks.check(reader.load_content(tagged), TODAY) == []


def test_two_papers_with_one_slug_both_get_its_tags(tagged: Path, tmp_path: Path) -> None:
    """Nobody knows which of the two people meant."""
    row, later = {"title": "One"}, {"title": "One", "list_date": "2024-02-05"}
    run.run_import(tagged, "jsonl", write_rows(tmp_path / "other", later), None)
    give(tagged, {A_PAPER: "tags: [light]\n"})
    ids = write_rows(
        tmp_path / "ids", {**row, "arxiv_id": KEY}, {**later, "arxiv_id": "2402.00002"}
    )
    report = run.run_import(tagged, "jsonl", ids, None)
    assert (report.lists_written, report.papers_updated) == (2, 2)
    assert taggings(tagged) == {
        f"2402/{key}.yaml": "tags: [light]\n" for key in (KEY, "2402.00002")
    }
    assert checks.check(reader.load_content(tagged), TODAY) == []


def test_a_tagging_with_problems_stops_the_import(tagged: Path, tmp_path: Path) -> None:
    give(tagged, {A_TAG: "tags: ["})
    before = tree(tagged)
    better = write_rows(tmp_path / "ids", {"title": "One", "arxiv_id": KEY})
    with pytest.raises(SourceError, match=r"light\.yaml:2:1: yaml-syntax.*import again"):
        run.run_import(tagged, "jsonl", better, None)
    assert tree(tagged) == before


def test_the_order_of_imports_makes_no_difference_where_sources_agree(tmp_path: Path) -> None:
    one, two = {"title": "One", "abstract": "1"}, {"title": "Two", "upvotes": 2}
    three = {"title": "Three", "arxiv_id": "2402.00003"}
    sources = [
        write_rows(tmp_path / "a", one, {"title": "Three"}),
        write_rows(tmp_path / "b", two, three),
    ]
    for name, order in (("ab", sources), ("ba", sources[::-1])):
        for source in order:
            run.run_import(tmp_path / name, "jsonl", source, None)
    assert tree(tmp_path / "ab") == tree(tmp_path / "ba")


def test_abstracts_can_be_left_out_and_existing_ones_stay(tmp_path: Path) -> None:
    page_file, bare = FIXTURES / "page.txt", tmp_path / "bare"
    run.run_import(bare, "hf-page", page_file, MARCH_11, abstracts=False)
    assert b"abstract" not in tree(bare)[paths.list_file(MARCH_11)]
    whole = tmp_path / "whole"
    run.run_import(whole, "hf-page", page_file, MARCH_11)
    before = tree(whole)
    run.run_import(whole, "hf-page", page_file, MARCH_11, abstracts=False)
    assert tree(whole) == before


def test_only_the_newest_lists_can_be_taken(tmp_path: Path) -> None:
    report = run.run_import(tmp_path, "jsonl", FIXTURES / "papers.jsonl", None, newest=1)
    assert list(tree(tmp_path)) == ["daily/2024/2024-02-02.yaml"]
    assert report.lists_written == 1
    with pytest.raises(UsageError, match="--newest 0"):
        run.run_import(tmp_path, "jsonl", FIXTURES / "papers.jsonl", None, newest=0)


def test_every_format_says_what_it_is() -> None:
    modules = (
        import_module(f"{sources.__name__}.{each.name}") for each in iter_modules(sources.__path__)
    )
    importers = {each.IMPORTER.name: each.IMPORTER for each in modules if hasattr(each, "IMPORTER")}
    assert importers == run.FORMATS
    assert importers.keys() >= {"hf-api", "hf-page", "jsonl"}
    assert run.FORMATS["hf-page"].needs_date
    assert not run.FORMATS["jsonl"].needs_date
    assert all(each.help and "\n" not in each.help for each in run.FORMATS.values())


@pytest.mark.parametrize(
    ("format_name", "file", "message"),
    [
        ("hf_api", "page.txt", "no format 'hf_api'; did you mean 'hf-api'"),
        ("zip", "page.txt", f"formats are {', '.join(run.FORMATS)}"),
        ("hf-page", "nowhere.txt", r"no file .*nowhere\.txt"),
        ("hf-page", "page.txt", "pass --date"),
    ],
)
def test_wrong_usage_is_reported(tmp_path: Path, format_name: str, file: str, message: str) -> None:
    with pytest.raises(UsageError, match=message):
        run.run_import(tmp_path, format_name, FIXTURES / file, None)
    assert tree(tmp_path) == {}


def test_a_folder_is_no_file_to_import(tmp_path: Path) -> None:
    with pytest.raises(OutsideError, match="cannot read"):
        run.run_import(tmp_path, "jsonl", FIXTURES, None)


HEAD = "date: 2024-02-02\nsource: {name: S}\npapers:\n"


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("papers: [", r"2024-02-02\.yaml:2:1: yaml-syntax"),
        (f"{HEAD}- id: 1.2\n", r"yaml:4:7: unquoted-id"),
        (f"{HEAD}- {{id: a, title: A}}\n- {{id: a, title: B}}\n", "a is listed twice"),
    ],
)
def test_a_broken_list_is_left_alone_and_nothing_else_is_written(
    tmp_path: Path, text: str, message: str
) -> None:
    path = tmp_path / "daily/2024/2024-02-02.yaml"
    path.parent.mkdir(parents=True)
    path.write_text(text)
    before = tree(tmp_path)
    with pytest.raises(SourceError, match=rf"{message}.*import again"):
        run.run_import(tmp_path, "jsonl", FIXTURES / "papers.jsonl", None)
    assert tree(tmp_path) == before


def whole(root: Path) -> bool:
    """Whether all there is are daily lists without problems."""
    days = [yaml_fields.parse_day(Path(name).stem) for name in tree(root)]
    return all(day and reader.read_list(root, day)[1] == () for day in days)


def test_an_interruption_between_lists_leaves_whole_files(tmp_path: Path) -> None:
    def stop_at_second(items: Iterable[T], label: str, _total: int | None) -> Iterator[T]:
        for number, item in enumerate(items):
            if label == "writing lists" and number == 1:
                raise KeyboardInterrupt
            yield item

    with pytest.raises(KeyboardInterrupt):
        run.run_import(tmp_path, "jsonl", FIXTURES / "papers.jsonl", None, track=stop_at_second)
    assert len(tree(tmp_path)) == 1
    assert whole(tmp_path)
    run.run_import(tmp_path, "jsonl", FIXTURES / "papers.jsonl", None)
    assert len(tree(tmp_path)) == 2


def fail_second(monkeypatch: pytest.MonkeyPatch, name: str, error: BaseException) -> None:
    """Let the second call of a function of `os` fail."""
    original, calls = getattr(os, name), []

    def failing(*args: object, **kwargs: object) -> object:
        calls.append(args)
        if len(calls) == 2:
            raise error
        return original(*args, **kwargs)

    monkeypatch.setattr(os, name, failing)


def test_an_interruption_within_a_list_leaves_whole_files(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    fail_second(monkeypatch, "replace", KeyboardInterrupt())
    with pytest.raises(KeyboardInterrupt):
        run.run_import(tmp_path, "jsonl", FIXTURES / "papers.jsonl", None)
    assert len(tree(tmp_path)) == 1
    assert whole(tmp_path)


def test_a_full_disk_is_reported_and_leaves_whole_files(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    fail_second(monkeypatch, "replace", OSError(errno.ENOSPC, "No space left on device"))
    with pytest.raises(OutsideError, match=r"No space left on device.*free some space"):
        run.run_import(tmp_path, "jsonl", FIXTURES / "papers.jsonl", None)
    assert whole(tmp_path)


def test_a_folder_that_cannot_be_written_to_is_reported(tmp_path: Path) -> None:
    (tmp_path / "daily").write_text("a file where a folder should be")
    before = tree(tmp_path)
    with pytest.raises(OutsideError, match=r"cannot write .*daily"):
        run.run_import(tmp_path, "hf-page", FIXTURES / "page.txt", MARCH_11)
    assert tree(tmp_path) == before


def test_a_list_that_cannot_be_read_is_reported(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_args: object) -> NoReturn:
        raise PermissionError(errno.EACCES, "Permission denied")

    monkeypatch.setattr(reader, "read_list", refuse)
    with pytest.raises(OutsideError, match=r"Permission denied.*check who owns it"):
        run.run_import(tmp_path, "hf-page", FIXTURES / "page.txt", MARCH_11)


# ---- real data


PAGE = "hf-page-2025-03-11.txt"
ROWS = "hf-daily-2024-2026.jsonl.gz"


@pytest.mark.corpus
def test_the_real_page_has_78_papers(tmp_path: Path, corpus: Path) -> None:
    report = run.run_import(tmp_path, "hf-page", corpus / PAGE, MARCH_11)
    daily, problems = reader.read_list(tmp_path, MARCH_11)
    assert daily
    assert not problems
    assert (report.papers, report.papers_new, len(daily.papers)) == (78, 78, 78)
    assert len({paper.id for paper in daily.papers}) == 78
    assert all(is_slug(paper.id) and paper.abstract for paper in daily.papers)
    assert daily.source.curators == ("AK", "the research community")


@pytest.mark.corpus
def test_the_real_page_adds_nothing_to_the_list_that_it_became(
    tmp_path: Path, corpus: Path
) -> None:
    run.run_import(tmp_path, "hf-page", corpus / PAGE, MARCH_11, abstracts=False)
    report = run.run_import(tmp_path, "hf-page", corpus / PAGE, MARCH_11)
    assert (report.papers, report.papers_new) == (78, 0)


@pytest.mark.corpus
@pytest.mark.slow
def test_the_real_rows_become_544_lists(tmp_path: Path, corpus: Path) -> None:
    root = tmp_path / "content"
    report = run.run_import(root, "jsonl", corpus / ROWS, None)
    assert (report.lists_written, report.papers, report.papers_new) == (544, 11_522, 11_522)
    loaded = reader.load_content(root)
    assert {problem.code for problem in loaded.problems} == {"missing-file"}  # archive.yaml
    papers = [paper for each in loaded.content.lists for paper in each.papers]
    assert len(papers) == 11_522
    assert len({paper.id for paper in papers}) == 11_520
    assert all(is_arxiv_id(paper.id) for paper in papers)
    assert sum(paper.published is None for paper in papers) == 912
    assert sum(not paper.authors for paper in papers) == 55
    before = tree(root)
    again = run.run_import(root, "jsonl", corpus / ROWS, None)
    assert (again.lists_written, again.papers_new, again.papers_updated) == (0, 0, 0)
    assert tree(root) == before


@pytest.mark.corpus
def test_page_and_rows_of_a_day_join_in_any_order(tmp_path: Path, corpus: Path) -> None:
    day_only = tmp_path / "rows"
    with gzip.open(corpus / ROWS, "rt", encoding="utf-8") as rows:
        day_only.write_text("".join(row for row in rows if '"list_date": "2025-03-11"' in row))
    page_first, rows_first = tmp_path / "page-first", tmp_path / "rows-first"
    run.run_import(page_first, "hf-page", corpus / PAGE, MARCH_11)
    run.run_import(page_first, "jsonl", day_only, None)
    run.run_import(rows_first, "jsonl", day_only, None)
    run.run_import(rows_first, "hf-page", corpus / PAGE, MARCH_11)
    assert tree(page_first) == tree(rows_first)


@pytest.mark.corpus
def test_every_real_api_body_is_read_or_refused(tmp_path: Path, corpus: Path) -> None:
    refused: dict[str, str] = {}
    papers = 0
    for path in sorted((corpus / "hf-api").iterdir()):
        try:
            papers += run.run_import(tmp_path, "hf-api", path, None).papers
        except SourceError as error:
            refused[path.name] = str(error)
    assert list(refused) == ["odd_body_1_2025-01-11.json", "odd_error_dict_2025-01-11.json"]
    number, no_data = refused.values()
    assert "expected a list of papers, found a number" in number
    assert "the source had no papers" in no_data
    assert (len(tree(tmp_path)), papers) == (12, 71)


@pytest.mark.corpus
def test_nasty_records_are_all_read(tmp_path: Path, corpus: Path) -> None:
    report = run.run_import(tmp_path, "jsonl", corpus / "nasty.jsonl", date(2025, 1, 1))
    assert report.papers == 301  # 302 lines, of which two are one paper on one day
    before = tree(tmp_path)
    assert whole(tmp_path)
    run.run_import(tmp_path, "jsonl", corpus / "nasty.jsonl", date(2025, 1, 1))
    assert tree(tmp_path) == before


@pytest.mark.corpus
def test_a_real_list_fetched_twice_is_merged(corpus: Path) -> None:
    first, second = (
        feed(corpus / "hf-refetch" / f"2025-05-30-{name}.xml") for name in ("first", "second")
    )
    merged = merge.merge(first, second)
    assert (len(first.papers), len(second.papers)) == (63, 66)
    ids = {paper.id for paper in (*first.papers, *second.papers)}
    assert {paper.id for paper in merged.papers} == ids
    assert len(merged.papers) == len(ids)
    upvotes = {paper.id: paper.upvotes for paper in merged.papers}
    assert all(upvotes[paper.id] == paper.upvotes for paper in second.papers)
    assert merge.merge(merged, second) == merged


def feed(path: Path) -> DailyList:
    """A capture of the list as a feed, read as far as merging needs it."""
    papers = [
        Paper(
            id=arxiv_id(item.findtext("link", "").rpartition("/")[2]),
            title=source_fields.clean_line(item.findtext("title", "")),
            upvotes=int(re.findall(r"Upvotes:</b> (\d+)", item.findtext("description", ""))[0]),
        )
        for item in ET.parse(path).iterfind("channel/item")
    ]
    return source_fields.daily_list(date(2025, 5, 30), papers)


# ---- what is imported can be read


def test_a_list_that_grows_too_large_by_merging_is_refused_before_anything_is_written(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(limits, "PAPERS", limits.PAPERS._replace(most=3))

    def given(name: str, *rows: tuple[str, str]) -> Path:
        file = tmp_path / name
        made = (json.dumps({"list_date": day, "title": title}) for day, title in rows)
        file.write_text("\n".join(made), encoding="utf-8")
        return file

    root = tmp_path / "content"
    run.run_import(root, "jsonl", given("a", ("2025-03-11", "A"), ("2025-03-11", "B")), None)
    before = tree(root)
    more = given("b", ("2025-03-10", "C"), ("2025-03-11", "C"), ("2025-03-11", "D"))
    with pytest.raises(SourceError, match=r"2025-03-11\.yaml would have a problem: 'papers' has 4"):
        run.run_import(root, "jsonl", more, None)
    assert tree(root) == before


@pytest.mark.corpus
def test_no_limit_is_near_what_the_corpus_has(corpus_content: Path) -> None:
    """Half of each limit is enough for all of it, except for what people write."""
    lists = reader.load_content(corpus_content).content.lists
    papers = [each for daily in lists for each in daily.papers]
    used = {
        limits.PAPERS: max(len(each.papers) for each in lists),
        limits.TITLE: max(len(each.title) for each in papers),
        limits.ABSTRACT: max(len(each.abstract) for each in papers),
        limits.AUTHORS: max(len(each.authors) for each in papers),
        limits.NAME: max(len(name) for each in papers for name in each.authors),
        limits.KEYWORDS: max(len(each.keywords) for each in papers),
        limits.KEYWORD: max(len(word) for each in papers for word in each.keywords),
        limits.LINKS: max(len(each.links) for each in papers),
        limits.URL: max(len(url) for each in papers for _, url in each.links),
    }
    assert [limit.what for limit, most in used.items() if 2 * most > limit.most] == []
    assert used[limits.AUTHORS] > 3_000
