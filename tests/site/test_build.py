"""The whole way: content in, a website out that holds together; the same bytes each time."""

from __future__ import annotations

import gzip
import hashlib
import html.parser
import json
import os
import random
import re
import subprocess
import sys
import xml.etree.ElementTree as ET
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import pairwise
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, unquote, urljoin, urlsplit

import pytest
import yaml

from generator.archive.load import load_archive
from generator.archive.model import Archive
from generator.cli import options
from generator.core import ids, page_kinds, paths
from generator.render.pages.papers import MAX_AUTHORS
from generator.render.targets import all_targets
from generator.site import html_head, size_budget, staging
from tests import example
from tests.archives import (
    ROOT,
    TODAY,
    build_arguments,
    command,
    daily,
    paper,
    render,
    tag,
    tree,
    varied,
    whole,
    write,
)

SUB_PATH = "https://example.org/papers/"


class Page(html.parser.HTMLParser):
    """What tests ask of one HTML file."""

    def __init__(self, address: str, text: str) -> None:
        super().__init__()
        self.address = address
        self.text = text
        self.ids: list[str] = []
        self.links: list[str] = []
        self.loads: list[str] = []
        self.headings: list[str] = []
        self.heads: list[dict[str, str]] = []
        self.titles: list[str] = []
        self.scripts: list[tuple[dict[str, str], str]] = []
        self.shown = ""
        self._open: list[str] = []
        self._script: dict[str, str] = {}
        self.feed(text)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        values = {name: value or "" for name, value in attrs}
        self._open.append(tag)
        if "id" in values:
            self.ids.append(values["id"])
        if tag == "a" and "href" in values:
            self.links.append(values["href"])
        if tag in ("script", "img", "iframe", "source", "video", "audio") and "src" in values:
            self.loads.append(values["src"])
        if tag == "link" and values.get("rel") in (
            "stylesheet",
            "icon",
            "preload",
            "modulepreload",
            "preconnect",
        ):
            self.loads.append(values["href"])
        if tag in ("meta", "link"):
            self.heads.append(values)
        if tag == "h1":
            self.headings.append("")
        if tag == "title":
            self.titles.append("")
        if tag == "script":
            self._script = values
        if tag in ("meta", "link", "input", "img", "br", "hr"):
            self._open.pop()

    def handle_endtag(self, tag: str) -> None:
        if tag in self._open:
            while self._open.pop() != tag:
                pass

    def handle_data(self, data: str) -> None:
        if "script" in self._open:
            self.scripts.append((self._script, data))
        elif "style" not in self._open:
            self.shown += data
        if "h1" in self._open:
            self.headings[-1] += data
        if "title" in self._open and "svg" not in self._open:
            self.titles[-1] += data

    def metas(self, name: str) -> list[str]:
        return [
            head["content"]
            for head in self.heads
            if name in (head.get("name"), head.get("property"))
        ]

    def rel(self, rel: str) -> list[dict[str, str]]:
        return [head for head in self.heads if head.get("rel") == rel]


@dataclass(frozen=True)
class Site:
    """A built site."""

    root: Path
    url: str
    archive: Archive
    said: str

    @property
    def folder(self) -> Path:
        return self.root / "site"

    def pages(self) -> dict[str, Page]:
        """Every HTML page except redirects, by its URL relative to the site's root."""
        return {name: page for name, page in self._all().items() if not _leads_on(page)}

    def redirects(self) -> dict[str, Page]:
        """Pages that lead to another, by their address."""
        return {name: page for name, page in self._all().items() if _leads_on(page)}

    def _all(self) -> dict[str, Page]:
        return {
            (name := path.relative_to(self.folder).as_posix().removesuffix("index.html")): Page(
                name, path.read_text(encoding="utf-8")
            )
            for path in sorted(self.folder.rglob("*.html"))
        }

    def page(self, address: str) -> Page:
        path = self.folder / address / "index.html"
        return Page(address, path.read_text(encoding="utf-8"))


def _leads_on(page: Page) -> str:
    """Where a page redirects to, as it stands there."""
    found = [head["content"] for head in page.heads if head.get("http-equiv") == "refresh"]
    return found[0].removeprefix("0; url=") if found else ""


