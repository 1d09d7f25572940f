"""Links with a request for tags filled in lead where they say, whatever a paper is called."""

from __future__ import annotations

from urllib.parse import parse_qsl, unquote, urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from generator.core import ids, links
from generator.core.model import Tagging
from tests.archives import SETTINGS

FORK = replace(SETTINGS, repository="https://example.org/someone/fork", branch="my/branch?#1")
HOSTILE = '"><script>alert(1)</script>&name=x#y\u202e%0A'


def file(paper_id: str = "2503.00001", *tags: str, tagging: Tagging | None = None) -> str:
    return links.tagging_file_url(FORK, ids.paper_key(paper_id), tagging, tags)


def form(paper_id: str = "2503.00001", title: str = "A Placeholder", *tags: str) -> str:
    return links.tag_form_url(FORK, paper_id, title, tags)


def fields(address: str) -> dict[str, str]:
    found = parse_qsl(urlsplit(address).query, keep_blank_values=True, strict_parsing=True)
    assert len(found) == len(dict(found))
    return dict(found)


def test_a_file_that_is_there_is_opened_on_the_forks_branch() -> None:
    address = file(tagging=Tagging("2503.00001"))
    parts = urlsplit(address)
    assert unquote(parts.path) == (
        "/someone/fork/edit/my/branch?#1/content/tagging/2503/2503.00001.yaml"
    )
    assert not parts.query
    assert not parts.fragment
    part = file(tagging=Tagging("2503.00001", part="graphs"))
    assert unquote(part).endswith("/content/tagging/2503/2503.00001/graphs.yaml")


def test_tags_for_a_paper_that_has_a_file_get_one_beside_it() -> None:
    address = file("2503.00001", "graphs", "methods", tagging=Tagging("2503.00001"))
    assert fields(address) == {
        "filename": "content/tagging/2503/2503.00001/graphs.yaml",
        "value": "tags:\n- graphs\n- methods\n",
    }


def test_a_new_file_has_its_path_and_text() -> None:
    address = file()
    assert unquote(urlsplit(address).path) == "/someone/fork/new/my/branch?#1"
    assert fields(address) == {
        "filename": "content/tagging/2503/2503.00001.yaml",
        "value": "tags:\n- ",
    }
    filled = file("2503.00001", "graphs", "methods")
    assert fields(filled)["value"] == "tags:\n- graphs\n- methods\n"


def test_a_form_has_the_paper_and_its_title() -> None:
    address = form()
    assert urlsplit(address).path == "/someone/fork/issues/new"
    assert fields(address) == {
        "template": "tag.yml",
        "title": "Tags for 2503.00001",
        "paper": "2503.00001",
        "name": "A Placeholder",
    }
    filled = form("2503.00001", "A Placeholder", "graphs", "methods")
    assert fields(filled)["add"] == "graphs\nmethods"


@pytest.mark.parametrize(
    "paper_id", ["doi:10.1000/x(y)", "doi:10.1000/a&b=c#d?e+f%20g", "hep-th/9901001"]
)
def test_any_id_arrives_as_it_is(paper_id: str) -> None:
    found = fields(form(paper_id))
    assert found["paper"] == paper_id
    assert found["title"] == f"Tags for {paper_id}"
    filename = fields(file(paper_id))["filename"]
    assert filename == f"content/tagging/{filename.split('/')[2]}/{ids.paper_key(paper_id)}.yaml"


def test_a_hostile_title_stays_in_its_field() -> None:
    address = form(title=HOSTILE)
    assert list(fields(address)) == ["template", "title", "paper", "name"]
    assert not urlsplit(address).fragment
    assert not set(address) & set("<>\"' ()[]*\u202e")


def test_a_long_title_is_cut_between_words() -> None:
    name = fields(form(title="word " * 40))["name"]
    assert name.endswith("word...")
    assert len(name) <= links.MAX_NAME_LENGTH


@given(st.text(min_size=1, max_size=300).filter(str.strip))
def test_a_title_is_short_in_the_address_and_its_beginning(title: str) -> None:
    address = form(title=title)
    assert len(address.partition("&name=")[2]) <= links.MAX_NAME_LENGTH
    name = fields(address)["name"]
    assert name == title or " ".join(title.split()).startswith(name.removesuffix("..."))


def test_without_a_repository_there_are_no_links() -> None:
    alone = replace(SETTINGS, repository="")
    assert links.tagging_file_url(alone, "x", Tagging("x")) == ""
    assert links.tag_form_url(alone, "x", "X") == ""
