"""Any number of invented papers with the statistics of the real corpus.

Takes a count, a seed and a vocabulary; yields daily lists, oldest first. Keeps only the numbers of
authors in memory. Does no I/O.
"""

from __future__ import annotations

from array import array
from bisect import bisect_left
from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from itertools import accumulate
from math import exp, log
from random import Random

from benchmarks import tables, words
from generator.core.model import DailyList, Paper, Source, Tag

LAST = date(2026, 8, 20)
SOURCE = Source("Invented papers", "https://example.org/invented")
_STOPS = (",", ",", ",", ";")


def lists(count: int, tags: Sequence[Tag], seed: int = 0) -> Iterator[DailyList]:
    """`count` papers on as many days as the source would need, up to the day `LAST`."""
    rng = Random(f"lists {seed}")
    lengths: list[int] = []
    while sum(lengths) < count:
        lengths.append(max(1, tables.LIST_LENGTH.at(rng.random())))
    lengths[-1] -= sum(lengths) - count
    writer = Writer(tags, seed)
    again: list[Paper] = []
    for day, length in zip(_days(len(lengths)), lengths, strict=True):
        papers = [writer.paper(day) for _ in range(length)]
        yield DailyList(day, SOURCE, (*papers, *again))
        again = [paper for paper in papers if rng.random() < tables.LISTED_AGAIN]


