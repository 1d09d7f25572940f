"""How often people who tag papers at the same time cause merge conflicts, by file layout.

Takes a seed. Makes pairs of branches in a temporary repository, merges each pair with git, and
reports how many conflict, and how many merge into something that neither side wrote.

    python -m benchmarks.conflicts
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import reduce
from pathlib import Path
from random import Random
from typing import NamedTuple

PAIRS = 200
PAPERS = 300
TAGS = 130
EARLIER = 150
"""Contributions merged before the pairs begin."""
ENOUGH = 4
"""Tags of a paper above which people no longer change it."""
_REMOVALS = 0.1
_COUNTS = ((1, 2, 3), (6, 3, 1))
"""Numbers of tags given at once, and their weights."""

Files = Mapping[str, str]


class Contribution(NamedTuple):
    """The tags that one person adds to and removes from one paper."""

    person: str
    paper: str
    add: tuple[str, ...]
    remove: tuple[str, ...]


class Pair(NamedTuple):
    """Contributions of two people at the same time."""

    one: Contribution
    other: Contribution

    @property
    def is_contradiction(self) -> bool:
        """Whether one adds a tag that the other removes."""
        one, other = self
        return bool({*one.add} & {*other.remove} or {*one.remove} & {*other.add})


@dataclass(frozen=True, slots=True)
class Filing:
    """A layout of files that store contributions."""

    name: str
    put: Callable[[Files, Contribution], dict[str, str]]
    """Returns the files that change with a contribution."""
    is_union: bool = False
    """Whether git may keep the lines of both sides (`merge=union`)."""


@dataclass(frozen=True, slots=True)
class Figures:
    """The results of merging all pairs."""

    pairs: int
    conflicts: int
    contradictions: int
    """Conflicts of pairs that contradict each other, which are correct."""
    wrong: int
    """Merged without a conflict, but not into what both wrote."""


class _People:
    """Random contributions; a few papers and tags get most of them."""

    def __init__(self, seed: int) -> None:
        self._rng = Random(seed)
        self._papers = [f"2503.{number:05}" for number in range(PAPERS)]
        self._tags = [f"tag-{number:03}" for number in range(TAGS)]
        self._rng.shuffle(self._papers)
        self._rng.shuffle(self._tags)
        self._given: Counter[str] = Counter()
        self._number = 0

    def next(self, paper: str = "") -> Contribution:
        """The next contribution, to a random paper if none is given."""
        self._number += 1
        rng = self._rng
        chosen = paper or self._skewed(
            [each for each in self._papers if self._given[each] < ENOUGH]
        )
        tags = tuple(sorted({self._skewed(self._tags) for _ in range(rng.choices(*_COUNTS)[0])}))
        said = ((), tags) if rng.random() < _REMOVALS else (tags, ())
        return Contribution(f"person-{self._number}", chosen, *said)

    def settle(self, said: Contribution) -> Contribution:
        """Add the contribution to the archive, and return it."""
        self._given[said.paper] += len(said.add)
        return said

    def _skewed(self, items: Sequence[str]) -> str:
        """A random item; the one of rank n is n times rarer than the first (Zipf)."""
        return self._rng.choices(items, [1 / rank for rank in range(1, len(items) + 1)])[0]


def contributions(seed: int, *, is_same: bool) -> tuple[list[Contribution], list[Pair]]:
    """The earlier contributions, and the pairs; with `is_same`, each pair is about one paper."""
    people = _People(seed)
    earlier = [people.settle(people.next()) for _ in range(EARLIER)]
    pairs = []
    for _ in range(PAIRS):
        one = people.next()
        pairs.append(Pair(one, people.next(one.paper if is_same else "")))
    return earlier, pairs


# --- layouts of files -------------------------------------------------------------------------


def _text(said: Mapping[str, Sequence[str]]) -> str:
    return "".join(
        f"{key}:\n" + "".join(f"- {tag}\n" for tag in tags) for key, tags in said.items() if tags
    )


def _said(text: str) -> dict[str, list[str]]:
    said: dict[str, list[str]] = {"tags": [], "remove": []}
    key = "tags"
    for line in text.splitlines():
        if line.startswith("- "):
            said[key].append(line[2:])
        else:
            key = line.rstrip(":")
    return said


def _with(text: str, said: Contribution, arrange: Callable[[list[str]], list[str]]) -> str:
    lists = _said(text)
    for key, its_own, others in (("tags", said.add, "remove"), ("remove", said.remove, "tags")):
        lists[key] = arrange([*lists[key], *(tag for tag in its_own if tag not in lists[key])])
        lists[others] = [tag for tag in lists[others] if tag not in its_own]
    return _text(lists)


def _by_paper(arrange: Callable[[list[str]], list[str]]) -> Callable[..., dict[str, str]]:
    def put(files: Files, said: Contribution) -> dict[str, str]:
        path = f"tagging/{said.paper}.yaml"
        return {**files, path: _with(files.get(path, ""), said, arrange)}

    return put


def _by_month(files: Files, said: Contribution) -> dict[str, str]:
    path = f"tagging/{said.paper[:4]}.yaml"
    add, remove = ([f"{said.paper} {tag}" for tag in tags] for tags in (said.add, said.remove))
    of_paper = said._replace(add=tuple(add), remove=tuple(remove))
    return {**files, path: _with(files.get(path, ""), of_paper, sorted)}


def _by_person(files: Files, said: Contribution) -> dict[str, str]:
    path = f"tagging/{said.paper}/{said.person}.yaml"
    return {**files, path: _text({"tags": said.add, "remove": said.remove})}


def _by_tag(files: Files, said: Contribution) -> dict[str, str]:
    made = dict(files)
    for key, tags in (("tags", said.add), ("remove", said.remove)):
        made |= {f"tagging/{said.paper}/{tag}.yaml": _text({key: [tag]}) for tag in tags}
    return made


FILINGS = (
    Filing("a file a month, a line a tag, sorted", _by_month),
    Filing("a file a paper, new tags at the end", _by_paper(list)),
    Filing("a file a paper, sorted", _by_paper(sorted)),
    Filing("a file a paper, sorted, `merge=union`", _by_paper(sorted), is_union=True),
    Filing("a file a paper and person", _by_person),
    Filing("a file a paper and tag", _by_tag),
)


# --- merging --------------------------------------------------------------------------------


def measure(filing: Filing, folder: Path, *, is_same: bool, seed: int = 1) -> Figures:
    """Merge all pairs with git, in a repository made in the folder."""
    earlier, pairs = contributions(seed, is_same=is_same)
    base: Files = reduce(filing.put, earlier, {})
    sides = [filing.put(base, said) for pair in pairs for said in pair]
    _import(folder, base, sides)
    if filing.is_union:
        (folder / "info" / "attributes").write_text("* merge=union\n", "ascii")
    conflicts = contradictions = wrong = 0
    for number, pair in enumerate(pairs):
        merged = _merged(folder, f"side-{2 * number}", f"side-{2 * number + 1}")
        if merged is None:
            conflicts += 1
            contradictions += pair.is_contradiction
        elif not pair.is_contradiction:
            both = filing.put(filing.put(base, pair.one), pair.other)
            paths = merged.keys() | both.keys()
            wrong += any(_sorted(merged.get(path)) != _sorted(both.get(path)) for path in paths)
    return Figures(len(pairs), conflicts, contradictions, wrong)


def _sorted(text: str | None) -> dict[str, list[str]]:
    return {key: sorted(tags) for key, tags in _said(text or "").items()}


def _import(folder: Path, base: Files, sides: Sequence[Files]) -> None:
    """A repository with the base on `main` and a branch for each side."""
    folder.mkdir(parents=True, exist_ok=True)
    _git(folder, "init", "--quiet", "--bare")
    lines = list(_commit("main", base, {}, 1, None))
    for number, files in enumerate(sides):
        lines += _commit(f"side-{number}", files, base, number + 2, 1)
    _git(folder, "fast-import", "--quiet", text="".join(lines))


def _commit(
    branch: str, files: Files, before: Files, mark: int, parent: int | None
) -> Iterator[str]:
    yield f"commit refs/heads/{branch}\nmark :{mark}\n"
    yield "committer Somebody <somebody@example.org> 1 +0000\ndata 1\nx\n"
    if parent:
        yield f"from :{parent}\n"
    for path, text in sorted(files.items()):
        if before.get(path) != text:
            yield f"M 100644 inline {path}\ndata {len(text.encode())}\n{text}\n"


def _merged(folder: Path, one: str, other: str) -> dict[str, str] | None:
    """The merged files of both branches; None if they conflict."""
    done = _run(folder, "merge-tree", "--write-tree", one, other)
    if done.returncode:
        return None
    listed = _git(folder, "ls-tree", "-r", done.stdout.strip())
    return dict(_contents(folder, listed.splitlines()))


def _contents(folder: Path, lines: Iterable[str]) -> Iterator[tuple[str, str]]:
    found = [(line.partition("\t")[2], line.split()[2]) for line in lines]
    asked = "".join(f"{blob}\n" for _, blob in found)
    output = _git(folder, "cat-file", "--batch", text=asked)
    for path, _ in found:
        head, _, output = output.partition("\n")
        size = int(head.split()[2])
        yield path, output[:size]
        output = output[size + 1 :]


def _git(folder: Path, *arguments: str, text: str = "") -> str:
    done = _run(folder, *arguments, text=text)
    if done.returncode:
        raise RuntimeError(done.stderr)
    return done.stdout


def _run(folder: Path, *arguments: str, text: str = "") -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        ["git", "-C", str(folder), *arguments],
        input=text,
        capture_output=True,
        text=True,
        check=False,
    )


def main() -> None:
    """Print the figures of each layout as a Markdown table."""
    sys.stdout.write("| filed as | conflicts | both on one paper | due | merged wrongly |\n")
    sys.stdout.write("|---|---|---|---|---|\n")
    for filing in FILINGS:
        free, same = (_measured(filing, is_same=is_same) for is_same in (False, True))
        shares = " | ".join(f"{each.conflicts / each.pairs:.1%}" for each in (free, same))
        wrong = free.wrong + same.wrong
        sys.stdout.write(f"| {filing.name} | {shares} | {same.contradictions} | {wrong} |\n")


def _measured(filing: Filing, *, is_same: bool) -> Figures:
    with tempfile.TemporaryDirectory() as folder:
        return measure(filing, Path(folder), is_same=is_same)


if __name__ == "__main__":
    main()