def made(root: Path, what: Path, today: date) -> Site:
    result = command(*build_arguments(root, what))
    assert result.returncode == 0, result.stderr
    read = load_archive(what, today)
    return Site(root, read.settings.site_url, read, result.stdout + result.stderr)


@pytest.fixture(scope="session")
def large(tmp_path_factory: pytest.TempPathFactory) -> Site:
    """The site of an archive that looks like a real one."""
    root = tmp_path_factory.mktemp("large")
    return made(root, write(root / "content", example.archive()), date.max)


@pytest.fixture(scope="session")
def small(tmp_path_factory: pytest.TempPathFactory) -> Site:
    """The site of an archive in which every feature is used, with a tag that is split by year."""
    root = tmp_path_factory.mktemp("small")
    what = varied()
    many = [
        daily(
            date(year, 1, 2),
            *(
                paper(f"{year % 100}01.{n:05}", f"Multitude {n}", authors=(f"{letter}. Author",))
                for n, letter in zip(range(60), "abc" * 20, strict=True)
            ),
        )
        for year in (2023, 2024)
    ]
    content_root = write(
        root / "content",
        whole(
            *what.lists,
            *many,
            tags=[
                *what.tags,
                tag("multitude", aliases=("many",), former=("many",), match=("multitude",)),
            ],
            taggings=what.taggings,
            author_min_papers=2,
            site_url=SUB_PATH,
        ),
    )
    return made(root, content_root, TODAY)


@pytest.fixture(params=["large", "small"])
def site(request: pytest.FixtureRequest) -> Site:
    found: Site = request.getfixturevalue(request.param)
    return found


pytestmark = pytest.mark.xdist_group("build")


# ---- the build


def test_a_build_says_one_line_beside_what_the_site_weighs_and_warns_of_nothing(
    site: Site,
) -> None:
    (line,) = (each for each in site.said.splitlines() if not each.startswith(("  ", "making: ")))
    assert re.fullmatch(r"built \S+: [\d,]+ pages and files made, 0 unchanged, 0 removed", line)


def test_every_path_of_the_design_is_there(site: Site) -> None:
    archive = site.archive
    expected = {"", "daily/", "tags/", "authors/", "about/", "subscribe/", "contribute/"}
    for day in archive.days:
        year, week, _ = day.date.isocalendar()
        expected |= {
            f"daily/{day.date}/",
            f"weekly/{year}-W{week:02}/",
            f"monthly/{day.date:%Y-%m}/",
            f"yearly/{day.date:%Y}/",
        }
    expected |= {f"papers/{key}/" for key in archive.entries}
    expected |= {f"tags/{slug}/" for slug in archive.tags}
    expected |= {f"authors/{slug}/" for slug in archive.authors}
    missing = [
        address for address in expected if not (site.folder / address / "index.html").is_file()
    ]
    assert missing == []
    assert (site.folder / "rss.xml").is_file()
    assert (site.folder / "404.html").is_file()
    assert (site.folder / "sitemap.xml").is_file()


def test_a_tag_with_many_papers_has_a_page_for_each_year(small: Site) -> None:
    shown = small.page("tags/multitude/")
    assert {"2024/", "2023/"} <= {link.rsplit("multitude/")[-1] for link in shown.links}
    assert small.page("tags/multitude/2023/").shown.count("Multitude ") >= 60


def test_old_addresses_of_tags_lead_to_their_pages_without_javascript(site: Site) -> None:
    pages = site.pages()
    found = site.redirects()
    assert found
    for address, page in found.items():
        target = resolved(site, page, _leads_on(page))
        assert target in pages, address
        assert page.links == [_leads_on(page)]
        assert [each["href"] for each in page.rel("canonical")] == [f"{site.url}{target}"]
        assert page.metas("robots") == ["noindex"]
        assert page.titles == [page.shown.strip().split("\n")[-1]]
    for tag_page in site.archive.tags.values():
        for alias in tag_page.tag.aliases:
            assert f"tags/{ids.slug(alias)}/" in pages | found


def test_pages_of_years_have_their_old_addresses_too(small: Site) -> None:
    leads = {address: _leads_on(page) for address, page in small.redirects().items()}
    assert leads == {
        "tags/long-contexts/": "../long-context/",
        "tags/many/": "../multitude/",
        "tags/many/2023/": "../../multitude/2023/",
        "tags/many/2024/": "../../multitude/2024/",
    }


