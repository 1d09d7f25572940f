"""A search bundle as Pagefind wrote it, made ready for a site: smaller, always the same bytes.

Takes a folder that Pagefind filled, changes it in place. Pagefind 1.5 lists filters, their values
and sort orders in the order of a hash table, so each run gives other bytes, and names a result's
file by a hash of where the indexed document lay. Here what is listed is sorted, and results get
names from the caller. The forms read here are checked; another one is an error, not a broken
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
"""What a reader's browser asks a bundle for first."""
PROGRAM = ("pagefind.js", "pagefind-worker.js")
_SIGNATURE = b"pagefind_dcd"
_META_PARTS = 6


class ResultPage(Struct, frozen=True):
    """What a result is called, which is also its file's name, and where its page lies."""

    name: str
    path: str
    """From the site's root."""


def tidy(folder: Path, addresses: Sequence[ResultPage], *, program: bool) -> None:
    """Make a bundle ready; the document named by a number is the address of that number.

    With `program`, Pagefind's own scripts stay, of which a site needs one copy. Raises
    OutsideError where Pagefind wrote something else than this module knows.
    """
    with files.outside(f"cannot tidy {folder}"):
        entry = json.loads((folder / ENTRY).read_bytes())
        try:
            ((language, found),) = entry["languages"].items()
            meta_file = folder / f"pagefind.{found['hash']}.pf_meta"
            meta = _read(meta_file)
            found["hash"] = _tidied(folder, language, meta, addresses)
            found["page_count"] = len(meta[1])
        except (ValueError, KeyError, TypeError, IndexError, AttributeError) as error:
            raise OutsideError(
                f"Pagefind {entry.get('version')} wrote an index of an unknown form ({error}); "
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


def _tidied(folder: Path, language: str, meta: Any, addresses: Sequence[ResultPage]) -> str:
    """Put in order what the list of all results names; gives the list's own name."""
    if len(meta) != _META_PARTS:
        raise ValueError(f"{len(meta)} parts in the list of results")
    _, pages, _, filters, sorts, _ = meta
    for page in pages:
        page[0] = _renamed(folder / "fragment", page[0], addresses)
    filters.sort()
    for each in filters:
        each[1] = _sorted_filter(folder / "filter", language, each[1])
    sorts.sort(key=lambda each: each[0])
    return f"{language}_{hashlib.sha256(_encoded(meta)).hexdigest()[:10]}"


def _renamed(folder: Path, name: str, addresses: Sequence[ResultPage]) -> str:
    """A result's file under its own name, with the path of its page."""
    old = folder / f"{name}.pf_fragment"
    fragment = json.loads(_unpacked(old))
    address = addresses[int(fragment["url"].removeprefix("/").removesuffix(".html"))]
    fragment["url"] = address.path
    text = json.dumps(fragment, ensure_ascii=False, separators=(",", ":"))
    _write(folder / f"{address.name}.pf_fragment", text.encode("utf-8", "replace"))
    old.unlink()
    return address.name


def _sorted_filter(folder: Path, language: str, name: str) -> str:
    """A filter with its values in order, under the name that a hash of it gives."""
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


# --- CBOR (RFC 8949): the numbers, texts and arrays of it that Pagefind writes -----------------

_NUMBER, _TEXT, _ARRAY = 0, 3, 4
_SHORT = 24
_SIZES = {24: 1, 25: 2, 26: 4, 27: 8}


def _read(path: Path) -> Any:
    """What a file holds; raises ValueError unless writing it gives the same bytes again."""
    data = _unpacked(path)
    value, end = _decoded(data, 0)
    if end != len(data) or _encoded(value) != data:
        raise ValueError(f"{path.name} is not what it seems")
    return value


def _decoded(data: bytes, at: int) -> tuple[Any, int]:
    major, short = data[at] >> 5, data[at] & 31
    at += 1
    length = short
    if short >= _SHORT:
        size = _SIZES[short]
        length = int.from_bytes(data[at : at + size], "big")
        at += size
    if major == _NUMBER:
        return length, at
    if major == _TEXT:
        return data[at : at + length].decode(), at + length
    if major != _ARRAY:
        raise ValueError(f"type {major}")
    values = []
    for _ in range(length):
        value, at = _decoded(data, at)
        values.append(value)
    return values, at


def _encoded(value: Any) -> bytes:
    parts: list[bytes] = []
    _encode(value, parts.append)
    return b"".join(parts)


def _encode(value: Any, put: Callable[[bytes], None]) -> None:
    if isinstance(value, int):
        put(_head(_NUMBER, value))
    elif isinstance(value, str):
        text = value.encode()
        put(_head(_TEXT, len(text)) + text)
    else:
        put(_head(_ARRAY, len(value)))
        for each in value:
            _encode(each, put)


def _head(major: int, length: int) -> bytes:
    if length < _SHORT:
        return bytes([major << 5 | length])
    for short, size in _SIZES.items():
        if length < 1 << 8 * size:
            return bytes([major << 5 | short]) + length.to_bytes(size, "big")
    raise ValueError(f"{length} is too long")
