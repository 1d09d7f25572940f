"""The search index: a Pagefind bundle for each year in which papers were first listed.

Takes an archive, leaves folders below the site that a reader's browser searches by itself; says
what went into each, so that only years that changed are made again. Pagefind's command reads
small HTML documents made here for nothing else. Never reads the site's pages.
"""

from __future__ import annotations

import functools
import hashlib
import html
import json
import os
import shutil
import subprocess
import tempfile
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from pathlib import Path
from typing import NamedTuple

from msgspec import Struct, field

from generator.archive.model import Archive, Entry
from generator.core import files, paths, toolchain
from generator.core.errors import OutsideError
from generator.core.model import Tag
from generator.core.progress import track
from generator.core.target import shard_of
from generator.render.search import pagefind_bundle
from generator.render.search.pagefind_bundle import ResultPage
from generator.text import latex, markup, mathml, unicode_math

BASE = "base"
"""The part with Pagefind's program, of which a site needs one copy, and no paper."""
EVERY = "\N{CYRILLIC LETTER MULTIOCULAR O}"
"""A word that every paper has and no reader types, by which a browser asks for all papers of a tag:
asked for no word, Pagefind loads the whole index. The base has it too: it must have one."""

# Pagefind's default packs 20,000 places of words into a file. Smaller ones cost 11 % in the list
# of all files and save two thirds of what a word of a query loads.
_CHUNK = {"PAGEFIND_UNSTABLE_INDEX_CHUNK_SIZE": "5000"}
# Words with a meaning of their own to Pagefind.
_PRIVATE = "___PAGEFIND"


class IndexPart(Struct, frozen=True):
    """What one bundle is made of."""

    name: str
    """The year, or `base`."""
    digest: str
    """Of everything that decides the bundle's bytes."""
    entries: tuple[SearchDocument, ...]
    """Oldest first."""
    language: str


class SearchDocument(Struct, frozen=True, eq=False):
    """A paper with what a search can be narrowed to."""

    entry: Entry
    tags: tuple[Tag, ...]
    """Its own, then those above them."""
    authors: tuple[str, ...]
    """The slugs of its authors who have a page."""


def parts(archive: Archive) -> tuple[IndexPart, ...]:
    """All parts of the index: the base, then the years, newest first."""
    language = archive.settings.language
    years: defaultdict[int, list[SearchDocument]] = defaultdict(list)
    for record in _records(archive):
        years[record.entry.listed.year].append(record)
    named = [(BASE, list[SearchDocument]())]
    named += [(f"{year:04}", own) for year, own in sorted(years.items(), reverse=True)]
    return tuple(
        IndexPart(name, _digest(language, own), tuple(own), language) for name, own in named
    )


class IndexBundle(NamedTuple):
    """A part as it was made."""

    digest: str
    """The part's."""
    files: int
    size: int
    """Bytes."""


class SearchIndex(Struct, frozen=True):
    """A site's index after a build: what is new lies in the stage, the rest in the old site."""

    bundles: Mapping[str, IndexBundle] = field(default_factory=dict)
    """By the part's name, for the next build."""
    kept: frozenset[str] = frozenset()
    """Folders of the old site that stay."""
    stale: frozenset[str] = frozenset()
    """Folders of the old site that go."""
    is_changed: bool = False

    @property
    def files(self) -> int:
        """How many files the bundles have."""
        return sum(each.files for each in self.bundles.values())

    @property
    def size(self) -> int:
        """Bytes of all of them."""
        return sum(each.size for each in self.bundles.values())


