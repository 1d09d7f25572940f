"""What a site will weigh, estimated before it is made.

Takes the targets of a build, gives weights: the number of files is exact but for MkDocs' own, and
sizes are those of a sample, made and thrown away. They are rather too small: a median counts, which
is below the mean where a few files are much larger, and a page's HTML is larger than its Markdown.
Writes nothing.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable

from generator.core.page_kinds import INDEX, PAPER, kind_of
from generator.core.target import Target
from generator.site.size_budget import Weight, Weights

SAMPLE = 16
"""Targets of a group that are made, spread evenly; all are taken to have their median size."""
_FRAME = 1_500
"""Bytes at least of what surrounds a page's text in HTML."""
_FRAGMENT = 500
"""Bytes at least of what the search index has for a paper."""


def forecast(targets: Iterable[Target], searchable: bool) -> Weights:
    """The weights of a site that will be made of these targets."""
    groups: defaultdict[str, list[Target]] = defaultdict(list)
    for target in targets:
        if target.published:
            groups[kind_of(target.path).group].append(target)
    weights = {group: _weight(members) for group, members in groups.items()}
    if searchable and PAPER.group in weights:
        papers = weights[PAPER.group].files
        weights[INDEX.group] = Weight(papers, papers * _FRAGMENT)
    return Weights(weights)


def _weight(targets: list[Target]) -> Weight:
    if len(targets) <= SAMPLE:
        return Weight(len(targets), 0)  # little, and some of these pages take long to make
    step = len(targets) // SAMPLE
    sizes = sorted(_size(target) for target in targets[::step])
    return Weight(len(targets), len(targets) * sizes[(len(sizes) - 1) // 2])


def _size(target: Target) -> int:
    return len(target.make()) + (_FRAME if target.path.endswith(".md") else 0)
