"""The feeds of an old site: in folders, in tar archives, on a server on loopback."""

from __future__ import annotations

import contextlib
import gzip
import http.server
import io
import os
import subprocess
import tarfile
import threading
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import ClassVar
from urllib.parse import urlsplit

import pytest

from generator.core.errors import OutsideError, UsageError
from generator.review.feeds import sources
from generator.review.feeds.parse import MAX_BYTES
from generator.review.feeds.sources import Limits
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


Answer = Callable[[http.server.BaseHTTPRequestHandler], None]
FAST = Limits(request=1, pauses=(0.01, 0.01), total=5)


class Server(http.server.SimpleHTTPRequestHandler):
    """Serves a folder; what is asked for is noted, and paths in `answers` are answered so."""

    answers: ClassVar[dict[str, Answer]] = {}
    asked: ClassVar[list[str]] = []

    def do_GET(self) -> None:
        self.asked.append(self.path)
        answer = self.answers.get(self.path)
        if answer:
            answer(self)
        else:
            super().do_GET()

    def log_message(self, *_: object) -> None:
        pass


def refuse(code: int, times: int = 1_000) -> Answer:
    """Answers with an error, so often; then with a feed."""
    left = [times]

    def answer(handler: http.server.BaseHTTPRequestHandler) -> None:
        left[0] -= 1
        if left[0] >= 0:
            handler.send_error(code)
        else:
            send(b"one")(handler)

    return answer


def send(data: bytes, length: int | None = None) -> Answer:
    def answer(handler: http.server.BaseHTTPRequestHandler) -> None:
        handler.send_response(200)
        handler.send_header("Content-Length", str(len(data) if length is None else length))
        handler.end_headers()
        handler.wfile.write(data)

    return answer


def redirect(to: str, code: int = 301) -> Answer:
    def answer(handler: http.server.BaseHTTPRequestHandler) -> None:
        handler.send_response(code)
        handler.send_header("Location", to)
        handler.send_header("Content-Length", "0")
        handler.end_headers()

    return answer


def drip(handler: http.server.BaseHTTPRequestHandler) -> None:
    """One byte at a time, each sooner than a request's time is over, without an end."""
    handler.send_response(200)
    handler.end_headers()
    with contextlib.suppress(OSError):
        for _ in range(100):
            handler.wfile.write(b"x")
            handler.wfile.flush()
            threading.Event().wait(0.05)


