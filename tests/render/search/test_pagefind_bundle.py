"""Bundles made ready: what of Pagefind's format is read and written, and what is refused."""

from __future__ import annotations

import gzip
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from generator.core.errors import OutsideError
from generator.render.search import pagefind_bundle
from generator.render.search.pagefind_bundle import ResultPage

VALUES: st.SearchStrategy[Any] = st.recursive(
    st.integers(0, 2**64 - 1) | st.text(max_size=300), lambda inner: st.lists(inner, max_size=30)
)
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


def bundle(folder: Path, *, is_reversed: bool = False) -> Path:
    """A bundle as Pagefind writes it; its lists in the opposite order if `is_reversed`."""
    for name in ("fragment", "filter", "index"):
        (folder / name).mkdir(parents=True)
    for number, name in enumerate(("en_1", "en_0")):
        text = json.dumps({"url": f"/{number}.html", "content": "é <"})
        pagefind_bundle._write(folder / "fragment" / f"{name}.pf_fragment", text.encode())
    step = -1 if is_reversed else 1
    filters = [["tag-a", "en_f1"], ["tag-b", "en_f2"]][::step]
    for name, file in filters:
        content = [name, [["x", [0]], ["y", [0, 1]]][::step]]
        pagefind_bundle._write(
            folder / "filter" / f"{file}.pf_filter", pagefind_bundle._encoded(content)
        )
    sorts = [["one", [0, 1]], ["two", [1, 0]]][::step]
    pages = [["en_1", 3], ["en_0", 4]]
    meta = ["1.5.2", pages, [["a", "b", "en_c"]], filters, sorts, ["title"]]
    pagefind_bundle._write(folder / "pagefind.en_m.pf_meta", pagefind_bundle._encoded(meta))
    entry = {"version": "1.5.2", "languages": {"en": {"hash": "en_m", "wasm": "en"}}}
    (folder / pagefind_bundle.ENTRY).write_text(json.dumps(entry))
    for name in (
        *pagefind_bundle.PROGRAM,
        "wasm.en.pagefind",
        "wasm.unknown.pagefind",
        "pagefind-ui.js",
    ):
        (folder / name).write_text("")
    return folder


def names(folder: Path) -> set[str]:
    return {path.name for path in folder.iterdir() if path.is_file()}


def test_results_get_their_names_and_paths(tmp_path: Path) -> None:
    folder = bundle(tmp_path / "a")
    pagefind_bundle.tidy(folder, PAGES, program=False)
    assert names(folder / "fragment") == {
        "20250310-1-a.pf_fragment",
        "20250311-2-b.pf_fragment",
    }
    text = pagefind_bundle._unpacked(folder / "fragment" / "20250311-2-b.pf_fragment")
    assert json.loads(text) == {"url": "papers/b/", "content": "é <"}
    (meta,) = folder.glob("*.pf_meta")
    assert pagefind_bundle._read(meta)[1] == [["20250310-1-a", 3], ["20250311-2-b", 4]]
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


def _lengthen(folder: Path) -> None:
    path = folder / "pagefind.en_m.pf_meta"
    pagefind_bundle._write(path, pagefind_bundle._encoded([*pagefind_bundle._read(path), []]))


def _float(folder: Path) -> None:
    pagefind_bundle._write(folder / "filter" / "en_f1.pf_filter", b"\xfb" + b"0" * 8)


def _overlong_integer(folder: Path) -> None:
    pagefind_bundle._write(folder / "filter" / "en_f1.pf_filter", b"\x18\x01")


def _no_signature(folder: Path) -> None:
    pagefind_bundle._write(folder / "pagefind.en_m.pf_meta", b"")
    path = folder / "pagefind.en_m.pf_meta"
    path.write_bytes(gzip.compress(b"other"))


def _languages(folder: Path) -> None:
    (folder / pagefind_bundle.ENTRY).write_text('{"version": "2", "languages": {}}')


def _unknown_document(folder: Path) -> None:
    text = json.dumps({"url": "/7.html", "content": ""})
    pagefind_bundle._write(folder / "fragment" / "en_1.pf_fragment", text.encode())


@pytest.mark.parametrize(
    "damage",
    [
        _lengthen,
        _float,
        _overlong_integer,
        _no_signature,
        _languages,
        _unknown_document,
    ],
)
def test_an_unknown_format_is_an_error(tmp_path: Path, damage: Callable[[Path], None]) -> None:
    folder = bundle(tmp_path / "a")
    damage(folder)
    with pytest.raises(OutsideError, match=r"unknown format.*requirements\.txt"):
        pagefind_bundle.tidy(folder, PAGES, program=True)
