"""What is wrong in the content as a whole: each check yields problems, one place prints them.

Takes `Loaded` content, yields `Problem`s; reading found what is wrong within one file already.
Never changes anything. Today's date is given, since a check must not look at the clock.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Set
from datetime import date

from generator.content import query_language
from generator.content.paper_keys import PAPER_KEYS
from generator.content.reader import LoadedContent
from generator.content.tag_names import named, names
from generator.content.yaml_fields import did_you_mean
from generator.core import ids as ids_module
from generator.core import paths
from generator.core.ids import paper_key
from generator.core.model import DailyList, Problem, Tag, Tagging
from generator.core.target import digest
from generator.text import markup
from generator.text.phrases import normal_form

_TAGGING_ENTITY = re.compile(
    r"([\w.+-]+@)?[a-z0-9]([a-z0-9.-]*[a-z0-9])?,\d{4}(-(0[1-9]|1[0-2])(-(0[1-9]|[12]\d|3[01]))?)?",
    re.ASCII | re.IGNORECASE,
)
"""Authority and date of a `tag:` URI (RFC 4151, section 2.1)."""
_PAPER_FAULTS = tuple((key.name, key.fault) for key in PAPER_KEYS if key.fault)


def check(
    loaded: LoadedContent, today: date, sound_before: Set[bytes] = frozenset()
) -> list[Problem]:
    """All problems of the content, those of reading included, by place.

    The papers of a list that `sound` gave before aren't looked at again one by one.
    """
    ids = [paper_id for daily in loaded.content.lists for paper_id in _ids(loaded, daily)]
    by_key = dict(zip(map(paper_key, ids), ids, strict=True))
    found = [
        *loaded.problems,
        *_settings(loaded),
        *_lists(loaded, today, sound_before),
        *(_keys(loaded) if len(by_key) < len(set(ids)) else ()),
        *_names(loaded),
        *_former(loaded),
        *_parents(loaded),
        *_taggings(loaded, by_key.keys()),
        *_queries(loaded),
    ]
    return sorted(set(found))


def sound(loaded: LoadedContent, before: Set[bytes]) -> frozenset[bytes]:
    """Names of lists whose papers, in a content of no problems, are right each by itself for ever.

    A list's name changes with its papers. Of a corrected one it depends on the day what is right.
    """
    named = ((_name(loaded, daily), daily) for daily in loaded.content.lists)
    return frozenset(
        name
        for name, daily in named
        if name and (name in before or not any(paper.corrected for paper in daily.papers))
    )


def _name(loaded: LoadedContent, daily: DailyList) -> bytes:
    """16 bytes that change with a list's papers; none where their digests aren't known."""
    heads = loaded.heads.get(daily.date)
    return digest([head.digest for head in heads]) if heads else b""


def _ids(loaded: LoadedContent, daily: DailyList) -> list[str]:
    """The ids of a list's papers."""
    return [each.id for each in loaded.heads.get(daily.date) or daily.papers]


def _settings(loaded: LoadedContent) -> Iterator[Problem]:
    archive_id = loaded.content.settings.id
    if archive_id and not _TAGGING_ENTITY.fullmatch(archive_id):
        yield loaded.problem(
            "archive.yaml",
            ["id"],
            "bad-id",
            f"'{archive_id[:60]}' doesn't name an archive",
            "write a domain you had on a day, a comma and that year, as in example.org,2025",
        )


def _lists(loaded: LoadedContent, today: date, sound_before: Set[bytes]) -> Iterator[Problem]:
    for daily in loaded.content.lists:
        file = paths.list_file(daily.date)
        if daily.date > today:
            hint = f"today is {today}; a list can't come from the future"
            yield loaded.problem(
                file, ["date"], "future-date", f"{daily.date} is still to come", hint
            )
        if daily.source.name and not markup.clean(daily.source.name):
            message, hint = "nothing of the 'name' can be shown", "give the source's name"
            yield loaded.problem(file, ["source", "name"], "empty-value", message, hint)
        if _name(loaded, daily) not in sound_before:
            yield from _papers(loaded, daily, today)


def _papers(loaded: LoadedContent, daily: DailyList, today: date) -> Iterator[Problem]:
    file = paths.list_file(daily.date)
    first: dict[str, int] = {}
    for index, paper in enumerate(daily.papers):
        for name, fault_of in _PAPER_FAULTS:
            fault = fault_of(getattr(paper, name), daily.date, today)
            if fault:
                yield loaded.problem(file, ["papers", index, name], *fault)
        if not paper.id:
            continue
        if paper.id in first:
            yield loaded.problem(
                file,
                ["papers", index, "id"],
                "duplicate-paper",
                f"{paper.id} is already paper {first[paper.id] + 1} of this list",
                "join the two",
            )
        first.setdefault(paper.id, index)


def _keys(loaded: LoadedContent) -> Iterator[Problem]:
    """Two ids that would be one page."""
    owner: dict[str, str] = {}
    for daily in loaded.content.lists:
        for index, paper_id in enumerate(_ids(loaded, daily)):
            other = owner.setdefault(paper_key(paper_id), paper_id)
            if paper_id and other != paper_id:
                yield loaded.problem(
                    paths.list_file(daily.date),
                    ["papers", index, "id"],
                    "page-collision",
                    f"{paper_id} and {other} would have the same page",
                    "change one of the two ids",
                )


