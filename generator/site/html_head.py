"""What stands in a page's `<head>` and differs from page to page.

Takes a page's front matter and address, gives HTML: title, description, canonical address, Open
Graph, feeds, and for a paper Highwire's `citation_…` tags (which search engines and reference
managers read) and schema.org's ScholarlyArticle as JSON-LD. Every value is escaped here. Does no
I/O and knows no theme: the same text reaches MkDocs' templates and our own pages.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from html import escape
from typing import Any

from generator.core import paths

MOST_LD_AUTHORS = 3
"""JSON-LD names so many authors; the `citation_author` tags name more of them."""

_NO_FEEDS: Mapping[str, Any] = {"title": "", "files": ()}
_IN_SCRIPT = str.maketrans({"<": "\\u003c", ">": "\\u003e", "&": "\\u0026"})


def head(meta: Mapping[str, Any], url: str, base: str, settings: Mapping[str, Any]) -> str:
    """The head of the page at a URL, which reaches the site's root by `base` (as `../..`).

    `meta` has `title` and may have `description`, `kind`, `citation` and `feeds` (their title, and
    the site's files); `settings` has the fields of `model.Settings`.
    """
    return "\n".join(_lines(meta, url, base, settings))


def _lines(
    meta: Mapping[str, Any], url: str, base: str, settings: Mapping[str, Any]
) -> Iterator[str]:
    site = escape(settings["title"])
    title = escape(meta["title"])
    kind = meta.get("kind")
    yield f"<title>{site}</title>" if kind == "home" else f"<title>{title} · {site}</title>"
    yield _meta("name", "description", meta.get("description") or settings["description"])
    yield f'<link rel="canonical" href="{escape(url)}">'
    yield _meta("property", "og:type", "article" if kind == "paper" else "website")
    # A paper's page says its title six times: one element serves both who read `name` and who
    # read `property`.
    cited = ' name="citation_title"' if kind == "paper" else ""
    yield f'<meta{cited} property="og:title" content="{title}">'
    yield _meta("property", "og:url", url)
    if kind == "paper":
        yield from _citation(meta["citation"])
        yield _json_ld(meta["title"], meta["citation"])
    yield from _feeds(meta.get("feeds", _NO_FEEDS), base, site)


def _feeds(own: Mapping[str, Any], base: str, site: str) -> Iterator[str]:
    """A page's own feeds, which readers then offer first, and the archive's."""
    title = f"{escape(own['title'])} · {site}" if own["title"] else site
    for file in own["files"]:
        yield _feed(file, base, title)
    if paths.RSS_FILE not in own["files"]:
        yield _feed(paths.RSS_FILE, base, site)


def _feed(file: str, base: str, title: str) -> str:
    media_type = paths.FEED_TYPES[file.rpartition("/")[2]]
    return f'<link rel="alternate" type="{media_type}" title="{title}" href="{base}/{file}">'


def _meta(attribute: str, name: str, content: str) -> str:
    return f'<meta {attribute}="{name}" content="{escape(content)}">'


def _citation(citation: Mapping[str, Any]) -> Iterator[str]:
    """Highwire's tags, as Google Scholar asks for them: one author each, the date with slashes."""
    for name in citation.get("authors", ()):
        yield _meta("name", "citation_author", name)
    yield _meta("name", "citation_publication_date", citation["date"])
    for key, name in (("arxiv", "arxiv_id"), ("doi", "doi"), ("pdf", "pdf_url")):
        if key in citation:
            yield _meta("name", f"citation_{name}", citation[key])
    if "keywords" in citation:
        yield _meta("name", "citation_keywords", "; ".join(citation["keywords"]))


def _json_ld(title: str, citation: Mapping[str, Any]) -> str:
    authors = citation.get("authors", ())[:MOST_LD_AUTHORS]
    values = {
        "@context": "https://schema.org",
        "@type": "ScholarlyArticle",
        "headline": title,
        "author": [{"@type": "Person", "name": name} for name in authors],
        "datePublished": citation["date"].replace("/", "-"),
        "sameAs": citation.get("abstract"),
    }
    told = {key: value for key, value in values.items() if value}
    text = json.dumps(told, ensure_ascii=False, separators=(",", ":")).translate(_IN_SCRIPT)
    return f'<script type="application/ld+json">{text}</script>'
