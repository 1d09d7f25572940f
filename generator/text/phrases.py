"""Which phrases of the vocabulary stand in a text: the rules that give papers their tags.

Takes phrases and texts, returns the phrases found. Knows nothing of papers or tags, does no I/O.

A phrase is found where all its words follow each other, whatever stands between them (so
"text-to-image" is "text to image"), in any case, in singular or plural. A phrase of one word
in capitals (RAG, GAN) is an acronym and keeps its case: "rag" is not RAG.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence, Set
from itertools import compress
from typing import Generic, NamedTuple, TypeVar, cast

T = TypeVar("T")

_WORD = re.compile(r"[^\W_]+")
_SPACED = "".join(chr(code) if chr(code).isalnum() else " " for code in range(128))
"""For ASCII, where a space for each other character does the same in half the time."""
_REMEMBERED = 50_000
"""So many words' forms are remembered at once."""
_APART = "\x1f"
"""Stands between texts of one group: a character for that, which no text of the content holds."""


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


class Texts:
    """Texts in groups, a paper's each, asked for one phrase after another.

    Answers as `PhraseIndex` would, which takes all phrases first. What is ASCII, as most is, is
    searched as letters; words are made only of the rest, once.
    """

    __slots__ = ("_folded", "_forms", "_groups", "_normal")

    def __init__(self, groups: Iterable[Iterable[str]]) -> None:
        self._groups = [_APART.join(filter(None, each)) for each in groups]
        self._folded: list[str] = []
        """In one case; empty where a group isn't ASCII."""
        self._normal: dict[int, str] = {}
        self._forms = _Forms()

    def having(self, phrase: str, within: Set[int]) -> set[int]:
        """Which of some groups, by their place, have a text with the phrase in it."""
        parts = words(phrase)
        if not parts:
            return set()
        if _is_acronym(parts):
            return {each for each in within if self._has_sign(each, parts[0])}
        if not self._folded:
            self._folded = [each.lower() if each.isascii() else "" for each in self._groups]
        forms = [part.casefold() for part in parts]
        search, normal, folded = _pattern(forms).search, f" {' '.join(forms)} ", self._folded
        return {
            each
            for each in within
            if (search(folded[each]) if folded[each] else normal in self._normal_of(each))
        }

    def _has_sign(self, place: int, sign: str) -> bool:
        group = self._groups[place]
        return sign in group and sign in words(group)

    def _normal_of(self, place: int) -> str:
        """The forms of the words of a group, between spaces; texts stay apart."""
        known = self._normal.get(place)
        if known is None:
            form = self._forms.__getitem__
            texts = (" ".join(map(form, _written(text))) for text in self._split(place))
            known = self._normal[place] = f" {f' {_APART} '.join(texts)} "
        return known

    def _split(self, place: int) -> list[str]:
        return self._groups[place].split(_APART)


def _pattern(forms: Sequence[str]) -> re.Pattern[str]:
    """Finds words of these forms that follow each other, in ASCII text of one case.

    It begins with letters, which is what searching is fast at, and looks back from behind them.
    """
    first = f"{forms[0]}(?<![a-z0-9]{forms[0]})"
    return re.compile(
        rf"[^a-z0-9{_APART}]+".join(
            rf"{word}{_plural(form)}(?![a-z0-9])"
            for word, form in zip((first, *forms[1:]), forms, strict=True)
        )
    )


def _plural(form: str) -> str:
    """What may stand behind a form at the end of a word, as a pattern."""
    if _singular(f"{form}s") != form:
        return ""
    return "s?" if _singular(form) == form else "s"
