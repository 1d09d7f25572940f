"""The build, readable on one screen: load, check, plan, make, put in place.

Takes folders, leaves a site. Raises `ContentError` with all problems before anything is
written, and `OutsideError` where the disk refuses; the old site stays in both cases.
"""

from __future__ import annotations

import contextlib
import functools
from collections.abc import Callable, Iterable, Mapping, Sequence, Set
from datetime import date
from itertools import chain, combinations
from pathlib import Path

from msgspec import Struct

from generator import (
    api,
    archive,
    budget,
    checks,
    content,
    corrections,
    feeds,
    frames,
    joining,
    making,
    output,
    pages,
    plan,
    publish,
    redirects,
    revisions,
    search,
    sitemap,
    state,
    survey,
    urls,
)
from generator.archive import Archive
from generator.budget import Weights
from generator.cache import Cache
from generator.corrections import Corrected
from generator.errors import ContentError, UsageError
from generator.frames import Kept, Sources
from generator.model import Settings
from generator.plan import NOTHING_BEFORE, Before, Lot, Made, MadeLot, Plan, Target, Why
from generator.progress import reading, track
from generator.shelf import Shelf
from generator.state import Seen, State
from generator.survey import Found, Listed

INDEX, SOUND, FORMS = "index", "sound", "forms"
"""Names of what a build remembers besides its state."""


class Folders(Struct, frozen=True):
    """Where a build reads and writes; `project` holds `mkdocs.yml` and hand-written `docs/`."""

    content: Path
    docs: Path
    site: Path
    project: Path
    cache: Path | None = None
    """What earlier builds worked out; None keeps nothing."""


class How(Struct, frozen=True):
    """How to build; none of it changes what is built, but for `shard`."""

    jobs: int = 1
    full: bool = False
    """Make everything, whatever was made before."""
    shard: tuple[int, int] = (1, 1)
    """Which part to build, from 1, of how many."""
    searchable: bool = True
    """Whether to make the search index."""


DEFAULT = How()


class Report(Struct, frozen=True):
    """What a build did, in pages and files of the archive."""

    archive: Archive
    """What it was built from."""
    weights: Weights
    """Of the whole site, or of the part that was built."""
    plan: Plan
    """What was made, kept and removed."""

    @property
    def changed(self) -> int:
        """How many were made."""
        return len(self.plan.make)

    @property
    def unchanged(self) -> int:
        """How many were kept."""
        return self.plan.kept

    @property
    def removed(self) -> int:
        """How many went."""
        return len(self.plan.remove)


def build(folders: Folders, today: date, how: How = DEFAULT, seen: Seen | None = None) -> Report:
    """Content to site; what didn't change isn't made again.

    `seen` is what somebody looked at already, in the same folders.
    """
    _keep_apart(folders)
    with contextlib.ExitStack() as stack:
        if seen is None:
            seen = stack.enter_context(looking(folders, how))
        return _build(folders, today, how, seen)


def looking(folders: Folders, how: How) -> contextlib.AbstractContextManager[Seen]:
    """Look at the site that an earlier build left."""
    places = (folders.project, folders.docs, folders.site, folders.cache)
    return state.looking(*places, how.jobs, is_trusted=not how.full)


def _build(folders: Folders, today: date, how: How, seen: Seen) -> Report:
    cache, known = seen.cache, seen.known
    memory = Cache(folders.cache, b"any tools")  # of parts that know which tools made them
    read = load(folders.content, today, cache, how.jobs)
    before = Before(functools.partial(_text, folders.docs))
    lots = list(pages.lots(read))
    own = _own_targets(read, _corrected(folders.content, read), before, _forms(cache))
    found = seen.found()
    own, hidden, source = _with_beside(own, read, folders, found)
    lots += plan.lots(own)
    is_there = _paths(read, own)
    key = plan.digest((source.settings, how.shard))
    if known and known.key != key:
        known = None
    with output.staged(folders.site) as stage:
        frame = _frame(known, folders, source, stage, is_there, how)
        if known and known.frame.frame.shells != frame.frame.shells:
            known = None  # every page looks different
        todo = _decide([*lots, *plan.lots(hidden)], known, found, how.shard)
        before.know(todo, how.shard)
        publisher = publish.publisher(
            read.settings, frame.frame, _fallback(folders, is_there, source.own.keys())
        )
        places = making.Places(folders.docs, stage, publisher.html, is_merged=known is not None)
        # What looks at all there is comes before processes are started: they share this one's
        # memory, and what is touched first afterwards is copied, at several times the cost.
        mark = joining.mark(_whole(cache, source, lots), how.shard)
        listed = found if known and found else survey.listed(folders.docs)
        made = _make(todo, listed, places, how)
        index = _index(read, folders, stage, memory, how)
        gone, new = _changes(known, todo, made, frame)
        now = todo.lots(made)
        kept = State(key, mark, now, frame, _weights(known, gone, new, now, frame))
        stale: Set[str] = gone.keys() - new.keys()
        if known and found:
            stale |= found.strangers | index.stale
        replaced = _put_in_place(folders.site, stage, known, kept, todo, index, stale)
        state.keep(cache, kept)
        memory.write(INDEX, index.bundles)
        if replaced:
            output.discard(replaced)
    return Report(read, budget.with_index(kept.weights, index.weight), todo)


