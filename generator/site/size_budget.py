"""The size of a site by group of files, and its limits in `budget.yaml`.

Takes the sizes of the site's files and the text of a budget, gives weights and what exceeds the
limits. Does no I/O.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from heapq import nsmallest
from operator import itemgetter

from msgspec import Struct, field

from generator.core import limits
from generator.core.model import Problem
from generator.core.page_kinds import GROWING_GROUPS, INDEX, PAGE_GROUPS, PAPER, kind_of

Size = tuple[str, int]
"""A file's path on the site, and its size in bytes."""
PAGES_LIMIT = 1_000_000_000
"""Bytes that a site on GitHub Pages may have, by GitHub's documentation of its limits."""
AT_PAPERS = 100_000
"""The number of papers for which the size of the site is projected."""
_HEAVIEST = 8
"""At most this many of the heaviest pages of a group are remembered."""
MIN_PAPERS = 100
"""With fewer papers than this there is no projection."""
_BYTES: Callable[[Size], int] = itemgetter(1)


class Weight(Struct, frozen=True):
    """The size of a group of files."""

    files: int
    size: int
    """Bytes of all files."""
    heaviest: tuple[Size, ...] = ()
    """The heaviest pages, the largest first; empty for files that aren't pages."""


_NOTHING = Weight(0, 0)


class Weights(Struct, frozen=True):
    """The size of a site."""

    groups: dict[str, Weight]
    """By group, as in `core/page_kinds.py`."""

    @property
    def papers(self) -> int:
        """The number of papers that have a page."""
        return self.groups.get(PAPER.group, _NOTHING).files

    @property
    def files(self) -> int:
        """The number of files."""
        return sum(each.files for each in self.groups.values())

    @property
    def size(self) -> int:
        """Bytes of all files."""
        return sum(each.size for each in self.groups.values())

    @property
    def share(self) -> float | None:
        """The share of GitHub Pages' limit that `AT_PAPERS` papers would take, in percent.

        Assumes that all growing groups grow in proportion to the papers. None below `MIN_PAPERS`.
        """
        if self.papers < MIN_PAPERS:
            return None
        growing = sum(each.size for group, each in self.groups.items() if group in GROWING_GROUPS)
        projected = growing * AT_PAPERS / self.papers
        return 100 * (self.size - growing + projected) / PAGES_LIMIT


class Budget(Struct, frozen=True):
    """The limits of a site; None, and groups left out, have no limit."""

    pages: Mapping[str, int] = field(default_factory=dict)
    """Bytes of the heaviest page, by group."""
    size: int | None = None
    """Bytes of all files."""
    files: int | None = None
    share: int | None = None
    """Percent of GitHub Pages' limit that `AT_PAPERS` papers may take."""


def read(path: str, data: bytes) -> tuple[Budget, tuple[Problem, ...]]:
    """A budget from the YAML of a file; `path` is for problems."""
    # A build looks at the previous one first, which needs no YAML.
    from generator.content import yaml_fields  # noqa: PLC0415

    problems: list[Problem] = []
    limit = limits.BUDGET_FILE
    if len(data) > limit.most:
        message = f"the file is larger than {limit.words}"
        return Budget(), (Problem(path, 0, 0, "too-large", message, limit.way_out),)
    fields = yaml_fields.read_fields(path, data, problems)
    if fields is None:
        return Budget(), tuple(problems)
    pages = fields.fields("pages")
    heaviest: dict[str, int] = {}
    if pages:
        for group in PAGE_GROUPS:
            most = pages.integer(group)
            if most is not None:
                heaviest[group] = most
        pages.done()
    budget = Budget(
        heaviest,
        fields.integer("bytes"),
        fields.integer("files"),
        fields.integer("percent_of_pages"),
    )
    fields.done()
    return budget, tuple(sorted(problems))


def weigh(sizes: Iterable[Size]) -> Weights:
    """Weights from the sizes of all files."""
    weights = reweigh(Weights({}), (), sizes)
    if weights is None:
        raise AssertionError("nothing was removed")
    return weights


