"""Statistics of the real corpus: 11,522 papers of 544 daily lists, 2024 to 2026.

Each table gives the quantiles of the shares in `SHARES`. They were counted once;
`tests/project/test_benchmarks.py` compares generated papers with the corpus itself.
"""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import dataclass
from typing import Final

SHARES: Final = (
    *(0, 0.01, 0.05, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9),
    *(0.95, 0.98, 0.99, 0.995, 0.999, 1),
)


_TAIL: Final = 4
"""From this index on, quantiles are so far apart that few values are half-way."""


@dataclass(frozen=True, slots=True)
class Table:
    """A distribution by its quantiles."""

    values: tuple[int, ...]

    def at(self, share: float) -> int:
        """The value at a share from 0 to 1, interpolated linearly between quantiles."""
        right = min(bisect_right(SHARES, share), len(SHARES) - 1)
        low, high = SHARES[right - 1], SHARES[right]
        below, above = self.values[right - 1], self.values[right]
        between = (share - low) / (high - low)
        if above > _TAIL * max(below, 1):  # a few papers have thousands of authors
            return round(below + (above - below) * between**4)
        return round(below + (above - below) * between)


LIST_LENGTH: Final = Table((1, 3, 6, 8, 11, 13, 15, 17, 21, 25, 30, 41, 49, 56, 66, 68, 72, 78))
TITLE_LENGTH: Final = Table(
    (6, 25, 39, 47, 58, 65, 70, 75, 80, 85, 92, 101, 109, 118, 125, 129, 148, 175)
)
ABSTRACT_LENGTH: Final = Table(
    (
        *(291, 719, 917, 1014, 1141, 1233, 1308, 1379, 1454),
        *(1536, 1639, 1777, 1863, 1907, 1914, 1917, 1920, 1923),
    )
)
SENTENCE_WORDS: Final = Table(
    (1, 5, 9, 12, 15, 18, 20, 22, 24, 26, 29, 34, 39, 46, 53, 61, 81, 193)
)
AUTHORS: Final = Table((0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 11, 14, 20, 33, 50, 82, 265, 3303))
UPVOTES: Final = Table((0, 0, 0, 1, 1, 2, 4, 5, 8, 11, 17, 28, 42, 62, 79, 100, 150, 253))
DAYS_SINCE_PUBLISHED: Final = Table((0, 1, 1, 1, 1, 1, 2, 2, 3, 4, 4, 6, 8, 12, 14, 20, 62, 136))
KEYWORDS: Final = Table((1, 4, 6, 7, 8, 9, 9, 10, 10, 11, 13, 15, 17, 20, 22, 24, 27, 44))

WEEKDAYS: Final = (0, 1, 3, 4)
"""Monday, Tuesday, Thursday, Friday: the source has no list on other days."""

NO_PUBLISHED: Final = 912 / 11_522
WITH_KEYWORDS: Final = 4_948 / 11_522
WITH_CODE: Final = 2_905 / 11_522
WITH_URL: Final = 3_543 / 11_522
WITH_ESCAPE: Final = 630 / 11_522
WITH_FORMULA: Final = 31 / 11_522
WITH_ACCENT: Final = 152 / 11_522
TITLE_FORMULA: Final = 11 / 11_522
NAMED_TITLE: Final = 6_107 / 11_522
LISTED_AGAIN: Final = 2 / 11_522
NAMES_WITH_ACCENT: Final = 0.0155

NEVER_RETURNS: Final = 0.15
"""Share of new authors without a second paper; others return in proportion to their papers."""

MENTIONS: Final = (1, 2_163, 13_866, 32_499, 75_311, 107_639)
NAMES: Final = (1, 1_923, 10_087, 19_299, 36_820, 47_184)
"""Distinct authors among the numbers of mentions in `MENTIONS`."""

TAGS: Final = (194, 1000, 2223, 2698, 2291, 1501, 874, 430, 160, 87, 37, 16, 7)
"""How many papers have 0, 1, 2, … tags."""

TAG_SHARES: Final = (
    *(17.1, 15.3, 13.5, 12.8, 9.4, 8.5, 8.4, 7.8, 6.3, 5.9, 5.5, 5.2, 5.0, 4.9, 4.8, 4.8, 4.6),
    *(4.5, 4.4, 4.3, 4.2, 4.1, 4.0, 4.0, 3.9, 3.9, 3.8, 3.7, 3.6, 3.5, 3.5, 3.4, 3.4, 3.3, 3.3),
    *(3.3, 3.2, 3.1, 3.1, 3.0, 3.0, 2.9, 2.9, 2.8, 2.8, 2.8, 2.7, 2.7, 2.7, 2.6, 2.6, 2.5, 2.5),
)
"""The share of papers that have a tag, in percent, from the commonest tag on."""
RAREST_TAG: Final = 0.4
