"""A page for each author with several papers, their index, and its parts by first letter.

Takes an archive, gives targets.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

from generator import markup, urls
from generator.archive import Archive, Author
from generator.pages.page import count_papers, counted, digests, page
from generator.plan import Target, digest

SPLIT_ABOVE = 300
"""An archive with more authors shows so many, those with most papers, and links to letters."""


def targets(archive: Archive) -> Iterator[Target]:
    """All author pages and their index."""
    authors = list(archive.authors.values())
    letters = _by_letter(authors) if len(authors) > SPLIT_ABOVE else {}
    most = sorted(authors, key=lambda author: (-len(author.entries), author.slug))[:SPLIT_ABOVE]
    shown = most if letters else authors
    inputs = digest((_lines(shown), len(authors), list(letters)))
    make = partial(_index, archive, shown, len(authors), list(letters))
    yield Target(urls.AUTHORS_PAGE, inputs, make)
    for letter, own in letters.items():
        inputs = digest((_lines(own), list(letters)))
        make = partial(_letter, archive, letter, own, list(letters))
        yield Target(urls.author_letter_page(letter), inputs, make)
    for author in authors:
        inputs = digest((author.name, digests(author.entries)))
        yield Target(urls.author_page(author.slug), inputs, partial(_author, archive, author))


def _lines(authors: list[Author]) -> list[tuple[str, str, int]]:
    """What a list of authors depends on."""
    return [(author.slug, author.name, len(author.entries)) for author in authors]


def _index(archive: Archive, shown: list[Author], total: int, letters: list[str]) -> bytes:
    return page(
        archive,
        urls.AUTHORS_PAGE,
        "authors.md.j2",
        title="Authors",
        kind="authors",
        description=f"{counted(total, 'author')} with several papers in the archive.",
        values={"authors": shown, "total": total, "letters": letters},
    )


def _letter(archive: Archive, letter: str, authors: list[Author], letters: list[str]) -> bytes:
    return page(
        archive,
        urls.author_letter_page(letter),
        "authors_letter.md.j2",
        title=f"Authors: {letter.upper()}",
        kind="authors",
        description=f"{counted(len(authors), 'author')} under {letter.upper()}.",
        values={"letter": letter, "authors": authors, "letters": letters},
    )


def _author(archive: Archive, author: Author) -> bytes:
    name = markup.plain(author.name)
    return page(
        archive,
        urls.author_page(author.slug),
        "author.md.j2",
        title=name,
        kind="author",
        description=f"{count_papers(len(author.entries))} by {name}, newest first.",
        values={"author": author, "entries": author.entries},
    )


def _by_letter(authors: list[Author]) -> dict[str, list[Author]]:
    letters: dict[str, list[Author]] = {}
    for author in authors:
        letters.setdefault(author.slug[0], []).append(author)
    return dict(sorted(letters.items()))
