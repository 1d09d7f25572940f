"""The part of a page's `<head>` that differs from page to page.

Takes a page's front matter and URL, gives HTML: title, description, canonical URL, Open Graph,
feeds, and for a paper Highwire's `citation_…` tags (which search engines and reference managers
read) and schema.org's ScholarlyArticle as JSON-LD. Escapes every value. Does no I/O and doesn't
depend on a theme: MkDocs' templates and our own pages use the same text.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from html import escape
from typing import Any

from generator.core import paths

MAX_LD_AUTHORS = 3
"""JSON-LD names at most this many authors; the `citation_author` tags name more."""

_NO_FEEDS: Mapping[str, Any] = {"title": "", "files": ()}
_IN_SCRIPT = str.maketrans({"<": "\\u003c", ">": "\\u003e", "&": "\\u0026"})


def head(meta: Mapping[str, Any], url: str, base: str, settings: Mapping[str, Any]) -> str:
    """The head of a page; `base` is the relative path from its `url` to the site's root (`../..`).

    `meta` has `title` and may have `description`, `kind`, `citation` and `feeds` (with `title` and
    `files`, paths on the site); `settings` has the fields of `model.Settings`.
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
    # Readers of Highwire's tags look at `name`, readers of Open Graph at `property`: one element
    # for both saves bytes, since a page repeats the title often enough.
    cited = ' name="citation_title"' if kind == "paper" else ""
    yield f'<meta{cited} property="og:title" content="{title}">'
    yield _meta("property", "og:url", url)
    if kind == "paper":
        yield from _citation(meta["citation"])
        yield _json_ld(meta["title"], meta["citation"])
    yield from _feeds(meta.get("feeds", _NO_FEEDS), base, site)


def _feeds(own: Mapping[str, Any], base: str, site: str) -> Iterator[str]:
    """Links to a page's own feeds, which feed readers then offer first, and to the archive's."""
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
    """Highwire's tags as Google Scholar wants them: one for each author, the date with slashes."""
    for name in citation.get("authors", ()):
        yield _meta("name", "citation_author", name)
    yield _meta("name", "citation_publication_date", citation["date"])
    for key, name in (("arxiv", "arxiv_id"), ("doi", "doi"), ("pdf", "pdf_url")):
        if key in citation:
            yield _meta("name", f"citation_{name}", citation[key])
    if "keywords" in citation:
        yield _meta("name", "citation_keywords", "; ".join(citation["keywords"]))


def _json_ld(title: str, citation: Mapping[str, Any]) -> str:
    authors = citation.get("authors", ())[:MAX_LD_AUTHORS]
    values = {
        "@context": "https://schema.org",
        "@type": "ScholarlyArticle",
        "headline": title,
        "author": [{"@type": "Person", "name": name} for name in authors],
        "datePublished": citation["date"].replace("/", "-"),
        "sameAs": citation.get("abstract"),
    }
    given = {key: value for key, value in values.items() if value}
    text = json.dumps(given, ensure_ascii=False, separators=(",", ":")).translate(_IN_SCRIPT)
    return f'<script type="application/ld+json">{text}</script>'
