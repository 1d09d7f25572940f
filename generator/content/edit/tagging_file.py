"""Edits of a paper's tagging files that keep their comments: tags given and taken away.

Takes the files' texts and the slugs of tags, gives the new texts. Aliases become the tag's slug,
and duplicates are removed. Does no I/O, and doesn't know which papers or tags exist.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from itertools import chain, count

from msgspec import Struct, field

from generator.content import yaml_fields, yaml_text
from generator.core import ids

GIVEN, REMOVED = "tags", "remove"
_KEY = re.compile(rf"({GIVEN}|{REMOVED}):(?:\s*\[\s*\])?(\s+#.*)?")
_ITEM = re.compile(
    r"\s*-\s+(?P<value>\"[^\"\\]*\"|'[^']*'|[^\s\"'#\[{&*!|>%@`][^#]*?)(?P<more>\s+#.*)?"
)
_COMMENT_LINE = re.compile(r"\s*(#.*)?")


class _TagLine(Struct):
    """A tag in a list, with its comments."""

    slug: str
    above: list[str] = field(default_factory=list)
    """The lines of comments above it."""
    more: str = ""
    """The comment after it, on its line."""


class _TagList(Struct):
    """One of the two lists, with its comments."""

    above: list[str] = field(default_factory=list)
    """The lines of comments above its key."""
    more: str = ""
    """The comment after its key, on the line."""
    items: list[_TagLine] = field(default_factory=list)


def edited(
    text: str,
    add: Iterable[str],
    remove: Iterable[str],
    slug_of: Callable[[str], str],
    forget: Iterable[str] = (),
) -> str:
    """The text with tags, given by slug, added and removed; empty if nothing is left.

    `slug_of` gives a tag's slug for any of its names, and returns an unknown name unchanged. A tag
    in `add` leaves the list of removed tags, and the other way around; one in `forget` leaves both.
    The text must be a tagging without problems.
    """
    lists, below = _parsed(text)
    given, removed = lists[GIVEN], lists[REMOVED]
    for tags in (given, removed):
        _rename(tags, slug_of)
    for slug in forget:
        _discard(given, slug)
        _discard(removed, slug)
    for slug in add:
        _discard(removed, slug)
        _insert(given, slug)
    for slug in remove:
        _discard(given, slug)
        _insert(removed, slug)
    lines = [line for key, tags in lists.items() for line in _lines(key, tags)]
    if (lines or below) and not (given.items or removed.items):
        lines.append(f"{GIVEN}: []")  # the checks refuse a file with only comments
    return "".join(f"{line}\n" for line in [*lines, *below])


def filed(
    texts: Mapping[str, str],
    add: Iterable[str],
    remove: Iterable[str],
    slug_of: Callable[[str], str],
) -> dict[str, str]:
    """A paper's tagging files with tags, given by slug, added and removed; texts by `Tagging.part`.

    A tag that is in a file stays in that file alone. A new tag gets a file of its own, so that
    people who tag the paper at the same time write different files, and git has no conflict to
    resolve. A file without tags becomes empty; files that needn't change are left out.
    """
    parts_with: dict[str, list[str]] = {}
    for part, text in sorted(texts.items()):
        for name in dict.fromkeys(_names(text)):
            parts_with.setdefault(slug_of(name), []).append(part)
    changes = {part: _Change() for part in texts}
    for slugs, is_given in ((add, True), (remove, False)):
        for slug in slugs:
            first, *others = parts_with.get(slug) or [slug]
            change = changes.setdefault(first, _Change())
            (change.add if is_given else change.remove).append(slug)
            for other in others:
                changes[other].forget.append(slug)
    return {
        part: edited(texts.get(part, ""), change.add, change.remove, slug_of, change.forget)
        for part, change in changes.items()
        if change.is_any or not any(_values(texts[part]).values())
    }


def added(
    texts: Mapping[str, str], to: Mapping[str, str], slug_of: Callable[[str], str]
) -> dict[str, str]:
    """The files that a paper with the files `to` gets from another paper, by `Tagging.part`.

    What its own files say of a tag stands. A file keeps its name if it is free.
    """
    said = {slug_of(name) for text in to.values() for name in _names(text)}
    found: dict[str, str] = {}
    for part, text in sorted(texts.items()):
        again = [slug for slug in map(slug_of, _names(text)) if slug in said]
        left = edited(text, (), (), slug_of, again) if again else text
        if left:
            found[_free_part(part, left, {*to, *found})] = left
    return found


def _free_part(part: str, text: str, taken: Collection[str]) -> str:
    """The part if it is free; otherwise, with a number, a name after it or after the first tag."""
    if part not in taken:
        return part
    name = part or ids.slug(next(_names(text), "more"))
    numbered = (ids.slug(f"{name}-{number}") for number in count(2))
    return next(each for each in chain([name], numbered) if each not in taken)


def _names(text: str) -> Iterator[str]:
    """The names of tags in both lists of a text."""
    yield from chain.from_iterable(_values(text).values())


class _Change(Struct):
    """The change of one file: slugs to add, to remove and to forget."""

    add: list[str] = field(default_factory=list)
    remove: list[str] = field(default_factory=list)
    forget: list[str] = field(default_factory=list)

    @property
    def is_any(self) -> bool:
        """Whether there is anything to change."""
        return bool(self.add or self.remove or self.forget)


def _rename(tags: _TagList, slug_of: Callable[[str], str]) -> None:
    """Replace names by slugs; of several items of one tag, the first stays, with all comments."""
    first: dict[str, _TagLine] = {}
    for item in tags.items:
        slug = slug_of(item.slug)
        kept = first.setdefault(slug, item)
        if kept is item:
            item.slug = slug
        else:
            kept.above += _comments(item)
    tags.items = list(first.values())


def _insert(tags: _TagList, slug: str) -> None:
    """Add a slug in alphabetical order if the list is sorted, otherwise at the end."""
    slugs = [item.slug for item in tags.items]
    if slug in slugs:
        return
    is_sorted = slugs == sorted(slugs)
    place = sum(each < slug for each in slugs) if is_sorted else len(slugs)
    tags.items.insert(place, _TagLine(slug))


def _discard(tags: _TagList, slug: str) -> None:
    """Remove an item; its comments stay, above the next item or the list."""
    for place, item in enumerate(tags.items):
        if item.slug != slug:
            continue
        del tags.items[place]
        if place < len(tags.items):
            tags.items[place].above[:0] = _comments(item)
        else:
            tags.above += _comments(item)
        return


def _comments(item: _TagLine) -> list[str]:
    return [*item.above, *([item.more.strip()] if item.more else [])]


def _lines(key: str, tags: _TagList) -> Iterator[str]:
    yield from tags.above
    if not tags.items:
        if tags.more:
            yield tags.more.strip()
        return
    yield f"{key}:{tags.more}"
    for item in tags.items:
        yield from item.above
        yield f"- {yaml_text.scalar(item.slug)}{item.more}"


# --- reading --------------------------------------------------------------------------------


def _parsed(text: str) -> tuple[dict[str, _TagList], list[str]]:
    """Both lists, in the text's order, and the lines of comments below them."""
    found = _by_lines(text)
    if found:
        lists, _ = found
        slugs = {key: [item.slug for item in tags.items] for key, tags in lists.items()}
        if slugs == _values(text):
            return found
    return _rewritten(text)