def test_nothing_of_the_source_stays_in_the_site(site: Site) -> None:
    names = tree(site.folder)
    assert [
        name
        for name in names
        if name.endswith((".md", ".part", ".generated", ".yaml", ".json.tmp"))
    ] == []
    hidden = [name for name in names if any(part.startswith(".") for part in name.split("/"))]
    assert hidden == [staging.MARK, f"{paths.SEARCH_INDEX}/{paths.SEARCH_RECORD}"]


# ---- links


def resolved(site: Site, page: Page, link: str) -> str | None:
    """The address below the site's root that a link leads to; None where it leads out."""
    target = urljoin(site.url + page.address, link)
    if not target.startswith(site.url):
        return None
    return unquote(target.removeprefix(site.url))


def test_every_link_and_anchor_within_the_site_leads_somewhere(site: Site) -> None:
    pages = site.pages()
    broken = []
    for page in pages.values():
        for link in {*page.links, *page.loads}:
            address = resolved(site, page, link)
            if address is None:
                continue
            path, _, anchor = address.partition("#")
            path = path.partition("?")[0]
            file = site.folder / path
            if not (
                file.is_file()
                or ((file / "index.html").is_file() and (path == "" or path.endswith("/")))
            ):
                broken.append(f"{page.address}: {link}")
            elif anchor and anchor not in pages[path].ids:
                broken.append(f"{page.address}: no anchor {link}")
    assert broken == []


SECTIONS = frozenset(f"{name}/" for name in ("daily", "tags", "authors", "subscribe"))


def test_every_page_can_be_reached_from_the_front_page(site: Site) -> None:
    """Every page of the archive; also from sections that its owner took out of the navigation.

    Where pages by hand can be reached from is up to who writes them.
    """
    pages = site.pages()
    config = (ROOT / "mkdocs.yml").read_text("utf-8")
    left_out = {each for each in SECTIONS if f": {each.rstrip('/')}" not in config}
    reached = {"", *left_out}
    left = sorted(reached)
    while left:
        page = pages[left.pop()]
        for link in page.links:
            address = (resolved(site, page, link) or "").partition("#")[0]
            if address in pages and address not in reached:
                reached.add(address)
                left.append(address)
    files = (target.path for target in all_targets(site.archive))
    of_archive = {paths.site_path(file) for file in files if file.endswith(".md")}
    assert sorted(of_archive & set(pages) - reached) == []
    assert of_archive - set(pages) == set()


def test_no_id_stands_twice_on_a_page(site: Site) -> None:
    twice = {
        page.address: ids
        for page in site.pages().values()
        if (ids := {each for each in page.ids if page.ids.count(each) > 1})
    }
    assert twice == {}


def test_a_page_loads_nothing_from_another_host(site: Site) -> None:
    for page in site.pages().values():
        for load in page.loads:
            assert urljoin(site.url + page.address, load).startswith(site.url), (
                f"{page.address}: {load}"
            )
    for name, data in tree(site.folder).items():
        if name.endswith(".css"):
            assert not re.search(rb"url\(\s*['\"]?(https?:)?//", data), name


# ---- every page


def test_every_page_has_one_heading_a_title_and_a_description(site: Site) -> None:
    for page in site.pages().values():
        assert len(page.headings) == 1, page.address
        assert page.headings[0].strip(), page.address
        assert len(page.titles) == 1, page.address
        assert page.titles[0].strip(), page.address
        if page.address == "404.html":
            continue
        (description,) = page.metas("description")
        assert description.strip(), page.address


def test_pages_of_content_have_titles_of_their_own(site: Site) -> None:
    titles: dict[str, list[str]] = {}
    for page in site.pages().values():
        if page.address == "404.html":
            continue
        titles.setdefault(page.titles[0], []).append(page.address)
    same = {title: pages for title, pages in titles.items() if len(pages) > 1}
    headings = {entry.title for entry in site.archive.entries.values()}
    assert [title for title in same if not any(heading in title for heading in headings)] == []


def test_every_page_says_its_canonical_address(site: Site) -> None:
    for page in site.pages().values():
        if page.address == "404.html":
            assert page.rel("canonical") == []
            continue
        (canonical,) = page.rel("canonical")
        assert canonical["href"] == site.url + page.address
        assert page.metas("og:url") == [site.url + page.address]


