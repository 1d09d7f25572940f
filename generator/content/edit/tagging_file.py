"""Edits of a paper's tagging files: tags given and taken away, with what people wrote beside them.

Takes the files' texts and the slugs of tags, gives the texts anew. Comments stay, aliases become
the tag's slug, nothing stands twice. Does no I/O, and doesn't know which papers or tags there are.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from itertools import chain

from msgspec import Struct, field

from generator.content import yaml_fields

GIVEN, REMOVED = "tags", "remove"
_KEY = re.compile(rf"({GIVEN}|{REMOVED}):(?:\s*\[\s*\])?(\s+#.*)?")
_ITEM = re.compile(
    r"\s*-\s+(?P<value>\"[^\"\\]*\"|'[^']*'|[^\s\"'#\[{&*!|>%@`][^#]*?)(?P<more>\s+#.*)?"
)
_PLAIN = re.compile(r"\w[\w.+-]*(?: [\w.+-]+)*")
_BESIDE = re.compile(r"\s*(#.*)?")


class _TagLine(Struct):
    slug: str
    above: list[str] = field(default_factory=list)
    """Lines of comments over it."""
    more: str = ""
    """A comment behind it."""


class _TagList(Struct):
    above: list[str] = field(default_factory=list)
    more: str = ""
    items: list[_TagLine] = field(default_factory=list)


def edited(
    text: str,
    add: Iterable[str],
    remove: Iterable[str],
    slug_of: Callable[[str], str],
    forget: Iterable[str] = (),
) -> str:
    """The text with tags added and removed, all by slug; empty if nothing is left to say.

    `slug_of` gives a tag's slug for any of its names, and an unknown name as it is. A tag added is
    no longer removed, and the other way around; of one to `forget` nothing is said any more.
    The text must be a tagging without problems.
    """
    lists, below = _parsed(text)
    given, removed = lists[GIVEN], lists[REMOVED]
    for its_own in (given, removed):
        _rename(its_own, slug_of)
    for slug in forget:
        _discard(given, slug)
        _discard(removed, slug)
    for slug in add:
        _discard(removed, slug)
        _insert(given, slug)
    for slug in remove:
        _discard(given, slug)
        _insert(removed, slug)
    lines = [line for key, its_own in lists.items() for line in _lines(key, its_own)]
    if (lines or below) and not (given.items or removed.items):
        lines.append(f"{GIVEN}: []")  # a file of comments alone would be a mistake
    return "".join(f"{line}\n" for line in [*lines, *below])


def filed(
    texts: Mapping[str, str],
    add: Iterable[str],
    remove: Iterable[str],
    slug_of: Callable[[str], str],
) -> dict[str, str]:
    """A paper's tagging files with tags added and removed, all by slug; texts by part's name.

    A tag that a file speaks of stays there, and only there. One that nobody spoke of gets a file
    of its own: who tags the paper at the same time writes another one, and git has nothing to ask.
    A file with nothing (left) to say is empty; one that nothing asks to change is left out.
    """
    speaking: dict[str, list[str]] = {}
    for part, text in sorted(texts.items()):
        for name in dict.fromkeys(chain.from_iterable(_loaded(text).values())):
            speaking.setdefault(slug_of(name), []).append(part)
    changes = {part: _Change() for part in texts}
    for slugs, is_given in ((add, True), (remove, False)):
        for slug in slugs:
            place, *others = speaking.get(slug) or [slug]
            change = changes.setdefault(place, _Change())
            (change.add if is_given else change.remove).append(slug)
            for other in others:
                changes[other].forget.append(slug)
    return {
        part: edited(texts.get(part, ""), change.add, change.remove, slug_of, change.forget)
        for part, change in changes.items()
        if change.is_any or not any(_loaded(texts[part]).values())
    }


class _Change(Struct):
    """What becomes of a file."""

    add: list[str] = field(default_factory=list)
    remove: list[str] = field(default_factory=list)
    forget: list[str] = field(default_factory=list)

    @property
    def is_any(self) -> bool:
        """Whether anything is asked."""
        return bool(self.add or self.remove or self.forget)


def _rename(its_own: _TagList, slug_of: Callable[[str], str]) -> None:
    """Give each item its slug; of several for one tag, the first stays, with all comments."""
    first: dict[str, _TagLine] = {}
    for item in its_own.items:
        slug = slug_of(item.slug)
        kept = first.setdefault(slug, item)
        if kept is item:
            item.slug = slug
        else:
            kept.above += [*item.above, *([item.more.strip()] if item.more else [])]
    its_own.items = list(first.values())


def _insert(its_own: _TagList, slug: str) -> None:
    """Put a slug where it belongs by letters, if the others are so; else at the end."""
    slugs = [item.slug for item in its_own.items]
    if slug in slugs:
        return
    is_sorted = slugs == sorted(slugs)
    place = sum(each < slug for each in slugs) if is_sorted else len(slugs)
    its_own.items.insert(place, _TagLine(slug))


def _discard(its_own: _TagList, slug: str) -> None:
    """Take an item out; comments over it stay, for the next one."""
    for place, item in enumerate(its_own.items):
        if item.slug != slug:
            continue
        del its_own.items[place]
        left = [*item.above, *([item.more.strip()] if item.more else [])]
        if place < len(its_own.items):
            its_own.items[place].above[:0] = left
        else:
            its_own.above += left
        return


def _lines(key: str, its_own: _TagList) -> Iterator[str]:
    yield from its_own.above
    if not its_own.items:
        if its_own.more:
            yield its_own.more.strip()
        return
    yield f"{key}:{its_own.more}"
    for item in its_own.items:
        yield from item.above
        yield f"- {_written(item.slug)}{item.more}"


def _written(name: str) -> str:
    """A name as YAML: slugs as they are, in quotes what could be read as something else."""
    if _PLAIN.fullmatch(name):
        return name
    return '"' + "".join(map(_escaped, name)) + '"'


def _escaped(char: str) -> str:
    if char in '"\\':
        return "\\" + char
    return char if char.isprintable() else f"\\U{ord(char):08x}"


# --- reading --------------------------------------------------------------------------------


def _parsed(text: str) -> tuple[dict[str, _TagList], list[str]]:
    """Both lists, in the text's order, and what stands below them."""
    found = _by_lines(text)
    if found and _values(found[0]) == _loaded(text):
        return found
    return _rewritten(text)


