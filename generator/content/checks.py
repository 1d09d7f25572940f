"""Checks of the content as a whole; each check yields the problems that it finds.

Takes `LoadedContent`, gives `Problem`s. The reader has already reported what is wrong within one
file. Never changes anything, and never looks at the clock: the caller passes today's date.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Set
from datetime import date
from itertools import accumulate, count

from generator.content import query_language
from generator.content.paper_keys import PAPER_KEYS
from generator.content.reader import LoadedContent
from generator.content.tag_names import names, slug_of, suggestion
from generator.content.yaml_fields import did_you_mean, too_large
from generator.core import ids as ids_module
from generator.core import limits, page_kinds, paths
from generator.core.ids import paper_key
from generator.core.limits import Limit
from generator.core.model import BreakingChange, DailyList, Problem, Settings, Tag, Tagging
from generator.core.target import digest
from generator.text import look_alikes, markup
from generator.text.phrases import normal_form

_TAGGING_ENTITY = re.compile(
    r"([\w.+-]+@)?[a-z0-9]([a-z0-9.-]*[a-z0-9])?,\d{4}(-(0[1-9]|1[0-2])(-(0[1-9]|[12]\d|3[01]))?)?",
    re.ASCII | re.IGNORECASE,
)
"""Authority and date of a `tag:` URI (RFC 4151, section 2.1)."""
_ADDRESS = re.compile(
    r"/([a-z0-9]+([.-]W?[a-z0-9]+)*/)*([a-z0-9-]+\.(xml|json|opml|bib|ris))?", re.ASCII
)
"""The address of a page or file of the site; only weeks, such as 2025-W11, have a capital letter.
"""
PROMISED_SETTINGS = (
    "site_url",
    "id",
    "feed_entries",
    "corrections_days",
    "author_min_papers",
    "author_feed_min_papers",
)
"""Keys of archive.yaml that addresses, and what feeds hold, depend on."""
_MAX_HINTS = 50
"""Finding the closest of very many names takes long: after this many, none is looked for."""
_PAPER_FAULTS = tuple((key.name, key.fault) for key in PAPER_KEYS if key.fault)


def check(loaded: LoadedContent, today: date, checked: Set[bytes] = frozenset()) -> list[Problem]:
    """All problems of the content, including those of the reader, sorted by place.

    `checked` has the digests that `checked_lists` gave before: the papers of these lists aren't
    checked again one by one.
    """
    ids = [paper_id for daily in loaded.content.lists for paper_id in _ids(loaded, daily)]
    by_key = dict(zip(map(paper_key, ids), ids, strict=True))
    found = [
        *loaded.problems,
        *_settings(loaded),
        *_lists(loaded, today, checked),
        *(_keys(loaded) if len(by_key) < len(set(ids)) else ()),
        *_names(loaded),
        *_former(loaded),
        *_parents(loaded),
        *_taggings(loaded, by_key.keys()),
        *_queries(loaded),
        *_breaking_changes(loaded, today),
        *_totals(loaded),
    ]
    return sorted(set(found))


def checked_lists(loaded: LoadedContent, before: Set[bytes]) -> frozenset[bytes]:
    """Digests of lists whose papers need no further check, for content without problems.

    `before` is what this function gave last time. A list with a corrected paper isn't among them,
    unless it was before: whether a correction's date is right depends on the day of the check.
    """
    digests = ((_digest(loaded, daily), daily) for daily in loaded.content.lists)
    return frozenset(
        found
        for found, daily in digests
        if found and (found in before or not any(paper.corrected for paper in daily.papers))
    )


def _digest(loaded: LoadedContent, daily: DailyList) -> bytes:
    """16 bytes that change with a list's papers; empty if the digests of the papers are unknown."""
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
            f"'{archive_id[:60]}' can't be the archive's id",
            "write a domain you own, a comma and a year in which you owned it, "
            "such as example.org,2025",
        )


