"""A tag renamed or merged into another: the vocabulary and all taggings in one step.

Takes the content folder and the slugs, writes all files that change or none. Refuses changes that
the checks would report.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from itertools import chain
from pathlib import Path

from msgspec import Struct
from msgspec.structs import replace

from generator.content import checks, reader, tag_names, tag_rules
from generator.content.edit import tag_file, tagging_file
from generator.content.read_cache import ReadCache
from generator.content.reader import LoadedContent
from generator.core import files, ids, journal, paths
from generator.core.cache import Cache
from generator.core.errors import UsageError
from generator.core.model import Content, Problem, Tag, Tagging
from generator.text.phrases import normal_form

_MAX_SHOWN = 60
"""At most this many characters that somebody typed are repeated in a message."""


class TagRename(Struct, frozen=True):
    """The result of renaming or merging a tag."""

    is_changed: bool
    is_merged: bool = False
    tag: Tag | None = None
    """The tag as it is now."""
    taggings: int = 0
    """How many papers' taggings changed."""
    problems: tuple[Problem, ...] = ()
    """Of the content before the change; if there are any, nothing was changed."""


def rename(root: Path, old: str, new: str, name: str, today: date, cache: Cache) -> TagRename:
    """Give a tag another slug, or merge it into the tag that has this slug.

    If `name` isn't empty, it becomes the tag's name. Raises UsageError, OutsideError.
    """
    loaded = reader.load_content(root, read_cache=ReadCache(cache))
    problems = checks.check(loaded, today)
    if problems:
        return TagRename(is_changed=False, problems=tuple(problems))
    before = loaded.content
    tags = {tag.slug: tag for tag in before.tags}
    old = _checked_slug(tags, tag_names.names(before.tags), old, new)
    if new == old and name in ("", tags[old].name):
        return TagRename(is_changed=False, tag=tags[old])
    is_merged = new in tags and new != old
    change = merged if is_merged else renamed
    after = change(before.tags, old, new, name)
    taggings = [] if new == old else list(_tagging_texts(root, before, old, new))
    texts = dict(chain(_tag_texts(root, tags, after, old, new), *map(dict.items, taggings)))
    _refuse_problems(_with_changes(loaded, texts), today)
    journal.replace_all(
        root, {file: None if text is None else text.encode() for file, text in texts.items()}
    )
    (tag,) = (each for each in after if each.slug == new)
    return TagRename(is_changed=True, is_merged=is_merged, tag=tag, taggings=len(taggings))


def _checked_slug(tags: Mapping[str, Tag], names: Mapping[str, str], old: str, new: str) -> str:
    """The slug of the tag to change, which may be `new`; raises UsageError if it can't be done."""
    if not ids.is_slug(new):
        hint = f"write {ids.slug(new)}, and pass the name to show with --name"
        raise UsageError(f"'{new[:_MAX_SHOWN]}' is not a slug ({hint})")
    meant = names.get(normal_form(old), "")
    if old not in tags and meant == new:
        return new  # an earlier run has already renamed it
    if old not in tags:
        hint = tag_names.suggestion(old, tags.values())
        hint = f"it is another name of {meant}: use that" if meant else hint
        raise UsageError(f"there is no tag '{old[:_MAX_SHOWN]}' ({hint})")
    other = names.get(normal_form(new), old)
    if new not in tags and other != old:
        hint = f"to merge {old} into it, write {other}"
        raise UsageError(f"'{new[:_MAX_SHOWN]}' is another name of the tag {other} ({hint})")
    between = _between(tags, old, new)
    if between:
        hint = f"give {between} another parent first"
        raise UsageError(f"{new} is below {between}, and {between} is below {old} ({hint})")
    return old


def _between(tags: Mapping[str, Tag], old: str, new: str) -> str:
    """A tag below the old one and above the new one; empty if there is none."""
    below = ""
    slug = tags[new].parent if new in tags and new != old else ""
    while slug and slug != old:
        below, slug = slug, tags[slug].parent
    return below if slug == old else ""


def _tag_texts(
    root: Path, tags: Mapping[str, Tag], after: Iterable[Tag], old: str, new: str
) -> Iterator[tuple[str, str | None]]:
    """The tag files that change, with their new text; None for one to remove."""
    for tag in after:
        source = tags.get(tag.slug, tags[old])
        if source != tag:
            text = files.read_text(root / paths.tag_file(source.slug))
            yield paths.tag_file(tag.slug), tag_file.edited(text, tag)
    if new != old:
        yield paths.tag_file(old), None


