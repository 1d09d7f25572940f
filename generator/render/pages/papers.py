"""A page for each paper: what it is, its tags and where they come from, how to cite it.

Takes an archive, gives one target a paper, in a lot for each day.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator, Sequence
from functools import partial
from typing import Any, NamedTuple

from generator.archive import authors, citation
from generator.archive.model import Archive, Entry
from generator.core import ids, paths
from generator.core.links import abstract_url, history_url, pdf_url, tag_form_url, tagging_file_url
from generator.core.target import DIGEST_SIZE, Batch, Target, digest_of
from generator.render.pages.neighbours import with_neighbours
from generator.render.pages.page import digests, link, literal, outward, page, short_text
from generator.render.preview import byline
from generator.text import markup
from generator.text.markup import Markdown

MOST_AUTHORS = 14
"""A page and its head name so many authors, and say how many more there are."""
MOST_KEYWORDS = 6
"""A page's head names so many tags; the page has all of them."""


class Neighbours(NamedTuple):
    """The papers before and after one in the list of the day it was listed first."""

    previous: Entry | None
    next: Entry | None


_NOBODY = bytes(DIGEST_SIZE)


def batches(archive: Archive) -> Iterator[Batch]:
    """All paper pages, those of papers listed first on the same day together."""
    days = [entry.days[0] for entry in archive.oldest_first]
    first = 0
    while first < len(days):
        end = bisect_right(days, days[first], lo=first)
        entries = archive.oldest_first[first:end]
        links = archive.links[first * authors.LINK_SIZE : end * authors.LINK_SIZE]
        make = partial(_targets, archive, entries, links)
        yield Batch(f"papers of {days[first]}", digest_of(digests(entries) + links), make)
        first = end


def _targets(archive: Archive, entries: Sequence[Entry], links: bytes) -> list[Target]:
    """The pages of a day's papers, in the order of its list."""
    found: list[Target] = []
    for at, (previous, entry, following) in enumerate(with_neighbours(entries)):
        beside = Neighbours(previous, following)
        told = (each.paper_digest if each else _NOBODY for each in beside)
        own_links = links[at * authors.LINK_SIZE : (at + 1) * authors.LINK_SIZE]
        inputs = b"".join((entry.digest, *told, own_links))
        make = partial(_paper, archive, entry, beside)
        found.append(Target(paths.paper_page(entry.key), digest_of(inputs), make))
    return found


def _paper(archive: Archive, entry: Entry, beside: Neighbours) -> bytes:
    path = paths.paper_page(entry.key)
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
            "bibtex": literal(citation.bibtex(entry)),
            "suggest": _suggest_links(archive, entry),
            "history": _history_link(archive, entry),
            "beside": beside,
        },
    )


def _listed_text(archive: Archive, entry: Entry) -> str:
    return f"Listed on {entry.listed.isoformat()} in {markup.plain(archive.settings.title)}."


def _authors(archive: Archive, entry: Entry, path: str) -> Markdown:
    """All authors up to a number, linked where they have a page."""

    def linked(name: str) -> Markdown:
        author = archive.author_of(name)
        label = markup.inline(name)
        return link(label, path, paths.author_page(author.slug)) if author else label

    return Markdown(byline(entry.paper.authors, MOST_AUTHORS, shown=linked, more=", and {:,} more"))


def _citation(entry: Entry) -> dict[str, Any]:
    """What the page's head says of the paper, for search engines and reference managers."""
    paper = entry.paper
    when = paper.published or entry.listed
    values = {
        "authors": [markup.plain(name) for name in paper.authors[:MOST_AUTHORS]],
        "date": f"{when:%Y/%m/%d}" if when.year > 999 else when.isoformat().replace("-", "/"),
        "arxiv": paper.id if ids.is_arxiv_id(paper.id) else "",
        "doi": paper.id.removeprefix("doi:") if ids.is_doi(paper.id) else "",
        "abstract": abstract_url(paper.id),
        "pdf": dict(paper.links).get("pdf") or pdf_url(paper.id),
        "keywords": [use.tag.name for use in entry.tags][:MOST_KEYWORDS],
    }
    return {key: value for key, value in values.items() if value}


def _suggest_links(archive: Archive, entry: Entry) -> Markdown:
    """To the repository's editor and to a form; empty without a repository.

    The script `tag-dialog.js` finds out from their addresses what it has to know of the paper.
    """
    file = tagging_file_url(archive.settings, entry.key, entry.tagging)
    form = tag_form_url(archive.settings, entry.paper.id, entry.title)
    ways = (outward("Suggest a tag", file), outward("fill in a form", form))
    return Markdown(" or ".join(filter(None, ways)))


def _history_link(archive: Archive, entry: Entry) -> Markdown:
    """To the repository's list of changes of the tagging; empty where people said nothing."""
    if not entry.tagging:
        return Markdown("")
    file = paths.tagging_file(entry.key)
    place = file.removesuffix(".yaml") if entry.tagging.part else file
    return outward("Tag history", history_url(archive.settings, place))
