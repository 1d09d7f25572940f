"""A page for each author with several papers, their index, and its parts by first letter.

Takes an archive, gives `OutputFile`s.
"""

from __future__ import annotations

from collections.abc import Iterator

from generator import markup, urls
from generator.archive import Archive, Author
from generator.model import OutputFile
from generator.pages.page import count_papers, counted, page

SPLIT_ABOVE = 300
"""An archive with more authors shows so many, those with most papers, and links to letters."""


def render(archive: Archive) -> Iterator[OutputFile]:
    """All author pages and their index."""
    authors = list(archive.authors.values())
    letters = _by_letter(authors) if len(authors) > SPLIT_ABOVE else {}
    yield _index(archive, authors, list(letters))
    for letter, own in letters.items():
        yield _letter(archive, letter, own, list(letters))
    for author in authors:
        yield _author(archive, author)


def _index(archive: Archive, authors: list[Author], letters: list[str]) -> OutputFile:
    most = sorted(authors, key=lambda author: (-len(author.entries), author.slug))[:SPLIT_ABOVE]
    shown = most if letters else authors
    return page(
        archive,
        urls.AUTHORS_PAGE,
        "authors.md.j2",
        title="Authors",
        kind="authors",
        description=f"{counted(len(authors), 'author')} with several papers in the archive.",
        values={"authors": shown, "total": len(authors), "letters": letters},
    )


def _letter(archive: Archive, letter: str, authors: list[Author], letters: list[str]) -> OutputFile:
    return page(
        archive,
        urls.author_letter_page(letter),
        "authors_letter.md.j2",
        title=f"Authors: {letter.upper()}",
        kind="authors",
        description=f"{counted(len(authors), 'author')} under {letter.upper()}.",
        values={"letter": letter, "authors": authors, "letters": letters},
    )


def _author(archive: Archive, author: Author) -> OutputFile:
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
