"""A paper in short, as feeds, mails and pages show it."""

from __future__ import annotations

from typing import Any

import pytest

from generator.archive.model import Entry
from generator.core.model import Paper
from generator.render.preview import (
    PaperPreview,
    SourceLink,
    TagLink,
    byline,
    excerpt,
    preview,
    source_links,
)
from tests.archives import MONDAY, daily, joined, paper, tag

SITE = "https://example.org/papers/"
WORDS = "A sentence of some words. "


def entry(one: Paper, **more: Any) -> Entry:
    return next(iter(joined(daily(MONDAY, one), **more).entries.values()))


def test_a_preview_is_plain_text_with_absolute_addresses() -> None:
    one = paper(
        title=r"On $\alpha$ \emph{graphs}",
        authors=('Ö. M{\\"u}ller', "\u202e", "A. Author"),
        abstract=r"It costs \$5.",
    )
    found = preview(SITE, entry(one, tags=[tag("graphs", "Graphs", match=("graphs",))]), 280)
    assert found == PaperPreview(
        title="On α graphs",
        url=f"{SITE}papers/2503.00001/",
        authors=("Ö. Müller", "A. Author"),
        excerpt="It costs $5.",
        tags=(TagLink("Graphs", f"{SITE}tags/graphs/", "graphs"),),
        links=(
            SourceLink("arXiv", "https://arxiv.org/abs/2503.00001"),
            SourceLink("PDF", "https://arxiv.org/pdf/2503.00001", "application/pdf"),
        ),
    )


# ---- byline


@pytest.mark.parametrize(
    ("names", "words"),
    [("", ""), ("A", "A"), ("AB", "A, B"), ("ABC", "A, B and 1 more"), ("ABCD", "A, B and 2 more")],
)
def test_a_byline_has_the_first_names(names: str, words: str) -> None:
    assert byline(tuple(names), 2) == words


@pytest.mark.parametrize(("names", "words"), [("ABC", "A, B, C"), ("ABCD", "A, B and 2 more")])
def test_a_byline_may_leave_out_no_fewer_than_some(names: str, words: str) -> None:
    assert byline(tuple(names), 2, fewest_more=2) == words


def test_a_byline_looks_only_at_names_that_it_has() -> None:
    seen: list[str] = []

    def shown(name: str) -> str:
        seen.append(name)
        return name.lower()

    assert byline(("A",) * 2_000, 2, shown=shown) == "a, a and 1,998 more"
    assert len(seen) == 2


# ---- excerpt


def test_a_summary_is_whole_unless_it_is_cut() -> None:
    one = paper(summary=WORDS * 9, abstract="Else.")
    assert excerpt(one, 60) == WORDS * 9
    assert excerpt(one, 60, cut_summary=True) == (WORDS * 2).strip()


def test_an_abstract_is_cut() -> None:
    one = paper(abstract=WORDS * 9)
    assert excerpt(one, 60) == excerpt(one, 60, cut_summary=True) == (WORDS * 2).strip()
    assert excerpt(paper(), 60) == ""


# ---- links


@pytest.mark.parametrize(
    ("paper_id", "links"),
    [
        (
            "2503.00001",
            ["arXiv https://arxiv.org/abs/2503.00001", "PDF https://arxiv.org/pdf/2503.00001"],
        ),
        ("doi:10.1000/abc", ["DOI https://doi.org/10.1000/abc"]),
        ("a-slug", []),
    ],
)
def test_an_id_tells_where_a_paper_is(paper_id: str, links: list[str]) -> None:
    assert [f"{each.label} {each.url}" for each in source_links(paper(paper_id))] == links


def test_given_links_stand_before_those_of_the_id() -> None:
    given = {kind: f"https://example.org/{kind}" for kind in ("code", "pdf", "video", "abstract")}
    found = source_links(paper("a-slug", links=tuple(given.items())))
    assert [(each.label, each.url) for each in found] == [
        ("Abstract page", given["abstract"]),
        ("PDF", given["pdf"]),
        ("Code", given["code"]),
        ("video", given["video"]),
    ]
