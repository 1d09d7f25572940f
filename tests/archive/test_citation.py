"""Citations in BibTeX: readable by its programs whatever a title holds."""

from __future__ import annotations

import re
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from generator.archive import citation
from generator.archive.model import Entry
from tests.archives import daily, joined, paper

TEX = st.text("ab {}\\$%&#_~^\"'@,=\n", max_size=30) | st.text(max_size=30)


def entry(**values: object) -> Entry:
    archive = joined(daily(date(2025, 3, 10), paper(**values)))  # type: ignore[arg-type]
    return next(iter(archive.entries.values()))


def fields(bibtex: str) -> dict[str, str]:
    """The fields of an entry, read as BibTeX does: by counting braces."""
    found: dict[str, str] = {}
    head, body = re.match(r"@misc\{([^,\s]*),\n(.*)\}\n\Z", bibtex, re.DOTALL).groups()  # type: ignore[union-attr]
    found["key"] = head
    at = 0
    while body[at:].strip():
        name = re.compile(r"\s*([a-z]+)\s*=\s*\{").match(body, at)
        assert name, body[at:]
        depth, end = 1, name.end()
        while depth:
            depth += {"{": 1, "}": -1}.get(body[end], 0)
            end += 1
        found[name[1]] = body[name.end() : end - 1]
        assert body[end] == ","
        at = end + 1
    return found


def authors(value: str) -> list[str]:
    """Names in an author field: divided by `and` outside of braces."""
    names, depth, start = [], 0, 0
    for match in re.finditer(r"[{}]| and ", value):
        depth += {"{": 1, "}": -1}.get(match[0], 0)
        if match[0] == " and " and depth == 0:
            names.append(value[start : match.start()])
            start = match.end()
    return [*names, value[start:]]


def test_an_arxiv_paper() -> None:
    found = entry(
        title="On the Graphs of X",
        authors=("Ö. Müller-Beispiel", "A. Author"),
        published=date(2024, 2, 1),
    )
    assert citation.bibtex(found) == (
        "@misc{beispiel2024graphs,\n"
        "  title = {{On the Graphs of X}},\n"
        "  author = {Ö. Müller-Beispiel and A. Author},\n"
        "  year = {2024},\n"
        "  eprint = {2503.00001},\n"
        "  archiveprefix = {arXiv},\n"
        "  url = {https://arxiv.org/abs/2503.00001},\n"
        "}\n"
    )


def test_a_doi_and_a_slug() -> None:
    doi = fields(citation.bibtex(entry(paper_id="doi:10.1000/abc")))
    assert (doi["doi"], doi["url"]) == ("10.1000/abc", "https://doi.org/10.1000/abc")
    slug = fields(citation.bibtex(entry(paper_id="a-slug")))
    assert {"doi", "url", "eprint"} & slug.keys() == set()


def test_without_a_date_of_publication_the_year_is_that_of_the_list() -> None:
    assert fields(citation.bibtex(entry()))["year"] == "2025"


def test_many_authors_end_in_others() -> None:
    names = tuple(f"N. Number{n}" for n in range(50))
    found = authors(fields(citation.bibtex(entry(authors=names)))["author"])
    assert found == [*names[: citation.MAX_AUTHORS], "others"]


@pytest.mark.parametrize("name", ["Office for Research and Development", "and", "A. and"])
def test_a_name_with_an_and_in_it_is_one_name(name: str) -> None:
    found = authors(fields(citation.bibtex(entry(authors=(name, "A. Author"))))["author"])
    assert len(found) == 2


@given(TEX.filter(lambda text: bool(text.split())), TEX)
def test_braces_balance_whatever_title_and_name_hold(title: str, name: str) -> None:
    found = fields(citation.bibtex(entry(title=title, authors=(name or "x",))))
    assert {"key", "title", "year"} <= found.keys()
    assert re.fullmatch(r"[a-z0-9]+", found["key"])
    assert "\n" not in found["title"]


@pytest.mark.parametrize(
    ("title", "written"),
    [
        ("100% of R&D #1 a_b", r"100\% of R\&D \#1 a\_b"),
        (r"97.3\% sure", r"97.3\% sure"),
        ("$x_1$ of 5$", r"$x_1$ of 5\$"),
        (r"\textit{kept}", r"\textit{kept}"),
        ("un{balanced", "unbalanced"),
        ("tail\\", "tail"),
    ],
)
def test_latex_stays_and_what_would_break_it_is_escaped(title: str, written: str) -> None:
    assert fields(citation.bibtex(entry(title=title)))["title"] == f"{{{written}}}"


@given(st.text(max_size=20))
def test_no_control_character_comes_through(title: str) -> None:
    text = citation.bibtex(entry(title=f"a{title}"))
    assert not re.search(r"[\x00-\x08\x0b-\x1f\x7f-\x84\x86-\x9f\u202a-\u202e\ufffe\uffff]", text)


# ---- a bibliography


def test_a_bibliography_has_each_key_once_and_the_oldest_paper_keeps_it() -> None:
    names = ("A. Author",)
    archive = joined(
        daily(date(2025, 3, 10), paper("2503.00001", "Graphs", authors=names)),
        daily(
            date(2025, 3, 11),
            paper("2503.00002", "Graphs", authors=names),
            paper("2503.00003", "Sets", authors=names),
        ),
    )
    made = citation.bibliography(archive.entries.values())
    assert re.findall(r"@misc\{(.+),", made) == [
        "author2025graphs-2503.00002",
        "author2025sets",
        "author2025graphs",
    ]
    assert made.count("\n\n@misc") == 2


def test_a_bibliography_of_nothing_is_empty() -> None:
    assert citation.bibliography([]) == ""
