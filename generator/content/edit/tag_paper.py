"""Tags given to a paper or taken away, by command or form.

Takes the content folder and the tags, writes the paper's tagging files. Refuses unknown papers and
tags, and files with problems.
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
from generator.core import files, ids, journal, paths
from generator.core.cache import Cache
from generator.core.errors import ContentError, UsageError
from generator.core.model import Problem
from generator.text.phrases import normal_form

_MAX_SHOWN = 60
"""At most this many characters that somebody typed are repeated in a message."""


class TagEdit(Struct, frozen=True):
    """The result of an edit of a paper's tagging files."""

    paths: tuple[Path, ...]
    """The files that changed; if none did, the paper's existing files."""
    title: str
    """The paper's title, as in the lists."""
    is_changed: bool
    problems: tuple[Problem, ...] = ()
    """Of the existing files; if there are any, nothing was changed."""


def tag_paper(
    root: Path, paper: str, add: Sequence[str], remove: Sequence[str], cache: Cache
) -> TagEdit:
    """Edit or create the tagging files of a paper, given by id, key or URL (`ids.from_url`).

    Raises UsageError for an unknown paper or tag, OutsideError.
    """
    loaded = reader.load_content(root, read_cache=ReadCache(cache))
    try:
        return _apply(root, loaded, paper, add, remove)
    except ContentError as error:
        return TagEdit((), "", is_changed=False, problems=tuple(error.problems))


def tag_from_form(root: Path, body: bytes, cache: Cache) -> TagAnswer:
    """Apply as much of a form as possible; raises OutsideError.

    Unknown tags are refused one by one; a form that can't be parsed is refused as a whole.
    """
    try:
        request = issue_form.parse(body)
        loaded = reader.load_content(root, read_cache=ReadCache(cache))
        key, title = _paper(loaded, request.paper)
        refused: list[str] = []
        add, remove = (_known(loaded, each, refused) for each in (request.add, request.remove))
        if not (add or remove):
            refused.append("there is no tag to add or take away")
            return TagAnswer(key, title, refused=tuple(refused))
        done = _apply(root, loaded, key, add, remove)
    except UsageError as error:
        return TagAnswer(refused=(str(error),))
    except ContentError:
        return TagAnswer(
            refused=("a list of papers has problems: a maintainer has to fix it first",)
        )
    if done.problems:
        refused.append("the paper's tagging file has problems: a maintainer has to fix them first")
        return TagAnswer(key, title, refused=tuple(refused))
    return TagAnswer(key, title, tuple(add), tuple(remove), tuple(refused), done.is_changed)


def _known(loaded: LoadedContent, typed: Iterable[str], refused: list[str]) -> list[str]:
    """The slugs of the known tags, each once; appends a reason to `refused` for each other."""
    slugs = tag_names.names(loaded.content.tags)
    found: list[str] = []
    for each in typed:
        try:
            found.append(_slug(each, slugs, loaded))
        except UsageError as error:
            refused.append(str(error))
        except ContentError:
            refused.append("the file of a tag has problems: a maintainer has to fix it first")
    return list(dict.fromkeys(found))


def _apply(
    root: Path, loaded: LoadedContent, paper: str, add: Sequence[str], remove: Sequence[str]
) -> TagEdit:
    key, title = _paper(loaded, paper)
    slugs = tag_names.names(loaded.content.tags)
    wanted = [_slug(each, slugs, loaded) for each in add]
    unwanted = [_slug(each, slugs, loaded) for each in remove]
    both = sorted(set(wanted) & set(unwanted))
    if both:
        raise UsageError(f"'{both[0]}' can't be both added and removed: choose one")
    parts = [each.part for each in loaded.content.taggings if each.paper == key]
    problems = [each for each in loaded.problems if _is_of(key, Path(each.path), root)]
    if problems:
        files_of = tuple(Path(each.path) for each in problems)
        return TagEdit(files_of, title, is_changed=False, problems=tuple(problems))
    before = {part: files.read_text(root / paths.tagging_file(key, part)) for part in parts}
    after = tagging_file.filed(
        before, wanted, unwanted, lambda name: slugs.get(normal_form(name), name)
    )
    changed = [part for part in sorted(after) if after[part] != before.get(part, "")]
    journal.replace_all(
        root, {paths.tagging_file(key, part): after[part].encode() or None for part in changed}
    )
    files_of = tuple(root / paths.tagging_file(key, part) for part in changed or parts)
    return TagEdit(files_of, title, bool(changed))


def _is_of(key: str, path: Path, root: Path) -> bool:
    """Whether a path is a tagging file of a paper, or a folder above such files."""
    file = root / paths.tagging_file(key)
    folder = file.with_suffix("")
    return path == file or path.parent == folder or path in (folder, *folder.parents)


def _paper(loaded: LoadedContent, typed: str) -> tuple[str, str]:
    """Key and title of a paper, given by id, key or URL.

    Raises UsageError if it is unknown, and ContentError if a list with problems may have it.
    """
    titles = {
        ids.paper_key(paper.id): paper.title
        for daily in loaded.content.lists
        for paper in daily.papers
    }
    named = [ids.arxiv_id(typed), ids.doi(typed), ids.from_url(typed), typed.strip()]
    for key in (ids.paper_key(each) for each in named if each):
        if key in titles:
            return key, titles[key]
    _refuse_problems(loaded, "daily")
    meant = next(filter(None, named), "")
    hint = did_you_mean(meant, titles) or "use its id, or the URL of its page"
    raise UsageError(f"no daily list contains the paper '{typed[:_MAX_SHOWN]}' ({hint})")


def _slug(typed: str, slugs: Mapping[str, str], loaded: LoadedContent) -> str:
    """The slug of a tag, given by any of its names.

    Raises UsageError if it is unknown, and ContentError if a tag with problems may have the name.
    """
    slug = tag_names.slug_of(typed, slugs)
    if slug:
        return slug
    _refuse_problems(loaded, "tags")
    hint = tag_names.suggestion(typed, loaded.content.tags)
    raise UsageError(f"there is no tag '{typed[:_MAX_SHOWN]}' ({hint})")


def _refuse_problems(loaded: LoadedContent, folder: str) -> None:
    """Say nothing of what isn't there if files in its folder have problems. Raises ContentError."""
    top = loaded.root / folder
    found = [each for each in loaded.problems if Path(each.path).is_relative_to(top)]
    if found:
        raise ContentError(found)