def index(
    archive: Archive,
    site: Path,
    stage: Path,
    known: Mapping[str, IndexBundle],
    shard: tuple[int, int] = (1, 1),
) -> SearchIndex:
    """Make the parts that aren't in the site as `known` says, in the stage.

    `known` is what an earlier build's index says of each part. A shard makes its share of
    the parts, the first one what tells of all. Raises OutsideError.
    """
    every = parts(archive)
    wanted = [part for part in every if shard_of(part.name, shard[1]) == shard[0]]
    old, new = site / paths.SEARCH_INDEX, stage / paths.SEARCH_INDEX
    fresh = [part for part in wanted if not _is_made(part, old / part.name, known)]
    made = {part.name: known[part.name] for part in wanted if part not in fresh}
    for part in track(fresh, "indexing"):
        make(part, new / part.name)
        made[part.name] = IndexBundle(part.digest, *_weight(new / part.name))
    listing = _listing(every)
    is_told = shard[0] != 1 or _holds(old / paths.SEARCH_LISTING, listing)
    if not is_told:
        files.write(new / paths.SEARCH_LISTING, listing)
    kept = {part.name for part in wanted} - {part.name for part in fresh}
    there = {path.name for path in old.iterdir() if path.is_dir()} if old.is_dir() else set[str]()
    return SearchIndex(
        made,
        _below({*kept, paths.SEARCH_LISTING} if is_told and shard[0] == 1 else kept),
        _below(there - kept),
        bool(fresh) or not is_told,
    )


def without(site: Path) -> SearchIndex:
    """No index, where there may be one of an earlier build."""
    return SearchIndex(
        stale=frozenset({paths.SEARCH_INDEX} if (site / paths.SEARCH_INDEX).exists() else ())
    )


def _below(names: Iterable[str]) -> frozenset[str]:
    return frozenset(f"{paths.SEARCH_INDEX}/{name}" for name in names)


def _holds(path: Path, data: bytes) -> bool:
    return path.is_file() and path.read_bytes() == data


def make(part: IndexPart, folder: Path) -> None:
    """Make one part's folder, whole or not at all. Raises OutsideError."""
    stage, old = folder.with_name(f".{folder.name}.new"), folder.with_name(f".{folder.name}.old")
    with files.outside(f"cannot make the search index {folder}"):
        folder.parent.mkdir(parents=True, exist_ok=True)
        _remove(stage)
        try:
            with tempfile.TemporaryDirectory(prefix="paper-archive-") as documents:
                addresses = _write_documents(part, Path(documents))
                _run_pagefind(part, Path(documents), stage)
            pagefind_bundle.tidy(stage, addresses, program=part.name == BASE)
            _remove(old)
            if folder.exists():
                folder.rename(old)
            stage.rename(folder)
        finally:
            _remove(stage)
        _remove(old)


def filter_name(kind: str, slug: str) -> str:
    """The filter that holds a slug: one for each first letter, so that a reader loads little."""
    return f"{kind}-{slug[0]}"


def result_name(entry: Entry) -> str:
    """What a paper is called among the results: its day, upvotes and key.

    A browser has the names of all results before it loads any of them, and sorts by them, over
    all years: Pagefind's own orders hold for one bundle only, and cost more.
    """
    return f"{entry.listed.isoformat().replace('-', '')}-{entry.upvotes}-{entry.key}"


def document(record: SearchDocument, language: str) -> str:
    """A paper as HTML for Pagefind; every text in it is escaped."""
    entry, paper = record.entry, record.entry.paper
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
        *(_element("filter", filter_name("tag", each.slug), each.slug) for each in record.tags),
        *(_element("filter", filter_name("author", each), each) for each in record.authors),
        # Pagefind leaves out a document without a word.
        *(texts or [f"<p>{html.escape(title)}</p>"]),
    ]
    return _page(language, "\n".join(elements).replace(_PRIVATE, "PAGEFIND"))


def _records(archive: Archive) -> Iterator[SearchDocument]:
    """All papers by the day they were listed first, oldest first."""
    authors: defaultdict[str, list[str]] = defaultdict(list)
    for author in archive.authors.values():
        for entry in author.entries:
            authors[entry.key].append(author.slug)
    above = {slug: page.ancestors for slug, page in archive.tags.items()}
    for entry in sorted(archive.entries.values(), key=_order):
        own = [use.tag for use in entry.tags]
        line = {tag.slug: tag for each in own for tag in (each, *above[each.slug])}
        yield SearchDocument(entry, tuple(line.values()), tuple(authors[entry.key]))


def _order(entry: Entry) -> tuple[date, int, str]:
    return entry.listed, entry.upvotes, entry.key


