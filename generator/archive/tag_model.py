"""Suggests tags for a paper with a model that is trained on the tagged papers of the archive.

Takes an archive and papers, gives tags, best first. Needs scikit-learn, which is optional (`pip
install .[suggest]`) and imported only here, when it is used: no page of the site depends on it. On
one machine the same papers give the same tags; does no I/O. How good it is:
docs/dev/suggestions.md.
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

MAX_TAGS = 3
MIN_PAPERS = 5
"""A tag with fewer papers has too few examples."""
_WORD = r"[^\s_]{2,}"
_MAX_WORDS = 12_000
_EPOCHS = 3


def is_installed() -> bool:
    """Whether scikit-learn is installed."""
    return find_spec("sklearn") is not None


def suggest(
    archive: Archive, entries: Sequence[Entry], unwanted: Callable[[Entry], Collection[str]]
) -> list[tuple[Tag, ...]]:
    """The best tags for each of some papers, without those whose slugs are unwanted."""
    tags = {slug: each.tag for slug, each in archive.tags.items()}
    training = sorted(archive.entries.values(), key=lambda entry: entry.key)
    model = Model(
        [text(entry) for entry in training],
        [[use.tag.slug for use in entry.tags] for entry in training],
    )
    ranked = model.rank([text(entry) for entry in entries])
    return [
        tuple(tags[slug] for slug in slugs if slug not in unwanted(entry))[:MAX_TAGS]
        for entry, slugs in zip(entries, ranked, strict=True)
    ]


def text(entry: Entry) -> str:
    """The text of a paper for the model: words in normal form, without keywords."""
    paper = entry.paper
    return phrases.normal_form(f"{entry.title} {paper.summary} {paper.abstract}")


class Model:
    """TF-IDF of words, and a logistic regression for each tag."""

    def __init__(self, texts: Sequence[str], tags: Sequence[Collection[str]]) -> None:
        from sklearn.feature_extraction.text import TfidfVectorizer  # noqa: PLC0415 - optional
        from sklearn.linear_model import SGDClassifier  # noqa: PLC0415

        tagged: dict[str, set[int]] = defaultdict(set)
        for place, slugs in enumerate(tags):
            for slug in slugs:
                tagged[slug].add(place)
        self._classifiers: list[tuple[str, Any]] = []
        self._vectorizer: Any = TfidfVectorizer(
            token_pattern=_WORD,
            max_features=_MAX_WORDS,
            sublinear_tf=True,
        )
        if not any(re.search(_WORD, each) for each in texts):
            return  # the library raises an error for texts without words
        features = self._vectorizer.fit_transform(texts)
        for slug, places in sorted(tagged.items()):
            if MIN_PAPERS <= len(places) < len(texts):
                classifier = SGDClassifier(
                    loss="log_loss",
                    alpha=1e-5,
                    max_iter=_EPOCHS,
                    tol=None,
                    average=True,
                    random_state=0,
                )
                has_tag = [place in places for place in range(len(texts))]
                self._classifiers.append((slug, classifier.fit(features, has_tag)))

    def rank(self, texts: Sequence[str]) -> list[list[str]]:
        """All tags for each text, best first."""
        if not self._classifiers or not texts:
            return [[] for _ in texts]
        features = self._vectorizer.transform(texts)
        columns = [each.decision_function(features) for _, each in self._classifiers]
        slugs = [slug for slug, _ in self._classifiers]
        return [
            [slug for _, slug in sorted(zip((-score for score in row), slugs, strict=True))]
            for row in zip(*columns, strict=True)
        ]
