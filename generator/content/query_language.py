"""The language of saved queries: parses a query into a tree of conditions on papers.

Takes text, gives frozen trees; the `str` of a tree is an equivalent query. Knows no papers
(`archive/query_search.py` finds them) and does no I/O. Raises `QueryError` with the column of the
mistake. Length and depth are limited, and Lark's LALR parser takes time linear in the text.

    tag:rag AND NOT tag:survey
    author:"A. Author" OR (upvotes>=20 AND day:2025-03)
    reasoning "chain of thought"

NOT binds strongest, then AND, then OR; conditions without an operator between them are joined by
AND.
"""

from __future__ import annotations

import calendar
import functools
import re
from collections.abc import Collection, Iterator, Sequence
from datetime import date
from typing import TYPE_CHECKING, Literal, cast

from msgspec import Struct

from generator.content import yaml_fields
from generator.content.yaml_fields import did_you_mean, parse_day
from generator.core import limits
from generator.text import phrases

if TYPE_CHECKING:
    from lark import Lark, Token


FIELDS = ("tag", "author", "day", "upvotes")
_FIELDS_HINT = f"the fields are {', '.join(FIELDS)}; put any other text in quotes"

Sign = Literal["=", ">=", ">", "<=", "<"]

_GRAMMAR = r"""
?start: either
?either: both ("OR" both)*
?both: one ("AND"? one)*
?one: "NOT" one -> negated
    | "(" either ")" -> group
    | WORD SIGN (WORD | PHRASE) -> condition
    | WORD -> word
    | PHRASE -> phrase
PHRASE: /"[^"]*"/
SIGN: /[<>]=?|[:=]/
WORD: /[^\s"():<>=]+/
%ignore /\s+/
"""
# Every character except a lone quote starts one of these tokens.
_BARE = re.compile(r"\w[\w.-]*")
_OPERATORS = frozenset({"AND", "OR", "NOT"})
_DANGLING = re.compile(r"(?:(?<![^\s()])(?:AND|OR|NOT)|\(|[<>]=?|[:=])\s*\Z")
_BRACKETS = re.compile(r'"[^"]*"|[()]')
_YEAR, _MONTH = re.compile(r"\d{4}", re.ASCII), re.compile(r"(\d{4})-(\d{2})", re.ASCII)
_MAX_DIGITS = 15


class QueryError(ValueError):
    """What is wrong with a query, and where."""

    def __init__(self, column: int, message: str, hint: str) -> None:
        super().__init__(f"{message} ({hint})")
        self.column = column
        """From 1; at the end of the text, one more than its length."""
        self.message = message
        self.hint = hint


# --- the tree ---------------------------------------------------------------------------------


class HasTag(Struct, frozen=True):
    """Papers with a tag, given by any of its names, or with a tag below it."""

    name: str
    column: int = 1
    """Its place in the query, from 1; equality ignores it."""

    def __eq__(self, other: object) -> bool:
        return isinstance(other, HasTag) and self.name == other.name

    def __hash__(self) -> int:
        return hash((HasTag, self.name))

    def __str__(self) -> str:
        return f"tag:{_quoted(self.name)}"


class ByAuthor(Struct, frozen=True):
    """Papers of an author; names with the same slug are the same author."""

    name: str

    def __str__(self) -> str:
        return f"author:{_quoted(self.name)}"


class HasWords(Struct, frozen=True):
    """Papers with words in title, summary, abstract or keywords (see `text/phrases.py`)."""

    words: str

    def __str__(self) -> str:
        return _quoted(self.words)


class HasUpvotes(Struct, frozen=True):
    """Papers by their number of upvotes; papers without one have 0."""

    sign: Sign
    number: int

    def __str__(self) -> str:
        return f"upvotes{self.sign}{self.number}"


class ListedIn(Struct, frozen=True):
    """Papers by the day of their first list: in, before or after a day, month or year."""

    sign: Sign
    first: date
    last: date

    def __str__(self) -> str:
        sign = ":" if self.sign == "=" else self.sign
        return f"day{sign}{_period_text(self.first, self.last)}"


class Not(Struct, frozen=True):
    """Papers that a query doesn't find."""

    part: Query

    def __str__(self) -> str:
        return f"NOT {_grouped(self.part, And, Or)}"


class And(Struct, frozen=True):
    """Papers that all parts find; there are at least two parts, and none is an `And`."""

    parts: tuple[Query, ...]

    def __str__(self) -> str:
        return " AND ".join(_grouped(each, Or) for each in self.parts)


