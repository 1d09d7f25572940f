"""A paper in short: title, authors, first sentences, tags and links.

Takes entries and papers; gives plain text (except where noted) and absolute URLs, for feeds and
mail, whose templates escape them. Pages use parts of it, too. Does no I/O.
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
# Many papers have the same authors.
_plain_name = lru_cache(maxsize=16_384)(markup.plain)


class TagLink(NamedTuple):
    """A tag and its page."""

    label: str
    url: str
    slug: str


class SourceLink(NamedTuple):
    """A link to a paper or its material elsewhere."""

    label: str
    url: str
    media_type: str = ""
    """Empty if unknown."""


class PaperPreview(NamedTuple):
    """What somebody needs to decide whether to read a paper, each text on one line."""

    title: str
    url: str
    """Of the paper's page on this site."""
    authors: tuple[str, ...]
    excerpt: str
    """May be empty."""
    tags: tuple[TagLink, ...]
    links: tuple[SourceLink, ...]
    """To the paper where it is published, its PDF, code and so on."""


def preview(
    site_url: str, entry: Entry, excerpt_length: int, *, cut_summary: bool = False
) -> PaperPreview:
    """A paper in short, with its excerpt as `excerpt` gives it."""
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
    """The summary, or else the first sentences of the abstract, in the notation of the source.

    An abstract is cut to `length` characters, a summary only with `cut_summary`.
    """
    if paper.summary and not cut_summary:
        return paper.summary
    return markup.excerpt(paper.summary or paper.abstract, length)


def byline(
    names: Sequence[str],
    most: int,
    *,
    shown: Callable[[str], str] = str,
    fewest_more: int = 1,
) -> str:
    """The first `most` names, each formatted by `shown`, and how many more there are.

    If fewer than `fewest_more` names would be left out, all are named.
    """
    left = len(names) - most
    if left < fewest_more:
        return ", ".join(map(shown, names))
    return f"{', '.join(map(shown, names[:most]))} and {left:,} more"


def source_links(paper: Paper) -> list[SourceLink]:
    """Links to the paper where it is published and to its PDF, then its other links."""
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