def _lists(loaded: LoadedContent, today: date, checked: Set[bytes]) -> Iterator[Problem]:
    for daily in loaded.content.lists:
        file = paths.list_file(daily.date)
        if daily.date > today:
            hint = f"today is {today}; correct the date, also in the file's name"
            message = f"{daily.date} is in the future"
            yield loaded.problem(file, ["date"], "future-date", message, hint)
        if daily.source.name and not markup.clean(daily.source.name):
            message, hint = "'name' has no visible characters", "write the source's name"
            yield loaded.problem(file, ["source", "name"], "empty-value", message, hint)
        if _digest(loaded, daily) not in checked:
            yield from _papers(loaded, daily, today)


def _papers(loaded: LoadedContent, daily: DailyList, today: date) -> Iterator[Problem]:
    file = paths.list_file(daily.date)
    first: dict[str, int] = {}
    for index, paper in enumerate(daily.papers):
        for name, fault_of in _PAPER_FAULTS:
            fault = fault_of(paper, daily.date, today)
            if fault:
                keys: list[str | int] = ["papers", index, name]
                keys += [fault.key] if fault.key else []
                yield loaded.problem(file, keys, fault.code, fault.message, fault.hint)
        if not paper.id:
            continue
        if paper.id in first:
            yield loaded.problem(
                file,
                ["papers", index, "id"],
                "duplicate-paper",
                f"{paper.id} is already paper {first[paper.id] + 1} of this list",
                "merge the two entries, or fix the id of one",
            )
        first.setdefault(paper.id, index)


def _keys(loaded: LoadedContent) -> Iterator[Problem]:
    """Two ids that would get the same page."""
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
    """Two tags that share a slug, name or alias, compared in normal form, or have similar ones."""
    owner: dict[str, Tag] = {}
    similar: dict[str, Tag] = {}
    for tag in loaded.content.tags:
        for keys, name in _names_with_keys(tag):
            if not name:
                continue
            place = paths.tag_file(tag.slug), keys
            other = owner.setdefault(normal_form(name), tag)
            looks_like = similar.setdefault(normal_form(look_alikes.skeleton(name)), tag)
            if other is not tag:
                message = f"'{name[:60]}' is already a name of the tag {other.slug}"
                hint = "remove it from one of the two tags"
                yield loaded.problem(*place, "alias-collision", message, hint)
            elif looks_like is not tag:
                message = f"'{name[:60]}' looks like a name of the tag {looks_like.slug}"
                hint = "write it in the usual letters, or remove it from one of the two tags"
                yield loaded.problem(*place, "look-alike", message, hint)
            elif word := look_alikes.mixed_word(name):
                message = f"'{word[:60]}' mixes letters of several alphabets"
                yield loaded.problem(*place, "look-alike", message, "write it in letters of one")
            elif char := look_alikes.hidden(name):
                message = f"'{name[:60]}' has a character that nobody sees, U+{ord(char):04X}"
                yield loaded.problem(
                    *place, "look-alike", message, "type it again, without that one"
                )


def _former(loaded: LoadedContent) -> Iterator[Problem]:
    """Former slugs that aren't slugs, or aren't names of the tag."""
    for tag in loaded.content.tags:
        for index, slug in enumerate(tag.former):
            if slug in (tag.name, *tag.aliases) and ids_module.is_slug(slug):
                continue
            is_slug = ids_module.is_slug(slug)
            message = f"'{slug[:60]}' is not {'an alias of this tag' if is_slug else 'a slug'}"
            hint = "add it to aliases, too" if is_slug else f"write {ids_module.slug(slug)}"
            keys: list[str | int] = ["former", index]
            yield loaded.problem(paths.tag_file(tag.slug), keys, "bad-former", message, hint)


def _names_with_keys(tag: Tag) -> Iterator[tuple[list[str | int], str]]:
    """A tag's names, each with its place in the file."""
    yield [], tag.slug
    yield ["name"], tag.name
    for index, alias in enumerate(tag.aliases):
        yield ["aliases", index], alias


