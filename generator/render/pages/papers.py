"""A page for each paper: what it is, its tags and where they come from, how to cite it.

Takes an archive, gives a target for each paper, in a batch for each day.
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

MAX_AUTHORS = 14
"""At most this many authors are named on a page and in its head; the page counts the others."""
MAX_KEYWORDS = 6
"""At most this many tags are named in a page's head; the page shows all of them."""


class Neighbours(NamedTuple):
    """The papers before and after a paper in the list of the day it was listed first."""

    previous: Entry | None
    next: Entry | None


_NO_PAPER = bytes(DIGEST_SIZE)


def batches(archive: Archive) -> Iterator[Batch]:
    """All paper pages; those of papers listed first on the same day are a batch."""
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
    for index, (previous, entry, following) in enumerate(with_neighbours(entries)):
        neighbours = Neighbours(previous, following)
        neighbour_digests = (each.paper_digest if each else _NO_PAPER for each in neighbours)
        author_links = links[index * authors.LINK_SIZE : (index + 1) * authors.LINK_SIZE]
        inputs = b"".join((entry.digest, *neighbour_digests, author_links))
        make = partial(_paper, archive, entry, neighbours)
        found.append(Target(paths.paper_page(entry.key), digest_of(inputs), make))
    return found


def _paper(archive: Archive, entry: Entry, neighbours: Neighbours) -> bytes:
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
            "neighbours": neighbours,
        },
    )


def _listed_text(archive: Archive, entry: Entry) -> str:
    return f"Listed on {entry.listed.isoformat()} in {markup.plain(archive.settings.title)}."


def _authors(archive: Archive, entry: Entry, path: str) -> Markdown:
    """At most `MAX_AUTHORS` authors, linked to their pages, and how many more there are."""

    def linked(name: str) -> Markdown:
        author = archive.author_of(name)
        label = markup.inline(name)
        return link(label, path, paths.author_page(author.slug)) if author else label

    return Markdown(byline(entry.paper.authors, MAX_AUTHORS, shown=linked))


def _citation(entry: Entry) -> dict[str, Any]:
    """Metadata of the paper in the page's head, for search engines and reference managers."""
    paper = entry.paper
    when = paper.published or entry.listed
    values = {
        "authors": [markup.plain(name) for name in paper.authors[:MAX_AUTHORS]],
        "date": f"{when:%Y/%m/%d}" if when.year > 999 else when.isoformat().replace("-", "/"),
        "arxiv": paper.id if ids.is_arxiv_id(paper.id) else "",
        "doi": paper.id.removeprefix("doi:") if ids.is_doi(paper.id) else "",
        "abstract": abstract_url(paper.id),
        "pdf": dict(paper.links).get("pdf") or pdf_url(paper.id),
        "keywords": [use.tag.name for use in entry.tags][:MAX_KEYWORDS],
    }
    return {key: value for key, value in values.items() if value}


def _suggest_links(archive: Archive, entry: Entry) -> Markdown:
    """Links to the repository's editor and to a form; empty without a repository.

    The script `tag-dialog.js` reads from their URLs what it needs to know about the paper.
    """
    file = tagging_file_url(archive.settings, entry.key, entry.tagging)
    form = tag_form_url(archive.settings, entry.paper.id, entry.title)
    links = (outward("Suggest a tag", file), outward("fill in a form", form))
    return Markdown(" or ".join(filter(None, links)))


def _history_link(archive: Archive, entry: Entry) -> Markdown:
    """A link to the history of its tagging in the repository; empty if it has no tagging."""
    if not entry.tagging:
        return Markdown("")
    file = paths.tagging_file(entry.key)
    history_of = file.removesuffix(".yaml") if entry.tagging.part else file
    return outward("Tag history", history_url(archive.settings, history_of))
