"""The feeds of an old site: in folders, in tar archives, on a server on loopback."""

from __future__ import annotations

import gzip
import http.server
import io
import os
import subprocess
import tarfile
import threading
from collections.abc import Iterator
from functools import partial
from pathlib import Path

import pytest

from generator.core.errors import OutsideError, UsageError
from generator.review.feeds import sources
from generator.review.feeds.parse import MAX_BYTES
from tests.effort import peak_memory

FILES = {"rss.xml": b"one", "tags/rag/atom.xml": b"two", "tags/rag/feed.json": b"three"}
OTHERS = {"index.html": b"x", "tags/rag/index.html": b"x", "feeds.opml": b"x"}


@pytest.fixture
def site(tmp_path: Path) -> Path:
    for name, data in (FILES | OTHERS).items():
        path = tmp_path / "site" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)
    return tmp_path / "site"


def found(place: Path | str) -> dict[str, bytes]:
    return dict(sources.at(str(place))())


def packed(path: Path, *members: tuple[str, bytes], mode: str = "w") -> Path:
    with tarfile.open(path, mode) as archive:  # type: ignore[call-overload]
        for name, data in members:
            header = tarfile.TarInfo(name)
            header.size = len(data)
            archive.addfile(header, io.BytesIO(data))
    return path


# ---- folders


def test_the_feeds_of_a_folder_and_nothing_else(site: Path) -> None:
    assert found(site) == FILES
    assert list(found(site)) == sorted(FILES)


def test_links_are_not_followed(site: Path, tmp_path: Path) -> None:
    (tmp_path / "secret").write_bytes(b"secret")
    (site / "atom.xml").symlink_to(tmp_path / "secret")
    (site / "loop").symlink_to(site)
    assert found(site) == FILES


def test_a_named_pipe_is_not_waited_for(site: Path) -> None:
    os.mkfifo(site / "atom.xml")
    assert found(site) == FILES


def test_no_more_is_read_than_a_feed_may_have(site: Path) -> None:
    with (site / "rss.xml").open("wb") as file:
        file.truncate(10 * MAX_BYTES)
    assert len(found(site)["rss.xml"]) == MAX_BYTES + 1


def test_a_place_that_does_not_exist_is_wrong_usage(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r"there is no .*nowhere to compare with"):
        sources.at(str(tmp_path / "nowhere"))


# ---- tar archives


@pytest.mark.parametrize("mode", ["w", "w:gz", "w:bz2", "w:xz"])
@pytest.mark.parametrize("top", ["", "./", "site/", "a/site/"])
def test_the_feeds_of_a_tar_archive(tmp_path: Path, mode: str, top: str) -> None:
    members = [(top + name, data) for name, data in (FILES | OTHERS).items()]
    assert found(packed(tmp_path / "old.tar", *members, mode=mode)) == FILES


def test_the_feeds_of_an_archive_by_git(site: Path) -> None:
    def git(*arguments: str) -> None:
        names = ["-c", "user.name=A. Author", "-c", "user.email=a@example.org"]
        subprocess.run(["git", *names, *arguments], cwd=site, check=True, capture_output=True)

    git("init")
    git("add", ".")
    git("commit", "-m", "Publish")
    git("archive", "--output", "../old.tar", "HEAD")
    assert found(site.parent / "old.tar") == FILES


def test_the_feeds_of_an_archive_are_given_anew_each_time(tmp_path: Path) -> None:
    old = sources.at(str(packed(tmp_path / "old.tar", *FILES.items())))
    assert dict(old()) == dict(old()) == FILES


def test_paths_that_lead_out_of_an_archive_and_links_are_left_out(tmp_path: Path) -> None:
    path = packed(tmp_path / "old.tar", *FILES.items(), ("../rss.xml", b"x"), ("a/../rss.xml", b""))
    with tarfile.open(path, "a") as archive:
        link = tarfile.TarInfo("atom.xml")
        link.type, link.linkname = tarfile.SYMTYPE, "/etc/passwd"
        archive.addfile(link)
    assert found(path) == FILES


@pytest.mark.parametrize(
    "damage", [b"", b"no archive", gzip.compress(b"no archive", mtime=0), b"\x1f\x8b"]
)
def test_a_file_that_is_no_archive_is_wrong_usage(tmp_path: Path, damage: bytes) -> None:
    (tmp_path / "old.tar").write_bytes(damage)
    with pytest.raises(UsageError, match=r"cannot read .*old\.tar as a tar archive"):
        found(tmp_path / "old.tar")


@pytest.mark.parametrize("mode", ["w", "w:gz"])
def test_an_archive_that_is_cut_off_is_wrong_usage(tmp_path: Path, mode: str) -> None:
    path = packed(tmp_path / "old.tar", ("rss.xml", os.urandom(50_000)), mode=mode)
    path.write_bytes(path.read_bytes()[:20_000])
    with pytest.raises(UsageError, match="as a tar archive"):
        found(path)


def test_a_bomb_in_an_archive_takes_no_memory(tmp_path: Path) -> None:
    """A gigabyte of header and a feed of as much, in one megabyte each."""
    header = tarfile.TarInfo("././@PaxHeader")
    header.type, header.size = tarfile.XHDTYPE, 1 << 30
    with gzip.open(tmp_path / "old.tar.gz", "wb") as file:
        file.write(header.tobuf())
        for _ in range(64):
            file.write(bytes(1 << 20))

    def refuse() -> None:
        with pytest.raises(UsageError, match="a header is too large"):
            found(tmp_path / "old.tar.gz")

    assert peak_memory(refuse) < 4_000_000


def test_thousands_of_feeds_are_read_one_at_a_time(tmp_path: Path) -> None:
    members = ((f"authors/a-{n}/rss.xml", bytes(20_000)) for n in range(3_000))
    old = sources.at(str(packed(tmp_path / "old.tar", *members)))
    assert sum(1 for _ in old()) == 3_000
    # Of 60 MB; other threads of the test run count, too.
    assert peak_memory(lambda: sum(1 for _ in old())) < 10_000_000


# ---- URLs


class Server(http.server.SimpleHTTPRequestHandler):
    """Serves a folder; paths in `broken` get an error."""

    broken: frozenset[str] = frozenset()

    def do_GET(self) -> None:
        if self.path in self.broken:
            self.send_error(503)
        else:
            super().do_GET()

    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture
def server(site: Path) -> Iterator[str]:
    handler = partial(Server, directory=str(site))
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as made:
        thread = threading.Thread(target=made.serve_forever, args=(0.01,))
        thread.start()
        yield f"http://127.0.0.1:{made.server_port}/"
        made.shutdown()
        thread.join()


def test_the_main_feeds_of_a_url(server: str) -> None:
    assert found(server) == {"rss.xml": b"one"}
    assert found(server + "tags/rag") == {"atom.xml": b"two", "feed.json": b"three"}


def test_a_url_without_feeds(server: str) -> None:
    assert found(server + "nothing/here/") == {}


def test_a_server_that_refuses_or_is_not_there(
    server: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Server, "broken", frozenset({"/atom.xml"}))
    with pytest.raises(OutsideError, match=r"cannot fetch .*/atom\.xml: the server answers 503"):
        sources.at(server)
    with pytest.raises(OutsideError, match=r"cannot fetch .*: .*refused"):
        sources.at("http://127.0.0.1:9/")
    with pytest.raises(OutsideError, match="cannot fetch"):
        sources.at("http://exa mple.org:x/")
