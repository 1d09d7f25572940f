"""A search bundle that Pagefind wrote: checked, then made ready for a site.

Takes a folder that Pagefind wrote, changes it in place, tells what is in it. Pagefind 1.5 also
succeeds if the disk refused to take all of a file, so each is checked: whether it can be unpacked,
has the hash in its name, and is one that the bundle names. Pagefind also lists filters, their
values and sort orders in the order of a hash table, so the bytes differ from run to run, and names
the file of a result by a hash of the indexed document's path. Here the lists are sorted, and
results get names from the caller. The file format is checked: an unknown one is an error, not a
broken search.
"""

from __future__ import annotations

import gzip
import hashlib
import json
import re
import zlib
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from msgspec import Struct

from generator.core import files
from generator.core.errors import OutsideError
from generator.render.search.index_record import FileContent, content_of

ENTRY = "pagefind-entry.json"
"""The file of a bundle that a browser loads first."""
PROGRAM = {
    "pagefind.js": re.compile(rb"const pagefind_version=.*\bexport\s*\{[^{}]*\};\s*", re.DOTALL),
    "pagefind-worker.js": re.compile(rb"const pagefind_version=.*\}\)\(\);\s*", re.DOTALL),
}
"""Pagefind's scripts, and how each begins and ends: nothing else shows whether one is whole."""
_SIGNATURE = b"pagefind_dcd"
_META_FIELDS = 6


class IncompleteError(Exception):
    """A file that Pagefind should have written is missing or not whole; says its path."""


class ResultPage(Struct, frozen=True):
    """The page of a search result."""

    name: str
    """Of the result, and of its file."""
    path: str
    """From the site's root."""


def tidy(folder: Path, pages: Sequence[ResultPage], *, program: bool) -> dict[str, FileContent]:
    """Check a bundle and make it ready; gives what its files hold, by path.

    `pages` has the page of each document, by the number in its file name. With `program`,
    Pagefind's own scripts stay; a site needs one copy. Raises IncompleteError for files that aren't
    whole, and OutsideError if Pagefind wrote a format that this module doesn't know.
    """
    with files.outside(f"cannot tidy {folder}"):
        entry = _entry(folder)
        try:
            ((language, found),) = entry["languages"].items()
            bundle = _Bundle(folder, language)
            meta = bundle.take(f"pagefind.{found['hash']}.pf_meta", found["hash"])
            _tidy_meta(bundle, meta, pages)
            if not found["page_count"] == len(meta[1]) == len(pages):
                raise ValueError(f"{len(meta[1])} results of {len(pages)} documents")
            data = _encoded(meta)
            found["hash"] = bundle.name_for(data)
            bundle.put(f"pagefind.{found['hash']}.pf_meta", data)
            if program:
                bundle.keep(f"wasm.{found['wasm'] or 'unknown'}.pagefind")
                for name, form in PROGRAM.items():
                    bundle.keep_program(name, form)
            bundle.refuse_others()
        except (ValueError, KeyError, TypeError, IndexError, AttributeError) as error:
            version = entry.get("version") if isinstance(entry, dict) else "of another version"
            raise OutsideError(
                f"Pagefind {version} wrote an index in an unknown format ({error}); "
                "install the version in requirements.txt"
            ) from error
        data = json.dumps(entry, separators=(",", ":")).encode()
        (folder / ENTRY).write_bytes(data)
        bundle.contents[ENTRY] = content_of(data)
        for path in folder.iterdir():
            if path.is_file() and path.name not in bundle.contents:
                path.unlink()
    return bundle.contents


def _entry(folder: Path) -> Any:
    """The values of the file that leads to all others."""
    try:
        return json.loads(_bytes(folder, ENTRY))
    except ValueError as error:
        raise IncompleteError(ENTRY) from error


def _tidy_meta(bundle: _Bundle, meta: Any, pages: Sequence[ResultPage]) -> None:
    """Sort the lists of a bundle's metadata and rename the files it names."""
    if len(meta) != _META_FIELDS:
        raise ValueError(f"{len(meta)} fields in the metadata")
    _, results, chunks, filters, sorts, _ = meta
    for result in results:
        name, words = result
        result[0] = _rename_result(bundle, name, words, pages)
    for *_, name in chunks:
        bundle.keep(f"index/{name}.pf_index", name)
    filters.sort()
    for each in filters:
        each[1] = _sort_filter(bundle, each[1], len(results))
    sorts.sort(key=lambda each: each[0])


def _rename_result(bundle: _Bundle, name: str, words: int, pages: Sequence[ResultPage]) -> str:
    """Store a result under the name of its page, with the page's path; gives the new name."""
    old = f"fragment/{name}.pf_fragment"
    fragment = json.loads(bundle.unpacked(old, name))
    if fragment["word_count"] != words:
        raise ValueError(f"{fragment['word_count']} words in {old}, not {words}")
    page = pages[int(fragment["url"].removeprefix("/").removesuffix(".html"))]
    fragment["url"] = page.path
    text = json.dumps(fragment, ensure_ascii=False, separators=(",", ":"))
    bundle.put(f"fragment/{page.name}.pf_fragment", text.encode("utf-8", "replace"))
    bundle.remove(old)
    return page.name


def _sort_filter(bundle: _Bundle, name: str, results: int) -> str:
    """Sort the values of a filter, and name its file by a hash of them; gives the new name."""
    content = bundle.take(f"filter/{name}.pf_filter", name)
    content[1].sort(key=lambda each: each[0])
    if any(place >= results for _, places in content[1] for place in places):
        raise ValueError(f"a result that isn't there in {name}")
    data = _encoded(content)
    new = bundle.name_for(data)
    bundle.put(f"filter/{new}.pf_filter", data)
    return new


