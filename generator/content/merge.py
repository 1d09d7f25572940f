"""Merges a new version of a day's list, or of a paper, into the existing one; loses nothing.

Takes two daily lists (or two papers), gives one. Does no I/O. Ids must be unique in each list.

Tests check these properties:

- Merging the same list again changes nothing: merge(merge(a, b), b) == merge(a, b).
- Every paper of either list is in the result exactly once.
- A new value replaces an old one, an empty value replaces nothing, and an existing summary is never
  replaced: people wrote it.
- If two lists don't contradict each other (in values, or in the order of the papers they share),
  merge(a, b) == merge(b, a). If they do, the list merged last wins, so a list that is fetched again
  late in the day must be imported last.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Sequence

from msgspec.structs import astuple, replace

from generator.content.paper_keys import PAPER_KEYS, better_id
from generator.core import ids
from generator.core.model import DailyList, Paper, Source
from generator.text import markup


def merge(old: DailyList | None, new: DailyList) -> DailyList:
    """The existing list of a day, merged with a new list of the same day.

    Two papers are the same if their ids are the same, or if both have the same title and one id is
    the slug of this title; then the better id stays (arXiv id, then DOI, then slug). Papers are in
    the new list's order; a paper that only the old list has stays after its predecessor.
    """
    if old is None:
        return new
    counterparts = _counterparts(old.papers, new.papers)
    merged = {new_id: merge_paper(*both) for new_id, both in counterparts.items()}
    became = {known.id: merged[new_id] for new_id, (known, _) in counterparts.items()}
    papers = _interleaved(
        [became.get(paper.id, paper) for paper in old.papers],
        [merged.get(paper.id, paper) for paper in new.papers],
    )
    return DailyList(new.date, _merge_source(old.source, new.source), tuple(papers))


def replaced_ids(old: DailyList | None, new: DailyList) -> dict[str, str]:
    """The better ids that papers of the existing list get by merging, by the ids they have."""
    pairs = _counterparts(old.papers, new.papers).values() if old else ()
    better = {known.id: better_id(known.id, paper.id) for known, paper in pairs}
    return {before: after for before, after in better.items() if before != after}


def merge_paper(old: Paper, new: Paper) -> Paper:
    """One paper from two versions: the new values, or the old ones if the new ones are empty."""
    values = zip(PAPER_KEYS, astuple(old), astuple(new), strict=True)
    return Paper(*[key.merge(known, given) for key, known, given in values])


def _merge_source(old: Source, new: Source) -> Source:
    url = new.url or (old.url if new.name == old.name else "")
    return replace(new, url=url, curators=new.curators or old.curators)


# --- matching papers ----------------------------------------------------------------------


def _counterparts(old: Sequence[Paper], new: Sequence[Paper]) -> dict[str, tuple[Paper, Paper]]:
    """Pairs of an old and a new version of the same paper, by the new version's id."""
    by_id = {paper.id: paper for paper in old}
    found = {paper.id: (by_id[paper.id], paper) for paper in new if paper.id in by_id}
    old_left = [paper for paper in old if paper.id not in found]
    new_left = [paper for paper in new if paper.id not in found]
    found.update(_same_titles(old_left, new_left))
    return found


def _same_titles(
    old: Sequence[Paper], new: Sequence[Paper]
) -> Iterator[tuple[str, tuple[Paper, Paper]]]:
    """Pairs with the same title if one of them has the title's slug as its id.

    If two papers of one list have the same title, it is unclear which is meant, and none is paired.
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


# --- order --------------------------------------------------------------------------------


def _interleaved(old: Sequence[Paper], new: Sequence[Paper]) -> Iterator[Paper]:
    """The papers of both lists: common ones in the new order, each with its followers.

    If different papers follow it in the two lists, the run with the smaller ids comes first. The
    rule doesn't depend on which list is the old one, so neither does the result.
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
    """Papers that only this list has, by the id of the common paper before them ("" if none)."""
    runs: dict[str, list[Paper]] = defaultdict(list)
    anchor = ""
    for paper in papers:
        if paper.id in common:
            anchor = paper.id
        else:
            runs[anchor].append(paper)
    return runs
