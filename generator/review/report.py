"""The report on a change: its effect on the site, as text, as Markdown for GitHub, as JSON.

Takes a `Comparison` and what it is of, gives text. Lists end after some entries, so that a report
is short to read and stays far below the 1 MiB that GitHub allows; JSON has everything. Does no I/O.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import partial
from typing import TypeVar

import msgspec
from msgspec import Struct

from generator.content import problems
from generator.review.changes import Comparison, PageChanges, PaperChange, QueryChange, TagChange
from generator.review.lost_urls import LostUrl
from generator.review.tag_warnings import BroadRule, SimilarTags
from generator.text import github_markdown
from generator.text.dates import counted

T = TypeVar("T")

MOST = 50
"""So many papers, tags and addresses are listed; the rest is counted."""
MOST_TAGS = 5
"""So many tags that one paper gains, or loses, are named."""
MOST_TITLES = 3
"""So many papers that one saved query gains, or loses, are named."""
_LONGEST_NAME = 80
"""Characters shown of a name, a phrase or an address; titles may have some more."""


class ChangeReport(Struct, frozen=True):
    """What is told."""

    base: str
    """The revision's name, as it was asked for."""
    commit: str
    is_behind: bool
    """Whether the revision has commits that the working tree lacks."""
    problems: int
    """Of the content at the revision."""
    comparison: Comparison


class _Style(Struct, frozen=True):
    """How a format writes."""

    text: Callable[[str], str]
    code: Callable[[str], str]
    strong: Callable[[str], str]
    heading: Callable[[str], str]
    item: str
    """What a line of a list begins with."""


def as_text(report: ChangeReport) -> str:
    """For a terminal."""
    plain = _Style(problems.printable, problems.printable, problems.printable, _underlined, "  ")
    return "\n".join(_lines(report, plain)).strip() + "\n"


def as_markdown(report: ChangeReport) -> str:
    """For a job's summary on GitHub: whatever titles and names hold is shown and does nothing."""
    marked = _Style(
        text=github_markdown.text,
        code=partial(github_markdown.code, most=_LONGEST_NAME),
        strong=lambda name: f"**{github_markdown.text(name, _LONGEST_NAME)}**",
        heading=lambda title: f"### {title}\n",
        item="- ",
    )
    body = "\n".join(_lines(report, marked)).strip()
    return f"## Effect of this change\n\n{body}\n"


def as_json(report: ChangeReport) -> str:
    """The fields of `Report`, with all that the other formats leave out."""
    return json.dumps(msgspec.to_builtins(report), ensure_ascii=False, indent=1) + "\n"


FORMATS: Mapping[str, Callable[[ChangeReport], str]] = {
    "text": as_text,
    "markdown": as_markdown,
    "json": as_json,
}


def _underlined(text: str) -> str:
    return f"{text}\n{'-' * len(text)}"


def _lines(report: ChangeReport, style: _Style) -> Iterator[str]:
    found = report.comparison
    yield f"Compared with {style.code(report.base)} (commit {style.code(report.commit[:12])}).\n"
    if report.is_behind:
        yield (
            f"{style.code(report.base)} has commits that are missing here: what they did shows as "
            "undone. Compare with the commit where the two parted, as git merge-base tells it.\n"
        )
    if report.problems:
        told = counted(report.problems, "problem")
        yield f"The content there has {told}: the comparison is of what could be read.\n"
    if found.settings:
        keys = ", ".join(map(style.code, found.settings))
        yield f"The archive's settings change ({keys}): every page and feed is made again.\n"
    if found.is_empty:
        yield "Nothing changes on the site."
        return
    listed = partial(_section, style)
    yield from listed("Look at these", list(_warnings(found, style)), str)
    yield from listed("Removed URLs", _by_weight(found.gone), partial(_gone, style))
    yield from listed("Tags", found.tags, partial(_tag, style))
    yield from listed("Saved queries", found.queries, partial(_query, style))
    title = f"{counted(len(found.papers), 'paper')} with other tags"
    yield from listed(title, found.papers, partial(_paper, style))
    for title, papers in (("New papers", found.new_papers), ("Papers gone", found.gone_papers)):
        yield from listed(f"{title}: {len(papers):,}", papers, partial(_titled, style))
    yield from listed("Pages and feeds", found.pages, partial(_pages, style))


def _section(
    style: _Style, title: str, items: Sequence[T], line: Callable[[T], str]
) -> Iterator[str]:
    if not items:
        return
    yield style.heading(title)
    yield from (style.item + line(each) for each in items[:MOST])
    if len(items) > MOST:
        yield f"{style.item}and {len(items) - MOST:,} more"
    yield ""