def _by_lines(text: str) -> tuple[dict[str, _TagList], list[str]] | None:
    """The lists of a text with one tag per line, as we write them; None for any other style."""
    lists: dict[str, _TagList] = {}
    comments: list[str] = []
    current: _TagList | None = None
    for line in text.splitlines():
        if _COMMENT_LINE.fullmatch(line):
            comments.append(line)
        elif key := _KEY.fullmatch(line):
            current = lists[key[1]] = _TagList(comments, key[2] or "")
            comments = []
        elif (item := _ITEM.fullmatch(line)) and current is not None:
            value = item["value"].strip("\"'") if item["value"][0] in "\"'" else item["value"]
            current.items.append(_TagLine(value, comments, item["more"] or ""))
            comments = []
        else:
            return None
    return _both(lists), comments


def _rewritten(text: str) -> tuple[dict[str, _TagList], list[str]]:
    """The lists of a text in any style, such as `tags: [a, b]`; comments move to the top."""
    lists = {
        key: _TagList(items=list(map(_TagLine, values))) for key, values in _values(text).items()
    }
    first = next(iter(lists.values()))
    first.above = yaml_text.comments(text)
    return lists, []


def _both(lists: dict[str, _TagList]) -> dict[str, _TagList]:
    """The lists, with an empty one for each missing key."""
    for key in (GIVEN, REMOVED):
        lists.setdefault(key, _TagList())
    return lists


def _values(text: str) -> dict[str, list[str]]:
    """The names in both lists, in the text's order, as the reader of the content sees them."""
    fields = yaml_fields.read_fields("", text.encode(), [])
    if fields is None:
        return {GIVEN: [], REMOVED: []}
    found = {key: list(fields.texts(key)) for key in fields.names() if key in {GIVEN, REMOVED}}
    return found | {key: [] for key in (GIVEN, REMOVED) if key not in found}
