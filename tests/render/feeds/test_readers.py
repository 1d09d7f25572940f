"""Real feed readers subscribe to a served site: they see each paper once, and nothing as new twice.

newsboat (Debian) and `reader` (PyPI) fetch the feeds over HTTP; their databases show which entries
a person would see as unread.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import sqlite3
import subprocess
import threading
from collections.abc import Callable, Iterator
from contextlib import closing
from datetime import date
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Protocol

import pytest
from msgspec.structs import replace
from reader import Reader, make_reader

from generator.archive.build import build_archive
from generator.cli import main
from generator.core import paths
from generator.core.ids import paper_key
from generator.core.model import Content, Paper, SavedQuery
from tests.archives import ROOT, build_arguments, daily, paper, tag, varied, write

HOSTILE = paper(
    "2503.00666",
    "<script>alert(1)</script> & \"graphs\" ]]> 'of' $x^2$",
    authors=('"><img src=x onerror=alert(1)>', "A. Author"),
    abstract="Text with <b>markup</b>, &amp; and ]]>.",
)
START = replace(
    varied(),
    lists=(*varied().lists, daily(date(2025, 3, 13), HOSTILE)),
    queries=(SavedQuery("favourites", "Favourites", "Those.", "tag:graphs OR upvotes>=10"),),
)
FOLDERS = ("", "tags/methods/", "tags/graphs/", "authors/a-author/", "feeds/favourites/", "daily/")
NEW = (
    paper("2503.00101", "A graph of late", authors=("A. Author",)),
    paper("2503.00102", "Something else of late", authors=("N. Nobody",)),
    paper("2503.00103", "Another of late", upvotes=11),
)
NEW_IN = {
    "": {"2503.00101", "2503.00102", "2503.00103"},
    "tags/methods/": {"2503.00101"},
    "tags/graphs/": {"2503.00101"},
    "authors/a-author/": {"2503.00101"},
    "feeds/favourites/": {"2503.00101", "2503.00103"},
}


class _Pages(BaseHTTPRequestHandler):
    """Serves files with an ETag, as GitHub Pages does."""

    folder: Path

    def do_GET(self) -> None:
        path = self.folder / self.path.lstrip("/")
        if not path.is_file():
            self.send_error(HTTPStatus.NOT_FOUND)
            return
        data = path.read_bytes()
        tag = f'"{hashlib.sha256(data).hexdigest()}"'
        if self.headers.get("If-None-Match") == tag:
            self.send_response(HTTPStatus.NOT_MODIFIED)
            self.end_headers()
            return
        kind = "application/json" if path.suffix == ".json" else "application/xml"
        self.send_response(HTTPStatus.OK)
        for name, value in (("ETag", tag), ("Content-Type", kind), ("Content-Length", len(data))):
            self.send_header(name, str(value))
        self.end_headers()
        self.wfile.write(data)

    def log_message(self, *_: object) -> None:
        """Print nothing."""


class Site:
    """A served archive that is rebuilt after each change."""

    def __init__(self, root: Path, url: str) -> None:
        self.root = root
        self.url = url

    def publish(self, what: Content) -> None:
        shutil.rmtree(self.root / "content", ignore_errors=True)
        write(self.root / "content", what)
        self.build()

    def build(self) -> None:
        assert main.main([*build_arguments(self.root), "--no-search"]) == 0

    def run(self, *arguments: str) -> None:
        content = ("--content", str(self.root / "content"))
        assert main.main([*arguments, *content, "--cache", str(self.root / "cache")]) == 0
        self.build()

    def entries(self, folder: str) -> dict[str, tuple[str, str, list[str]]]:
        """Title, HTML and authors of a feed's entries by id, from its JSON Feed."""
        feed = json.loads((self.root / "site" / folder / paths.JSON_FEED_FILE).read_text("utf-8"))
        return {
            each["id"]: (
                each["title"],
                each["content_html"],
                [author["name"] for author in each.get("authors", [])],
            )
            for each in feed["items"]
        }


@pytest.fixture
def site(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Site]:
    monkeypatch.chdir(ROOT)
    pages = type("Pages", (_Pages,), {"folder": tmp_path / "site"})
    with ThreadingHTTPServer(("127.0.0.1", 0), pages) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        made = Site(tmp_path, f"http://127.0.0.1:{server.server_port}/")
        made.publish(START)
        yield made
        server.shutdown()
        thread.join()


class Subscriber(Protocol):
    """One feed in a feed reader."""

    def fetch(self) -> None:
        """Fetch the feed."""

    def seen(self) -> dict[str, tuple[str, str]]:
        """Title and content of all entries by id."""

    def unread(self) -> list[str]:
        """Ids of entries that are shown as new, repeated if shown more than once."""

    def read_all(self) -> None:
        """Mark everything as read."""


