"""The search index: which parts there are, what is made again, and what a bundle holds."""

from __future__ import annotations

import ast
import gzip
import html.parser
import importlib
import json
import os
import resource
import shutil
import sys
import tempfile
from collections.abc import Callable, Mapping
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from msgspec.structs import replace
from pagefind import service

from generator.archive.build import build_archive
from generator.archive.model import Archive
from generator.core import paths, toolchain
from generator.core.errors import OutsideError
from generator.core.model import Content, Tagging
from generator.render.search import index_record, pagefind_bundle, search_index
from generator.render.search.index_record import StampedBundle
from tests.archives import MONDAY, command, daily, joined, minimal, paper, tag, tree, varied, whole

HOSTILE = (
    "</i></p></body><script>alert(1)</script>",
    '" data-pagefind-ignore data-v="x',
    "&lt;mark&gt;<mark>marked</mark>",
    "title[data-v], other:value",
    "<!--",
    "quoted ' and \"",
)
SHM = Path("/dev/shm")


def index(
    archive: Archive, site: Path, known: Mapping[str, StampedBundle]
) -> Mapping[str, StampedBundle]:
    """Make the index as a build does: changed parts in a stage, which then moves into the site.

    `known` are the bundles of the build before, as far as their files are unchanged.
    """
    stage = site.with_name(f"{site.name}.stage")
    made = search_index.index(archive, site, stage, known)
    for name in made.stale:
        path = site / name
        shutil.rmtree(path) if path.is_dir() and not path.is_symlink() else path.unlink()
    if stage.exists():
        shutil.copytree(stage, site, dirs_exist_ok=True)
        shutil.rmtree(stage)
    for name, (bundle, _) in made.bundles.items():
        sizes = [path.stat().st_size for path in files_of(site / paths.SEARCH_INDEX / name)]
        assert (bundle.files, bundle.size) == (len(sizes), sum(sizes))
        assert index_record.verified(site / paths.SEARCH_INDEX / name, bundle)
    return made.bundles


def files_of(folder: Path) -> list[Path]:
    return [path for path in folder.rglob("*") if path.is_file()]


def digests_of(made: Mapping[str, StampedBundle]) -> dict[str, str]:
    return {name: bundle.inputs for name, (bundle, _) in made.items()}


def built(what: Content) -> Archive:
    return build_archive(what)


def digests(archive: Archive) -> dict[str, str]:
    return {part.name: part.digest for part in search_index.parts(archive)}


def fragments(folder: Path) -> dict[str, dict[str, Any]]:
    """The results of a part, by their paths."""
    found = {}
    for path in folder.glob("fragment/*"):
        data = gzip.decompress(path.read_bytes()).removeprefix(b"pagefind_dcd")
        values = json.loads(data)
        found[values["url"]] = values
    return found