@pytest.fixture
def server(site: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    monkeypatch.setattr(Server, "answers", {})
    monkeypatch.setattr(Server, "asked", [])
    handler = partial(Server, directory=str(site))
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as made:
        made.daemon_threads = True
        thread = threading.Thread(target=made.serve_forever, args=(0.01,))
        thread.start()
        yield f"http://127.0.0.1:{made.server_port}/"
        made.shutdown()
        thread.join()


def fetched(url: str, limits: Limits = FAST) -> dict[str, bytes]:
    return dict(sources.at(url, limits)())


def test_the_main_feeds_of_a_url(server: str) -> None:
    assert fetched(server) == {"rss.xml": b"one"}
    assert fetched(server + "tags/rag") == {"atom.xml": b"two", "feed.json": b"three"}


def test_a_url_without_feeds(server: str) -> None:
    Server.answers = {"/nothing/here/rss.xml": refuse(410)}
    assert fetched(server + "nothing/here/") == {}
    assert len(Server.asked) == 3, "that there is nothing is an answer: nobody asks again"


@pytest.mark.parametrize("code", [429, 500, 503])
def test_a_server_that_recovers_is_asked_again(server: str, code: int) -> None:
    Server.answers = {"/rss.xml": refuse(code, times=2)}
    assert fetched(server) == {"rss.xml": b"one"}
    assert Server.asked.count("/rss.xml") == 3


def test_a_server_that_does_not_recover(server: str) -> None:
    Server.answers = {"/atom.xml": refuse(503)}
    with pytest.raises(OutsideError, match=r"cannot fetch .*/atom\.xml: the server answers 503"):
        fetched(server)
    assert Server.asked.count("/atom.xml") == 3, "no more than the limits say"
    Server.answers = {"/rss.xml": refuse(403)}
    Server.asked.clear()
    with pytest.raises(OutsideError, match="the server answers 403"):
        fetched(server)
    assert len(Server.asked) == 1, "nobody asks again for what is forbidden"


def test_an_answer_that_is_cut_off_is_no_feed(server: str) -> None:
    Server.answers = {"/rss.xml": send(b"one", length=100)}
    with pytest.raises(OutsideError, match=r"rss\.xml: the answer ends too early"):
        fetched(server)


def test_a_server_that_is_not_there() -> None:
    with pytest.raises(OutsideError, match=r"cannot fetch .*: .*refused"):
        fetched("http://127.0.0.1:9/")
    with pytest.raises(OutsideError, match="cannot fetch"):
        fetched("http://exa mple.org:x/")


def test_a_server_that_speaks_no_tls(server: str) -> None:
    with pytest.raises(OutsideError, match="cannot fetch https://127"):
        fetched(server.replace("http:", "https:"))


# ---- limits


def test_a_server_that_says_nothing_is_waited_for_as_long_as_a_request_may_take(
    server: str,
) -> None:
    said = threading.Event()

    def answer(_: object) -> None:
        said.wait(5)

    Server.answers = {"/rss.xml": answer}
    try:
        with pytest.raises(OutsideError, match=r"rss\.xml: .*timed out"):
            fetched(server, Limits(request=0.2, pauses=(), total=5))
    finally:
        said.set()


def test_all_answers_together_have_a_limit(server: str) -> None:
    Server.answers = {"/rss.xml": drip}
    with pytest.raises(OutsideError, match=r"no complete answer in 0\.4 seconds"):
        fetched(server, Limits(request=2, pauses=(), total=0.4))


def test_pauses_count_for_the_limit_of_all(server: str) -> None:
    Server.answers = {"/rss.xml": refuse(503)}
    with pytest.raises(OutsideError, match=r"no complete answer in 0\.3 seconds"):
        fetched(server, Limits(request=1, pauses=(60,), total=0.3))


def test_no_more_of_an_answer_is_read_than_a_feed_may_have(server: str) -> None:
    Server.answers = {"/rss.xml": send(bytes(MAX_BYTES + 100))}
    assert len(fetched(server)["rss.xml"]) == MAX_BYTES + 1


# ---- redirects


def test_redirects_on_the_same_host_are_followed(server: str) -> None:
    Server.answers = {"/rss.xml": redirect("/moved", 302), "/moved": redirect(server + "a", 308)}
    Server.answers["/a"] = send(b"found")
    assert fetched(server) == {"rss.xml": b"found"}


@pytest.mark.parametrize(
    "to",
    [
        "http://localhost:{port}/rss.xml",
        "http://127.0.0.1:9/rss.xml",
        "https://127.0.0.1:{port}/rss.xml",
        "http://a:b@127.0.0.1:{port}/rss.xml",
        "//localhost/rss.xml",
        "ftp://127.0.0.1/rss.xml",
        "file:///etc/hostname",
        "data:text/plain,one",
    ],
)
def test_redirects_to_other_hosts_ports_and_protocols_are_refused(server: str, to: str) -> None:
    port = urlsplit(server).port
    Server.answers = {"/rss.xml": redirect(to.format(port=port))}
    # Of the last two, Python's own handler is quicker to refuse.
    with pytest.raises(OutsideError, match=r"only redirects on the same host|server answers 301"):
        fetched(server)
    assert Server.asked == ["/rss.xml"]


@pytest.mark.parametrize(
    ("one", "other", "is_same"),
    [
        ("http://example.org/a", "https://example.org/a", True),
        ("http://example.org/a", "https://example.org:443/a", True),
        ("http://example.org:8000/a", "https://example.org/a", True),
        ("http://example.org/a", "http://EXAMPLE.org:80/b", True),
        ("https://example.org/a", "https://example.org/b", True),
        ("https://example.org/a", "http://example.org/a", False),
        ("http://example.org/a", "https://example.org:8443/a", False),
        ("https://example.org/a", "https://example.org:8443/a", False),
        ("https://example.org/a", "https://www.example.org/a", False),
    ],
)
def test_the_same_host_may_be_asked_by_https(one: str, other: str, is_same: bool) -> None:
    assert sources.is_same_host(one, other) == is_same


def test_redirects_that_go_round_end(server: str) -> None:
    Server.answers = {"/rss.xml": redirect("/rss.xml")}
    with pytest.raises(OutsideError, match="the server answers 301"):
        fetched(server)
    assert len(Server.asked) <= 6
