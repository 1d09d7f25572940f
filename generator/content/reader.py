"""The only reader of `content/`: YAML files there, the model's types here.

Reading never stops at a problem: it gives what is well-formed and a `Problem` for the rest.
What needs the whole archive to judge (does that tag exist?) is left to `content/checks.py`.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import date
from functools import partial
from hashlib import sha256
from pathlib import Path
from typing import Any, Protocol, TypeVar

from msgspec import Struct, field
from msgspec.structs import fields

from generator.content import yaml_fields
from generator.content.paper_keys import PAPER_KEYS
from generator.content.read_cache import ReadCache, Value
from generator.content.tag_keys import tag_values
from generator.content.yaml_fields import YamlFields
from generator.core import ids, parallel
from generator.core.errors import OutsideError
from generator.core.model import (
    Content,
    DailyList,
    Paper,
    PaperHead,
    Problem,
    SavedQuery,
    Settings,
    Source,
    Tag,
    Tagging,
)
from generator.core.paths import list_file, query_file, tag_file, tagging_file
from generator.text import markup

ARCHIVE_FILE = "archive.yaml"
_FOLDERS = ("daily", "feeds", "tagging", "tags")
_ENDINGS = (".yaml", ".yml")
_NOT_CONTENT = (".md", ".txt")
"""Endings of files that people may keep beside the content at its top, such as a README."""
_MOST_BYTES = 8 * 1024
"""Of a file that people write by hand: more would only keep the checks busy."""
_BLOCK = 64 * 1024
"""Bytes of a file that are read at once: more than most lists have."""
_MOST_TAGS = 50
"""In a list of a tagging."""
_PAPER_READERS = tuple((key.name, key.read) for key in PAPER_KEYS)
T = TypeVar("T")
V = TypeVar("V", DailyList, Tag, Tagging, SavedQuery)
_Reading = tuple[str, Value | None, tuple[Problem, ...]]
"""A file's path below the content, what it holds, and what is wrong with it."""


class _Track(Protocol):
    """Shows how far reading is: passes results through, given how many there will be."""

    def __call__(self, items: Iterable[T], total: int, /) -> Iterable[T]: ...


def _untracked(items: Iterable[T], _total: int) -> Iterable[T]:
    return items


class LoadedContent(Struct, frozen=True):
    """What was read from a folder: the content, whole only if there are no problems."""

    root: Path
    content: Content
    problems: tuple[Problem, ...]
    heads: Mapping[date, tuple[PaperHead, ...]] = field(default_factory=dict)
    """Of the papers of each list, where they are known."""
    knows_all_papers: bool = True
    """False where a daily list couldn't be read well enough to tell which papers it holds."""

    def problem(
        self,
        file: str,
        keys: Sequence[str | int],
        code: str,
        message: str,
        hint: str = "",
        offset: int | None = None,
    ) -> Problem:
        """A problem at a value, given as the path of keys to it within a file of the content.

        `offset` means one character of the value, a text with its white space collapsed. The file
        is read again to find the line: places cost nothing where all is well.
        """
        path = self.root / file
        line, column = (0, 0)
        if path.is_file():
            line, column = yaml_fields.locate(path.read_bytes(), keys, offset)
        return Problem(path.as_posix(), line, column, code, message, hint)


def load_content(
    root: Path, track: _Track = _untracked, *, shelf: ReadCache | None = None, jobs: int = 1
) -> LoadedContent:
    """Read a content folder; `track` wraps the list of files to show progress.

    What `shelf` holds of unchanged files isn't read as YAML again; `jobs` processes read the rest.
    """
    problems: list[Problem] = []
    paths = sorted(_files(root, problems))
    # A folder or a link that isn't read might hold lists.
    knows_all_papers = not any(each.code == "unreadable" for each in problems)
    settings = _read_settings(root, problems)
    values: list[Value] = []
    for name, found, its_problems in _read_all(root, paths, track, shelf, jobs):
        problems.extend(its_problems)
        if found is not None:
            values.append(found)
        if its_problems:
            knows_all_papers &= _knows_its_papers(name, found)
    content = Content(
        settings,
        tuple(sorted(_only(values, DailyList), key=lambda each: each.date)),
        tuple(sorted(_only(values, Tag), key=lambda each: each.slug)),
        tuple(sorted(_only(values, Tagging), key=lambda each: (each.paper, each.part))),
        tuple(sorted(_only(values, SavedQuery), key=lambda each: each.slug)),
    )
    known = ((each.date, shelf.heads(list_file(each.date))) for each in content.lists if shelf)
    heads = {day: found for day, found in known if found is not None}
    return LoadedContent(root, content, tuple(sorted(problems)), heads, knows_all_papers)


