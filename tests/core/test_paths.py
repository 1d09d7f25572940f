"""Slugs and paths: safe for any id or name, and distinct where pages are."""

from __future__ import annotations

import posixpath
import re
from datetime import date, timedelta
from urllib.parse import parse_qs, urlsplit

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from msgspec.structs import replace
from slugify import slugify

from generator.core import links, paths
from generator.core.ids import (
    MAX_LENGTH,
    arxiv_id,
    distinct_slug,
    is_paper_id,
    is_paper_key,
    is_portable,
    is_slug,
    paper_key,
    slug,
    title_slug,
)
from tests.archives import MONDAY, SETTINGS

ANYTHING = st.text(max_size=60) | st.text("./\\-_:%~ aZ9é", max_size=20)
DOI = st.from_regex(r"doi:10\.[0-9]{4,9}/[!-~]{1,30}", fullmatch=True)
ID = ANYTHING | DOI | st.from_regex(r"[a-z-]{1,8}(\.[A-Z]{2})?/[0-9]{7}", fullmatch=True)
SAFE = re.compile(r"[a-z0-9]+([.-]+[a-z0-9]+)*")
MAX_NAME_LENGTH = 255 - len(".md") - len(".") - len(".part")
"""The limit of file systems, less the endings of a page and of its unfinished copy."""


# ---- safe

DEVICES = ["con", "CON", "Aux", "prn", "nul", "com1", "LPT9"]


@pytest.mark.parametrize("name", DEVICES)
def test_windows_can_have_every_name_that_is_made(name: str) -> None:
    for made in (slug(name), title_slug(name), distinct_slug(name), paper_key(name)):
        assert is_portable(made)
    key = f"{name.lower()}-artists"
    for path in (
        paths.tagging_file(key),
        paths.tagging_file(key, "graphs"),
        paths.tagging_file(paper_key(f"{name}.1")),
    ):
        assert all(map(is_portable, path.split("/"))), path


@pytest.mark.parametrize("name", [*DEVICES, "con.yaml", "aux.tar.gz", "nul .txt"])
def test_a_device_of_windows_is_no_slug_and_no_key(name: str) -> None:
    assert not is_slug(name)
    assert not is_paper_key(name)
    assert not is_paper_id(name)
    assert not is_portable(name)


@pytest.mark.parametrize(
    "name", ["a:b", "a?", "a*", 'a"', "a|b", "a<b", "a>", "a\\b", "a ", "a.", "\t"]
)
def test_windows_cannot_have_some_characters_in_names(name: str) -> None:
    assert not is_portable(name)


@pytest.mark.parametrize(
    "name", ["console", "aux-loss.yaml", "a.b.c", "README.md", "com10", "é 例"]
)
def test_ordinary_names_are_portable(name: str) -> None:
    assert is_portable(name)


@given(ID)
def test_any_key_is_portable_with_its_folder(paper_id: str) -> None:
    parts = paths.tagging_file(paper_key(paper_id), slug(paper_id)).split("/")
    assert all(map(is_portable, parts))


@given(ID)
@example("..")
@example("٢٥٠٣.٠١٤٩٦")
@example("../../etc/passwd")
@example("")
@example("a" * 1000)
@example("doi:10.1000/" + "x" * 1000)
def test_a_papers_key_is_a_safe_and_short_name_of_a_file(paper_id: str) -> None:
    key = paper_key(paper_id)
    assert SAFE.fullmatch(key)
    assert ".." not in key
    assert is_paper_key(key)
    assert len(key) <= MAX_NAME_LENGTH


@given(ANYTHING)
@example("例")
@example("")
@example("A very long name " * 100)
def test_a_slug_is_a_safe_and_short_name_of_a_file(name: str) -> None:
    for made in (slug(name), title_slug(name), distinct_slug(name)):
        assert is_slug(made)
        assert SAFE.fullmatch(made)
        assert len(made) <= MAX_NAME_LENGTH


@given(ID, st.dates())
def test_paths_stay_in_their_folder(paper_id: str, day: date) -> None:
    key = paper_key(paper_id)
    for path in (
        paths.paper_page(key),
        paths.tagging_file(key),
        paths.listing_year_page(paths.tag_page(slug(paper_id)), day.year),
        paths.author_page(slug(paper_id)),
        paths.day_page(day),
        paths.list_file(day),
        paths.week_page(paths.week_name(day)),
        paths.month_page(paths.month_name(day)),
        paths.year_page(day.year),
    ):
        assert path.isascii()
        assert path == posixpath.normpath(path)
        assert not path.startswith(("/", "."))
        assert all(part.strip(".") for part in path.split("/"))


@given(ID)
def test_a_key_of_a_key_is_itself(paper_id: str) -> None:
    key = paper_key(paper_id)
    assert paper_key(key) == key


@pytest.mark.parametrize(
    ("paper_id", "key"),
    [
        ("2503.01496", "2503.01496"),
        ("a-slug", "a-slug"),
        ("doi:10.1000/Ab_c(1)", "doi-10.1000-ab-c-1"),
        ("cs.LG/0101001", "cs.lg-0101001"),
        ("hep-th/9901001", "hep-th-9901001"),
    ],
)
def test_keys_never_change_once_published(paper_id: str, key: str) -> None:
    assert paper_key(paper_id) == key


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("Ö. Müller-Beispiel", "o-muller-beispiel"),
        ("A. Author", "a-author"),
        ("Łucja Przykład", "lucja-przyklad"),
        ("J. D'Exemple", "j-d-exemple"),
        ("!!!", "x-84f9e1aa"),
    ],
)
def test_slugs_never_change_once_published(name: str, expected: str) -> None:
    found = slug(name)
    assert found == expected or (
        expected.startswith("x-") and re.fullmatch(r"x-[0-9a-f]{8}", found)
    )


