"""Tags for a paper, learnt from the papers that have some: words, weighed, and a line for each tag.

Takes an archive and papers, gives tags, best first. Needs scikit-learn, which is optional
(`pip install .[suggest]`) and loaded only here, on use: no page of the site depends on it. The same
papers give the same tags, on one machine; does no I/O.
What it is worth is on a page of its own: docs/dev/suggestions.md.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Collection, Sequence
from importlib.util import find_spec
from typing import Any

from generator.archive.model import Archive, Entry
from generator.core.model import Tag
from generator.text import phrases

MOST = 3
FEWEST_PAPERS = 5
"""A tag with fewer has too little to learn from."""
_WORD = r"[^\s_]{2,}"
_WORDS = 12_000
_ROUNDS = 3


def is_installed() -> bool:
    """Whether there is a scikit-learn."""
    return find_spec("sklearn") is not None


def suggest(
    archive: Archive, entries: Sequence[Entry], unwanted: Callable[[Entry], Collection[str]]
) -> list[tuple[Tag, ...]]:
    """The best few tags for each of some papers, without those of unwanted slugs."""
    tags = {slug: each.tag for slug, each in archive.tags.items()}
    learnt_from = sorted(archive.entries.values(), key=lambda entry: entry.key)
    model = Model(
        [text(entry) for entry in learnt_from],
        [[use.tag.slug for use in entry.tags] for entry in learnt_from],
    )
    ranked = model.rank([text(entry) for entry in entries])
    return [
        tuple(tags[slug] for slug in slugs if slug not in unwanted(entry))[:MOST]
        for entry, slugs in zip(entries, ranked, strict=True)
    ]


def text(entry: Entry) -> str:
    """What the model reads of a paper, as words in their normal form; no keywords."""
    paper = entry.paper
    return phrases.normal_form(f"{entry.title} {paper.summary} {paper.abstract}")


class Model:
    """TF-IDF of words, and a logistic regression for each tag."""

    def __init__(self, texts: Sequence[str], tags: Sequence[Collection[str]]) -> None:
        from sklearn.feature_extraction.text import TfidfVectorizer  # noqa: PLC0415 - optional
        from sklearn.linear_model import SGDClassifier  # noqa: PLC0415

        found: dict[str, set[int]] = defaultdict(set)
        for at, own in enumerate(tags):
            for slug in own:
                found[slug].add(at)
        self._lines: list[tuple[str, Any]] = []
        self._words: Any = TfidfVectorizer(
            token_pattern=_WORD,
            max_features=_WORDS,
            sublinear_tf=True,
        )
        if not any(re.search(_WORD, each) for each in texts):
            return  # nothing to learn from, which the library takes for a mistake
        features = self._words.fit_transform(texts)
        for slug, places in sorted(found.items()):
            if FEWEST_PAPERS <= len(places) < len(texts):
                line = SGDClassifier(
                    loss="log_loss",
                    alpha=1e-5,
                    max_iter=_ROUNDS,
                    tol=None,
                    average=True,
                    random_state=0,
                )
                has = [at in places for at in range(len(texts))]
                self._lines.append((slug, line.fit(features, has)))

    def rank(self, texts: Sequence[str]) -> list[list[str]]:
        """All tags for each text, best first."""
        if not self._lines or not texts:
            return [[] for _ in texts]
        features = self._words.transform(texts)
        columns = [line.decision_function(features) for _, line in self._lines]
        slugs = [slug for slug, _ in self._lines]
        return [
            [slug for _, slug in sorted(zip((-score for score in row), slugs, strict=True))]
            for row in zip(*columns, strict=True)
        ]
