"""Reads the feeds of an old site from a folder, a tar archive or the published site.

Takes a path or URL, gives paths and bytes, one feed at a time. The files may be hostile: sizes are
limited and links aren't followed. Doesn't parse feeds.
"""

from __future__ import annotations

import os
import tarfile
import urllib.request
import zlib
from collections.abc import Callable, Iterator
from gzip import BadGzipFile
from http.client import HTTPException
from lzma import LZMAError
from pathlib import Path, PurePosixPath
from typing import IO, NamedTuple

from generator.core import files
from generator.core.errors import OutsideError, UsageError
from generator.review.feeds.parse import MAX_BYTES, PARSERS

TIMEOUT = 30
"""Seconds without an answer of the server."""
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


FeedSource = Callable[[], Iterator[FeedFile]]
"""Gives the feeds of a site; can be called several times."""


def at(place: str) -> FeedSource:
    """The feeds of a site: `place` is a folder, a tar archive or an http(s) URL.

    Raises UsageError if there is no such file, and OutsideError, also while feeds are read.
    """
    if is_url(place):
        fetched = list(_fetched(place))
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


def _fetched(site_url: str) -> Iterator[FeedFile]:
    """The feeds of the whole archive at a site's URL; those that it doesn't have are left out."""
    for name in PARSERS:
        url = site_url.rstrip("/") + "/" + name
        request = urllib.request.Request(url, headers={"User-Agent": "paper-archive"})  # noqa: S310
        try:
            with urllib.request.urlopen(request, timeout=TIMEOUT) as response:  # noqa: S310
                yield FeedFile(name, response.read(MAX_BYTES + 1))
        except urllib.error.HTTPError as error:
            error.close()
            if error.code not in {404, 410}:
                raise OutsideError(
                    f"cannot fetch {url}: the server answers {error.code}"
                ) from error
        except (OSError, ValueError, HTTPException) as error:
            reason = getattr(error, "reason", "") or error
            raise OutsideError(
                f"cannot fetch {url}: {reason}; try again, or pass --against OLD_SITE"
            ) from error
