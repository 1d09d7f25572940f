"""Which phrases of the vocabulary stand in a text: the rules that give papers their tags.

Takes phrases and texts, returns the phrases found. Knows nothing of papers or tags, does no I/O.

A phrase is found where all its words follow each other, whatever stands between them (so
"text-to-image" is "text to image"), in any case, in singular or plural. A phrase of one word
in capitals (RAG, GAN) is an acronym and keeps its case: "rag" is not RAG.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from itertools import compress
from typing import Generic, NamedTuple, TypeVar, cast

T = TypeVar("T")

_WORD = re.compile(r"[^\W_]+")
_SPACED = "".join(chr(code) if chr(code).isalnum() else " " for code in range(128))
"""For ASCII, where a space for each other character does the same in half the time."""
_REMEMBERED = 50_000
"""So many words' forms are remembered at once."""


def words(text: str) -> list[str]:
    """The words of a text, with their case, plural endings cut off."""
    return [_singular(word) for word in _written(text)]


def normal_form(text: str) -> str:
    """One spelling for all that the rules take as the same: for comparing names and keywords."""
    return " ".join(words(text)).casefold() or text.strip().casefold()


def _written(text: str) -> list[str]:
    """The words of a text as they are written."""
    return text.translate(_SPACED).split() if text.isascii() else _WORD.findall(text)


def _singular(word: str) -> str:
    if len(word) <= 3 or word[-1] not in "sS":
        return word
    if word[-2:].lower() in ("ss", "us", "is", "as"):
        return word
    return word[:-1]


def _is_acronym(parts: list[str]) -> bool:
    return len(parts) == 1 and len(parts[0]) > 1 and parts[0].isupper()


class _Phrase(NamedTuple, Generic[T]):
    """A phrase's words as they are looked for, with what it stands for."""

    words: tuple[str, ...]
    exact: bool
    """Whether the case counts: then there is one word."""
    phrase: str
    value: T


class _First(Generic[T]):
    """The phrases that begin with one word, by the word that follows it."""

    __slots__ = ("alone", "followed")

    def __init__(self, phrases: list[_Phrase[T]]) -> None:
        self.alone = [each for each in phrases if len(each.words) == 1]
        seconds = {each.words[1] for each in phrases if len(each.words) > 1}
        self.followed = {
            second: [each for each in phrases if each.words[1:2] in ((), (second,))]
            for second in seconds
        }


class _Forms(dict[str, str]):
    """Words as they are compared, by how they are written; most are seen again and again."""

    def __missing__(self, word: str) -> str:
        if len(self) >= _REMEMBERED:
            self.clear()
        form = self[word] = _singular(word).casefold()
        return form


class PhraseIndex(Generic[T]):
    """Phrases, each with a value, looked up in texts in time linear in the text."""

    __slots__ = ("_by_first", "_forms")

    def __init__(self, phrases: Iterable[tuple[str, T]]) -> None:
        by_first: dict[str, list[_Phrase[T]]] = {}
        for phrase, value in phrases:
            parts = words(phrase)
            if not parts:
                continue
            exact = _is_acronym(parts)
            looked_for = tuple(parts) if exact else tuple(part.casefold() for part in parts)
            entry = _Phrase(looked_for, exact, phrase, value)
            by_first.setdefault(parts[0].casefold(), []).append(entry)
        self._by_first = {word: _First(entries) for word, entries in by_first.items()}
        self._forms = _Forms()

    def find(self, text: str) -> Iterator[tuple[str, T]]:
        """Each phrase that stands in the text with its value, by first place, may repeat."""
        written = _written(text)
        forms = list(map(self._forms.__getitem__, written))
        firsts = list(map(self._by_first.get, forms))
        forms.append("")
        for start in compress(range(len(firsts)), firsts):
            first = cast(_First[T], firsts[start])
            for entry in first.followed.get(forms[start + 1], first.alone):
                if entry.exact:
                    if _singular(written[start]) == entry.words[0]:
                        yield entry.phrase, entry.value
                elif tuple(forms[start : start + len(entry.words)]) == entry.words:
                    yield entry.phrase, entry.value