def _only(values: Iterable[Value], kind: type[V]) -> list[V]:
    return [value for value in values if isinstance(value, kind)]


def _knows_its_papers(name: str, found: Value | None) -> bool:
    """Whether a file with problems, if it is a list, tells which papers it holds."""
    if isinstance(found, DailyList):
        return bool(found.papers) and all(paper.id for paper in found.papers)
    return found is not None or not name.startswith("daily/")


def _read_all(
    root: Path, paths: Sequence[Path], track: _Track, shelf: ReadCache | None, jobs: int
) -> Iterator[_Reading]:
    """Each file's name, value and problems; those of the shelf first."""
    if shelf is None:
        unknown = list(paths)
    else:
        unknown = []
        names = [path.relative_to(root).as_posix() for path in paths]
        shelf.open(names)
        for path, name in zip(paths, names, strict=True):
            its_hash = _digest(path)
            found = shelf.get(name, its_hash, partial(_list_again, root, path, its_hash))
            if found is None:
                unknown.append(path)
            else:
                yield name, found, ()
    parts = parallel.spread(partial(_read_part, root), unknown, jobs)
    put: dict[str, bytes] = {}
    for name, found, problems, digest in track(parts, len(unknown)):
        if shelf is not None and found is not None and not problems:
            shelf.put(name, digest, found)
            put[name] = digest
        else:
            yield name, found, problems
    if shelf is not None:
        shelf.save()
        for name, digest in put.items():
            yield name, shelf.value(name, partial(_list_again, root, root / name, digest)), ()


def _list_again(root: Path, path: Path, its_hash: bytes) -> DailyList:
    """A list that was read before without problems. Raises OutsideError."""
    found = _read_file(root, path, [])
    if not isinstance(found, DailyList) or _digest(path) != its_hash:
        raise OutsideError(f"{path} changed while it was used: run it again")
    return found


def _read_part(root: Path, paths: Iterable[Path]) -> Iterator[tuple[*_Reading, bytes]]:
    for path in paths:
        problems: list[Problem] = []
        digest = _digest(path)
        found = _read_file(root, path, problems)
        yield path.relative_to(root).as_posix(), found, tuple(problems), digest


def _digest(path: Path) -> bytes:
    """A hash of a file's bytes; of nothing where it can't be read, which reading reports."""
    told = sha256()
    try:
        file = os.open(path, os.O_RDONLY)  # to open a Path takes longer, for each file
        try:
            while block := os.read(file, _BLOCK):
                told.update(block)
        finally:
            os.close(file)
    except OSError:
        return b""
    return told.digest()


def parse_file(root: Path, file: str, data: bytes) -> tuple[Value | None, tuple[Problem, ...]]:
    """What a file of the content would hold with these bytes, and what would be wrong with it."""
    problems: list[Problem] = []
    found = _parse(root, root / file, data, problems)
    return found, tuple(problems)


def read_list(root: Path, day: date) -> tuple[DailyList | None, tuple[Problem, ...]]:
    """The daily list of a day as it stands in the content, None where there is none."""
    path = root / list_file(day)
    if not path.exists():
        return None, ()
    problems: list[Problem] = []
    found = _read_file(root, path, problems)
    return (found if isinstance(found, DailyList) else None), tuple(problems)


def read_settings(root: Path) -> tuple[Settings, tuple[Problem, ...]]:
    """The archive's settings alone, with what is wrong in them."""
    problems: list[Problem] = []
    return _read_settings(root, problems), tuple(problems)


_PLACES_HINT = (
    "lists go to daily/2025/2025-03-11.yaml, tags to tags/SLUG.yaml, "
    "taggings to tagging/2503/2503.01496.yaml or tagging/2503/2503.01496/TAG.yaml, "
    "saved queries to feeds/SLUG.yaml"
)


# --- reading --------------------------------------------------------------------------------


