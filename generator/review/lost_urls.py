"""URLs that a change removes from the site, and where redirects lead from them.

Takes two states, each an archive with the digests of its targets. Separates permanent URLs from
those that depend on the number of papers. Does no I/O.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import date
from types import MappingProxyType
from typing import NamedTuple

from msgspec import Struct

from generator.archive.model import Archive
from generator.content import tag_names
from generator.core import page_kinds, paths
from generator.core.model import Problem, Tag
from generator.review import statements
from generator.review.statements import Statement


class ArchiveState(NamedTuple):
    """The archive at one revision."""

    archive: Archive
    targets: Mapping[str, bytes]
    """The digests of the inputs of pages and feeds, by path below docs/."""
    feeds: Mapping[str, Callable[[], bytes]] = MappingProxyType({})
    """What makes each feed in one of its formats, which all have the same entries, by path."""


class LostUrl(
    Struct,
    frozen=True,
    rename={"site_path": "address", "redirect": "leads_to", "is_conditional": "comes_and_goes"},
):
    """A published URL that no longer exists, or that becomes a redirect."""

    path: str
    """Below docs/."""
    site_path: str
    """On the site."""
    redirect: str = ""
    """The path on the site that a redirect leads to; empty if there is no redirect."""
    is_conditional: bool = False
    """Whether it exists only while there are enough papers: no correction is refused for it."""


def lost_url_problems(before: ArchiveState, after: ArchiveState, root: str) -> Iterator[Problem]:
    """A problem for each published URL that would be lost without a redirect.

    Leaves out pages that depend on the number of papers, and feeds whose page is lost as well:
    fixing the page fixes them. `root` is the content's folder.
    """
    return (problem for problem, _ in with_ways(before, after, root))


def with_ways(
    before: ArchiveState, after: ArchiveState, root: str
) -> Iterator[tuple[Problem, tuple[Statement, ...]]]:
    """The same problems, each with what may be said if it is intended."""
    lost = [each for each in lost_urls(before, after) if not (each.redirect or each.is_conditional)]
    pages = {each.path for each in lost}
    for each in lost:
        folder, _, file = each.path.rpartition("/")
        if file in paths.FEED_TYPES and f"{folder}.md" in pages:
            continue
        file, hint = _how_to_fix(each.path, before.archive)
        message = f"/{each.site_path} is published and would no longer exist"
        problem = Problem(f"{root}/{file}", 0, 0, "vanished-url", message, hint)
        yield problem, _ways(each.path, before.archive)


def _ways(path: str, before: Archive) -> tuple[Statement, ...]:
    """What may be said if the page or file at a path is lost on purpose."""
    kind = page_kinds.kind_of(path)
    entry = before.entries.get(page_kinds.name_of(path)) if kind is page_kinds.PAPER else None
    own = statements.gone(paths.address(path), day=entry.days[0] if entry else None)
    if kind.is_page or "/" not in path:
        return own
    return (*own, *statements.gone(paths.address(f"{path.rpartition('/')[0]}{paths.PAGE}")))


class _Replacement(NamedTuple):
    """The tag that has an alias."""

    slug: str
    was_slug: bool
    """Whether the alias was the slug of a tag."""


def replacements(before: Archive, after: Archive) -> dict[str, str]:
    """The tags that replace removed tags whose slugs are now aliases: new slugs by old ones."""
    by_alias = _replacements(page.tag for page in after.tags.values())
    removed = before.tags.keys() - after.tags.keys()
    return {slug: by_alias[slug].slug for slug in sorted(removed) if slug in by_alias}


def _replacements(tags: Iterable[Tag]) -> dict[str, _Replacement]:
    """By the slug of the alias."""
    return {
        alias: _Replacement(slug, was_slug)
        for slug, aliases in tag_names.former(tags).items()
        for alias, was_slug in aliases.items()
    }


def redirected_to(path: str, tags: Iterable[Tag]) -> str:
    """The path that a redirect leads to from the path of a tag that is now an alias; empty if none.

    The page of each alias redirects to its tag's page. If the alias was a tag's slug, its feeds,
    years and months redirect, too.
    """
    return _redirected_to(path, _replacements(tags))


def _redirected_to(path: str, replacements: Mapping[str, _Replacement]) -> str:
    slug, rest = page_kinds.tag_parts(path)
    replacement = replacements.get(slug)
    if replacement and (replacement.was_slug or rest == paths.PAGE):
        return paths.tag_path(replacement.slug, rest)
    return ""


def lost_urls(before: ArchiveState, after: ArchiveState) -> Iterator[LostUrl]:
    """Published URLs that no longer exist or become redirects, by path; unstable ones never."""
    by_alias = _replacements(page.tag for page in after.archive.tags.values())
    removed = before.archive.tags.keys() - after.archive.tags.keys()
    moved = after.archive.moved
    for path in sorted(before.targets):
        # A redirect is a target at the old path, so that the path alone doesn't say that a page of
        # the tag is still there.
        is_redirect = removed and page_kinds.tag_parts(path)[0] in removed
        if moved and not is_redirect:
            is_redirect = before.archive.has(path) and not after.archive.has(path)
        if path in after.targets and not is_redirect:
            continue
        stability = page_kinds.kind_of(path).stability
        if stability == "unstable":
            continue
        to = _redirected_to(path, by_alias)
        redirect = shown(to) if to in after.targets else ""
        if not redirect and moved and path in after.targets:
            redirect = _moved_to(path, moved)
        yield LostUrl(path, shown(path), redirect, stability == "conditional")


def _moved_to(path: str, moved: Mapping[str, str]) -> str:
    """The path on the site that a moved page, or a file beside it, redirects to."""
    address = paths.address(path)
    folder, _, rest = address.rpartition("/")
    old = address if address in moved else f"{folder}/"
    return f"{moved[old]}{'' if old == address else rest}"[1:] if old in moved else ""


def shown(path: str) -> str:
    """The path on the site of a page or feed below docs/."""
    return paths.site_path(path) if path.endswith(".md") else path


def _how_to_fix(path: str, before: Archive) -> tuple[str, str]:
    """The content file that the page or feed at a path is made from, and a hint."""
    subject, name = page_kinds.kind_of(path).subject, page_kinds.name_of(path)
    owner = _replacements(page.tag for page in before.tags.values()).get(name)
    if subject == "tag" and owner and name not in before.tags:
        keys = "aliases and former" if owner.was_slug else "aliases"
        hint = f"restore {name} in {keys}, or add it to those of another tag"
        return paths.tag_file(owner.slug), hint
    if subject == "tag":
        hint = f"restore the tag, or add {name} to aliases and former of the tag that replaces it"
        return paths.tag_file(name), hint
    if subject == "query":
        return paths.query_file(name), "restore the saved query: people may have subscribed to it"
    if subject == "paper" and name in before.entries:
        hint = "restore the paper, or keep its id: links to it would break"
        return paths.list_file(before.entries[name].listed), hint
    days = [day.date for day in before.days if name in _periods(day.date)]
    hint = "restore the list: links to it would break"
    return (
        (paths.list_file(days[-1]), hint)
        if days
        else ("archive.yaml", "restore the content that it is made from")
    )


def _periods(day: date) -> tuple[str, ...]:
    """The names of the day and of its week, month and year."""
    return day.isoformat(), paths.week_name(day), paths.month_name(day), f"{day.year:04}"
