"""The sitemap (sitemaps.org, protocol 0.9): an index, and parts below the 50,000 URLs of one.

Takes an archive and the paths of its other pages, gives targets. Tells no time: what search
engines make of a date that every new list changes isn't worth a changed file.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from functools import partial
from html import escape

from generator import urls
from generator.archive import Archive
from generator.plan import Target, digest

_XMLNS = 'xmlns="http://www.sitemaps.org/schemas/sitemap/0.9"'
_XML = '<?xml version="1.0" encoding="UTF-8"?>\n'


def targets(archive: Archive, everything: frozenset[str]) -> Iterator[Target]:
    """The sitemap of papers by the year they were listed first, authors by letter, and of others.

    `everything` are the paths of all files below docs/, of which the Markdown becomes pages.
    """
    parts: dict[str, list[str]] = defaultdict(list)
    for entry in archive.entries.values():
        parts[f"papers-{entry.days[0].year:04}"].append(urls.paper_page(entry.key))
    for slug in archive.authors:
        parts[f"authors-{slug[0]}"].append(urls.author_page(slug))
    others = everything.difference(*parts.values())
    parts["pages"] = [path for path in others if path.endswith(urls.PAGE)]
    names = sorted(parts)
    for name in names:
        paths = sorted(parts[name])
        make = partial(_urls, archive.settings.site_url, paths)
        yield Target(urls.sitemap_part(name), digest(paths), make)
    make = partial(_index, archive.settings.site_url, names)
    yield Target(urls.SITEMAP_FILE, digest(names), make)


def _urls(site_url: str, paths: list[str]) -> bytes:
    lines = "".join(
        f"<url><loc>{escape(site_url + urls.address(path))}</loc></url>\n" for path in paths
    )
    return f"{_XML}<urlset {_XMLNS}>\n{lines}</urlset>\n".encode()


def _index(site_url: str, names: list[str]) -> bytes:
    lines = "".join(
        f"<sitemap><loc>{escape(site_url + urls.sitemap_part(name))}</loc></sitemap>\n"
        for name in names
    )
    return f"{_XML}<sitemapindex {_XMLNS}>\n{lines}</sitemapindex>\n".encode()
