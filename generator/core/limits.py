"""How large anything that comes from outside may be: the one table of limits.

Holds numbers with words for messages. Whoever reads a text or a list compares it with its limit,
before it costs much time or memory, and says the way out. `docs/dev/limits.md` shows the table, and
a test compares the two. Does no I/O.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import NamedTuple


class Limit(NamedTuple):
    """How large one thing may be."""

    most: int
    unit: str
    """What is counted, in the plural."""
    what: str
    """What is limited."""
    way_out: str
    """What to do if it is larger."""

    @property
    def words(self) -> str:
        """The limit as people read it, such as 1,000 characters or 64 MB."""
        if self.unit != "bytes":
            return f"{self.most:,} {self.unit}"
        size, name = (self.most >> 20, "MB") if self.most >> 20 else (self.most >> 10, "KB")
        return f"{size:,} {name}"

    def exceeded_by(self, size: int) -> bool:
        """Whether a size is over the limit."""
        return size > self.most


_SHORTER = "shorten it"
_FEWER = "remove some"
_PARTS = "say it in several files"
_SPLIT_LIST = "split the list: give some papers another day"
_SPLIT_FILE = "split the file, and import the parts one after another"
_FETCH = "fetch it again; if it is right, tell the source's maintainers"

# --- texts ----------------------------------------------------------------------------------

TEXT = Limit(1_000, "characters", "a text without a limit of its own", _SHORTER)
ID = Limit(300, "characters", "a paper's `id`", "write the arXiv id, the DOI, or a shorter slug")
TITLE = Limit(2_000, "characters", "a paper's `title`", _SHORTER)
SUMMARY = Limit(5_000, "characters", "a paper's `summary`", _SHORTER)
ABSTRACT = Limit(50_000, "characters", "a paper's `abstract`", _SHORTER)
NAME = Limit(500, "characters", "the name of an author or curator", _SHORTER)
KEYWORD = Limit(300, "characters", "a keyword", _SHORTER)
URL = Limit(2_000, "characters", "an address", "use a shorter address of the same page")
LINK_KIND = Limit(50, "characters", "a key of `links`", _SHORTER)
KEY = Limit(100, "characters", "any other key", "the key isn't known anyway: remove it")
TAG_NAME = Limit(150, "characters", "a tag's name or alias", _SHORTER)
DESCRIPTION = Limit(1_000, "characters", "a description of a tag, query or archive", _SHORTER)
PHRASE = Limit(200, "characters", "a phrase of a tag's `match`", _SHORTER)
QUERY = Limit(1_000, "characters", "a saved query", "split it into two queries")

# --- lists ----------------------------------------------------------------------------------

ENTRIES = Limit(100, "entries", "a list without a limit of its own", _FEWER)
PAPERS = Limit(20_000, "papers", "a daily list", _SPLIT_LIST)
SAME_TITLE = Limit(
    100, "papers", "papers of one title in an imported list", "check the titles of the source"
)
AUTHORS = Limit(20_000, "authors", "a paper's `authors`", "name the collaboration instead")
KEYWORDS = Limit(500, "keywords", "a paper's `keywords`", _FEWER)
LINKS = Limit(20, "links", "a paper's `links`", _FEWER)
TAG_ENTRIES = Limit(100, "entries", "a tag's `aliases`, `former` or `match`", _FEWER)
TAGGING_TAGS = Limit(
    50, "entries", "`tags` or `remove` of a tagging", "a paper's tags may be in several files"
)
GIVEN_TAGS = Limit(200, "tags", "tags in all of a paper's taggings", "keep those that fit best")
TAGS = Limit(5_000, "tags", "the vocabulary", "join some: each tag has pages and feeds")
ALIASES = Limit(
    20_000, "aliases", "aliases of all tags together", "remove some: each is a redirect"
)
PHRASES = Limit(50_000, "phrases", "phrases of all tags together", _FEWER)
TAG_LEVELS = Limit(10, "levels", "the tree of tags", "give the tag a parent that is higher up")
QUERIES = Limit(500, "queries", "saved queries", "remove some: each has pages and feeds")
QUERY_LEVELS = Limit(20, "levels", "a saved query", "simplify it, or split it into two queries")

BREAKING = Limit(10_000, "entries", "`removed`, `redated` or `floods` of a breaking change", _PARTS)

# --- files ----------------------------------------------------------------------------------

SMALL_FILE = Limit(8 << 10, "bytes", "a file of the content other than those below", _SHORTER)
BREAKING_FILE = Limit(1 << 20, "bytes", "a file of `breaking-changes/`", _PARTS)
LIST_FILE = Limit(64 << 20, "bytes", "the file of a daily list", _SPLIT_LIST)
YAML_VALUES = Limit(1_000_000, "values", "a YAML file", _SPLIT_LIST)
YAML_LEVELS = Limit(
    50, "levels", "a YAML file", "remove levels: no file here needs more than a few"
)
IMPORT_FILE = Limit(256 << 20, "bytes", "a file of JSON Lines, unpacked", _SPLIT_FILE)
IMPORT_LINE = Limit(4 << 20, "bytes", "a line of JSON Lines", "write one paper on each line")
IMPORT_LINES = Limit(200_000, "lines", "a file of JSON Lines", _SPLIT_FILE)
IMPORT_BODY = Limit(16 << 20, "bytes", "a response or a page to import", _FETCH)
JSON_LEVELS = Limit(50, "levels", "JSON to import", _FETCH)
LITERAL = Limit(1_000_000, "characters", "an entry written as Python", _FETCH)
BUDGET_FILE = Limit(8 << 10, "bytes", "`budget.yaml`", _SHORTER)
FORM = Limit(64 << 10, "bytes", "a form", "shorten it")
FORM_TAGS = Limit(20, "tags", "a form", "use several forms")
ISSUES_FILE = Limit(16 << 20, "bytes", "a file of issues", "fetch fewer issues at once")

LIMITS: Mapping[str, Limit] = MappingProxyType(
    {name: value for name, value in globals().items() if isinstance(value, Limit)}
)
"""All of them, by name."""
