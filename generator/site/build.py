"""The build as a sequence of steps: load, plan, write, put in place.

Takes folders, leaves a site. Each step takes the value that the step before gave. Raises
`ContentError` with all problems before anything is written, and `OutsideError` where the disk
refuses; the old site stays in both cases. Who asks for it is told what the site will weigh before
anything is written, and may stop the build.
"""

from __future__ import annotations

import contextlib
import functools
from collections.abc import Callable, Iterable, Mapping, Sequence, Set
from datetime import date
from itertools import chain
from pathlib import Path

from msgspec import Struct, structs

from generator.archive import corrections
from generator.archive.corrections import Corrected
from generator.archive.load import load_archive
from generator.archive.model import Archive
from generator.content import reader
from generator.core import git, lock, paths
from generator.core.cache import Cache
from generator.core.progress import track
from generator.core.target import Batch, PreviousFiles, Target, batches, digest
from generator.render import sitemap
from generator.render.feeds.targets import FeedTemplates, feedgen_templates
from generator.render.feeds.xml_template import XmlTemplate
from generator.render.pages.targets import page_batches
from generator.render.search import search_index
from generator.render.search.index_record import StampedBundle
from generator.render.search.search_index import SearchIndex
from generator.render.targets import unbatched_targets
from generator.site import (
    disk_scan,
    forecast,
    frame,
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
from generator.site.frame import CachedFrame, FrameSources
from generator.site.generated import Unlisted
from generator.site.options import DEFAULT, BuildOptions, Folders
from generator.site.plan import Plan, Reason, TargetRecord
from generator.site.size_budget import Weight, Weights
from generator.site.state import BuildState, PreviousBuild
from generator.site.write import OutputFolders

_FEED_TEMPLATES = "feed-templates"
"""Name in the cache of the templates of feeds."""
_MUCH_MORE = 1.1
"""A site is estimated only if it may have this many times as many files as before."""


class BuildReport(Struct, frozen=True):
    """What a build did, in pages and files of the archive."""

    archive: Archive
    """What it was built from."""
    weights: Weights
    """Of the whole site, or of the shard that was built."""
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
        """How many were removed."""
        return len(self.plan.remove)


def build(
    folders: Folders,
    today: date,
    options: BuildOptions = DEFAULT,
    previous: PreviousBuild | None = None,
    expected: Callable[[Weights], None] | None = None,
) -> BuildReport:
    """Content to site; what didn't change isn't made again.

    `previous` is what is known of the build before, if somebody looked already, in these folders.
    `expected` gets what a whole site that is new, or much larger than before, will weigh.
    """
    with contextlib.ExitStack() as stack:
        if previous is None:
            previous = stack.enter_context(state.previous_build(folders, options))
        inputs = _load(folders, today, options, previous)
        if expected and _may_be_much_larger(inputs):
            targets = chain.from_iterable(batch.targets() for batch in inputs.batches)
            expected(forecast.forecast(targets, options.searchable))
        stage = stack.enter_context(staging.staged(folders.site))
        planned = _plan(inputs, stage)
        written = _write(planned)
        return _put_in_place(written)


def _may_be_much_larger(inputs: Inputs) -> bool:
    """Whether the site may have many more files than before; False for a shard of one."""
    if inputs.options.shard[1] > 1 or inputs.before is None:
        return inputs.options.shard[1] == 1
    files = len(inputs.paths) + len(inputs.archive.entries)
    return files > _MUCH_MORE * inputs.before.weights.files


# --- load -----------------------------------------------------------------------------------


class Inputs(Struct, frozen=True):
    """All that a build makes its site from, and what is known of the site before."""

    folders: Folders
    options: BuildOptions
    cache: Cache
    archive: Archive
    batches: Sequence[Batch]
    """Of all that is published."""
    hidden: Sequence[Batch]
    """Of what only MkDocs reads."""
    paths: frozenset[str]
    """Paths of targets, except those that can be derived from `archive`."""
    frame_sources: FrameSources
    previous_files: PreviousFiles
    doubtful: Sequence[str]
    """Files below docs/ to set aside: they may be of people or of a build."""
    before: BuildState | None
    """Records of the previous build; None if nothing of it can be reused."""
    difference: DiskDifference | None
    """Between that and the disk; None if there are no records of a previous build."""
    unchanged_index: Mapping[str, StampedBundle]
    """Bundles of the search index that are as the previous build left them, by name."""

    @property
    def key(self) -> bytes:
        """Changes with the settings that every page depends on, and with the shard."""
        return digest((self.frame_sources.settings, self.options.shard))

    def is_target(self, path: str) -> bool:
        """Whether a path below docs/ is a target."""
        return path in self.paths or self.archive.has_page(path)


def _load(folders: Folders, today: date, options: BuildOptions, previous: PreviousBuild) -> Inputs:
    """Read and check the content, and name all targets of it; nothing is made or written."""
    cache = previous.cache
    with lock.reading(folders.content, options.wait):
        archive = load_archive(folders.content, today, cache, options.jobs)
        corrections_found = corrected(folders.content, archive)
    previous_files = PreviousFiles(functools.partial(_text, folders.docs))
    large = list(page_batches(archive))
    targets = unbatched_targets(archive, corrections_found, previous_files, _feed_templates(cache))
    findings = previous.findings()
    difference = findings.difference if findings else None
    unlisted = _unlisted(folders, difference)
    targets, hidden, sources = with_handwritten(archive, targets, folders, unlisted.handwritten)
    inputs = Inputs(
        folders=folders,
        options=options,
        cache=cache,
        archive=archive,
        batches=[*large, *batches(targets)],
        hidden=batches(hidden),
        paths=frozenset(target.path for target in targets),
        frame_sources=sources,
        previous_files=previous_files,
        doubtful=(),
        before=previous.state,
        difference=difference,
        unchanged_index=findings.bundles if findings else {},
    )
    doubtful = generated.doubtful(folders.docs, unlisted, inputs.is_target, sources.copied)
    inputs = structs.replace(inputs, doubtful=doubtful)
    before = previous.state if difference else None
    return inputs if before and before.key == inputs.key else _without_previous(inputs)


def _unlisted(folders: Folders, difference: DiskDifference | None) -> Unlisted:
    """Files below docs/ that no build is known to have made; refuses those in a build's places."""
    found = difference.unlisted if difference else disk_scan.unlisted(folders.docs)
    if not found.is_whole and not frame.is_projects_own(folders.project, folders.docs):
        # What looks hand-written may be a copy of a page that the project has no longer.
        found = Unlisted((), (*found.unknown, *found.handwritten), is_whole=False)
    generated.refuse_unknown(folders.docs, found)
    return found


def corrected(root: Path, archive: Archive) -> Corrected:
    """What was corrected since it was published, as far as the content's history is there."""
    days = archive.settings.corrections_days
    commits = git.history(root, days) if days else None
    if commits is None:
        return None
    return corrections.found(
        archive, commits, lambda file, data: reader.parse_file(root, file, data)[0]
    )


def _feed_templates(cache: Cache) -> FeedTemplates:
    known = cache.read(_FEED_TEMPLATES, dict[str, XmlTemplate])
    if known is None:
        known = dict(feedgen_templates())
        cache.write(_FEED_TEMPLATES, known)
    return known


def _text(docs: Path, path: str) -> str:
    """A file that an earlier build made; empty where it can't be read."""
    try:
        return (docs / path).read_text("utf-8")
    except (OSError, UnicodeDecodeError):
        return ""


def with_handwritten(
    archive: Archive,
    targets: Sequence[Target],
    folders: Folders,
    handwritten: Iterable[str],
) -> tuple[list[Target], list[Target], FrameSources]:
    """Targets of the archive with the sitemap, those for MkDocs alone, and hand-written pages.

    `handwritten` are the files below docs/ that no build made.
    """
    sources = frame.frame_sources(folders.project, folders.docs, archive.settings, handwritten)
    generated_paths = frozenset(target.path for target in targets)
    listed = sitemap.targets(archive, generated_paths | sources.own.keys())
    return [*targets, *listed], list(frame.copies(sources)), sources


# --- plan -----------------------------------------------------------------------------------


class Planned(Struct, frozen=True):
    """What a build is going to make, and where."""

    inputs: Inputs
    """Without a build before where every page looks different now."""
    stage: Path
    frame: CachedFrame
    plan: Plan


def _plan(inputs: Inputs, stage: Path) -> Planned:
    """Make the frame if it changed, and decide what else to make."""
    its_frame = _frame(inputs, stage)
    if inputs.before and inputs.before.frame.frame.templates != its_frame.frame.templates:
        inputs = _without_previous(inputs)
    before, difference = inputs.before, inputs.difference
    todo = plan.decide(
        [*inputs.batches, *inputs.hidden],
        before.batches if before and difference else {},
        difference.damaged if before and difference else {},
        inputs.options.shard,
    )
    inputs.previous_files.set_plan(todo.made, todo.changed, inputs.options.shard)
    return Planned(inputs, stage, its_frame, todo)


def _without_previous(inputs: Inputs) -> Inputs:
    """The same with nothing to keep of the build before."""
    return structs.replace(inputs, before=None)


def _frame(inputs: Inputs, stage: Path) -> CachedFrame:
    before, folders, sources = inputs.before, inputs.folders, inputs.frame_sources
    if before and frame.is_current(before.frame, sources, inputs.is_target, folders.site):
        return before.frame
    is_first = inputs.options.shard[0] == 1
    return frame.make(folders.project, sources, stage, inputs.is_target, keep_files=is_first)


# --- write ----------------------------------------------------------------------------------


class Written(Struct, frozen=True):
    """A build whose files are all written, but not yet in place."""

    planned: Planned
    records: Mapping[str, TargetRecord]
    """Of targets that were made, by path."""
    index: SearchIndex
    mark: str
    """Of the site: changes with anything it is made from."""


def _write(planned: Planned) -> Written:
    """Make all files, below docs/ and in the stage."""
    inputs = planned.inputs
    where = inputs.folders
    # What looks at all there is comes before processes are started: they share this one's
    # memory, and what is touched first afterwards is copied, at several times the cost.
    mark = merge_shards.mark(_site_digest(inputs), inputs.options.shard)
    known = inputs.difference if inputs.before else None
    pages = html_page.page_writer(
        inputs.archive.settings,
        planned.frame.frame,
        fallback(where, inputs.is_target, inputs.frame_sources),
    )
    output = OutputFolders(
        where.docs, planned.stage, pages.html, is_merged=inputs.before is not None
    )
    manifest = known or disk_scan.manifest_only(where.docs)
    records = write_planned(planned.plan, manifest, output, inputs.options.jobs, inputs.doubtful)
    return Written(planned, records, _index(planned), mark)


def _site_digest(inputs: Inputs) -> str:
    """What the whole site is made from, in a few characters: the same for a full build."""
    made_from = [(batch.name, batch.inputs) for batch in inputs.batches]
    return digest((inputs.cache.fingerprint, inputs.frame_sources.inputs, made_from)).hex()


def write_planned(
    todo: Plan,
    manifest: ManifestDifference,
    output: OutputFolders,
    jobs: int,
    doubtful: Sequence[str] = (),
) -> dict[str, TargetRecord]:
    """Make what a plan says, and keep the manifest of docs/; gives the records by path.

    Doubtful files are set aside first, as long as the manifest isn't whole.
    """
    new = {each.target.path for each in todo.make if each.why is Reason.NEW}
    stale = sorted({*todo.remove, *(manifest.extra - new)})
    generated.set_aside(output.docs, doubtful)
    generated.add_to_manifest(
        output.docs, (new | manifest.missing).difference(manifest.extra, todo.remove)
    )
    work = [each.target for each in todo.make]
    # Closed in any case: an exception on its way would keep it, and with it other processes that
    # write, until after the stage is removed.
    with contextlib.closing(write.write_targets(work, output, jobs)) as written:
        records = dict(track(written, "making", len(work)))
    generated.remove_stale(output.docs, stale)
    return records


def fallback(
    folders: Folders, is_target: Callable[[str], bool], sources: FrameSources
) -> Callable[[str, str], str]:
    """Renders Markdown that only MkDocs can, which is loaded on the first such page."""
    own: Set[str] = sources.own.keys()

    @functools.cache
    def renderer() -> Callable[[str, str], str]:
        from generator.site import mkdocs_site  # noqa: PLC0415 - rarely needed, and long to load

        return mkdocs_site.Fallback(
            folders.project, folders.docs, lambda path: path in own or is_target(path)
        ).html

    return lambda text, path: renderer()(text, path)  # noqa: PLW0108 - loads on first use


def _index(planned: Planned) -> SearchIndex:
    """Make the parts of the search index that changed."""
    inputs = planned.inputs
    options, site = inputs.options, inputs.folders.site
    if not options.searchable:
        return search_index.disabled(site)
    unchanged = None if options.full else inputs.unchanged_index
    return search_index.index(inputs.archive, site, planned.stage, unchanged, options.shard)


# --- put in place ---------------------------------------------------------------------------


def _put_in_place(written: Written) -> BuildReport:
    """Let the site be what was written, and remember it for the next build."""
    planned, index = written.planned, written.index
    inputs = planned.inputs
    replaced, added = _site_changes(written)
    records = planned.plan.batches(written.records)
    weights = _weights(written, replaced, added, records)
    now = BuildState(inputs.key, written.mark, records, planned.frame, weights, dict(index.bundles))
    stale: Set[str] = replaced.keys() - added.keys()
    if inputs.before and inputs.difference:
        stale |= inputs.difference.unexpected | index.stale
    old = _swap(written, now, stale)
    state.keep(inputs.cache, now)
    if old:
        staging.discard(old)
    all_weights = size_budget.with_index(weights, Weight(index.files, index.size))
    return BuildReport(inputs.archive, all_weights, planned.plan)


def _swap(written: Written, now: BuildState, stale: Set[str]) -> Path | None:
    """Put the stage into the site's place or its files into the site; gives what that replaced."""
    planned, index = written.planned, written.index
    before, site = planned.inputs.before, planned.inputs.folders.site
    if before is None:
        return staging.replace(site, planned.stage, now.mark, keep=index.kept)
    is_as_before = now.mark == before.mark and now.frame is before.frame and not index.is_changed
    if is_as_before and not planned.plan.make and not stale:
        return None
    return staging.merge(site, planned.stage, sorted(stale), now.mark)


def _site_changes(written: Written) -> tuple[dict[str, int], dict[str, int]]:
    """Files that leave the site or are replaced, and files that are new, with their bytes."""
    planned = written.planned
    before, its_frame = planned.inputs.before, planned.frame
    if before is None:
        return {}, _sizes(written.records, its_frame)
    if before.frame is its_frame:
        return _sizes(planned.plan.replaced, None), _sizes(written.records, None)
    return _sizes(planned.plan.replaced, before.frame), _sizes(written.records, its_frame)


def _sizes(records: Mapping[str, TargetRecord], its_frame: CachedFrame | None) -> dict[str, int]:
    """Bytes of the site's files, by path."""
    sizes = {paths.site_file(path): each.site.size for path, each in records.items() if each.site}
    if its_frame:
        sizes.update((path, each.size) for path, each in its_frame.files.items())
    return sizes


def _weights(
    written: Written,
    replaced: Mapping[str, int],
    added: Mapping[str, int],
    records: Mapping[str, plan.BatchRecord],
) -> Weights:
    """What all files weigh but the search index."""
    before = written.planned.inputs.before
    if before is None:
        return size_budget.weigh(added.items())
    again = size_budget.reweigh(before.weights, replaced.items(), added.items())
    if again:
        return again
    everything = _sizes(plan.unpacked(records.values()), written.planned.frame)
    return size_budget.weigh(everything.items())
