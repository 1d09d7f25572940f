"""The frame of the site: hand-written pages, the theme's files and page templates.

Takes the project's hand-written pages and the settings, gives a `Frame` and its files in a stage.
The frame is cached, and made again only if something changed: only then MkDocs is loaded.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator
from functools import partial
from hashlib import blake2b
from pathlib import Path

from msgspec import Struct
from msgspec.structs import asdict

from generator.core import files, paths
from generator.core.model import Settings
from generator.core.page_kinds import is_for_builds
from generator.core.target import Target, digest
from generator.site import disk_scan, staging
from generator.site.page_template import Frame
from generator.site.plan import FileStat


class CachedFrame(Struct, frozen=True):
    """A frame, its files, and the digest of what it was made from."""

    inputs: bytes
    frame: Frame
    files: dict[str, FileStat]
    """By path on the site."""


class FrameSources(Struct, frozen=True):
    """What a frame is made from: hand-written pages and files, and the settings."""

    settings: bytes
    """The text of the hidden file with the settings."""
    own: dict[str, bytes]
    """Hand-written pages and files, by path below docs/."""
    elsewhere: frozenset[str]
    """The paths of those in the project's `docs/`, if pages are generated into another folder."""

    @property
    def copied(self) -> dict[str, bytes]:
        """Those in the project's `docs/`, by path."""
        return {name: self.own[name] for name in self.elsewhere}

    @property
    def inputs(self) -> bytes:
        """Digest of all sources."""
        hashes = [(name, blake2b(data).digest()) for name, data in sorted(self.own.items())]
        return digest((self.settings, hashes))


def frame_sources(
    project: Path,
    docs: Path,
    settings: Settings,
    handwritten: Iterable[str],
) -> FrameSources:
    """Read the hand-written files of `docs`, and those of the project's docs/.

    Raises OutsideError.
    """
    own = _texts(docs, handwritten)
    elsewhere: dict[str, bytes] = {}
    if not is_projects_own(project, docs):
        names = disk_scan.visible(project / "docs")
        elsewhere = _texts(project / "docs", [each for each in names if not is_for_builds(each)])
    texts = {**elsewhere, **own}
    return FrameSources(settings_text(settings), texts, frozenset(elsewhere.keys() - own.keys()))


def is_projects_own(project: Path, docs: Path) -> bool:
    """Whether `docs` is the project's docs/, and not a folder to which its pages are copied."""
    return docs.resolve() == (project / "docs").resolve()


def copies(sources: FrameSources) -> Iterator[Target]:
    """Targets that only MkDocs reads: the settings, and hand-written pages of another folder."""
    yield _copy(paths.SETTINGS_FILE, sources.settings)
    for name in sorted(sources.elsewhere):
        yield _copy(name, sources.own[name])


def _copy(name: str, data: bytes) -> Target:
    return Target(name, blake2b(data, digest_size=16).digest(), partial(bytes, data), False)


def settings_text(settings: Settings) -> bytes:
    """The text of the hidden file with the archive's settings, for MkDocs' hooks."""
    return (json.dumps(asdict(settings), ensure_ascii=False, indent=1) + "\n").encode()


def settings_of(docs: Path) -> Settings:
    """The settings that a build wrote for MkDocs. Raises OutsideError."""
    with files.outside(f"cannot read {docs}"):
        return Settings(**json.loads(files.read(docs / paths.SETTINGS_FILE)))


def _texts(folder: Path, names: Iterable[str]) -> dict[str, bytes]:
    with files.outside(f"cannot read {folder}"):
        return {name: files.read(folder / name) for name in sorted(names)}


def is_current(
    cached: CachedFrame, sources: FrameSources, is_target: Callable[[str], bool], site: Path
) -> bool:
    """Whether a cached frame is the one that would be made now, and its files are unchanged."""
    if cached.inputs != sources.inputs:
        return False
    if any(is_target(path) != answer for path, answer in cached.frame.asked.items()):
        return False
    return disk_scan.stats_of(site, {name: name for name in cached.files}) == cached.files


def make(
    project: Path,
    sources: FrameSources,
    stage: Path,
    is_target: Callable[[str], bool],
    *,
    keep_files: bool,
) -> CachedFrame:
    """Make the frame in an empty stage; `keep_files` leaves its files. Raises OutsideError."""
    # MkDocs takes longer to load than a build after a small change.
    from generator.site import mkdocs_site  # noqa: PLC0415

    docs = staging.pages_of(stage)
    try:
        for name, data in {**sources.own, paths.SETTINGS_FILE: sources.settings}.items():
            files.write(docs / name, data)
        frame = mkdocs_site.frame(project, docs, stage, is_target)
    finally:
        staging.discard(docs)
    if not keep_files:
        staging.discard(stage)
        stage.mkdir()
    names = [path.relative_to(stage).as_posix() for path in stage.rglob("*") if path.is_file()]
    return CachedFrame(
        sources.inputs, frame, disk_scan.stats_of(stage, {name: name for name in sorted(names)})
    )
