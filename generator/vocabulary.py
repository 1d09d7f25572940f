"""Changes of the vocabulary: a tag renamed or merged into another, and edits of a tag file's text.

Takes tags, or the text of a tag's file with what it is to say, and gives them anew. Comments in a
text stay, and lines that needn't change. Does no I/O, and doesn't know which papers there are.
"""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from msgspec.structs import replace

from generator import markup, urls, yamltext
from generator.matching import normal_form
from generator.model import Tag

_KEYS = ("name", "description", "aliases", "former", "parent", "match")
"""In the order in which people write them."""
_LISTS = frozenset({"aliases", "former", "match"})
_PLAIN = re.compile(r"[^\W_](?:[\w .+/()'&-]*[\w.+)])?")
"""What needs no quotes in YAML, wherever it stands."""
_WIDTH = 100
_COMMENT = re.compile(r"^\s*#.*$|(?<=\s)#.*$", re.MULTILINE)


# --- tags -----------------------------------------------------------------------------------


def renamed(tags: Iterable[Tag], old: str, new: str, name: str = "") -> tuple[Tag, ...]:
    """The vocabulary with a tag's slug changed; the old slug, and a name given up, mean it too."""
    by_slug = {tag.slug: tag for tag in tags}
    tag = by_slug.pop(old)
    shown = name or tag.name
    aliases = [alias for alias in tag.aliases if alias != new]
    by_slug[new] = replace(
        tag,
        slug=new,
        name=shown,
        aliases=_with(aliases, (old, tag.name), (new, shown)),
        former=tuple(slug for slug in dict.fromkeys((*tag.former, old)) if slug != new),
    )
    return _adopted(by_slug, old, new)


def merged(tags: Iterable[Tag], old: str, new: str, name: str = "") -> tuple[Tag, ...]:
    """The vocabulary with one tag part of another, which takes over names, phrases and children."""
    by_slug = {tag.slug: tag for tag in tags}
    gone = by_slug.pop(old)
    tag = by_slug[new]
    shown = name or tag.name
    told = (tag.name, old, gone.name, *gone.aliases)
    by_slug[new] = replace(
        tag,
        name=shown,
        aliases=_with(tag.aliases, told, (new, shown)),
        former=tuple(dict.fromkeys((*tag.former, old, *gone.former))),
        match=tuple(dict.fromkeys((*tag.match, *gone.match))),
        parent=gone.parent if tag.parent == old else tag.parent,
    )
    return _adopted(by_slug, old, new)


def _adopted(by_slug: dict[str, Tag], old: str, new: str) -> tuple[Tag, ...]:
    """All tags by slug; children of the old one are the new one's."""
    return tuple(
        replace(tag, parent=new) if tag.parent == old else tag for _, tag in sorted(by_slug.items())
    )


def _with(aliases: Iterable[str], more: Iterable[str], names: Iterable[str]) -> tuple[str, ...]:
    """The aliases and more of them, without what is told already.

    A slug is always told: a former one has to stand among the aliases.
    """
    told, names = list(aliases), tuple(names)
    known = {_key(each) for each in (*told, *names)}
    for each in more:
        if each not in (*told, *names) and (urls.is_slug(each) or _key(each) not in known):
            known.add(_key(each))
            told.append(each)
    return tuple(told)


def _key(name: str) -> tuple[str, str]:
    """What two names share that mean the same and have the same address."""
    return normal_form(name), urls.slug(name)


def former(tags: Iterable[Tag]) -> Mapping[str, Mapping[str, bool]]:
    """By a tag's slug: the slugs of its other names, and whether it was a tag's once.

    No slug of a tag is among them, and none stands twice: one that was a tag's comes first, then
    a name written as it.
    """
    tags = sorted(tags, key=lambda tag: tag.slug)
    taken = {tag.slug for tag in tags}
    found: dict[str, dict[str, bool]] = {tag.slug: {} for tag in tags}
    pairs = [
        (tag, alias, urls.slug(alias))
        for tag in tags
        for alias in dict.fromkeys((*tag.former, *tag.aliases))
    ]
    for tag, alias, old in sorted(pairs, key=_precedence):
        if old not in taken:
            taken.add(old)
            found[tag.slug][old] = alias in tag.former
    return found


def _precedence(pair: tuple[Tag, str, str]) -> tuple[bool, bool]:
    tag, alias, old = pair
    return alias not in tag.former, alias != old


# --- a tag's file ---------------------------------------------------------------------------


def edited(text: str, tag: Tag) -> str:
    """The text of a tag's file, changed to say what the tag says.

    The text must be a tag's without problems. Where it is written in a way that can't be edited in
    place, it is written anew, with its comments on top.
    """
    found = text
    for key in _KEYS:
        wanted = getattr(tag, key)
        if _told(found)[key] != wanted:
            found = (
                _list_set(found, key, wanted) if key in _LISTS else _text_set(found, key, wanted)
            )
    lost = Counter(_comments(text)) - Counter(_comments(found))
    return found if _says(found, tag) and not lost else _rewritten(text, tag)


