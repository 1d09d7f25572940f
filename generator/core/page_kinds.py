"""The kinds of page and file there are, and all that is decided by kind: one table, a row for each.

Takes a path below docs/ or on the site, gives its row. Does no I/O, and makes no paths: `paths.py`
does. `docs/dev/site-paths.md` says what to do for a new kind.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable
from functools import cached_property
from typing import Final, Literal

from msgspec import Struct

from generator.core import paths

Address = Literal["promised", "comes and goes", "unpromised"]
"""Whether an address stays: always, as long as there are papers enough for it, or as it happens."""
SitemapPart = Literal["pages", "papers", "authors", ""]
"""What the names of a sitemap's parts begin with; empty for none."""

_PLACEHOLDER = re.compile(r"\{(\w+)\}")
_SUBJECT = re.compile(r"\w+/\{(?!any|feed)(\w+)\}")
_PATTERNS = {
    "any": r".+",
    "feed": f"(?:{'|'.join(map(re.escape, paths.FEED_TYPES))})",
    "month": r"\d{4}-\d\d",
    "year": r"\d{4}",
}
"""What stands for a placeholder; for all others, any name without slashes."""
_ANYWHERE = "{any}"
"""What paths begin with that may be in any folder."""
_Row = tuple[Callable[[str], object], "PageKind"]
"""What tells whether a path is of a kind, and the kind."""


class PageKind(Struct, frozen=True, dict=True):
    """A kind of page or file."""

    name: str
    path: str
    """Below docs/, with placeholders; the site's file follows from it."""
    group: str
    """What the budget, its table and the effect report call this kind and its like."""
    address: Address = "promised"
    grows: bool = False
    """Whether more papers make more of it."""
    sitemap: SitemapPart = "pages"
    """The part of the sitemap that lists such pages; files are in none."""
    has_entry_ids: bool = False
    """Whether ids of feed entries name such a page."""
    drops_papers: bool = False
    """Whether a paper may leave such a feed and stay in the archive."""

    @property
    def is_page(self) -> bool:
        """Whether it is made of Markdown."""
        return self.path.endswith(paths.PAGE)

    @cached_property
    def subject(self) -> str:
        """What it is about and named after: a paper, a tag, a month; empty if nothing."""
        found = _SUBJECT.match(self.path)
        return found[1] if found else ""


KINDS = (
    # The first row that fits a path is its kind. Groups are told in the order they have here.
    PageKind("home", "index.md", "home"),
    PageKind("all days", "daily/index.md", "days"),
    PageKind("day", "daily/{period}.md", "days", grows=True, has_entry_ids=True),
    PageKind("week", "weekly/{period}.md", "weeks", grows=True, has_entry_ids=True),
    PageKind("month", "monthly/{period}.md", "months", grows=True),
    PageKind("year", "yearly/{period}.md", "years", grows=True),
    PageKind(
        "paper", "papers/{paper}.md", "papers", grows=True, sitemap="papers", has_entry_ids=True
    ),
    PageKind("all tags", "tags/index.md", "tags"),
    PageKind("vocabulary", "vocabulary.md", "tags"),
    PageKind("tag", "tags/{tag}.md", "tags"),
    PageKind("tag year", "tags/{tag}/{year}.md", "tags", "comes and goes", grows=True),
    PageKind("tag month", "tags/{tag}/{month}.md", "tags", "comes and goes", grows=True),
    PageKind("all authors", "authors/index.md", "authors"),
    PageKind("author year", "authors/{author}/{year}.md", "authors", "comes and goes", grows=True),
    PageKind(
        "author letters", "authors/letter/{letters}.md", "authors", "comes and goes", grows=True
    ),
    PageKind(
        "author", "authors/{author}.md", "authors", "comes and goes", grows=True, sitemap="authors"
    ),
    PageKind("all saved queries", "feeds/index.md", "saved queries"),
    PageKind("saved query", "feeds/{query}.md", "saved queries"),
    PageKind(
        "saved query year", "feeds/{query}/{year}.md", "saved queries", "comes and goes", grows=True
    ),
    PageKind(
        "saved query month",
        "feeds/{query}/{month}.md",
        "saved queries",
        "comes and goes",
        grows=True,
    ),
    PageKind("search", "search.md", "other pages"),
    PageKind("queue", "queue.md", "other pages"),
    PageKind("subscribe", "subscribe.md", "other pages"),
    PageKind("corrections", "corrections/index.md", "other pages"),
    PageKind("hand-written page", "{any}.md", "other pages"),
    PageKind("hand-written HTML", "{any}.html", "other pages"),
    PageKind("month feed", "monthly/{period}/atom.xml", "feeds of months", grows=True),
    PageKind(
        "author feed",
        "authors/{author}/{feed}",
        "feeds of authors",
        "comes and goes",
        grows=True,
        drops_papers=True,
    ),
    PageKind("archive feed", "{feed}", "feeds"),
    PageKind("daily digest", "daily/{feed}", "feeds"),
    PageKind("weekly digest", "weekly/{feed}", "feeds"),
    PageKind("corrections feed", "corrections/{feed}", "feeds"),
    PageKind("tag feed", "tags/{tag}/{feed}", "feeds", drops_papers=True),
    PageKind("saved query feed", "feeds/{query}/{feed}", "feeds", drops_papers=True),
    PageKind("bibliography", "feeds/{query}/{query}.{ending}", "bibliographies", grows=True),
    PageKind("list of feeds", "feeds.opml", "feeds"),
    PageKind("sitemap part", "sitemaps/{any}.xml", "sitemaps", "comes and goes", grows=True),
    PageKind("search index", "search/index/{any}", "search index", "unpromised", grows=True),
    PageKind("sitemap", "sitemap.xml", "other files"),
    PageKind("tags for scripts", "api/v1/tags.json", "other files"),
    PageKind("theme file", "assets/{any}", "other files", "unpromised"),
    PageKind("settings for MkDocs", ".archive.json", "other files", "unpromised"),
    PageKind("other file", "{any}", "other files"),
)
_BY_NAME = {kind.name: kind for kind in KINDS}
PAPER, AUTHOR, INDEX = (_BY_NAME[name] for name in ("paper", "author", "search index"))

