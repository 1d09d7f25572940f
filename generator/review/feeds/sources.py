"""Reads the feeds of an old site from a folder, a tar archive or the published site.

Takes a path or URL, gives paths and bytes, one feed at a time. Files and servers may be hostile:
sizes and times are limited, links aren't followed, and redirects only on the same host. Doesn't
parse feeds.
"""

from __future__ import annotations

import os
import ssl
import tarfile
import threading
import urllib.request
import zlib
from collections.abc import Callable, Iterator
from gzip import BadGzipFile
from http.client import HTTPException, HTTPMessage
from lzma import LZMAError
from pathlib import Path, PurePosixPath
from typing import IO, Any, NamedTuple
from urllib.error import HTTPError, URLError
from urllib.parse import urlsplit

from generator.core import files
from generator.core.errors import OutsideError, UsageError
from generator.review.feeds.parse import MAX_BYTES, PARSERS

_GONE = frozenset({404, 410})
_LATER = frozenset({408, 425, 429})
"""Besides all from 500 on: answers after which a server may give another one."""
_MAX_REDIRECTS = 5
_PORTS = {"http": 80, "https": 443}
_MAX_HEADER = 1024 * 1024
"""Bytes of a tar header's extension: Python reads it at once, whatever its size."""
_EXTENSIONS = frozenset(
    {
        tarfile.XHDTYPE,
        tarfile.XGLTYPE,
        tarfile.SOLARIS_XHDTYPE,
        tarfile.GNUTYPE_LONGNAME,
        tarfile.GNUTYPE_LONGLINK,
    }
)


_DAMAGED = (tarfile.TarError, BadGzipFile, zlib.error, LZMAError, EOFError, ValueError)


class FeedFile(NamedTuple):
    """A feed file of a site."""

    path: str
    """On the site, as tags/rag/rss.xml."""
    data: bytes
    """Cut after `MAX_BYTES` and one more byte, so that a file that is too large is noticed."""


class Limits(NamedTuple):
    """How long a server is asked, in seconds."""

    request: float = 30
    """For a connection, and for each part of an answer."""
    pauses: tuple[float, ...] = (2, 8, 20)
    """Before each further try, if an answer may be another one later."""
    total: float = 180
    """For all feeds together, with the pauses."""


LIMITS = Limits()

FeedSource = Callable[[], Iterator[FeedFile]]
"""Gives the feeds of a site; can be called several times."""


def at(place: str, limits: Limits | None = None) -> FeedSource:
    """The feeds of a site: `place` is a folder, a tar archive or an http(s) URL.

    Raises UsageError if there is no such file, and OutsideError, also while feeds are read.
    """
    if is_url(place):
        fetched = _in_time(place, limits or LIMITS)
        return lambda: iter(fetched)
    path = Path(place)
    if path.is_dir():
        return lambda: in_folder(path)
    if path.is_file():
        top = _top(path)
        return lambda: _in_tar(path, top)
    raise UsageError(
        f"there is no {place} to compare with: pass the folder or a tar archive of a site, or omit "
        "--against to compare with the published site"
    )


def is_url(place: str) -> bool:
    """Whether a place is an http(s) URL."""
    return place.startswith(("https://", "http://"))


def in_folder(root: Path) -> Iterator[FeedFile]:
    """The feeds below a folder, by path."""
    for path in paths(root):
        yield FeedFile(path, read(root / path))


def paths(root: Path) -> Iterator[str]:
    """The paths of the feeds below a folder, relative to it, in order; without symbolic links."""
    with files.outside(f"cannot read {root}"):
        for folder, subfolders, names in os.walk(root, onerror=_refuse):
            subfolders.sort()
            for name in sorted(PARSERS.keys() & names):
                path = Path(folder, name)
                if path.is_file() and not path.is_symlink():
                    yield path.relative_to(root).as_posix()


def read(path: Path) -> bytes:
    """The bytes of a feed file, cut as `FeedFile.data` is."""
    with files.outside(f"cannot read {path}"), path.open("rb") as file:
        # `read` allocates as many bytes as it is asked for.
        return file.read(min(os.fstat(file.fileno()).st_size, MAX_BYTES) + 1)


def _refuse(error: OSError) -> None:
    raise error


class _Header(tarfile.TarInfo):
    """A header of a tar archive; one that would take too much memory is an error."""

    @classmethod
    def frombuf(cls, buf: bytes | bytearray, encoding: str, errors: str) -> _Header:
        header = super().frombuf(buf, encoding, errors)
        if header.type in _EXTENSIONS and header.size > _MAX_HEADER:
            raise tarfile.ReadError("a header is too large")
        return header


def _in_tar(path: Path, top: PurePosixPath) -> Iterator[FeedFile]:
    """The feeds below the folder `top` of a tar archive, plain or compressed, in its order."""
    for name, size, file in _members(path):
        if name.is_relative_to(top):
            yield FeedFile(str(name.relative_to(top)), file.read(min(size, MAX_BYTES + 1)))


def _top(path: Path) -> PurePosixPath:
    """The folder of the site in a tar archive: the topmost with a feed; the root if not unique."""
    folders = {name.parent for name, _, _ in _members(path)}
    highest = min((len(folder.parts) for folder in folders), default=0)
    tops = [folder for folder in folders if len(folder.parts) == highest]
    return tops[0] if len(tops) == 1 else PurePosixPath()


