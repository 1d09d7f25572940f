"""The build, readable on one screen: load, check, plan, make, put in place.

Takes folders, leaves a site. Raises `ContentError` with all problems before anything is
written, and `OutsideError` where the disk refuses; the old site stays in both cases.
"""

from __future__ import annotations

import contextlib
import functools
import gc
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from itertools import chain, combinations
from pathlib import Path

from generator import (
    archive,
    budget,
    checks,
    content,
    feeds,
    frames,
    joining,
    making,
    output,
    pages,
    plan,
    publish,
    search,
    sitemap,
    stamp,
    urls,
)
from generator.archive import Archive
from generator.budget import Weights
from generator.cache import Cache
from generator.errors import ArchiveError, UsageError
from generator.frames import Kept, Sources
from generator.model import Problem, Settings
from generator.plan import Made, Plan, Target
from generator.progress import reading, track
from generator.shelf import Shelf

STATE, INDEX = "site", "index"
"""Names of what a build remembers."""


class ContentError(ArchiveError):
    """The content has problems, so nothing was built."""

    def __init__(self, problems: list[Problem]) -> None:
        super().__init__(f"{len(problems)} problems in the content")
        self.problems = problems


@dataclass(frozen=True, slots=True)
class Folders:
    """Where a build reads and writes; `project` holds `mkdocs.yml` and hand-written `docs/`."""

    content: Path
    docs: Path
    site: Path
    project: Path
    cache: Path | None = None
    """What earlier builds worked out; None keeps nothing."""


@dataclass(frozen=True, slots=True)
class How:
    """How to build; none of it changes what is built, but for `shard`."""

    jobs: int = 1
    full: bool = False
    """Make everything, whatever was made before."""
    shard: tuple[int, int] = (1, 1)
    """Which part to build, from 1, of how many."""
    searchable: bool = True
    """Whether to make the search index."""


DEFAULT = How()


@dataclass(frozen=True, slots=True)
class State:
    """What a build remembers for the next one."""

    key: bytes
    mark: str
    made: dict[str, Made]
    frame: Kept


@dataclass(frozen=True, slots=True)
class Report:
    """What a build did, in pages and files of the archive."""

    changed: int
    unchanged: int
    removed: int
    settings: Settings
    weights: Weights
    """Of the whole site, or of the part that was built."""


def build(folders: Folders, today: date, how: How = DEFAULT) -> Report:
    """Content to site; what didn't change isn't made again."""
    output.check_site(folders.site)
    _keep_apart(folders)
    with _without_collecting():
        return _build(folders, today, how)


@contextlib.contextmanager
def _without_collecting() -> Iterator[None]:
    """Spare Python its search for circles: an archive has none, and the search takes half the time.

    What was loaded is left out of later searches too.
    """
    gc.disable()
    try:
        yield
    finally:
        gc.freeze()
        gc.enable()


def _build(folders: Folders, today: date, how: How) -> Report:
    cache = Cache(folders.cache, stamp.toolchain(folders.project))
    memory = Cache(folders.cache, b"any tools")  # of parts that know which tools made them
    read = load(folders.content, today, cache, how.jobs)
    everything, source = _targets(read, folders)
    paths = frozenset(target.path for target in everything if target.published)
    targets = plan.part(everything, *how.shard)
    key = plan.digest((source.settings, how.shard))
    with output.staged(folders.site) as stage:
        known = None if how.full else _remembered(cache, key, folders.site)
        frame = _frame(known, folders, source, stage, paths, how)
        if known and known.frame.frame.shells != frame.frame.shells:
            known = None  # every page looks different
        todo = _decide(targets, known, folders)
        publisher = publish.publisher(
            read.settings, frame.frame, _fallback(folders, paths | source.own.keys())
        )
        places = making.Places(folders.docs, stage, publisher.html)
        made = {**todo.keep, **_make(targets, todo, places, how)}
        index = _index(read, folders, stage, memory, how)
        mark = joining.mark(_whole(cache, source, everything), how.shard)
        if known is None:
            output.replace(folders.site, stage, mark, keep=index.kept)
        else:
            new = _site_files(made, frame)
            stale = _site_files(known.made, known.frame) - new
            stale |= output.strangers(folders.site, new | stale | index.files) | index.stale
            if mark != known.mark or todo.make or stale or index.is_changed:
                output.merge(folders.site, stage, sorted(stale), mark)
    cache.write(STATE, State(key, mark, made, frame))
    memory.write(INDEX, index.bundles)
    weights = _weights(made, frame, index)
    return Report(len(todo.make), len(todo.keep), len(todo.remove), read.settings, weights)