def record_parts_made(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """A list that gets the names of parts when they are made."""
    made: list[str] = []
    make = search_index.make

    def make_and_record(part: search_index.IndexPart, folder: Path) -> StampedBundle:
        made.append(part.name)
        return make(part, folder)

    monkeypatch.setattr(search_index, "make", make_and_record)
    return made


# ---- parts


def test_the_parts_are_the_base_and_the_years_newest_first() -> None:
    parts = search_index.parts(built(varied()))
    assert [part.name for part in parts] == ["base", "2025", "2024"]
    assert [len(part.documents) for part in parts] == [0, 3, 1]


def test_an_empty_archive_has_only_the_base() -> None:
    assert [part.name for part in search_index.parts(joined())] == ["base"]


def test_a_paper_belongs_to_the_year_in_which_it_was_listed_first() -> None:
    again = paper("2412.00001")
    archive = joined(daily(date(2024, 12, 31), again), daily(date(2025, 1, 2), again, paper()))
    _, newer, older = search_index.parts(archive)
    assert [document.entry.key for document in newer.documents] == ["2503.00001"]
    assert [document.entry.key for document in older.documents] == ["2412.00001"]


def test_a_part_is_in_the_order_of_days() -> None:
    _, part, _ = search_index.parts(built(varied()))
    days = [document.entry.listed for document in part.documents]
    assert days == sorted(days)


def test_a_paper_is_found_by_its_tags_and_those_above_them() -> None:
    _, part, _ = search_index.parts(built(varied()))
    (document,) = [each for each in part.documents if each.entry.key == "a-slug-of-a-title"]
    own = {use.tag.slug for use in document.entry.tags}
    slugs = {each.slug for each in document.tags}
    assert own == {"graph-placeholders", "long-context"}
    assert slugs == own | {"graphs", "methods"}


def test_a_paper_is_found_by_its_authors_who_have_a_page() -> None:
    archive = built(varied())
    _, part, _ = search_index.parts(archive)
    assert {slug for document in part.documents for slug in document.authors} == set(
        archive.authors
    )


# ---- digests

FIRST = paper(
    title="First", authors=("A. Author",), summary="A summary.", abstract="Words.", upvotes=3
)
LAST_YEAR = daily(date(2024, 12, 30), paper("2412.00009", "Older", authors=("B. Author",)))


def changed(**values: Any) -> Content:
    return whole(LAST_YEAR, daily(MONDAY, replace(FIRST, **values)), author_min_papers=2)


def test_the_same_content_has_the_same_digests() -> None:
    assert digests(built(changed())) == digests(built(changed()))


@pytest.mark.parametrize(
    "values",
    [
        {"title": "Second"},
        {"authors": ("A. Author", "C. Author")},
        {"summary": "Another."},
        {"abstract": "Other words."},
        {"upvotes": 4},
        {"id": "2503.00002"},
    ],
    ids=lambda values: next(iter(values)),
)
def test_a_changed_paper_changes_its_own_year_only(values: dict[str, Any]) -> None:
    before, after = digests(built(changed())), digests(built(changed(**values)))
    assert {name for name in before if before[name] != after[name]} == {"2025"}


def test_a_list_on_another_day_changes_the_year() -> None:
    moved = whole(LAST_YEAR, daily(date(2025, 3, 11), FIRST), author_min_papers=2)
    assert digests(built(moved))["2025"] != digests(built(changed()))["2025"]


def test_tags_change_the_years_that_have_them() -> None:
    def tagged(name: str, parent: str = "") -> dict[str, str]:
        tags = [tag("graphs", name, match=("first",), parent=parent), tag("methods")]
        return digests(built(replace(changed(), tags=tuple(tags))))

    seen = [digests(built(changed())), tagged("Graphs"), tagged("Nets"), tagged("Nets", "methods")]
    assert len({each["2025"] for each in seen}) == len(seen)
    assert len({each["2024"] for each in seen}) == 1


def test_tags_that_people_gave_change_the_year() -> None:
    tagging = Tagging("2503.00001", tags=("methods",))
    with_tag = replace(changed(), tags=(tag("methods"),))
    given = replace(with_tag, taggings=(tagging,))
    assert digests(built(with_tag))["2025"] != digests(built(given))["2025"]


def test_an_author_who_gets_a_page_changes_all_years_of_theirs() -> None:
    before, after = digests(built(changed())), digests(built(changed(authors=("B. Author",))))
    assert {name for name in before if before[name] != after[name]} == {"2024", "2025"}


def test_the_language_changes_everything() -> None:
    before, after = digests(joined(daily())), digests(joined(daily(), language="de"))
    assert {name for name in before if before[name] != after[name]} == {"base", "2025"}


def test_settings_that_no_result_shows_change_nothing() -> None:
    other = joined(daily(), title="Another", description="Else", site_url="https://example.org/")
    assert digests(other) == digests(joined(daily()))


def test_digests_change_with_all_code_and_libraries_that_make_a_document() -> None:
    """All that its modules import of text made safe, and what these import."""
    code, libraries, todo = set(), {"pagefind"}, [search_index]
    while todo:
        module = todo.pop()
        for node in ast.walk(ast.parse(Path(str(module.__file__)).read_text("utf-8"))):
            if not isinstance(node, ast.ImportFrom) or not node.module:
                continue
            top = node.module.partition(".")[0]
            if node.module.startswith("generator.text"):
                names = [f"{node.module}.{each.name}" for each in node.names]
                for name in names if node.module == "generator.text" else [node.module]:
                    if name not in code:
                        code.add(name)
                        todo.append(importlib.import_module(name))
            elif top not in {"generator", "msgspec", *sys.stdlib_module_names}:
                libraries.add(top)
    assert code == {
        each.__name__ for each in search_index._CODE if each.__name__.startswith("generator.text.")
    }
    assert libraries == set(search_index._LIBRARIES) - {"pagefind_bin"}
    assert set(search_index._LIBRARIES) <= toolchain.versions().keys()


# ---- making them


def test_the_first_run_makes_all_and_the_second_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = record_parts_made(monkeypatch)
    archive = built(varied())
    known = index(archive, tmp_path, {})
    assert made == ["base", "2025", "2024"]
    assert digests_of(known) == digests(archive)
    before = tree(tmp_path)
    assert index(archive, tmp_path, known) == known
    assert made == ["base", "2025", "2024"]
    assert tree(tmp_path) == before


def test_only_the_part_that_changed_is_made_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    known = index(built(changed()), tmp_path, {})
    before = tree(tmp_path)
    made = record_parts_made(monkeypatch)
    index(built(changed(title="Second")), tmp_path, known)
    assert made == ["2025"]
    after = tree(tmp_path)
    differing = {name for name in before | after if before.get(name) != after.get(name)}
    lists = {paths.SEARCH_LISTING, paths.SEARCH_RECORD}
    assert {name.split("/")[2] for name in differing} == {"2025"} | lists
    assert fragments(tmp_path / paths.SEARCH_INDEX / "2025")["papers/2503.00001/"]["meta"][
        "title"
    ] == ("Second")


def test_a_part_made_again_is_the_same_as_one_made_at_once(tmp_path: Path) -> None:
    known = index(built(changed()), tmp_path / "a", {})
    index(built(changed(title="Second")), tmp_path / "a", known)
    index(built(changed(title="Second")), tmp_path / "b", {})
    assert tree(tmp_path / "a") == tree(tmp_path / "b")


def test_a_part_whose_folder_is_gone_is_made_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    archive = built(changed())
    known = dict(index(archive, tmp_path, {}))
    before = tree(tmp_path)
    del known["2024"]  # as a scan of the disk finds
    for path in sorted((tmp_path / paths.SEARCH_INDEX / "2024").rglob("*"), reverse=True):
        path.rmdir() if path.is_dir() else path.unlink()
    made = record_parts_made(monkeypatch)
    index(archive, tmp_path, known)
    assert made == ["2024"]
    assert tree(tmp_path) == before


def test_a_part_that_no_longer_exists_is_removed(tmp_path: Path) -> None:
    known = index(built(changed()), tmp_path, {})
    left = index(joined(daily(MONDAY, FIRST), author_min_papers=2), tmp_path, known)
    folder = tmp_path / paths.SEARCH_INDEX
    assert left.keys() == {"base", "2025"}
    lists = {paths.SEARCH_LISTING, paths.SEARCH_RECORD}
    assert {path.name for path in folder.iterdir()} == {"base", "2025"} | lists


def test_the_listing_has_all_parts(tmp_path: Path) -> None:
    known = index(built(varied()), tmp_path, {})
    listing = json.loads((tmp_path / paths.SEARCH_INDEX / paths.SEARCH_LISTING).read_bytes())
    assert listing == {
        "base": known["base"].bundle.inputs[:12],
        "parts": [
            {"name": "2025", "papers": 3, "digest": known["2025"].bundle.inputs[:12]},
            {"name": "2024", "papers": 1, "digest": known["2024"].bundle.inputs[:12]},
        ],
    }


def test_the_index_lies_beside_the_search_page(tmp_path: Path) -> None:
    assert f"{paths.site_path(paths.SEARCH_PAGE)}index" == paths.SEARCH_INDEX
    index(joined(), tmp_path, {})
    assert not (tmp_path / paths.site_path(paths.SEARCH_PAGE) / "index.html").exists()


# ---- bundles


def test_a_bundle_holds_what_a_search_needs_and_no_more(tmp_path: Path) -> None:
    index(built(varied()), tmp_path, {})
    folder = tmp_path / paths.SEARCH_INDEX
    year = {path.suffix or path.name for path in (folder / "2025").iterdir()}
    assert year == {".json", ".pf_meta", "index", "fragment", "filter"}
    base = {path.name for path in (folder / "base").iterdir() if path.suffix != ".pf_meta"}
    program = {"pagefind.js", "pagefind-worker.js", "wasm.en.pagefind"}
    assert base == program | {"pagefind-entry.json", "index", "fragment"}


@pytest.mark.parametrize(("language", "wasm"), [("de", "wasm.de.pagefind"), ("en-GB", None)])
def test_the_base_has_the_program_of_the_language(
    tmp_path: Path, language: str, wasm: str | None
) -> None:
    index(joined(daily(), language=language), tmp_path, {})
    base = tmp_path / paths.SEARCH_INDEX / "base"
    (found,) = base.glob("wasm.*")
    (entry,) = json.loads((base / "pagefind-entry.json").read_bytes())["languages"].values()
    assert found.name == f"wasm.{entry['wasm'] or 'unknown'}.pagefind"
    assert wasm in (None, found.name)


def test_a_result_says_what_is_shown_and_is_named_by_what_it_is_sorted_by(tmp_path: Path) -> None:
    index(built(varied()), tmp_path, {})
    found = fragments(tmp_path / paths.SEARCH_INDEX / "2025")
    assert found.keys() == {
        "papers/2503.00001/",
        "papers/doi-10.1000-ab-c-1/",
        "papers/a-slug-of-a-title/",
    }
    first = found["papers/2503.00001/"]
    assert first["meta"] == {
        "title": "Über die O(n) of placeholders",
        "authors": "Ö. Müller-Beispiel, A. Author, B. Author",
        "id": "2503.00001",
        "tags": "Long context; Methods",
        "every": search_index.EVERY,
    }
    text = "A summary in our own words. First paragraph, 97.3% sure. Second paragraph."
    assert first["content"] == text
    assert first["filters"]["author-a"] == ["a-author"]
    assert first["filters"]["tag-l"] == ["long-context"]
    names = {path.stem for path in (tmp_path / paths.SEARCH_INDEX / "2025/fragment").iterdir()}
    assert names == {
        "20250310-12-2503.00001",
        "20250310-0-doi-10.1000-ab-c-1",
        "20250312-0-a-slug-of-a-title",
    }


def test_a_paper_of_which_only_the_title_is_known_is_found(tmp_path: Path) -> None:
    index(joined(daily(MONDAY, paper(title="Lonely"))), tmp_path, {})
    (found,) = fragments(tmp_path / paths.SEARCH_INDEX / "2025").values()
    assert found["meta"] == {"title": "Lonely", "id": "2503.00001", "every": search_index.EVERY}
    assert found["word_count"] == 1


@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_text_stays_text(tmp_path: Path, text: str) -> None:
    hostile = paper(title=text, authors=(text,), summary=f"S {text}", abstract=f"A {text}")
    tags = [tag("graphs", text, match=("a",))]
    archive = joined(daily(MONDAY, hostile), tags=tags, author_min_papers=1)
    index(archive, tmp_path, {})
    (found,) = fragments(tmp_path / paths.SEARCH_INDEX / "2025").values()
    shown = " ".join(text.split())
    assert found["url"] == "papers/2503.00001/"
    assert found["meta"]["title"] == archive.entries["2503.00001"].title
    assert found["meta"]["authors"] == shown
    assert found["meta"]["tags"] == shown
    assert found["meta"]["id"] == "2503.00001"
    assert found["content"].startswith("S ")
    assert shown.rstrip(".") in found["content"]


def test_words_that_pagefind_reserves_are_ordinary_text(tmp_path: Path) -> None:
    words = "___PAGEFIND_WEIGHT___9 ___PAGEFIND_ANCHOR___h1:x:y ___END_PAGEFIND_WEIGHT___ end"
    index(joined(daily(MONDAY, paper(abstract=f"Start {words}"))), tmp_path, {})
    (found,) = fragments(tmp_path / paths.SEARCH_INDEX / "2025").values()
    assert found["content"].startswith("Start ")
    assert found["content"].endswith("end.")
    assert found["anchors"] == []


class Elements(html.parser.HTMLParser):
    """The elements of a document."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.names: list[str] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: object) -> None:  # noqa: ARG002
        self.names.append(tag)


@pytest.mark.parametrize("text", HOSTILE)
def test_a_document_has_no_element_that_a_text_made(text: str) -> None:
    hostile = paper(title=text, authors=(text,), summary=text, abstract=text)
    _, part = search_index.parts(joined(daily(MONDAY, hostile), language=text))
    document = search_index.html_document(part.documents[0], part.language)
    assert set(Elements(document).names) <= {"html", "body", "i", "p"}


# ---- the same bytes


def many() -> Archive:
    papers = [
        paper(
            f"2503.{number:05}",
            f"Paper {number} of {'graphs' if number % 3 else 'placeholders'}",
            authors=tuple(f"Author {letter}{number % 7}" for letter in "abcdefgh"),
            abstract=f"Words of number {number}. " + "More of them. " * (number % 5),
            upvotes=number * 7 % 11,
        )
        for number in range(60)
    ]
    tags = [tag(f"{letter}{n}", match=(f"number {n}",)) for letter in "abc" for n in range(9)]
    return joined(daily(MONDAY, *papers), tags=tags, author_min_papers=2)


def test_two_runs_make_the_same_bytes(tmp_path: Path) -> None:
    for name in "abc":
        index(many(), tmp_path / name, {})
    assert tree(tmp_path / "a") == tree(tmp_path / "b") == tree(tmp_path / "c")


@pytest.mark.skipif(not os.access(SHM, os.W_OK), reason="there is no /dev/shm to write to")
def test_another_file_system_makes_the_same_bytes(tmp_path: Path) -> None:
    """It lists files in another order, in which Pagefind would number them."""
    index(many(), tmp_path / "a", {})
    with tempfile.TemporaryDirectory(dir=SHM) as other:
        index(many(), Path(other, "b"), {})
        assert tree(tmp_path / "a") == tree(Path(other, "b"))


def test_settings_of_pagefind_elsewhere_change_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    index(many(), tmp_path / "a", {})
    (tmp_path / "pagefind.toml").write_text('force_language = "de"\n')
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("PAGEFIND_EXCLUDE_SELECTORS", "p")
    monkeypatch.setenv("RAYON_NUM_THREADS", "1")
    index(many(), tmp_path / "b", {})
    assert tree(tmp_path / "a") == tree(tmp_path / "b")


# ---- failure


@pytest.fixture
def fake_pagefind(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[str], None]:
    """Replaces Pagefind's program with a script."""

    def put(script: str) -> None:
        program = tmp_path / "fake-pagefind"
        program.write_text(f"#!/bin/sh\n{script}\n")
        program.chmod(0o755)
        monkeypatch.setenv("PAGEFIND_BINARY_PATH", str(program))

    return put


@pytest.mark.parametrize("script", ["echo 'no room' >&2; exit 7", "exit 0"])
def test_a_failing_program_is_an_error_and_the_old_part_stays(
    tmp_path: Path, fake_pagefind: Callable[[str], None], script: str
) -> None:
    known = index(built(changed()), tmp_path / "site", {})
    before = tree(tmp_path / "site")
    fake_pagefind(script)
    with pytest.raises(OutsideError, match=r"of 2025 .*no-search") as caught:
        index(built(changed(title="Second")), tmp_path / "site", known)
    assert ("no room" in str(caught.value)) == ("no room" in script)
    assert tree(tmp_path / "site") == before


@pytest.fixture
def limited_pagefind(fake_pagefind: Callable[[str], None]) -> Callable[[int], None]:
    """Lets Pagefind write no file longer than some blocks of 512 bytes, and go on after that."""
    program = service.get_executable()

    def limit(blocks: int) -> None:
        fake_pagefind(f"trap '' XFSZ\nulimit -f {blocks}\nexec '{program}' \"$@\"")

    return limit


@pytest.mark.parametrize("blocks", [0, 1, 4, 88, 140, 142])
def test_what_pagefind_could_not_write_is_noticed(
    tmp_path: Path, limited_pagefind: Callable[[int], None], blocks: int
) -> None:
    """Pagefind reports success, whatever the disk refused. Files that no site needs may be cut."""
    parts = search_index.parts(many())
    for part in parts:
        search_index.make(part, tmp_path / "whole" / part.name)
    limited_pagefind(blocks)
    for part in parts:
        folder, whole_folder = tmp_path / "limited" / part.name, tmp_path / "whole" / part.name
        if blocks * 512 >= max(path.stat().st_size for path in files_of(whole_folder)):
            search_index.make(part, folder)
            assert tree(folder) == tree(whole_folder)
            continue
        with pytest.raises(OutsideError, match=f"of {part.name} .*free some space") as caught:
            search_index.make(part, folder)
        assert "missing or cut" in str(caught.value)
        assert not folder.exists()


def test_a_disk_that_does_not_take_what_pagefind_reads_is_named(tmp_path: Path) -> None:
    """A real refusal: no file may be longer than a limit."""
    _, part = search_index.parts(joined(daily(MONDAY, paper(abstract="Many words. " * 1_000))))
    unlimited = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (4_000, unlimited[1]))
    try:
        with pytest.raises(OutsideError, match=rf"cannot write .*{tmp_path}/.*too large"):
            search_index.make(part, tmp_path / "2025")
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, unlimited)
    assert list(tmp_path.iterdir()) == []