class _Bundle:
    """The files of a bundle, each checked when it is read; `contents` has those that stay."""

    def __init__(self, folder: Path, language: str) -> None:
        self._folder = folder
        self._language = language
        self.contents: dict[str, FileContent] = {}

    def unpacked(self, path: str, name: str) -> bytes:
        """What a file holds, if it is what the hash in its name says."""
        return _unpacked(_bytes(self._folder, path), path, name)

    def take(self, path: str, name: str) -> Any:
        """The value of a file, which is removed."""
        value = _value(self.unpacked(path, name), path)
        self.remove(path)
        return value

    def keep(self, path: str, name: str = "") -> None:
        """Let a packed file stay as it is; `name` is empty if it has no hash."""
        data = _bytes(self._folder, path)
        _unpacked(data, path, name)
        self.contents[path] = content_of(data)

    def keep_program(self, path: str, form: re.Pattern[bytes]) -> None:
        """Let a script stay as it is."""
        data = _bytes(self._folder, path)
        if not form.fullmatch(data):
            raise IncompleteError(path)
        self.contents[path] = content_of(data)

    def put(self, path: str, data: bytes) -> None:
        """Write a packed file. Raises ValueError if there is one from another source."""
        if path in self.contents:
            raise ValueError(f"two sources of {path}")
        packed = gzip.compress(_SIGNATURE + data, 9, mtime=0)
        (self._folder / path).write_bytes(packed)
        self.contents[path] = content_of(packed)

    def remove(self, path: str) -> None:
        """Remove a file, unless one that stays got its name."""
        if path not in self.contents:
            (self._folder / path).unlink()

    def name_for(self, data: bytes) -> str:
        """A name by a hash of what a file holds."""
        return f"{self._language}_{hashlib.sha256(data).hexdigest()[:10]}"

    def refuse_others(self) -> None:
        """Raise ValueError if there are files in folders of the bundle that nothing names."""
        for path in self._folder.glob("*/**/*"):
            name = path.relative_to(self._folder).as_posix()
            if name not in self.contents and not path.is_dir():
                raise ValueError(f"nothing names {name}")


def _bytes(folder: Path, path: str) -> bytes:
    try:
        return (folder / path).read_bytes()
    except FileNotFoundError as error:
        raise IncompleteError(path) from error


def _hash(data: bytes) -> str:
    """The hash that Pagefind names a file by: SHA-1, without the leading zero of each byte."""
    return "".join(f"{byte:x}" for byte in hashlib.sha1(data, usedforsecurity=False).digest())


def _unpacked(packed: bytes, path: str, name: str) -> bytes:
    """What a packed file holds; `name` ends with its hash, or is empty."""
    unpacking = zlib.decompressobj(zlib.MAX_WBITS | 16)  # gzip, with its checksum and length
    try:
        data = unpacking.decompress(packed)
    except zlib.error as error:
        raise IncompleteError(path) from error
    if not unpacking.eof:
        raise IncompleteError(path)
    if unpacking.unused_data or not data.startswith(_SIGNATURE):
        raise ValueError(f"{path} has no signature")
    data = data.removeprefix(_SIGNATURE)
    if not _hash(data).startswith(name.rpartition("_")[2]):
        raise ValueError(f"{path} has the hash of something else")
    return data


# --- CBOR (RFC 8949): unsigned integers, texts and arrays, which are all that Pagefind writes ---

_UNSIGNED, _TEXT, _ARRAY = 0, 3, 4
"""Major types."""
_ARGUMENT_SIZES = {24: 1, 25: 2, 26: 4, 27: 8}
"""Bytes of the argument, by the additional information in the first byte."""
_INLINE_LIMIT = 24
"""Smaller arguments are in the first byte itself."""


def _value(data: bytes, path: str) -> Any:
    """The value in a file; raises ValueError unless encoding it gives the same bytes again."""
    value, end = _decoded(data, 0)
    if end != len(data) or _encoded(value) != data:
        raise ValueError(f"{path} is in another encoding")
    return value


def _decoded(data: bytes, at: int) -> tuple[Any, int]:
    """The value that begins at an index of the data, and the index after it."""
    major, argument = data[at] >> 5, data[at] & 31
    at += 1
    if argument >= _INLINE_LIMIT:
        size = _ARGUMENT_SIZES[argument]
        argument = int.from_bytes(data[at : at + size], "big")
        at += size
    if major == _UNSIGNED:
        return argument, at
    if major == _TEXT:
        return data[at : at + argument].decode(), at + argument
    if major != _ARRAY:
        raise ValueError(f"major type {major}")
    values = []
    for _ in range(argument):
        value, at = _decoded(data, at)
        values.append(value)
    return values, at


def _encoded(value: Any) -> bytes:
    parts: list[bytes] = []
    _encode(value, parts.append)
    return b"".join(parts)


def _encode(value: Any, put: Callable[[bytes], None]) -> None:
    if isinstance(value, int):
        put(_head(_UNSIGNED, value))
    elif isinstance(value, str):
        text = value.encode()
        put(_head(_TEXT, len(text)) + text)
    else:
        put(_head(_ARRAY, len(value)))
        for each in value:
            _encode(each, put)


def _head(major: int, argument: int) -> bytes:
    if argument < _INLINE_LIMIT:
        return bytes([major << 5 | argument])
    for information, size in _ARGUMENT_SIZES.items():
        if argument < 1 << 8 * size:
            return bytes([major << 5 | information]) + argument.to_bytes(size, "big")
    raise ValueError(f"{argument} is too large")
