"""Merging: what stays, what is replaced, which papers are one, and in which order they stand."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from generator.content.merge import merge, merge_paper, replaced_ids
from generator.core.ids import is_slug, title_slug
from generator.core.model import DailyList, Paper, Source

DAY = date(2025, 3, 11)
SOURCE = Source("Example Papers", "https://example.org/", ("A. Curator",))


def daily(*papers: Paper, source: Source = SOURCE) -> DailyList:
    return DailyList(DAY, source, papers)


def numbered(*numbers: int) -> DailyList:
    return daily(*(Paper(f"2503.{n:05}", f"Paper {n}") for n in numbers))


def order(merged: DailyList) -> list[int]:
    return [int(paper.id[5:]) for paper in merged.papers]


def test_without_an_old_list_the_new_one_stands() -> None:
    assert merge(None, numbered(1, 2)) == numbered(1, 2)


# --- fields -------------------------------------------------------------------------------

FULL = Paper(
    id="2503.00001",
    title="A Title",
    authors=("A. Author", "B. Author"),
    published=date(2025, 3, 1),
    summary="Own words.",
    abstract="The source's words.",
    links=(("code", "https://example.org/code"), ("project", "https://example.org/project")),
    keywords=("a keyword",),
    upvotes=12,
)


def test_empty_values_replace_nothing() -> None:
    assert merge_paper(FULL, Paper(FULL.id, FULL.title)) == FULL


def test_gaps_are_filled() -> None:
    assert merge_paper(Paper(FULL.id, FULL.title), FULL) == FULL


def test_new_values_replace_old_ones_but_never_a_summary() -> None:
    new = Paper(
        id=FULL.id,
        title="A New Title",
        authors=("C. Author",),
        published=date(2025, 3, 2),
        summary="Other words.",
        abstract="A corrected abstract.",
        links=(("code", "https://example.org/moved"),),
        keywords=("another",),
        upvotes=0,
    )
    links = (("code", "https://example.org/moved"), ("project", "https://example.org/project"))
    expected = replace(new, summary=FULL.summary, links=links)
    assert merge_paper(FULL, new) == expected


def test_links_stay_in_the_order_people_gave_them() -> None:
    old = replace(FULL, links=tuple(reversed(FULL.links)))
    assert merge_paper(old, FULL).links == old.links


def test_the_new_source_wins_and_curators_stay() -> None:
    new = Source("Other Papers", "https://other.example.org/")
    merged = merge(numbered(1), replace(numbered(1), source=new))
    assert merged.source == replace(new, curators=SOURCE.curators)


@pytest.mark.parametrize(("name", "url"), [(SOURCE.name, SOURCE.url), ("Other Papers", "")])
def test_the_address_stays_only_with_its_source(name: str, url: str) -> None:
    merged = merge(numbered(1), replace(numbered(1), source=Source(name)))
    assert merged.source.url == url


# --- identity -----------------------------------------------------------------------------

SLUG = Paper("rivers-and-roads", "Rivers and Roads", abstract="Words.")
ARXIV = Paper("2503.00001", "Rivers  and\nRoads", authors=("A. Author",))
DOI = Paper("doi:10.1234/rivers", "Rivers and Roads")


@pytest.mark.parametrize("better", [ARXIV, DOI])
@pytest.mark.parametrize("slug_first", [True, False])
def test_a_slug_gives_way_to_a_better_id(better: Paper, slug_first: bool) -> None:
    pair = (SLUG, better) if slug_first else (better, SLUG)
    (paper,) = merge(daily(pair[0]), daily(pair[1])).papers
    assert paper.id == better.id
    assert paper.abstract == "Words."


def test_what_became_of_an_id_is_known() -> None:
    assert replaced_ids(daily(SLUG, DOI), daily(ARXIV)) == {}  # two have this title
    assert replaced_ids(daily(SLUG), daily(ARXIV)) == {SLUG.id: ARXIV.id}
    assert replaced_ids(daily(ARXIV), daily(SLUG)) == {}
    assert replaced_ids(None, daily(SLUG)) == {}


def test_markup_in_a_title_does_not_hide_that_it_is_the_same() -> None:
    plain = Paper("the-schrodinger-bridge", "The Schrödinger Bridge")
    latex = Paper("2503.00002", r"The Schr\"odinger \textit{Bridge}")
    assert [each.id for each in merge(daily(plain), daily(latex)).papers] == ["2503.00002"]


def test_a_title_that_two_papers_share_joins_nothing() -> None:
    twins = (ARXIV, replace(ARXIV, id="2503.00002"))
    merged = merge(daily(*twins), daily(SLUG))
    assert {paper.id for paper in merged.papers} == {"2503.00001", "2503.00002", SLUG.id}


def test_two_good_ids_are_two_papers_whatever_their_titles() -> None:
    assert len(merge(daily(ARXIV), daily(DOI)).papers) == 2


def test_a_slug_of_another_title_joins_nothing() -> None:
    renamed = replace(SLUG, title="Roads, Mostly")
    assert len(merge(daily(renamed), daily(ARXIV)).papers) == 2


# --- order --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ([1, 2, 3], [1, 2, 3], [1, 2, 3]),
        ([1, 2, 3], [3, 1, 2], [3, 1, 2]),
        ([1, 3], [1, 2, 3], [1, 2, 3]),
        ([1, 2, 3], [1, 3], [1, 2, 3]),
        ([1, 2, 3], [3, 1], [3, 1, 2]),
        ([1, 2], [3, 4], [1, 2, 3, 4]),
        ([3, 4], [1, 2], [1, 2, 3, 4]),
        ([5, 1], [1, 6], [5, 1, 6]),
    ],
)
def test_papers_stand_in_the_new_order_and_nothing_is_dropped(
    old: list[int], new: list[int], expected: list[int]
) -> None:
    assert order(merge(numbered(*old), numbered(*new))) == expected


# --- laws ---------------------------------------------------------------------------------

TITLES = ("Rivers and Roads", "Rivers & Roads: and", r"Rivers \textit{and} Roads", "Lanterns")
IDS = (
    *(f"2503.0000{n}" for n in range(4)),
    "doi:10.1234/rivers",
    title_slug("Rivers and Roads"),
    title_slug("Lanterns"),
    "rivers-roads-and",
)


@st.composite
def lists(draw: st.DrawFn) -> DailyList:
    """Lists whose papers have much in common, so that all ways to be the same come up."""
    ids = draw(st.lists(st.sampled_from(IDS), unique=True, max_size=6))
    links = st.dictionaries(
        st.sampled_from(["code", "project", "pdf"]),
        st.sampled_from(["https://a.example/", "https://b.example/"]),
    )
    papers = tuple(
        Paper(
            id=each,
            title=draw(st.sampled_from(TITLES)),
            authors=draw(st.sampled_from([(), ("A. Author",), ("B. Author",)])),
            published=draw(st.sampled_from([None, DAY])),
            summary=draw(st.sampled_from(["", "One.", "Two."])),
            abstract=draw(st.sampled_from(["", "Three.", "Four."])),
            links=tuple(draw(links).items()),
            upvotes=draw(st.sampled_from([None, 0, 7])),
        )
        for each in ids
    )
    source = Source("S", draw(st.sampled_from(["", "https://s.example/"])))
    return DailyList(DAY, source, papers)


@given(lists(), lists())
def test_merging_again_changes_nothing(old: DailyList, new: DailyList) -> None:
    once = merge(old, new)
    assert merge(once, new) == once
    assert {replaced_ids(old, new).get(each.id, each.id) for each in old.papers} <= {
        each.id for each in once.papers
    }


@given(lists())
def test_merging_with_itself_changes_nothing(one: DailyList) -> None:
    assert merge(one, one) == one


@given(lists(), lists())
def test_no_paper_is_lost_or_doubled(old: DailyList, new: DailyList) -> None:
    merged = merge(old, new)
    ids = [paper.id for paper in merged.papers]
    assert len(ids) == len(set(ids))
    gone = {paper.id for paper in (*old.papers, *new.papers)} - set(ids)
    assert all(is_slug(each) for each in gone)
    assert len(ids) >= max(len(old.papers), len(new.papers))


@given(lists(), lists())
def test_the_new_order_holds(old: DailyList, new: DailyList) -> None:
    given_ids = [paper.id for paper in new.papers]
    merged = [paper.id for paper in merge(old, new).papers if paper.id in given_ids]
    assert merged == [each for each in given_ids if each in merged]


@st.composite
def agreeing_pairs(draw: st.DrawFn) -> tuple[DailyList, DailyList]:
    """Two lists that each leave out papers and facts of one truth, and contradict it nowhere."""
    truth = [replace(FULL, id=f"2503.0000{n}", title=f"Paper {n}") for n in range(6)]

    def view() -> DailyList:
        papers = []
        for paper in truth:
            if draw(st.booleans()):
                continue
            gaps = draw(st.sets(st.sampled_from(["authors", "links", "keywords", "abstract"])))
            values: dict[str, object] = {key: "" if key == "abstract" else () for key in gaps}
            if "links" not in gaps and draw(st.booleans()):
                values["links"] = (draw(st.sampled_from(FULL.links)),)
            if draw(st.booleans()):
                values["id"] = title_slug(paper.title)
            papers.append(replace(paper, **values))
        curators = draw(st.sampled_from([(), SOURCE.curators]))
        return daily(*papers, source=replace(SOURCE, curators=curators))

    return view(), view()


@given(agreeing_pairs())
def test_lists_that_agree_merge_alike_in_any_order(pair: tuple[DailyList, DailyList]) -> None:
    one, other = pair
    assert merge(one, other) == merge(other, one)
