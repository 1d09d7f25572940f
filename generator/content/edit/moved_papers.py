"""The tags people gave a paper follow it to a better id, however they are filed.

Takes the content folder and the keys that papers get, gives the tagging files that change. Reads
them and the vocabulary, and writes nothing.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from pathlib import Path

from generator.content import reader, tag_names
from generator.content.edit import tagging_file
from generator.core import files, paths
from generator.core.errors import SourceError
from generator.core.model import Tag
from generator.text.phrases import normal_form


def tagging_changes(
    root: Path, moves: Mapping[str, Collection[str]], staying: Collection[str]
) -> dict[str, bytes | None]:
    """The tagging files to write, and those to remove (None), by their paths below the content.

    `moves` has the new keys of papers by their old one: several if different papers had one slug.
    Papers with a key in `staying` keep their files, too. Raises SourceError for a file with
    problems, OutsideError.
    """
    known = {old: _texts(root, old) for old in moves}
    moves = {old: news for old, news in moves.items() if known[old]}
    if not moves:
        return {}
    slugs = _slugs(root)
    changes: dict[str, bytes | None] = {}
    for old, news in sorted(moves.items()):
        for new in sorted(news):
            there = known.setdefault(new, _texts(root, new))
            added = tagging_file.added(
                known[old], there, lambda name: slugs.get(normal_form(name), name)
            )
            there |= added
            changes |= {paths.tagging_file(new, part): added[part].encode() for part in added}
        if old not in staying:
            changes |= dict.fromkeys(paths.tagging_file(old, part) for part in known[old])
    return changes


def is_tagged(root: Path, key: str) -> bool:
    """Whether people gave a paper tags, or took some away; raises OutsideError."""
    with files.outside(f"cannot read {root}"):
        return bool(_files(root, key))


def _texts(root: Path, key: str) -> dict[str, str]:
    """The texts of a paper's tagging files, by `Tagging.part`. Raises SourceError, OutsideError."""
    found: dict[str, str] = {}
    with files.outside(f"cannot read {root}"):
        for part in _files(root, key):
            file = paths.tagging_file(key, part)
            data = (root / file).read_bytes()
            _, problems = reader.parse_file(root, file, data)
            if problems:
                raise SourceError(f"{problems[0]}; fix the file, then import again")
            found[part] = data.decode("utf-8-sig")
    return found


def _files(root: Path, key: str) -> list[str]:
    """The paper's tagging files, each by its `Tagging.part`."""
    file = root / paths.tagging_file(key)
    parts = sorted(each.stem for each in file.with_suffix("").glob("*.yaml") if each.name[0] != ".")
    return [""] * file.exists() + parts


def _slugs(root: Path) -> Mapping[str, str]:
    """The slugs of tags by each of their names in normal form; those of files with problems not."""
    with files.outside(f"cannot read {root}"):
        read = (
            reader.parse_file(root, path.relative_to(root).as_posix(), path.read_bytes())
            for path in sorted(root.glob(paths.tag_file("*")))
        )
        return tag_names.names(each for each, _ in read if isinstance(each, Tag))
