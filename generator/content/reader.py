"""The only reader of `content/`: parses YAML files into the types of the model.

Takes a folder, gives `LoadedContent`: everything that is well-formed, and a `Problem` for the rest.
Never stops at a problem. Questions about the whole archive (does that tag exist?) are left to
`content/checks.py`.
"""

from __future__ import annotations

import os
import stat
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import date
from functools import lru_cache, partial
from hashlib import sha256
from pathlib import Path
from typing import Any, Protocol, TypeVar

from msgspec import Struct, field, structs

from generator.content import yaml_fields
from generator.content.paper_keys import PAPER_KEYS
from generator.content.read_cache import ReadCache, Value
from generator.content.tag_keys import tag_values
from generator.content.yaml_fields import YamlFields
from generator.core import files, ids, limits, parallel
from generator.core.errors import OutsideError
from generator.core.journal import JOURNAL
from generator.core.limits import Limit
from generator.core.model import (
    BreakingChange,
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
from generator.core.paths import (
    BREAKING_CHANGES,
    breaking_change_file,
    list_file,
    query_file,
    tag_file,
    tagging_file,
)
from generator.text import markup

ARCHIVE_FILE = "archive.yaml"
_FOLDERS = (BREAKING_CHANGES, "daily", "feeds", "tagging", "tags")
_ENDINGS = (".yaml", ".yml")
_NOT_CONTENT = (".md", ".txt")
"""Endings of other files that may be at the top of the content folder, such as a README."""
_BLOCK = 64 * 1024
"""Bytes read at a time: more than most lists have."""
_PAPER_READERS = tuple((key.name, key.read, key.limits) for key in PAPER_KEYS)
T = TypeVar("T")
V = TypeVar("V", DailyList, Tag, Tagging, SavedQuery, BreakingChange)
_ParsedFile = tuple[str, Value | None, tuple[Problem, ...]]
"""A file's path below the content folder, its value, and its problems."""


class _Track(Protocol):
    """Shows progress: passes items through, given their total number."""

    def __call__(self, items: Iterable[T], total: int, /) -> Iterable[T]: ...


def _untracked(items: Iterable[T], _total: int) -> Iterable[T]:
    return items


class LoadedContent(Struct, frozen=True):
    """Content as read from a folder; it is complete only if there are no problems."""

    root: Path
    content: Content
    problems: tuple[Problem, ...]
    heads: Mapping[date, tuple[PaperHead, ...]] = field(default_factory=dict)
    """Of the papers of each list, as far as they are known without reading the papers."""
    knows_all_papers: bool = True
    """False if a daily list couldn't be read well enough to know its papers."""

    def problem(
        self,
        file: str,
        keys: Sequence[str | int],
        code: str,
        message: str,
        hint: str = "",
        offset: int | None = None,
    ) -> Problem:
        """A problem with a value, given by the path of keys to it within a file of the content.

        `offset` points to one character of the value, a text with collapsed white space. The file
        is read again to find the line, so places cost nothing without problems.
        """
        path = self.root / file
        line, column = (0, 0)
        if path.is_file():
            status = path.stat()
            places = _places(path, status.st_mtime_ns, status.st_size)
            line, column = places(keys, offset)
        return Problem(path.as_posix(), line, column, code, message, hint)


@lru_cache(maxsize=1)
def _places(
    path: Path, _mtime: int, _size: int
) -> Callable[[Iterable[str | int], int | None], tuple[int, int]]:
    """Finds places in a file. The last file is kept: one may have thousands of problems."""
    return yaml_fields.places(path.read_bytes())


def load_content(
    root: Path, track: _Track = _untracked, *, read_cache: ReadCache | None = None, jobs: int = 1
) -> LoadedContent:
    """Read a content folder with `jobs` processes; `track` wraps the files to show progress.

    Unchanged files are taken from `read_cache` and not parsed again.
    """
    problems: list[Problem] = []
    paths = sorted(_files(root, problems))
    # A folder or link that isn't read may contain lists.
    knows_all_papers = not any(each.code == "unreadable" for each in problems)
    settings = _read_settings(root, problems)
    values: list[Value] = []
    for name, found, file_problems in _read_all(root, paths, track, read_cache, jobs):
        problems.extend(file_problems)
        if found is not None:
            values.append(found)
        if file_problems:
            knows_all_papers &= _has_known_papers(name, found)
    content = Content(
        settings,
        tuple(sorted(_only(values, DailyList), key=lambda each: each.date)),
        tuple(sorted(_only(values, Tag), key=lambda each: each.slug)),
        tuple(sorted(_only(values, Tagging), key=lambda each: (each.paper, each.part))),
        tuple(sorted(_only(values, SavedQuery), key=lambda each: each.slug)),
        _breaking_changes(values),
    )
    known = (
        (each.date, read_cache.heads(list_file(each.date))) for each in content.lists if read_cache
    )
    heads = {day: found for day, found in known if found is not None}
    return LoadedContent(root, content, tuple(sorted(problems)), heads, knows_all_papers)


def _only(values: Iterable[Value], kind: type[V]) -> list[V]:
    return [value for value in values if isinstance(value, kind)]


def _breaking_changes(values: Iterable[Value]) -> tuple[BreakingChange, ...]:
    return tuple(sorted(_only(values, BreakingChange), key=lambda each: each.slug))


def _has_known_papers(name: str, found: Value | None) -> bool:
    """Whether the ids of all papers in a file with problems are known; True if it isn't a list."""
    if isinstance(found, DailyList):
        return bool(found.papers) and all(paper.id for paper in found.papers)
    return found is not None or not name.startswith("daily/")


def _read_all(
    root: Path, paths: Sequence[Path], track: _Track, read_cache: ReadCache | None, jobs: int
) -> Iterator[_ParsedFile]:
    """All files, those of the read cache first."""
    if read_cache is None:
        uncached = list(paths)
    else:
        uncached = []
        names = [path.relative_to(root).as_posix() for path in paths]
        read_cache.open(names)
        for path, name in zip(paths, names, strict=True):
            file_hash = _hash(path)
            found = read_cache.get(name, file_hash, partial(_reread_list, root, path, file_hash))
            if found is None:
                uncached.append(path)
            else:
                yield name, found, ()
    parsed = parallel.spread(partial(_read_files, root), uncached, jobs)
    added: dict[str, bytes] = {}
    for name, found, problems, file_hash in track(parsed, len(uncached)):
        if read_cache is not None and found is not None and not problems:
            read_cache.put(name, file_hash, found)
            added[name] = file_hash
        else:
            yield name, found, problems
    if read_cache is not None:
        read_cache.save()
        for name, file_hash in added.items():
            reread = partial(_reread_list, root, root / name, file_hash)
            yield name, read_cache.value(name, reread), ()


def _reread_list(root: Path, path: Path, file_hash: bytes) -> DailyList:
    """A list that was read before without problems; raises OutsideError if it has changed."""
    data = _bytes(path, [])
    found = _parse(root, path, data, [])
    if not isinstance(found, DailyList) or sha256(data or b"").digest() != file_hash:
        raise OutsideError(f"{path} changed while it was in use: run the command again")
    return found


def _read_files(root: Path, paths: Iterable[Path]) -> Iterator[tuple[*_ParsedFile, bytes]]:
    """Files, each with the hash of its bytes."""
    for path in paths:
        problems: list[Problem] = []
        data = _bytes(path, problems)
        found = _parse(root, path, data, problems)
        file_hash = sha256(data or b"").digest()
        yield path.relative_to(root).as_posix(), found, tuple(problems), file_hash


def _hash(path: Path) -> bytes:
    """The SHA-256 of a file; empty if it is too large or can't be read, which is reported later."""
    found = sha256()
    size = 0
    try:
        file = os.open(path, os.O_RDONLY)  # faster than Path.open, for very many files
        try:
            while block := os.read(file, _BLOCK):
                found.update(block)
                size += len(block)
                if size > limits.LIST_FILE.most:
                    return b""
        finally:
            os.close(file)
    except OSError:
        return b""
    return found.digest()


def parse_file(root: Path, file: str, data: bytes) -> tuple[Value | None, tuple[Problem, ...]]:
    """The value and problems of a file of the content, if it had these bytes."""
    problems: list[Problem] = []
    found = _parse(root, root / file, data, problems)
    return found, tuple(problems)


def read_list(root: Path, day: date) -> tuple[DailyList | None, tuple[Problem, ...]]:
    """The daily list of a day, with its problems; None if there is none."""
    path = root / list_file(day)
    if not path.exists():
        return None, ()
    problems: list[Problem] = []
    found = _parse(root, path, _bytes(path, problems), problems)
    return (found if isinstance(found, DailyList) else None), tuple(problems)


def read_settings(root: Path) -> tuple[Settings, tuple[Problem, ...]]:
    """The archive's settings alone, with their problems."""
    problems: list[Problem] = []
    return _read_settings(root, problems), tuple(problems)


def read_breaking_changes(root: Path) -> tuple[tuple[BreakingChange, ...], tuple[Problem, ...]]:
    """What breaks links or feeds on purpose, alone, with the problems of these files."""
    problems: list[Problem] = []
    prefix = root / BREAKING_CHANGES
    paths = sorted(path for path in _files(root, []) if path.is_relative_to(prefix))
    values = [_parse(root, path, _bytes(path, problems), problems) for path in paths]
    return _breaking_changes(value for value in values if value is not None), tuple(problems)


_PLACES_HINT = (
    "put daily lists in daily/2025/2025-03-11.yaml, tags in tags/SLUG.yaml, "
    "taggings in tagging/2503/2503.01496.yaml or tagging/2503/2503.01496/TAG.yaml, "
    "saved queries in feeds/SLUG.yaml, what breaks links or feeds on purpose in "
    f"{breaking_change_file('SLUG')}"
)


# --- reading --------------------------------------------------------------------------------


def _files(root: Path, problems: list[Problem]) -> Iterator[Path]:
    """All files of the content; files in places where none is read are problems."""

    def refuse(error: OSError) -> None:
        if error.filename is not None and Path(error.filename) != root:
            message = f"the folder can't be read: {error.strerror}"
            hint = "check its permissions"
            where = Path(error.filename).as_posix()
            problems.append(Problem(where, 0, 0, "unreadable", message, hint))

    by_lower_case: dict[str, str] = {}
    for folder, folders, names in os.walk(root, onerror=refuse):
        for name in folders:
            if name.endswith(_ENDINGS):
                message = "only a file may have a name like this, not a folder"
                where = Path(folder, name).as_posix()
                problems.append(Problem(where, 0, 0, "unreadable", message, "rename the folder"))
        folders[:] = [
            name for name in folders if not name.startswith(".") and not name.endswith(_ENDINGS)
        ]
        problems.extend(_link(Path(folder, name)) for name in folders if _is_link(folder, name))
        within = Path(folder).relative_to(root).parts
        if not within and JOURNAL in names:
            message = "a change of several files was interrupted, or isn't finished yet"
            hint = "run that command again: it first puts all files back"
            where = Path(folder, JOURNAL).as_posix()
            problems.append(Problem(where, 0, 0, "unfinished-change", message, hint))
        for name in names:
            if name.startswith(".") or (not within and name == ARCHIVE_FILE):
                continue
            path = Path(folder, name)
            if within and within[0] in _FOLDERS and name.endswith(_ENDINGS):
                refused = _no_file(path)
                if refused:
                    problems.append(refused)
                else:
                    yield path
            elif within or path.suffix.lower() not in _NOT_CONTENT:
                message = "no file of this name belongs here"
                problems.append(Problem(path.as_posix(), 0, 0, "bad-name", message, _PLACES_HINT))
            else:
                problems.extend(_unsafe_name(path, by_lower_case))


def _unsafe_name(path: Path, by_lower_case: dict[str, str]) -> Iterator[Problem]:
    """A problem if some systems can't have this file, or not beside the files before it."""
    wrong = _unportable(path.name)
    if wrong:
        yield Problem(path.as_posix(), 0, 0, "bad-name", *wrong)
    other = by_lower_case.setdefault(path.name.lower(), path.name)
    if other != path.name:
        message = f"on some systems this is the same file as '{min(path.name, other)}'"
        where = path.with_name(max(path.name, other)).as_posix()
        yield Problem(where, 0, 0, "bad-name", message, "rename one of the two")


def _unportable(name: str) -> tuple[str, str] | None:
    """Message and hint for a name that not every system can have."""
    if ids.is_portable(name):
        return None
    return f"Windows can't have a file named '{name}'", "rename it: people there couldn't clone it"


def _is_link(folder: str, name: str) -> bool:
    return os.path.islink(f"{folder}/{name}")  # noqa: PTH114 - faster, for very many files


def _no_file(path: Path) -> Problem | None:
    """Refuses what isn't a regular file: reading a pipe would never end."""
    try:
        mode = os.lstat(path).st_mode
    except OSError:
        return None  # whoever reads it says why it can't be read
    if stat.S_ISREG(mode):
        return None
    if stat.S_ISLNK(mode):
        return _link(path)
    message, hint = "this is no file, but a folder, pipe, socket or device", "put a file here"
    return Problem(path.as_posix(), 0, 0, "unreadable", message, hint)


def _link(path: Path) -> Problem:
    """Refuses a link: it could lead to private files of the person who builds the site."""
    message, hint = "symbolic links are not followed", "put the file or folder itself here"
    return Problem(path.as_posix(), 0, 0, "unreadable", message, hint)


def _bytes(path: Path, problems: list[Problem]) -> bytes | None:
    """The bytes of a file, cut after the first one over every limit."""
    try:
        return files.read(path, limits.LIST_FILE.most)
    except OSError as error:
        message = f"the file can't be opened: {error.strerror}"
        problems.append(
            Problem(path.as_posix(), 0, 0, "unreadable", message, "check its permissions")
        )
        return None


def _read_settings(root: Path, problems: list[Problem]) -> Settings:
    path = root / ARCHIVE_FILE
    empty = Settings(title="", description="", site_url="", id="")
    if refused := _no_file(path):
        problems.append(refused)
        return empty
    if not path.exists():
        message = "every archive needs this file"
        hint = "add it, with title, description, site_url and id"
        missing = Problem(path.as_posix(), 0, 0, "missing-file", message, hint)
        problems.append(missing)
        return empty
    fields = _fields(path, _bytes(path, problems), limits.SMALL_FILE, problems)
    if fields is None:
        return empty
    defaults = {each.name: each.default for each in structs.fields(Settings)}

    def integer(key: str, least: int = 0) -> int:
        value = fields.integer(key, least)
        return int(str(defaults[key])) if value is None else value

    settings = Settings(
        title=fields.label("title"),
        description=fields.label("description", limits.DESCRIPTION),
        site_url=_with_slash(fields.url("site_url", required=True)),
        id=fields.text("id", required=True),
        repository=fields.url("repository").rstrip("/"),
        branch=fields.text("branch") or str(defaults["branch"]),
        language=fields.text("language") or str(defaults["language"]),
        maintainers=markup.clean(fields.text("maintainers")),
        author_min_papers=integer("author_min_papers", least=1),
        feed_entries=integer("feed_entries", least=1),
        corrections_days=integer("corrections_days"),
        author_feed_min_papers=fields.integer("author_feed_min_papers"),
    )
    fields.done()
    return settings


def _with_slash(url: str) -> str:
    return url and url.rstrip("/") + "/"


def _parse(root: Path, path: Path, data: bytes | None, problems: list[Problem]) -> Value | None:
    """The value of a file; `data` is None if the file couldn't be opened."""
    folder = path.relative_to(root).parts[0]
    wrong = _unportable(path.name) or _wrong_name(folder, path, path.relative_to(root).as_posix())
    if wrong:
        problems.append(Problem(path.as_posix(), 0, 0, "bad-name", *wrong))
    limit = _LIMITS.get(folder, limits.SMALL_FILE)
    if folder == "tagging":
        limit = limit._replace(way_out=f"split it: {limits.TAGGING_TAGS.way_out}")
    fields = _fields(path, data, limit, problems)
    if fields is None:
        return None
    found = _READERS[folder](fields, path, problems)
    fields.done()
    return None if wrong else found


def _fields(
    path: Path, data: bytes | None, limit: Limit, problems: list[Problem]
) -> YamlFields | None:
    """The fields of a file with these bytes, unless it is too large; None if there are none."""
    if data is None:
        return None
    if len(data) > limit.most:
        message = f"the file is larger than {limit.words}"
        problems.append(Problem(path.as_posix(), 0, 0, "too-large", message, limit.way_out))
        return None
    return yaml_fields.read_fields(path.as_posix(), data, problems)


def _wrong_name(folder: str, path: Path, name: str) -> tuple[str, str] | None:
    """Message and hint if a file's name or place isn't what its folder requires."""
    stem = path.stem
    if folder == "daily":
        day = yaml_fields.parse_day(stem)
        if day is None:
            return f"'{path.name}' is not named after a date", (
                "use the list's date, as in daily/2025/2025-03-11.yaml"
            )
        expected = list_file(day)
    elif folder in _FILES_OF_SLUGS:
        file_of = _FILES_OF_SLUGS[folder]
        if not ids.is_slug(stem):
            return f"the name of '{path.name}' is not a slug", (
                f"rename it to {file_of(ids.slug(stem))}"
            )
        expected = file_of(stem)
    elif _is_in_papers_folder(path, name):
        return None
    else:
        if not ids.is_paper_key(stem):
            return f"'{path.name}' is not named after a paper", (
                "use the paper's id, as in tagging/2503/2503.01496.yaml"
            )
        expected = tagging_file(stem)
    if name == expected:
        return None
    return f"'{name}' is in the wrong place", f"move it to {expected}"


def _is_in_papers_folder(path: Path, name: str) -> bool:
    """Whether a file is one of several taggings of a paper, in a folder named after the paper."""
    paper, part = path.parent.name, path.stem
    is_named = ids.is_paper_key(paper) and ids.is_slug(part)
    return is_named and name == tagging_file(paper, part)


def _read_list(fields: YamlFields, path: Path, problems: list[Problem]) -> DailyList | None:
    day = fields.day("date", required=True)
    named = yaml_fields.parse_day(path.stem)
    if day and named and day != named:
        node = fields.node_of("date")
        mark = node.start_mark if node else fields.node.start_mark
        message = f"the list's date is {day}, but the file is named {named}"
        hint = "correct one of the two"
        problems.append(
            Problem(path.as_posix(), mark.line + 1, mark.column + 1, "date-mismatch", message, hint)
        )
    source = fields.fields("source", required=True)
    papers = tuple(_read_paper(each) for each in fields.items("papers", limits.PAPERS))
    # Even if the keys above the papers are wrong, the papers are checked, under the file's date.
    listed_on = named or day
    if listed_on is None:
        return None
    return DailyList(listed_on, _read_source(source) if source else Source(""), papers)


def _read_source(fields: YamlFields) -> Source:
    source = Source(
        fields.text("name", required=True),
        fields.url("url"),
        fields.texts("curators", each=limits.NAME),
    )
    fields.done()
    return source


def _read_paper(fields: YamlFields) -> Paper:
    paper = Paper(*[read_value(fields, name, *most) for name, read_value, most in _PAPER_READERS])
    fields.done()
    return paper


def _read_tag(fields: YamlFields, path: Path, _problems: list[Problem]) -> Tag:
    values: dict[str, Any] = tag_values(fields)
    return Tag(slug=path.stem, **values)


def _read_tagging(fields: YamlFields, path: Path, _problems: list[Problem]) -> Tagging:
    tags, remove = (fields.texts(key, limits.TAGGING_TAGS) for key in ("tags", "remove"))
    paper, part = path.parent.name, path.stem
    # Whether the path also starts as it should is checked by `_wrong_name`.
    if path.as_posix().endswith(tagging_file(paper, part)):
        return Tagging(paper, tags, remove, part)
    return Tagging(path.stem, tags, remove)


def _read_query(fields: YamlFields, path: Path, _problems: list[Problem]) -> SavedQuery:
    return SavedQuery(
        slug=path.stem,
        name=fields.label("name"),
        description=fields.label("description", limits.DESCRIPTION),
        query=fields.text("query", limits.QUERY, required=True),
    )


def _read_breaking_change(fields: YamlFields, path: Path, _problems: object) -> BreakingChange:
    return BreakingChange(
        slug=path.stem,
        since=fields.day("since", required=True) or date.min,
        reason=fields.label("reason"),
        removed=fields.texts("removed", limits.BREAKING),
        moved=_pairs(fields.fields("moved")),
        redated=fields.texts("redated", limits.BREAKING),
        floods=fields.texts("floods", limits.BREAKING),
        settings=_pairs(fields.fields("settings")),
    )


def _pairs(fields: YamlFields | None) -> tuple[tuple[str, str], ...]:
    """The keys and texts of a mapping, in the file's order; empty if it is missing."""
    if fields is None:
        return ()
    return tuple((name, text) for name in fields.names() if (text := fields.label(name)))


_FILES_OF_SLUGS: Mapping[str, Callable[[str], str]] = {
    "tags": tag_file,
    "feeds": query_file,
    BREAKING_CHANGES: breaking_change_file,
}
"""By folder, the file of a slug."""
_LIMITS: Mapping[str, Limit] = {
    "daily": limits.LIST_FILE,
    BREAKING_CHANGES: limits.BREAKING_FILE,
}
"""By folder, how large a file may be."""
_READERS: Mapping[str, Callable[[YamlFields, Path, list[Problem]], Value | None]] = {
    "daily": _read_list,
    "tags": _read_tag,
    "tagging": _read_tagging,
    "feeds": _read_query,
    BREAKING_CHANGES: _read_breaking_change,
}
"""By folder."""
