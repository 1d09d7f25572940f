"""What a site weighs, by kind of file, and what it may: the limits of `budget.yaml`.

Takes sizes of the site's files and a budget's text, gives weights and what is over. Does no I/O.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from heapq import nsmallest
from operator import itemgetter

from msgspec import Struct, field

from generator.content import yaml_fields
from generator.core.model import Problem
from generator.core.page_kinds import GROWING_GROUPS, INDEX, PAGE_GROUPS, PAPER, kind_of

Size = tuple[str, int]
"""A file's path on the site, and its bytes."""
PAGES_LIMIT = 1_000_000_000
"""Bytes that a site on GitHub Pages may have, as GitHub's documentation of its limits says."""
AT_PAPERS = 100_000
"""The archive's size for which its weight is told in advance."""
_RANKED = 8
"""So many of the heaviest pages of a kind are told."""
FEW_PAPERS = 100
"""Fewer tell nothing of what many would take."""
_BYTES: Callable[[Size], int] = itemgetter(1)


class Weight(Struct, frozen=True):
    """What all files of a kind weigh."""

    files: int
    size: int
    """Bytes of all together."""
    heaviest: tuple[Size, ...] = ()
    """The heaviest few, the first of them first; none of what nobody loads alone."""


_NOTHING = Weight(0, 0)


class Weights(Struct, frozen=True):
    """What a site weighs."""

    kinds: dict[str, Weight]

    @property
    def papers(self) -> int:
        """How many of them have a page."""
        return self.kinds.get(PAPER.group, _NOTHING).files

    @property
    def files(self) -> int:
        """How many there are."""
        return sum(each.files for each in self.kinds.values())

    @property
    def size(self) -> int:
        """Bytes of all files."""
        return sum(each.size for each in self.kinds.values())

    @property
    def share(self) -> float | None:
        """The share of GitHub Pages' limit that `AT_PAPERS` papers would take, in percent.

        As if all that comes of papers grew with their number; None where there are too few to tell.
        """
        if self.papers < FEW_PAPERS:
            return None
        growing = sum(each.size for kind, each in self.kinds.items() if kind in GROWING_GROUPS)
        later = growing * AT_PAPERS / self.papers
        return 100 * (self.size - growing + later) / PAGES_LIMIT


class Budget(Struct, frozen=True):
    """The most that a site may weigh; None and kinds left out have no limit."""

    pages: Mapping[str, int] = field(default_factory=dict)
    """Bytes of the heaviest page, by kind."""
    size: int | None = None
    """Bytes of all files."""
    files: int | None = None
    share: int | None = None
    """Percent of GitHub Pages' limit that `AT_PAPERS` papers may take."""


def read(path: str, data: bytes) -> tuple[Budget, tuple[Problem, ...]]:
    """A budget from its YAML."""
    problems: list[Problem] = []
    found = yaml_fields.read_fields(path, data, problems)
    if found is None:
        return Budget(), tuple(problems)
    pages = found.fields("pages")
    limits: dict[str, int] = {}
    if pages:
        for kind in PAGE_GROUPS:
            limit = pages.integer(kind)
            if limit is not None:
                limits[kind] = limit
        pages.done()
    budget = Budget(
        limits, found.integer("bytes"), found.integer("files"), found.integer("percent_of_pages")
    )
    found.done()
    return budget, tuple(sorted(problems))


def weigh(sizes: Iterable[Size]) -> Weights:
    """Weights from the path and bytes of each file."""
    weights = reweigh(Weights({}), (), sizes)
    if weights is None:
        raise AssertionError("nothing was gone")
    return weights


def reweigh(before: Weights, gone: Iterable[Size], new: Iterable[Size]) -> Weights | None:
    """The weights of what was weighed before, without some of its files and with new ones.

    None where all of a kind that were remembered as heavy are gone: then only a look at all files
    tells which is the heaviest.
    """
    less, more = _by_kind(gone), _by_kind(new)
    kinds: dict[str, Weight] = {}
    for kind in before.kinds.keys() | more.keys():
        known = before.kinds.get(kind, _NOTHING)
        staying = known.files - len(less[kind])
        files = staying + len(more[kind])
        if not files:
            continue
        size = known.size + sum(map(_BYTES, more[kind])) - sum(map(_BYTES, less[kind]))
        heavy: tuple[Size, ...] = ()
        if kind in PAGE_GROUPS:
            left = [each for each in known.heaviest if each not in less[kind]]
            if staying and not left:
                return None
            # Lighter ones than those left may be among the files that stay.
            most = len(left) if staying > len(left) else _RANKED
            heavy = tuple(nsmallest(most, [*left, *more[kind]], key=_rank))
        kinds[kind] = Weight(files, size, heavy)
    return Weights(kinds)


def with_index(weights: Weights, index: Weight) -> Weights:
    """The same with the search index, which is weighed as one."""
    return Weights({**weights.kinds, INDEX.group: index}) if index.files else weights


def _rank(size: Size) -> tuple[int, str]:
    """The first by path among equals, whatever the order they come in."""
    return -size[1], size[0]


def _by_kind(sizes: Iterable[Size]) -> defaultdict[str, list[Size]]:
    found: defaultdict[str, list[Size]] = defaultdict(list)
    for each in sizes:
        found[kind_of(each[0]).group].append(each)
    return found


def over(budget: Budget, weights: Weights) -> Iterator[str]:
    """What weighs more than it may, a sentence each."""
    for kind, weight in _ordered(weights):
        limit = budget.pages.get(kind)
        for path, bytes_ in weight.heaviest[:1]:
            if limit is not None and bytes_ > limit:
                yield f"{path} has {bytes_:,} bytes; of {kind}, {limit:,} are allowed"
    if budget.size is not None and weights.size > budget.size:
        yield f"the site has {weights.size:,} bytes; {budget.size:,} are allowed"
    if budget.files is not None and weights.files > budget.files:
        yield f"the site has {weights.files:,} files; {budget.files:,} are allowed"
    share = weights.share
    if budget.share is not None and share is not None and share > budget.share:
        yield f"{_projected(share)} of the 1 GB of GitHub Pages; {budget.share} % are allowed"


def table(weights: Weights, budget: Budget) -> str:
    """All weights and limits, to print."""
    rows = [("", "files", "bytes", "heaviest", "allowed")]
    for kind, each in _ordered(weights):
        limit = budget.pages.get(kind)
        heaviest = f"{each.heaviest[0][1]:,}" if each.heaviest else ""
        allowed = "" if limit is None else f"{limit:,}"
        rows.append((kind, f"{each.files:,}", f"{each.size:,}", heaviest, allowed))
    rows.append(("all", f"{weights.files:,}", f"{weights.size:,}", "", ""))
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    lines = (
        f"  {first:<{widths[0]}}"
        + "".join(f"  {each:>{width}}" for each, width in zip(rest, widths[1:], strict=True))
        for first, *rest in rows
    )
    share = weights.share
    later = "" if share is None else f"; {_projected(share)}"
    return "".join(f"{line.rstrip()}\n" for line in lines) + (
        f"  {100 * weights.size / PAGES_LIMIT:.1f} % of the 1 GB of GitHub Pages{later}\n"
    )


def _ordered(weights: Weights) -> list[tuple[str, Weight]]:
    """Pages first, as readers come upon them, and others by name."""
    order = {kind: place for place, kind in enumerate(PAGE_GROUPS)}
    return sorted(weights.kinds.items(), key=lambda each: (order.get(each[0], len(order)), each[0]))


def _projected(share: float) -> str:
    return f"{AT_PAPERS:,} papers would take {share:.0f} %"
