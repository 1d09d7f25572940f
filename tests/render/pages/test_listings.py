"""Listings of large archives: each page has a limit, and links lead to every page."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Mapping
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from generator.archive.model import Archive, Entry
from generator.archive.period import period_of
from generator.core import paths
from generator.core.model import Paper, Tagging
from generator.mail import compose, digest
from generator.render.feeds.catalog import FeedDigest
from generator.render.feeds.entry import MAX_LINES, digest_entry
from generator.render.pages import authors, days, home
from generator.render.pages import tags as tags_module
from generator.render.pages.listing import NEWEST, SPLIT_ABOVE
from generator.render.pages.targets import page_batches, page_targets
from generator.text import fast_markdown
from tests.archives import MONDAY, all_pages, daily, joined, paper, tag

LINE = re.compile(r"^- \[", re.MULTILINE)
LINK = re.compile(r"\]\(([^):]+\.md)\)")
PROLIFIC = "Bea Busy"


@pytest.fixture(scope="module")
def made() -> Mapping[str, str]:
    """The Markdown of an archive of one year's 400 papers by 1,200 authors, by path."""
    names = [
        f"Aa{first}{second} N{n}" for first in "bcdfg" for second in "lmnpq" for n in range(48)
    ]
    lists = [
        daily(
            date(2025, 1, 1) + timedelta(week * 7),
            *(
                paper(
                    f"25{week // 5 + 1:02}.{number:05}",
                    f"Graphs {number}",
                    authors=(*names[number % 400 :: 400], PROLIFIC, "Letter"),
                )
                for number in range(week * 8, week * 8 + 8)
            ),
        )
        for week in range(50)
    ]
    archive = joined(*lists, tags=[tag("graphs", match=("graphs",))], author_min_papers=1)
    return {target.path: target.make().decode() for target in all_pages(archive)}


def links(made: Mapping[str, str], path: str) -> set[str]:
    here = posixpath.dirname(path)
    return {posixpath.normpath(posixpath.join(here, each)) for each in LINK.findall(made[path])}


def reachable(made: Mapping[str, str], start: str, folder: str) -> set[str]:
    """The pages of a folder that links lead to, directly or by other pages of the folder."""
    found: set[str] = set()
    wanted = {start}
    while wanted:
        path = wanted.pop()
        found.add(path)
        wanted |= {each for each in links(made, path) if each.startswith(folder)} - found
    return found


def test_every_link_leads_to_a_page(made: Mapping[str, str]) -> None:
    frame = {"contribute.md", "about.md", "saved-queries.md"}
    for path in made:
        assert links(made, path) <= made.keys() | frame, path


def test_pages_of_authors_by_letters_are_short_and_hold_all(made: Mapping[str, str]) -> None:
    letters = [path for path in made if path.startswith("authors/letter/")]
    assert "authors/letter/aab.md" in letters
    assert all(len(LINE.findall(made[path])) <= authors.SPLIT_LETTERS_ABOVE for path in letters)
    everyone = {path for path in made if path.count("/") == 1 and path.startswith("authors/")}
    assert everyone <= reachable(made, paths.AUTHORS_PAGE, "authors/")


def test_an_author_with_many_papers_has_a_page_for_each_year(made: Mapping[str, str]) -> None:
    path, year = (
        paths.author_page("bea-busy"),
        paths.listing_year_page(paths.author_page("bea-busy"), 2025),
    )
    assert len(LINE.findall(made[path])) == SPLIT_ABOVE
    assert year in links(made, path)
    assert path in links(made, year)
    assert len(LINE.findall(made[year])) == 400
    assert "authors/letter/2025.md" not in made
    assert len(LINE.findall(made["authors/letter.md"])) == 400


def test_a_tag_with_many_papers_in_a_year_has_a_page_for_each_month(
    made: Mapping[str, str],
) -> None:
    path = paths.tag_page("graphs")
    year = paths.listing_year_page(path, 2025)
    assert len(LINE.findall(made[path])) == NEWEST
    assert not LINE.findall(made[year])
    months = {each for each in links(made, year) if re.search(r"graphs/2025-\d\d\.md$", each)}
    assert len(months) == 12
    listed = set().union(*(links(made, each) for each in months))
    assert {each for each in made if each.startswith("papers/")} <= listed
    assert all(year in links(made, each) for each in months)


def related_tags(archive: Archive, slug: str) -> list[str]:
    """The related tags on a tag's page, each with its number of papers."""
    made = {target.path: target for target in page_targets(archive)}
    text = made[paths.tag_page(slug)].make().decode()
    section = text.partition("{: #related }")[2].partition("\n## ")[0]
    return re.findall(r"\[([^\]]+)\]", section)


def archive_of_related_tags() -> Archive:
    tags = (
        tag("graphs", match=("graph",)),
        tag("kernels", parent="graphs", match=("kernel",)),
        tag("texts", match=("text",)),
    )
    first = (paper("a", "graph of text"), paper("b", "graph kernel"), paper("c", "text"))
    second = (paper("d", "kernel"), paper("e", "graph"), paper("f", "text as kernel"))
    return joined(daily(date(2025, 1, 2), *first), daily(date(2025, 1, 3), *second), tags=tags)