def _files(root: Path, problems: list[Problem]) -> Iterator[Path]:
    """All files of the content; what lies where nothing is read from is a problem."""

    def refuse(error: OSError) -> None:
        if error.filename is not None and Path(error.filename) != root:
            hint = "check its permissions"
            message = f"the folder cannot be read: {error.strerror}"
            problems.append(
                Problem(Path(error.filename).as_posix(), 0, 0, "unreadable", message, hint)
            )

    for folder, folders, names in os.walk(root, onerror=refuse):
        for name in folders:
            if name.endswith(_ENDINGS):
                message = "a folder, where only a file may have such a name"
                where = Path(folder, name).as_posix()
                problems.append(Problem(where, 0, 0, "unreadable", message, "rename the folder"))
        folders[:] = [
            name for name in folders if not name.startswith(".") and not name.endswith(_ENDINGS)
        ]
        problems.extend(_link(Path(folder, name)) for name in folders if _is_link(folder, name))
        within = Path(folder).relative_to(root).parts
        for name in names:
            if name.startswith(".") or (not within and name == ARCHIVE_FILE):
                continue
            path = Path(folder, name)
            if within and within[0] in _FOLDERS and name.endswith(_ENDINGS):
                if _is_link(folder, name):
                    problems.append(_link(path))
                else:
                    yield path
            elif within or path.suffix.lower() not in _NOT_CONTENT:
                message = "nothing is read from a file of this name in this place"
                problems.append(Problem(path.as_posix(), 0, 0, "bad-name", message, _PLACES_HINT))


def _is_link(folder: str, name: str) -> bool:
    return os.path.islink(f"{folder}/{name}")  # noqa: PTH114 - a Path takes longer, for each file


def _link(path: Path) -> Problem:
    """What somebody proposes must not lead to other files of whoever builds the site."""
    hint = "put the file or folder itself there"
    return Problem(path.as_posix(), 0, 0, "unreadable", "a link, which is not followed", hint)


def _bytes(path: Path, problems: list[Problem]) -> bytes | None:
    try:
        return path.read_bytes()
    except OSError as error:
        message = f"cannot be opened: {error.strerror}"
        problems.append(
            Problem(path.as_posix(), 0, 0, "unreadable", message, "check its permissions")
        )
        return None


def _read_settings(root: Path, problems: list[Problem]) -> Settings:
    path = root / ARCHIVE_FILE
    empty = Settings(title="", description="", site_url="", id="")
    if not path.is_file():
        hint = "every archive needs one, with title, description, site_url and id"
        missing = Problem(path.as_posix(), 0, 0, "missing-file", "there is no such file", hint)
        problems.append(missing)
        return empty
    data = _bytes(path, problems)
    read = None if data is None else yaml_fields.read_fields(path.as_posix(), data, problems)
    if read is None:
        return empty
    defaults = {each.name: each.default for each in fields(Settings)}

    def whole(key: str) -> int:
        value = read.integer(key)
        return int(str(defaults[key])) if value is None else value

    settings = Settings(
        title=read.label("title"),
        description=read.label("description"),
        site_url=_with_slash(read.url("site_url", required=True)),
        id=read.text("id", required=True),
        repository=read.url("repository").rstrip("/"),
        branch=read.text("branch") or str(defaults["branch"]),
        language=read.text("language") or str(defaults["language"]),
        maintainers=markup.clean(read.text("maintainers")),
        author_min_papers=max(1, whole("author_min_papers")),
        feed_entries=max(1, whole("feed_entries")),
        corrections_days=max(0, whole("corrections_days")),
        author_feed_min_papers=read.integer("author_feed_min_papers"),
    )
    read.done()
    return settings


def _with_slash(url: str) -> str:
    return url and url.rstrip("/") + "/"


def _read_file(root: Path, path: Path, problems: list[Problem]) -> Value | None:
    return _parse(root, path, _bytes(path, problems), problems)