def _members(path: Path) -> Iterator[tuple[PurePosixPath, int, IO[bytes]]]:
    """The feed files of a tar archive and their sizes; read each file before taking the next."""
    with files.outside(f"cannot read {path}"):
        try:
            # Not as a stream ("r|*"), which is slow for compressed archives.
            with tarfile.open(path, "r:*", tarinfo=_Header) as archive:
                for header in archive:
                    archive.members.clear()  # type: ignore[attr-defined] # frees memory
                    name = PurePosixPath(header.name)
                    if not header.isreg() or name.name not in PARSERS or ".." in name.parts:
                        continue
                    file = archive.extractfile(header)
                    if file:
                        yield name, header.size, file
        except _DAMAGED as error:
            raise UsageError(
                f"cannot read {path} as a tar archive ({error}): make one with tar or git archive"
            ) from error


# --- the published site -----------------------------------------------------------------------


class _Unreachable(Exception):  # noqa: N818 - it says what the server is
    """A server doesn't give a file, for a reason; `later` if it may give it after a while."""

    def __init__(self, url: str, reason: object, *, later: bool) -> None:
        super().__init__(f"cannot fetch {url}: {reason}")
        self.later = later


def _in_time(site_url: str, limits: Limits) -> list[FeedFile]:
    """The feeds of the whole archive at a site's URL; those that it doesn't have are left out.

    A thread fetches them, since nothing else ends a look-up of a name, or an answer that comes
    byte by byte, after the time for all together.
    """
    found: list[FeedFile] = []
    failed: list[Exception] = []
    stop = threading.Event()

    def fetch() -> None:
        try:
            for name in PARSERS:
                data = _with_patience(f"{site_url.rstrip('/')}/{name}", limits, stop)
                if data is not None:
                    found.append(FeedFile(name, data))
        except Exception as error:  # noqa: BLE001 - raised below, in the thread that waits
            failed.append(error)

    thread = threading.Thread(target=fetch, daemon=True)
    thread.start()
    thread.join(limits.total)
    stop.set()
    if thread.is_alive():
        raise OutsideError(
            f"cannot fetch the feeds at {site_url}: no complete answer in {limits.total:g} seconds"
        )
    if failed and isinstance(failed[0], _Unreachable):
        raise OutsideError(str(failed[0])) from failed[0]
    if failed:
        raise failed[0]
    return found


def _with_patience(url: str, limits: Limits, stop: threading.Event) -> bytes | None:
    """The bytes at a URL, cut as `FeedFile.data` is; None if the server says there is nothing."""
    for pause in limits.pauses:
        try:
            return _fetched(url, limits)
        except _Unreachable as error:
            if not error.later or stop.wait(pause):
                raise
    return _fetched(url, limits)


def _fetched(url: str, limits: Limits) -> bytes | None:
    """The answer to one request, without the patience to ask again."""
    try:
        request = urllib.request.Request(url, headers={"User-Agent": "paper-archive"})  # noqa: S310
        with _opener().open(request, timeout=limits.request) as response:
            data: bytes = response.read(MAX_BYTES + 1)
            length = response.headers.get("Content-Length", "")
            if length.isdigit() and len(data) < min(int(length), MAX_BYTES + 1):
                raise _Unreachable(url, "the answer ends too early", later=True)
            return data
    except HTTPError as error:
        error.close()
        if error.code in _GONE:
            return None
        later = error.code >= 500 or error.code in _LATER
        raise _Unreachable(url, f"the server answers {error.code}", later=later) from error
    except _Unreachable:
        raise
    except (OSError, ValueError, HTTPException) as error:
        reason = error.reason if isinstance(error, URLError) else error
        later = not isinstance(reason, (ssl.SSLCertVerificationError, ValueError))
        raise _Unreachable(url, reason, later=later) from error


def _opener() -> urllib.request.OpenerDirector:
    """Opens http and https and nothing else, with the proxies of the environment."""
    opener = urllib.request.OpenerDirector()
    for handler in (
        urllib.request.ProxyHandler(),
        urllib.request.HTTPHandler(),
        urllib.request.HTTPSHandler(),
        urllib.request.UnknownHandler(),
        urllib.request.HTTPDefaultErrorHandler(),
        urllib.request.HTTPErrorProcessor(),
        _SameHost(),
    ):
        opener.add_handler(handler)
    return opener


class _SameHost(urllib.request.HTTPRedirectHandler):
    """Follows redirects to the same host, also from http to https, and refuses all others."""

    max_redirections = _MAX_REDIRECTS

    def redirect_request(
        self,
        req: urllib.request.Request,
        fp: IO[bytes],
        code: int,
        msg: str,
        headers: HTTPMessage,
        newurl: str,
    ) -> Any:
        """The next request. Raises _Unreachable."""
        if not is_same_host(req.full_url, newurl):
            fp.close()
            where = newurl[:200]
            reason = (
                f"the server redirects to {where}, and only redirects on the same host are "
                "followed: if the site has moved there, write its address as site_url"
            )
            raise _Unreachable(req.full_url, reason, later=False)
        return super().redirect_request(req, fp, code, msg, headers, newurl)


def is_same_host(url: str, to: str) -> bool:
    """Whether a redirect stays on the host: at the same port, or from http to https."""
    one, other = urlsplit(url), urlsplit(to)
    if other.scheme not in _PORTS or one.hostname != other.hostname or other.username is not None:
        return False
    ports = [each.port or _PORTS[each.scheme] for each in (one, other)]
    same = one.scheme == other.scheme and ports[0] == ports[1]
    return same or ((one.scheme, other.scheme) == ("http", "https") and other.port in (None, 443))
