"""Bundles made ready: what of Pagefind's format is read and written, and what is refused."""

from __future__ import annotations

import gzip
import hashlib
import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from generator.core.errors import OutsideError
from generator.render.search import pagefind_bundle
from generator.render.search.index_record import content_of
from generator.render.search.pagefind_bundle import IncompleteError, ResultPage

VALUES: st.SearchStrategy[Any] = st.recursive(
    st.integers(0, 2**64 - 1) | st.text(max_size=300), lambda inner: st.lists(inner, max_size=30)
)
SIGNATURE = b"pagefind_dcd"
PAGES = [ResultPage("20250310-1-a", "papers/a/"), ResultPage("20250311-2-b", "papers/b/")]


@given(VALUES)
def test_what_is_written_is_read(value: Any) -> None:
    data = pagefind_bundle._encoded(value)
    assert pagefind_bundle._decoded(data, 0) == (value, len(data))


@pytest.mark.parametrize(
    ("value", "data"),
    [
        (23, b"\x17"),
        (24, b"\x18\x18"),
        (256, b"\x19\x01\x00"),
        (65536, b"\x1a\x00\x01\x00\x00"),
        ("é", b"\x62\xc3\xa9"),
        ([1, ["a"]], b"\x82\x01\x81\x61a"),
    ],
)
def test_the_encoding_is_that_of_rfc_8949(value: Any, data: bytes) -> None:
    assert pagefind_bundle._encoded(value) == data


def put(folder: Path, kind: str, data: bytes) -> str:
    """Write a file as Pagefind does; gives the name by which the metadata knows it."""
    digits = [f"{byte:x}" for byte in hashlib.sha1(data, usedforsecurity=False).digest()]
    name = f"en_{''.join(digits)[:7]}"
    path = folder / (f"pagefind.{name}.pf_meta" if kind == "meta" else f"{kind}/{name}.pf_{kind}")
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(gzip.compress(SIGNATURE + data, mtime=0))
    return name


def fragment(number: int, words: int = 3) -> bytes:
    values = {"url": f"/{number}.html", "content": "é <", "word_count": words}
    return json.dumps(values).encode()


def bundle(folder: Path, *, is_reversed: bool = False, **other: Any) -> Path:
    """A bundle as Pagefind writes it; its lists in the opposite order if `is_reversed`.

    `other` are values of the metadata in place of the usual ones.
    """
    step = -1 if is_reversed else 1
    encoded = pagefind_bundle._encoded
    pages = [[put(folder, "fragment", fragment(number)), 3] for number in (0, 1)]
    filters = [
        [name, put(folder, "filter", encoded([name, [["x", [0]], ["y", [0, 1]]][::step]]))]
        for name in ("tag-a", "tag-b")
    ][::step]
    values = {
        "version": "1.5.2",
        "pages": pages,
        "chunks": [["a", "b", put(folder, "index", b"words")]],
        "filters": filters,
        "sorts": [["one", [0, 1]], ["two", [1, 0]]][::step],
        "fields": ["title"],
    }
    meta = put(folder, "meta", encoded(list((values | other).values())))
    found = {"hash": meta, "wasm": "en", "page_count": 2}
    entry = {"version": "1.5.2", "languages": {"en": found}}
    (folder / pagefind_bundle.ENTRY).write_text(json.dumps(entry))
    (folder / "pagefind.js").write_text('const pagefind_version="1.5.2";{};export{init,search};')
    (folder / "pagefind-worker.js").write_text('const pagefind_version="1.5.2";(()=>{})();')
    for name in ("wasm.en.pagefind", "wasm.unknown.pagefind"):
        (folder / name).write_bytes(gzip.compress(SIGNATURE + b"program", mtime=0))
    (folder / "pagefind-ui.js").write_text("")
    return folder


def file_of(folder: Path, pattern: str) -> Path:
    return min(folder.glob(pattern))


def unpacked(path: Path) -> bytes:
    return gzip.decompress(path.read_bytes()).removeprefix(SIGNATURE)


def names(folder: Path) -> set[str]:
    return {path.name for path in folder.iterdir() if path.is_file()}


def test_results_get_their_names_and_paths(tmp_path: Path) -> None:
    folder = bundle(tmp_path / "a")
    pagefind_bundle.tidy(folder, PAGES, program=False)
    assert names(folder / "fragment") == {
        "20250310-1-a.pf_fragment",
        "20250311-2-b.pf_fragment",
    }
    values = json.loads(unpacked(folder / "fragment" / "20250311-2-b.pf_fragment"))
    assert values == {"url": "papers/b/", "content": "é <", "word_count": 3}
    (meta,) = folder.glob("*.pf_meta")
    results = pagefind_bundle._value(unpacked(meta), "")[1]
    assert results == [["20250310-1-a", 3], ["20250311-2-b", 3]]
    entry = json.loads((folder / pagefind_bundle.ENTRY).read_bytes())
    assert f"pagefind.{entry['languages']['en']['hash']}.pf_meta" == meta.name


def test_the_order_of_lists_does_not_matter(tmp_path: Path) -> None:
    found = []
    for name, is_reversed in (("a", False), ("b", True)):
        folder = bundle(tmp_path / name, is_reversed=is_reversed)
        pagefind_bundle.tidy(folder, PAGES, program=True)
        files = [path for path in folder.rglob("*") if path.is_file()]
        found.append({path.relative_to(folder): path.read_bytes() for path in files})
    assert found[0] == found[1]


