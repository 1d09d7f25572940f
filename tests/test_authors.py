"""Who has a page, by the names on papers; in this process or in one beside it."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from generator import archive, authors, processes, urls
from tests.archives import varied

NAMES = st.sampled_from(["A. Author", "A Author", "Ö. Beispiel", "O. Beispiel", "B", "b", "C"])


@given(papers=st.lists(st.lists(NAMES, max_size=4), max_size=8), at_least=st.integers(1, 3))
def test_papers_are_gathered_by_slug(papers: list[list[str]], at_least: int) -> None:
    expected = {}
    for slug in sorted({urls.slug(name) for names in papers for name in names}):
        of_slug = [[name for name in names if urls.slug(name) == slug] for names in papers]
        places = tuple(place for place, names in enumerate(of_slug) if names)
        every = [name for names in of_slug for name in names]
        common = min(every, key=lambda name: (-every.count(name), name))
        if len(places) >= at_least:
            expected[slug] = (common, set(every), places)
    found = authors.decoded(authors.encoded(papers, at_least)).people
    assert {each.slug: (each.name, set(each.names), each.papers) for each in found} == expected
    assert [each.slug for each in found] == list(expected)


def test_a_process_beside_changes_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    alone = archive.build(varied())
    monkeypatch.setattr(processes, "FEW", 1)
    beside = archive.build(varied(), jobs=2)
    assert {
        slug: (each.name, [e.key for e in each.entries]) for slug, each in alone.authors.items()
    } == {slug: (each.name, [e.key for e in each.entries]) for slug, each in beside.authors.items()}
    assert [each.digest for each in alone.entries.values()] == [
        each.digest for each in beside.entries.values()
    ]


def test_what_raises_beside_raises_here() -> None:
    with processes.beside(lambda: 1 // 0, 2) as result, pytest.raises(ZeroDivisionError):
        result()


@pytest.mark.parametrize("jobs", [1, 2])
def test_the_result_is_the_works(jobs: int) -> None:
    with processes.beside(lambda: b"x" * 10**6, jobs) as result:
        assert result() == b"x" * 10**6
