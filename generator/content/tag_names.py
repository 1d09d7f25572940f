"""The names of tags: slug, name, aliases and former slugs.

Takes the vocabulary; finds a tag by any of its names. Does no I/O.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import lru_cache

from generator.content.yaml_fields import did_you_mean
from generator.core import ids
from generator.core.model import Tag
from generator.text import markup
from generator.text.phrases import normal_form


def names(tags: Iterable[Tag]) -> Mapping[str, str]:
    """The slugs of tags by each of their names (slug, name, aliases) in normal form."""
    return _names(tuple(tags))


@lru_cache(maxsize=2)
def _names(tags: tuple[Tag, ...]) -> Mapping[str, str]:
    found: dict[str, str] = {}
    for tag in tags:
        for name in _names_of(tag):
            if name:
                found.setdefault(normal_form(name), tag.slug)
    return found


def _names_of(tag: Tag) -> tuple[str, ...]:
    return (tag.slug, tag.name, *tag.aliases)


def slug_of(text: str, slugs: Mapping[str, str]) -> str:
    """The slug of the tag that a text names, given what `names` gives; empty if it names none.

    A text with hidden characters, such as those that change its direction, names no tag: people
    wouldn't see what it says.
    """
    is_plain = markup.clean(text) == " ".join(text.split())
    return slugs.get(normal_form(text), "") if is_plain else ""


def suggestion(text: str, tags: Iterable[Tag]) -> str:
    """A hint for a text that names no tag: the closest name, or where to find the tags."""
    known = [name.lower() for tag in tags for name in _names_of(tag)]
    return did_you_mean(text.lower(), known) or "use a tag from content/tags/, or add it there"


def former(tags: Iterable[Tag]) -> Mapping[str, Mapping[str, bool]]:
    """The slugs of each tag's other names, by the tag's slug; True if it was the tag's slug once.

    None of them is the slug of a tag now, and each belongs to one tag: a tag whose former slug it
    is comes first, then one that has it as an alias in the same spelling.
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