def _tagging_texts(
    root: Path, before: Content, old: str, new: str
) -> Iterator[dict[str, str | None]]:
    """For each paper, the tagging files that change, with their new text; None for one to remove.

    A paper that had one of the two tags has the new one, even if the other was removed from it.
    """
    names = tag_names.names(before.tags)
    both = {old, new}

    def slug_of(name: str) -> str:
        return new if names.get(normal_form(name)) in both else name

    def slugs(written: Iterable[str]) -> set[str]:
        return both & {names.get(normal_form(name), "") for name in written}

    # By paper and part: which of the two tags are given, and which are removed.
    taggings: dict[str, dict[str, tuple[set[str], set[str]]]] = {}
    for each in before.taggings:
        taggings.setdefault(each.paper, {})[each.part] = (slugs(each.tags), slugs(each.remove))
    affected = {
        paper
        for paper, parts in taggings.items()
        if any(removed or old in given for given, removed in parts.values())
    }
    by_rules = _by_rules(before, affected)
    for paper in sorted(affected):
        parts = taggings[paper]
        given = {slug for in_part, _ in parts.values() for slug in in_part}
        removed = {slug for _, in_part in parts.values() for slug in in_part}
        had = (by_rules.get(paper, set()) & both | given) - removed
        if old not in given | removed and not had:
            continue
        giving = min((part for part, (in_part, _) in parts.items() if in_part), default="")
        texts: dict[str, str | None] = {}
        for part in sorted(part for part, in_part in parts.items() if any(in_part)):
            file = paths.tagging_file(paper, part)
            add = [new] if given and part == giving else []
            forget = [new] if not add and (given or had) else []
            text = files.read_text(root / file)
            text = tagging_file.edited(text, add, (), slug_of, forget)
            if part == old and new not in parts:
                texts[file] = None
                file = paths.tagging_file(paper, new)
            texts[file] = text or None
        yield texts


def _by_rules(before: Content, keys: set[str]) -> dict[str, set[str]]:
    """The tags that rules give to the papers with these keys, by key."""
    rules = tag_rules.RuleIndex(before.tags)
    found: dict[str, set[str]] = {}
    for daily in before.lists:
        for paper in daily.papers:
            key = ids.paper_key(paper.id)
            if key in keys:
                found.setdefault(key, set()).update(dict(rules.find(paper)[1]))
    return found


def _with_changes(loaded: LoadedContent, texts: Mapping[str, str | None]) -> LoadedContent:
    """The content as if it had these texts in its files; None for a file that is removed."""
    values = {paths.tag_file(each.slug): each for each in loaded.content.tags}
    taggings = {paths.tagging_file(each.paper, each.part): each for each in loaded.content.taggings}
    problems: list[Problem] = []
    for file, text in texts.items():
        values.pop(file, None)
        taggings.pop(file, None)
        if text is None:
            continue
        value, found = reader.parse_file(loaded.root, file, text.encode())
        problems.extend(found)
        if isinstance(value, Tag):
            values[file] = value
        elif isinstance(value, Tagging):
            taggings[file] = value
    changed = replace(
        loaded.content,
        tags=tuple(sorted(values.values(), key=lambda each: each.slug)),
        taggings=tuple(sorted(taggings.values(), key=lambda each: (each.paper, each.part))),
    )
    return replace(loaded, content=changed, problems=tuple(problems))


def _refuse_problems(loaded: LoadedContent, today: date) -> None:
    for each in checks.check(loaded, today):
        raise UsageError(f"this would cause a problem: {each.message} ({each.hint or each.path})")


# --- tags -----------------------------------------------------------------------------------


def renamed(tags: Iterable[Tag], old: str, new: str, name: str = "") -> tuple[Tag, ...]:
    """The vocabulary with a tag's slug changed; its old slug and old name become aliases."""
    by_slug = {tag.slug: tag for tag in tags}
    tag = by_slug.pop(old)
    shown = name or tag.name
    aliases = [alias for alias in tag.aliases if alias != new]
    by_slug[new] = replace(
        tag,
        slug=new,
        name=shown,
        aliases=_extended(aliases, (old, tag.name), (new, shown)),
        former=tuple(slug for slug in dict.fromkeys((*tag.former, old)) if slug != new),
    )
    return _with_parent_replaced(by_slug, old, new)


def merged(tags: Iterable[Tag], old: str, new: str, name: str = "") -> tuple[Tag, ...]:
    """The vocabulary with a tag merged into another, which gets its names, phrases and children."""
    by_slug = {tag.slug: tag for tag in tags}
    gone = by_slug.pop(old)
    tag = by_slug[new]
    shown = name or tag.name
    more = (tag.name, old, gone.name, *gone.aliases)
    by_slug[new] = replace(
        tag,
        name=shown,
        aliases=_extended(tag.aliases, more, (new, shown)),
        former=tuple(dict.fromkeys((*tag.former, old, *gone.former))),
        match=tuple(dict.fromkeys((*tag.match, *gone.match))),
        parent=gone.parent if tag.parent == old else tag.parent,
    )
    return _with_parent_replaced(by_slug, old, new)


def _with_parent_replaced(by_slug: dict[str, Tag], old: str, new: str) -> tuple[Tag, ...]:
    """All tags in the order of their slugs; children of the old tag become the new one's."""
    return tuple(
        replace(tag, parent=new) if tag.parent == old else tag for _, tag in sorted(by_slug.items())
    )


def _extended(aliases: Iterable[str], more: Iterable[str], names: Iterable[str]) -> tuple[str, ...]:
    """The aliases, and those of `more` that differ from them and from `names`.

    A slug is added even if it differs only in spelling: a former slug has to be among the aliases.
    """
    found, names = list(aliases), tuple(names)
    known = {_key(each) for each in (*found, *names)}
    for each in more:
        if each not in (*found, *names) and (ids.is_slug(each) or _key(each) not in known):
            known.add(_key(each))
            found.append(each)
    return tuple(found)


def _key(name: str) -> tuple[str, str]:
    """The same for two names that mean the same tag and have the same URL."""
    return normal_form(name), ids.slug(name)