def test_every_page_announces_feeds_that_are_there(site: Site) -> None:
    for page in site.pages().values():
        if page.address == "404.html":
            continue
        feeds = [each for each in page.rel("alternate") if each.get("type") in FEED_TYPES]
        found = [resolved(site, page, feed["href"]) for feed in feeds]
        assert all(name and (site.folder / name).is_file() for name in found), page.address
        assert "rss.xml" in found, page.address
        assert all(feed["title"] for feed in feeds)


FEED_TYPES = frozenset(paths.FEED_TYPES.values())
THREE = ("rss.xml", "atom.xml", "feed.json")


def test_pages_announce_their_own_feeds_first(site: Site) -> None:
    own: dict[str, list[str]] = {"": list(THREE)}
    folders = [paths.tag_feeds(slug) for slug in site.archive.tags]
    folders += [paths.author_feeds(slug) for slug in site.archive.authors]
    own |= {folder: [folder + name for name in THREE] for folder in folders}
    for day in site.archive.days:
        week, month = paths.week_name(day.date), paths.month_name(day.date)
        own[f"daily/{day.date}/"] = [f"daily/{name}" for name in THREE]
        own[f"weekly/{week}/"] = [f"weekly/{name}" for name in THREE]
        own[f"monthly/{month}/"] = [f"monthly/{month}/atom.xml"]
    pages = {page.address: page for page in site.pages().values()}
    for address, expected in own.items():
        page = pages[address]
        feeds = [each for each in page.rel("alternate") if each.get("type") in FEED_TYPES]
        found = [resolved(site, page, feed["href"]) for feed in feeds]
        assert found == list(dict.fromkeys([*expected, "rss.xml"]))
        types = [paths.FEED_TYPES[str(name).rpartition("/")[2]] for name in found]
        assert [feed["type"] for feed in feeds] == types
    for key in site.archive.entries:
        page = pages[f"papers/{key}/"]
        assert [each["type"] for each in page.rel("alternate")] == ["application/rss+xml"]


def test_no_notation_of_ours_is_shown(site: Site) -> None:
    """An attribute list, a template's brace, front matter: each would mean a broken page."""
    for page in site.pages().values():
        for sign in ("{:", "{%", "][", "search: {", "kind: ", "Markup(", "None"):
            if sign in page.shown:
                title = next(
                    (e.title for e in site.archive.entries.values() if sign in e.title), ""
                )
                assert title, f"{page.address}: {sign} in {page.shown.partition(sign)[0][-60:]!r}"


def test_no_space_before_a_comma(site: Site) -> None:
    for page in site.pages().values():
        if not page.address.startswith(("papers/", "daily/2")) and page.address:
            found = re.search(r".{30}\s,.{20}", page.shown, re.DOTALL)
            assert not found or "·" in found[0], f"{page.address}: {found[0]!r}"


def test_one_is_no_plural(small: Site) -> None:
    for page in small.pages().values():
        for text in (page.shown, *page.metas("description")):
            found = re.search(
                r"(?<![\d,.])1 (papers|days|lists|authors|tags|upvotes|daily lists)\b", text
            )
            assert not found, (
                f"{page.address}: {text[max(0, found.start() - 40) : found.end() + 10]!r}"
            )


def test_no_page_holds_a_control_character(site: Site) -> None:
    for page in site.pages().values():
        found = re.search(
            r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ufffe\uffff]", page.text
        )
        assert not found, page.address


# ---- a paper's page


def test_the_head_of_a_paper_cites_it(small: Site) -> None:
    page = small.page("papers/2503.00001/")
    assert page.metas("citation_title") == ["Über die O(n) of placeholders"]
    assert page.metas("citation_author") == ["Ö. Müller-Beispiel", "A. Author", "B. Author"]
    assert page.metas("citation_publication_date") == ["2025/03/03"]
    assert page.metas("citation_arxiv_id") == ["2503.00001"]
    assert page.metas("description") == ["A summary in our own words."]
    assert page.metas("og:title") == ["Über die O(n) of placeholders"]
    assert page.metas("og:type") == ["article"]