class Or(Struct, frozen=True):
    """Papers that any part finds; there are at least two parts, and none is an `Or`."""

    parts: tuple[Query, ...]

    def __str__(self) -> str:
        return " OR ".join(map(str, self.parts))


Query = HasTag | ByAuthor | HasWords | HasUpvotes | ListedIn | Not | And | Or


def tags(query: Query) -> Iterator[HasTag]:
    """All tags of a query, in its order."""
    if isinstance(query, HasTag):
        yield query
    for part in _parts(query):
        yield from tags(part)


def _parts(query: Query) -> Sequence[Query]:
    if isinstance(query, Not):
        return (query.part,)
    return query.parts if isinstance(query, And | Or) else ()


def _depth(query: Query) -> int:
    return 1 + max(map(_depth, _parts(query)), default=0)


def _grouped(query: Query, *kinds: type[Query]) -> str:
    return f"({query})" if isinstance(query, kinds) else str(query)


def _quoted(text: str) -> str:
    is_bare = _BARE.fullmatch(text) and text.upper() not in _OPERATORS
    return text if is_bare else f'"{text}"'


def _period_text(first: date, last: date) -> str:
    if first == last:
        return first.isoformat()
    return f"{first.year:04}-{first.month:02}" if first.month == last.month else f"{first.year:04}"


# --- parsing ----------------------------------------------------------------------------------


def parse(text: str) -> Query:
    """The tree of a query; raises QueryError."""
    if not text.strip():
        raise QueryError(1, "the query is empty", "write one, such as tag:survey AND upvotes>=20")
    if len(text) > limits.QUERY.most:
        what = yaml_fields.too_large("the query", len(text), limits.QUERY)
        raise QueryError(limits.QUERY.most + 1, *what)
    from lark import UnexpectedCharacters, UnexpectedToken  # noqa: PLC0415 - see _parser

    try:
        tree = cast(Query, _parser().parse(text))
    except UnexpectedCharacters as error:
        message, hint = "this quote is not closed", 'close it, as in "chain of thought"'
        raise QueryError(cast(int, error.pos_in_stream) + 1, message, hint) from None
    except UnexpectedToken as error:
        raise _unexpected(text, error.token, error.expected) from None
    _refuse_depth(tree, 1)
    return tree


@functools.cache
def _parser() -> Lark:
    """Made when first needed: archives without saved queries don't load Lark."""
    from lark import Lark  # noqa: PLC0415

    return Lark(_GRAMMAR, parser="lalr", lexer="basic", transformer=_TreeBuilder())


class _TreeBuilder:
    """Builds the tree during parsing, with a method for each rule of the grammar.

    Nested operators of one kind become one node, so parentheses alone don't make a tree deep.
    """

    def either(self, parts: list[Query]) -> Query:
        flat = (each.parts if isinstance(each, Or) else (each,) for each in parts)
        return Or(tuple(each for some in flat for each in some))

    def both(self, parts: list[Query]) -> Query:
        flat = (each.parts if isinstance(each, And) else (each,) for each in parts)
        return And(tuple(each for some in flat for each in some))

    def negated(self, parts: list[Query]) -> Query:
        (part,) = parts
        return part.part if isinstance(part, Not) else Not(part)

    def group(self, parts: list[Query]) -> Query:
        (part,) = parts
        _refuse_depth(part, 1)
        return part

    def word(self, parts: list[Token]) -> Query:
        (token,) = parts
        if token.upper() in _OPERATORS:
            hint = f'write {token.upper()} in capitals, or "{token}" in quotes to find the word'
            raise QueryError(_column(token), f"'{token}' is not in capitals", hint)
        if token.startswith("-"):
            rest = token.lstrip("-") or "…"
            hint = f'write NOT {rest} to exclude it, or "{token}" in quotes to find the text'
            raise QueryError(_column(token), f"'{_short(token)}' starts with a hyphen", hint)
        if "*" in token:
            hint = 'write whole words, in singular or plural; a * must be in quotes, as in "A*"'
            raise QueryError(_column(token), f"'{_short(token)}' contains a *", hint)
        return HasWords(_searched(token, token))

    def phrase(self, parts: list[Token]) -> Query:
        (token,) = parts
        return HasWords(_searched(token, token[1:-1]))

    def condition(self, parts: list[Token]) -> Query:
        name, sign, value = parts
        text = _collapsed(value.strip('"'))
        kind = name.lower()
        if kind not in FIELDS:
            hint = did_you_mean(kind, FIELDS) or _FIELDS_HINT
            raise QueryError(_column(name), f"there is no field '{_short(name)}'", hint)
        if kind in ("tag", "author"):
            if sign != ":":
                hint = f"write {kind}:{_quoted(text)}"
                message = f"'{sign}' can't be used with {kind}"
                raise QueryError(_column(sign), message, hint)
            searched = _searched(value, text)
            return HasTag(searched, _column(value)) if kind == "tag" else ByAuthor(searched)
        compared = cast(Sign, "=" if sign == ":" else str(sign))
        if kind == "upvotes":
            return HasUpvotes(compared, _number(value, text))
        return ListedIn(compared, *_period(value, text))