def _parents(loaded: LoadedContent) -> Iterator[Problem]:
    """Parents that don't exist, tags that are their own ancestors, and a tree that is too deep."""
    parents = {tag.slug: tag.parent for tag in loaded.content.tags}
    too_deep = limits.TAG_LEVELS.most + 1
    for tag in loaded.content.tags:
        place = paths.tag_file(tag.slug), ["parent"]
        if tag.parent and tag.parent not in parents:
            hint = did_you_mean(tag.parent, parents) or "add that tag, or remove the parent"
            yield loaded.problem(
                *place, "unknown-parent", f"there is no tag '{tag.parent[:60]}'", hint
            )
        elif _is_own_ancestor(tag.slug, parents):
            yield loaded.problem(
                *place,
                "parent-circle",
                f"{tag.slug} is its own ancestor",
                "give one of the tags in this circle another parent",
            )
        elif _level(tag.slug, parents, too_deep) == too_deep:
            message = f"{tag.slug} is on level {too_deep:,} of the tree of tags, below level "
            message += f"{limits.TAG_LEVELS.most:,}"
            hint = limits.TAG_LEVELS.way_out
            yield loaded.problem(*place, "too-large", message, hint)


def _level(slug: str, parents: Mapping[str, str], most: int) -> int:
    """The level of a tag, from 1; one above `most` for all that are deeper, or below a circle."""
    level = 1
    while level <= most and (slug := parents.get(slug, "")) in parents:
        level += 1
    return level


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
    """Taggings of unknown papers (`papers` has the keys of all), and with unknown tags."""
    known = names(loaded.content.tags)
    given_in = _given_in(loaded.content.taggings, known)
    hints = count()
    for tagging in loaded.content.taggings:
        file = paths.tagging_file(tagging.paper, tagging.part)
        if tagging.paper not in papers and loaded.knows_all_papers:
            yield loaded.problem(
                file,
                [],
                "unknown-paper",
                f"no daily list contains the paper {tagging.paper}",
                (next(hints) < _MAX_HINTS and did_you_mean(tagging.paper, papers))
                or "name the file like the last part of the paper's URL",
            )
        for key, written in (("tags", tagging.tags), ("remove", tagging.remove)):
            for index, name in enumerate(written):
                if not slug_of(name, known):
                    yield loaded.problem(
                        file,
                        [key, index],
                        "unknown-tag",
                        f"there is no tag '{name[:60]}'",
                        suggestion(name, loaded.content.tags if next(hints) < _MAX_HINTS else ()),
                    )
        for index, name in enumerate(tagging.remove):
            other = given_in.get((tagging.paper, known.get(normal_form(name), "")))
            if other:
                yield loaded.problem(
                    file,
                    ["remove", index],
                    "conflicting-tagging",
                    f"'{name[:60]}' is both given and removed",
                    "keep one of the two" + ("" if other == file else f"; {other} gives it"),
                )


def _given_in(taggings: Iterable[Tagging], known: Mapping[str, str]) -> dict[tuple[str, str], str]:
    """The file that gives a paper a tag, by the paper's key and the tag's slug."""
    return {
        (each.paper, known[normal_form(name)]): paths.tagging_file(each.paper, each.part)
        for each in taggings
        for name in each.tags
        if normal_form(name) in known
    }


