"""What has to hold after a fault: takes trees of files and what a command said, gives complaints.

Runs nothing and knows no command; `scenarios.py` says which trees a command may leave.
"""

from __future__ import annotations

import re
import signal
from collections.abc import Callable, Collection, Iterator, Mapping
from pathlib import Path, PurePosixPath

import yaml

from tests.faults.process import Ended

Tree = Mapping[str, bytes]
"""Bytes of files by path; folders end with `/`."""

MARK = "site/.build"
UNWATCHED = ("cache/", "tmp/")
"""Files that no output is taken from unchecked: they may be in any state, but not half-named."""
IN_STEPS = frozenset({"docs/.generated"})
"""The manifest is extended before files are written, and cut after others are removed."""

_STRAY = re.compile(r"\.(part|new|old|aside|gone|journal|tmp)([/.]|$)")
_DENIALS = re.compile(
    r"nothing was (changed|renamed|built|written|merged)|none was changed|nothing to do|not changed"
)
_OTHERS = re.compile(r"another|other command|is (already )?running|in use")
_SUDDEN = frozenset({-signal.SIGKILL, -signal.SIGXFSZ})
"""Exit codes of processes that had no chance to say anything."""
_REASONS = {130: "interrupted", 143: "terminated"}
"""What a command says that was ended by a signal, by exit code."""
_LOCK = re.compile(r"(^|/)\.[^/]*lock$")
"""Locks are files that may stay; what counts is who holds them."""


def tree(folder: Path) -> dict[str, bytes]:
    """Every file and folder below a folder."""
    found = {}
    for path in sorted(folder.rglob("*")):
        name = path.relative_to(folder).as_posix()
        if path.is_symlink():
            found[name] = b"-> " + str(path.readlink()).encode()
        elif path.is_dir():
            found[f"{name}/"] = b""
        elif path.is_file():
            found[name] = path.read_bytes()
    return found


def below(top: str, files: Tree) -> dict[str, bytes]:
    """The part of a tree that is below a folder."""
    return {name: data for name, data in files.items() if name.startswith(f"{top}/")}


def ended_well(ended: Ended, codes: Collection[int]) -> Iterator[str]:
    """The way a command ended: its exit code, what it said, and what it left running."""
    yield from ended.troubles
    if ended.code not in codes:
        expected = " or ".join(map(str, sorted(codes)))
        yield f"exit code {ended.code} instead of {expected}: {_last_words(ended)}"
    if "Traceback" in ended.said:
        yield "a traceback instead of a message"
    if ended.code not in {0, *_SUDDEN} and _REASONS.get(ended.code, "") not in ended.said:
        yield f"exit code {ended.code} without a word of why: {_last_words(ended)}"
    elif ended.code not in {0, *_SUDDEN} and not ended.said:
        yield f"exit code {ended.code} without a word"


def names_the_other(ended: Ended) -> Iterator[str]:
    """A command that gives way to another one says so."""
    if ended.code and not _OTHERS.search(ended.err):
        yield f"no word of the other command: {_last_words(ended)}"


def _last_words(ended: Ended) -> str:
    return ended.err.strip()[-300:]


def spoke_truly(ended: Ended, before: Tree, now: Tree) -> Iterator[str]:
    """A message that nothing was changed is there only if nothing was."""
    denial = _DENIALS.search(ended.said)
    if denial and ended.code:
        changed = (
            name
            for name in sorted(before.keys() | now.keys())
            if name.startswith(("content/", "site/"))
            and before.get(name) != now.get(name)
            and not _STRAY.search(name)
        )
        if name := next(changed, ""):
            yield f'it said "{denial[0]}", but {name} changed'


def each_old_or_new(
    before: Tree, after: Tree, now: Tree, is_exempt: Callable[[str], bool] = lambda _: False
) -> Iterator[str]:
    """No file is half-written or lost: each is as it was, or as it becomes.

    Exempt are files that may be half, such as pages of `docs/`, which may be gone as well.
    """
    for name, data in now.items():
        if (
            name.startswith(UNWATCHED)
            or name in IN_STEPS
            or _STRAY.search(name)
            or _LOCK.search(name)
        ):
            continue
        if data not in (before.get(name), after.get(name)) and not is_exempt(name):
            yield f"{name} is neither the old nor the new version ({len(data)} bytes)"
    for name in sorted(before.keys() & after.keys() - now.keys()):
        is_kept = name.startswith(("content/", "sent/")) or (
            name.startswith("docs/") and not is_exempt(name)
        )
        if is_kept and not name.endswith("/"):
            yield f"{name} is lost"


