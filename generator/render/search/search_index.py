"""The search index: a Pagefind bundle for each year in which papers were first listed.

Takes an archive, makes folders below the site that a reader's browser searches without a server;
records what each was made from and holds, so that the next build makes only years that changed.
Pagefind indexes small HTML documents that are made here for this purpose. Never reads the site's
pages.
"""

from __future__ import annotations

import functools
import hashlib
import html
import json
import os
import shutil
import sys
import tempfile
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Set
from datetime import date
from pathlib import Path

from msgspec import Struct, field

from generator.archive.model import Archive, Entry
from generator.core import files, paths, programs, toolchain
from generator.core.errors import OutsideError
from generator.core.model import Tag
from generator.core.progress import track
from generator.core.target import shard_of
from generator.render.search import index_record, pagefind_bundle
from generator.render.search.index_record import BASE, LISTED, FileContent, StampedBundle
from generator.render.search.pagefind_bundle import IncompleteError, ResultPage
from generator.text import latex, markup, mathml, unicode_math

EVERY = "\N{CYRILLIC LETTER MULTIOCULAR O}"
"""A word of every paper that no reader types; a browser searches for it to get all papers of a tag.

Without a word, Pagefind would load the whole index. The base has it too, since a bundle needs one.
"""

# By default, Pagefind packs 20,000 positions of words into a file. With smaller files the list of
# all files grows by 11 %, and each word of a query loads a third as much.
_CHUNK = {"PAGEFIND_UNSTABLE_INDEX_CHUNK_SIZE": "5000"}
# How words begin that Pagefind reserves for itself.
_RESERVED = "___PAGEFIND"
_CODE = (pagefind_bundle, paths, markup, latex, mathml, unicode_math)
"""The modules besides this one that decide a bundle's bytes."""
_LIBRARIES = ("pagefind", "pagefind_bin", "math_core")
"""The libraries that do."""
_PROGRAM_SIZE = 1_000_000
"""Bytes of a bundle with scripts for a site of one page, and some more."""
_WITHOUT = "the site can be built with --no-search"


class IndexPart(Struct, frozen=True):
    """Everything that one bundle is made from."""

    name: str
    """The year, or `base`."""
    digest: str
    """Of everything that the bundle's bytes depend on."""
    documents: tuple[SearchDocument, ...]
    """Oldest first."""
    language: str


class SearchDocument(Struct, frozen=True, eq=False):
    """A paper, with the tags and authors by which a search can be filtered."""

    entry: Entry
    tags: tuple[Tag, ...]
    """Its own, then their ancestors."""
    authors: tuple[str, ...]
    """Slugs of those of its authors who have a page."""


def parts(archive: Archive) -> tuple[IndexPart, ...]:
    """All parts of the index: the base, then the years, newest first."""
    language = archive.settings.language
    years: defaultdict[int, list[SearchDocument]] = defaultdict(list)
    for document in _documents(archive):
        years[document.entry.listed.year].append(document)
    named = [(BASE, list[SearchDocument]())]
    named += [(f"{year:04}", of_year) for year, of_year in sorted(years.items(), reverse=True)]
    return tuple(
        IndexPart(name, _digest(language, documents), tuple(documents), language)
        for name, documents in named
    )


class SearchIndex(Struct, frozen=True):
    """A site's index after a build: new bundles are in the stage, the others in the old site."""

    bundles: Mapping[str, StampedBundle] = field(default_factory=dict)
    """By the part's name, for the next build."""
    kept: frozenset[str] = frozenset()
    """Paths in the old site that stay."""
    stale: frozenset[str] = frozenset()
    """Paths in the old site to remove."""
    is_changed: bool = False

    @property
    def files(self) -> int:
        """How many files all bundles have."""
        return sum(each.bundle.files for each in self.bundles.values())

    @property
    def size(self) -> int:
        """Bytes of all bundles."""
        return sum(each.bundle.size for each in self.bundles.values())


def index(
    archive: Archive,
    site: Path,
    stage: Path,
    unchanged: Mapping[str, StampedBundle] | None,
    shard: tuple[int, int] = (1, 1),
) -> SearchIndex:
    """Make those parts in the stage that changed or aren't whole in the site.

    `unchanged` has bundles of the site whose files are as an earlier build left them, by part; the
    others are compared with the site's record. None: all are made. A shard makes its share of the
    parts, and the first shard also the list of all parts. Raises OutsideError.
    """
    every = parts(archive)
    wanted = [part for part in every if shard_of(part.name, shard[1]) == shard[0]]
    old, new = site / paths.SEARCH_INDEX, stage / paths.SEARCH_INDEX
    kept = {} if unchanged is None else _current(wanted, old, unchanged)
    to_make = [part for part in wanted if part.name not in kept]
    made = {part.name: make(part, new / part.name) for part in track(to_make, "indexing")}
    bundles = kept | made
    lists = {
        paths.SEARCH_RECORD: index_record.encoded(
            {name: each.bundle for name, each in bundles.items()}
        )
    }
    if shard[0] == 1:
        lists[paths.SEARCH_LISTING] = _listing(every)
    kept_lists = {name for name, data in lists.items() if _has_file(old, name, data)}
    for name in lists.keys() - kept_lists:
        files.write(new / name, lists[name])
    stays = kept.keys() | kept_lists
    return SearchIndex(
        bundles, _below(stays), _all_but(stays, old), bool(made) or lists.keys() != kept_lists
    )


