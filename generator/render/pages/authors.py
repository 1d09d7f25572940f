"""The listing of each author with several papers, their index, and its pages by first letters.

Takes an archive, gives targets; those of authors with a single page come in batches.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from functools import partial
from itertools import chain
from operator import attrgetter
from typing import NamedTuple
from zlib import crc32

from generator.archive.model import Archive, Author
from generator.core import paths
from generator.core.target import Batch, Target, digest
from generator.render.feeds import catalog
from generator.render.pages.listing import SPLIT_ABOVE, Listing, listing_page, listing_targets
from generator.render.pages.page import digests, page
from generator.text import markup
from generator.text.dates import counted
from generator.text.markup import Markdown

SPLIT_LETTERS_ABOVE = 300
"""With more authors, the index is split by first letters, and by more letters if needed."""
_BATCH_COUNT = 2_048
"""Enough batches that most have no author of a new day's papers."""

_PLACES = attrgetter("places")


class _Node(NamedTuple):
    """Authors whose slugs begin with the same letters."""

    letters: str
    authors: list[Author]
    """Those on its page: all of them or, if they are too many, those without a further letter."""
    next: list[str]
    """The letters of the nodes below, if there are any."""


def batches(archive: Archive) -> Iterator[Batch]:
    """The pages of authors who have a single page."""
    by_batch: dict[int, list[Author]] = defaultdict(list)
    for slug, author in archive.authors.items():
        if author.count <= SPLIT_ABOVE:
            by_batch[crc32(slug.encode()) % _BATCH_COUNT].append(author)
    entry_digests = [entry.digest for entry in archive.oldest_first]
    for number in sorted(by_batch):
        members = by_batch[number]
        places = chain.from_iterable(map(_PLACES, members))
        papers = b"".join(map(entry_digests.__getitem__, places))
        inputs = digest(([author.slug for author in members], papers))
        yield Batch(f"authors, {number}", inputs, partial(_targets, archive, members))


def _targets(archive: Archive, authors: Sequence[Author]) -> list[Target]:
    """The pages of a batch of authors, one each."""
    found: list[Target] = []
    for author in authors:
        papers = digests(map(archive.oldest_first.__getitem__, author.places))
        make = partial(_author, archive, author)
        found.append(Target(paths.author_page(author.slug), digest((author.name, papers)), make))
    return found


def targets(archive: Archive) -> Iterator[Target]:
    """All other author pages and their index."""
    authors = list(archive.authors.values())
    nodes = list(_all_nodes(authors)) if len(authors) > SPLIT_LETTERS_ABOVE else []
    shown = archive.busiest(SPLIT_LETTERS_ABOVE) if nodes else authors
    letters = nodes[0].next if nodes else []
    inputs = digest((_lines(shown), len(authors), letters))
    make = partial(_index, archive, shown, len(authors), letters)
    yield Target(paths.AUTHORS_PAGE, inputs, make)
    for node in nodes[1:]:
        names = [(author.slug, author.name) for author in node.authors]
        inputs = digest((names, node.next, letters))
        make = partial(_letter, archive, node, letters)
        yield Target(paths.author_letter_page(node.letters), inputs, make)
    for author in authors:
        if author.count > SPLIT_ABOVE:
            yield from listing_targets(archive, _listing(archive, author))


def _listing(archive: Archive, author: Author) -> Listing:
    name = markup.plain(author.name)
    # The folder of an author of this name is that of the pages by letters.
    has_years = author.slug != paths.LETTER_FOLDER
    has_feeds = catalog.has_feeds(archive.settings, author)
    return Listing(
        path=paths.author_page(author.slug),
        kind="author",
        name=name,
        label=markup.inline(author.name),
        description=f"{counted(author.count, 'paper')} by {name}, newest first.",
        phrase=f"by {name}",
        feeds=paths.author_feeds(author.slug) if has_feeds else "",
        entries=author.entries,
        newest=SPLIT_ABOVE if has_years else author.count,
        has_years=has_years,
        has_months=False,
    )


def _all_nodes(authors: list[Author]) -> Iterator[_Node]:
    return _nodes("", [(author.slug.replace("-", ""), author) for author in authors])


def _nodes(letters: str, authors: list[tuple[str, Author]]) -> Iterator[_Node]:
    """A node for all of these authors and, if they are too many, nodes for each next letter.

    Each author comes with the letters of their slug, without hyphens.
    """
    if len(authors) <= SPLIT_LETTERS_ABOVE:
        yield _Node(letters, [author for _, author in authors], [])
        return
    below: dict[str, list[tuple[str, Author]]] = defaultdict(list)
    length = len(letters) + 1
    for each in authors:
        below[each[0][:length]].append(each)
    without_next = [author for _, author in below.pop(letters, [])]
    yield _Node(letters, without_next, sorted(below))
    for longer in sorted(below):
        yield from _nodes(longer, below[longer])


def _lines(authors: list[Author]) -> list[tuple[str, str, int]]:
    """What a list of authors depends on."""
    return [(author.slug, author.name, author.count) for author in authors]


def _index(archive: Archive, shown: list[Author], total: int, letters: list[str]) -> bytes:
    return page(
        archive,
        paths.AUTHORS_PAGE,
        "authors.md.j2",
        title="Authors",
        kind="authors",
        description=f"{counted(total, 'author')} with several papers in the archive.",
        values={"authors": shown, "total": total, "letters": letters},
    )


def _letter(archive: Archive, node: _Node, letters: list[str]) -> bytes:
    name = node.letters.capitalize()
    return page(
        archive,
        paths.author_letter_page(node.letters),
        "authors_letter.md.j2",
        title=f"Authors: {name}",
        kind="authors",
        description=f"Authors under {name}.",
        values={"name": Markdown(name), "node": node, "letters": letters},
    )


def _author(archive: Archive, author: Author) -> bytes:
    return listing_page(archive, _listing(archive, author))
