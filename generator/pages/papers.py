"""A page for each paper: what it is, its tags and where they come from, how to cite it.

Takes an archive, gives one target a paper, in a lot for each month.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import partial
from operator import eq
from typing import Any, NamedTuple

from generator import authors, exports, markup, prefilled, urls
from generator.archive import Archive, Entry, by_month
from generator.markup import Markdown
from generator.pages.page import digests, link, literal, outward, page, short_text
from generator.plan import Lot, Target, digest_of

MOST_AUTHORS = 14
"""A page and its head name so many authors, and say how many more there are."""
MOST_KEYWORDS = 6
"""A page's head names so many tags; the page has all of them."""


class Neighbours(NamedTuple):
    """The papers before and after one in the list of the day it was listed first."""

    previous: Entry | None
    next: Entry | None


_NOBODY = bytes(16)


def lots(archive: Archive) -> Iterator[Lot]:
    """All paper pages, those of papers listed first in the same month together."""
    first, length = 0, authors.LINK
    for month, entries in by_month(archive.oldest_first).items():
        end = first + len(entries)
        # The digest of a paper changes with its days as well, and so with who is beside it.
        inputs = digests(entries) + archive.links[first * length : end * length]
        make = partial(_targets, archive, first, entries)
        yield Lot(f"papers/{urls.month_name(month)}", digest_of(inputs), make)
        first = end


def _targets(archive: Archive, first: int, entries: Sequence[Entry]) -> list[Target]:
    """Pages of papers that follow each other, all of the days they were listed first."""
    length = authors.LINK
    days = [entry.days[0] for entry in entries]
    # Papers of the same day follow each other in the order of its list.
    goes_on = [False, *map(eq, days, days[1:]), False]
    told = [entry.of_paper for entry in entries]
    found: list[Target] = []
    for at, entry in enumerate(entries):
        place = first + at
        inputs = (
            entry.digest
            + (told[at - 1] if goes_on[at] else _NOBODY)
            + (told[at + 1] if goes_on[at + 1] else _NOBODY)
            + archive.links[place * length : (place + 1) * length]
        )
        make = partial(_paper, archive, entry, place)
        found.append(Target(urls.paper_page(entry.key), digest_of(inputs), make))
    return found


def _neighbours(archive: Archive, place: int) -> Neighbours:
    """Of the paper at a place among all, oldest first."""
    entries = archive.oldest_first
    day = entries[place].days[0]
    beside = (entries[at] if 0 <= at < len(entries) else None for at in (place - 1, place + 1))
    return Neighbours(*(each if each and each.days[0] == day else None for each in beside))


def _paper(archive: Archive, entry: Entry, place: int) -> bytes:
    path = urls.paper_page(entry.key)
    paper = entry.paper
    return page(
        archive,
        path,
        "paper.md.j2",
        title=entry.title,
        kind="paper",
        description=short_text(paper.summary or paper.abstract) or _listed_text(archive, entry),
        head={"citation": _citation(entry)},
        values={
            "entry": entry,
            "paper": paper,
            "authors": _authors(archive, entry, path),
            "bibtex": literal(exports.bibtex(entry)),
            "suggest": _suggest_links(archive, entry),
            "history": _history_link(archive, entry),
            "beside": _neighbours(archive, place),
        },
    )


def _listed_text(archive: Archive, entry: Entry) -> str:
    return f"Listed on {entry.listed.isoformat()} in {markup.plain(archive.settings.title)}."


def _authors(archive: Archive, entry: Entry, path: str) -> Markdown:
    """All authors up to a number, linked where they have a page."""
    shown: list[str] = []
    for name in entry.paper.authors[:MOST_AUTHORS]:
        author = archive.author_of(name)
        label = markup.inline(name)
        shown.append(link(label, path, urls.author_page(author.slug)) if author else label)
    more = len(entry.paper.authors) - MOST_AUTHORS
    if more > 0:
        shown.append(f"and {more:,} more")
    return Markdown(", ".join(shown))


def _citation(entry: Entry) -> dict[str, Any]:
    """What the page's head says of the paper, for search engines and reference managers."""
    paper = entry.paper
    when = paper.published or entry.listed
    values = {
        "authors": [markup.plain(name) for name in paper.authors[:MOST_AUTHORS]],
        "date": f"{when:%Y/%m/%d}" if when.year > 999 else when.isoformat().replace("-", "/"),
        "arxiv": paper.id if urls.is_arxiv_id(paper.id) else "",
        "doi": paper.id.removeprefix("doi:") if urls.is_doi(paper.id) else "",
        "abstract": urls.abstract_address(paper.id),
        "pdf": dict(paper.links).get("pdf") or urls.pdf_address(paper.id),
        "keywords": [use.tag.name for use in entry.tags][:MOST_KEYWORDS],
    }
    return {key: value for key, value in values.items() if value}


def _suggest_links(archive: Archive, entry: Entry) -> Markdown:
    """To the repository's editor and to a form; empty without a repository.

    The script `tag-dialog.js` finds out from their addresses what it has to know of the paper.
    """
    settings = archive.settings
    if not settings.repository:
        return Markdown("")
    file_address = prefilled.file_address(settings, entry.key, entry.tagging)
    form_address = prefilled.form_address(settings, entry.paper.id, entry.title)
    file = outward("Suggest a tag", file_address)
    form = outward("fill in a form", form_address)
    return Markdown(f"{file} or {form}")


def _history_link(archive: Archive, entry: Entry) -> Markdown:
    """To the repository's list of changes of the tagging; empty where people said nothing."""
    settings = archive.settings
    if not (settings.repository and entry.tagging):
        return Markdown("")
    file = "content/" + urls.tagging_file(entry.key)
    place = file.removesuffix(".yaml") if entry.tagging.part else file
    address = urls.history_address(settings.repository, settings.branch, place)
    return outward("Tag history", address)
