"""The keys of a paper in a daily list, each described once.

One row for each field of `Paper`, in the order of the file: how its value is read, what may be
wrong with it, how the values of two lists become one, how it is written. Reading, checking, merging
and writing go through the rows, so a key that is here is forgotten nowhere. Does no I/O.
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
"""Values that say nothing: they are left out of the file, and replace no other."""
Links = tuple[tuple[str, str], ...]


# --- how values of two lists become one -----------------------------------------------------


def newer(old: Any, new: Any) -> Any:
    """The new value, where there is one."""
    return old if new in EMPTY else new


def older(old: Any, new: Any) -> Any:
    """The value that was there before, where there is one."""
    return new if old in EMPTY else old


def latest(old: date | None, new: date | None) -> date | None:
    """The later of two days."""
    return max(filter(None, (old, new)), default=None)


def better_id(old: str, new: str) -> str:
    """The id that tells more: an arXiv id, a DOI, a slug."""
    return min(old, new, key=_rank)


def _rank(paper_id: str) -> int:
    if ids.is_arxiv_id(paper_id):
        return 0
    return 1 if ids.is_doi(paper_id) else 2


def joined_links(old: Links, new: Links) -> Links:
    """Links of both by kind, in the old order, or by name where kinds are added.

    Sorted, so that it doesn't matter which of two lists came first.
    """
    merged = {**dict(old), **dict(new)}
    added = old and len(merged) > len(old)
    return tuple(sorted(merged.items()) if added else merged.items())


# --- what may be wrong with a value ---------------------------------------------------------


class Fault(NamedTuple):
    """What is wrong with a value that could be read, as in `Problem`."""

    code: str
    message: str
    hint: str


def _id_fault(paper_id: str, _listed: date, _today: date) -> Fault | None:
    if not paper_id or ids.is_paper_id(paper_id):
        return None
    without_version = ids.arxiv_id(paper_id)
    if without_version:
        hint = f'write "{without_version}", without the version'
    else:
        hint = f"give an arXiv id, doi:10.…, or a slug such as {ids.title_slug(paper_id)}"
    return Fault("bad-id", f"'{paper_id[:60]}' is not a paper's id", hint)


def _title_fault(title: str, _listed: date, _today: date) -> Fault | None:
    # Most begin with a letter, which is always shown.
    if not title or title[0].isalnum() or markup.plain(title):
        return None
    return Fault("empty-value", "nothing of the 'title' can be shown", "give the title")


def _corrected_fault(corrected: date | None, listed: date, today: date) -> Fault | None:
    """A paper is corrected after it was listed, and not tomorrow."""
    if corrected is None or listed <= corrected <= today:
        return None
    if corrected > today:
        return Fault("future-date", f"{corrected} is still to come", f"today is {today}")
    message = f"{corrected} lies before the list's day"
    hint = "write the day on which subscribers shall hear of it, or leave it out"
    return Fault("early-correction", message, hint)


# --- the keys -------------------------------------------------------------------------------


def required_text(read: YamlFields, key: str) -> str:
    """A text that must be there."""
    return read.text(key, required=True)


def _as_it_is(value: Any) -> Any:
    return value


class PaperKey(Struct, frozen=True):
    """All there is to know of one key."""

    name: str
    """Of the key, and of the field of `Paper`."""
    read: Callable[[YamlFields, str], Any]
    """Gives the value, given the paper's fields and the name; reports what can't be read."""
    merge: Callable[[Any, Any], Any] = newer
    """Gives one value for an old and a new one."""
    write: Callable[[Any], Any] = _as_it_is
    """Gives what the file's mapping holds for a value that isn't empty."""
    fault: Callable[[Any, date, date], Fault | None] | None = None
    """Tells what is wrong with a value, given the list's day and today."""
    corrected_as: str = ""
    """What a correction calls it; empty where a change isn't told, or told in its own words."""


PAPER_KEYS = (
    PaperKey("id", YamlFields.identifier, better_id, Quoted, fault=_id_fault),
    PaperKey("title", required_text, fault=_title_fault),
    PaperKey("authors", YamlFields.texts, write=Flow, corrected_as="Authors"),
    PaperKey("published", YamlFields.day),
    # People wrote it: whatever a source says, it stays.
    PaperKey("summary", YamlFields.prose, older, corrected_as="Summary"),
    PaperKey("abstract", YamlFields.prose, corrected_as="Abstract"),
    PaperKey("links", YamlFields.urls, joined_links, dict, corrected_as="Links"),
    PaperKey("keywords", YamlFields.texts, write=Flow),
    PaperKey("upvotes", YamlFields.integer),
    PaperKey("corrected", YamlFields.day, latest, fault=_corrected_fault),
)