class Newsboat:
    """newsboat with its own home folder, list of feeds and database."""

    def __init__(self, home: Path, *feeds: str) -> None:
        home.mkdir()
        self.home = home
        self.database = home / "cache.db"
        (home / "urls").write_text("".join(f"{each}\n" for each in feeds))
        (home / "config").write_text("cleanup-on-quit no\nkeep-articles-days 0\n")

    def fetch(self) -> None:
        files = ("-u", self.home / "urls", "-c", self.database, "-C", self.home / "config")
        environment = {**os.environ, "HOME": str(self.home), "NO_PROXY": "*", "no_proxy": "*"}
        done = subprocess.run(
            ["newsboat", *map(str, files), "-x", "reload"],
            env=environment,
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stdout + done.stderr

    def _rows(self, query: str) -> list[tuple[str, ...]]:
        with closing(sqlite3.connect(self.database)) as database, database:
            return database.execute(query).fetchall()

    def seen(self) -> dict[str, tuple[str, str]]:
        rows = self._rows("select guid, title, content from rss_item where deleted = 0")
        assert len(rows) == len({guid for guid, *_ in rows})
        return {guid: (title, text) for guid, title, text in rows}

    def unread(self) -> list[str]:
        rows = self._rows("select guid from rss_item where unread = 1 and deleted = 0")
        return [guid for (guid,) in rows]

    def read_all(self) -> None:
        self._rows("update rss_item set unread = 0")


class Library:
    """The `reader` library with its own database."""

    def __init__(self, home: Path, *feeds: str) -> None:
        home.mkdir()
        self.reader: Reader = make_reader(str(home / "db.sqlite"))
        for each in feeds:
            self.reader.add_feed(each)

    def fetch(self) -> None:
        for result in self.reader.update_feeds_iter(scheduled=False):
            assert not isinstance(result.value, Exception), result

    def seen(self) -> dict[str, tuple[str, str]]:
        return {
            each.id: (each.title or "", each.content[0].value if each.content else "")
            for each in self.reader.get_entries()
        }

    def unread(self) -> list[str]:
        return [each.id for each in self.reader.get_entries(read=False)]

    def read_all(self) -> None:
        for each in self.reader.get_entries(read=False):
            self.reader.mark_entry_as_read(each)


def newsboat(home: Path, *feeds: str) -> Subscriber:
    """A subscriber that uses newsboat."""
    return Newsboat(home, *feeds)


Subscribe = Callable[..., Subscriber]
READERS = [
    pytest.param(
        newsboat, (paths.RSS_FILE, paths.ATOM_FILE), id="newsboat", marks=pytest.mark.newsboat
    ),
    pytest.param(Library, tuple(paths.FEED_TYPES), id="reader"),
]


def ids(papers: set[str]) -> set[str]:
    return {f"tag:{START.settings.id}:papers/{key}" for key in papers}


@pytest.mark.parametrize(("subscribe", "files"), READERS)
def test_every_paper_is_seen_once_new_ones_as_new_and_retagged_ones_not(
    site: Site, tmp_path: Path, subscribe: Subscribe, files: tuple[str, ...]
) -> None:
    homes = {
        (folder, file): subscribe(tmp_path / f"{place}-{file}", site.url + folder + file)
        for place, folder in enumerate(FOLDERS)
        for file in files
    }
    for (folder, _), person in homes.items():
        person.fetch()
        expected = site.entries(folder)
        assert set(person.unread()) == person.seen().keys() == expected.keys()
        assert len(person.unread()) == len(expected) > 0
        for entry_id, (title, _) in person.seen().items():
            assert title == expected[entry_id][0]
        person.read_all()

    new = daily(date(2025, 3, 14), *NEW)
    site.publish(replace(START, lists=(*START.lists, new)))
    for (folder, _), person in homes.items():
        person.fetch()
        if folder == "daily/":
            assert person.unread() == [f"tag:{START.settings.id}:daily/2025-03-14"]
        else:
            assert sorted(person.unread()) == sorted(ids(NEW_IN[folder]))
        person.read_all()

    site.run("tag", NEW[0].id, "--add", "unused", "--add", "long-context")
    site.run("tag", "2412.00009", "--add", "long-context")
    for person in homes.values():
        person.fetch()
        assert person.unread() == []


@pytest.mark.parametrize(("subscribe", "files"), READERS)
def test_the_old_url_of_a_renamed_tag_works_and_shows_nothing_twice(
    site: Site, tmp_path: Path, subscribe: Subscribe, files: tuple[str, ...]
) -> None:
    people = [subscribe(tmp_path / file, f"{site.url}tags/graphs/{file}") for file in files]
    for person in people:
        person.fetch()
        person.read_all()
    site.run("rename-tag", "graphs", "networks")
    for person in people:
        person.fetch()
        assert person.unread() == []
    before = len(people[0].seen())
    added = paper("2503.00105", "One more graph")
    lists = (*START.lists, daily(date(2025, 3, 14), added))
    renamed = tag(
        "networks", parent="methods", aliases=("graphs",), match=("graph",), former=("graphs",)
    )
    others = tuple(each for each in START.tags if each.slug not in ("graphs", "graph-placeholders"))
    child = tag("graph-placeholders", parent="networks", match=("graphs of placeholders",))
    site.publish(replace(START, lists=lists, tags=(*others, renamed, child)))
    for person in people:
        person.fetch()
        assert person.unread() == [f"tag:{START.settings.id}:papers/2503.00105"]
        assert len(person.seen()) == before + 1


@pytest.mark.newsboat
def test_newsboat_shows_a_paper_once_however_many_feeds_have_it(site: Site, tmp_path: Path) -> None:
    feeds = [site.url + folder + paths.ATOM_FILE for folder in FOLDERS if folder != "daily/"]
    person = newsboat(tmp_path / "home", *feeds)
    person.fetch()
    assert set(person.unread()) == site.entries("").keys()


@pytest.mark.newsboat
def test_readers_show_hostile_text_as_text(site: Site, tmp_path: Path) -> None:
    (entry_id,) = ids({HOSTILE.id})
    for place, (subscribe, file) in enumerate(
        [(newsboat, paths.ATOM_FILE), (newsboat, paths.RSS_FILE), (Library, paths.JSON_FEED_FILE)]
    ):
        person = subscribe(tmp_path / str(place), site.url + file)
        person.fetch()
        title, html = person.seen()[entry_id]
        assert title == plain_title(HOSTILE)
        assert "<script" not in html
        assert "&lt;b&gt;markup&lt;/b&gt;" in html


def plain_title(one: Paper) -> str:
    return build_archive(START).entries[paper_key(one.id)].title