def test_pagefinds_scripts_stay_only_if_asked_for(tmp_path: Path) -> None:
    with_program, without = bundle(tmp_path / "a"), bundle(tmp_path / "b")
    pagefind_bundle.tidy(with_program, PAGES, program=True)
    pagefind_bundle.tidy(without, PAGES, program=False)
    assert names(with_program) - names(without) == {*pagefind_bundle.PROGRAM, "wasm.en.pagefind"}
    assert len(names(without)) == 2


def test_what_files_hold_is_told(tmp_path: Path) -> None:
    folder = bundle(tmp_path / "a")
    contents = pagefind_bundle.tidy(folder, PAGES, program=True)
    assert contents == {
        path.relative_to(folder).as_posix(): content_of(path.read_bytes())
        for path in folder.rglob("*")
        if path.is_file()
    }


# ---- what isn't whole

CHECKED = (
    pagefind_bundle.ENTRY,
    "*.pf_meta",
    "fragment/*",
    "filter/*",
    "index/*",
    *pagefind_bundle.PROGRAM,
    "wasm.en.pagefind",
)
"""Files of which Pagefind may have written a part, or nothing."""


@pytest.mark.parametrize("pattern", CHECKED)
@pytest.mark.parametrize("left", [None, 0, 1, 10, -9, -1])
def test_a_file_that_is_not_whole_is_refused(
    tmp_path: Path, pattern: str, left: int | None
) -> None:
    folder = bundle(tmp_path / "a")
    path = file_of(folder, pattern)
    path.unlink() if left is None else path.write_bytes(path.read_bytes()[:left])
    with pytest.raises(IncompleteError, match=re.escape(path.relative_to(folder).as_posix())):
        pagefind_bundle.tidy(folder, PAGES, program=True)


@pytest.mark.parametrize("pattern", [each for each in CHECKED if "." not in each[1:]])
def test_bytes_that_changed_are_refused(tmp_path: Path, pattern: str) -> None:
    folder = bundle(tmp_path / "a")
    path = file_of(folder, pattern)
    data = bytearray(path.read_bytes())
    data[-6] ^= 1
    path.write_bytes(data)
    with pytest.raises(IncompleteError):
        pagefind_bundle.tidy(folder, PAGES, program=False)


# ---- another format


def _no_signature(folder: Path) -> None:
    file_of(folder, "*.pf_meta").write_bytes(gzip.compress(b"other", mtime=0))


def _something_else(folder: Path) -> None:
    file_of(folder, "index/*").write_bytes(gzip.compress(SIGNATURE + b"other words", mtime=0))


def _two_files_in_one(folder: Path) -> None:
    path = file_of(folder, "index/*")
    path.write_bytes(path.read_bytes() + gzip.compress(b"more", mtime=0))


def _languages(folder: Path) -> None:
    (folder / pagefind_bundle.ENTRY).write_text('{"version": "2", "languages": {}}')


def _no_object(folder: Path) -> None:
    (folder / pagefind_bundle.ENTRY).write_text("[]")


def _unnamed(folder: Path) -> None:
    put(folder, "index", b"words that the metadata doesn't name")


def _unnamed_folder(folder: Path) -> None:
    (folder / "words").mkdir()
    (folder / "words" / "more").write_text("")


def _in_another_encoding(data: bytes) -> Callable[[Path], None]:
    def damage(folder: Path) -> None:
        filters = [["tag-a", put(folder, "filter", data)]]
        bundle(folder, filters=filters)

    return damage


def _with(**values: Any) -> Callable[[Path], None]:
    def damage(folder: Path) -> None:
        bundle(folder, **values)

    return damage


def _with_results(*results: tuple[bytes, int]) -> Callable[[Path], None]:
    def damage(folder: Path) -> None:
        bundle(folder, pages=[[put(folder, "fragment", data), words] for data, words in results])

    return damage


@pytest.mark.parametrize(
    "damage",
    [
        _with(more=[]),
        _in_another_encoding(b"\xfb" + b"0" * 8),
        _in_another_encoding(b"\x18\x01"),
        _no_signature,
        _something_else,
        _two_files_in_one,
        _languages,
        _no_object,
        _unnamed,
        _unnamed_folder,
        _with_results((fragment(0), 3), (fragment(7), 3)),
        _with_results((fragment(0), 3), (fragment(1), 4)),
        _with_results((fragment(0), 3)),
        _with_results((fragment(0), 3), (fragment(0, 4), 4)),
        _with_results((fragment(0), 3), (b"{}", 3)),
    ],
)
def test_an_unknown_format_is_an_error(tmp_path: Path, damage: Callable[[Path], None]) -> None:
    folder = bundle(tmp_path / "a")
    damage(folder)
    with pytest.raises(OutsideError, match=r"unknown format.*requirements\.txt"):
        pagefind_bundle.tidy(folder, PAGES, program=True)


def test_a_filter_names_only_results_that_are_there(tmp_path: Path) -> None:
    data = pagefind_bundle._encoded(["tag-a", [["x", [2]]]])
    folder = tmp_path / "a"
    bundle(folder, filters=[["tag-a", put(folder, "filter", data)]])
    for path in folder.glob("filter/*"):
        if unpacked(path) != data:
            path.unlink()
    with pytest.raises(OutsideError, match="a result that isn't there"):
        pagefind_bundle.tidy(folder, PAGES, program=True)