def test_without_a_day_of_publication_the_day_it_was_listed_is_cited(small: Site) -> None:
    assert small.page("papers/a-slug-of-a-title/").metas("citation_publication_date") == [
        "2025/03/12"
    ]


def test_a_doi_is_cited(small: Site) -> None:
    page = small.page("papers/doi-10.1000-ab-c-1/")
    assert page.metas("citation_doi") == ["10.1000/Ab_c(1)"]
    assert page.metas("citation_arxiv_id") == []


def test_every_paper_has_a_citation(site: Site) -> None:
    for key, entry in site.archive.entries.items():
        page = site.page(f"papers/{key}/")
        assert page.metas("citation_title") == [entry.title]
        named = min(MAX_AUTHORS, len(entry.paper.authors))
        assert len(page.metas("citation_author")) == named
        (day,) = page.metas("citation_publication_date")
        assert re.fullmatch(r"\d{4}/\d\d/\d\d", day)


def json_ld(page: Page) -> dict[str, Any]:
    (found,) = [
        text for attributes, text in page.scripts if attributes.get("type") == "application/ld+json"
    ]
    values: dict[str, Any] = json.loads(found)
    return values


def test_every_papers_json_ld_says_what_it_is(site: Site) -> None:
    for key, entry in site.archive.entries.items():
        values = json_ld(site.page(f"papers/{key}/"))
        assert (values["@context"], values["@type"]) == ("https://schema.org", "ScholarlyArticle")
        assert values["headline"] == entry.title
        assert [author["@type"] for author in values.get("author", [])] == ["Person"] * min(
            html_head.MAX_LD_AUTHORS, len(entry.paper.authors)
        )
        date.fromisoformat(values["datePublished"])


def test_hostile_titles_are_shown_as_text_and_are_nothing_else(small: Site) -> None:
    page = small.page("papers/doi-10.1000-ab-c-1/")
    title = "<script>alert(1)</script> & **bold** [link](javascript:x)"
    assert page.headings == [title]
    assert page.titles[0].startswith(title)
    assert json_ld(page)["headline"] == title
    assert not any(
        "alert(1)" in text
        for attributes, text in page.scripts
        if attributes.get("type") != "application/ld+json"
    )
    assert not any(link.startswith("javascript:") for link in page.links)


def test_previous_and_next_paper_are_those_of_its_day(site: Site) -> None:
    for day in site.archive.days:
        own_papers = [entry for entry in day.entries if entry.listed == day.date]
        for before, after in pairwise(own_papers):
            page = site.page(f"papers/{before.key}/")
            assert f"papers/{after.key}/" in [resolved(site, page, link) for link in page.links]


def test_suggest_a_tag_opens_the_file_that_is_there_or_a_new_one(small: Site) -> None:
    edit = [link for link in small.page("papers/2503.00001/").links if "/edit/" in link]
    assert edit == ["https://example.org/repository/edit/main/content/tagging/2503/2503.00001.yaml"]
    new = [link for link in small.page("papers/2412.00009/").links if "/new/" in link]
    assert new == [
        "https://example.org/repository/new/main?filename=content/tagging/2412/2412.00009.yaml&value=tags:%0A-%20"
    ]


def test_where_tags_come_from_leads_to_the_phrases_and_to_the_files_history(small: Site) -> None:
    commits = f"{small.archive.settings.repository}/commits/main/content"
    history = f"{commits}/tagging/2503/2503.00001.yaml"
    assert history in small.page("papers/2503.00001/").links
    assert not [link for link in small.page("papers/2412.00009/").links if "/commits/" in link]
    assert "by rule: “graph”" in small.page("papers/2412.00009/").shown
    assert "one of these phrases: graph\n" in small.page("tags/graphs/").shown
    assert f"{commits}/tags" in small.page("vocabulary/").links


def test_the_vocabulary_shows_what_each_tag_means_and_who_gave_it(site: Site) -> None:
    page = site.page("vocabulary/")
    for slug, tag_page in site.archive.tags.items():
        assert f"../tags/{slug}/" in page.links
        uses = [use for entry in tag_page.entries for use in entry.tags if use.tag.slug == slug]
        shown = f"{len(tag_page.entries):,} paper{'' if len(tag_page.entries) == 1 else 's'}"
        for origin in ("rule", "people"):
            count = sum(use.origin == origin for use in uses)
            shown += f" · {count:,} by {origin}" if count else ""
        also = f" Also: {', '.join(tag_page.tag.aliases)}." if tag_page.tag.aliases else ""
        line = f"{tag_page.tag.name} {shown} {tag_page.tag.description}{also}"
        assert line in page.shown.splitlines()
    assert "../vocabulary/" in site.page("tags/").links


