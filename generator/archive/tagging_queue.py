"""Papers that wait for people's tags, in the order in which to look at them, with tags to consider.

Takes an archive, gives papers and tags, and both as text. The tags are hints from counting alone:
the same wherever it runs, whatever is installed. Does no I/O.
"""

from __future__ import annotations

import json
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import date
from itertools import chain, combinations, groupby, islice, repeat
from typing import NamedTuple

from generator.archive.model import Archive, Entry
from generator.content import tag_names
from generator.content.problems import printable
from generator.core import links
from generator.core.model import Settings, Tag
from generator.text import phrases

MOST_HINTS = 3
"""So many tags are named for a paper."""
_OFTEN = 0.2
"""The least share of a tag's papers that have another, for the other to be a hint."""
_AT_LEAST = 5
"""And the least number of them."""
_IN = 5_000
"""In so many papers, the newest, tags are counted."""


class QueuedPaper(NamedTuple):
    """A paper that waits, and tags it may want."""

    entry: Entry
    tags: tuple[Tag, ...]


def queue(archive: Archive) -> Iterator[Entry]:
    """Papers with no tag that people gave.

    By the week in which they were first listed, newest first; within a week those without any tag
    first, then the most upvoted first, then as the archive has them.
    """
    for _, week in groupby(filter(needs_tags, archive.entries.values()), _monday):
        yield from sorted(week, key=_place)


def needs_tags(entry: Entry) -> bool:
    """Whether a paper has no tag that people gave."""
    return entry.tagging is None or not any(use.origin == "people" for use in entry.tags)


def _monday(entry: Entry) -> int:
    return entry.listed.toordinal() - entry.listed.weekday()


def _place(entry: Entry) -> tuple[bool, int]:
    return bool(entry.tags), -entry.upvotes


class TagHints:
    """What a paper's tags and words suggest besides.

    A tag is a hint where all words of one of its names stand somewhere in the title, abstract or
    keywords, and where it often goes with a tag that the paper has, in papers of late.
    """

    def __init__(self, archive: Archive) -> None:
        self._tags = {slug: each.tag for slug, each in archive.tags.items()}
        self._above = {
            slug: {tag.slug for tag in each.ancestors} for slug, each in archive.tags.items()
        }
        self._slugs = tag_names.names(self._tags.values())
        self._together = _together(islice(archive.entries.values(), _IN))
        self._names: dict[str, list[tuple[frozenset[str], str]]] = defaultdict(list)
        for slug, tag in self._tags.items():
            for name in (tag.name, *tag.aliases):
                words = frozenset(phrases.normal_form(name).split())
                if len(words) > 1:
                    self._names[min(words, key=lambda word: (-len(word), word))].append(
                        (words, slug)
                    )

    def of(self, entry: Entry) -> tuple[Tag, ...]:
        """The best few, best first."""
        scores: dict[str, float] = defaultdict(float)
        words = _words(entry)
        for word in sorted(words):
            for name, slug in self._names.get(word, ()):
                if name <= words:
                    scores[slug] = max(scores[slug], float(len(name)))
        for use in entry.tags:
            for slug, share in self._together.get(use.tag.slug, {}).items():
                scores[slug] += share
        unwanted = self.unwanted(entry)
        ranked = sorted((-score, slug) for slug, score in scores.items() if slug not in unwanted)
        return tuple(self._tags[slug] for _, slug in ranked[:MOST_HINTS])

    def unwanted(self, entry: Entry) -> set[str]:
        """Slugs of tags not to name: the paper has them, or narrower ones, or people took them."""
        own = {use.tag.slug for use in entry.tags}
        wider = {slug for tag in own for slug in self._above[tag]}
        removed = entry.tagging.remove if entry.tagging else ()
        return own | wider | {self._slugs.get(phrases.normal_form(name), "") for name in removed}


def _words(entry: Entry) -> frozenset[str]:
    paper = entry.paper
    text = " ".join((entry.title, paper.summary, paper.abstract, *paper.keywords))
    return frozenset(phrases.normal_form(text).split())


def _together(entries: Iterable[Entry]) -> dict[str, dict[str, float]]:
    """For each tag the tags that often go with it, with the share of its papers that have them."""
    tagged = [sorted({use.tag.slug for use in entry.tags}) for entry in entries]
    alone = Counter(chain.from_iterable(tagged))
    pairs = Counter(chain.from_iterable(map(combinations, tagged, repeat(2))))
    found: dict[str, dict[str, float]] = defaultdict(dict)
    for (one, other), count in pairs.items():
        if count < _AT_LEAST:
            continue
        for tag, beside in ((one, other), (other, one)):
            if (share := count / alone[tag]) >= _OFTEN:
                found[tag][beside] = share
    return found


# --- as text ----------------------------------------------------------------------------------


def as_text(settings: Settings, waiting: Sequence[QueuedPaper]) -> str:
    """A few lines for each paper."""
    return "".join(_lines(settings, each) for each in waiting)


def _lines(settings: Settings, waiting: QueuedPaper) -> str:
    entry, tags = waiting
    own = ", ".join(use.tag.slug for use in entry.tags)
    link = _file(settings, waiting)
    lines = (
        f"{entry.paper.id}  {printable(entry.title)}",
        f"  {entry.listed}, {entry.upvotes} upvotes; has {own or 'no tag'}",
        f"  consider {', '.join(tag.slug for tag in tags)}" if tags else "",
        f"  {link}" if link else "",
    )
    return "".join(f"{line}\n" for line in lines if line)


def as_json(settings: Settings, waiting: Sequence[QueuedPaper]) -> str:
    """A JSON array of objects."""
    found = [
        {
            "id": each.entry.paper.id,
            "title": each.entry.title,
            "listed": each.entry.listed,
            "upvotes": each.entry.upvotes,
            "tags": [use.tag.slug for use in each.entry.tags],
            "suggested": [tag.slug for tag in each.tags],
            "file": _file(settings, each),
            "form": links.tag_form_url(
                settings, each.entry.paper.id, each.entry.title, _slugs(each)
            ),
        }
        for each in waiting
    ]
    return json.dumps(found, ensure_ascii=False, indent=1, default=date.isoformat) + "\n"


FORMATS: Mapping[str, Callable[[Settings, Sequence[QueuedPaper]], str]] = {
    "text": as_text,
    "json": as_json,
}


def _file(settings: Settings, waiting: QueuedPaper) -> str:
    entry = waiting.entry
    return links.tagging_file_url(settings, entry.key, entry.tagging, _slugs(waiting))


def _slugs(waiting: QueuedPaper) -> list[str]:
    return [tag.slug for tag in waiting.tags]
