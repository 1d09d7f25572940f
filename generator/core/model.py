"""The frozen types of `content/`.

Never reads, writes or checks anything; values computed from these types are in `archive/`. Text
fields are as in the source, with white space normalised: they may hold LaTeX and hostile markup, so
nothing shows them before `text/` has made them safe.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

import msgspec
from msgspec import Struct


class Paper(Struct, frozen=True):
    """One paper as one daily list has it."""

    id: str
    """An arXiv id without version, `doi:…`, or a slug of the title if it has neither."""
    title: str
    authors: tuple[str, ...] = ()
    published: date | None = None
    summary: str = ""
    """One or two sentences in the archive's own words."""
    abstract: str = ""
    links: tuple[tuple[str, str], ...] = ()
    """Pairs of kind (`code`, `project`, `pdf`, …) and http(s) URL, in the file's order."""
    keywords: tuple[str, ...] = ()
    """As in the source: hints, not tags."""
    upvotes: int | None = None
    corrected: date | None = None
    """The day of an announced correction of the text: feeds show the paper as updated."""


class Source(Struct, frozen=True):
    """Where a daily list comes from and who chose it."""

    name: str
    url: str = ""
    curators: tuple[str, ...] = ()


class DailyList(Struct, frozen=True):
    """The papers of one day, in the source's order."""

    date: date
    source: Source
    papers: Sequence[Paper]
    """May be lazy: papers are then decoded on first access."""


class PaperHead(msgspec.Struct, frozen=True, eq=False, gc=False, array_like=True):
    """The fields needed to join and rank papers, without decoding the papers themselves."""

    id: str
    names: msgspec.Raw
    """The authors as MessagePack: for most papers they are never decoded."""
    digest: bytes
    """16 bytes that change with anything in the paper."""
    upvotes: int
    """0 if the source gives none."""


class Tag(Struct, frozen=True):
    """One tag of the vocabulary; the slug is the name of its file."""

    slug: str
    name: str
    description: str
    aliases: tuple[str, ...] = ()
    parent: str = ""
    match: tuple[str, ...] = ()
    """A paper with one of these phrases in title, summary, abstract or keywords gets the tag."""
    former: tuple[str, ...] = ()
    """The aliases that were a tag's slug once: feeds stay at their URLs."""


class Tagging(Struct, frozen=True):
    """One tagging file: tags that people gave a paper, and tags that they removed from it."""

    paper: str
    """The paper's key (`ids.paper_key`), which is the name of the file or of its folder."""
    tags: tuple[str, ...] = ()
    remove: tuple[str, ...] = ()
    part: str = ""
    """The name of the file in the paper's folder; empty for the file named after the paper."""


class SavedQuery(Struct, frozen=True):
    """A query with a name; the slug is the name of its file."""

    slug: str
    name: str
    description: str
    query: str
    """As written in the file; `content/query_language.py` parses it."""


class BreakingChange(Struct, frozen=True):
    """What breaks links or feeds on purpose; the slug is the name of its file.

    Addresses are paths on the site, as `/papers/2503.01496/`.
    """

    slug: str
    since: date
    reason: str
    removed: tuple[str, ...] = ()
    """Addresses of pages that no longer exist, and with them their feeds."""
    moved: tuple[tuple[str, str], ...] = ()
    """Pairs of an old address and the new one, to which the old one redirects."""
    redated: tuple[str, ...] = ()
    """Addresses of papers or weeks whose dates in feeds are others than before."""
    floods: tuple[str, ...] = ()
    """Addresses of pages whose feeds get very many entries at once, or of days that do it."""
    settings: tuple[tuple[str, str], ...] = ()
    """Pairs of a key of archive.yaml and its former value."""


class Settings(Struct, frozen=True):
    """`content/archive.yaml`: everything that a fork changes to have an archive of its own."""

    title: str
    description: str
    site_url: str
    """Ends in a slash; may have a path."""
    id: str
    """The archive's name in ids of feed entries, as `authority,date` (RFC 4151); never changes."""
    repository: str = ""
    """The URL of the repository on its host, without a slash at the end; empty: no edit links."""
    branch: str = "main"
    language: str = "en"
    maintainers: str = ""
    """The people responsible for the archive, as text for the page About."""
    author_min_papers: int = 3
    """An author gets a page with at least this many papers."""
    feed_entries: int = 100
    """The main feeds have the newest days, each complete, until they have this many papers."""
    corrections_days: int = 0
    """Days before the newest change of the content for which corrections are listed; 0: none."""
    author_feed_min_papers: int | None = None
    """Authors with a page and at least this many papers have feeds; None: all, 0: none."""


class Content(Struct, frozen=True):
    """All files of `content/`, read and well-formed; whether they fit together isn't checked."""

    settings: Settings
    lists: tuple[DailyList, ...]
    """Oldest first."""
    tags: tuple[Tag, ...] = ()
    """By slug."""
    taggings: tuple[Tagging, ...] = ()
    """By paper key and part."""
    queries: tuple[SavedQuery, ...] = ()
    """By slug."""
    breaking_changes: tuple[BreakingChange, ...] = ()
    """By slug."""


class Problem(Struct, frozen=True, order=True):
    """A problem in the content, or in a feed, with its place."""

    path: str
    line: int
    """From 1; 0: the whole file."""
    column: int
    """From 1; 0: the whole line."""
    code: str
    """A key of `content/problems.py`'s `CODES`, or of those of `review/feeds/rules.py`."""
    message: str
    hint: str = ""
    """How to fix it."""

    def __str__(self) -> str:
        hint = f" ({self.hint})" if self.hint else ""
        return f"{self.path}:{self.line}:{self.column}: {self.code} {self.message}{hint}"