def disabled(site: Path) -> SearchIndex:
    """No index, for a build without search; removes that of the previous build."""
    return SearchIndex(stale=_all_but(frozenset(), site / paths.SEARCH_INDEX))


def _current(
    wanted: Iterable[IndexPart], old: Path, unchanged: Mapping[str, StampedBundle]
) -> dict[str, StampedBundle]:
    """Bundles of the old site that would be made just as they are, by part."""
    recorded = index_record.read(old)
    found: dict[str, StampedBundle | None] = {}
    for part in wanted:
        seen, known = unchanged.get(part.name), recorded.get(part.name)
        if seen and seen.bundle.inputs == part.digest:
            found[part.name] = seen
        elif known and known.inputs == part.digest:
            found[part.name] = index_record.verified(old / part.name, known)
    return {name: each for name, each in found.items() if each}


def _all_but(names: Set[str], index: Path) -> frozenset[str]:
    """Paths in the old site of all that is in the folder of its index, without these names."""
    if not (names and index_record.is_folder(index)):
        return frozenset({paths.SEARCH_INDEX} if os.path.lexists(index) else ())
    with files.outside(f"cannot read {index}"):
        return _below({path.name for path in index.iterdir()} - names)


def _below(names: Iterable[str]) -> frozenset[str]:
    return frozenset(f"{paths.SEARCH_INDEX}/{name}" for name in names)


def _has_file(index: Path, name: str, data: bytes) -> bool:
    path = index / name
    if not (index_record.is_folder(index) and path.is_file() and not path.is_symlink()):
        return False
    with files.outside(f"cannot read {path}"):
        return path.read_bytes() == data


def make(part: IndexPart, folder: Path) -> StampedBundle:
    """Make the folder of one part, where there is none, or nothing. Raises OutsideError."""
    try:
        with files.outside(f"cannot make the search index {folder}"):
            contents = _made(part, folder)
    except BaseException:
        shutil.rmtree(folder, ignore_errors=True)
        raise
    return StampedBundle(index_record.bundle_of(part.digest, contents), index_record.stamp(folder))


def _made(part: IndexPart, folder: Path) -> Mapping[str, FileContent]:
    """What the files of a part hold, once they are made."""
    folder.parent.mkdir(parents=True, exist_ok=True)
    # In the stage, so that the next build removes what a killed one left.
    with tempfile.TemporaryDirectory(prefix=".", dir=folder.parent) as temporary:
        documents = Path(temporary)
        with files.outside(f"cannot write to {documents} what Pagefind reads"):
            pages = _write_documents(part, documents)
        _run_pagefind(part, documents, folder)
        try:
            return pagefind_bundle.tidy(folder, pages, program=part.name == BASE)
        except IncompleteError as error:
            reason = _refusal(folder, documents) or (
                "its disk was probably full, or a quota used up: free some space and run it again"
            )
            raise OutsideError(
                f"Pagefind did not write all of the search index of {part.name} ({error} is "
                f"missing or cut), though it reported success: {reason}; {_WITHOUT}"
            ) from error


def filter_name(kind: str, slug: str) -> str:
    """The filter of a slug; there is one for each first letter, so that a browser loads little."""
    return f"{kind}-{slug[0]}"


def result_name(entry: Entry) -> str:
    """The name of a paper among the results: its day, upvotes and key.

    A browser knows the names of all results before it loads any, so it can sort results of all
    years by them. Pagefind's own sort orders work in one bundle only, and cost more.
    """
    return f"{entry.listed.isoformat().replace('-', '')}-{entry.upvotes}-{entry.key}"


def html_document(document: SearchDocument, language: str) -> str:
    """A paper as HTML for Pagefind; every text in it is escaped."""
    entry, paper = document.entry, document.entry.paper
    title = entry.title
    metas = {
        "title": title,
        "authors": ", ".join(map(markup.plain, paper.authors)),
        "id": paper.id,
        "tags": "; ".join(markup.plain(use.tag.name) for use in entry.tags),
        "every": EVERY,
    }
    texts = [markup.html(text) for text in (paper.summary, paper.abstract) if text]
    elements = [
        *(_element("meta", name, value) for name, value in metas.items() if value),
        *(_element("filter", filter_name("tag", each.slug), each.slug) for each in document.tags),
        *(_element("filter", filter_name("author", each), each) for each in document.authors),
        # Pagefind skips a document without words.
        *(texts or [f"<p>{html.escape(title)}</p>"]),
    ]
    return _page(language, "\n".join(elements).replace(_RESERVED, "PAGEFIND"))