def _names(loaded: LoadedContent) -> Iterator[Problem]:
    """Two tags with one name, slug or alias, in whatever spelling the rules take as the same."""
    owner: dict[str, Tag] = {}
    for tag in loaded.content.tags:
        for keys, name in _named(tag):
            if not name:
                continue
            other = owner.setdefault(normal_form(name), tag)
            if other is not tag:
                yield loaded.problem(
                    paths.tag_file(tag.slug),
                    keys,
                    "alias-collision",
                    f"'{name[:60]}' already means the tag {other.slug}",
                    "remove it from one of the two",
                )


def _former(loaded: LoadedContent) -> Iterator[Problem]:
    """A former slug is still a name of the tag."""
    for tag in loaded.content.tags:
        for index, slug in enumerate(tag.former):
            if slug in (tag.name, *tag.aliases) and ids_module.is_slug(slug):
                continue
            is_slug = ids_module.is_slug(slug)
            message = f"'{slug[:60]}' is no {'alias of this tag' if is_slug else 'slug'}"
            hint = "write it under aliases, too" if is_slug else f"write {ids_module.slug(slug)}"
            keys: list[str | int] = ["former", index]
            yield loaded.problem(paths.tag_file(tag.slug), keys, "bad-former", message, hint)


def _named(tag: Tag) -> Iterator[tuple[list[str | int], str]]:
    yield [], tag.slug
    yield ["name"], tag.name
    for index, alias in enumerate(tag.aliases):
        yield ["aliases", index], alias


def _parents(loaded: LoadedContent) -> Iterator[Problem]:
    parents = {tag.slug: tag.parent for tag in loaded.content.tags}
    for tag in loaded.content.tags:
        place = paths.tag_file(tag.slug), ["parent"]
        if tag.parent and tag.parent not in parents:
            hint = did_you_mean(tag.parent, parents) or "add that tag, or leave the parent out"
            yield loaded.problem(
                *place, "unknown-parent", f"there is no tag '{tag.parent[:60]}'", hint
            )
        elif _is_own_ancestor(tag.slug, parents):
            yield loaded.problem(
                *place,
                "parent-circle",
                f"{tag.slug} is above itself",
                "give one tag of the circle another parent",
            )


def _is_own_ancestor(slug: str, parents: dict[str, str]) -> bool:
    seen: set[str] = set()
    parent = parents[slug]
    while parent and parent not in seen:
        if parent == slug:
            return True
        seen.add(parent)
        parent = parents.get(parent, "")
    return False


def _taggings(loaded: LoadedContent, papers: Set[str]) -> Iterator[Problem]:
    """Taggings of papers that no list has by their keys, or with tags that aren't there."""
    known = names(loaded.content.tags)
    suggestions = _suggestions(loaded.content.tags)
    given_in = _given_in(loaded.content.taggings, known)
    for tagging in loaded.content.taggings:
        file = paths.tagging_file(tagging.paper, tagging.part)
        if tagging.paper not in papers and loaded.knows_all_papers:
            yield loaded.problem(
                file,
                [],
                "unknown-paper",
                f"no list holds a paper {tagging.paper}",
                did_you_mean(tagging.paper, papers) or "name the file after the paper's page",
            )
        for key, written in (("tags", tagging.tags), ("remove", tagging.remove)):
            for index, name in enumerate(written):
                if not named(name, known):
                    hint = did_you_mean(name.lower(), suggestions)
                    yield loaded.problem(
                        file,
                        [key, index],
                        "unknown-tag",
                        f"there is no tag '{name[:60]}'",
                        hint or "tags are the files of content/tags/",
                    )
        for index, name in enumerate(tagging.remove):
            other = given_in.get((tagging.paper, known.get(normal_form(name), "")))
            if other:
                yield loaded.problem(
                    file,
                    ["remove", index],
                    "conflicting-tagging",
                    f"'{name[:60]}' is given and removed",
                    "keep one of the two" if other == file else f"it is given in {other}",
                )


def _given_in(taggings: Iterable[Tagging], known: Mapping[str, str]) -> dict[tuple[str, str], str]:
    """The file that gives a paper, by key, a tag, by slug."""
    return {
        (each.paper, known[normal_form(name)]): paths.tagging_file(each.paper, each.part)
        for each in taggings
        for name in each.tags
        if normal_form(name) in known
    }


def _queries(loaded: LoadedContent) -> Iterator[Problem]:
    """Saved queries that can't be read or name tags that aren't there.

    Authors may be unknown: whoever follows somebody may do so before the first paper.
    """
    known = names(loaded.content.tags)
    for saved in loaded.content.queries:
        place = paths.query_file(saved.slug), ["query"]
        if not saved.query:
            continue
        try:
            tree = query_language.parse(saved.query)
        except query_language.QueryError as error:
            yield loaded.problem(
                *place, "bad-query", error.message, error.hint, offset=error.column - 1
            )
            continue
        for tag in query_language.tags(tree):
            if normal_form(tag.name) not in known:
                yield loaded.problem(
                    *place,
                    "unknown-tag",
                    f"there is no tag '{tag.name[:60]}'",
                    did_you_mean(tag.name.lower(), _suggestions(loaded.content.tags))
                    or "tags are the files of content/tags/",
                    offset=tag.column - 1,
                )


def _suggestions(tags: Iterable[Tag]) -> list[str]:
    return [name.lower() for tag in tags for name in (tag.slug, tag.name, *tag.aliases)]
