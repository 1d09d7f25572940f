"""The keys of a paper in a daily list: how each is read, checked, merged and written.

One row for each field of `Paper`, in the order of the file. Reading, checking, merging and writing
all use this table, so none can miss a key. Does no I/O.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any, NamedTuple

from msgspec import Struct

from generator.content.yaml_fields import YamlFields, too_large
from generator.content.yaml_text import Flow, Quoted
from generator.core import ids, limits
from generator.core.limits import Limit
from generator.core.model import Paper
from generator.text import look_alikes, markup
from generator.text.phrases import normal_form

EMPTY = (None, "", ())
"""Empty values: they aren't written to the file, and replace no other value."""
Links = tuple[tuple[str, str], ...]


# --- merging two values ---------------------------------------------------------------------


def newer(old: Any, new: Any) -> Any:
    """The new value, or the old one if the new one is empty."""
    return old if new in EMPTY else new


def older(old: Any, new: Any) -> Any:
    """The old value, or the new one if the old one is empty."""
    return new if old in EMPTY else old


def latest(old: date | None, new: date | None) -> date | None:
    """The later of two days; None if there is neither."""
    return max(filter(None, (old, new)), default=None)


def better_id(old: str, new: str) -> str:
    """The better id: an arXiv id before a DOI before a slug."""
    return min(old, new, key=_rank)


def _rank(paper_id: str) -> int:
    if ids.is_arxiv_id(paper_id):
        return 0
    return 1 if ids.is_doi(paper_id) else 2


def joined_links(old: Links, new: Links) -> Links:
    """The links of both, new ones winning; in the old order, or sorted if kinds were added.

    Sorted, so that the result doesn't depend on which list came first.
    """
    merged = {**dict(old), **dict(new)}
    added = old and len(merged) > len(old)
    return tuple(sorted(merged.items()) if added else merged.items())


# --- checking a value -----------------------------------------------------------------------


class Fault(NamedTuple):
    """What is wrong with a value that could be read; the fields are those of `Problem`."""

    code: str
    message: str
    hint: str
    key: str = ""
    """The key within the value that is wrong; empty if it is the value itself."""


def _id_fault(paper: Paper, _listed: date, _today: date) -> Fault | None:
    paper_id = paper.id
    if not paper_id or ids.is_paper_id(paper_id):
        return None
    without_version = ids.arxiv_id(paper_id)
    if without_version:
        hint = f'write only the arXiv id, without a version: "{without_version}"'
    else:
        slug = ids.title_slug(paper_id)
        hint = f"write an arXiv id, a DOI as doi:10.…, or a slug such as {slug}"
    return Fault("bad-id", f"'{paper_id[:60]}' can't be a paper's id", hint)


def _title_fault(paper: Paper, _listed: date, _today: date) -> Fault | None:
    title = paper.title
    # Most start with a letter, which is always visible.
    if not title or title[0].isalnum() or look_alikes.is_visible(markup.plain(title)):
        return None
    return Fault("empty-value", "'title' has no visible characters", "write the title")


_OWN_LABELS = frozenset({"arxiv", "doi", "abstract page"})
"""Labels that the site itself gives a link, in normal form."""


def _links_fault(paper: Paper, _listed: date, _today: date) -> Fault | None:
    """A link needs a label, and must not claim to be the one that the site makes from the id."""
    for kind, _ in paper.links:
        if not look_alikes.is_visible(markup.clean(kind)):
            message = "a key of 'links' is empty, or has no visible characters"
            return Fault("empty-value", message, "write what it leads to, such as code", kind)
        if len(kind) > limits.LINK_KIND.most:
            message, hint = too_large("a key of 'links'", len(kind), limits.LINK_KIND)
            return Fault("too-large", message, hint, kind)
        label = normal_form(look_alikes.skeleton(kind))
        is_made = ids.is_arxiv_id(paper.id) or ids.is_doi(paper.id)
        if label in _OWN_LABELS or (label == "abstract" and (is_made or kind != label)):
            message = f"'{kind}' is what the site calls the link that it makes from the paper's id"
            hint = "remove the link, or write what it leads to, such as code"
            return Fault("reserved-link", message, hint, kind)
    return None


def _corrected_fault(paper: Paper, listed: date, today: date) -> Fault | None:
    """A correction's day can't be before the list's day, or in the future."""
    corrected = paper.corrected
    if corrected is None or listed <= corrected <= today:
        return None
    if corrected > today:
        hint = f"today is {today}; write a day that isn't later"
        return Fault("future-date", f"{corrected} is in the future", hint)
    message = f"{corrected} is before the list's date"
    hint = "write the day on which feeds should announce the correction, or remove 'corrected'"
    return Fault("early-correction", message, hint)


# --- the keys -------------------------------------------------------------------------------


def required_text(fields: YamlFields, key: str, limit: Limit) -> str:
    """A text that must not be missing or empty."""
    return fields.text(key, limit, required=True)


def _unchanged(value: Any) -> Any:
    return value


class PaperKey(Struct, frozen=True):
    """Everything about one key."""

    name: str
    """Of the key, and of the field of `Paper`."""
    read: Callable[..., Any]
    """Takes the paper's fields, the key's name and its limits; gives the value, and reports what
    can't be read.
    """
    limits: tuple[Limit, ...] = ()
    """Of the value and, if it is a list, of each entry."""
    merge: Callable[[Any, Any], Any] = newer
    """Takes an old and a new value, gives one."""
    write: Callable[[Any], Any] = _unchanged
    """Takes a value that isn't empty, gives the value to dump as YAML."""
    fault: Callable[[Paper, date, date], Fault | None] | None = None
    """Takes a paper, the list's day and today; gives what is wrong with the paper's value."""
    corrected_as: str = ""
    """Its name in a correction; empty if changes aren't shown, or are described in other words."""


PAPER_KEYS = (
    PaperKey("id", YamlFields.identifier, (), better_id, Quoted, fault=_id_fault),
    PaperKey("title", required_text, (limits.TITLE,), fault=_title_fault),
    PaperKey(
        "authors",
        YamlFields.texts,
        (limits.AUTHORS, limits.NAME),
        write=Flow,
        corrected_as="Authors",
    ),
    PaperKey("published", YamlFields.day),
    # People wrote it, so no source replaces it.
    PaperKey("summary", YamlFields.prose, (limits.SUMMARY,), older, corrected_as="Summary"),
    PaperKey("abstract", YamlFields.prose, (limits.ABSTRACT,), corrected_as="Abstract"),
    PaperKey(
        "links", YamlFields.urls, (), joined_links, dict, fault=_links_fault, corrected_as="Links"
    ),
    PaperKey("keywords", YamlFields.texts, (limits.KEYWORDS, limits.KEYWORD), write=Flow),
    PaperKey("upvotes", YamlFields.integer),
    PaperKey("corrected", YamlFields.day, (), latest, fault=_corrected_fault),
)
