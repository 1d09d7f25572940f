"""A search bundle that Pagefind wrote, made ready for a site: smaller, always the same bytes.

Takes a folder that Pagefind wrote, changes it in place. Pagefind 1.5 lists filters, their values
and sort orders in the order of a hash table, so the bytes differ from run to run, and names the
file of a result by a hash of the indexed document's path. Here the lists are sorted, and results
get names from the caller. The file format is checked: an unknown one is an error, not a broken
search.
"""

from __future__ import annotations

import gzip
import hashlib
import json
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from msgspec import Struct

from generator.core import files
from generator.core.errors import OutsideError

ENTRY = "pagefind-entry.json"
"""The file of a bundle that a browser loads first."""
PROGRAM = ("pagefind.js", "pagefind-worker.js")
_SIGNATURE = b"pagefind_dcd"
_META_FIELDS = 6


class ResultPage(Struct, frozen=True):
    """The page of a search result."""

    name: str
    """Of the result, and of its file."""
    path: str
    """From the site's root."""


def tidy(folder: Path, pages: Sequence[ResultPage], *, program: bool) -> None:
    """Make a bundle ready; `pages` has the page of each document, by the number in its file name.

    With `program`, Pagefind's own scripts stay; a site needs one copy. Raises OutsideError if
    Pagefind wrote a format that this module doesn't know.
    """
    with files.outside(f"cannot tidy {folder}"):
        entry = json.loads((folder / ENTRY).read_bytes())
        try:
            ((language, found),) = entry["languages"].items()
            meta_file = folder / f"pagefind.{found['hash']}.pf_meta"
            meta = _read(meta_file)
            found["hash"] = _tidy_meta(folder, language, meta, pages)
            found["page_count"] = len(meta[1])
        except (ValueError, KeyError, TypeError, IndexError, AttributeError) as error:
            raise OutsideError(
                f"Pagefind {entry.get('version')} wrote an index in an unknown format ({error}); "
                "install the version in requirements.txt"
            ) from error
        meta_file.unlink()
        _write(folder / f"pagefind.{found['hash']}.pf_meta", _encoded(meta))
        (folder / ENTRY).write_text(json.dumps(entry, separators=(",", ":")), "utf-8")
        kept = {ENTRY, f"pagefind.{found['hash']}.pf_meta"}
        if program:
            kept |= {*PROGRAM, f"wasm.{found['wasm'] or 'unknown'}.pagefind"}
        for path in folder.iterdir():
            if path.is_file() and path.name not in kept:
                path.unlink()


def _tidy_meta(folder: Path, language: str, meta: Any, pages: Sequence[ResultPage]) -> str:
    """Sort the lists of a bundle's metadata and rename the files it names; gives its new hash."""
    if len(meta) != _META_FIELDS:
        raise ValueError(f"{len(meta)} fields in the metadata")
    _, results, _, filters, sorts, _ = meta
    for result in results:
        result[0] = _rename_result(folder / "fragment", result[0], pages)
    filters.sort()
    for each in filters:
        each[1] = _sort_filter(folder / "filter", language, each[1])
    sorts.sort(key=lambda each: each[0])
    return f"{language}_{hashlib.sha256(_encoded(meta)).hexdigest()[:10]}"


def _rename_result(folder: Path, name: str, pages: Sequence[ResultPage]) -> str:
    """Store a result under the name of its page, with the page's path; gives the new name."""
    old = folder / f"{name}.pf_fragment"
    fragment = json.loads(_unpacked(old))
    page = pages[int(fragment["url"].removeprefix("/").removesuffix(".html"))]
    fragment["url"] = page.path
    text = json.dumps(fragment, ensure_ascii=False, separators=(",", ":"))
    _write(folder / f"{page.name}.pf_fragment", text.encode("utf-8", "replace"))
    old.unlink()
    return page.name


def _sort_filter(folder: Path, language: str, name: str) -> str:
    """Sort the values of a filter, and name its file by a hash of them; gives the new name."""
    old = folder / f"{name}.pf_filter"
    content = _read(old)
    content[1].sort(key=lambda each: each[0])
    data = _encoded(content)
    new = f"{language}_{hashlib.sha256(data).hexdigest()[:10]}"
    old.unlink()
    _write(folder / f"{new}.pf_filter", data)
    return new


def _unpacked(path: Path) -> bytes:
    data = gzip.decompress(path.read_bytes())
    if not data.startswith(_SIGNATURE):
        raise ValueError(f"{path.name} has no signature")
    return data.removeprefix(_SIGNATURE)


def _write(path: Path, data: bytes) -> None:
    path.write_bytes(gzip.compress(_SIGNATURE + data, 9, mtime=0))


# --- CBOR (RFC 8949): unsigned integers, texts and arrays, which are all that Pagefind writes ---

_UNSIGNED, _TEXT, _ARRAY = 0, 3, 4
"""Major types."""
_ARGUMENT_SIZES = {24: 1, 25: 2, 26: 4, 27: 8}
"""Bytes of the argument, by the additional information in the first byte."""
_INLINE_LIMIT = 24
"""Smaller arguments are in the first byte itself."""


def _read(path: Path) -> Any:
    """The value in a file; raises ValueError unless encoding it gives the same bytes again."""
    data = _unpacked(path)
    value, end = _decoded(data, 0)
    if end != len(data) or _encoded(value) != data:
        raise ValueError(f"{path.name} is in another encoding")
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
