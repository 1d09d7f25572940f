"""Finds phrases in texts, for tag rules and saved queries.

Takes phrases and texts, returns the phrases found. Knows nothing of papers or tags, does no I/O.

A phrase is found where all its words follow each other, whatever characters are between them (so
"text-to-image" is "text to image"), in any case, in singular or plural. A phrase of one word in
capitals (RAG, GAN) is an acronym and case-sensitive: "rag" is not RAG.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence, Set
from itertools import compress
from typing import Generic, NamedTuple, TypeVar, cast

T = TypeVar("T")

_WORD = re.compile(r"[^\W_]+")
_SPACED = "".join(chr(code) if chr(code).isalnum() else " " for code in range(128))
"""Translates ASCII characters that aren't in words to spaces; twice as fast as `_WORD`."""
_MAX_FORMS = 50_000
"""Of words in one cache."""
_SEPARATOR = "\x1f"
"""ASCII's unit separator, between the texts of one group; no text of the content has it."""


def words(text: str) -> list[str]:
    """The words of a text with their case, without plural endings."""
    return [_singular(word) for word in _written(text)]


def normal_form(text: str) -> str:
    """The same text for all spellings that match each other, to compare names and keywords."""
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
    """A phrase, with its words as they are looked for and its value."""

    words: tuple[str, ...]
    exact: bool
    """Whether it is an acronym, so that case matters."""
    phrase: str
    value: T


class _FirstWord(Generic[T]):
    """The phrases that begin with the same word, by their second word."""

    __slots__ = ("alone", "followed")

    def __init__(self, phrases: list[_Phrase[T]]) -> None:
        self.alone = [each for each in phrases if len(each.words) == 1]
        seconds = {each.words[1] for each in phrases if len(each.words) > 1}
        self.followed = {
            second: [each for each in phrases if each.words[1:2] in ((), (second,))]
            for second in seconds
        }


class _Forms(dict[str, str]):
    """A cache of the forms in which words are compared, by spelling; most words are frequent."""

    def __missing__(self, word: str) -> str:
        if len(self) >= _MAX_FORMS:
            self.clear()
        form = self[word] = _singular(word).casefold()
        return form


class PhraseIndex(Generic[T]):
    """Phrases, each with a value, found in a text in time linear in its length."""

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
        self._by_first = {word: _FirstWord(entries) for word, entries in by_first.items()}
        self._forms = _Forms()

    def find(self, text: str) -> Iterator[tuple[str, T]]:
        """Phrases in the text with their values, by place; one can be there several times."""
        written = _written(text)
        forms = list(map(self._forms.__getitem__, written))
        firsts = list(map(self._by_first.get, forms))
        forms.append("")
        for start in compress(range(len(firsts)), firsts):
            first = cast(_FirstWord[T], firsts[start])
            for entry in first.followed.get(forms[start + 1], first.alone):
                if entry.exact:
                    if _singular(written[start]) == entry.words[0]:
                        yield entry.phrase, entry.value
                elif tuple(forms[start : start + len(entry.words)]) == entry.words:
                    yield entry.phrase, entry.value


class Texts:
    """Groups of texts, such as those of a paper, in which phrases are looked up one by one.

    Finds what `PhraseIndex` would, which needs all phrases first. ASCII groups, as most are, are
    searched as strings; only others are split into words, once.
    """

    __slots__ = ("_folded", "_forms", "_groups", "_normal")

    def __init__(self, groups: Iterable[Iterable[str]]) -> None:
        self._groups = [_SEPARATOR.join(filter(None, each)) for each in groups]
        self._folded: list[str] = []
        """Groups in lower case; empty for a group that isn't ASCII."""
        self._normal: dict[int, str] = {}
        self._forms = _Forms()

    def having(self, phrase: str, within: Set[int]) -> set[int]:
        """Those groups of `within`, by index, that have a text with the phrase."""
        parts = words(phrase)
        if not parts:
            return set()
        if _is_acronym(parts):
            return {each for each in within if self._has_acronym(each, parts[0])}
        if not self._folded:
            self._folded = [each.lower() if each.isascii() else "" for each in self._groups]
        forms = [part.casefold() for part in parts]
        search, normal, folded = _pattern(forms).search, f" {' '.join(forms)} ", self._folded
        return {
            each
            for each in within
            if (search(folded[each]) if folded[each] else normal in self._normal_group(each))
        }

    def _has_acronym(self, index: int, acronym: str) -> bool:
        group = self._groups[index]
        return acronym in group and acronym in words(group)

    def _normal_group(self, index: int) -> str:
        """The forms of the words of a group, each between spaces; texts stay separate."""
        known = self._normal.get(index)
        if known is None:
            form = self._forms.__getitem__
            texts = (" ".join(map(form, _written(text))) for text in self._texts(index))
            known = self._normal[index] = f" {f' {_SEPARATOR} '.join(texts)} "
        return known

    def _texts(self, index: int) -> list[str]:
        return self._groups[index].split(_SEPARATOR)


def _pattern(forms: Sequence[str]) -> re.Pattern[str]:
    """Matches words of these forms that follow each other, in lower-case ASCII text.

    A pattern that begins with letters is searched fast, so what is before the first word is
    checked after it, by looking behind.
    """
    first = f"{forms[0]}(?<![a-z0-9]{forms[0]})"
    return re.compile(
        rf"[^a-z0-9{_SEPARATOR}]+".join(
            rf"{word}{_plural(form)}(?![a-z0-9])"
            for word, form in zip((first, *forms[1:]), forms, strict=True)
        )
    )


def _plural(form: str) -> str:
    """A pattern for the plural ending that a word of this form can have."""
    if _singular(f"{form}s") != form:
        return ""
    return "s?" if _singular(form) == form else "s"