def from_markdown(folders: Folders, how: How = DEFAULT) -> int:
    """The second half of a build alone: a new site from docs/ as it stands; gives its pages.

    For measuring, and for seeing what the Markdown is worth without the archive.
    """
    settings = frames.settings_of(folders.docs)
    paths = output.listed(folders.docs)
    source = frames.sources(folders.project, folders.docs, settings)
    published = [path for path in sorted(paths) if path not in source.own and path[0] != "."]
    with output.staged(folders.site) as stage:
        frame = frames.make(
            folders.project, source, stage, frozenset(published).__contains__, keep_files=True
        )
        fallback = _fallback(folders, paths.__contains__, source.own.keys())
        publisher = publish.publisher(settings, frame.frame, fallback)
        places = making.Places(folders.docs, stage, publisher.html)
        done = sum(1 for _ in making.publish_all(published, places, how.jobs))
        output.replace(folders.site, stage, "")
    return done


def render(folders: Folders, today: date, how: How = DEFAULT) -> Settings:
    """Content to `docs/` alone, all of it."""
    _keep_apart(folders)
    read = load(folders.content, today)
    own = _own_targets(read, _corrected(folders.content, read))
    own, hidden, _ = _with_beside(own, read, folders, None)
    todo = plan.decide([*pages.lots(read), *plan.lots([*own, *hidden])], {}, {})
    listed = survey.listed(folders.docs)
    _make(todo, listed, making.Places(folders.docs, folders.docs, None), how)
    return read.settings


def load(root: Path, today: date, cache: Cache | None = None, jobs: int = 1) -> Archive:
    """The archive of a content folder; raises ContentError unless it is free of problems."""
    shelf = Shelf(cache) if cache else None
    loaded = content.load(root, reading, shelf=shelf, jobs=jobs)
    sound = cache.read(SOUND, frozenset[bytes]) if cache else None
    problems = checks.check(loaded, today, sound or frozenset())
    if problems:
        raise ContentError(problems)
    if cache and sound != (now := checks.sound(loaded, sound or frozenset())):
        cache.write(SOUND, sorted(now))
    return archive.build(loaded.content, cache, jobs, loaded.heads)


def targets(read: Archive) -> list[Target]:
    """What comes of the archive alone: all that promises an address, but for the frame's pages."""
    return [*chain.from_iterable(lot.targets() for lot in pages.lots(read)), *_own_targets(read)]


def _corrected(root: Path, read: Archive) -> Corrected:
    """What was corrected since it was published, as far as the content's history is there."""
    days = read.settings.corrections_days
    commits = revisions.history(root, days) if days else None
    if commits is None:
        return None
    return corrections.found(read, commits, lambda file, data: content.parsed(root, file, data)[0])


def _own_targets(
    read: Archive,
    corrected: Corrected = None,
    before: Before = NOTHING_BEFORE,
    forms: feeds.Forms | None = None,
) -> list[Target]:
    """What comes of the archive, and of what was corrected in it, but for what comes in lots."""
    own = [
        *pages.targets(read, corrected),
        *feeds.targets(read, corrected, before, forms),
        *api.targets(read),
    ]
    return [*own, *redirects.targets(read, own)]


def _forms(cache: Cache) -> feeds.Forms:
    known = cache.read(FORMS, dict[str, str])
    if known is None:
        known = dict(feeds.forms_of_feedgen())
        cache.write(FORMS, known)
    return known


def _text(docs: Path, path: str) -> str:
    """A file that an earlier build made; empty where it can't be read."""
    try:
        return (docs / path).read_text("utf-8")
    except (OSError, UnicodeDecodeError):
        return ""


def _with_beside(
    own: Sequence[Target], read: Archive, folders: Folders, found: Found | None
) -> tuple[list[Target], list[Target], Sources]:
    """All published targets but those in lots, those for MkDocs alone, and the frame's parts."""
    is_generated = _paths(read, own)
    others = found.others if found else None
    source = frames.sources(folders.project, folders.docs, read.settings, is_generated, others)
    listed = sitemap.targets(read, {target.path for target in own} | source.own.keys())
    return [*own, *listed], list(frames.copies(source)), source


