"""The sitemap (sitemaps.org, protocol 0.9): an index of files, which can have 50,000 URLs each.

Takes an archive and the paths of its other pages, gives targets. Writes no `lastmod`: each new list
would change it, which isn't worth a changed file.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from functools import partial
from html import escape
from itertools import groupby
from operator import itemgetter
from typing import NamedTuple

from generator.archive.model import Archive, by_year
from generator.core.page_kinds import AUTHOR, PAPER, kind_of
from generator.core.paths import (
    PAGE,
    SITEMAP_FILE,
    author_page,
    paper_page,
    site_path,
    sitemap_part,
)
from generator.core.target import Target, digest

_XMLNS = 'xmlns="http://www.sitemaps.org/schemas/sitemap/0.9"'
_XML = '<?xml version="1.0" encoding="UTF-8"?>\n'


class _SitemapPart(NamedTuple):
    """Pages that are listed in one file."""

    path_of: Callable[[str], str]
    names: list[str]


def targets(archive: Archive, others: Iterable[str]) -> Iterator[Target]:
    """The sitemap: papers by the year they were first listed, authors by letter, other pages.

    `others` are paths of files below docs/, among which Markdown files are pages; those of papers
    and authors are ignored.
    """
    parts: dict[str, _SitemapPart] = {}
    for year, entries in by_year(archive.oldest_first).items():
        keys = [entry.key for entry in entries]
        parts[f"{PAPER.sitemap}-{year:04}"] = _SitemapPart(paper_page, keys)
    for letter, slugs in groupby(sorted(archive.authors), itemgetter(0)):
        parts[f"{AUTHOR.sitemap}-{letter}"] = _SitemapPart(author_page, list(slugs))
    pages = [path for path in others if _is_other_page(archive, path)]
    parts["pages"] = _SitemapPart(str, sorted(pages))
    for name, part in sorted(parts.items()):
        make = partial(_urls, archive.settings.site_url, part)
        yield Target(sitemap_part(name), digest(part.names), make)
    make_index = partial(_index, archive.settings.site_url, sorted(parts))
    yield Target(SITEMAP_FILE, digest(sorted(parts)), make_index)


def _is_other_page(archive: Archive, path: str) -> bool:
    part = kind_of(path).sitemap if path.endswith(PAGE) else ""
    # People may have written a page into the folder of papers.
    return part == "pages" or (part != "" and not archive.has_page(path))


def _urls(site_url: str, part: _SitemapPart) -> bytes:
    paths = sorted(map(part.path_of, part.names))
    # One call escapes all, since there are very many; no path has a null byte.
    addresses = escape("\0".join(site_url + site_path(path) for path in paths))
    lines = addresses.replace("\0", "</loc></url>\n<url><loc>")
    listed = f"<url><loc>{lines}</loc></url>\n" if paths else ""
    return f"{_XML}<urlset {_XMLNS}>\n{listed}</urlset>\n".encode()


def _index(site_url: str, names: list[str]) -> bytes:
    lines = "".join(
        f"<sitemap><loc>{escape(site_url + sitemap_part(name))}</loc></sitemap>\n" for name in names
    )
    return f"{_XML}<sitemapindex {_XMLNS}>\n{lines}</sitemapindex>\n".encode()