def _says(text: str, tag: Tag) -> bool:
    problems: list[Any] = []
    read = yamltext.read("", text.encode(), problems)
    if read is None or problems or not set(read.names()) <= set(_KEYS):
        return False
    told = _told(text)
    return all(told[key] == getattr(tag, key) for key in _KEYS)


def _told(text: str) -> dict[str, Any]:
    """What a text says, by key."""
    read = yamltext.read("", text.encode(), [])
    if read is None:
        return dict.fromkeys(_KEYS)
    return {
        "name": markup.clean(read.text("name")),
        "description": markup.clean(read.text("description")),
        "aliases": tuple(filter(None, map(markup.clean, read.texts("aliases")))),
        "parent": read.text("parent"),
        "match": read.texts("match"),
        "former": read.texts("former"),
    }


def _node(text: str, key: str) -> Any:
    read = yamltext.read("", text.encode(), [])
    return read.node_of(key) if read else None


def _text_set(text: str, key: str, value: str) -> str:
    node = _node(text, key)
    if node is None:
        return _inserted(text, key, f"{key}: {_scalar(value)}")
    start, end = node.start_mark.index, node.end_mark.index
    if value:
        return f"{text[:start]}{_scalar(value)}{text[end:]}"
    return text[: _line_start(text, start)] + text[_line_end(text, end) :]


def _list_set(text: str, key: str, values: Sequence[str]) -> str:
    node = _node(text, key)
    if node is None:
        return _inserted(text, key, _flow(key, values))
    told = _told(text)[key]
    if len(node.value) != len(told):
        return text  # something in it shows nothing: the caller sees that it doesn't fit
    left = [item for item, value in zip(node.value, told, strict=True) if value in values]
    if len(left) < len(told) or not left:
        if not node.flow_style:
            return text
        start, end = node.start_mark.index, node.end_mark.index
        head = _line_start(text, start)
        return f"{text[:head]}{_flow(key, values)}{text[end:]}"
    for value in values[len(left) :]:
        text = _appended(text, key, value)
    return text


def _appended(text: str, key: str, value: str) -> str:
    """The text with a value more in a list that has some, on its own line or behind a comma."""
    node = _node(text, key)
    end = node.value[-1].end_mark.index
    if not node.flow_style:
        place = _line_end(text, end)
        before = text[:place] if text[:place].endswith("\n") else f"{text[:place]}\n"
        return f"{before}{' ' * node.start_mark.column}- {_scalar(value)}\n{text[place:]}"
    written = _scalar(value)
    width = end - _line_start(text, end) + len(written) + len(", ],")
    gap = " " if width <= _WIDTH else "\n  "
    return f"{text[:end]},{gap}{written}{text[end:]}"


def _inserted(text: str, key: str, line: str) -> str:
    """The text with a line for a key it hasn't, behind the last of the keys that come before."""
    place = 0
    for each in _KEYS[: _KEYS.index(key)]:
        node = _node(text, each)
        if node is not None:
            end = node.end_mark
            place = max(place, end.index if end.column == 0 else _line_end(text, end.index))
    before = text[:place]
    if before and not before.endswith("\n"):
        before += "\n"
    return f"{before}{line}\n{text[place:]}"


def _line_start(text: str, place: int) -> int:
    return text.rfind("\n", 0, place) + 1


def _line_end(text: str, place: int) -> int:
    """Where the line after the one at a place begins."""
    end = text.find("\n", place)
    return len(text) if end < 0 else end + 1


def _rewritten(text: str, tag: Tag) -> str:
    lines = _comments(text)
    for key in _KEYS:
        value = getattr(tag, key)
        if value:
            lines.append(_flow(key, value) if key in _LISTS else f"{key}: {_scalar(value)}")
    return "".join(f"{line}\n" for line in lines)


def _comments(text: str) -> list[str]:
    return [comment.strip() for comment in _COMMENT.findall(text)]


def _flow(key: str, values: Iterable[str]) -> str:
    """A list in brackets, its lines no longer than people's."""
    lines = [f"{key}: ["]
    for place, value in enumerate(values):
        written = _scalar(value)
        if place:
            lines[-1] += ","
            if len(lines[-1]) + len(written) + len(" ,") > _WIDTH:
                lines.append(" ")
            lines[-1] += " "
        lines[-1] += written
    return "\n".join(lines) + "]"


def _scalar(value: str) -> str:
    """A text as YAML, in quotes where it needs them."""
    return value if _PLAIN.fullmatch(value) else json.dumps(value, ensure_ascii=False)
