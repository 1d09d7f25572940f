"""Which phrases of the vocabulary stand in a text: the rules that give papers their tags.

Takes phrases and texts, returns the phrases found. Knows nothing of papers or tags, does no I/O.

A phrase is found where all its words follow each other, whatever stands between them (so
"text-to-image" is "text to image"), in any case, in singular or plural. A phrase of one word
in capitals (RAG, GAN) is an acronym and keeps its case: "rag" is not RAG.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import Generic, TypeVar

T = TypeVar("T")

_WORD = re.compile(r"[^\W_]+")


def words(text: str) -> list[str]:
    """The words of a text, with their case, plural endings cut off."""
    return [_singular(word) for word in _WORD.findall(text)]


def normal_form(text: str) -> str:
    """One spelling for all that the rules take as the same: for comparing names and keywords."""
    return " ".join(words(text)).casefold() or text.strip().casefold()


def _singular(word: str) -> str:
    if len(word) <= 3 or word[-1] not in "sS":
        return word
    if word[-2:].lower() in ("ss", "us", "is", "as"):
        return word
    return word[:-1]


def _is_acronym(parts: list[str]) -> bool:
    return len(parts) == 1 and len(parts[0]) > 1 and parts[0].isupper()


class PhraseIndex(Generic[T]):
    """Phrases, each with a value, looked up in texts in time linear in the text."""

    __slots__ = ("_by_first",)

    def __init__(self, phrases: Iterable[tuple[str, T]]) -> None:
        self._by_first: dict[str, list[tuple[list[str], bool, str, T]]] = {}
        for phrase, value in phrases:
            parts = words(phrase)
            if not parts:
                continue
            exact = _is_acronym(parts)
            folded = parts if exact else [part.casefold() for part in parts]
            entry = (folded, exact, phrase, value)
            self._by_first.setdefault(parts[0].casefold(), []).append(entry)

    def find(self, text: str) -> Iterator[tuple[str, T]]:
        """Each phrase that stands in the text with its value, by first place, may repeat."""
        cased = words(text)
        folded = [word.casefold() for word in cased]
        for start, word in enumerate(folded):
            for parts, exact, phrase, value in self._by_first.get(word, ()):
                stream = cased if exact else folded
                if stream[start : start + len(parts)] == parts:
                    yield phrase, value
