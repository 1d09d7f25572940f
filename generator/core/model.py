"""The frozen types of `content/`; what is computed from them lives in `archive/`.

Never reads, writes or checks anything. Text fields hold what the source gave, with white space
normalised: they may hold LaTeX and anything an attacker likes, so `text/` turns them into something
to show.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

import msgspec
from msgspec import Struct


class Paper(Struct, frozen=True):
    """One paper as one daily list gives it."""

    id: str
    """arXiv id without version, `doi:…`, or a slug of the title where there is neither."""
    title: str
    authors: tuple[str, ...] = ()
    published: date | None = None
    summary: str = ""
    """One or two sentences in the archive's own words."""
    abstract: str = ""
    links: tuple[tuple[str, str], ...] = ()
    """Pairs of kind (`code`, `project`, `pdf`, …) and http(s) URL, in the file's order."""
    keywords: tuple[str, ...] = ()
    """As the source gave them: hints, not tags."""
    upvotes: int | None = None
    corrected: date | None = None
    """The day on which somebody announced that an earlier text was wrong: feeds show it anew."""


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
    """Perhaps read only when somebody looks."""


class PaperHead(msgspec.Struct, frozen=True, eq=False, gc=False, array_like=True):
    """What is needed of a paper to join and rank it among all others, without a look at it."""

    id: str
    names: msgspec.Raw
    """Its authors as MessagePack, since those of most papers are never looked at."""
    digest: bytes
    """16 bytes that change with anything in the paper."""
    upvotes: int
    """0 where the source gives none."""


class Tag(Struct, frozen=True):
    """One tag of the vocabulary; the slug is the name of its file."""

    slug: str
    name: str
    description: str
    aliases: tuple[str, ...] = ()
    parent: str = ""
    match: tuple[str, ...] = ()
    """Phrases that assign the tag where they stand in title, summary, abstract or keywords."""
    former: tuple[str, ...] = ()
    """Those of its aliases that were a tag's slug once, so that its feeds stay at their address."""


class Tagging(Struct, frozen=True):
    """Tags people gave one paper, and those they took from it: what one file says."""

    paper: str
    """The paper's key (`urls.paper_key`), which is the name of the file or of its folder."""
    tags: tuple[str, ...] = ()
    remove: tuple[str, ...] = ()
    part: str = ""
    """The name of the file in the paper's folder; empty for the file named after the paper."""


class SavedQuery(Struct, frozen=True):
    """A query that somebody gave a name; the slug is the name of its file."""

    slug: str
    name: str
    description: str
    query: str
    """As it is written; `content/query_language.py` knows the language."""


class Settings(Struct, frozen=True):
    """`content/archive.yaml`: all that a fork changes to have an archive of its own."""

    title: str
    description: str
    site_url: str
    """Ends in a slash; may carry a sub-path."""
    id: str
    """Names the archive in feed entries' ids, as `authority,date` (RFC 4151); never changes."""
    repository: str = ""
    """URL of the repository on its host, without a slash at the end; empty: no edit links."""
    branch: str = "main"
    language: str = "en"
    maintainers: str = ""
    """Who answers for the archive, as text for About."""
    author_min_papers: int = 3
    """An author gets a page with at least this many papers."""
    feed_entries: int = 100
    """The main feeds hold the newest days whole, until they have at least this many papers."""
    corrections_days: int = 0
    """The corrections go back so many days from the newest change of the content; 0: none."""
    author_feed_min_papers: int | None = None
    """An author with a page has feeds from this many papers on; None: all do, 0: none does."""


class Content(Struct, frozen=True):
    """Everything under `content/`, read and well-formed, not yet checked as a whole."""

    settings: Settings
    lists: tuple[DailyList, ...]
    """Oldest first."""
    tags: tuple[Tag, ...] = ()
    """By slug."""
    taggings: tuple[Tagging, ...] = ()
    """By paper key and part."""
    queries: tuple[SavedQuery, ...] = ()
    """By slug."""


class Problem(Struct, frozen=True, order=True):
    """Something wrong in the content, at a place a person can go to."""

    path: str
    line: int
    """From 1; 0 where the whole file is meant."""
    column: int
    """From 1; 0 where the whole line is meant."""
    code: str
    """A key of `codes.CODES`."""
    message: str
    hint: str = ""
    """The way out."""

    def __str__(self) -> str:
        hint = f" ({self.hint})" if self.hint else ""
        return f"{self.path}:{self.line}:{self.column}: {self.code} {self.message}{hint}"