def _queries(loaded: LoadedContent) -> Iterator[Problem]:
    """Saved queries that can't be parsed, or have unknown tags.

    Authors may be unknown: people may follow an author before the first paper.
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
                    suggestion(tag.name, loaded.content.tags),
                    offset=tag.column - 1,
                )


def _breaking_changes(loaded: LoadedContent, today: date) -> Iterator[Problem]:
    """What is wrong in itself; whether it is true, only a comparison with a revision can tell."""
    for each in loaded.content.breaking_changes:
        file = paths.breaking_change_file(each.slug)
        if each.since > today:
            message, hint = f"{each.since} is in the future", f"today is {today}; correct the date"
            yield loaded.problem(file, ["since"], "future-date", message, hint)
        if not (each.removed or each.moved or each.redated or each.floods or each.settings):
            message = "the file doesn't say what breaks"
            hint = "add removed, moved, redated, floods or settings"
            yield loaded.problem(file, [], "missing-field", message, hint)
        for keys, address in _addresses(each):
            fault = _fault_of_address(address, keys[0], loaded.content.settings)
            if fault:
                yield loaded.problem(file, keys, "bad-address", *fault)
        for key, _ in each.settings:
            if key not in PROMISED_SETTINGS:
                message = f"nothing that is promised depends on the setting '{key[:60]}'"
                hint = did_you_mean(key, PROMISED_SETTINGS) or (
                    "the settings are " + ", ".join(PROMISED_SETTINGS)
                )
                yield loaded.problem(file, ["settings", key], "unknown-key", message, hint)


def _addresses(change: BreakingChange) -> Iterator[tuple[list[str | int], str]]:
    """All addresses, each with its place in the file."""
    for key in ("removed", "redated", "floods"):
        for index, address in enumerate(getattr(change, key)):
            yield [key, index], address
    for old, new in change.moved:
        yield ["moved", old], old
        yield ["moved", old], new


def _fault_of_address(address: str, key: str | int, settings: Settings) -> tuple[str, str] | None:
    """Message and hint if a text isn't an address as this key has them."""
    if not _ADDRESS.fullmatch(address):
        path = address.removeprefix(settings.site_url).strip("/")
        whole = f"/{path}/" if path else "/"
        hint = (
            f"write {whole}" if _ADDRESS.fullmatch(whole) else "write it like /papers/2503.01496/"
        )
        return f"'{address[:60]}' is not an address on the site", hint
    if key != "removed" and not address.endswith("/"):
        return f"'{address}' is not the address of a page", "write it like /papers/2503.01496/"
    if key == "redated" and not page_kinds.kind_of(f"{address[1:]}index.html").has_entry_ids:
        message = f"'{address}' is not the address of a paper, day or week"
        return message, "write it like /papers/2503.01496/"
    return None


def _totals(loaded: LoadedContent) -> Iterator[Problem]:
    """What is too much in all files together, reported where it becomes too much."""
    content = loaded.content
    tags = [(paths.tag_file(tag.slug), tag) for tag in content.tags]
    queries = [(paths.query_file(saved.slug), 1) for saved in content.queries]
    counts: tuple[tuple[str, Limit, Iterable[tuple[str, int]]], ...] = (
        ("the vocabulary", limits.TAGS, [(file, 1) for file, _ in tags]),
        ("the vocabulary", limits.ALIASES, [(file, len(tag.aliases)) for file, tag in tags]),
        ("the vocabulary", limits.PHRASES, [(file, len(tag.match)) for file, tag in tags]),
        ("the archive", limits.QUERIES, queries),
    )
    for what, limit, sizes in counts:
        yield from _total(loaded, what, limit, sizes)
    given: dict[str, list[tuple[str, int]]] = {}
    for each in content.taggings:
        sizes = given.setdefault(each.paper, [])
        sizes.append((paths.tagging_file(each.paper, each.part), len(each.tags)))
    for paper, sizes in given.items():
        yield from _total(loaded, f"the paper {paper}", limits.GIVEN_TAGS, sizes)


def _total(
    loaded: LoadedContent, what: str, limit: Limit, sizes: Iterable[tuple[str, int]]
) -> Iterator[Problem]:
    """A problem with the first file, of files and what they have, that is over the limit."""
    files = list(sizes)
    total = sum(size for _, size in files)
    if total > limit.most:
        sums = accumulate(size for _, size in files)
        file = next(file for (file, _), sum_ in zip(files, sums, strict=True) if sum_ > limit.most)
        yield loaded.problem(file, [], "too-large", *too_large(what, total, limit))
