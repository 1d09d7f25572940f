"""Invented words and names that look like language and belong to nobody.

Takes numbers, gives texts; the same number gives the same word.
"""

from __future__ import annotations

from functools import cache
from itertools import accumulate
from random import Random
from typing import Final

COMMON: Final = (
    "the of and a to in we for that is on with as this by are our from an can it which be more "
    "than these at has not both such while through into across their over have its between each "
    "where also under without when based only further all one show using"
).split()
"""Everyday words; about every third word of a text is one of them."""

_COMMON_SHARE: Final = 0.36
_HOW_MANY: Final = 6_000
_ONSETS: Final = (
    "b br c ch cl d dr f fl g gr h j k l m n p pl pr r s sk sl st t th tr v w z".split()
)
_VOWELS: Final = "a e i o u ai ea ou".split()
_CODAS: Final = ["", "", "", "l", "m", "n", "r", "s", "st", "nd"]
_ENDINGS: Final = ["", "", "", "s", "ed", "ing", "ive", "ation", "ity", "al", "ment"]
_ACCENTED: Final = str.maketrans("aeou", "áéöü")
_GIVEN, _FAMILY = 700, 2_000
_ACCENT_EVERY: Final = 65


@cache
def lexicon() -> tuple[list[str], list[float]]:
    """Words with cumulative weights, the most frequent first, as in natural language."""
    rng = Random("words")
    words = dict.fromkeys(_word(rng, rng.choice((2, 2, 3)), ending=True) for _ in range(_HOW_MANY))
    weights = [_COMMON_SHARE / (rank + 1) for rank in range(len(COMMON))]
    scale = sum(weights) / _COMMON_SHARE
    content = [1 / (rank + 60) for rank in range(len(words))]
    factor = (1 - _COMMON_SHARE) / sum(content)
    every = [each / scale for each in weights] + [each * factor for each in content]
    return [*COMMON, *words], list(accumulate(every))


@cache
def content_words() -> tuple[str, ...]:
    """Only the invented words."""
    return tuple(lexicon()[0][len(COMMON) :])


def person(number: int) -> str:
    """The name of an author; different numbers have different names."""
    given, family = _names()
    first, rest = number % len(given), number // len(given)
    last, middle = (rest + 7 * first) % len(family), rest // len(family)
    name = family[last].translate(_ACCENTED) if last % _ACCENT_EVERY == 0 else family[last]
    initial = f" {chr(ord('A') + middle - 1)}." if middle else ""
    return f"{given[first]}{initial} {name}"


def acronym(rng: Random) -> str:
    """The name of a method, as before the colon of a title."""
    word = rng.choice(content_words())[:9]
    return word.capitalize() if rng.random() < 0.5 else word[:5].upper()  # noqa: PLR2004


@cache
def _names() -> tuple[tuple[str, ...], tuple[str, ...]]:
    rng = Random("names")

    def distinct(count: int, syllables: tuple[int, ...]) -> tuple[str, ...]:
        found: dict[str, None] = {}
        while len(found) < count:
            found[_word(rng, rng.choice(syllables), ending=False).capitalize()] = None
        return tuple(found)

    return distinct(_GIVEN, (1, 2, 2)), distinct(_FAMILY, (1, 2, 2))


def _word(rng: Random, syllables: int, *, ending: bool) -> str:
    parts = (
        rng.choice(_ONSETS) + rng.choice(_VOWELS) + rng.choice(_CODAS) for _ in range(syllables)
    )
    return "".join(parts) + (rng.choice(_ENDINGS) if ending else "")