def _warnings(found: Comparison, style: _Style) -> Iterator[str]:
    lost = sum(1 for each in found.gone if not (each.leads_to or each.comes_and_goes))
    if lost:
        yield f"{counted(lost, 'published address', 'published addresses')} would lead nowhere."
    yield from (_broad(style, each) for each in found.broad[:MOST])
    yield from (_alike(style, each) for each in found.alike[:MOST])
    for query in found.queries[:MOST]:
        if query.how in ("new", "changed") and not query.after:
            yield f"The saved query {style.strong(query.name)} finds no paper: is that meant?"


def _broad(style: _Style, broad: BroadRule) -> str:
    share = round(100 * broad.papers / broad.of)
    return (
        f"The rule of {style.strong(broad.name)} finds {broad.papers:,} of {broad.of:,} papers "
        f"({share} %), {broad.by_phrase:,} of them by {style.code(broad.phrase)}: is it too broad?"
    )


def _alike(style: _Style, alike: SimilarTags) -> str:
    new, other = style.code(alike.slug), style.code(alike.other)
    told = [f"“{style.text(one)}”, “{style.text(its)}”" for one, its in filter(None, [alike.names])]
    if alike.shared:
        told.append(
            f"of {counted(alike.of, 'paper')} with one of the two, {alike.shared:,} have both"
        )
    return f"The new tag {new} looks like {other}: {'; '.join(told)}."


def _by_weight(gone: Iterable[LostUrl]) -> list[LostUrl]:
    """Those that matter most first."""
    return sorted(gone, key=lambda each: (bool(each.leads_to), each.comes_and_goes))


def _gone(style: _Style, gone: LostUrl) -> str:
    address = style.code(f"/{gone.address}")
    if gone.leads_to:
        return f"{address} leads on to {style.code(f'/{gone.leads_to}')}"
    if gone.comes_and_goes:
        return f"{address}, a page that comes and goes with the number of papers"
    return f"{address} would lead nowhere"


def _tag(style: _Style, tag: TagChange) -> str:
    name = f"{style.strong(tag.name)} ({style.code(tag.slug)})"
    counts = f"{tag.before:,} → {counted(tag.after, 'paper')}"
    if tag.gained or tag.lost:
        counts += f", +{tag.gained:,} −{tag.lost:,}"
    had = counted(tag.before, "paper")
    told = {
        "new": f"is new: {counted(tag.after, 'paper')}",
        "changed": f"changes in {', '.join(tag.changed)}: {counts}",
        "renamed": f"becomes {style.code(tag.into)}: {counts}",
        "merged": f"goes into {style.code(tag.into)}, with {had}",
        "gone": f"goes; {had} had it",
        "same": f"has other papers: {counts}",
    }[tag.how]
    if not tag.perhaps:
        return f"{name} {told}"
    new = style.code(tag.perhaps)
    hint = (
        f"if that is its new name, write {style.code(tag.slug)} under aliases and former of {new}"
    )
    return f"{name} {told}, and {new} has much the same: {hint}"


def _query(style: _Style, query: QueryChange) -> str:
    name = f"{style.strong(query.name)} ({style.code(query.slug)})"
    counts = f"{query.before:,} → {counted(query.after, 'paper')}"
    told = {
        "new": f"is new: {counted(query.after, 'paper')}",
        "gone": f"goes, and its feeds with it; it found {counted(query.before, 'paper')}",
        "changed": f"changes in {', '.join(query.changed)}: {counts}",
        "same": f"finds other papers: {counts}",
    }[query.how]
    parts = [f"{name} {told}"]
    for sign, papers in (("+", query.gained), ("−", query.lost)):
        if papers and query.how != "gone":
            shown = "; ".join(_titled(style, each) for each in papers[:MOST_TITLES])
            more = len(papers) - MOST_TITLES
            parts.append(f"{sign} {shown}" + (f"; {more:,} more" if more > 0 else ""))
    return " · ".join(parts)


def _titled(style: _Style, paper: tuple[str, str]) -> str:
    key, title = paper
    return f"{style.code(key)} {style.text(title)}"


def _paper(style: _Style, paper: PaperChange) -> str:
    gained = [
        f"+ {style.strong(each.name)} "
        + (f"(rule: {style.code(each.phrase)})" if each.origin == "rule" else "(people)")
        for each in paper.gained[:MOST_TAGS]
    ]
    lost = [f"− {style.strong(name)}" for name in paper.lost[:MOST_TAGS]]
    more = max(0, len(paper.gained) - MOST_TAGS) + max(0, len(paper.lost) - MOST_TAGS)
    told = "; ".join([*gained, *lost, *([f"{more} more"] if more else [])])
    return f"{_titled(style, (paper.key, paper.title))}: {told}"


def _pages(style: _Style, pages: PageChanges) -> str:
    told = (("new", pages.new), ("changed", pages.changed), ("gone", pages.gone))
    parts = []
    for word, (count, examples) in told:
        if count:
            shown = ", ".join(style.code(f"/{address}") for address in examples)
            more = ", …" if count > len(examples) else ""
            parts.append(f"{count:,} {word} ({shown}{more})")
    return f"{pages.kind}: {'; '.join(parts)}"