def _parse(root: Path, path: Path, data: bytes | None, problems: list[Problem]) -> Value | None:
    """What a file holds; the bytes are None where it couldn't be opened."""
    folder = path.relative_to(root).parts[0]
    wrong = _wrong_name(folder, path, path.relative_to(root).as_posix())
    if wrong:
        problems.append(Problem(path.as_posix(), 0, 0, "bad-name", *wrong))
    if data is not None and folder != "daily" and len(data) > _MOST_BYTES:
        message = f"larger than {_MOST_BYTES // 1024} KB, which no such file needs"
        hint = "a paper's tags may stand in several files" if folder == "tagging" else "shorten it"
        problems.append(Problem(path.as_posix(), 0, 0, "too-large", message, hint))
        return None
    read = None if data is None else yaml_fields.read_fields(path.as_posix(), data, problems)
    if read is None:
        return None
    found = _READERS[folder](read, path, problems)
    read.done()
    return None if wrong else found


def _wrong_name(folder: str, path: Path, name: str) -> tuple[str, str] | None:
    """Message and hint where a file's name isn't the one its folder asks for."""
    stem = path.stem
    if folder == "daily":
        day = yaml_fields.parse_day(stem)
        if day is None:
            return f"'{path.name}' is not a day", "name it like daily/2025/2025-03-11.yaml"
        expected = list_file(day)
    elif folder == "tags":
        if not ids.is_slug(stem):
            return f"'{path.name}' is not a slug", f"name it tags/{ids.slug(stem)}.yaml"
        expected = tag_file(stem)
    elif folder == "feeds":
        if not ids.is_slug(stem):
            return f"'{path.name}' is not a slug", f"name it feeds/{ids.slug(stem)}.yaml"
        expected = query_file(stem)
    elif _is_part(path, name):
        return None
    else:
        if not ids.is_paper_key(stem):
            return f"'{path.name}' is not a paper's id", "name it like tagging/2503/2503.01496.yaml"
        expected = tagging_file(stem)
    return None if name == expected else (f"'{name}' is out of place", f"move it to {expected}")


def _is_part(path: Path, name: str) -> bool:
    """Whether a file is one of several taggings of a paper, in a folder named after the paper."""
    paper, part = path.parent.name, path.stem
    is_named = ids.is_paper_key(paper) and ids.is_slug(part)
    return is_named and name == tagging_file(paper, part)


def _read_list(read: YamlFields, path: Path, problems: list[Problem]) -> DailyList | None:
    day = read.day("date", required=True)
    named = yaml_fields.parse_day(path.stem)
    if day and named and day != named:
        node = read.node_of("date")
        mark = node.start_mark if node else read.node.start_mark
        message = f"the list is dated {day}, its file {named}"
        hint = "make the two agree"
        problems.append(
            Problem(path.as_posix(), mark.line + 1, mark.column + 1, "date-mismatch", message, hint)
        )
    source = read.fields("source", required=True)
    papers = tuple(_read_paper(each) for each in read.items("papers"))
    # Whatever is wrong in its head, the papers are there for the checks, at the file's own date.
    where = named or day
    if where is None:
        return None
    return DailyList(where, _read_source(source) if source else Source(""), papers)


def _read_source(read: YamlFields) -> Source:
    source = Source(read.text("name", required=True), read.url("url"), read.texts("curators"))
    read.done()
    return source


def _read_paper(read: YamlFields) -> Paper:
    paper = Paper(*[read_value(read, name) for name, read_value in _PAPER_READERS])
    read.done()
    return paper


def _read_tag(read: YamlFields, path: Path, _problems: list[Problem]) -> Tag:
    values: dict[str, Any] = tag_values(read)
    return Tag(slug=path.stem, **values)


def _read_tagging(read: YamlFields, path: Path, _problems: list[Problem]) -> Tagging:
    tags, remove = (read.texts(key, _MOST_TAGS) for key in ("tags", "remove"))
    paper, part = path.parent.name, path.stem
    # A part's path ends as its name asks; whether it begins so is told of `_wrong_name`.
    if path.as_posix().endswith(tagging_file(paper, part)):
        return Tagging(paper, tags, remove, part)
    return Tagging(path.stem, tags, remove)


def _read_query(read: YamlFields, path: Path, _problems: list[Problem]) -> SavedQuery:
    return SavedQuery(
        slug=path.stem,
        name=read.label("name"),
        description=read.label("description"),
        query=read.text("query", required=True),
    )


_READERS: Mapping[str, Callable[[YamlFields, Path, list[Problem]], Value | None]] = {
    "daily": _read_list,
    "tags": _read_tag,
    "tagging": _read_tagging,
    "feeds": _read_query,
}
"""By folder."""
