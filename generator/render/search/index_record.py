"""The record of a site's search index: what each bundle was made from and holds.

Lies in the site beside the bundles, with a checksum, so it is about these bundles and no others.
Takes folders; tells whether a bundle is still what its record says, by its content or, quicker, by
names, sizes and times. Loads little, so that the scan of the disk can use it. Changes nothing.
"""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator, Mapping
from hashlib import blake2b
from pathlib import Path
from typing import NamedTuple

import msgspec

from generator.core import files, paths
from generator.core.target import digest, digest_of

BASE = "base"
"""The bundle without papers, which has Pagefind's program; a site needs one copy of that."""

LISTED = 12
"""Characters of a part's digest in the list of parts, by which a browser tells new ones."""


class FileContent(NamedTuple):
    """What a file of a bundle holds."""

    size: int
    """Bytes."""
    digest: bytes
    """Of its bytes."""


class IndexBundle(NamedTuple):
    """The record of a bundle."""

    inputs: str
    """Digest of the part it was made from."""
    files: int
    """How many it has."""
    size: int
    """Bytes of all of them."""
    content: str
    """Digest of their names and bytes."""


class StampedBundle(NamedTuple):
    """A bundle whose content was known when its files had these times."""

    bundle: IndexBundle
    stamp: bytes
    """As `stamp` gives it."""


class _ListedPart(msgspec.Struct):
    name: str
    digest: str


class _Listing(msgspec.Struct):
    """What is read of the list of parts that a browser loads."""

    base: str
    parts: list[_ListedPart]


def bundle_of(inputs: str, contents: Mapping[str, FileContent]) -> IndexBundle:
    """The record of a bundle with these files, by their path in its folder."""
    size = sum(each.size for each in contents.values())
    return IndexBundle(inputs, len(contents), size, digest(sorted(contents.items())).hex())


def content_of(data: bytes) -> FileContent:
    """What a file with this data holds."""
    return FileContent(len(data), digest_of(data))


def stamp(folder: Path) -> bytes:
    """A digest of names, sizes and times of everything below a folder; empty if there is none.

    Raises OutsideError.
    """
    with files.outside(f"cannot read {folder}"):
        if not is_folder(folder):
            return b""
        found = [
            (name, status.st_mode, status.st_size, status.st_mtime_ns)
            for name, status in _walk(folder)
        ]
    return digest(sorted(found))


def verified(folder: Path, bundle: IndexBundle) -> StampedBundle | None:
    """A bundle with its stamp, if a folder holds just what its record says. Raises OutsideError."""
    before = stamp(folder)
    if not before:
        return None
    contents: dict[str, FileContent] = {}
    with files.outside(f"cannot read {folder}"):
        for name, status in _walk(folder):
            if not stat.S_ISREG(status.st_mode):
                return None
            # Nothing large is read in vain: what was put there may be anything.
            if len(contents) == bundle.files or status.st_size > bundle.size:
                return None
            contents[name] = content_of((folder / name).read_bytes())
    return StampedBundle(bundle, before) if bundle_of(bundle.inputs, contents) == bundle else None


def unchanged(index: Path, known: Mapping[str, StampedBundle]) -> dict[str, StampedBundle]:
    """Those of the known bundles whose files have the same names, sizes and times as before.

    Raises OutsideError.
    """
    if not is_folder(index):
        return {}
    return {name: each for name, each in known.items() if stamp(index / name) == each.stamp}


def read(index: Path) -> dict[str, IndexBundle]:
    """The bundles in the record of an index, by name; none if it is missing or damaged."""
    try:
        path = index / paths.SEARCH_RECORD
        if not (is_folder(index) and path.is_file()):
            return {}
        checksum, _, text = path.read_bytes().partition(b"\n")
        if checksum != _checksum(text):
            return {}
        return msgspec.json.decode(text, type=dict[str, IndexBundle])
    except (OSError, msgspec.MsgspecError):
        return {}


def listed(index: Path) -> dict[str, str]:
    """The bundles that an index should have, from its list of parts: their `LISTED` digests."""
    try:
        listing = msgspec.json.decode((index / paths.SEARCH_LISTING).read_bytes(), type=_Listing)
    except (OSError, msgspec.MsgspecError):
        return {}
    return {BASE: listing.base, **{part.name: part.digest for part in listing.parts}}


def encoded(bundles: Mapping[str, IndexBundle]) -> bytes:
    """The record of an index with these bundles."""
    text = msgspec.json.format(msgspec.json.encode(dict(sorted(bundles.items()))), indent=1)
    return b"\n".join((_checksum(text), text))


def is_folder(path: Path) -> bool:
    """Whether there is a folder of the site's own, and not a link to one elsewhere."""
    return path.is_dir() and not path.is_symlink()


def _checksum(text: bytes) -> bytes:
    return blake2b(text, digest_size=16).hexdigest().encode()


def _walk(top: Path) -> Iterator[tuple[str, os.stat_result]]:
    """Everything below a folder except folders that hold something, each with its status."""
    folders = [""]
    while folders:
        below = folders.pop()
        with os.scandir(top / below) as entries:
            is_empty = True
            for entry in entries:
                is_empty = False
                if entry.is_dir(follow_symlinks=False):
                    folders.append(f"{below}{entry.name}/")
                else:
                    yield below + entry.name, entry.stat(follow_symlinks=False)
        if is_empty and below:
            yield below, (top / below).stat()
