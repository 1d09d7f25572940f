"""A tag renamed, or merged into another, across the content: vocabulary and taggings in one step.

Takes the content's folder and what to rename, writes all files that change or none. Refuses what
the checks would.
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
from generator.content.yaml_fields import did_you_mean
from generator.core import files, ids, paths
from generator.core.cache import Cache
from generator.core.errors import UsageError
from generator.core.model import Content, Problem, Tag, Tagging
from generator.text.phrases import normal_form

_MOST_SHOWN = 60
"""Characters of what somebody typed that a message repeats."""


class TagRename(Struct, frozen=True):
    """What became of a tag."""

    is_changed: bool
    is_merged: bool = False
    tag: Tag | None = None
    """As it is now."""
    taggings: int = 0
    """Papers whose taggings changed."""
    problems: tuple[Problem, ...] = ()
    """Of the content as it stands; with any, nothing was done."""


def rename(root: Path, old: str, new: str, name: str, today: date, cache: Cache) -> TagRename:
    """Give a tag another slug, or make it part of the tag that has that slug.

    With a name, the tag is shown as that from now on. Raises UsageError, OutsideError.
    """
    loaded = reader.load_content(root, shelf=ReadCache(cache))
    problems = checks.check(loaded, today)
    if problems:
        return TagRename(is_changed=False, problems=tuple(problems))
    before = loaded.content
    tags = {tag.slug: tag for tag in before.tags}
    old = _checked(tags, tag_names.names(before.tags), old, new)
    if new == old and name in ("", tags[old].name):
        return TagRename(is_changed=False, tag=tags[old])
    is_merged = new in tags and new != old
    change = merged if is_merged else renamed
    after = change(before.tags, old, new, name)
    taggings = [] if new == old else list(_tagging_texts(root, before, old, new))
    texts = dict(chain(_tag_texts(root, tags, after, old, new), *map(dict.items, taggings)))
    _refuse_problems(_as_it_would_be(loaded, texts), today)
    files.replace_all(
        {root / file: None if text is None else text.encode() for file, text in texts.items()}
    )
    (tag,) = (each for each in after if each.slug == new)
    return TagRename(is_changed=True, is_merged=is_merged, tag=tag, taggings=len(taggings))


def _checked(tags: Mapping[str, Tag], names: Mapping[str, str], old: str, new: str) -> str:
    """The slug of the old tag, which may be the new one; raises UsageError for what can't be."""
    if not ids.is_slug(new):
        hint = f"write {ids.slug(new)}, and what to show with --name"
        raise UsageError(f"'{new[:_MOST_SHOWN]}' is not a slug ({hint})")
    meant = names.get(normal_form(old), "")
    if old not in tags and meant == new:
        return new  # as an earlier run left it
    if old not in tags:
        known = [each for tag in tags.values() for each in (tag.slug, tag.name, *tag.aliases)]
        hint = did_you_mean(old.lower(), known) or "tags are the files of content/tags/"
        hint = f"it is another name of {meant}: give that" if meant else hint
        raise UsageError(f"there is no tag '{old[:_MOST_SHOWN]}' ({hint})")
    other = names.get(normal_form(new), old)
    if new not in tags and other != old:
        hint = f"to merge {old} into it, write {other}"
        raise UsageError(f"'{new[:_MOST_SHOWN]}' is another name of the tag {other} ({hint})")
    between = _between(tags, old, new)
    if between:
        hint = f"give {between} another parent first"
        raise UsageError(f"{new} lies below {between}, and {between} below {old} ({hint})")
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
    """Files of tags that change, with their text; None for one that goes."""
    for tag in after:
        source = tags.get(tag.slug, tags[old])
        if source != tag:
            text = _read(root / paths.tag_file(source.slug))
            yield paths.tag_file(tag.slug), tag_file.edited(text, tag)
    if new != old:
        yield paths.tag_file(old), None


def _tagging_texts(
    root: Path, before: Content, old: str, new: str
) -> Iterator[dict[str, str | None]]:
    """A paper's taggings that change, with their text; None for one that goes.

    A paper that had one of the two tags keeps it, whatever was said of the other.
    """
    names = tag_names.names(before.tags)
    both = {old, new}

    def slug_of(name: str) -> str:
        return new if names.get(normal_form(name)) in both else name

    def slugs(written: Iterable[str]) -> set[str]:
        return both & {names.get(normal_form(name), "") for name in written}

    told: dict[str, dict[str, tuple[set[str], set[str]]]] = {}
    for each in before.taggings:
        told.setdefault(each.paper, {})[each.part] = (slugs(each.tags), slugs(each.remove))
    concerned = {
        paper
        for paper, parts in told.items()
        if any(removed or old in given for given, removed in parts.values())
    }
    by_rules = _by_rules(before, concerned)
    for paper in sorted(concerned):
        parts = told[paper]
        given = {slug for its_own, _ in parts.values() for slug in its_own}
        removed = {slug for _, its_own in parts.values() for slug in its_own}
        had = (by_rules.get(paper, set()) & both | given) - removed
        if old not in given | removed and not had:
            continue
        giving = min((part for part, (its_own, _) in parts.items() if its_own), default="")
        texts: dict[str, str | None] = {}
        for part in sorted(part for part, its_own in parts.items() if any(its_own)):
            file = paths.tagging_file(paper, part)
            add = [new] if given and part == giving else []
            forget = [new] if not add and (given or had) else []
            text = tagging_file.edited(_read(root / file), add, (), slug_of, forget) or None
            if part == old and new not in parts:
                texts[file] = None
                file = paths.tagging_file(paper, new)
            texts[file] = text
        yield texts


def _by_rules(before: Content, keys: set[str]) -> dict[str, set[str]]:
    """The tags that rules give to some papers, by key."""
    rules = tag_rules.RuleIndex(before.tags)
    found: dict[str, set[str]] = {}
    for daily in before.lists:
        for paper in daily.papers:
            key = ids.paper_key(paper.id)
            if key in keys:
                found.setdefault(key, set()).update(dict(rules.find(paper)[1]))
    return found


def _read(path: Path) -> str:
    with files.outside(f"cannot read {path}"):
        return path.read_text("utf-8-sig")


def _as_it_would_be(loaded: LoadedContent, texts: Mapping[str, str | None]) -> LoadedContent:
    """The content with changed files, read as they would be."""
    values = {paths.tag_file(each.slug): each for each in loaded.content.tags}
    taggings = {paths.tagging_file(each.paper, each.part): each for each in loaded.content.taggings}
    problems: list[Problem] = []
    for file, text in texts.items():
        values.pop(file, None)
        taggings.pop(file, None)
        if text is None:
            continue
        value, its_own = reader.parse_file(loaded.root, file, text.encode())
        problems.extend(its_own)
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
        raise UsageError(f"that would be wrong: {each.message} ({each.hint or each.path})")


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
        if each not in (*told, *names) and (ids.is_slug(each) or _key(each) not in known):
            known.add(_key(each))
            told.append(each)
    return tuple(told)


def _key(name: str) -> tuple[str, str]:
    """What two names share that mean the same and have the same address."""
    return normal_form(name), ids.slug(name)