def _searched(token: Token, text: str) -> str:
    """A text to search for, with white space collapsed."""
    if not phrases.words(text):
        hint = "write a word; the operators are AND, OR, NOT and parentheses"
        raise QueryError(_column(token), f"'{_short(text)}' has no letters or digits", hint)
    return _collapsed(text)


def _number(token: Token, text: str) -> int:
    if text.isascii() and text.isdigit() and len(text) <= _MAX_DIGITS:
        return int(text)
    message = f"'{_short(text)}' is not a whole number"
    raise QueryError(_column(token), message, "write it in digits, as in upvotes>=20")


def _period(token: Token, text: str) -> tuple[date, date]:
    """First and last day of a period written as a day, month or year."""
    day = parse_day(text)
    if day:
        return day, day
    month = _MONTH.fullmatch(text)
    if month and int(month[1]) and 1 <= int(month[2]) <= 12:
        year, number = int(month[1]), int(month[2])
        return date(year, number, 1), date(year, number, calendar.monthrange(year, number)[1])
    if _YEAR.fullmatch(text) and int(text):
        return date(int(text), 1, 1), date(int(text), 12, 31)
    message = f"'{_short(text)}' is not a day, month or year"
    raise QueryError(_column(token), message, "write 2025-03-11, 2025-03 or 2025")


def _refuse_depth(query: Query, column: int) -> None:
    if _depth(query) > limits.QUERY_LEVELS.most:
        message = f"the query is nested deeper than {limits.QUERY_LEVELS.words}"
        raise QueryError(column, message, limits.QUERY_LEVELS.way_out)


def _unexpected(text: str, token: Token, expected: Collection[str]) -> QueryError:
    """The error for a token in the wrong place, or for a query that ends too early."""
    is_end = token.type == "$END"
    found = _DANGLING.search(text if is_end else text[: token.start_pos])
    sign = found.group().strip() if found else ""
    if is_end and (sign == "(" or "RPAR" in expected):
        return QueryError(_open_bracket(text), "this parenthesis is not closed", "add a ')'")
    if found and sign != "(":
        message, hint = _unfinished(sign)
        return QueryError(found.start() + 1, message, hint)
    return QueryError(_column(token), *_misplaced(token, is_first=sign == "("))


def _unfinished(sign: str) -> tuple[str, str]:
    """Message and hint if nothing follows an operator or a sign."""
    if sign in _OPERATORS:
        return f"nothing follows {sign}", f"add a word or condition, or remove {sign}"
    return f"a value must follow '{sign}'", 'add it, in quotes if it contains spaces: tag:"a b"'


def _misplaced(token: Token, *, is_first: bool) -> tuple[str, str]:
    """Message and hint if something is missing before a token; `is_first`: in parentheses."""
    if token.type == "RPAR":
        if is_first:
            return "these parentheses are empty", "remove them"
        return "this ')' has no matching '('", "remove it, or add a '('"
    if token in _OPERATORS:
        return f"nothing precedes {token}", f"add a word or condition, or remove {token}"
    return f"'{_short(token)}' must follow a field", _FIELDS_HINT


def _open_bracket(text: str) -> int:
    """The column of the innermost parenthesis that isn't closed."""
    places: list[int] = []
    for found in _BRACKETS.finditer(text):
        if found.group() == "(":
            places.append(found.start())
        elif found.group() == ")" and places:
            places.pop()
    return places[-1] + 1 if places else 1


def _column(token: Token) -> int:
    return (token.start_pos or 0) + 1


def _collapsed(text: str) -> str:
    return " ".join(text.split())


def _short(text: str) -> str:
    return text if len(text) <= 40 else f"{text[:39]}…"
