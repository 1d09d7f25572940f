"""The kinds of pages and files, and everything that depends on the kind, in one table.

Takes a path below docs/ or on the site, gives its row of the table. Does no I/O; paths are made by
`paths.py`. `docs/dev/site-paths.md` says what a new kind needs.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Iterator
from functools import cached_property, lru_cache
from typing import Final, Literal

from msgspec import Struct

from generator.core import paths

Stability = Literal["permanent", "conditional", "unstable"]
"""How long a URL exists: always, as long as there are enough papers for it, or no promise."""
SitemapPart = Literal["pages", "papers", "authors", ""]
"""The start of the names of a sitemap's parts; empty: in no part."""

_PLACEHOLDER = re.compile(r"\{(\w+)\}")
_SUBJECT = re.compile(r"\w+/\{(?!any|feed)(\w+)\}")
_PATTERNS = {
    "any": r".+",
    "feed": f"(?:{'|'.join(map(re.escape, paths.FEED_TYPES))})",
    "month": r"\d{4}-\d\d",
    "year": r"\d{4}",
}
"""Patterns of placeholders; all other placeholders stand for any name without slashes."""
_ANYWHERE = "{any}"
"""The start of paths that may be in any folder."""
_Row = tuple[Callable[[str], object], "PageKind"]
"""A test whether a path is of a kind, and the kind."""


class PageKind(Struct, frozen=True, dict=True):
    """A kind of page or file."""

    name: str
    path: str
    """Below docs/, with placeholders; `paths.site_file` gives the file of the site."""
    group: str
    """The name of this and similar kinds in the size budget and the report on a change."""
    stability: Stability = "permanent"
    grows: bool = False
    """Whether more papers make more files of this kind."""
    sitemap: SitemapPart = "pages"
    """The part of the sitemap that lists these pages; files that aren't pages are in none."""
    has_entry_ids: bool = False
    """Whether ids of feed entries contain the path of such a page."""
    drops_papers: bool = False
    """Whether a paper may leave such a feed and stay in the archive."""
    only_on_site: bool = False
    """Whether such a file is made for the site alone, so that docs/ has none."""

    @property
    def is_page(self) -> bool:
        """Whether it is made from Markdown."""
        return self.path.endswith(paths.PAGE)

    @cached_property
    def subject(self) -> str:
        """The kind of thing that it is named after: paper, tag, author, period; empty if none."""
        found = _SUBJECT.match(self.path)
        return found[1] if found else ""