def _documents(archive: Archive) -> Iterator[SearchDocument]:
    """All papers by the day they were first listed, oldest first."""
    authors: defaultdict[str, list[str]] = defaultdict(list)
    for author in archive.authors.values():
        for entry in author.entries:
            authors[entry.key].append(author.slug)
    ancestors = {slug: page.ancestors for slug, page in archive.tags.items()}
    for entry in sorted(archive.entries.values(), key=_order):
        own = [use.tag for use in entry.tags]
        tags = {tag.slug: tag for each in own for tag in (each, *ancestors[each.slug])}
        yield SearchDocument(entry, tuple(tags.values()), tuple(authors[entry.key]))


def _order(entry: Entry) -> tuple[date, int, str]:
    return entry.listed, entry.upvotes, entry.key


def _digest(language: str, documents: Iterable[SearchDocument]) -> str:
    digest = hashlib.sha256(f"{_tool_fingerprint()}\n{language}\n".encode())
    for document in documents:
        entry, paper = document.entry, document.entry.paper
        values = [
            entry.key,
            paper.id,
            paper.title,
            paper.authors,
            paper.summary,
            paper.abstract,
            paper.upvotes,
            entry.listed.isoformat(),
            [use.tag.name for use in entry.tags],
            [tag.slug for tag in document.tags],
            document.authors,
        ]
        digest.update(json.dumps(values).encode() + b"\n")
    return digest.hexdigest()


@functools.cache
def _tool_fingerprint() -> str:
    """Identifies all that turns papers into a bundle: code by its bytes, libraries by version.

    A new version of anything else, such as a template of pages, makes no part again.
    """
    code = hashlib.sha256()
    for file in (__file__, *(str(each.__file__) for each in _CODE)):
        with files.outside(f"cannot read {file}"):
            code.update(Path(file).read_bytes())
    versions = toolchain.versions()
    libraries = [f"{name} {versions.get(name)}" for name in _LIBRARIES]
    return "\n".join((sys.version, *libraries, code.hexdigest()))


def _listing(every: Iterable[IndexPart]) -> bytes:
    base, *years = every
    values = {
        "base": base.digest[:LISTED],
        "parts": [
            {"name": part.name, "papers": len(part.documents), "digest": part.digest[:LISTED]}
            for part in years
        ],
    }
    return (json.dumps(values, indent=1) + "\n").encode()


def _write_documents(part: IndexPart, folder: Path) -> list[ResultPage]:
    """Write the documents of a part so that Pagefind reads them in the part's order.

    Pagefind numbers documents in the order in which the file system lists them. So the files are
    created empty, and filled in that order. Gives pages by the number in the file name.
    """
    count = len(part.documents) or 1
    for number in range(count):
        (folder / f"{number}.html").touch()
    listed = [entry.name for entry in os.scandir(folder)]
    pages = [ResultPage(BASE, "")] * count
    if not part.documents:
        (folder / listed[0]).write_text(_page(part.language, f"<p>{EVERY}</p>"), "utf-8")
    for name, document in zip(listed, part.documents, strict=False):
        entry = document.entry
        (folder / name).write_text(html_document(document, part.language), "utf-8")
        path = paths.site_path(paths.paper_page(entry.key))
        pages[int(Path(name).stem)] = ResultPage(result_name(entry), path)
    return pages


def _run_pagefind(part: IndexPart, documents: Path, stage: Path) -> None:
    from pagefind.service import get_executable  # noqa: PLC0415 - rarely needed, and long to load

    try:
        program = get_executable()
    except FileNotFoundError:
        program = None
    if program is None:
        raise OutsideError(
            "Pagefind's program is missing, so no search index can be made: install what "
            "requirements.txt lists, or build with --no-search"
        )
    others = {name: value for name, value in os.environ.items() if not name.startswith("PAGEFIND_")}
    done = programs.run(
        [program, "--site", documents, "--output-path", stage.resolve(), "--quiet"],
        documents,  # has no settings file of Pagefind
        others | _CHUNK,
    )
    if done.returncode:
        said = " ".join((done.stderr or done.stdout).split())[-500:]
        reason = _refusal(stage, documents) or said or "it gave no reason"
        raise OutsideError(
            f"Pagefind could not make the search index of {part.name} "
            f"(exit code {done.returncode}): {reason}; {_WITHOUT}"
        )


def _refusal(folder: Path, documents: Path) -> str:
    """What the disk says if it doesn't take as much more as an index needs; empty if it does."""
    probe = folder / ".probe"
    try:
        with files.outside(f"cannot write to {folder}"):
            folder.mkdir(parents=True, exist_ok=True)
            size = sum(entry.stat().st_size for entry in os.scandir(documents))
            probe.write_bytes(bytes(_PROGRAM_SIZE + size))
    except OutsideError as error:
        return str(error)
    return ""


def _page(language: str, body: str) -> str:
    lang = html.escape(language)
    return f'<!doctype html>\n<html lang="{lang}">\n<body>\n{body}\n</body>\n</html>\n'


def _element(kind: str, name: str, value: str) -> str:
    return f'<i data-pagefind-{kind}="{name}[data-v]" data-v="{html.escape(value)}"></i>'
