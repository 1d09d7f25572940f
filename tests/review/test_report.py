"""The report on a change: its text in each format, and that content can't add markup to it."""

from __future__ import annotations

import html
import json
import re
from pathlib import Path

import pytest
from markdown import markdown
from msgspec.structs import replace

from generator.archive import citation
from generator.core.model import Problem, Tagging
from generator.core.page_kinds import kind_of
from generator.review import changes, lost_urls, tag_warnings
from generator.review.broken_promises import BrokenPromise
from generator.review.changes import Comparison, PaperChange, QueryChange, TagChange, TagGained
from generator.review.lost_urls import ArchiveState
from generator.review.report import FORMATS, ChangeReport, as_json, as_markdown, as_text
from generator.review.statements import Statement
from tests.archives import MONDAY, ROOT, daily, paper, saved, tag
from tests.review.test_changes import state

EXPECTED = ROOT / "tests" / "fixtures" / "effects"
ENDINGS = {"text": "txt", "markdown": "md", "json": "json"}
NOTHING = Comparison((), (), (), (), (), (), (), (), ())
HOSTILE = "</li><script>alert(1)</script> @octo-cat #1 www.example.org **`|`** \u202e\n\n# Approved"


def _main_kinds(what: ArchiveState) -> ArchiveState:
    """Without hand-written and other pages: a new one of these must not change the report."""
    others = {"other pages", "other files", "authors"}
    targets = {
        path: each for path, each in what.targets.items() if kind_of(path).group not in others
    }
    return what._replace(targets=targets)


def everything() -> ChangeReport:
    """A report with each kind of line."""
    count = tag_warnings.MIN_BROAD_PAPERS + 1
    ruled = [paper(f"2503.{n:05}", f"On a graph, part {n}") for n in range(1, count + 1)]
    sets = [paper(f"2503.1{n:04}", f"On sets, part {n}") for n in range(3)]
    old = [
        tag("graphs", match=("graph part 1", "graph part 2", "graph part 3")),
        tag("nets", match=("part 2",)),
        tag("set-theory", match=("sets",)),
        tag("survey"),
        tag("long-reports"),
    ]
    new = [
        tag("networks", aliases=("graphs",), match=("graph",), former=("graphs",)),
        replace(old[3], aliases=("nets",), former=("nets",)),
        tag("collections", match=("sets",)),
        tag("reports-long"),
        old[4],
    ]
    before = state(
        daily(MONDAY, *ruled, *sets),
        daily(MONDAY.replace(day=3), paper("2502.00001")),
        tags=old,
        queries=[
            saved("changes", '"sets part 1"'),
            saved("goes", "sets"),
            saved("follows", "NOT sets NOT graph"),
        ],
    )
    after = state(
        daily(MONDAY, *ruled, *sets, paper("2503.20000", "A new one")),
        tags=new,
        taggings=[Tagging("2503.00001", ("survey",), ("graphs",))],
        language="de",
        queries=[
            saved("changes", '"sets part 2" OR "graph part"'),
            saved("comes", "sets"),
            saved("follows", "NOT sets NOT graph"),
            saved("finds-nothing", 'author:"Nobody Here"'),
        ],
    )
    found = changes.compare(_main_kinds(before), _main_kinds(after))
    commit = "0123456789abcdef" * 2 + "01234567"
    return ChangeReport("origin/main", commit, True, 2, found, (broken("a"), *BROKEN))


def broken(text: str, said: str = "", way: Statement | None = None) -> BrokenPromise:
    return BrokenPromise(Problem(text, 0, 0, "feed-broken", text, text), way, said, said and text)


BROKEN = (
    broken("The list is gone", "breaking-changes/of-march.yaml", Statement("removed", "/a/")),
    broken("The paper has moved", way=Statement("moved", "/papers/a/", "/papers/b/")),
)


@pytest.mark.parametrize("name", FORMATS)
def test_golden_report(name: str, update_golden: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    # Another format of exports changes the figures, but not how they are shown.
    monkeypatch.setattr(citation, "EXPORT_FORMATS", citation.EXPORT_FORMATS[:1])
    made = FORMATS[name](everything())
    path = EXPECTED / f"report.{ENDINGS[name]}"
    if update_golden:
        path.parent.mkdir(exist_ok=True)
        path.write_text(made, encoding="utf-8")
    assert made == path.read_text(encoding="utf-8")


def test_without_changes_the_report_is_one_sentence() -> None:
    report = ChangeReport("main", "0" * 40, False, 0, NOTHING)
    said = "Compared with main (commit 000000000000).\n\nNothing changes on the site.\n"
    assert as_text(report) == said
    assert "\nNothing changes on the site.\n" in as_markdown(report)
    assert json.loads(as_json(report))["comparison"]["papers"] == []


def hostile(text: str, count: int = 1) -> ChangeReport:
    gained = tuple(TagGained("a", text, "rule", text) for _ in range(count))
    papers = tuple(PaperChange(text, text, gained, (text,) * count) for _ in range(count))
    tags = tuple(TagChange(text, text, "gone", likely_replacement=text) for _ in range(count))
    lost = tuple(lost_urls.LostUrl(text, text, text) for _ in range(count))
    similar = tuple(tag_warnings.SimilarTags(text, text, (text, text)) for _ in range(count))
    broad = tuple(tag_warnings.BroadRule(text, text, 9, 10, text, 9) for _ in range(count))
    titled = ((text, text),) * count
    pages = (changes.PageChanges("tags", *(((count, (text,) * min(count, 3)),) * 3)),)
    queries = tuple(
        QueryChange(text, text, "changed", ("query",), 1, 0, titled, titled) for _ in range(count)
    )
    found = Comparison((text,), papers, titled, titled, tags, pages, lost, similar, broad, queries)
    promises = (broken(text, text), broken(text, way=Statement("moved", text, text))) * count
    return ChangeReport(text, text, True, 3, found, promises)


def test_markdown_has_no_markup_of_hostile_texts() -> None:
    made = markdown(as_markdown(hostile(HOSTILE)))
    assert set(re.findall(r"<(\w+)", made)) <= {"h2", "h3", "p", "ul", "li", "strong", "code"}
    made = re.sub(r"<code>.*?</code>", "", made)  # where GitHub looks for nothing
    prose = html.unescape(re.sub(r"<[^>]*>", "", made))
    assert "script" in prose
    assert not re.search(r"@\w|#\d|www\.", prose)
    assert made.count("<h2>") == 1
    assert "\u202e" not in made


def test_text_has_no_lines_or_colours_of_hostile_texts() -> None:
    plain = as_text(hostile("x")).count("\n")
    made = as_text(hostile(HOSTILE + "\x1b[31m\r\x00"))
    assert made.count("\n") == plain
    assert re.sub(r"[\n]", "", made).isprintable()


def test_a_report_is_far_below_what_github_takes() -> None:
    """1 MiB for each step, even if long names consist of characters that need many bytes."""
    made = as_markdown(hostile("<" * 5000, 10_000))
    assert len(made.encode()) < 1_000_000
    assert "and 9,950 more" in made


def test_json_has_everything_that_lists_leave_out() -> None:
    report = json.loads(as_json(hostile(HOSTILE, 70)))
    assert len(report["comparison"]["papers"]) == 70
    assert report["comparison"]["papers"][0]["title"] == HOSTILE


def test_golden_files_are_all_used() -> None:
    made = {f"report.{ending}" for ending in ENDINGS.values()}
    assert {path.name for path in Path(EXPECTED).iterdir()} == made