class Writer:
    """Generates papers."""

    def __init__(self, tags: Sequence[Tag], seed: int) -> None:
        self._rng = Random(f"papers {seed}")
        self._authors = _Authors(Random(f"authors {seed}"))
        self._words, self._word_weights = words.lexicon()
        self._tags, self._tag_weights = _by_rank(tags)
        self._tag_counts = list(accumulate(tables.TAGS))
        self._numbers: dict[str, int] = {}

    def paper(self, listed: date) -> Paper:
        """The next paper, for the list of a day."""
        rng = self._rng
        published = listed - timedelta(tables.DAYS_SINCE_PUBLISHED.at(rng.random()))
        phrases = self._phrases()
        with_keywords = rng.random() < tables.WITH_KEYWORDS
        for_keywords = [phrases.pop()] if with_keywords and len(phrases) > 1 else []
        for_title = [phrases.pop()] if phrases and rng.random() < 0.4 else []  # noqa: PLR2004
        code = f"https://example.org/code/{rng.randrange(10**6)}"
        return Paper(
            id=self._id(published),
            title=self._title(for_title),
            authors=self._authors.of_a_paper(),
            published=None if rng.random() < tables.NO_PUBLISHED else published,
            abstract=self._abstract(phrases),
            links=(("code", code),) if rng.random() < tables.WITH_CODE else (),
            keywords=self._keywords(for_keywords) if with_keywords else (),
            upvotes=tables.UPVOTES.at(rng.random()),
        )

    def _id(self, published: date) -> str:
        month = f"{published:%y%m}"
        number = self._numbers[month] = self._numbers.get(month, 0) + self._rng.randint(1, 60)
        return f"{month}.{number:05}"

    def _phrases(self) -> list[str]:
        """Phrases of the vocabulary, so that tags are as frequent as in the corpus."""
        wanted = self._rng.choices(range(len(tables.TAGS)), cum_weights=self._tag_counts)[0]
        chosen: dict[str, str] = {}
        for _ in range(3 * wanted if self._tags else 0):
            tag = self._rng.choices(self._tags, cum_weights=self._tag_weights)[0]
            chosen.setdefault(tag.slug, self._rng.choice(tag.match))
            if len(chosen) == wanted:
                break
        return list(chosen.values())

    def _title(self, phrases: list[str]) -> str:
        rng = self._rng
        start = f"{words.acronym(rng)}: " if rng.random() < tables.NAMED_TITLE else ""
        wanted = tables.TITLE_LENGTH.at(rng.random()) - len(start) - sum(map(len, phrases))
        title = [word if word in words.COMMON else word.capitalize() for word in self._few(wanted)]
        title[len(title) // 2 : len(title) // 2] = phrases
        if rng.random() < tables.TITLE_FORMULA:
            title.append(r"in $O(n \log n)$")
        return start + " ".join(title)

    def _few(self, length: int) -> list[str]:
        """At least two words, up to a number of characters."""
        found = self._some(2)
        while sum(map(len, found)) + len(found) < length:
            found += self._some(1)
        return found

    def _some(self, count: int) -> list[str]:
        return self._rng.choices(self._words, cum_weights=self._word_weights, k=count)

    def _abstract(self, phrases: list[str]) -> str:
        rng = self._rng
        wanted = tables.ABSTRACT_LENGTH.at(rng.random())
        extras = [*phrases, *self._oddities()]
        held = len(extras)
        sentences: list[str] = []
        length = 0
        while length < wanted or extras:
            sentence = self._some(max(4, tables.SENTENCE_WORDS.at(rng.random())))
            if extras:
                sentence[rng.randrange(1, len(sentence))] = extras.pop()
            if len(sentence) > 12:
                sentence[5] += rng.choice(_STOPS)
            text = " ".join(sentence)
            sentences.append(f"{text[0].upper()}{text[1:]}.")
            length += len(text) + 2
        text = " ".join(sentences)
        return text if len(sentences) <= 1 + held else _cut(text, wanted)

    def _oddities(self) -> Iterator[str]:
        rng = self._rng
        if rng.random() < tables.WITH_URL:
            yield f"https://example.org/{rng.choice(words.content_words())}"
        if rng.random() < tables.WITH_ESCAPE:
            yield rf"{rng.randint(1, 99)}.{rng.randint(0, 9)}\%"
        if rng.random() < tables.WITH_FORMULA:
            yield r"$\alpha_{i} \leq \frac{1}{n}$"
        if rng.random() < tables.WITH_ACCENT:
            yield rng.choice(("naïve", "Poincaré", "résumé", "α", "≥"))  # noqa: RUF100

    def _keywords(self, phrases: list[str]) -> tuple[str, ...]:
        rng = self._rng
        count = tables.KEYWORDS.at(rng.random())
        made = (" ".join(rng.choices(words.content_words(), k=2)) for _ in range(count))
        return tuple(dict.fromkeys([*phrases, *made]))[:count]


class _Authors:
    """Random authors: many have one paper, and prolific ones are chosen more often."""

    def __init__(self, rng: Random) -> None:
        self._rng = rng
        self._mentions = 0
        self._names = 0
        self._return = array("I")

    def of_a_paper(self) -> tuple[str, ...]:
        chosen: dict[int, None] = {}
        for _ in range(tables.AUTHORS.at(self._rng.random())):
            chosen[self._one()] = None
        return tuple(map(words.person, chosen))

    def _one(self) -> int:
        self._mentions += 1
        if not self._return or self._names < _names_among(self._mentions):
            number, self._names = self._names, self._names + 1
            if self._rng.random() < tables.NEVER_RETURNS:
                return number
        else:
            number = self._return[int(len(self._return) * self._rng.random())]
        self._return.append(number)
        return number


def _names_among(mentions: int) -> int:
    """The number of distinct names among mentions; extrapolated beyond the table."""
    right = min(max(1, bisect_left(tables.MENTIONS, mentions)), len(tables.MENTIONS) - 1)
    low, high = log(tables.MENTIONS[right - 1]), log(tables.MENTIONS[right])
    below, above = log(tables.NAMES[right - 1]), log(tables.NAMES[right])
    return round(exp(below + (above - below) * (log(mentions) - low) / (high - low)))


def _by_rank(tags: Sequence[Tag]) -> tuple[list[Tag], list[float]]:
    """The tags that have phrases in a fixed order, with cumulative shares."""
    ranked = sorted((tag for tag in tags if tag.match), key=lambda tag: tag.slug)
    Random("tags").shuffle(ranked)
    known, last = len(tables.TAG_SHARES), tables.TAG_SHARES[-1]
    step = (last - tables.RAREST_TAG) / max(1, len(ranked) - known)
    shares = (
        tables.TAG_SHARES[rank] if rank < known else last - step * (rank - known + 1)
        for rank in range(len(ranked))
    )
    return ranked, list(accumulate(shares))


def _cut(text: str, wanted: int) -> str:
    """The text, cut between words to a maximum length."""
    if len(text) <= wanted:
        return text
    return text[: text.rindex(" ", 0, wanted)].rstrip(",;.") + "."


def _days(count: int) -> list[date]:
    """The last days on which the source has lists, oldest first."""
    found: list[date] = []
    day = LAST
    while len(found) < count:
        if day.weekday() in tables.WEEKDAYS:
            found.append(day)
        day -= timedelta(1)
    return found[::-1]
