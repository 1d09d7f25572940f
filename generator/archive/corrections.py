"""What was changed in papers after they were published: corrected, retagged, merged, withdrawn.

Takes the archive as it stands and the history of its content, gives `Correction`s. Their days are
those of commits, so nothing depends on the clock. Does no I/O.
"""

from __future__ import annotations

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

_OF_TAG = "tags/"
MOST_NEW_TAGS = 20
"""A commit with more than that brings a vocabulary, which isn't told tag by tag."""
MOST = 200
"""About so many corrections are told."""
Parse = Callable[[str, bytes], object]
"""What a file of the content holds, by path and bytes; None where it is broken."""


class Correction(Struct, frozen=True):
    """One change of one paper or tag on one day."""

    day: date
    title: str
    """Of the paper, or the tag's name, as plain text."""
    page: str
    """Path of the Markdown page of the paper or tag; empty where there is none any more."""
    what: tuple[str, ...]
    """Sentences as plain text."""
    facts: tuple[str, ...]
    """What the history alone says: whatever happens later changes nothing here."""

    @property
    def is_of_tag(self) -> bool:
        """Whether the vocabulary changed, not a paper."""
        return self.facts[0].startswith(_OF_TAG)

    @property
    def name(self) -> str:
        """Names it for good, in any clone and after a rebase."""
        said = "\0".join(self.facts)
        return f"{self.day.isoformat()}-{blake2b(said.encode(), digest_size=6).hexdigest()}"


Corrected = tuple[Correction, ...] | None
"""Corrections, newest first; None where nothing is known of any."""


def found(archive: Archive, commits: Iterable[Commit], parse: Parse) -> tuple[Correction, ...]:
    """The newest corrections, newest first, each once, in whole days."""
    seen: dict[str, Correction] = {}
    reader = _CorrectionFinder(archive, parse, names(page.tag for page in archive.tags.values()))
    for _, of_day in groupby(commits, lambda commit: commit.when.date()):
        for commit in of_day:
            for each in reader.of(commit):
                seen.setdefault(each.name, each)
        if len(seen) >= MOST:
            break
    return tuple(seen.values())


class _Given(Struct, frozen=True):
    """Slugs of the tags that people gave a paper and took from it."""

    tags: set[str] = field(default_factory=set)
    removed: set[str] = field(default_factory=set)


class _CorrectionFinder(Struct, frozen=True):
    archive: Archive
    parse: Parse
    slugs: Mapping[str, str]
    """Every name of a tag, in normal form, to its slug."""

    def of(self, commit: Commit) -> Iterator[Correction]:
        day = commit.when.date()
        new_lists = {edit.file for edit in commit.edits if edit.before is None}
        for edit in commit.edits:
            if edit.file.startswith("daily/") and _loses_lines(edit):
                yield from self._papers(day, edit)
        yield from self._taggings(day, commit.edits, new_lists)
        of_tags = [edit for edit in commit.edits if edit.file.startswith(_OF_TAG)]
        is_bulk = sum(edit.before is None for edit in of_tags) > MOST_NEW_TAGS
        for edit in of_tags:
            if edit.before is not None:
                yield from self._tag(day, edit)
            elif not is_bulk:
                yield from self._new_tag(day, edit, of_tags)

    def _papers(self, day: date, edit: Edit) -> Iterator[Correction]:
        before, after = (self._listed(edit.file, data) for data in (edit.before, edit.after))
        if before is None or (after is None and edit.after is not None):
            return  # a list that can't be read tells nothing
        now = after or {}
        for key, paper in before.items():
            entry = self.archive.entries.get(key)
            if key in now:
                what = facts = tuple(_differences(paper, now[key]))
            elif entry is None:
                what, facts = (self._end(paper),), ("gone",)
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

    def _end(self, paper: Paper) -> str:
        """What became of a paper that is in no list any more."""
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
            told = [
                (said, sorted(slugs))
                for said, slugs in (("Tags given", gained), ("Tags taken away", lost))
                if slugs
            ]
            if told:
                what = tuple(
                    f"{said}: {', '.join(map(self._name, slugs))}." for said, slugs in told
                )
                facts = tuple(f"{said}: {' '.join(slugs)}" for said, slugs in told)
                title, page = (entry.title, paths.paper_page(key)) if entry else (key, "")
                yield Correction(day, title or key, page, what, (key, *facts))

    def _given(self, edits: Iterable[Edit]) -> dict[str, tuple[_Given, _Given]]:
        """What people said of each paper before a commit and after, in the files it changed."""
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
                continue  # a file that can't be read tells nothing
            for index, value in enumerate(both):
                if isinstance(value, Tagging):
                    sets = given.setdefault(value.paper, (_Given(), _Given()))[index]
                    sets.tags.update(self._written(value.tags))
                    sets.removed.update(self._written(value.remove))
        return given

    def _written(self, written: Iterable[str]) -> Iterator[str]:
        """Tags by slug, where there are such tags now."""
        return (self.slugs.get(normal_form(name), name) for name in written)

    def _name(self, slug: str) -> str:
        page = self.archive.tags.get(slug)
        return markup.clean(page.tag.name if page else slug)

    def _tag(self, day: date, edit: Edit) -> Iterator[Correction]:
        """One correction for all papers, since rules and renaming change thousands at once."""
        before, after = (
            self.parse(edit.file, data) if data is not None else None
            for data in (edit.before, edit.after)
        )
        if not isinstance(before, Tag):
            return
        heir = self.slugs.get(normal_form(before.slug), "")
        page = self.archive.tags.get(before.slug) or self.archive.tags.get(heir)
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
            (f"{_OF_TAG}{before.slug}", fact),
        )

    def _new_tag(self, day: date, edit: Edit, edits: Iterable[Edit]) -> Iterator[Correction]:
        """A tag that is no other's new name."""
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
            (f"{_OF_TAG}{page.tag.slug}", "new"),
        )


def _loses_lines(edit: Edit) -> bool:
    """Whether a list has lines no more, other than upvotes; if not, only papers came to it.

    Lists are imported again and again, and to read them as YAML would take seconds.
    """
    after = frozenset((edit.after or b"").splitlines())
    gone = (line for line in (edit.before or b"").splitlines() if line not in after)
    return any(not line.lstrip().startswith(b"upvotes:") for line in gone)


def _differences(before: Paper, after: Paper) -> Iterator[str]:
    """What was corrected in a paper's text."""
    if before.title != after.title:
        yield f"Title corrected; it was: {markup.plain(before.title)}"
    for key in PAPER_KEYS:
        old, new = getattr(before, key.name), getattr(after, key.name)
        if key.corrected_as and old and old != new:
            yield f"{key.corrected_as} corrected."