def _digest(language: str, records: Iterable[SearchDocument]) -> str:
    digest = hashlib.sha256(f"{_tools()}\n{language}\n".encode())
    for record in records:
        entry, paper = record.entry, record.entry.paper
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
            [tag.slug for tag in record.tags],
            record.authors,
        ]
        digest.update(json.dumps(values).encode() + b"\n")
    return digest.hexdigest()


@functools.cache
def _tools() -> str:
    """What makes bundles of papers: Pagefind's version, and the code that words its documents."""
    code = hashlib.sha256()
    for file in (
        __file__,
        *(str(each.__file__) for each in (pagefind_bundle, markup, latex, mathml, unicode_math)),
    ):
        with files.outside(f"cannot read {file}"):
            code.update(Path(file).read_bytes())
    return f"{toolchain.versions().get('pagefind')} {code.hexdigest()}"


def _is_made(part: IndexPart, folder: Path, known: Mapping[str, IndexBundle]) -> bool:
    bundle = known.get(part.name)
    is_same = bundle is not None and bundle.digest == part.digest
    return is_same and (folder / pagefind_bundle.ENTRY).is_file()


def _weight(folder: Path) -> tuple[int, int]:
    """How many files a folder holds, and their bytes."""
    sizes = [path.stat().st_size for path in folder.rglob("*") if path.is_file()]
    return len(sizes), sum(sizes)


def _listing(wanted: Iterable[IndexPart]) -> bytes:
    base, *years = wanted
    values = {
        "base": base.digest[:12],
        "parts": [
            {"name": part.name, "papers": len(part.entries), "digest": part.digest[:12]}
            for part in years
        ],
    }
    return (json.dumps(values, indent=1) + "\n").encode()


def _write_documents(part: IndexPart, folder: Path) -> list[ResultPage]:
    """Write a part's documents so that Pagefind meets them in the part's order.

    It numbers documents as the folder lists them, which differs between file systems: so empty
    files come first, and are filled in the order in which the folder lists them.
    """
    count = len(part.entries) or 1
    for number in range(count):
        (folder / f"{number}.html").touch()
    listed = [entry.name for entry in os.scandir(folder)]
    addresses = [ResultPage(BASE, "")] * count
    if not part.entries:
        (folder / listed[0]).write_text(_page(part.language, f"<p>{EVERY}</p>"), "utf-8")
    for name, record in zip(listed, part.entries, strict=False):
        entry = record.entry
        (folder / name).write_text(document(record, part.language), "utf-8")
        path = paths.site_path(paths.paper_page(entry.key))
        addresses[int(Path(name).stem)] = ResultPage(result_name(entry), path)
    return addresses


def _run_pagefind(part: IndexPart, documents: Path, stage: Path) -> None:
    from pagefind.service import get_executable  # noqa: PLC0415 - rarely needed, and long to load

    try:
        program = get_executable()
    except FileNotFoundError:
        program = None
    if program is None:
        raise OutsideError(
            "Pagefind's program is missing, so the site has no search: install what "
            "requirements.txt lists, or build with --no-search"
        )
    own = {name: value for name, value in os.environ.items() if not name.startswith("PAGEFIND_")}
    done = subprocess.run(
        [program, "--site", documents, "--output-path", stage.resolve(), "--quiet"],
        cwd=documents,  # where no settings of Pagefind lie
        env=own | _CHUNK,
        capture_output=True,
        text=True,
        errors="replace",
        check=False,
    )
    if done.returncode or not (stage / pagefind_bundle.ENTRY).is_file():
        said = " ".join((done.stderr or done.stdout).split())[-500:]
        raise OutsideError(
            f"Pagefind could not make the search index of {part.name} "
            f"(exit code {done.returncode}): {said or 'it did not say why'}; "
            "the site can be built with --no-search"
        )


def _page(language: str, body: str) -> str:
    lang = html.escape(language)
    return f'<!doctype html>\n<html lang="{lang}">\n<body>\n{body}\n</body>\n</html>\n'


def _element(kind: str, name: str, value: str) -> str:
    return f'<i data-pagefind-{kind}="{name}[data-v]" data-v="{html.escape(value)}"></i>'


def _remove(folder: Path) -> None:
    if folder.exists():
        shutil.rmtree(folder)
