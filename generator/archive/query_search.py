"""Finds the papers of a saved query.

Takes papers with what is known about them, and the tree of a query (`content/query_language.py`);
gives the positions of papers among those given. Fields that a query doesn't ask for are never read.
Does no I/O.
"""

from __future__ import annotations

import operator
from collections.abc import Callable, Mapping, Sequence, Set
from datetime import date
from functools import cached_property, reduce

from generator.content.query_language import (
    And,
    ByAuthor,
    HasTag,
    HasUpvotes,
    HasWords,
    ListedIn,
    Not,
    Or,
    Query,
    Sign,
)
from generator.core import ids
from generator.core.model import Paper
from generator.text.phrases import Texts, normal_form

_COMPARE: Mapping[Sign, Callable[[int, int], bool]] = {
    "=": operator.eq,
    ">=": operator.ge,
    ">": operator.gt,
    "<=": operator.le,
    "<": operator.lt,
}
_WITHOUT_PUNCTUATION = {code: None for code in range(128) if not chr(code).isalnum()}
_IS_IN_PERIOD: Mapping[Sign, Callable[[date, ListedIn], bool]] = {
    "=": lambda day, period: period.first <= day <= period.last,
    ">=": lambda day, period: day >= period.first,
    ">": lambda day, period: day > period.last,
    "<=": lambda day, period: day <= period.last,
    "<": lambda day, period: day < period.first,
}


class PaperIndex:
    """Papers that can be searched; each is known by its position among those given."""

    def __init__(
        self,
        papers: Sequence[Paper],
        days: Sequence[date],
        tags: Mapping[str, str],
        tagged: Callable[[str], Set[int]],
        written: Callable[[str], Set[int] | None],
    ) -> None:
        """Take papers with the day each was first listed, and what is known about them.

        `tags` has the slug of each tag by all of its names in normal form; `tagged` gives the
        papers with a tag or one below it, by its slug; `written` gives those of an author by slug,
        or None if it doesn't know the author.
        """
        self._papers = papers
        self._days = days
        self._tags = tags
        self._tagged = tagged
        self._written = written

    def find(self, query: Query) -> list[int]:
        """The papers that a query finds, in the given order; an unknown tag finds none."""
        return sorted(self._find(query, frozenset(range(len(self._papers)))))

    def _find(self, query: Query, within: Set[int]) -> Set[int]:  # noqa: PLR0911 - a case each
        match query:
            case HasTag(name):
                slug = self._tags.get(normal_form(name))
                return within & self._tagged(slug) if slug else frozenset()
            case ByAuthor(name):
                known = self._written(ids.slug(name))
                return within & (self._by(name) if known is None else known)
            case HasWords(words):
                return self._texts.having(words, within)
            case HasUpvotes(sign, number):
                compare, papers = _COMPARE[sign], self._papers
                return {each for each in within if compare(papers[each].upvotes or 0, number)}
            case ListedIn(sign):
                is_in_period, days = _IS_IN_PERIOD[sign], self._days
                return {each for each in within if is_in_period(days[each], query)}
            case Not(part):
                return within - self._find(part, within)
            case And(parts):
                return reduce(
                    lambda left, each: self._find(each, left), _cheap_first(parts), within
                )
            case Or(parts):
                return frozenset().union(*(self._find(each, within) for each in parts))

    @cached_property
    def _texts(self) -> Texts:
        return Texts(
            [(each.title, each.summary, each.abstract, *each.keywords) for each in self._papers]
        )

    def _by(self, author: str) -> set[int]:
        """The papers of an author without a page; each name is looked at once."""
        slug, letters = ids.slug(author), _letters(author)
        named: dict[str, bool] = {}
        found: set[int] = set()
        for place, paper in enumerate(self._papers):
            for name in paper.authors:
                is_named = named.get(name)
                if is_named is None:
                    differs = letters and _letters(name) not in ("", letters)
                    is_named = named[name] = not differs and ids.slug(name) == slug
                if is_named:
                    found.add(place)
        return found


def _letters(name: str) -> str:
    """Letters and digits of a name: if they differ, slugs do too. Empty if that isn't certain."""
    return (
        name.translate(_WITHOUT_PUNCTUATION).lower() if name.isascii() and "&" not in name else ""
    )


def _cheap_first(parts: Sequence[Query]) -> list[Query]:
    """Parts of an `And`, costly ones last, when few papers are left."""
    return sorted(parts, key=lambda part: isinstance(part, HasWords | Not | And | Or))
