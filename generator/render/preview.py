"""A paper in short: title, authors, first sentences, tags and links.

Takes entries and papers, gives plain text (but where it says so) and absolute addresses, for feeds
and mails, whose templates escape them. Pages take from here what they word alike. Does no I/O.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import lru_cache
from typing import NamedTuple

from generator.archive.model import Entry
from generator.core import ids, links, paths
from generator.core.model import Paper
from generator.text import markup

_LINK_LABELS = {"code": "Code", "project": "Project"}
_MEDIA_TYPES = {"PDF": "application/pdf"}
# A name stands on many papers.
_plain_name = lru_cache(maxsize=16_384)(markup.plain)


class TagLink(NamedTuple):
    """A tag and its page."""

    label: str
    url: str
    slug: str


class SourceLink(NamedTuple):
    """To what a paper is elsewhere."""

    label: str
    url: str
    media_type: str = ""
    """Empty where it isn't known."""


class PaperPreview(NamedTuple):
    """What tells somebody whether to read a paper, each text one line."""

    title: str
    url: str
    """Of the paper's page here."""
    authors: tuple[str, ...]
    excerpt: str
    """May be empty."""
    tags: tuple[TagLink, ...]
    links: tuple[SourceLink, ...]
    """To the paper where it is published, its PDF, code and so on."""


def preview(
    site_url: str, entry: Entry, excerpt_length: int, *, cut_summary: bool = False
) -> PaperPreview:
    """A paper with an excerpt as `excerpt` gives it."""
    paper = entry.paper
    return PaperPreview(
        title=entry.title or entry.key,
        url=paths.page_url(site_url, paths.paper_page(entry.key)),
        authors=tuple(filter(None, map(_plain_name, paper.authors))),
        excerpt=markup.plain(excerpt(paper, excerpt_length, cut_summary=cut_summary)),
        tags=tuple([_tag_link(site_url, use.tag.slug, use.tag.name) for use in entry.tags]),
        links=tuple(source_links(paper)),
    )


def excerpt(paper: Paper, length: int, *, cut_summary: bool = False) -> str:
    """The summary, or the abstract's first sentences, in the notation of the source.

    An abstract has at most `length` characters, a summary only if it is cut, too.
    """
    if paper.summary and not cut_summary:
        return paper.summary
    return markup.excerpt(paper.summary or paper.abstract, length)


def byline(
    names: Sequence[str],
    most: int,
    *,
    shown: Callable[[str], str] = str,
    more: str = " and {} more",
    fewest_more: int = 1,
) -> str:
    """The first names, each as `shown` gives it, and how many more there are.

    Where fewer than `fewest_more` would be left out, all are named.
    """
    left = len(names) - most
    if left < fewest_more:
        return ", ".join(map(shown, names))
    return ", ".join(map(shown, names[:most])) + more.format(left)


def source_links(paper: Paper) -> list[SourceLink]:
    """The paper where it is published, its PDF, then what else its lists give."""
    given = dict(paper.links)
    found = [
        (_place(paper.id), given.pop("abstract", "") or links.abstract_url(paper.id)),
        ("PDF", given.pop("pdf", "") or links.pdf_url(paper.id)),
        *((_LINK_LABELS.get(kind) or markup.clean(kind), url) for kind, url in given.items()),
    ]
    return [SourceLink(label, url, _MEDIA_TYPES.get(label, "")) for label, url in found if url]


@lru_cache(maxsize=4_096)
def _tag_link(site_url: str, slug: str, name: str) -> TagLink:
    return TagLink(markup.clean(name), paths.page_url(site_url, paths.tag_page(slug)), slug)


def _place(paper_id: str) -> str:
    if ids.is_arxiv_id(paper_id):
        return "arXiv"
    return "DOI" if ids.is_doi(paper_id) else "Abstract page"
