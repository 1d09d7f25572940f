"""The build, readable on one screen: load, check, plan, make, put in place.

Takes folders, leaves a site. Raises `ContentError` with all problems before anything is
written, and `OutsideError` where the disk refuses; the old site stays in both cases.
"""

from __future__ import annotations

import contextlib
import functools
from collections.abc import Callable, Iterable, Mapping, Sequence, Set
from datetime import date
from itertools import combinations
from pathlib import Path

from msgspec import Struct

from generator.archive import corrections
from generator.archive.corrections import Corrected
from generator.archive.load import load_archive
from generator.archive.model import Archive
from generator.content import reader
from generator.core import git, paths
from generator.core.cache import Cache
from generator.core.errors import UsageError
from generator.core.model import Settings
from generator.core.progress import track
from generator.core.target import Batch, PreviousFiles, Target, batches, digest
from generator.render import sitemap
from generator.render.feeds.targets import FeedTemplates, feedgen_templates
from generator.render.feeds.xml_template import XmlTemplate
from generator.render.pages.targets import page_batches
from generator.render.search import search_index
from generator.render.targets import unbatched_targets
from generator.site import (
    disk_scan,
    generated,
    html_page,
    merge_shards,
    plan,
    size_budget,
    staging,
    state,
    write,
)
from generator.site.disk_scan import DiskDifference, ManifestDifference
from generator.site.frame import (
    CachedFrame,
    FrameSources,
    copies,
    frame_sources,
    is_current,
    make,
    settings_of,
)
from generator.site.plan import BatchRecord, Plan, Reason, TargetRecord
from generator.site.size_budget import Weight, Weights
from generator.site.state import BuildState, PreviousBuild

INDEX, TEMPLATES = "index", "feed-templates"
"""Names of what a build remembers besides its state."""


class Folders(Struct, frozen=True):
    """Where a build reads and writes; `project` holds `mkdocs.yml` and hand-written `docs/`."""

    content: Path
    docs: Path
    site: Path
    project: Path
    cache: Path | None = None
    """What earlier builds worked out; None keeps nothing."""


class BuildOptions(Struct, frozen=True):
    """How to build; none of it changes what is built, but for `shard`."""

    jobs: int = 1
    full: bool = False
    """Make everything, whatever was made before."""
    shard: tuple[int, int] = (1, 1)
    """Which part to build, from 1, of how many."""
    searchable: bool = True
    """Whether to make the search index."""


DEFAULT = BuildOptions()


class BuildReport(Struct, frozen=True):
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


def build(
    folders: Folders, today: date, how: BuildOptions = DEFAULT, seen: PreviousBuild | None = None
) -> BuildReport:
    """Content to site; what didn't change isn't made again.

    `seen` is what somebody looked at already, in the same folders.
    """
    _keep_apart(folders)
    with contextlib.ExitStack() as stack:
        if seen is None:
            seen = stack.enter_context(previous_build(folders, how))
        return _build(folders, today, how, seen)


def previous_build(
    folders: Folders, how: BuildOptions
) -> contextlib.AbstractContextManager[PreviousBuild]:
    """Look at the site that an earlier build left."""
    places = (folders.project, folders.docs, folders.site, folders.cache)
    return state.previous_build(*places, how.jobs, is_trusted=not how.full)