KINDS = (
    # A path is of the first kind that matches. Groups are shown in this order.
    PageKind("home", "index.md", "home"),
    PageKind("all days", "daily/index.md", "days"),
    PageKind("day", "daily/{period}.md", "days", grows=True, has_entry_ids=True),
    PageKind("part of a day", "daily/{period}/{part}.md", "days", "conditional", grows=True),
    PageKind("week", "weekly/{period}.md", "weeks", grows=True, has_entry_ids=True),
    PageKind("month", "monthly/{period}.md", "months", grows=True),
    PageKind("year", "yearly/{period}.md", "years", grows=True),
    PageKind(
        "paper", "papers/{paper}.md", "papers", grows=True, sitemap="papers", has_entry_ids=True
    ),
    PageKind("all tags", "tags/index.md", "tags"),
    PageKind("vocabulary", "vocabulary.md", "tags"),
    PageKind("tag", "tags/{tag}.md", "tags"),
    PageKind("tag year", "tags/{tag}/{year}.md", "tags", "conditional", grows=True),
    PageKind("tag month", "tags/{tag}/{month}.md", "tags", "conditional", grows=True),
    PageKind("all authors", "authors/index.md", "authors"),
    PageKind("author year", "authors/{author}/{year}.md", "authors", "conditional", grows=True),
    PageKind("author letters", "authors/letter/{letters}.md", "authors", "conditional", grows=True),
    PageKind(
        "author", "authors/{author}.md", "authors", "conditional", grows=True, sitemap="authors"
    ),
    PageKind("all saved queries", "feeds/index.md", "saved queries"),
    PageKind("saved query", "feeds/{query}.md", "saved queries"),
    PageKind(
        "saved query year", "feeds/{query}/{year}.md", "saved queries", "conditional", grows=True
    ),
    PageKind(
        "saved query month",
        "feeds/{query}/{month}.md",
        "saved queries",
        "conditional",
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
        "conditional",
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
    PageKind("sitemap part", "sitemaps/{any}.xml", "sitemaps", "conditional", grows=True),
    PageKind(
        "search index",
        "search/index/{any}",
        "search index",
        "unstable",
        grows=True,
        only_on_site=True,
    ),
    PageKind("sitemap", "sitemap.xml", "other files"),
    PageKind("tags for scripts", "api/v1/tags.json", "other files"),
    PageKind("theme file", "assets/{any}", "other files", "unstable", only_on_site=True),
    PageKind("settings for MkDocs", ".archive.json", "other files", "unstable"),
    PageKind("other file", "{any}", "other files"),
)
_BY_NAME = {kind.name: kind for kind in KINDS}
PAPER, AUTHOR, INDEX = (_BY_NAME[name] for name in ("paper", "author", "search index"))

GROUPS = tuple(dict.fromkeys(kind.group for kind in KINDS))
PAGE_GROUPS = tuple(dict.fromkeys(kind.group for kind in KINDS if kind.is_page))
GROWING_GROUPS = frozenset(kind.group for kind in KINDS if kind.grows)
"""Groups whose number of files grows with the number of papers."""


def _tops_of_docs() -> Iterator[str]:
    for kind in KINDS:
        top = kind.path.partition("/")[0]
        if not kind.only_on_site and _ANYWHERE not in top:
            yield from paths.FEED_TYPES if "{" in top else [top]


GENERATED = frozenset(_tops_of_docs())
"""Names at the top of docs/ of folders and files that only a build makes."""


def is_for_builds(path: str) -> bool:
    """Whether only a build may put a file at a path below docs/."""
    return path.partition("/")[0] in GENERATED


def kind_of(path: str) -> PageKind:
    """The kind of a path below docs/, or of a file of the site.

    A redirect is of the kind of the page that would have its URL.
    """
    parts = path.split("/", 2)
    # There are very many paths, but their kind doesn't depend on the name of the paper, tag or
    # author: it is cached by what is before and after the name, so few paths need the patterns.
    try:
        if len(parts) == 3:
            return _WITH_SUBJECT[parts[0]][parts[2]]
        if parts[1] != "index.md":
            return _WITH_SUBJECT[parts[0]][parts[1][-3:]]
    except LookupError:
        pass
    kind = _first_match(path, parts[0] if len(parts) > 1 else "")
    if kind.subject:
        _WITH_SUBJECT[parts[0]][parts[2] if len(parts) == 3 else paths.PAGE] = kind
    return kind


def _first_match(path: str, folder: str) -> PageKind:
    for matches, kind in _rows(folder):
        if matches(path):
            return kind
    return KINDS[-1]


def name_of(path: str) -> str:
    """The slug, key or period in a path below docs/ whose kind has a `subject`."""
    return path.partition("/")[2].partition("/")[0].removesuffix(paths.PAGE)


def tag_parts(path: str) -> tuple[str, str]:
    """The slug and the rest of a path below docs/ that belongs to a tag; both empty for others.

    `paths.tag_path` joins them again.
    """
    if kind_of(path).subject != "tag":
        return "", ""
    slug = name_of(path)
    return slug, path.removeprefix(paths.tag_path(slug, ""))


@lru_cache(maxsize=64)
def _rows(folder: str) -> tuple[_Row, ...]:
    """The rows that may match a path in a top folder; in none, if it is empty.

    Compiled when a path of the folder is first asked for: most builds ask for few.
    """
    anywhere = [kind for kind in KINDS if kind.path.startswith(_ANYWHERE)]
    own = (
        kind
        for kind in KINDS
        if kind not in anywhere and folder in {_top(form) for form in _forms(kind)}
    )
    return tuple((_pattern(kind).fullmatch, kind) for kind in (*own, *anywhere))


def _forms(kind: PageKind) -> tuple[str, str]:
    """The path on the site and the one below docs/, with placeholders."""
    return paths.site_file(kind.path), kind.path


def _top(path: str) -> str:
    """The folder at the top that a path is in; empty for a file in none."""
    return path.partition("/")[0] if "/" in path else ""


def _pattern(kind: PageKind) -> re.Pattern[str]:
    return re.compile("|".join(map(_regex, _forms(kind))))


def _regex(path: str) -> str:
    """The regular expression for a path with placeholders."""
    texts_and_names = _PLACEHOLDER.split(path)
    return "".join(
        _PATTERNS.get(each, "[^/]+") if number % 2 else re.escape(each)
        for number, each in enumerate(texts_and_names)
    )


_WITH_SUBJECT: Final[defaultdict[str, dict[str, PageKind]]] = defaultdict(dict)
"""Kinds with a subject that were looked up, by the first folder and by what follows the name."""