def reweigh(before: Weights, removed: Iterable[Size], added: Iterable[Size]) -> Weights | None:
    """The weights after some files were removed and others added.

    None if all heaviest pages of a group were removed: then the heaviest of the others isn't known,
    and all files have to be weighed.
    """
    less, more = _by_group(removed), _by_group(added)
    groups: dict[str, Weight] = {}
    for group in before.groups.keys() | more.keys():
        old = before.groups.get(group, _NOTHING)
        staying = old.files - len(less[group])
        files = staying + len(more[group])
        if not files:
            continue
        size = old.size + sum(map(_BYTES, more[group])) - sum(map(_BYTES, less[group]))
        heaviest: tuple[Size, ...] = ()
        if group in PAGE_GROUPS:
            left = [each for each in old.heaviest if each not in less[group]]
            if staying and not left:
                return None
            # Pages outside the list may be heavier than new ones. So the list must not grow: only
            # this many are known to be the heaviest.
            count = len(left) if staying > len(left) else _HEAVIEST
            heaviest = tuple(nsmallest(count, [*left, *more[group]], key=_rank))
        groups[group] = Weight(files, size, heaviest)
    return Weights(groups)


def with_index(weights: Weights, index: Weight) -> Weights:
    """The weights with the search index, which is weighed as a whole."""
    return Weights({**weights.groups, INDEX.group: index}) if index.files else weights


def _rank(size: Size) -> tuple[int, str]:
    """The largest first, and by path among equals, so that the order of the input doesn't count."""
    return -size[1], size[0]


def _by_group(sizes: Iterable[Size]) -> defaultdict[str, list[Size]]:
    found: defaultdict[str, list[Size]] = defaultdict(list)
    for each in sizes:
        found[kind_of(each[0]).group].append(each)
    return found


def over(budget: Budget, weights: Weights) -> Iterator[str]:
    """A sentence for each limit that is exceeded."""
    for group, weight in _ordered(weights):
        limit = budget.pages.get(group)
        for path, bytes_ in weight.heaviest[:1]:
            if limit is not None and bytes_ > limit:
                yield f"{path} has {bytes_:,} bytes; the limit for {group} is {limit:,}"
    if budget.size is not None and weights.size > budget.size:
        yield f"the site has {weights.size:,} bytes; the limit is {budget.size:,}"
    if budget.files is not None and weights.files > budget.files:
        yield f"the site has {weights.files:,} files; the limit is {budget.files:,}"


def over_projected(budget: Budget, weights: Weights) -> Iterator[str]:
    """A sentence if the archive may become too large; nothing is wrong yet."""
    share = weights.share
    if budget.share is not None and share is not None and share > budget.share:
        yield f"{_projected(share)} of the 1 GB of GitHub Pages; the limit is {budget.share} %"


def over_expected(budget: Budget, expected: Weights) -> Iterator[str]:
    """A sentence for each limit that a site will exceed, from an estimate that is rather small."""
    if budget.files is not None and expected.files > budget.files:
        yield f"the site would have {expected.files:,} files; the limit is {budget.files:,}"
    if budget.size is not None and expected.size > budget.size:
        yield f"the site would have {expected.size:,} bytes or more; the limit is {budget.size:,}"


def table(weights: Weights, budget: Budget) -> str:
    """A table of all weights and limits, to print."""
    rows = [("", "files", "bytes", "heaviest", "limit")]
    for group, each in _ordered(weights):
        limit = budget.pages.get(group)
        heaviest = f"{each.heaviest[0][1]:,}" if each.heaviest else ""
        shown_limit = "" if limit is None else f"{limit:,}"
        rows.append((group, f"{each.files:,}", f"{each.size:,}", heaviest, shown_limit))
    rows.append(("all", f"{weights.files:,}", f"{weights.size:,}", "", ""))
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    lines = (
        f"  {first:<{widths[0]}}"
        + "".join(f"  {each:>{width}}" for each, width in zip(rest, widths[1:], strict=True))
        for first, *rest in rows
    )
    share = weights.share
    projected = "" if share is None else f"; {_projected(share)}"
    return "".join(f"{line.rstrip()}\n" for line in lines) + (
        f"  {100 * weights.size / PAGES_LIMIT:.1f} % of the 1 GB of GitHub Pages{projected}\n"
    )


def _ordered(weights: Weights) -> list[tuple[str, Weight]]:
    """Groups of pages in the order of `PAGE_GROUPS`, then the others by name."""
    order = {group: place for place, group in enumerate(PAGE_GROUPS)}
    groups = weights.groups.items()
    return sorted(groups, key=lambda each: (order.get(each[0], len(order)), each[0]))


def _projected(share: float) -> str:
    return f"{AT_PAPERS:,} papers would take {share:.0f} %"