GROUPS = tuple(dict.fromkeys(kind.group for kind in KINDS))
PAGE_GROUPS = tuple(dict.fromkeys(kind.group for kind in KINDS if kind.is_page))
GROWING_GROUPS = frozenset(kind.group for kind in KINDS if kind.grows)
"""Groups of which more papers make more."""


def kind_of(path: str) -> PageKind:
    """The kind of a path below docs/, or of a file of the site.

    A redirect is of the kind of the page whose address it has.
    """
    parts = path.split("/", 2)
    # Of what is named after something the name tells nothing, and all else has few forms: of very
    # many paths, patterns look at a few.
    try:
        if len(parts) == 3:
            return _KNOWN[parts[0]][parts[2]]
        if parts[1] != "index.md":
            return _KNOWN[parts[0]][parts[1][-3:]]
    except LookupError:
        pass
    kind = _first_match(path, parts[0] if len(parts) > 1 else "")
    if kind.subject:
        _KNOWN[parts[0]][parts[2] if len(parts) == 3 else paths.PAGE] = kind
    return kind


def _first_match(path: str, folder: str) -> PageKind:
    for matches, kind in _ROWS.get(folder, _ROWS[_ANYWHERE]):
        if matches(path):
            return kind
    return KINDS[-1]


def name_of(path: str) -> str:
    """Slug, key or period that a path below docs/ is about, where its kind has a `subject`."""
    return path.partition("/")[2].partition("/")[0].removesuffix(paths.PAGE)


def tag_parts(path: str) -> tuple[str, str]:
    """Slug and rest of a path below docs/ that belongs to a tag: its page, or what is below it.

    Both are empty for any other path; `paths.tag_path` puts them together again.
    """
    if kind_of(path).subject != "tag":
        return "", ""
    slug = name_of(path)
    return slug, path.removeprefix(paths.tag_path(slug, ""))


def _rows() -> dict[str, list[_Row]]:
    """What may match, by the first folder, which is empty at the top."""
    found: defaultdict[str, list[_Row]] = defaultdict(list)
    for kind in KINDS:
        forms = (paths.site_file(kind.path), kind.path)
        matches = re.compile("|".join(map(_regex, forms))).fullmatch
        for folder in {form.partition("/")[0] if "/" in form else "" for form in forms}:
            found[_ANYWHERE if kind.path.startswith(_ANYWHERE) else folder].append((matches, kind))
    return {folder: [*rows, *found[_ANYWHERE]] for folder, rows in found.items()}


def _regex(path: str) -> str:
    """Of a path with placeholders."""
    texts = _PLACEHOLDER.split(path)
    return "".join(
        _PATTERNS.get(text, "[^/]+") if number % 2 else re.escape(text)
        for number, text in enumerate(texts)
    )


_ROWS: Final = _rows()
_KNOWN: Final[defaultdict[str, dict[str, PageKind]]] = defaultdict(dict)
"""By the first folder, and by what comes after the name in it, whatever that name is."""