# ---- distinct


NAMES = ["index", "letter", "readme", "404", "a", "search", "sitemap"]


@pytest.mark.parametrize("name", NAMES)
def test_no_page_takes_the_path_of_another_kind(name: str) -> None:
    """A tag, an author or a paper may have the name of a folder or page of the site."""
    day = MONDAY
    pages = [
        paths.HOME_PAGE,
        paths.DAYS_PAGE,
        paths.TAGS_PAGE,
        paths.AUTHORS_PAGE,
        paths.RSS_FILE,
        paths.day_page(day),
        paths.week_page(paths.week_name(day)),
        paths.month_page(paths.month_name(day)),
        paths.year_page(day.year),
        paths.paper_page(paper_key(name)),
        paths.tag_page(slug(name)),
        paths.listing_year_page(paths.tag_page(slug(name)), day.year),
        paths.author_page(slug(name)),
        paths.author_letter_page(slug(name)[0]),
    ]
    assert len(set(pages)) == len(pages)
    assert len({paths.site_path(page) for page in pages}) == len(pages)


@given(st.lists(st.from_regex(r"[0-9]{4}\.[0-9]{4,5}", fullmatch=True), unique=True, max_size=5))
def test_arxiv_ids_have_pages_of_their_own(ids: list[str]) -> None:
    assert len({paths.paper_page(paper_key(each)) for each in ids}) == len(ids)


@given(st.lists(ANYTHING, unique=True, max_size=6))
def test_titles_without_a_letter_still_have_ids_of_their_own(titles: list[str]) -> None:
    assert len({distinct_slug(title) for title in titles}) == len(titles)


def test_iso_weeks_at_the_turn_of_the_year() -> None:
    assert paths.week_name(date(2024, 12, 30)) == "2025-W01"
    assert paths.week_name(date(2027, 1, 3)) == "2026-W53"
    assert paths.week_name(date(2025, 3, 11)) == "2025-W11"


@given(st.dates(), st.integers(1, 700))
def test_names_of_weeks_and_months_sort_as_time_does(day: date, later: int) -> None:
    if day > date.max - timedelta(days=later):
        return
    other = day + timedelta(days=later)
    assert paths.week_name(day) <= paths.week_name(other)
    assert paths.month_name(day) <= paths.month_name(other)


# ---- links


PAGE = st.lists(st.sampled_from(["a", "b", "index"]), min_size=1, max_size=3).map("/".join)


@given(PAGE, PAGE)
def test_a_relative_link_leads_to_its_target(page: str, target: str) -> None:
    link = paths.relative(f"{page}.md", f"{target}.md")
    assert posixpath.normpath(posixpath.join(posixpath.dirname(page), link)) == f"{target}.md"
    assert not link.startswith("/")


@pytest.mark.parametrize(
    ("page", "address"),
    [
        ("index.md", ""),
        ("daily/index.md", "daily/"),
        ("papers/2503.01496.md", "papers/2503.01496/"),
        ("tags/rag/2025.md", "tags/rag/2025/"),
        ("papers/doi-10.1-a.md.md", "papers/doi-10.1-a.md/"),
    ],
)
def test_site_paths_of_pages(page: str, address: str) -> None:
    assert paths.site_path(page) == address


@pytest.mark.parametrize(
    "text", ["2503.01496", "arXiv:2503.01496", "2503.01496v12", " 2503.01496v1 "]
)
def test_an_arxiv_id_is_found_without_its_version(text: str) -> None:
    assert arxiv_id(text) == "2503.01496"


@pytest.mark.parametrize(
    "text", ["", "2503", "2503.014961", "https://example.org", "a-slug", "٢٥٠٣.01496"]
)
def test_texts_that_are_no_arxiv_id(text: str) -> None:
    assert arxiv_id(text) == ""


@pytest.mark.parametrize(
    "paper_id",
    [
        "",
        "Upper",
        "a--b",
        "-a",
        "2503.01496v1",
        "doi:example",
        "doi:10.1000/",
        "a/b",
        "../a",
        "a b",
    ],
)
def test_texts_that_are_no_paper_id(paper_id: str) -> None:
    assert not is_paper_id(paper_id)


@given(DOI)
def test_the_url_of_a_doi_can_be_anywhere(doi: str) -> None:
    address = links.abstract_url(doi)
    assert re.fullmatch(r"https://doi\.org/[A-Za-z0-9/;()._:~%-]+", address)


def test_the_url_for_a_new_file_has_its_path_and_text() -> None:
    settings = replace(SETTINGS, repository="https://example.org/r", branch="my branch")
    address = links.new_file_url(settings, "a/b.yaml", "tags:\n- ")
    parts = urlsplit(address)
    assert parts.path == "/r/new/my%20branch"
    assert parse_qs(parts.query) == {"filename": ["content/a/b.yaml"], "value": ["tags:\n- "]}


@given(st.from_regex(r"[A-Za-z]+([ -][A-Za-z]+)*", fullmatch=True))
def test_plain_names_have_the_slugs_that_slugify_gives(name: str) -> None:
    assert slug(name).startswith(slugify(name)[: MAX_LENGTH - 9].rstrip("-"))
    if len(name) <= MAX_LENGTH and name.lower() != "index":
        assert slug(name) == slugify(name)