def from_markdown(folders: Folders, how: How = DEFAULT) -> int:
    """The second half of a build alone: a new site from docs/ as it stands; gives its pages.

    For measuring, and for seeing what the Markdown is worth without the archive.
    """
    settings = frames.settings_of(folders.docs)
    paths = output.listed(folders.docs)
    source = frames.sources(folders.project, folders.docs, settings, frozenset())
    published = [path for path in sorted(paths) if path not in source.own and path[0] != "."]
    with output.staged(folders.site) as stage:
        frame = frames.make(
            folders.project, source, stage, frozenset(published).__contains__, keep_files=True
        )
        fallback = _fallback(folders, frozenset(paths | source.own.keys()))
        publisher = publish.publisher(settings, frame.frame, fallback)
        places = making.Places(folders.docs, stage, publisher.html)
        done = sum(1 for _ in making.publish_all(published, places, how.jobs))
        output.replace(folders.site, stage, "")
    return done


def render(folders: Folders, today: date, how: How = DEFAULT) -> Settings:
    """Content to `docs/` alone, all of it."""
    _keep_apart(folders)
    read = load(folders.content, today)
    targets, _ = _targets(read, folders)
    todo = plan.decide(targets, {}, {}, {})
    _make(targets, todo, making.Places(folders.docs, folders.docs, None), how)
    return read.settings


def load(root: Path, today: date, cache: Cache | None = None, jobs: int = 1) -> Archive:
    """The archive of a content folder; raises ContentError unless it is free of problems."""
    shelf = Shelf(cache) if cache else None
    loaded = content.load(root, reading, shelf=shelf, jobs=jobs)
    problems = checks.check(loaded, today)
    if problems:
        raise ContentError(problems)
    return archive.build(loaded.content, cache, jobs)


def _targets(read: Archive, folders: Folders) -> tuple[list[Target], Sources]:
    """All there is to make, and what the frame is made of."""
    targets = [*pages.targets(read), *feeds.targets(read)]
    generated = frozenset(target.path for target in targets)
    source = frames.sources(folders.project, folders.docs, read.settings, generated)
    of_pages = (path for path in chain(generated, source.own) if path.endswith(".md"))
    targets.extend(sitemap.targets(read, of_pages))
    targets.extend(frames.copies(source))
    return targets, source


def _remembered(cache: Cache, key: bytes, site: Path) -> State | None:
    """What the last build left, if the site is still that build's."""
    state = cache.read(STATE, State)
    if state is None or state.key != key or state.mark != output.mark_of(site):
        return None
    return state


def _frame(
    known: State | None,
    folders: Folders,
    source: Sources,
    stage: Path,
    paths: frozenset[str],
    how: How,
) -> Kept:
    is_there = paths.__contains__
    if known and frames.is_current(known.frame, source, is_there, folders.site):
        return known.frame
    return frames.make(folders.project, source, stage, is_there, keep_files=how.shard[0] == 1)


def _decide(targets: list[Target], known: State | None, folders: Folders) -> Plan:
    if known is None:
        return plan.decide(targets, {}, {}, {})
    made = known.made
    in_docs = output.survey(folders.docs, {path: path for path in made})
    in_site = output.survey(
        folders.site, {path: urls.site_file(path) for path, each in made.items() if each.site}
    )
    return plan.decide(targets, made, in_docs, in_site)


def _make(targets: list[Target], todo: Plan, places: making.Places, how: How) -> dict[str, Made]:
    names = [target.path for target in targets]
    before = output.announce(places.docs, names)
    work = [each.target for each in todo.make]
    made = dict(track(making.make(work, places, how.jobs), "making", len(work)))
    output.prune(places.docs, before, names)
    return made


def _index(read: Archive, folders: Folders, stage: Path, memory: Cache, how: How) -> search.Index:
    """Make the parts of the search index that changed."""
    if not how.searchable:
        return search.Index()
    known = {} if how.full else memory.read(INDEX, dict[str, search.Bundle]) or {}
    return search.index(read, folders.site, stage, known, how.shard)


def _site_files(made: Mapping[str, Made], frame: Kept) -> set[str]:
    return {urls.site_file(path) for path, each in made.items() if each.site} | frame.files.keys()


def _weights(made: Mapping[str, Made], frame: Kept, index: search.Index) -> Weights:
    pages = ((urls.site_file(path), each.site.size) for path, each in made.items() if each.site)
    return budget.weigh(
        chain(pages, ((path, each.size) for path, each in frame.files.items())), index.weight
    )


def _whole(cache: Cache, source: Sources, everything: list[Target]) -> str:
    """What the whole site is made from, in a few characters: the same for a full build."""
    inputs = sorted((target.path, target.inputs) for target in everything if target.published)
    return plan.digest((cache.stamp, source.inputs, inputs)).hex()


def _fallback(folders: Folders, paths: frozenset[str]) -> Callable[[str, str], str]:
    @functools.cache
    def renderer() -> Callable[[str, str], str]:
        from generator import site  # noqa: PLC0415 - rarely needed, and long to load

        return site.Fallback(folders.project, folders.docs, paths.__contains__).html

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
