"""The three archives the browser looks at: built as a user builds them, served as Pages does.

GitHub Pages serves a project below a sub-path, compresses text and answers a wrong address with
`404.html`; so does the server here.
"""

import functools
import gzip
import subprocess
import sys
import threading
from dataclasses import dataclass, field
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from mimetypes import guess_type
from pathlib import Path
from urllib.parse import unquote, urlsplit

import yaml

from tests import archives, example
from tests.browser import hostile
from tests.conftest import alone

ROOT = Path(__file__).resolve().parents[2]

# Where the pages of each kind lie. Of several the largest is looked at: it is the hardest.
KINDS = {
    "home": "index.html",
    "day": "daily/*/index.html",
    "days": "daily/index.html",
    "week": "weekly/*/index.html",
    "month": "monthly/*/index.html",
    "year": "yearly/*/index.html",
    "paper": "papers/*/index.html",
    "tags": "tags/index.html",
    "tag": "tags/*/index.html",
    "vocabulary": "vocabulary/index.html",
    "authors": "authors/index.html",
    "author": "authors/*/index.html",
    "about": "about/index.html",
    "subscribe": "subscribe/index.html",
    "contribute": "contribute/index.html",
    "search": "search/index.html",
    "queue": "queue/index.html",
    "missing": "404.html",
}
WITHOUT_LISTS = [kind for kind, pattern in KINDS.items() if "*" not in pattern or kind == "missing"]
PAGES = [
    *(("example", kind) for kind in KINDS),
    *(("hostile", kind) for kind in KINDS),
    *(("empty", kind) for kind in WITHOUT_LISTS),
]


@dataclass(frozen=True)
class Site:
    """A built site and the address at which it is served, ending in a slash."""

    folder: Path
    url: str
    sent: list[tuple[str, int]] = field(default_factory=list)
    """Each file that was asked for, from the site's root, and its bytes as they were sent."""

    def file(self, kind: str) -> Path:
        """The largest page of a kind."""
        found = sorted(self.folder.glob(KINDS[kind]))
        assert found, f"there is no {KINDS[kind]} in {self.folder}"
        return max(found, key=lambda path: path.stat().st_size)

    def address(self, page: str | Path) -> str:
        """The address of a kind of page, or of a file of the site."""
        if page == "missing":
            return f"{self.url}papers/there-is-no-such-paper/"
        file = self.file(page) if isinstance(page, str) else page
        return self.url + file.relative_to(self.folder).as_posix().removesuffix("index.html")


@dataclass
class Sites:
    """Sites by name, each built and served when it's first asked for."""

    folder: Path
    served: dict[str, Site] = field(default_factory=dict)
    servers: list[ThreadingHTTPServer] = field(default_factory=list)

    def __getitem__(self, name: str) -> Site:
        if name not in self.served:
            content = self._built(name)
            settings = yaml.safe_load((content / "archive.yaml").read_text("utf-8"))
            mount = urlsplit(settings["site_url"]).path
            self.served[name] = self.serve(self.folder / name / "site", mount)
        return self.served[name]

    def serve(self, folder: Path, mount: str) -> Site:
        """Serve a folder below a path."""
        sent: list[tuple[str, int]] = []
        pages = functools.partial(_Pages, folder=folder, mount=mount, sent=sent)
        server = ThreadingHTTPServer(("127.0.0.1", 0), pages)
        threading.Thread(target=server.serve_forever, daemon=True).start()
        self.servers.append(server)
        return Site(folder, f"http://127.0.0.1:{server.server_port}{mount}", sent)

    def close(self) -> None:
        for server in self.servers:
            server.shutdown()
            server.server_close()

    def _built(self, name: str) -> Path:
        """Build a site once, however many processes of pytest ask for it; give its content."""
        folder = self.folder / name
        content = folder / "content"
        with alone(folder):
            if not (folder / "site").is_dir():
                if name == "hostile":
                    hostile.write(content)
                elif name == "empty":
                    archives.write(content, archives.whole(site_url=example.SITE_URL))
                else:
                    archives.write(content, example.archive())
                _build(content, folder)
        return content


def _build(content: Path, folder: Path) -> None:
    options = [f"--{name}={folder / name}" for name in ("docs", "site")]
    command = [sys.executable, "-m", "generator", "build", f"--content={content}", *options]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


class _Pages(BaseHTTPRequestHandler):
    """What GitHub Pages does with a request for a file of the site."""

    protocol_version = "HTTP/1.1"

    def __init__(
        self, *args: object, folder: Path, mount: str, sent: list[tuple[str, int]]
    ) -> None:
        self.folder = folder
        self.mount = mount
        self.sent = sent
        super().__init__(*args)  # type: ignore[arg-type]

    def do_GET(self) -> None:
        path = unquote(urlsplit(self.path).path)
        file = self.folder / path.removeprefix(self.mount) if path.startswith(self.mount) else None
        if file and file.is_dir() and not path.endswith("/"):
            self.send_response(HTTPStatus.MOVED_PERMANENTLY)
            self.send_header("Location", f"{path}/")
            self.send_header("Content-Length", "0")
            self.end_headers()
            return
        if file and file.is_dir():
            file /= "index.html"
        if file and file.is_file():
            self._send(HTTPStatus.OK, file)
        else:
            self._send(HTTPStatus.NOT_FOUND, self.folder / "404.html")

    def _send(self, status: HTTPStatus, file: Path) -> None:
        kind = guess_type(file.name)[0] or "application/octet-stream"
        is_text = kind.startswith("text/") or kind.endswith(("json", "xml", "javascript"))
        data = _gzipped(file) if is_text else file.read_bytes()
        self.sent.append((file.relative_to(self.folder).as_posix(), len(data)))
        self.send_response(status)
        self.send_header("Content-Type", f"{kind}; charset=utf-8" if is_text else kind)
        self.send_header("Content-Length", str(len(data)))
        self.send_header("Cache-Control", "max-age=600")
        if is_text:
            self.send_header("Content-Encoding", "gzip")
        self.end_headers()
        self.wfile.write(data)

    def log_message(self, *_: object) -> None:
        """A line for each request would bury what pytest says."""


@functools.cache
def _gzipped(file: Path) -> bytes:
    return gzip.compress(file.read_bytes())
