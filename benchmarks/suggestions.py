"""How good suggested tags are, measured on held-out papers whose tags are known.

`python -m benchmarks.suggestions CONTENT` prints the table of docs/dev/suggestions.md. Takes a
folder of content; writes nothing.
"""

from __future__ import annotations

import sys
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path
from time import perf_counter

from msgspec import structs
from msgspec.structs import replace

from generator.archive import tag_model, tagging_queue
from generator.archive.build import build_archive
from generator.archive.model import Archive, Entry
from generator.content import reader
from generator.core.model import Tag
from generator.text.phrases import PhraseIndex, normal_form

FOLDS = 5
"""Folds of the cross-validation."""


@dataclass(frozen=True, slots=True)
class Case:
    """One paper for which tags are suggested."""

    entry: Entry
    wanted: frozenset[str]
    """The tags to find."""
    given: frozenset[str] = frozenset()
    """Tags that it already has, which are never suggested."""


@dataclass(frozen=True, slots=True)
class Score:
    """Means over all cases."""

    at_1: float
    at_3: float
    recall_5: float


@dataclass(slots=True)
class Answers:
    """Suggestions by task and method, and the total time of training."""

    of: dict[tuple[str, str], list[tuple[Case, Sequence[str]]]] = field(default_factory=dict)
    seconds: float = 0

    def add(
        self, what: str, how: str, cases: Iterable[Case], ranked: Iterable[Sequence[str]]
    ) -> None:
        """Add the suggestions for some cases."""
        self.of.setdefault((what, how), []).extend(zip(cases, ranked, strict=True))


def score(cases: Sequence[Case], ranked: Sequence[Sequence[str]]) -> Score:
    """Mean precision at 1 and 3, and mean recall at 5."""
    ones, threes, fives = [], [], []
    for case, slugs in zip(cases, ranked, strict=True):
        best = [slug for slug in slugs if slug not in case.given]
        ones.append(len(case.wanted.intersection(best[:1])))
        threes.append(len(case.wanted.intersection(best[:3])) / 3)
        fives.append(len(case.wanted.intersection(best[:5])) / len(case.wanted))
    count = max(1, len(cases))
    return Score(sum(ones) / count, sum(threes) / count, sum(fives) / count)


def fold(entry: Entry) -> int:
    """The fold of a paper, which depends only on the paper itself."""
    return int.from_bytes(sha256(entry.key.encode()).digest()[:4], "big") % FOLDS


def slugs_of(entry: Entry) -> frozenset[str]:
    """The tags of a paper."""
    return frozenset(use.tag.slug for use in entry.tags)


class Mask:
    """Removes the phrases and names of all tags from texts."""

    def __init__(self, tags: Iterable[Tag]) -> None:
        self._phrases: dict[str, set[tuple[str, ...]]] = defaultdict(set)
        for tag in tags:
            for phrase in (*tag.match, tag.name, *tag.aliases):
                words = tuple(normal_form(phrase).split())
                if words:
                    self._phrases[words[0]].add(words)

    def text(self, entry: Entry) -> str:
        """The text that the model reads, without them."""
        words = tag_model.text(entry).split()
        hidden: set[int] = set()
        for start, word in enumerate(words):
            for phrase in self._phrases.get(word, ()):
                if tuple(words[start : start + len(phrase)]) == phrase:
                    hidden.update(range(start, start + len(phrase)))
        return " ".join("_" if at in hidden else word for at, word in enumerate(words))


def not_given_away(read: Archive, entries: Sequence[Entry]) -> list[Case]:
    """Tags given by a keyword or by people whose phrases and names aren't in the paper's text."""
    phrases = PhraseIndex(
        (phrase, slug)
        for slug, each in read.tags.items()
        for phrase in (*each.tag.match, each.tag.name, *each.tag.aliases)
    )
    cases = []
    for entry in entries:
        paper = entry.paper
        texts = (paper.title, entry.title, paper.summary, paper.abstract)
        in_text = {slug for text in texts for _, slug in phrases.find(text)}
        own = slugs_of(entry)
        if own - in_text:
            cases.append(Case(entry, own - in_text, own & in_text))
    return cases


def main(root: Path) -> None:
    """Print a table of all methods and tasks."""
    read = build_archive(reader.load_content(root).content)
    entries = sorted((e for e in read.entries.values() if e.tags), key=lambda e: e.key)
    started = perf_counter()
    answers = Answers()
    for number in range(FOLDS):
        asked = [entry for entry in entries if fold(entry) == number]
        known = [entry for entry in entries if fold(entry) != number]
        _ask(read, known, asked, answers)
        sys.stderr.write(f"fold {number + 1} of {FOLDS} after {perf_counter() - started:.0f} s\n")
    by_people = sum(use.origin == "people" for entry in entries for use in entry.tags)
    print(f"{len(entries)} papers with a tag; {by_people} of their tags were given by people.")
    print(f"Training took {answers.seconds / FOLDS:.1f} s each time.\n")
    print("| texts | papers | method | P@1 | P@3 | R@5 |\n|---|--:|---|--:|--:|--:|")
    for (what, how), found in answers.of.items():
        mean = score([case for case, _ in found], [slugs for _, slugs in found])
        shown = f"{mean.at_1:.3f} | {mean.at_3:.3f} | {mean.recall_5:.3f}"
        print(f"| {what} | {len(found):,} | {how} | {shown} |")


def _ask(read: Archive, known: list[Entry], asked: list[Entry], answers: Answers) -> None:
    """Train on some papers, and suggest tags for the others."""
    mask = Mask(each.tag for each in read.tags.values())
    labels = [slugs_of(entry) for entry in known]
    counts = Counter(slug for own in labels for slug in own)
    commonest = sorted(counts, key=lambda slug: (-counts[slug], slug))
    masked = tag_model.Model([mask.text(entry) for entry in known], labels)
    started = perf_counter()
    seeing = tag_model.Model([tag_model.text(entry) for entry in known], labels)
    answers.seconds += perf_counter() - started

    everything = [Case(entry, slugs_of(entry)) for entry in asked]
    plain = seeing.rank([tag_model.text(each) for each in asked])
    hidden = masked.rank([mask.text(each) for each in asked])
    frequent = [commonest] * len(asked)
    answers.add("unchanged", "most frequent", everything, frequent)
    answers.add("unchanged", "model", everything, plain)
    answers.add("phrases masked", "most frequent", everything, frequent)
    answers.add("phrases masked", "model trained without them", everything, hidden)

    hard = not_given_away(read, asked)
    at = {entry.key: place for place, entry in enumerate(asked)}
    places = [at[case.entry.key] for case in hard]
    answers.add("hard cases", "most frequent", hard, [commonest] * len(hard))
    answers.add("hard cases", "hints of the page", hard, _hints(read, known, hard))
    answers.add("hard cases", "model", hard, [plain[n] for n in places])
    answers.add("hard cases", "model trained without phrases", hard, [hidden[n] for n in places])


def _hints(read: Archive, known: list[Entry], cases: list[Case]) -> list[list[str]]:
    """The hints of the queue's page for papers without the tags to find."""
    hints = tagging_queue.TagHints(replace(read, entries={entry.key: entry for entry in known}))
    found = []
    for case in cases:
        given = tuple(use for use in case.entry.tags if use.tag.slug in case.given)
        # Without keywords, since these tags come from them.
        bare = replace(case.entry.paper, keywords=())
        entry = structs.replace(case.entry, tags=given, paper=bare)
        found.append([tag.slug for tag in hints.of(entry)])
    return found


if __name__ == "__main__":
    main(Path(sys.argv[1]))