def site_is_whole(before: Tree, after: Tree, now: Tree, site: str = "site") -> Iterator[str]:
    """A site with a mark is one whole build; there is a site if there was one."""
    old, new, found = (_files(site, files) for files in (before, after, now))
    if f"{site}/.build" in found and found not in (old, new):
        names = [
            name for name in sorted(found.keys() | new.keys()) if found.get(name) != new.get(name)
        ]
        yield f"the mark says that {site} is whole, but {len(names)} files differ: {names[:3]}"
    if old and not found:
        yield f"there is no {site} any more"


def site_stands(before: Tree, after: Tree, now: Tree, site: str = "site") -> Iterator[str]:
    """The site is the old one or the new one, to the last byte."""
    old, new, found = (_files(site, files) for files in (before, after, now))
    if found not in (old, new):
        yield f"{site} is neither the old nor the new one"


def _files(top: str, files: Tree) -> dict[str, bytes]:
    """What is below a folder except empty folders, which nobody sees."""
    return {name: data for name, data in below(top, files).items() if name[-1] != "/"}


def no_strays(now: Tree, ignore: tuple[str, ...] = ("tmp/",)) -> Iterator[str]:
    """Nothing is left of work that was begun."""
    for name in now:
        if _STRAY.search(name) and not name.startswith(ignore):
            yield f"{name} was left behind"
            return


def same(expected: Tree, now: Tree, tops: Collection[str], what: str) -> Iterator[str]:
    """Some folders are as expected, byte for byte."""
    for top in tops:
        wanted, found = _files(top, expected), _files(top, now)
        differ = [
            name
            for name in sorted(wanted.keys() | found.keys())
            if wanted.get(name) != found.get(name) and not _LOCK.search(name)
        ]
        if differ:
            shown = ", ".join(f"{name} ({_how(wanted, found, name)})" for name in differ[:3])
            yield f"{top} differs from {what} in {len(differ)} files: {shown}"


def _how(wanted: Tree, found: Tree, name: str) -> str:
    return "missing" if name not in found else "too much" if name not in wanted else "other bytes"


def same_site(expected: Tree, now: Tree, site: str) -> Iterator[str]:
    """A site, whatever its folder is called, has the bytes of the folder `site` in a tree."""
    renamed = {
        f"{site}/{name.removeprefix('site/')}": data
        for name, data in below("site", expected).items()
    }
    yield from same(renamed, now, (site,), "that of a build in an empty folder")


# --- tags that people gave ------------------------------------------------------------------


def taggings(files: Tree, vocabulary: Tree) -> set[tuple[str, str, str]]:
    """Paper, `tags` or `remove`, and slug of each tagging; names mean what the vocabulary says."""
    slugs: dict[str, str] = {}
    for name, data in below("content/tags", vocabulary).items():
        if name.endswith(".yaml"):
            values = yaml.safe_load(data)
            slug = PurePosixPath(name).stem
            for each in (slug, values["name"], *values.get("aliases", ())):
                slugs[_plain(each)] = slug
    found = set()
    for name, data in below("content/tagging", files).items():
        if name.endswith(".yaml") and not _STRAY.search(name):
            path = PurePosixPath(name)
            paper = path.parts[3].removesuffix(".yaml")
            values = yaml.safe_load(data) or {}
            for key in ("tags", "remove"):
                found |= {
                    (paper, key, slugs.get(_plain(each), each)) for each in values.get(key) or ()
                }
    return found


def no_tagging_lost(before: Tree, after: Tree, now: Tree, keys: Mapping[str, str]) -> Iterator[str]:
    """What people said of papers is there, under the old name of a tag or the new one.

    `keys` has new keys of papers by old ones.
    """

    def current(files: Tree) -> set[tuple[str, str, str]]:
        return {(keys.get(paper, paper), key, slug) for paper, key, slug in taggings(files, after)}

    for paper, key, slug in sorted(current(before) - _taken_back(before, after) - current(now)):
        yield f"a person's tagging is lost: {key} {slug} of {paper}"


def _taken_back(before: Tree, after: Tree) -> set[tuple[str, str, str]]:
    """Taggings that the command was asked to take back: it removed the paper's other one."""
    given = taggings(after, after)
    return {
        (paper, key, slug)
        for paper, key, slug in taggings(before, after) - given
        if (paper, "tags" if key == "remove" else "remove", slug) in given
    }


def _plain(name: str) -> str:
    return name.lower().replace(" ", "-")
