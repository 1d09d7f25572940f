"""The benchmarks: corpora that stay the same and look like the real one, sums, tables, dialects."""

from __future__ import annotations

import statistics
import sys
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path, PurePosixPath

import pytest
import yaml

from benchmarks import cases, corpora, dialects, edits, measure, ours, report, synthetic, tables
from benchmarks.cases import Bench
from benchmarks.measure import Case, Run, Summary
from benchmarks.rivals import hugo, pelican
from generator.content import reader
from generator.core.model import Content, DailyList, Tag
from tests import example
from tests.archives import ROOT, command, tree, whole, write

TAGS = (
    Tag("a-tag", "A tag", "", match=("placeholder phrase",)),
    Tag("b", "B", "", match=("beta",)),
)


@pytest.fixture(scope="module", autouse=True)
def vocabulary(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """The example's tags in place of those that the archive has."""
    root = write(tmp_path_factory.mktemp("vocabulary"), whole(tags=example.TAGS))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(corpora, "VOCABULARY", root / "tags")
        yield


def made(count: int, seed: int = 0) -> list[DailyList]:
    return list(synthetic.lists(count, TAGS, seed))


# --- corpora ----------------------------------------------------------------------------------


def test_the_same_seed_makes_the_same_papers() -> None:
    assert made(60) == made(60)
    assert made(60) != made(60, seed=1)


@pytest.mark.parametrize("count", [1, 7, 500])
def test_as_many_papers_as_wanted_on_the_source_s_days(count: int) -> None:
    lists = made(count)
    ids = {paper.id for each in lists for paper in each.papers}
    assert len(ids) == count
    assert [each.date for each in lists] == sorted({each.date for each in lists})
    assert {each.date.weekday() for each in lists} <= set(tables.WEEKDAYS)
    assert lists[-1].date == synthetic.LAST


def test_lists_come_one_at_a_time() -> None:
    assert next(synthetic.lists(10**6, TAGS)).papers


def test_a_made_up_corpus_has_no_problems_and_is_taken_as_it_is_the_next_time(
    tmp_path: Path,
) -> None:
    root = corpora.made_up(tmp_path, 40)
    checked = command("check", "--content", root)
    assert checked.returncode == 0, checked.stdout
    before = tree(root)
    (root / "daily" / "left.txt").write_text("still here")
    assert corpora.made_up(tmp_path, 40) == root
    assert (root / "daily" / "left.txt").exists()
    (tmp_path / "corpora" / "made-up-40" / "state").write_text("of other code")
    assert tree(corpora.made_up(tmp_path, 40)) == before


def test_without_its_data_there_is_no_real_corpus(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(corpora.VARIABLE, str(tmp_path))
    assert corpora.real(tmp_path) is None


def test_quantiles_are_joined_by_lines() -> None:
    assert [tables.TITLE_LENGTH.at(share) for share in (0, 0.5, 0.999, 1)] == [6, 75, 148, 175]
    assert tables.TITLE_LENGTH.at(0.45) == round((70 + 75) / 2)


@pytest.mark.corpus
@pytest.mark.slow
def test_statistics_are_near_those_of_the_real_corpus(corpus: Path, tmp_path: Path) -> None:
    real_root = corpora.real(tmp_path)
    assert real_root is not None
    loaded = reader.load_content(real_root).content
    count = sum(len(each.papers) for each in loaded.lists)
    invented = tuple(synthetic.lists(count, loaded.tags))
    real = figures(loaded)
    ours_ = figures(Content(loaded.settings, invented, loaded.tags, ()))
    far = {
        name: (value, ours_[name])
        for name, value in real.items()
        if not 0.85 < ours_[name] / value < 1.15
    }
    assert not far


def figures(what: Content) -> dict[str, float]:
    papers = [paper for each in what.lists for paper in each.papers]
    authors = Counter(name for paper in papers for name in set(paper.authors))
    median = statistics.median
    return {
        "lists": len(what.lists),
        "title": median(len(paper.title) for paper in papers),
        "abstract": median(len(paper.abstract) for paper in papers),
        "authors": statistics.mean(len(paper.authors) for paper in papers),
        "names": len(authors),
        "names with three papers": sum(count >= 3 for count in authors.values()),
        "names with ten papers": sum(count >= 10 for count in authors.values()),
        "no published": sum(paper.published is None for paper in papers) / len(papers),
        "keywords": sum(len(paper.keywords) for paper in papers) / len(papers),
        "code": sum(bool(paper.links) for paper in papers) / len(papers),
        "upvotes": statistics.mean(paper.upvotes or 0 for paper in papers),
    }


# --- edits ------------------------------------------------------------------------------------


@pytest.mark.parametrize("change", [edits.add_day, edits.tag_paper, edits.nothing])
def test_an_edit_has_no_problems(tmp_path: Path, change: Callable[[Path], None]) -> None:
    root = corpora.made_up(tmp_path, 60)
    edits.hold_out(root)
    before = tree(root)
    change(root)
    assert (tree(root) != before) == (change is not edits.nothing)
    loaded = reader.load_content(root)
    assert not loaded.problems
    assert command("check", "--content", root).returncode == 0


def test_the_new_day_is_the_newest_of_usual_length(tmp_path: Path) -> None:
    def day(date: str, papers: int) -> Path:
        lines = [f"- id: '2503.{date[-2:]}{number:03}'\n  title: T" for number in range(papers)]
        path = tmp_path / "content" / "daily" / "2025" / f"{date}.yaml"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("source:\n  name: S\npapers:\n" + "\n".join(lines) + "\n", "utf-8")
        return path

    root = tmp_path / "content"
    lengths = {"2025-03-10": 1, "2025-03-11": 2, "2025-03-12": 4, "2025-03-13": 3, "2025-03-14": 1}
    files = [day(date, length) for date, length in lengths.items()]
    held = files[3].read_bytes()
    edits.hold_out(root)
    assert [path.exists() for path in files] == [True, True, True, False, False]
    edits.add_day(root)
    assert [path.exists() for path in files] == [True, True, True, True, False]
    assert files[3].read_bytes() == held


# --- measuring --------------------------------------------------------------------------------


def python(code: str) -> list[str]:
    return [sys.executable, "-c", code]


def big(size: int) -> str:
    """Code that takes so many bytes, and keeps them until they were looked at (`looks_at`)."""
    return (
        f"import os, time; from pathlib import Path; a = bytearray({size});"
        "Path(f'{os.getpid()}.ready').touch();"
        "[time.sleep(0.01) for _ in iter(lambda: Path('seen').exists(), True)]"
    )


def looks_at(processes: int, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Let processes end once all of them were seen: on a busy machine, looks are far apart."""
    tree = measure._tree

    def tree_seen(pid: int) -> Iterator[int]:
        are_ready = len(list(folder.glob("*.ready"))) == processes
        yield from tree(pid)
        if are_ready:
            (folder / "seen").touch()

    monkeypatch.setattr(measure, "_tree", tree_seen)
    monkeypatch.setattr(measure, "_AT_MOST_EVERY", 1)


def test_a_run_tells_time_memory_files_and_bytes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    made_here = tmp_path / "made"
    looks_at(1, tmp_path, monkeypatch)
    code = (
        f"{big(150_000_000)}; time.sleep(0.4); os.mkdir('made'); open('made/x', 'w').write('12345')"
    )
    run = measure.measure(Case("x", python(code), tmp_path, made_here))
    assert (run.files, run.size) == (1, 5)
    assert run.seconds >= 0.4
    assert run.processor > 0
    assert run.memory > 100_000_000


def test_memory_counts_all_processes_of_a_command(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    looks_at(2, tmp_path, monkeypatch)
    child = big(100_000_000)
    code = (
        f"import subprocess, sys; p = [subprocess.Popen([sys.executable, '-c', {child!r}])"
        " for _ in range(2)]; [each.wait() for each in p]"
    )
    run = measure.measure(Case("x", python(code), tmp_path))
    if not Path("/proc/self/smaps_rollup").exists():
        pytest.skip("the system doesn't report the memory of other processes")
    assert run.memory > 180_000_000


def test_a_command_runs_as_it_would_for_anybody(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PYTHONDONTWRITEBYTECODE", "1")
    (tmp_path / "known.py").touch()
    measure.measure(Case("x", python("import known"), tmp_path))
    assert list(tmp_path.rglob("known.*.pyc"))


def test_a_command_that_fails_is_told_with_its_words(tmp_path: Path) -> None:
    case = Case("x", python("import sys; sys.exit('woe')"), tmp_path)
    with pytest.raises(measure.CommandError, match="woe"):
        measure.measure(case)


def test_what_was_measured_is_moved_aside_and_deleted_at_the_end_alone(tmp_path: Path) -> None:
    bench = Bench(tmp_path / "content", 1, tmp_path / "work", room=0)
    assert measured_twice(bench) == ["first", "second"]
    bench.forget()
    assert not list(bench.work.rglob("x"))


def test_where_there_is_no_room_only_the_last_that_was_measured_is_there(tmp_path: Path) -> None:
    bench = Bench(tmp_path / "content", 1, tmp_path / "work", room=2**63)
    assert measured_twice(bench) == ["second"]


def measured_twice(bench: Bench) -> list[str]:
    """What is still there of two measurements."""
    for text in ("first", "second"):
        bench.clear()
        (bench.target / "x").write_text(text)
    bench.clear()
    assert not list(bench.target.iterdir())
    return sorted(path.read_text() for path in bench.work.rglob("x"))


def test_a_folder_that_several_groups_need_is_made_once(tmp_path: Path) -> None:
    bench = Bench(tmp_path / "content", 1, tmp_path / "work")
    left = bench.work / "hugo" / "of an earlier benchmark"
    left.mkdir(parents=True)
    made: list[Path] = []
    for _ in range(2):
        assert bench.once("hugo", made.append) == bench.work / "hugo"
    assert made == [bench.work / "hugo"]
    assert not left.exists()


def test_cases_are_run_in_turn_and_none_is_dropped(tmp_path: Path) -> None:
    order: list[str] = []

    def case(name: str) -> Case:
        return Case(name, python("pass"), tmp_path, before=lambda: order.append(name))

    found = measure.alternate([case("a"), case("b")], rounds=2)
    assert order == ["a", "b", "a", "b"]
    assert [(each.name, len(each.runs)) for each in found] == [("a", 2), ("b", 2)]


def test_no_round_is_begun_that_would_last_too_long(tmp_path: Path) -> None:
    lines: list[str] = []
    cases_ = [Case("a", python("pass"), tmp_path)]
    found = measure.alternate(cases_, rounds=3, report=lines.append, within=0)
    assert len(found[0].runs) == 1
    assert lines[-1] == "1 of 3 rounds: another would take too long"


def summary(name: str, *seconds: float) -> Summary:
    return Summary(name, tuple(Run(each, 2 * each, 10**6, 3, 10**7) for each in seconds))


def test_medians_and_ratios() -> None:
    one, other = summary("one", 1, 9, 2), summary("other", 4, 4)
    assert (one.seconds, one.fastest, one.slowest, one.processor) == (2, 1, 9, 4)
    assert measure.ratio(other, one) == 2


# --- the report -------------------------------------------------------------------------------


def test_the_table_names_all_runs_and_the_ratio() -> None:
    section = report.Section("Title", [summary("A", 1, 3, 2), summary("B", 4)], against="A")
    assert report.table(section).splitlines()[4:] == [
        "| A | 2.00 (1.00, 3.00, 2.00) | 1.00 | 4.00 | 1 MB | 3 | 10.0 MB |",
        "| B | 4.00 (4.00) | 2.00 | 8.00 | 1 MB | 3 | 10.0 MB |",
    ]
    assert "times A" in report.table(section)
    assert "ratio" in report.table(report.Section("Title", [summary("A", 1)]))


def test_the_page_keeps_what_people_wrote(tmp_path: Path) -> None:
    path = tmp_path / "page.md"
    path.write_text(f"Before.\n\n{report.BEGIN}\nold\n{report.END}\n\nAfter.\n")
    report.put(path, report.page([], ["no reason"], "make x", ["Python 3"]))
    text = path.read_text()
    assert text.startswith("Before.\n")
    assert text.endswith("\n\nAfter.\n")
    assert "old" not in text
    assert "`make x`" in text
    assert "- no reason" in text
    with pytest.raises(ValueError, match="no marks"):
        report.put(ROOT / "README.md", "")


def test_the_committed_page_has_the_marks() -> None:
    text = (ROOT / "docs" / "dev" / "performance.md").read_text("utf-8")
    assert text.count(report.BEGIN) == text.count(report.END) == 1


# --- rivals -----------------------------------------------------------------------------------

PAGE = PurePosixPath("papers/2503.00001.md")


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("[A](../authors/a.md)\n{: .byline }", "[A](../../authors/a/)\n{.byline}"),
        ("## [D](../daily/index.md) {: #d .x }", "## [D](../../daily/) {#d .x}"),
        ("## T {: #tags data-search-exclude }", "## T {#tags}"),
        ("[P](2.md){: rel=prev }\n{: .pager }", '<a href="../2/" rel=prev>P</a>\n{.pager}'),
        ('<div class="copy" markdown>', '<div class="copy">'),
        ("[x](https://example.org/a.md)", "[x](https://example.org/a.md)"),
        (r"costs \$3, $O(n_1)$", r"costs \$3, \\\(O\(n\_1\)\\\)"),
        ("{{< no shortcode >}}", "{&#8203;{< no shortcode >}}"),
    ],
)
def test_markdown_as_goldmark_reads_it(written: str, read: str) -> None:
    assert dialects.commonmark(written, PAGE) == read


def test_links_of_a_folder_s_own_page() -> None:
    assert dialects.with_urls("[A](a.md) [B](../b/index.md#x)", PurePosixPath("tags/index.md")) == (
        "[A](a/) [B](../b/#x)"
    )


def test_pages_of_the_rivals_have_our_metadata() -> None:
    text = '---\ntitle: "T: x"\nkind: "paper"\ncitation: {"date": "2025"}\n---\n\n# T: x\n'
    front = hugo.page(text, PAGE, {})
    assert yaml.safe_load(front.split("---")[1]) == {
        "title": "T: x",
        "kind": "paper",
        "citation": {"date": "2025"},
    }
    assert "save_as: papers/2503.00001/index.html\n" in pelican.page(text, PAGE, {})


@pytest.mark.slow
def test_rivals_make_the_same_pages(tmp_path: Path) -> None:
    bench = cases.Bench(corpora.made_up(tmp_path, 20), 20, tmp_path / "work")
    bench.prepare()
    pages = html(bench.site)
    assert len(pages) > 20
    for case in cases.stock(bench):
        if case.name == cases.HUGO:
            measure.measure(case)
            assert case.result is not None
            assert html(case.result) == pages
            return
    assert any("Hugo" in reason for reason in bench.skipped)
    pytest.skip(bench.skipped[0])


def html(site: Path) -> set[str]:
    return {path.relative_to(site).as_posix() for path in site.rglob("*.html")}


def test_flags_that_the_build_does_not_know_are_left_out(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    arguments = (tmp_path / "content", tmp_path / "docs", tmp_path / "site")
    monkeypatch.setattr(ours, "_help", lambda: "--full --jobs N")
    built = ours.build(*arguments, full=True, jobs=2)
    assert "--full" in built
    assert built[-2:] == ["--jobs", "2"]
    assert "--no-search" not in built
    monkeypatch.setattr(ours, "_help", lambda: "")
    assert "--full" not in ours.build(*arguments, full=True, jobs=2)


def test_steps_alone_can_be_run(tmp_path: Path) -> None:
    root = corpora.made_up(tmp_path, 5)
    for step in (ours.step("start"), ours.step("check", content=root)):
        measure.measure(Case("x", step, ROOT))
