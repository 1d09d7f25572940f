"""Every name by which a tag can be meant: its slug, name, aliases and former slugs.

Takes the vocabulary, gives names by slug. Does no I/O.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import lru_cache

from generator.core import ids
from generator.core.model import Tag
from generator.text import markup
from generator.text.phrases import normal_form


def names(tags: Iterable[Tag]) -> Mapping[str, str]:
    """Every way to name a tag (slug, name, aliases), in normal form, to its slug."""
    return _names(tuple(tags))


@lru_cache(maxsize=2)
def _names(tags: tuple[Tag, ...]) -> Mapping[str, str]:
    found: dict[str, str] = {}
    for tag in tags:
        for name in (tag.slug, tag.name, *tag.aliases):
            if name:
                found.setdefault(normal_form(name), tag.slug)
    return found


def named(text: str, slugs: Mapping[str, str]) -> str:
    """The slug of the tag that a text names, of what `names` gives; empty if it names none.

    A text with hidden marks, such as those that turn its direction, names nothing: people who
    read it wouldn't see what it says.
    """
    is_plain = markup.clean(text) == " ".join(text.split())
    return slugs.get(normal_form(text), "") if is_plain else ""


def former(tags: Iterable[Tag]) -> Mapping[str, Mapping[str, bool]]:
    """By a tag's slug: the slugs of its other names, and whether it was a tag's once.

    No slug of a tag is among them, and none stands twice: one that was a tag's comes first, then
    a name written as it.
    """
    tags = sorted(tags, key=lambda tag: tag.slug)
    taken = {tag.slug for tag in tags}
    found: dict[str, dict[str, bool]] = {tag.slug: {} for tag in tags}
    pairs = [
        (tag, alias, ids.slug(alias))
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
