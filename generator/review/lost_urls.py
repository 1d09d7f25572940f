"""Published addresses: which are gone in a later state of the archive, and where they lead instead.

Takes two states, each an archive with the digests of its targets. What comes and goes with the
number of papers is told apart from what was promised. Does no I/O.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from typing import NamedTuple

from msgspec import Struct

from generator.archive.model import Archive
from generator.content import tag_names
from generator.core import page_kinds, paths
from generator.core.model import Problem, Tag


class ArchiveState(NamedTuple):
    """The archive at one time."""

    archive: Archive
    targets: Mapping[str, bytes]
    """What pages and feeds are made of: the digest of their inputs, by path below docs/."""


class LostUrl(Struct, frozen=True):
    """A published address that leads nowhere, or elsewhere, from now on."""

    path: str
    """Below docs/."""
    address: str
    """On the site."""
    leads_to: str = ""
    """The address that a redirect leads to; empty where nothing catches it."""
    comes_and_goes: bool = False
    """Whether the number of papers decides on such pages, so that they promise nothing."""


def lost_url_problems(before: ArchiveState, after: ArchiveState, root: str) -> Iterator[Problem]:
    """A problem for each published address that would be gone without a redirect.

    Pages that come and go with the number of papers are left out, and feeds that go with their
    page: what brings back the one brings back the others. `root` is the content's folder.
    """
    lost = [each for each in lost_urls(before, after) if not (each.leads_to or each.comes_and_goes)]
    pages = {each.path for each in lost}
    for each in lost:
        folder, _, file = each.path.rpartition("/")
        if file in paths.FEED_TYPES and f"{folder}.md" in pages:
            continue
        file, hint = _way_out(each.path, before.archive)
        message = f"/{each.address} was published and would be gone"
        yield Problem(f"{root}/{file}", 0, 0, "vanished-url", message, hint)


class _Replacement(NamedTuple):
    """The tag that has a name among its aliases."""

    slug: str
    is_whole: bool
    """Whether the alias was the slug of a tag."""


def replacements(before: Archive, after: Archive) -> dict[str, str]:
    """Which tag takes the place of each that is no more and is an alias now, by slug."""
    heirs = _replacements(page.tag for page in after.tags.values())
    lost = before.tags.keys() - after.tags.keys()
    return {slug: heirs[slug].slug for slug in sorted(lost) if slug in heirs}


def _replacements(tags: Iterable[Tag]) -> dict[str, _Replacement]:
    """By the slug of each alias."""
    return {
        old: _Replacement(slug, is_whole)
        for slug, names in tag_names.former(tags).items()
        for old, is_whole in names.items()
    }


def redirected_to(path: str, tags: Iterable[Tag]) -> str:
    """The path that a redirect leads to from a path of a tag that is now an alias; empty if none.

    Any alias leads to its tag's page. Of one that was a tag's slug, the feeds, years and months
    lead on as well.
    """
    return _redirected_to(path, _replacements(tags))


def _redirected_to(path: str, heirs: Mapping[str, _Replacement]) -> str:
    slug, rest = page_kinds.tag_parts(path)
    heir = heirs.get(slug)
    if heir and (heir.is_whole or rest == paths.PAGE):
        return paths.tag_path(heir.slug, rest)
    return ""


def lost_urls(before: ArchiveState, after: ArchiveState) -> Iterator[LostUrl]:
    """All that leads nowhere from now on, or elsewhere, by path."""
    heirs = _replacements(page.tag for page in after.archive.tags.values())
    gone = before.archive.tags.keys() - after.archive.tags.keys()
    for path in sorted(before.targets):
        # A redirect is a page at the old path, so it is there without the tag being there.
        is_redirect = gone and page_kinds.tag_parts(path)[0] in gone
        if path in after.targets and not is_redirect:
            continue
        address = page_kinds.kind_of(path).address
        if address == "unpromised":
            continue
        to = _redirected_to(path, heirs)
        leads_to = shown(to) if to in after.targets else ""
        # Correcting a paper must never be refused for what the number of papers decides on.
        yield LostUrl(path, shown(path), leads_to, address == "comes and goes")


def shown(path: str) -> str:
    """The address on the site of a page or feed."""
    return paths.site_path(path) if path.endswith(".md") else path


def _way_out(path: str, before: Archive) -> tuple[str, str]:
    """The file of the content that a path comes from, and what to do about it."""
    subject, name = page_kinds.kind_of(path).subject, page_kinds.name_of(path)
    if subject == "tag":
        hint = f"put the tag back, or write {name} under aliases and former of its heir"
        return paths.tag_file(name), hint
    if subject == "query":
        return paths.query_file(name), "put the saved query back: people may have subscribed to it"
    if subject == "paper":
        hint = "put the paper back, or keep its id: links to it would break"
        return paths.list_file(before.entries[name].listed), hint
    days = [day.date for day in before.days if name in _periods(day.date)]
    hint = "put the list back: links to it would break"
    return (
        (paths.list_file(days[-1]), hint) if days else ("archive.yaml", "keep what it comes from")
    )


def _periods(day: date) -> tuple[str, ...]:
    return day.isoformat(), paths.week_name(day), paths.month_name(day), f"{day.year:04}"
