"""Joins what is known of a day with what was read anew; nothing that is known gets lost.

Takes two daily lists (or two papers), gives one. Does no I/O. Ids must be unique in each list.

What holds, and tests show:

- Merging the same list again changes nothing: merge(merge(a, b), b) == merge(a, b).
- Every paper of either list is in the result, once.
- A new value replaces an old one, an empty value replaces nothing, and a summary that is there
  stays: people wrote it.
- Where two lists don't contradict each other (in facts, or in the order of the papers they
  share), merge(a, b) == merge(b, a). Where they do, the one that is merged last wins, so a list
  fetched again late in the day must be imported last.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Sequence

from msgspec.structs import astuple, replace

from generator.content.paper_keys import PAPER_KEYS
from generator.core import ids
from generator.core.model import DailyList, Paper, Source
from generator.text import markup


def merge(old: DailyList | None, new: DailyList, keep: Collection[str] = frozenset()) -> DailyList:
    """One day's list as it stands, joined with the same day's list read anew.

    Papers are the same where their ids are, or where one of the two ids is the slug of the title
    that both have; then the better id stays (arXiv id, DOI, slug), unless `keep` holds the old
    one. Papers stand in the new list's order; one that only the old list has stands behind the
    paper it stood behind.
    """
    if old is None:
        return new
    counterparts = _counterparts(old.papers, new.papers)
    merged = {
        new_id: merge_paper(known, paper, keep) for new_id, (known, paper) in counterparts.items()
    }
    became = {known.id: merged[new_id] for new_id, (known, _) in counterparts.items()}
    papers = _interleaved(
        [became.get(paper.id, paper) for paper in old.papers],
        [merged.get(paper.id, paper) for paper in new.papers],
    )
    return DailyList(new.date, _merge_source(old.source, new.source), tuple(papers))


def merge_paper(old: Paper, new: Paper, keep: Collection[str] = frozenset()) -> Paper:
    """What two sources say of one paper: the new values, and the old ones where there are none."""
    values = zip(PAPER_KEYS, astuple(old), astuple(new), strict=True)
    merged = Paper(*[key.merge(known, given) for key, known, given in values])
    return replace(merged, id=old.id) if old.id in keep else merged


def _merge_source(old: Source, new: Source) -> Source:
    url = new.url or (old.url if new.name == old.name else "")
    return replace(new, url=url, curators=new.curators or old.curators)


# --- which papers are the same ------------------------------------------------------------


def _counterparts(old: Sequence[Paper], new: Sequence[Paper]) -> dict[str, tuple[Paper, Paper]]:
    """By the new paper's id: the old and the new paper that are one."""
    by_id = {paper.id: paper for paper in old}
    found = {paper.id: (by_id[paper.id], paper) for paper in new if paper.id in by_id}
    old_left = [paper for paper in old if paper.id not in found]
    new_left = [paper for paper in new if paper.id not in found]
    found.update(_same_titles(old_left, new_left))
    return found


def _same_titles(
    old: Sequence[Paper], new: Sequence[Paper]
) -> Iterator[tuple[str, tuple[Paper, Paper]]]:
    """Pairs of which one has the slug of their title as its id.

    Two papers of one list may have the same title; then nothing tells which is meant, and all
    of them stay.
    """
    if not old or not new or not any(ids.is_slug(paper.id) for paper in (*old, *new)):
        return
    old_by_slug, new_by_slug = _by_title(old), _by_title(new)
    for slug, olds in old_by_slug.items():
        news = new_by_slug.get(slug, [])
        if len(olds) == len(news) == 1 and slug in (olds[0].id, news[0].id):
            yield news[0].id, (olds[0], news[0])


def _by_title(papers: Iterable[Paper]) -> dict[str, list[Paper]]:
    found: dict[str, list[Paper]] = defaultdict(list)
    for paper in papers:
        found[ids.title_slug(markup.plain(paper.title))].append(paper)
    return found


# --- in which order they stand ------------------------------------------------------------


def _interleaved(old: Sequence[Paper], new: Sequence[Paper]) -> Iterator[Paper]:
    """Both lists' papers: the common ones in the new order, each followed by what followed it.

    Where different papers follow it in the two lists, the smaller id goes first: any rule that
    doesn't ask which list is the old one makes the order of imports irrelevant.
    """
    common = {paper.id for paper in old} & {paper.id for paper in new}
    old_runs, new_runs = _runs(old, common), _runs(new, common)
    anchors = [None, *(paper for paper in new if paper.id in common)]
    for anchor in anchors:
        if anchor is not None:
            yield anchor
        key = anchor.id if anchor else ""
        runs = sorted((old_runs[key], new_runs[key]), key=lambda run: [each.id for each in run])
        for run in runs:
            yield from run


def _runs(papers: Iterable[Paper], common: Collection[str]) -> dict[str, list[Paper]]:
    """Papers that only this list has, by the common paper before them ("" where there is none)."""
    runs: dict[str, list[Paper]] = defaultdict(list)
    anchor = ""
    for paper in papers:
        if paper.id in common:
            anchor = paper.id
        else:
            runs[anchor].append(paper)
    return runs