def _build(folders: Folders, today: date, how: BuildOptions, seen: PreviousBuild) -> BuildReport:
    cache, known = seen.cache, seen.known
    memory = Cache(folders.cache, b"any tools")  # of parts that know which tools made them
    read = load_archive(folders.content, today, cache, how.jobs)
    before = PreviousFiles(functools.partial(_text, folders.docs))
    lots = list(page_batches(read))
    corrected = _corrected(folders.content, read)
    own = unbatched_targets(read, corrected, before, _feed_templates(cache))
    found = seen.found()
    own, hidden, source = _with_beside(own, read, folders, found)
    lots += batches(own)
    is_there = _paths(read, own)
    key = digest((source.settings, how.shard))
    if known and known.key != key:
        known = None
    with staging.staged(folders.site) as stage:
        frame = _frame(known, folders, source, stage, is_there, how)
        if known and known.frame.frame.shells != frame.frame.shells:
            known = None  # every page looks different
        todo = _decide([*lots, *batches(hidden)], known, found, how.shard)
        before.know(todo.made, todo.changed, how.shard)
        publisher = html_page.page_writer(
            read.settings, frame.frame, _fallback(folders, is_there, source.own.keys())
        )
        places = write.OutputFolders(
            folders.docs, stage, publisher.html, is_merged=known is not None
        )
        # What looks at all there is comes before processes are started: they share this one's
        # memory, and what is touched first afterwards is copied, at several times the cost.
        mark = merge_shards.mark(_whole(cache, source, lots), how.shard)
        listed = found if known and found else disk_scan.manifest_only(folders.docs)
        made = _make(todo, listed, places, how)
        index = _index(read, folders, stage, memory, how)
        gone, new = _changes(known, todo, made, frame)
        now = todo.lots(made)
        kept = BuildState(key, mark, now, frame, _weights(known, gone, new, now, frame))
        stale: Set[str] = gone.keys() - new.keys()
        if known and found:
            stale |= found.strangers | index.stale
        replaced = _put_in_place(folders.site, stage, known, kept, todo, index, stale)
        state.keep(cache, kept)
        memory.write(INDEX, index.bundles)
        if replaced:
            staging.discard(replaced)
    return BuildReport(
        read, size_budget.with_index(kept.weights, Weight(index.files, index.size)), todo
    )


def from_markdown(folders: Folders, how: BuildOptions = DEFAULT) -> int:
    """The second half of a build alone: a new site from docs/ as it stands; gives its pages.

    For measuring, and for seeing what the Markdown is worth without the archive.
    """
    settings = settings_of(folders.docs)
    paths = generated.manifest(folders.docs)
    source = frame_sources(folders.project, folders.docs, settings)
    published = [path for path in sorted(paths) if path not in source.own and path[0] != "."]
    with staging.staged(folders.site) as stage:
        frame = make(
            folders.project, source, stage, frozenset(published).__contains__, keep_files=True
        )
        fallback = _fallback(folders, paths.__contains__, source.own.keys())
        publisher = html_page.page_writer(settings, frame.frame, fallback)
        places = write.OutputFolders(folders.docs, stage, publisher.html)
        done = sum(1 for _ in write.write_pages(published, places, how.jobs))
        staging.replace(folders.site, stage, "")
    return done


def render(folders: Folders, today: date, how: BuildOptions = DEFAULT) -> Settings:
    """Content to `docs/` alone, all of it."""
    _keep_apart(folders)
    read = load_archive(folders.content, today)
    own = unbatched_targets(read, _corrected(folders.content, read))
    own, hidden, _ = _with_beside(own, read, folders, None)
    todo = plan.decide([*page_batches(read), *batches([*own, *hidden])], {}, {})
    listed = disk_scan.manifest_only(folders.docs)
    _make(todo, listed, write.OutputFolders(folders.docs, folders.docs, None), how)
    return read.settings


def _corrected(root: Path, read: Archive) -> Corrected:
    """What was corrected since it was published, as far as the content's history is there."""
    days = read.settings.corrections_days
    commits = git.history(root, days) if days else None
    if commits is None:
        return None
    return corrections.found(
        read, commits, lambda file, data: reader.parse_file(root, file, data)[0]
    )


def _feed_templates(cache: Cache) -> FeedTemplates:
    known = cache.read(TEMPLATES, dict[str, XmlTemplate])
    if known is None:
        known = dict(feedgen_templates())
        cache.write(TEMPLATES, known)
    return known


def _text(docs: Path, path: str) -> str:
    """A file that an earlier build made; empty where it can't be read."""
    try:
        return (docs / path).read_text("utf-8")
    except (OSError, UnicodeDecodeError):
        return ""


def _with_beside(
    own: Sequence[Target], read: Archive, folders: Folders, found: DiskDifference | None
) -> tuple[list[Target], list[Target], FrameSources]:
    """All published targets but those in lots, those for MkDocs alone, and the frame's parts."""
    is_generated = _paths(read, own)
    others = found.others if found else None
    source = frame_sources(folders.project, folders.docs, read.settings, is_generated, others)
    listed = sitemap.targets(read, {target.path for target in own} | source.own.keys())
    return [*own, *listed], list(copies(source)), source


def _paths(read: Archive, own: Iterable[Target]) -> Callable[[str], bool]:
    """Tells whether a path is one of these targets, or one of those that come in lots."""
    paths = frozenset(target.path for target in own)
    return lambda path: path in paths or read.has_page(path)


