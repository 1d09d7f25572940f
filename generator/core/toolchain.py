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

    Raises OutsideError.
    """
    told = blake2b(digest_size=32)
    config = project / "mkdocs.yml"
    with files.outside(f"cannot read {package}"):
        for path in sorted(_sources(package)):
            _add(told, path.relative_to(package).as_posix(), path.read_bytes())
        _add(told, config.name, config.read_bytes() if config.is_file() else b"")
    _add(told, "python", sys.version.encode())
    for name, version in sorted(versions().items()):
        _add(told, name, version.encode())
    return told.digest()


def versions() -> dict[str, str]:
    """Versions of all installed libraries, by name in small letters.

    Any of them may show in the output. The names of their records tell name and version (PyPA,
    "Recording installed projects"): reading the records takes longer than everything else here.
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


def _add(told: blake2b, name: str, data: bytes) -> None:
    told.update(f"{len(name)} {len(data)} {name}".encode())
    told.update(data)