def test_suggest_a_tag_offers_a_form_with_the_paper_filled_in(small: Site) -> None:
    for paper_id, key in (
        ("2503.00001", "2503.00001"),
        ("doi:10.1000/Ab_c(1)", "doi-10.1000-ab-c-1"),
    ):
        (form,) = [link for link in small.page(f"papers/{key}/").links if "/issues/" in link]
        assert form.startswith("https://example.org/repository/issues/new?template=tag.yml&")
        filled = dict(parse_qsl(urlsplit(form).query, strict_parsing=True))
        assert filled["paper"] == paper_id
        assert filled["title"] == f"Tags for {paper_id}"
        assert (
            small.page(f"papers/{key}/")
            .metas("og:title")[0]
            .startswith(filled["name"].removesuffix("..."))
        )


def test_a_tags_page_opens_its_file_for_a_change(small: Site) -> None:
    edit = [link for link in small.page("tags/graphs/").links if "/edit/" in link]
    assert edit == ["https://example.org/repository/edit/main/content/tags/graphs.yaml"]


def test_a_paper_page_is_small(site: Site) -> None:
    sizes = {
        path.parent.name: path.stat().st_size
        for path in (site.folder / "papers").glob("*/index.html")
    }
    assert {name: size for name, size in sizes.items() if size > 9 * 1024} == {}


# ---- other files


def test_the_sitemap_has_every_page_and_no_date(site: Site) -> None:
    parts = [part.removeprefix(site.url) for part in locations(site.folder / "sitemap.xml")]
    assert {"sitemaps/pages.xml"} < set(parts)
    places = [place for part in parts for place in locations(site.folder / part)]
    assert sorted(places) == sorted(
        site.url + address for address in site.pages() if address != "404.html"
    )


def locations(path: Path) -> list[str]:
    data = path.read_bytes()
    assert b"lastmod" not in data
    assert not re.search(rb">\d{4}-\d\d-\d\d<", data)
    found = ET.fromstring(data).iter("{http://www.sitemaps.org/schemas/sitemap/0.9}loc")
    return [str(place.text) for place in found]


def test_search_finds_papers_and_not_the_lists_of_them(site: Site) -> None:
    folder = site.folder / paths.SEARCH_INDEX
    found = [
        json.loads(gzip.decompress(path.read_bytes()).removeprefix(b"pagefind_dcd"))["url"]
        for path in folder.glob("[0-9]*/fragment/*")
    ]
    assert sorted(found) == sorted(f"papers/{key}/" for key in site.archive.entries)


# ---- front matter


HOSTILE = (
    "a: b",
    "---",
    "{{ x }}",
    "{% x %}",
    '"quoted" \\ "',
    "a\tb",
    "\x85\u2028",
    "\U0001f600",
    "'",
    "<!--",
    "#",
    "é",
)


@pytest.mark.parametrize("text", HOSTILE)
def test_the_front_matter_of_every_page_is_yaml_that_says_what_it_should(
    tmp_path: Path, text: str
) -> None:
    day = daily(
        date(2025, 3, 10), paper(title=f"T {text}", summary=f"S {text}", authors=(f"A {text}",))
    )
    what = whole(
        day,
        tags=[tag("graphs", f"N {text}", description=f"D {text}", match=("T",))],
        title=f"T {text}",
        description=f"D {text}",
        author_min_papers=1,
    )
    pages = render(write(tmp_path / "content", what), tmp_path / "docs")
    for name, data in pages.items():
        if not name.endswith(".md"):
            continue
        _, front, _ = data.decode().split("---\n", 2)
        values = yaml.safe_load(front)
        assert {"title", "description", "kind"} <= values.keys(), name
        assert all(
            isinstance(values[key], str) and values[key].strip()
            for key in ("title", "description", "kind")
        )


# ---- the same each time


