"""Which authors have a page, from the names on papers; in this process or in another one."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from generator.archive import authors
from generator.archive import build as build_module
from generator.archive.build import build_archive
from generator.core import ids, parallel
from generator.core.cache import Cache
from tests.archives import daily, paper, varied, whole

NAMES = st.sampled_from(["A. Author", "A Author", "Ö. Beispiel", "O. Beispiel", "B", "b", "C"])


PAPERS = st.lists(st.lists(NAMES, max_size=4), max_size=8)


def index_of(papers: list[list[str]], at_least: int, older: int) -> authors.AuthorIndex:
    """The index, with the first `older` papers in its base."""
    return authors.extended(authors.base(papers[:older], at_least), papers[older:])


@given(papers=PAPERS, at_least=st.integers(1, 3), older=st.integers(0, 8))
def test_papers_are_grouped_by_slug(papers: list[list[str]], at_least: int, older: int) -> None:
    expected = {}
    for slug in sorted({ids.slug(name) for names in papers for name in names}):
        of_slug = [[name for name in names if ids.slug(name) == slug] for names in papers]
        places = tuple(place for place, names in enumerate(of_slug) if names)
        every = [name for names in of_slug for name in names]
        common = min(every, key=lambda name: (-every.count(name), name))
        if len(places) >= at_least:
            expected[slug] = (common, set(every), places)
    found = index_of(papers, at_least, older).people
    assert {
        each.slug: (each.name, set(dict(each.spellings)) or {each.name}, each.papers)
        for each in found
    } == expected
    assert [each.slug for each in found] == list(expected)


@given(papers=PAPERS, at_least=st.integers(1, 3), older=st.integers(0, 8))
def test_an_index_from_a_base_is_the_same(
    papers: list[list[str]], at_least: int, older: int
) -> None:
    some, whole = index_of(papers, at_least, older), index_of(papers, at_least, len(papers))
    assert some.links == whole.links
    assert list(map(msgspec.to_builtins, some.people)) == list(
        map(msgspec.to_builtins, whole.people)
    )


@given(papers=PAPERS, at_least=st.integers(1, 3))
def test_links_differ_with_the_authors_who_have_a_page(
    papers: list[list[str]], at_least: int
) -> None:
    found = index_of(papers, at_least, 0)
    links = [
        found.links[at : at + authors.LINK_SIZE]
        for at in range(0, len(found.links), authors.LINK_SIZE)
    ]
    here = [
        frozenset(each.slug for each in found.people if place in each.papers)
        for place in range(len(papers))
    ]
    assert len(set(zip(links, here, strict=True))) == len(set(links)) == len(set(here))


@pytest.mark.parametrize(
    "change", ["a paper more", "a paper less", "a name", "an old list", "another number", "damage"]
)
def test_cached_authors_are_used_only_while_right(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, change: str
) -> None:
    monkeypatch.setattr(build_module, "_UNCACHED_PAPERS", 2)
    first = date(2025, 3, 3)
    lists = [
        daily(
            first + timedelta(day),
            *(
                paper(f"p-{day}-{n}", authors=(f"A {chr(97 + n)}", f"B {chr(97 + day)}"))
                for n in range(2)
            ),
        )
        for day in range(6)
    ]
    cache = Cache(tmp_path, b"tools")
    at_least = 2
    build_archive(whole(*lists, author_min_papers=at_least), cache)
    if change == "a paper more":
        lists.append(daily(first + timedelta(9), paper("late", authors=("A a", "C c", "B d"))))
    elif change == "a paper less":
        lists.pop()
    elif change == "a name":
        lists[1] = daily(first + timedelta(1), paper("p-1-0", authors=("A a", "Other")))
    elif change == "an old list":
        lists.insert(0, daily(first - timedelta(1), paper("early", authors=("A a", "B b"))))
    elif change == "another number":
        at_least = 3
    else:
        (tmp_path / "people").write_bytes(b"")
    content = whole(*lists, author_min_papers=at_least)
    with_cache, without = build_archive(content, cache), build_archive(content)
    assert with_cache.links == without.links
    assert {
        slug: (each.name, [entry.key for entry in each.entries])
        for slug, each in with_cache.authors.items()
    } == {
        slug: (each.name, [entry.key for entry in each.entries])
        for slug, each in without.authors.items()
    }


def test_another_process_gives_the_same_archive(monkeypatch: pytest.MonkeyPatch) -> None:
    alone = build_archive(varied())
    monkeypatch.setattr(parallel, "FEW", 1)
    beside = build_archive(varied(), jobs=2)
    assert {
        slug: (each.name, [e.key for e in each.entries]) for slug, each in alone.authors.items()
    } == {slug: (each.name, [e.key for e in each.entries]) for slug, each in beside.authors.items()}
    assert [each.digest for each in alone.entries.values()] == [
        each.digest for each in beside.entries.values()
    ]


def test_an_error_in_another_process_is_raised_here() -> None:
    with parallel.beside(lambda: 1 // 0, 2) as result, pytest.raises(ZeroDivisionError):
        result()


@pytest.mark.parametrize("jobs", [1, 2])
def test_the_result_of_the_work_comes_back(jobs: int) -> None:
    with parallel.beside(lambda: b"x" * 10**6, jobs) as result:
        assert result() == b"x" * 10**6
