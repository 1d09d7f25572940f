"""The tagging queue: papers that need tags, in the order in which to tag them, with suggested tags.

Takes an archive, gives papers and tags, and both as text. The tags are hints from counts alone: the
same on any machine, whatever is installed. Does no I/O.
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
from generator.core import links
from generator.core.model import Settings, Tag
from generator.core.progress import printable
from generator.text import phrases

MAX_HINTS = 3
"""A paper gets at most this many hints."""
_MIN_SHARE = 0.2
"""A tag is a hint for papers with another tag if at least this share of these have it too."""
_MIN_TOGETHER = 5
"""It must be on at least this number of them as well."""
_MAX_PAPERS = 5_000
"""Tags are counted in the newest papers, at most this many."""


class QueuedPaper(NamedTuple):
    """A paper that needs tags, and tags it may need."""

    entry: Entry
    tags: tuple[Tag, ...]


def queue(archive: Archive) -> Iterator[Entry]:
    """Papers without a tag that people gave.

    By the week in which they were first listed, newest first. Within a week those without any tag
    come first, then the most upvoted, then those first in the archive.
    """
    for _, week in groupby(filter(needs_tags, archive.entries.values()), _monday):
        yield from sorted(week, key=_rank)


def needs_tags(entry: Entry) -> bool:
    """Whether a paper lacks a tag that people gave."""
    return entry.tagging is None or not any(use.origin == "people" for use in entry.tags)


def _monday(entry: Entry) -> int:
    return entry.listed.toordinal() - entry.listed.weekday()


def _rank(entry: Entry) -> tuple[bool, int]:
    return bool(entry.tags), -entry.upvotes


class TagHints:
    """Suggests further tags from a paper's tags and words.

    A tag is a hint if all words of one of its names are in the title, summary, abstract or
    keywords, or if newer papers with a tag of the paper often have it too.
    """

    def __init__(self, archive: Archive) -> None:
        self._tags = {slug: each.tag for slug, each in archive.tags.items()}
        self._ancestors = {
            slug: {tag.slug for tag in each.ancestors} for slug, each in archive.tags.items()
        }
        self._slugs = tag_names.names(self._tags.values())
        self._often_together = _often_together(islice(archive.entries.values(), _MAX_PAPERS))
        self._names: dict[str, list[tuple[frozenset[str], str]]] = defaultdict(list)
        for slug, tag in self._tags.items():
            for name in (tag.name, *tag.aliases):
                words = frozenset(phrases.normal_form(name).split())
                if len(words) > 1:
                    self._names[min(words, key=lambda word: (-len(word), word))].append(
                        (words, slug)
                    )

    def of(self, entry: Entry) -> tuple[Tag, ...]:
        """The best hints for a paper, best first."""
        scores: dict[str, float] = defaultdict(float)
        words = _words(entry)
        for word in sorted(words):
            for name, slug in self._names.get(word, ()):
                if name <= words:
                    scores[slug] = max(scores[slug], float(len(name)))
        for use in entry.tags:
            for slug, share in self._often_together.get(use.tag.slug, {}).items():
                scores[slug] += share
        unwanted = self.unwanted(entry)
        ranked = sorted((-score, slug) for slug, score in scores.items() if slug not in unwanted)
        return tuple(self._tags[slug] for _, slug in ranked[:MAX_HINTS])

    def unwanted(self, entry: Entry) -> set[str]:
        """Slugs of tags not to suggest: the paper's own, wider ones, and those people removed."""
        own = {use.tag.slug for use in entry.tags}
        wider = {slug for tag in own for slug in self._ancestors[tag]}
        removed = entry.tagging.remove if entry.tagging else ()
        return own | wider | {self._slugs.get(phrases.normal_form(name), "") for name in removed}


def _words(entry: Entry) -> frozenset[str]:
    paper = entry.paper
    text = " ".join((entry.title, paper.summary, paper.abstract, *paper.keywords))
    return frozenset(phrases.normal_form(text).split())


def _often_together(entries: Iterable[Entry]) -> dict[str, dict[str, float]]:
    """For each tag the tags that often go with it, with the share of its papers that have them."""
    tagged = [sorted({use.tag.slug for use in entry.tags}) for entry in entries]
    counts = Counter(chain.from_iterable(tagged))
    pairs = Counter(chain.from_iterable(map(combinations, tagged, repeat(2))))
    found: dict[str, dict[str, float]] = defaultdict(dict)
    for (one, other), count in pairs.items():
        if count < _MIN_TOGETHER:
            continue
        for tag, with_it in ((one, other), (other, one)):
            if (share := count / counts[tag]) >= _MIN_SHARE:
                found[tag][with_it] = share
    return found


# --- as text ----------------------------------------------------------------------------------


def as_text(settings: Settings, papers: Sequence[QueuedPaper]) -> str:
    """A few lines of text for each paper."""
    return "".join(_lines(settings, each) for each in papers)


def _lines(settings: Settings, queued: QueuedPaper) -> str:
    entry, tags = queued
    own = ", ".join(use.tag.slug for use in entry.tags)
    link = _file_url(settings, queued)
    lines = (
        f"{entry.paper.id}  {printable(entry.title)}",
        f"  {entry.listed}, {entry.upvotes} upvotes; has {own or 'no tag'}",
        f"  consider {', '.join(tag.slug for tag in tags)}" if tags else "",
        f"  {link}" if link else "",
    )
    return "".join(f"{line}\n" for line in lines if line)


def as_json(settings: Settings, papers: Sequence[QueuedPaper]) -> str:
    """A JSON array with an object for each paper."""
    found = [
        {
            "id": each.entry.paper.id,
            "title": each.entry.title,
            "listed": each.entry.listed,
            "upvotes": each.entry.upvotes,
            "tags": [use.tag.slug for use in each.entry.tags],
            "suggested": [tag.slug for tag in each.tags],
            "file": _file_url(settings, each),
            "form": links.tag_form_url(
                settings, each.entry.paper.id, each.entry.title, _slugs(each)
            ),
        }
        for each in papers
    ]
    return json.dumps(found, ensure_ascii=False, indent=1, default=date.isoformat) + "\n"


FORMATS: Mapping[str, Callable[[Settings, Sequence[QueuedPaper]], str]] = {
    "text": as_text,
    "json": as_json,
}


def _file_url(settings: Settings, queued: QueuedPaper) -> str:
    entry = queued.entry
    return links.tagging_file_url(settings, entry.key, entry.tagging, _slugs(queued))


def _slugs(queued: QueuedPaper) -> list[str]:
    return [tag.slug for tag in queued.tags]
