"""The size of a site and its limits: the table, the messages, the exit code."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from generator.cli import main, site_options
from generator.core import page_kinds
from generator.site import size_budget
from generator.site.size_budget import Budget, Weight, Weights
from tests.archives import ROOT, build_arguments, daily, whole, write

SIZES = {
    "index.html": 500,
    "papers/a/index.html": 300,
    "papers/b/index.html": 400,
    "papers/c/index.html": 400,
    "daily/2025-03-10/index.html": 700,
    "about/index.html": 90,
    "assets/archive.css": 50,
    "search/index/2025/fragment/x": 10,
    "rss.xml": 60,
}

A, B, C = [
    (f"papers/{name}/index.html", size) for name, size in (("a", 300), ("b", 400), ("c", 400))
]
MANY = {f"papers/{number}/index.html": 9_000 for number in range(size_budget.MIN_PAPERS)}


NAMES = [*(f"papers/{number}/index.html" for number in range(20)), "index.html", "rss.xml"]
SITES = st.dictionaries(st.sampled_from(NAMES), st.integers(1, 40))


def test_files_are_weighed_by_group_with_the_heaviest_pages() -> None:
    weights = size_budget.weigh(SIZES.items())
    assert weights.groups == {
        "home": Weight(1, 500, (("index.html", 500),)),
        "days": Weight(1, 700, (("daily/2025-03-10/index.html", 700),)),
        "papers": Weight(3, 1100, (B, C, A)),
        "other pages": Weight(1, 90, (("about/index.html", 90),)),
        "feeds": Weight(1, 60),
        "other files": Weight(1, 50),
        "search index": Weight(1, 10),
    }
    assert (weights.papers, weights.files, weights.size) == (3, 9, 2510)
    assert size_budget.weigh(reversed(SIZES.items())) == weights


@given(before=SITES, now=SITES)
def test_a_site_is_weighed_again_by_what_changed_or_by_all_of_it(
    before: dict[str, int], now: dict[str, int]
) -> None:
    removed = [each for each in before.items() if now.get(each[0]) != each[1]]
    added = [each for each in now.items() if before.get(each[0]) != each[1]]
    again = size_budget.reweigh(size_budget.weigh(before.items()), removed, added)
    whole = size_budget.weigh(now.items())
    if again is None:
        assert any(
            len(each.heaviest) < each.files
            for each in size_budget.weigh(before.items()).groups.values()
        )
        return
    assert shown(again) == shown(whole)


def test_the_heaviest_page_is_known_while_one_of_the_list_remains() -> None:
    weights = size_budget.weigh(MANY.items())
    heavy = weights.groups["papers"].heaviest
    assert 1 < len(heavy) < len(MANY)
    lighter = size_budget.reweigh(weights, heavy[:-1], [])
    assert lighter
    assert lighter.groups["papers"].heaviest == heavy[-1:]
    assert size_budget.reweigh(weights, heavy, [("papers/new/index.html", 10)]) is None


def shown(weights: Weights) -> list[tuple[str, int, int, tuple[tuple[str, int], ...]]]:
    """Everything that is shown of weights."""
    groups = sorted(weights.groups.items())
    return [(group, each.files, each.size, each.heaviest[:1]) for group, each in groups]


def test_the_projection_grows_only_what_grows_with_papers() -> None:
    assert size_budget.weigh(MANY.items()).share == pytest.approx(90)
    alone = {"index.html": 10_000_000}
    assert size_budget.weigh((MANY | alone).items()).share == pytest.approx(91)


def test_with_few_papers_there_is_no_projection() -> None:
    few = size_budget.weigh(list(MANY.items())[1:])
    assert few.share is None
    assert list(size_budget.over(Budget(share=1), few)) == []
    assert size_budget.table(few, Budget()).endswith("  0.1 % of the 1 GB of GitHub Pages\n")


@pytest.mark.parametrize(
    ("limits", "messages"),
    [
        (Budget({"papers": 400, "home": 500}, 2510, 9, 100), []),
        (
            Budget({"papers": 399}),
            ["papers/b/index.html has 400 bytes; the limit for papers is 399"],
        ),
        (Budget(size=2509), ["the site has 2,510 bytes; the limit is 2,509"]),
        (Budget(files=8), ["the site has 9 files; the limit is 8"]),
    ],
)
def test_a_limit_that_is_exceeded_is_reported(limits: Budget, messages: list[str]) -> None:
    assert list(size_budget.over(limits, size_budget.weigh(SIZES.items()))) == messages


def test_the_projected_share_has_a_limit_that_is_not_exceeded_yet() -> None:
    weights = size_budget.weigh(MANY.items())
    message = "100,000 papers would take 90 % of the 1 GB of GitHub Pages; the limit is 80 %"
    assert list(size_budget.over_projected(Budget(share=80), weights)) == [message]
    assert list(size_budget.over_projected(Budget(share=90), weights)) == []
    assert list(size_budget.over(Budget(share=80), weights)) == []


def test_the_table_shows_weights_and_limits() -> None:
    shown = size_budget.table(size_budget.weigh(SIZES.items()), Budget({"papers": 9216}))
    assert shown.splitlines() == [
        "                files  bytes  heaviest  limit",
        "  home              1    500       500",
        "  days              1    700       700",
        "  papers            3  1,100       400  9,216",
        "  other pages       1     90        90",
        "  feeds             1     60",
        "  other files       1     50",
        "  search index      1     10",
        "  all               9  2,510",
        "  0.0 % of the 1 GB of GitHub Pages",
    ]


def test_a_problem_in_the_budget_has_its_line() -> None:
    _, problems = size_budget.read("budget.yaml", b"pages:\n  paper: 9000\nfiles: many\n")
    unknown, wrong = map(str, problems)
    assert unknown == (
        "budget.yaml:2:3: unknown-key 'paper' is not a known key here (did you mean 'papers'?)"
    )
    assert wrong.startswith("budget.yaml:3:8: wrong-type 'files' must be a whole number")


def test_every_group_of_pages_may_have_a_limit() -> None:
    text = "pages:\n" + "".join(f"  {group}: 9216\n" for group in page_kinds.PAGE_GROUPS)
    limits, problems = size_budget.read("budget.yaml", text.encode())
    assert not problems
    assert limits.pages == dict.fromkeys(page_kinds.PAGE_GROUPS, 9216)


@pytest.mark.parametrize(("paper_bytes", "strict", "code"), [(99, 1, 1), (99, 0, 0), (9216, 1, 0)])
def test_a_build_over_budget_says_so_and_fails_if_it_is_to(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    paper_bytes: int,
    strict: int,
    code: int,
) -> None:
    limits = tmp_path / "budget.yaml"
    monkeypatch.chdir(ROOT)
    monkeypatch.setattr(site_options, "BUDGET", str(limits))
    limits.write_text(yaml.safe_dump({"pages": {"papers": paper_bytes}}))
    build = build_arguments(tmp_path, write(tmp_path / "content", whole(daily())))
    flags = ["--strict-budget"] if strict else []
    assert main.main([*build, "--no-search", *flags]) == code
    said = capsys.readouterr()
    assert "  papers" in said.out
    assert ("over budget: papers/2503.00001/index.html has " in said.err) == (paper_bytes == 99)
    assert (tmp_path / "site" / "index.html").is_file()
    limits.write_text("pages: 1\n")
    assert main.main(build) == 1
    assert "budget.yaml:1:8: not-a-mapping" in capsys.readouterr().err


def test_a_shard_has_no_budget(capsys: pytest.CaptureFixture[str]) -> None:
    assert main.main(["build", "--shard", "1/2", "--strict-budget"]) == 2
    assert "pass --strict-budget to merge" in capsys.readouterr().err
