"""The frame of the site (hand-written pages, theme, shells), made again only where it changed.

Takes the project's hand-written pages, gives a `Frame` and its files in a stage. MkDocs is loaded
only when the frame is made.
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
    """A frame that was made, and what of."""

    inputs: bytes
    frame: Frame
    files: dict[str, FileStat]
    """By path on the site."""


class FrameSources(Struct, frozen=True):
    """What hand-written pages and files there are, and the settings."""

    settings: bytes
    own: dict[str, bytes]
    """By path below docs/."""
    elsewhere: frozenset[str]
    """Those of them that lie in the project's `docs/` where pages are generated into another."""

    @property
    def inputs(self) -> bytes:
        """Digest of all of it."""
        hashes = [(name, blake2b(data).digest()) for name, data in sorted(self.own.items())]
        return digest((self.settings, hashes))


def frame_sources(
    project: Path,
    docs: Path,
    settings: Settings,
    is_generated: Callable[[str], bool] = lambda _: False,
    others: Iterable[str] | None = None,
) -> FrameSources:
    """Read what lies in `docs` and in the project's own docs/ and isn't generated.

    `others` are the files of `docs` that aren't, as far as an earlier build knew. Raises
    OutsideError.
    """
    own = _texts(docs, _others(docs) if others is None else others, is_generated)
    elsewhere: dict[str, bytes] = {}
    if docs.resolve() != (project / "docs").resolve():
        elsewhere = _texts(project / "docs", _others(project / "docs"), is_generated)
    texts = {**elsewhere, **own}
    return FrameSources(settings_text(settings), texts, frozenset(elsewhere.keys() - own.keys()))


def copies(source: FrameSources) -> Iterator[Target]:
    """What only MkDocs reads below docs/: the settings, and hand-written pages from elsewhere."""
    yield _copy(paths.SETTINGS_FILE, source.settings)
    for name in sorted(source.elsewhere):
        yield _copy(name, source.own[name])


def _copy(name: str, data: bytes) -> Target:
    return Target(name, blake2b(data, digest_size=16).digest(), partial(bytes, data), False)


def settings_text(settings: Settings) -> bytes:
    """The hidden file that tells MkDocs' hooks what the archive is called and where it lives."""
    return (json.dumps(asdict(settings), ensure_ascii=False, indent=1) + "\n").encode()


def settings_of(docs: Path) -> Settings:
    """The settings that an earlier build left for MkDocs. Raises OutsideError."""
    with files.outside(f"cannot read {docs}"):
        return Settings(**json.loads((docs / paths.SETTINGS_FILE).read_bytes()))


def _others(folder: Path) -> list[str]:
    """Files that no list of generated ones names, in order."""
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
    kept: CachedFrame, source: FrameSources, known: Callable[[str], bool], site: Path
) -> bool:
    """Whether what was made is what would be made again, and still there."""
    if kept.inputs != source.inputs:
        return False
    if any(known(path) != answer for path, answer in kept.frame.asked.items()):
        return False
    return disk_scan.stats_of(site, {name: name for name in kept.files}) == kept.files


def make(
    project: Path,
    source: FrameSources,
    stage: Path,
    known: Callable[[str], bool],
    *,
    keep_files: bool,
) -> CachedFrame:
    """Make the frame in an empty stage; its files stay there if wanted. Raises OutsideError."""
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
