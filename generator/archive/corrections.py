"""What changed in papers after they were published: corrected, retagged, merged, withdrawn.

Takes the current archive and the git history of its content, gives `Correction`s. Their days are
those of commits, so nothing depends on the clock. Does no I/O.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import date
from hashlib import blake2b
from itertools import groupby
from pathlib import PurePosixPath

from msgspec import Struct, field

from generator.archive.model import Archive
from generator.content.paper_keys import PAPER_KEYS
from generator.content.tag_names import names
from generator.core import ids, paths
from generator.core.git import Commit, Edit
from generator.core.model import DailyList, Paper, Tag, Tagging
from generator.text import markup
from generator.text.phrases import normal_form

_TAGS = "tags/"
MAX_NEW_TAGS = 20
"""A commit that adds more tags adds a vocabulary; its tags aren't reported one by one."""
MAX_CORRECTIONS = 200
"""No more days are read once there are this many corrections."""
Parse = Callable[[str, bytes], object]
"""Reads a file of the content from its path and bytes; gives None if it can't be read."""


class Correction(Struct, frozen=True):
    """One change of one paper or tag on one day."""

    day: date
    title: str
    """The paper's title, or the tag's name, as plain text."""
    page: str
    """Path of the Markdown page of the paper or tag; empty if it no longer exists."""
    what: tuple[str, ...]
    """Sentences as plain text."""
    facts: tuple[str, ...]
    """What the history alone says, so that later changes of the archive don't change it."""

    @property
    def is_of_tag(self) -> bool:
        """Whether the correction is of a tag, not of a paper."""
        return self.facts[0].startswith(_TAGS)

    @property
    def name(self) -> str:
        """A permanent name, the same in any clone and after a rebase."""
        facts = "\0".join(self.facts)
        return f"{self.day.isoformat()}-{blake2b(facts.encode(), digest_size=6).hexdigest()}"


Corrected = tuple[Correction, ...] | None
"""Corrections, newest first; None if the history isn't known."""


def found(archive: Archive, commits: Iterable[Commit], parse: Parse) -> tuple[Correction, ...]:
    """The newest corrections, newest first, each once; days are complete."""
    seen: dict[str, Correction] = {}
    finder = _CorrectionFinder(archive, parse, names(page.tag for page in archive.tags.values()))
    for _, of_day in groupby(commits, lambda commit: commit.when.date()):
        for commit in of_day:
            for each in finder.of(commit):
                seen.setdefault(each.name, each)
        if len(seen) >= MAX_CORRECTIONS:
            break
    return tuple(seen.values())


class _Given(Struct, frozen=True):
    """Slugs of the tags that people gave a paper, and of those they removed."""

    tags: set[str] = field(default_factory=set)
    removed: set[str] = field(default_factory=set)


