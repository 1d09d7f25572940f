"""The feeds of a site as it was: in a folder, in a tar archive, or where it is published.

Takes a place, gives paths and bytes, one feed at a time. What is there was written by nobody we
know: sizes are bounded, links are not followed. Knows nothing of what feeds say.
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
from generator.review.feeds.parse import LARGEST, READERS

SECONDS = 30
"""How long a server may keep silent."""
_LARGEST_HEADER = 1024 * 1024
"""Bytes of a tar header's extension, which Python would read whole."""
_EXTENSIONS = frozenset(
    {
        tarfile.XHDTYPE,
        tarfile.XGLTYPE,
        tarfile.SOLARIS_XHDTYPE,
        tarfile.GNUTYPE_LONGNAME,
        tarfile.GNUTYPE_LONGLINK,
    }
)


_DAMAGE = (tarfile.TarError, BadGzipFile, zlib.error, LZMAError, EOFError, ValueError)


class FeedFile(NamedTuple):
    """A feed file of a site."""

    path: str
    """From the site's root, as tags/rag/rss.xml."""
    data: bytes
    """At most a byte more than `LARGEST`, which is too large."""


Site = Callable[[], Iterator[FeedFile]]
"""Gives the feeds of a site, each time anew."""


def at(place: str) -> Site:
    """The site at a place: a folder, a tar archive or an http(s) address.

    Raises UsageError where nothing is, and OutsideError, also while feeds are read.
    """
    if is_address(place):
        found = list(_fetched(place))
        return lambda: iter(found)
    path = Path(place)
    if path.is_dir():
        return lambda: in_folder(path)
    if path.is_file():
        top = _top(path)
        return lambda: _in_tar(path, top)
    raise UsageError(
        f"there is no {place} to compare with: pass a folder with a site or a tar archive of one; "
        "leave --against out to compare with what is published"
    )


def is_address(place: str) -> bool:
    """Whether a place is on the web."""
    return place.startswith(("https://", "http://"))


def in_folder(root: Path) -> Iterator[FeedFile]:
    """The feeds below a folder, by path."""
    for path in paths(root):
        yield FeedFile(path, read(root / path))


def paths(root: Path) -> Iterator[str]:
    """The paths of the feeds below a folder, from there, in order; links aren't among them."""
    with files.outside(f"cannot read {root}"):
        for folder, names, here in os.walk(root, onerror=_refuse):
            names.sort()
            for name in sorted(READERS.keys() & here):
                path = Path(folder, name)
                if path.is_file() and not path.is_symlink():
                    yield path.relative_to(root).as_posix()


def read(path: Path) -> bytes:
    """What is in a feed file, as far as `Found.data` goes."""
    with files.outside(f"cannot read {path}"), path.open("rb") as file:
        # Python makes room for as much as it is asked for.
        return file.read(min(os.fstat(file.fileno()).st_size, LARGEST) + 1)


def _refuse(error: OSError) -> None:
    raise error


class _Header(tarfile.TarInfo):
    """A header of an archive that refuses to take all of the memory."""

    @classmethod
    def frombuf(cls, buf: bytes | bytearray, encoding: str, errors: str) -> _Header:
        header = super().frombuf(buf, encoding, errors)
        if header.type in _EXTENSIONS and header.size > _LARGEST_HEADER:
            raise tarfile.ReadError("a header is too large")
        return header


def _in_tar(path: Path, top: PurePosixPath) -> Iterator[FeedFile]:
    """The feeds below a folder of a tar archive, plain or compressed, in its order."""
    for name, size, file in _members(path):
        if name.is_relative_to(top):
            yield FeedFile(str(name.relative_to(top)), file.read(min(size, LARGEST + 1)))


def _top(path: Path) -> PurePosixPath:
    """The folder of an archive that holds the site: the one above all others with a feed."""
    folders = {name.parent for name, _, _ in _members(path)}
    highest = min((len(folder.parts) for folder in folders), default=0)
    tops = [folder for folder in folders if len(folder.parts) == highest]
    return tops[0] if len(tops) == 1 else PurePosixPath()


def _members(path: Path) -> Iterator[tuple[PurePosixPath, int, IO[bytes]]]:
    """The feed files of a tar archive with their sizes, to be read before the next is asked for."""
    with files.outside(f"cannot read {path}"):
        try:
            # Not as a stream: those of compressed archives are slow in Python.
            with tarfile.open(path, "r:*", tarinfo=_Header) as archive:
                for header in archive:
                    archive.members.clear()  # type: ignore[attr-defined] # a list of all so far
                    name = PurePosixPath(header.name)
                    if not header.isreg() or name.name not in READERS or ".." in name.parts:
                        continue
                    file = archive.extractfile(header)
                    if file:
                        yield name, header.size, file
        except _DAMAGE as error:
            raise UsageError(
                f"{path} is no tar archive that can be read ({error}): git archive and tar make one"
            ) from error


def _fetched(address: str) -> Iterator[FeedFile]:
    """The feeds of the whole archive at a site's address, as far as it has them."""
    for name in READERS:
        url = address.rstrip("/") + "/" + name
        request = urllib.request.Request(url, headers={"User-Agent": "paper-archive"})  # noqa: S310
        try:
            with urllib.request.urlopen(request, timeout=SECONDS) as answer:  # noqa: S310
                yield FeedFile(name, answer.read(LARGEST + 1))
        except urllib.error.HTTPError as error:
            error.close()
            if error.code not in {404, 410}:
                raise OutsideError(f"cannot fetch {url}: the server says {error.code}") from error
        except (OSError, ValueError, HTTPException) as error:
            reason = getattr(error, "reason", "") or error
            raise OutsideError(
                f"cannot fetch {url}: {reason}; try again, or pass --against OLD_SITE"
            ) from error