def _paths(read: Archive, own: Iterable[Target]) -> Callable[[str], bool]:
    """Tells whether a path is one of these targets, or one of those that come in lots."""
    paths = frozenset(target.path for target in own)
    return lambda path: path in paths or read.has_page(path)


def _frame(
    known: State | None,
    folders: Folders,
    source: Sources,
    stage: Path,
    is_there: Callable[[str], bool],
    how: How,
) -> Kept:
    if known and frames.is_current(known.frame, source, is_there, folders.site):
        return known.frame
    return frames.make(folders.project, source, stage, is_there, keep_files=how.shard[0] == 1)


def _decide(
    lots: Iterable[Lot], known: State | None, found: Found | None, shard: tuple[int, int]
) -> Plan:
    if known is None or found is None:
        return plan.decide(lots, {}, {}, shard)
    return plan.decide(lots, known.lots, found.damaged, shard)


def _make(todo: Plan, listed: Listed, places: making.Places, how: How) -> dict[str, Made]:
    new = {each.target.path for each in todo.make if each.why is Why.NEW}
    stale = sorted({*todo.remove, *(listed.beside - new)} - listed.missing)
    output.announce(places.docs, (new | listed.missing).difference(listed.beside, todo.remove))
    work = [each.target for each in todo.make]
    made = dict(track(making.make(work, places, how.jobs), "making", len(work)))
    output.prune(places.docs, stale)
    return made


def _put_in_place(
    site: Path,
    stage: Path,
    known: State | None,
    now: State,
    todo: Plan,
    index: search.Index,
    stale: Set[str],
) -> Path | None:
    """Let the site be what was made, where anything was; gives what that replaced."""
    if known is None:
        return output.replace(site, stage, now.mark, keep=index.kept)
    is_as_before = now.mark == known.mark and now.frame is known.frame and not index.is_changed
    if is_as_before and not todo.make and not stale:
        return None
    return output.merge(site, stage, sorted(stale), now.mark)


def _changes(
    known: State | None, todo: Plan, made: Mapping[str, Made], frame: Kept
) -> tuple[dict[str, int], dict[str, int]]:
    """Files of the site that leave it or are replaced, and new ones, with their bytes."""
    if known is None:
        return {}, _sizes(made, frame)
    before, now = (known.frame, frame) if known.frame is not frame else (None, None)
    return _sizes(todo.replaced, before), _sizes(made, now)


def _sizes(made: Mapping[str, Made], frame: Kept | None) -> dict[str, int]:
    """Bytes of the site's files, by path."""
    sizes = {urls.site_file(path): each.site.size for path, each in made.items() if each.site}
    return sizes | {path: each.size for path, each in (frame.files if frame else {}).items()}


def _weights(
    known: State | None,
    gone: Mapping[str, int],
    new: Mapping[str, int],
    lots: Mapping[str, MadeLot],
    frame: Kept,
) -> Weights:
    """What all files weigh but the search index."""
    if known is None:
        return budget.weigh(new.items())
    again = budget.weigh_again(known.weights, gone.items(), new.items())
    return again or budget.weigh(_sizes(plan.unpacked(lots.values()), frame).items())


def _index(read: Archive, folders: Folders, stage: Path, memory: Cache, how: How) -> search.Index:
    """Make the parts of the search index that changed."""
    if not how.searchable:
        return search.without(folders.site)
    known = {} if how.full else memory.read(INDEX, dict[str, search.Bundle]) or {}
    return search.index(read, folders.site, stage, known, how.shard)


def _whole(cache: Cache, source: Sources, lots: Iterable[Lot]) -> str:
    """What the whole site is made from, in a few characters: the same for a full build."""
    inputs = [(lot.name, lot.inputs) for lot in lots]
    return plan.digest((cache.stamp, source.inputs, inputs)).hex()


def _fallback(
    folders: Folders, is_generated: Callable[[str], bool], own: Set[str]
) -> Callable[[str, str], str]:
    def is_there(path: str) -> bool:
        return path in own or is_generated(path)

    @functools.cache
    def renderer() -> Callable[[str, str], str]:
        from generator import site  # noqa: PLC0415 - rarely needed, and long to load

        return site.Fallback(folders.project, folders.docs, is_there).html

    return lambda text, path: renderer()(text, path)  # noqa: PLW0108 - loads on first use


def _keep_apart(folders: Folders) -> None:
    """Refuse folders within each other: what is generated must never replace content."""
    named = {"content": folders.content, "docs": folders.docs, "site": folders.site}
    for (name, folder), (other_name, other) in combinations(named.items(), 2):
        first, second = folder.resolve(), other.resolve()
        if first == second or first in second.parents or second in first.parents:
            raise UsageError(
                f"the folders of {name} ({folder}) and {other_name} ({other}) lie within each "
                "other: pass separate ones"
            )
