"""The fingerprint of the tools: everything but the content that decides what a build makes.

Takes the project's folder; reads the generator's own files, `mkdocs.yml` and the versions of all
installed libraries. If any of it changes, everything is made again.
"""

from __future__ import annotations

import os
import sys
from hashlib import blake2b
from pathlib import Path

from generator.core import files


def fingerprint(project: Path, package: Path = Path(__file__).parents[1]) -> bytes:
    """32 bytes that change with the generator, its theme, `mkdocs.yml`, Python and libraries.

    MkDocs takes the theme and its hooks from the project, which may be another checkout than the
    one that Python runs. Raises OutsideError.
    """
    hasher = blake2b(digest_size=32)
    config = project / "mkdocs.yml"
    folders = {package.resolve(), (project / package.name).resolve()}
    with files.outside(f"cannot read {package}"):
        for code in sorted({_code_digest(folder) for folder in folders if folder.is_dir()}):
            hasher.update(code)
        _add(hasher, config.name, config.read_bytes() if config.is_file() else b"")
    _add(hasher, "python", sys.version.encode())
    for name, version in sorted(versions().items()):
        _add(hasher, name, version.encode())
    return hasher.digest()


def _code_digest(package: Path) -> bytes:
    hasher = blake2b(digest_size=32)
    for path in sorted(_sources(package)):
        _add(hasher, path.relative_to(package).as_posix(), path.read_bytes())
    return hasher.digest()


def versions() -> dict[str, str]:
    """Versions of all installed libraries, by lower-case name.

    Any of them may show in the output. Name and version are read from the names of their records
    (PyPA, "Recording installed projects"), since reading the records would take far longer.
    """
    found: dict[str, str] = {}
    for folder in sys.path:
        for record in filter(_is_record, _names(folder)):
            name, _, version = record.rpartition(".")[0].partition("-")
            found.setdefault(name.lower(), version)
    return found


def _is_record(name: str) -> bool:
    return name.endswith((".dist-info", ".egg-info"))


def _names(folder: str) -> list[str]:
    try:
        return os.listdir(folder or ".")  # noqa: PTH208 - names alone
    except OSError:  # a path may lead nowhere, or to an archive
        return []


def _sources(package: Path) -> list[Path]:
    return [
        path for path in package.rglob("*") if "__pycache__" not in path.parts and path.is_file()
    ]


def _add(hasher: blake2b, name: str, data: bytes) -> None:
    hasher.update(f"{len(name)} {len(data)} {name}".encode())
    hasher.update(data)