def test_a_missing_program_is_an_error_that_says_what_to_do(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("pagefind.service.get_executable", lambda: None)
    with pytest.raises(OutsideError, match=r"requirements\.txt.*--no-search"):
        index(joined(daily()), tmp_path, {})
    assert tree(tmp_path) == {}


def test_a_program_that_cannot_run_is_an_error(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PAGEFIND_BINARY_PATH", str(tmp_path / "no-such-program"))
    with pytest.raises(OutsideError, match="no-such-program"):
        index(joined(daily()), tmp_path, {})


def test_no_temporary_folder_is_left(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "tmp").mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "tmp"))
    index(joined(daily()), tmp_path / "site", {})
    assert list((tmp_path / "tmp").iterdir()) == []
    hidden = [path.name for path in (tmp_path / "site").rglob(".*")]
    assert hidden == [paths.SEARCH_RECORD]


# ---- the command


def test_a_site_can_be_built_without_search(tmp_path: Path) -> None:
    arguments = [
        "build",
        f"--content={minimal(tmp_path / 'content')}",
        f"--docs={tmp_path / 'docs'}",
        f"--site={tmp_path / 'site'}",
    ]
    done = command(*arguments, "--no-search", PAGEFIND_BINARY_PATH="/no/such/program")
    assert done.returncode == 0, done.stderr
    assert not (tmp_path / "site" / paths.SEARCH_INDEX).exists()
    failed = command(*arguments, PAGEFIND_BINARY_PATH="/no/such/program")
    assert failed.returncode == OutsideError.exit_code
    assert "Traceback" not in failed.stderr


def test_the_parts_of_a_site_are_those_of_its_archive(tmp_path: Path) -> None:
    assert pagefind_bundle.ENTRY == "pagefind-entry.json"
    arguments = [
        "build",
        f"--content={minimal(tmp_path / 'content')}",
        f"--docs={tmp_path / 'docs'}",
        f"--site={tmp_path / 'site'}",
    ]
    done = command(*arguments)
    assert done.returncode == 0, done.stderr
    index(joined(daily()), tmp_path / "other", {})
    assert tree(tmp_path / "site" / paths.SEARCH_INDEX) == tree(
        tmp_path / "other" / paths.SEARCH_INDEX
    )
