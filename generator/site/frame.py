"""The frame of the site: hand-written pages, the theme's files and page templates.

Takes the project's hand-written pages, gives a `Frame` and its files in a stage; made again only if
something changed. MkDocs is loaded only when the frame is made.
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
from generator.core.target import Target, digest
from generator.site import disk_scan, generated, staging
from generator.site.html_page import Frame
from generator.site.plan import FileStat


class CachedFrame(Struct, frozen=True):
    """A frame that was made, and the digest of what it was made from."""

    inputs: bytes
    frame: Frame
    files: dict[str, FileStat]
    """By path on the site."""


class FrameSources(Struct, frozen=True):
    """What a frame is made from: hand-written pages and files, and the settings."""

    settings: bytes
    own: dict[str, bytes]
    """By path below docs/."""
    elsewhere: frozenset[str]
    """Those that lie in the project's `docs/`, if pages are generated into another folder."""

    @property
    def inputs(self) -> bytes:
        """Digest of everything here."""
        hashes = [(name, blake2b(data).digest()) for name, data in sorted(self.own.items())]
        return digest((self.settings, hashes))


def frame_sources(
    project: Path,
    docs: Path,
    settings: Settings,
    is_generated: Callable[[str], bool] = lambda _: False,
    handwritten: Iterable[str] | None = None,
) -> FrameSources:
    """Read the files of `docs` and of the project's own docs/ that aren't generated.

    `handwritten` are those of `docs`, if they are known already. Raises OutsideError.
    """
    own = _texts(docs, _handwritten(docs) if handwritten is None else handwritten, is_generated)
    elsewhere: dict[str, bytes] = {}
    if docs.resolve() != (project / "docs").resolve():
        elsewhere = _texts(project / "docs", _handwritten(project / "docs"), is_generated)
    texts = {**elsewhere, **own}
    return FrameSources(settings_text(settings), texts, frozenset(elsewhere.keys() - own.keys()))


def copies(source: FrameSources) -> Iterator[Target]:
    """Targets that only MkDocs reads: the settings, and hand-written pages from elsewhere."""
    yield _copy(paths.SETTINGS_FILE, source.settings)
    for name in sorted(source.elsewhere):
        yield _copy(name, source.own[name])


def _copy(name: str, data: bytes) -> Target:
    return Target(name, blake2b(data, digest_size=16).digest(), partial(bytes, data), False)


def settings_text(settings: Settings) -> bytes:
    """The hidden file from which MkDocs' hooks learn the archive's settings."""
    return (json.dumps(asdict(settings), ensure_ascii=False, indent=1) + "\n").encode()


def settings_of(docs: Path) -> Settings:
    """The settings that an earlier build left for MkDocs. Raises OutsideError."""
    with files.outside(f"cannot read {docs}"):
        return Settings(**json.loads((docs / paths.SETTINGS_FILE).read_bytes()))


def _handwritten(folder: Path) -> list[str]:
    """Files that the manifest doesn't list, in order."""
    if not folder.is_dir():
        return []
    before = generated.manifest(folder)
    with files.outside(f"cannot read {folder}"):
        return sorted(
            name
            for name, _ in disk_scan.walk(folder)
            if name not in before and not disk_scan.is_hidden(name)
        )


def _texts(
    folder: Path, names: Iterable[str], is_generated: Callable[[str], bool]
) -> dict[str, bytes]:
    with files.outside(f"cannot read {folder}"):
        return {name: (folder / name).read_bytes() for name in names if not is_generated(name)}


def is_current(
    cached: CachedFrame, source: FrameSources, known: Callable[[str], bool], site: Path
) -> bool:
    """Whether a cached frame is what would be made now, and its files are still there."""
    if cached.inputs != source.inputs:
        return False
    if any(known(path) != answer for path, answer in cached.frame.asked.items()):
        return False
    return disk_scan.stats_of(site, {name: name for name in cached.files}) == cached.files


def make(
    project: Path,
    source: FrameSources,
    stage: Path,
    known: Callable[[str], bool],
    *,
    keep_files: bool,
) -> CachedFrame:
    """Make the frame in an empty stage; its files stay there if asked for. Raises OutsideError."""
    # MkDocs takes longer to load than a small change to build.
    from generator.site import mkdocs_site  # noqa: PLC0415

    docs = staging.pages_of(stage)
    try:
        for name, data in {**source.own, paths.SETTINGS_FILE: source.settings}.items():
            files.write(docs / name, data)
        frame = mkdocs_site.frame(project, docs, stage, known)
    finally:
        staging.discard(docs)
    if not keep_files:
        staging.discard(stage)
        stage.mkdir()
    names = [path.relative_to(stage).as_posix() for path in stage.rglob("*") if path.is_file()]
    return CachedFrame(
        source.inputs, frame, disk_scan.stats_of(stage, {name: name for name in sorted(names)})
    )