def hashes(root: Path) -> dict[str, str]:
    return {name: hashlib.sha256(data).hexdigest() for name, data in tree(root).items()}


def built_with(
    root: Path, source: Path, seed: str, order: Callable[[list[Any]], None]
) -> dict[str, str]:
    files = list(tree(source).items())
    order(files)
    for number, (name, data) in enumerate(files):
        path = root / "content" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)
        os.utime(path, (number, number))
    result = command(
        *build_arguments(root),
        PYTHONHASHSEED=seed,
        TZ=f"UTC{int(seed) % 12:+}",
        SOURCE_DATE_EPOCH=f"{seed}00000",
    )
    assert result.returncode == 0, result.stderr
    return hashes(root / "site") | {
        f"docs/{name}": value for name, value in hashes(root / "docs").items()
    }


def test_two_builds_are_the_same_bytes(tmp_path: Path) -> None:
    """Whatever the order in which files were made, the seed of hashes, time zone and folder."""
    source = write(tmp_path / "source", varied())
    one = built_with(tmp_path / "one", source, "0", lambda _files: None)
    other = built_with(
        tmp_path / "a longer name", source, "4711", lambda files: random.Random(7).shuffle(files)
    )
    assert one == other


def test_building_again_is_the_same_bytes_as_building_from_nothing(
    small: Site, tmp_path: Path
) -> None:
    """An archive that grew, and one that was there at once."""
    old = whole(varied().lists[0])
    write(tmp_path / "content", old)
    assert command(*build_arguments(tmp_path)).returncode == 0
    shrunk = small.root / "content"
    result = command(*build_arguments(tmp_path, shrunk))
    assert result.returncode == 0, result.stderr
    assert hashes(tmp_path / "site") == hashes(small.folder)
    assert hashes(tmp_path / "docs") == hashes(small.root / "docs")


def test_no_file_of_the_site_knows_when_or_where_it_was_built(small: Site) -> None:
    today = options.today().isoformat()
    for name, data in tree(small.folder).items():
        assert str(small.root).encode() not in data, name
        assert today.encode() not in data, name


@pytest.mark.parametrize("engine", ["mkdocs", "properdocs"])
def test_a_plain_mkdocs_build_of_the_same_docs_makes_the_same_site(
    small: Site, tmp_path: Path, engine: str
) -> None:
    """`mkdocs.yml` is all that another engine, or an editor's preview, needs to know."""
    config = (ROOT / "mkdocs.yml").read_text(encoding="utf-8")
    for key, value in (("docs_dir", small.root / "docs"), ("site_dir", tmp_path / "site")):
        config = re.sub(rf"^{key}: .*$", f"{key}: {value}", config, flags=re.MULTILINE)
    config = config.replace("generator/", f"{ROOT}/generator/")
    (tmp_path / "mkdocs.yml").write_text(config, encoding="utf-8")
    result = subprocess.run(
        [
            sys.executable,
            "-m",
            engine,
            "build",
            "--strict",
            "--quiet",
            "-f",
            tmp_path / "mkdocs.yml",
        ],
        cwd=ROOT,
        env=os.environ | {"NO_MKDOCS_2_WARNING": "1", "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert result.returncode == 0, result.stderr
    # The search index is made from the archive, which isn't in `docs/`; the mark is the build's.
    index = f"{paths.SEARCH_INDEX}/"
    ours = {
        name: each
        for name, each in hashes(small.folder).items()
        if not name.startswith(index) and name != staging.MARK
    }
    groups = size_budget.weigh((name, 0) for name in ours).groups
    assert set(page_kinds.PAGE_GROUPS) <= set(groups), "some groups are not compared"
    assert hashes(tmp_path / "site") == ours


def test_many_days_are_built_without_any_warning_of_links(tmp_path: Path) -> None:
    """A list on every day of a year's turn: every week, month and calendar cell has its page."""
    days = [date(2024, 12, 20) + timedelta(days=number) for number in range(25)]
    lists = [daily(day, paper(f"{day:%y%m}.{day.day:05}")) for day in days]
    write(tmp_path / "content", whole(*lists))
    site = made(tmp_path, tmp_path / "content", TODAY)
    page = site.page("daily/")
    linked = {resolved(site, page, link) for link in page.links}
    assert {f"daily/{day}/" for day in days if day.year == 2025} <= linked