def _frame(
    known: BuildState | None,
    folders: Folders,
    source: FrameSources,
    stage: Path,
    is_there: Callable[[str], bool],
    how: BuildOptions,
) -> CachedFrame:
    if known and is_current(known.frame, source, is_there, folders.site):
        return known.frame
    return make(folders.project, source, stage, is_there, keep_files=how.shard[0] == 1)


def _decide(
    lots: Iterable[Batch],
    known: BuildState | None,
    found: DiskDifference | None,
    shard: tuple[int, int],
) -> Plan:
    if known is None or found is None:
        return plan.decide(lots, {}, {}, shard)
    return plan.decide(lots, known.lots, found.damaged, shard)


def _make(
    todo: Plan, listed: ManifestDifference, places: write.OutputFolders, how: BuildOptions
) -> dict[str, TargetRecord]:
    new = {each.target.path for each in todo.make if each.why is Reason.NEW}
    stale = sorted({*todo.remove, *(listed.beside - new)} - listed.missing)
    generated.add_to_manifest(
        places.docs, (new | listed.missing).difference(listed.beside, todo.remove)
    )
    work = [each.target for each in todo.make]
    made = dict(track(write.write_targets(work, places, how.jobs), "making", len(work)))
    generated.remove_stale(places.docs, stale)
    return made


def _put_in_place(
    site: Path,
    stage: Path,
    known: BuildState | None,
    now: BuildState,
    todo: Plan,
    index: search_index.SearchIndex,
    stale: Set[str],
) -> Path | None:
    """Let the site be what was made, where anything was; gives what that replaced."""
    if known is None:
        return staging.replace(site, stage, now.mark, keep=index.kept)
    is_as_before = now.mark == known.mark and now.frame is known.frame and not index.is_changed
    if is_as_before and not todo.make and not stale:
        return None
    return staging.merge(site, stage, sorted(stale), now.mark)


def _changes(
    known: BuildState | None, todo: Plan, made: Mapping[str, TargetRecord], frame: CachedFrame
) -> tuple[dict[str, int], dict[str, int]]:
    """Files of the site that leave it or are replaced, and new ones, with their bytes."""
    if known is None:
        return {}, _sizes(made, frame)
    before, now = (known.frame, frame) if known.frame is not frame else (None, None)
    return _sizes(todo.replaced, before), _sizes(made, now)


def _sizes(made: Mapping[str, TargetRecord], frame: CachedFrame | None) -> dict[str, int]:
    """Bytes of the site's files, by path."""
    sizes = {paths.site_file(path): each.site.size for path, each in made.items() if each.site}
    return sizes | {path: each.size for path, each in (frame.files if frame else {}).items()}


def _weights(
    known: BuildState | None,
    gone: Mapping[str, int],
    new: Mapping[str, int],
    lots: Mapping[str, BatchRecord],
    frame: CachedFrame,
) -> Weights:
    """What all files weigh but the search index."""
    if known is None:
        return size_budget.weigh(new.items())
    again = size_budget.reweigh(known.weights, gone.items(), new.items())
    return again or size_budget.weigh(_sizes(plan.unpacked(lots.values()), frame).items())


def _index(
    read: Archive, folders: Folders, stage: Path, memory: Cache, how: BuildOptions
) -> search_index.SearchIndex:
    """Make the parts of the search index that changed."""
    if not how.searchable:
        return search_index.without(folders.site)
    known = {} if how.full else memory.read(INDEX, dict[str, search_index.IndexBundle]) or {}
    return search_index.index(read, folders.site, stage, known, how.shard)


def _whole(cache: Cache, source: FrameSources, lots: Iterable[Batch]) -> str:
    """What the whole site is made from, in a few characters: the same for a full build."""
    inputs = [(lot.name, lot.inputs) for lot in lots]
    return digest((cache.stamp, source.inputs, inputs)).hex()


def _fallback(
    folders: Folders, is_generated: Callable[[str], bool], own: Set[str]
) -> Callable[[str, str], str]:
    def is_there(path: str) -> bool:
        return path in own or is_generated(path)

    @functools.cache
    def renderer() -> Callable[[str, str], str]:
        from generator.site import mkdocs_site  # noqa: PLC0415 - rarely needed, and long to load

        return mkdocs_site.Fallback(folders.project, folders.docs, is_there).html

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
