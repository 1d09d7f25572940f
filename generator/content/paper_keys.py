"""The keys of a paper in a daily list: how each is read, checked, merged and written.

One row for each field of `Paper`, in the order of the file. Reading, checking, merging and writing
all use this table, so none can miss a key. Does no I/O.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any, NamedTuple

from msgspec import Struct

from generator.content.yaml_fields import YamlFields
from generator.content.yaml_text import Flow, Quoted
from generator.core import ids
from generator.text import markup

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


def _id_fault(paper_id: str, _listed: date, _today: date) -> Fault | None:
    if not paper_id or ids.is_paper_id(paper_id):
        return None
    without_version = ids.arxiv_id(paper_id)
    if without_version:
        hint = f'write only the arXiv id, without a version: "{without_version}"'
    else:
        slug = ids.title_slug(paper_id)
        hint = f"write an arXiv id, a DOI as doi:10.…, or a slug such as {slug}"
    return Fault("bad-id", f"'{paper_id[:60]}' can't be a paper's id", hint)


def _title_fault(title: str, _listed: date, _today: date) -> Fault | None:
    # Most start with a letter, which is always visible.
    if not title or title[0].isalnum() or markup.plain(title):
        return None
    return Fault("empty-value", "'title' has no visible characters", "write the title")


def _corrected_fault(corrected: date | None, listed: date, today: date) -> Fault | None:
    """A correction's day can't be before the list's day, or in the future."""
    if corrected is None or listed <= corrected <= today:
        return None
    if corrected > today:
        hint = f"today is {today}; write a day that isn't later"
        return Fault("future-date", f"{corrected} is in the future", hint)
    message = f"{corrected} is before the list's date"
    hint = "write the day on which feeds should announce the correction, or remove 'corrected'"
    return Fault("early-correction", message, hint)


# --- the keys -------------------------------------------------------------------------------


def required_text(fields: YamlFields, key: str) -> str:
    """A text that must not be missing or empty."""
    return fields.text(key, required=True)


def _unchanged(value: Any) -> Any:
    return value


class PaperKey(Struct, frozen=True):
    """Everything about one key."""

    name: str
    """Of the key, and of the field of `Paper`."""
    read: Callable[[YamlFields, str], Any]
    """Takes the paper's fields and the key's name, gives the value; reports what can't be read."""
    merge: Callable[[Any, Any], Any] = newer
    """Takes an old and a new value, gives one."""
    write: Callable[[Any], Any] = _unchanged
    """Takes a value that isn't empty, gives the value to dump as YAML."""
    fault: Callable[[Any, date, date], Fault | None] | None = None
    """Takes a value, the list's day and today; gives what is wrong with the value."""
    corrected_as: str = ""
    """Its name in a correction; empty if changes aren't shown, or are described in other words."""


PAPER_KEYS = (
    PaperKey("id", YamlFields.identifier, better_id, Quoted, fault=_id_fault),
    PaperKey("title", required_text, fault=_title_fault),
    PaperKey("authors", YamlFields.texts, write=Flow, corrected_as="Authors"),
    PaperKey("published", YamlFields.day),
    # People wrote it, so no source replaces it.
    PaperKey("summary", YamlFields.prose, older, corrected_as="Summary"),
    PaperKey("abstract", YamlFields.prose, corrected_as="Abstract"),
    PaperKey("links", YamlFields.urls, joined_links, dict, corrected_as="Links"),
    PaperKey("keywords", YamlFields.texts, write=Flow),
    PaperKey("upvotes", YamlFields.integer),
    PaperKey("corrected", YamlFields.day, latest, fault=_corrected_fault),
)