class _CorrectionFinder(Struct, frozen=True):
    archive: Archive
    parse: Parse
    slugs: Mapping[str, str]
    """Slugs of tags by every name, in normal form."""

    def of(self, commit: Commit) -> Iterator[Correction]:
        day = commit.when.date()
        new_lists = {edit.file for edit in commit.edits if edit.before is None}
        for edit in commit.edits:
            if edit.file.startswith("daily/") and _loses_lines(edit):
                yield from self._papers(day, edit)
        yield from self._taggings(day, commit.edits, new_lists)
        of_tags = [edit for edit in commit.edits if edit.file.startswith(_TAGS)]
        is_bulk = sum(edit.before is None for edit in of_tags) > MAX_NEW_TAGS
        for edit in of_tags:
            if edit.before is not None:
                yield from self._tag(day, edit)
            elif not is_bulk:
                yield from self._new_tag(day, edit, of_tags)

    def _papers(self, day: date, edit: Edit) -> Iterator[Correction]:
        before, after = (self._listed(edit.file, data) for data in (edit.before, edit.after))
        if before is None or (after is None and edit.after is not None):
            return  # the list can't be read
        now = after or {}
        for key, paper in before.items():
            entry = self.archive.entries.get(key)
            if key in now:
                what = facts = tuple(_differences(paper, now[key]))
            elif entry is None:
                what, facts = (self._removal(paper),), ("gone",)
            else:
                continue
            if what:
                title = entry.title if entry else markup.plain(paper.title)
                page = paths.paper_page(key) if entry else ""
                yield Correction(day, title or key, page, what, (key, *facts))

    def _listed(self, file: str, data: bytes | None) -> dict[str, Paper] | None:
        value = self.parse(file, data) if data is not None else None
        if not isinstance(value, DailyList):
            return None
        return {ids.paper_key(paper.id): paper for paper in value.papers}

    def _removal(self, paper: Paper) -> str:
        """What happened to a paper that is no longer in any list."""
        title = normal_form(markup.plain(paper.title))
        for entry in self.archive.entries.values():
            if normal_form(entry.title) == title:
                return f"Merged: it was listed twice, and stays as {entry.paper.id}."
        return "Withdrawn from the archive."

    def _taggings(
        self, day: date, edits: Iterable[Edit], new_lists: set[str]
    ) -> Iterator[Correction]:
        for key, (before, after) in self._given(edits).items():
            entry = self.archive.entries.get(key)
            if entry and paths.list_file(entry.listed) in new_lists:
                continue
            gained = (after.tags - before.tags) | (before.removed - after.removed)
            lost = (before.tags - after.tags) | (after.removed - before.removed)
            changes = [
                (label, sorted(slugs))
                for label, slugs in (("Tags given", gained), ("Tags taken away", lost))
                if slugs
            ]
            if changes:
                what = tuple(
                    f"{label}: {', '.join(map(self._name, slugs))}." for label, slugs in changes
                )
                facts = tuple(f"{label}: {' '.join(slugs)}" for label, slugs in changes)
                title, page = (entry.title, paths.paper_page(key)) if entry else (key, "")
                yield Correction(day, title or key, page, what, (key, *facts))

    def _given(self, edits: Iterable[Edit]) -> dict[str, tuple[_Given, _Given]]:
        """What people said about each paper in the changed files, before a commit and after it."""
        given: dict[str, tuple[_Given, _Given]] = {}
        for edit in edits:
            if not edit.file.startswith("tagging/"):
                continue
            both = [
                self.parse(edit.file, data) if data is not None else None
                for data in (edit.before, edit.after)
            ]
            known = [isinstance(value, Tagging) for value in both]
            if known != [edit.before is not None, edit.after is not None]:
                continue  # the file can't be read
            for index, value in enumerate(both):
                if isinstance(value, Tagging):
                    sets = given.setdefault(value.paper, (_Given(), _Given()))[index]
                    sets.tags.update(self._slugs_of(value.tags))
                    sets.removed.update(self._slugs_of(value.remove))
        return given

    def _slugs_of(self, written: Iterable[str]) -> Iterator[str]:
        """Slugs of tags that exist now; other names as they are written."""
        return (self.slugs.get(normal_form(name), name) for name in written)

    def _name(self, slug: str) -> str:
        page = self.archive.tags.get(slug)
        return markup.clean(page.tag.name if page else slug)

    def _tag(self, day: date, edit: Edit) -> Iterator[Correction]:
        """One correction for all papers, since a new rule or name changes thousands at once."""
        before, after = (
            self.parse(edit.file, data) if data is not None else None
            for data in (edit.before, edit.after)
        )
        if not isinstance(before, Tag):
            return
        replacement = self.slugs.get(normal_form(before.slug), "")
        page = self.archive.tags.get(before.slug) or self.archive.tags.get(replacement)
        if edit.after is None and page and page.tag.slug == before.slug:
            return  # it came back later
        if edit.after is None and page:
            what, fact = f"This tag is now {markup.clean(page.tag.name)}.", "gone"
        elif edit.after is None:
            what, fact = "This tag is no more.", "gone"
        elif isinstance(after, Tag) and after.match != before.match:
            what = "Its rules changed."
            fact = " ".join(after.match)
        else:
            return
        yield Correction(
            day,
            markup.clean(before.name) or before.slug,
            paths.tag_page(page.tag.slug) if page else "",
            (what,),
            (f"{_TAGS}{before.slug}", fact),
        )

    def _new_tag(self, day: date, edit: Edit, edits: Iterable[Edit]) -> Iterator[Correction]:
        """The correction for a new tag, unless it replaces one that the commit removes."""
        tag = self.parse(edit.file, edit.after) if edit.after is not None else None
        page = self.archive.tags.get(tag.slug) if isinstance(tag, Tag) else None
        if page is None:
            return
        gone = (PurePosixPath(each.file).stem for each in edits if each.after is None)
        if any(self.slugs.get(normal_form(slug)) == page.tag.slug for slug in gone):
            return
        yield Correction(
            day,
            markup.clean(page.tag.name) or page.tag.slug,
            paths.tag_page(page.tag.slug),
            ("This tag is new.",),
            (f"{_TAGS}{page.tag.slug}", "new"),
        )


def _loses_lines(edit: Edit) -> bool:
    """Whether a list loses lines other than upvotes; if not, papers were only added.

    Lists are imported again and again, and reading them as YAML would take seconds.
    """
    lost = Counter((edit.before or b"").splitlines()) - Counter((edit.after or b"").splitlines())
    return any(not line.lstrip().startswith(b"upvotes:") for line in lost)


def _differences(before: Paper, after: Paper) -> Iterator[str]:
    """What was corrected in a paper's text."""
    if before.title != after.title:
        yield f"Title corrected; it was: {markup.plain(before.title)}"
    for key in PAPER_KEYS:
        old, new = getattr(before, key.name), getattr(after, key.name)
        if key.corrected_as and old and old != new:
            yield f"{key.corrected_as} corrected."