def test_related_tags_are_on_the_same_papers_but_not_above_or_below_in_the_tree() -> None:
    assert related_tags(archive_of_related_tags(), "graphs") == ["Texts *2*"]
    assert related_tags(archive_of_related_tags(), "texts") == ["Graphs *1*", "Kernels *1*"]


def test_related_tags_are_counted_in_the_newest_papers(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tags_module, "RELATED_IN", 3)
    assert related_tags(archive_of_related_tags(), "graphs") == ["Texts *1*"]
    monkeypatch.setattr(tags_module, "RELATED_IN", 2)
    assert related_tags(archive_of_related_tags(), "graphs") == []


@pytest.mark.parametrize(("counted_in", "depends"), [(SPLIT_ABOVE, False), (SPLIT_ABOVE + 1, True)])
def test_a_tags_page_depends_on_all_papers_in_which_related_tags_are_counted(
    monkeypatch: pytest.MonkeyPatch, counted_in: int, *, depends: bool
) -> None:
    monkeypatch.setattr(tags_module, "RELATED_IN", counted_in)
    newer = [paper(f"p-{number}", "graph") for number in range(SPLIT_ABOVE)]
    before, after = (
        {target.path: target.inputs for target in page_targets(archive)}
        for archive in (
            joined(
                daily(MONDAY, *newer, paper("oldest", title)),
                tags=[tag("graphs", match=("graph",))],
            )
            for title in ("graph", "another graph")
        )
    )
    path = paths.tag_page("graphs")
    assert (before[path] != after[path]) == depends


def test_fast_markdown_can_render_all_of_them(made: Mapping[str, str]) -> None:
    for path, text in made.items():
        if path.startswith(("authors/", "tags/")):
            assert fast_markdown.html(text.partition("\n---\n\n")[2], path)


def inputs_of(*papers: Paper) -> dict[str, bytes]:
    """What the pages of papers depend on, on two days, the second with one paper."""
    read = joined(daily(MONDAY, *papers), daily(MONDAY + timedelta(1), paper("other")))
    found = all_pages(read)
    return {each.path: each.inputs for each in found if each.path.startswith("papers/")}


@pytest.mark.parametrize(
    ("changed", "expected"), [("a", "ab"), ("b", "abc"), ("c", "bcd"), ("d", "cd")]
)
def test_a_papers_page_depends_on_those_beside_it_on_its_day(changed: str, expected: str) -> None:
    papers = [paper(name, title=f"Paper {name}") for name in "abcd"]
    before = inputs_of(*papers)
    after = inputs_of(*(replace(p, title="New") if p.id == changed else p for p in papers))
    assert {path for path in before if before[path] != after[path]} == {
        f"papers/{name}.md" for name in expected
    }


PAPERS = st.lists(
    st.tuples(
        st.sampled_from("abcd"),
        st.sampled_from(("On graphs", "On texts")),
        st.lists(st.sampled_from(("Ann", "ann", "Bo", "Cy")), unique=True, max_size=2),
    ),
    unique_by=lambda each: each[0],
    min_size=1,
    max_size=3,
)
LISTS = st.lists(PAPERS, min_size=2, max_size=4)
"""Papers of days some weeks apart: their ids, titles and authors."""
Papers = list[tuple[str, str, list[str]]]


def read_of(lists: list[Papers], *taggings: Tagging) -> Archive:
    days = [
        daily(MONDAY + timedelta(15 * number), *(paper(i, t, authors=tuple(n)) for i, t, n in own))
        for number, own in enumerate(lists)
    ]
    tags = (tag("graphs", match=("graphs",)), tag("texts"))
    return joined(*days, tags=tags, taggings=taggings, author_min_papers=2)


def batches_of(read: Archive) -> dict[str, tuple[bytes, list[tuple[str, bytes]]]]:
    """The digest of each batch, and the paths and digests of its targets, by its name."""
    return {
        batch.name: (batch.inputs, [(each.path, each.inputs) for each in batch.targets()])
        for batch in page_batches(read)
    }


@given(lists=LISTS, place=st.integers(0, 4), new=PAPERS, is_tagged=st.booleans())
def test_a_batch_changes_with_what_its_pages_depend_on(
    lists: list[Papers], place: int, new: Papers, *, is_tagged: bool
) -> None:
    one = batches_of(read_of(lists))
    changed = [*lists[:place], new, *lists[place + 1 :]]
    other = batches_of(read_of(changed, *([Tagging("a", ("texts",))] if is_tagged else ())))
    for name in one.keys() & other.keys():
        assert one[name][0] != other[name][0] or one[name][1] == other[name][1]


@given(lists=LISTS)
def test_each_paper_and_author_is_in_one_batch(lists: list[Papers]) -> None:
    read = read_of(lists)
    found = [path for _, targets in batches_of(read).values() for path, _ in targets]
    papers, people = map(paths.paper_page, read.entries), map(paths.author_page, read.authors)
    assert sorted(found) == sorted([*papers, *people])
    assert all(map(read.has_page, found))
    others = ("papers/nobody.md", "papers/ann.md", "authors/a.md", "papers/a", "a.md", "tags/a.md")
    assert not any(map(read.has_page, others))