def _by_lines(text: str) -> tuple[dict[str, _TagList], list[str]] | None:
    """The lists of a text with a tag a line, as we write them; None for another form."""
    lists: dict[str, _TagList] = {}
    beside: list[str] = []
    current: _TagList | None = None
    for line in text.splitlines():
        if _BESIDE.fullmatch(line):
            beside.append(line)
        elif key := _KEY.fullmatch(line):
            current = lists[key[1]] = _TagList(beside, key[2] or "")
            beside = []
        elif (item := _ITEM.fullmatch(line)) and current is not None:
            value = item["value"].strip("\"'") if item["value"][0] in "\"'" else item["value"]
            current.items.append(_TagLine(value, beside, item["more"] or ""))
            beside = []
        else:
            return None
    return _both(lists), beside


def _rewritten(text: str) -> tuple[dict[str, _TagList], list[str]]:
    """The lists of a text of another form, such as `tags: [a, b]`; comments go on top."""
    lists = {
        key: _TagList(items=list(map(_TagLine, values))) for key, values in _loaded(text).items()
    }
    comments = re.findall(r"^\s*#.*$|(?<=\s)#.*$", text, re.MULTILINE)
    both = _both(lists)
    first = next(iter(both.values()))
    first.above = [comment.strip() for comment in comments]
    return both, []


def _both(lists: dict[str, _TagList]) -> dict[str, _TagList]:
    for key in (GIVEN, REMOVED):
        lists.setdefault(key, _TagList())
    return lists


def _values(lists: dict[str, _TagList]) -> dict[str, list[str]]:
    return {key: [item.slug for item in its_own.items] for key, its_own in lists.items()}


def _loaded(text: str) -> dict[str, list[str]]:
    """What the text says, in its order, as the reader of the content understands it."""
    read = yaml_fields.read_fields("", text.encode(), [])
    if read is None:
        return {GIVEN: [], REMOVED: []}
    told = {key: list(read.texts(key)) for key in read.names() if key in {GIVEN, REMOVED}}
    return told | {key: [] for key in (GIVEN, REMOVED) if key not in told}
