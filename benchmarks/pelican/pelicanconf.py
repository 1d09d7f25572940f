"""Pelican's settings: pages only, written where ours are; no feeds, articles, tags or cache."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

_VALUES = json.loads((Path(__file__).parent / "values.json").read_text("utf-8"))
ARCHIVE = _VALUES["archive"]
MATERIAL = _VALUES["material"]
SITENAME = ARCHIVE["title"]
SITEURL = ARCHIVE["site_url"].rstrip("/")
BASE = urlsplit(ARCHIVE["site_url"]).path
TIMEZONE = "UTC"
THEME = "theme"
THEME_STATIC_DIR = ""
THEME_STATIC_PATHS: list[str] = []
PATH = "content"
PAGE_PATHS = [""]
PAGE_EXCLUDES = ["static"]
ARTICLE_PATHS: list[str] = []
STATIC_PATHS = ["static"]
STATIC_SAVE_AS = "{path}"
STATIC_EXCLUDE_SOURCES = True
EXTRA_PATH_METADATA = {
    path.relative_to(Path(__file__).parent / "content").as_posix(): {
        "path": path.relative_to(Path(__file__).parent / "content" / "static").as_posix()
    }
    for path in (Path(__file__).parent / "content" / "static").rglob("*")
    if path.is_file()
}
PLUGINS: list[str] = []
DIRECT_TEMPLATES = ["404", "sitemap"]
TEMPLATE_EXTENSIONS = [".html", ".xml"]
SITEMAP_SAVE_AS = "sitemap.xml"
FEED_ALL_ATOM = CATEGORY_FEED_ATOM = TRANSLATION_FEED_ATOM = None
AUTHOR_FEED_ATOM = AUTHOR_FEED_RSS = None
AUTHOR_SAVE_AS = CATEGORY_SAVE_AS = TAG_SAVE_AS = ARCHIVES_SAVE_AS = ""
DEFAULT_PAGINATION = False
LOAD_CONTENT_CACHE = CACHE_CONTENT = False
TYPOGRIFY = False
SLUGIFY_SOURCE = "title"
FORMATTED_FIELDS: list[str] = []
MARKDOWN = {
    "extension_configs": {
        "markdown.extensions.meta": {},
        "markdown.extensions.toc": {},
        "markdown.extensions.tables": {},
        "markdown.extensions.fenced_code": {},
        "markdown.extensions.attr_list": {},
        "markdown.extensions.md_in_html": {},
    },
    "output_format": "html5",
}
JINJA_ENVIRONMENT = {"trim_blocks": True, "lstrip_blocks": True}


def _json_ld(citation: dict[str, Any], title: str) -> dict[str, Any]:
    values = {
        "@context": "https://schema.org",
        "@type": "ScholarlyArticle",
        "headline": title,
        "author": [{"@type": "Person", "name": name} for name in citation.get("authors", ())[:3]],
        "datePublished": citation["date"].replace("/", "-"),
        "sameAs": citation.get("abstract"),
    }
    return {key: value for key, value in values.items() if value}


JINJA_FILTERS = {"fromjson": json.loads, "json_ld": _json_ld}
