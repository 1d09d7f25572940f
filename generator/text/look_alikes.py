"""Texts that look like others: words of mixed alphabets, and what a text looks like.

Takes texts, gives texts. A simple rule instead of Unicode's whole table of confusable characters
(UTS 39): letters are compared that look the same in common fonts, and a word that mixes alphabets
is found whatever its letters look like. Does no I/O.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from functools import lru_cache

_WORD = re.compile(r"[^\W_]+")
_ALPHABETS = frozenset({"LATIN", "GREEK", "CYRILLIC", "ARMENIAN", "CHEROKEE", "COPTIC", "LISU"})
"""First words of the names of letters that people take for each other. Other scripts mix with Latin
in ordinary words, as Chinese does.
"""
_GREEK = dict(zip("ΑΒΕΖΗΙΚΜΝΟΡΤΥΧοϲϳ", "ABEZHIKMNOPTYXocj", strict=True))
"""Greek letters that nobody can tell from Latin ones. The others may stand in a Latin word, as α in
αNLI.
"""
_LATIN = str.maketrans(
    {
        **_GREEK,
        **dict(zip("αικνρυγ", "aikvpuy", strict=True)),
        **dict(zip("АВЕЅІЈКМНОРСТУХԌԚԜҮӀ", "ABESIJKMHOPCTYXGQWYI", strict=True)),
        **dict(zip("аеѕіјкорсухһԁԛԝүӏ", "aesijkopcyxhdqwyl", strict=True)),
        **dict(zip("ՍՕՏԼօսհոզց", "UOSLouhnqg", strict=True)),
        **dict(zip("ıɡɑ", "iga", strict=True)),
    }
)
"""Latin letters for those of other alphabets that look like them."""
_JOINERS = "\u200c\u200d"
"""Without width, but needed to write Persian, the languages of India, and emoji."""


def hidden(text: str) -> str:
    """The first character that nobody sees, such as a zero-width space; empty if there is none."""
    return next((char for char in text if _is_hidden(char) and char not in _JOINERS), "")


def is_visible(text: str) -> bool:
    """Whether a text has a character that people see."""
    return any(not (char.isspace() or _is_hidden(char)) for char in text)


def mixed_word(text: str) -> str:
    """The first word that mixes alphabets, as the Cyrillic а among Latin letters; empty if none."""
    if text.isascii():
        return ""
    words = _WORD.findall(unicodedata.normalize("NFKC", text))
    return next((word for word in words if len(set(_alphabets(word))) > 1), "")


def skeleton(text: str) -> str:
    """A text with Latin letters for all that look like them, without what nobody sees."""
    if text.isascii():
        return text
    whole = unicodedata.normalize("NFKD", text)
    return "".join(char for char in whole if not _is_hidden(char)).translate(_LATIN)


def _alphabets(word: str) -> Iterator[str]:
    """The alphabets of a word's letters, as far as they can be taken for each other."""
    is_latin = any(char.isascii() for char in word if char.isalpha())
    for char in word:
        alphabet = _alphabet(char)
        if alphabet in _ALPHABETS and not (is_latin and alphabet == "GREEK" and char not in _GREEK):
            yield alphabet


@lru_cache(maxsize=4_096)
def _alphabet(char: str) -> str:
    return unicodedata.name(char, "").partition(" ")[0] if char.isalpha() else ""


def _is_hidden(char: str) -> bool:
    return unicodedata.category(char) == "Cf" or "\ufe00" <= char <= "\ufe0f"