def test_a_tags_page_is_made_again_when_a_tag_two_levels_below_moves_away() -> None:
    """The tags below it aren't among its related tags; a moved one is."""

    def page_of(parent: str) -> tuple[bytes, bytes]:
        tags = [tag("a"), tag("b", parent="a"), tag("c", parent=parent), tag("d")]
        taggings = [Tagging("2503.00001", ("a", "b", "c"))]
        archive = joined(daily(), tags=tags, taggings=taggings)
        (target,) = (each for each in all_pages(archive) if each.path == "tags/a.md")
        return target.inputs, target.make()

    (old_digest, old), (new_digest, new) = page_of("b"), page_of("d")
    assert old != new
    assert old_digest != new_digest


# ---- a day that is far larger than others

HUGE_DAY = 20_000


@pytest.fixture(scope="module")
def huge() -> Archive:
    """An archive of one day with 20,000 papers, the later ones more upvoted."""
    listed = (
        paper(f"25{n // 90_000 + 1:02}.{n:05}", f"Graphs {n}", abstract="Words. " * 99, upvotes=n)
        for n in range(HUGE_DAY)
    )
    return joined(daily(MONDAY, *listed), tags=[tag("graphs", match=("graphs",))])


@pytest.fixture(scope="module")
def huge_pages(huge: Archive) -> Mapping[str, str]:
    """The Markdown of its pages, without those of papers."""
    return {target.path: target.make().decode() for target in page_targets(huge)}


def test_no_page_grows_with_a_huge_day(huge_pages: Mapping[str, str]) -> None:
    papers = {path: len(re.findall(r"\]\(\S*papers/", text)) for path, text in huge_pages.items()}
    assert {path: count for path, count in papers.items() if count > 2_000} == {}
    assert papers[paths.HOME_PAGE] == home.MAX_PAPERS
    assert papers[paths.month_page("2025-03")] == papers["tags/graphs/2025-03.md"] == 2_000
    assert max(map(len, huge_pages.values())) < 1_000_000


def test_what_a_page_leaves_out_is_counted_and_linked(huge_pages: Mapping[str, str]) -> None:
    day = paths.day_page(MONDAY)
    assert f"[and 19,920 more]({day})" in huge_pages[paths.HOME_PAGE]
    assert "Graphs 19999]" in huge_pages[paths.HOME_PAGE]
    assert "Graphs 19919]" not in huge_pages[paths.HOME_PAGE]
    for path, link in (
        (paths.week_page("2025-W11"), day),
        (paths.month_page("2025-03"), day),
        ("tags/graphs/2025-03.md", paths.DAYS_PAGE),
    ):
        assert "2,000 papers" in huge_pages[path]
        assert link in links(huge_pages, path)


def test_all_papers_of_a_huge_day_are_on_its_parts(
    huge: Archive, huge_pages: Mapping[str, str]
) -> None:
    day = paths.day_page(MONDAY)
    parts = reachable(huge_pages, day, f"daily/{MONDAY}/")
    assert len(parts) == HUGE_DAY / days.PART
    listed = [each for path in sorted(parts) for each in links(huge_pages, path)]
    assert {each for each in listed if each.startswith("papers/")} == {
        paths.paper_page(key) for key in huge.entries
    }
    for path in parts:
        assert len(re.findall(r"^## \[", huge_pages[path], re.MULTILINE)) == days.PART
    following = paths.day_part_page(MONDAY, 3)
    assert {paths.day_part_page(MONDAY, 2), day, paths.day_part_page(MONDAY, 4)} <= links(
        huge_pages, following
    )


def test_an_ordinary_day_is_on_one_page() -> None:
    read = joined(daily(MONDAY, *(paper(f"2503.{n:05}") for n in range(days.SPLIT_ABOVE))))
    made = {target.path for target in page_targets(read)}
    assert [path for path in made if path.startswith(f"daily/{MONDAY}")] == [paths.day_page(MONDAY)]


def test_a_mail_and_a_digest_of_a_huge_day_are_bounded(huge: Archive) -> None:
    found = digest.digest_for(huge, digest.select(huge), period_of(MONDAY, "day"))
    text = compose.message(huge.settings, found, compose.Envelope()).as_string()
    assert (found.count, found.more) == (HUGE_DAY, HUGE_DAY - digest.MAX_PAPERS)
    assert text.count("and 19,500 more") == 2
    assert len(text) < 2_000_000
    (day,) = found.days
    assert day.papers[-1][1].title == "Graphs 19999"
    shown = digest_entry(
        huge, FeedDigest(period_of(MONDAY, "day"), huge.days, huge.days[0].entries), _title
    )
    assert shown.html.count("<li>") == MAX_LINES
    assert shown.html.endswith('/daily/2025-03-10/">and 19,500 more</a></p>')


def _title(entry: Entry) -> str:
    return f"<li>{entry.title}</li>"
