"""Changes of the content by command: tags given to a paper, or taken away.

Takes the content's folder and what to change, writes one file. Refuses what the checks would.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

from msgspec import Struct

from generator.content import reader, tag_names
from generator.content.edit import issue_form, tagging_file
from generator.content.edit.issue_form import TagAnswer
from generator.content.read_cache import ReadCache
from generator.content.reader import LoadedContent
from generator.content.yaml_fields import did_you_mean
from generator.core import files, ids, paths
from generator.core.cache import Cache
from generator.core.errors import UsageError
from generator.core.model import Problem, Tag
from generator.text.phrases import normal_form

_MOST_SHOWN = 60
"""Characters of what somebody typed that a message repeats."""


class TagEdit(Struct, frozen=True):
    """What became of a paper's tagging files."""

    paths: tuple[Path, ...]
    """Those that changed; if none did, those that there are."""
    title: str
    """The paper's, as lists give it."""
    is_changed: bool
    problems: tuple[Problem, ...] = ()
    """Of the file as it stands; with any, nothing was done."""


def tag_paper(
    root: Path, paper: str, add: Sequence[str], remove: Sequence[str], cache: Cache
) -> TagEdit:
    """Edit or make the tagging files of a paper, given by id, key or address.

    Raises UsageError for a paper or tag that isn't there, OutsideError.
    """
    return _apply(root, reader.load_content(root, shelf=ReadCache(cache)), paper, add, remove)


def tag_from_form(root: Path, body: bytes, cache: Cache) -> TagAnswer:
    """Do what a form asks for, as far as it can be done; raises OutsideError.

    Tags nobody knows are refused one by one; a form that can't be understood, as a whole.
    """
    try:
        asked = issue_form.parse(body)
        loaded = reader.load_content(root, shelf=ReadCache(cache))
        key, title = _paper(loaded, asked.paper)
        refused: list[str] = []
        add, remove = (_known(loaded, each, refused) for each in (asked.add, asked.remove))
        if not (add or remove):
            refused.append("no tag is left to add or to take away")
            return TagAnswer(key, title, refused=tuple(refused))
        done = _apply(root, loaded, key, add, remove)
    except UsageError as error:
        return TagAnswer(refused=(str(error),))
    if done.problems:
        refused.append("the paper's tagging file has problems, a maintainer has to fix it first")
        return TagAnswer(key, title, refused=tuple(refused))
    return TagAnswer(key, title, tuple(add), tuple(remove), tuple(refused), done.is_changed)


def _known(loaded: LoadedContent, named: Iterable[str], refused: list[str]) -> list[str]:
    """The slugs of the tags there are, each once; why not, for the others."""
    slugs = tag_names.names(loaded.content.tags)
    found: list[str] = []
    for each in named:
        try:
            found.append(_slug(each, slugs, loaded.content.tags))
        except UsageError as error:
            refused.append(str(error))
    return list(dict.fromkeys(found))


def _apply(
    root: Path, loaded: LoadedContent, paper: str, add: Sequence[str], remove: Sequence[str]
) -> TagEdit:
    key, title = _paper(loaded, paper)
    slugs = tag_names.names(loaded.content.tags)
    wanted = [_slug(each, slugs, loaded.content.tags) for each in add]
    unwanted = [_slug(each, slugs, loaded.content.tags) for each in remove]
    both = sorted(set(wanted) & set(unwanted))
    if both:
        raise UsageError(f"'{both[0]}' is to be added and removed: choose one")
    parts = [each.part for each in loaded.content.taggings if each.paper == key]
    problems = [each for each in loaded.problems if _is_of(key, Path(each.path), root)]
    if problems:
        files_of = tuple(Path(each.path) for each in problems)
        return TagEdit(files_of, title, is_changed=False, problems=tuple(problems))
    before = {part: _text(root / paths.tagging_file(key, part)) for part in parts}
    after = tagging_file.filed(
        before, wanted, unwanted, lambda name: slugs.get(normal_form(name), name)
    )
    changed = [part for part in sorted(after) if after[part] != before.get(part, "")]
    for part in changed:
        _write(root / paths.tagging_file(key, part), after[part])
    files_of = tuple(root / paths.tagging_file(key, part) for part in changed or parts)
    return TagEdit(files_of, title, bool(changed))


def _is_of(key: str, path: Path, root: Path) -> bool:
    """Whether a file is a tagging of a paper, or a folder in which it would be."""
    own = root / paths.tagging_file(key)
    folder = own.with_suffix("")
    return path == own or path.parent == folder or path in (folder, *folder.parents)


def _text(path: Path) -> str:
    with files.outside(f"cannot read {path}"):
        return path.read_text("utf-8")


def _write(path: Path, text: str) -> None:
    if text:
        files.write(path, text.encode())
        return
    with files.outside(f"cannot remove {path}"):
        path.unlink(missing_ok=True)


def _paper(loaded: LoadedContent, named: str) -> tuple[str, str]:
    """Key and title of a paper."""
    titles = {
        ids.paper_key(paper.id): paper.title
        for daily in loaded.content.lists
        for paper in daily.papers
    }
    last = named.strip().rstrip("/").rpartition("/")[2] if "://" in named else named.strip()
    for candidate in (named.strip(), last, ids.arxiv_id(last)):
        key = ids.paper_key(candidate) if candidate else ""
        if key in titles:
            return key, titles[key]
    hint = did_you_mean(last, titles) or "give its id, or the address of its page"
    raise UsageError(f"no list holds a paper '{named[:_MOST_SHOWN]}' ({hint})")


def _slug(named: str, slugs: Mapping[str, str], tags: Iterable[Tag]) -> str:
    """The slug of a tag, given by any of its names."""
    slug = tag_names.named(named, slugs)
    if slug:
        return slug
    names = [name for tag in tags for name in (tag.slug, tag.name, *tag.aliases)]
    hint = did_you_mean(named.lower(), names) or "tags are the files of content/tags/"
    raise UsageError(f"there is no tag '{named[:_MOST_SHOWN]}' ({hint})")
