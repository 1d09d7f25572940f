"""One half of a build alone: content to docs/, or docs/ to a site.

Takes folders. For benchmarks and tests: uses nothing of the previous build and stores nothing for
the next one.
"""

from __future__ import annotations

from datetime import date

from generator.archive.load import load_archive
from generator.core.model import Settings
from generator.core.target import batches
from generator.render.pages.targets import page_batches
from generator.render.targets import unbatched_targets
from generator.site import build, disk_scan, frame, generated, html_page, plan, staging, write
from generator.site.options import DEFAULT, BuildOptions, Folders
from generator.site.write import OutputFolders


def docs_alone(folders: Folders, today: date, options: BuildOptions = DEFAULT) -> Settings:
    """Write all of `docs/` from the content; gives the archive's settings."""
    folders.check()
    archive = load_archive(folders.content, today)
    corrected = build.corrected(folders.content, archive)
    targets, hidden, _ = build.with_handwritten(
        archive,
        unbatched_targets(archive, corrected),
        folders,
        disk_scan.unlisted(folders.docs).handwritten,
    )
    todo = plan.decide([*page_batches(archive), *batches([*targets, *hidden])], {}, {})
    output = OutputFolders(folders.docs, folders.docs, None)
    build.write_planned(todo, disk_scan.manifest_only(folders.docs), output, options.jobs)
    return archive.settings


def site_alone(folders: Folders, options: BuildOptions = DEFAULT) -> int:
    """Make a new site, without a search index, from `docs/`; gives the number of files it made."""
    settings = frame.settings_of(folders.docs)
    paths = generated.manifest(folders.docs).names
    handwritten = disk_scan.unlisted(folders.docs).handwritten
    sources = frame.frame_sources(folders.project, folders.docs, settings, handwritten)
    published = [path for path in sorted(paths) if path not in sources.own and path[0] != "."]
    with staging.staged(folders.site) as stage:
        cached_frame = frame.make(
            folders.project, sources, stage, frozenset(published).__contains__, keep_files=True
        )
        fallback = build.fallback(folders, paths.__contains__, sources)
        pages = html_page.page_writer(settings, cached_frame.frame, fallback)
        output = OutputFolders(folders.docs, stage, pages.html)
        count = sum(1 for _ in write.write_pages(published, output, options.jobs))
        staging.replace(folders.site, stage, "")
    return count
