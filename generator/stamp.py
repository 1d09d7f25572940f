"""One digest of everything but the content that decides what a build makes.

Takes the project's folder; reads the generator's own files, `mkdocs.yml` and the versions of the
libraries. Knows nothing of what they do: where any of it changed, all is made again.
"""

from __future__ import annotations

import re
import sys
from hashlib import blake2b
from importlib.metadata import PackageNotFoundError, requires, version
from pathlib import Path

from generator import files

DISTRIBUTION = "paper-archive"
_INDIRECT = ("lxml", "babel", "pymdown-extensions", "pagefind-bin")
"""Libraries of libraries that show in what is made."""
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]*")


def toolchain(project: Path, package: Path = Path(__file__).parent) -> bytes:
    """32 bytes that change with the generator, its theme, `mkdocs.yml`, Python and libraries.

    Raises OutsideError.
    """
    told = blake2b(digest_size=32)
    config = project / "mkdocs.yml"
    with files.outside(f"cannot read {package}"):
        for path in sorted(_sources(package)):
            _add(told, path.relative_to(package).as_posix(), path.read_bytes())
        _add(told, config.name, config.read_bytes() if config.is_file() else b"")
    for name, release in versions():
        _add(told, name, release.encode())
    return told.digest()


def versions() -> list[tuple[str, str]]:
    """Python's version and those of the libraries, by name."""
    try:
        wanted = [
            _NAME.match(each) for each in requires(DISTRIBUTION) or () if "extra ==" not in each
        ]
    except PackageNotFoundError:  # run from a folder of sources that isn't installed
        wanted = []
    names = sorted({*(name[0].lower() for name in wanted if name), *_INDIRECT})
    return [("python", sys.version), *((name, _version(name)) for name in names)]


def _version(name: str) -> str:
    try:
        return version(name)
    except PackageNotFoundError:
        return ""


def _sources(package: Path) -> list[Path]:
    return [
        path for path in package.rglob("*") if "__pycache__" not in path.parts and path.is_file()
    ]


def _add(told: blake2b, name: str, data: bytes) -> None:
    told.update(f"{len(name)} {len(data)} {name}".encode())
    told.update(data)
