"""The report on a change: its effect on the site, as text, as Markdown for GitHub, as JSON.

Takes a `ChangeReport`, gives text. Lists are cut, so that a report is quick to read and stays far
below the 1 MiB that GitHub allows for a job's summary; JSON has everything. Does no I/O.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import partial
from typing import TypeVar

import msgspec
from msgspec import Struct

from generator.core.progress import printable
from generator.review.broken_promises import BrokenPromise
from generator.review.changes import Comparison, PageChanges, PaperChange, QueryChange, TagChange
from generator.review.lost_urls import LostUrl
from generator.review.tag_warnings import BroadRule, SimilarTags
from generator.text import github_markdown
from generator.text.dates import counted

T = TypeVar("T")

MAX_LINES = 50
"""A section lists at most this many papers, tags or URLs; the rest is counted."""
MAX_TAGS = 5
"""At most this many tags that a paper gains, and as many that it loses, are named."""
MAX_TITLES = 3
"""At most this many papers that a saved query gains, and as many that it loses, are named."""
_MAX_LENGTH = 80
"""Characters shown of a name, a phrase or a URL; titles may be longer."""


class ChangeReport(Struct, frozen=True):
    """A comparison and the revision that it is with: the fields of the JSON format."""

    base: str
    """The revision as the user named it."""
    commit: str
    """The full hash of its commit."""
    is_behind: bool
    """Whether the working tree lacks commits of the revision."""
    problems: int
    """The number of problems of the content at the revision."""
    comparison: Comparison
    broken: tuple[BrokenPromise, ...] = ()
    """What was promised and would no longer hold, said to be intended or not."""


class _Style(Struct, frozen=True):
    """How a format writes text, code, names, headings and lists."""

    text: Callable[[str], str]
    code: Callable[[str], str]
    strong: Callable[[str], str]
    heading: Callable[[str], str]
    item: str
    """The start of a line in a list."""


def as_text(report: ChangeReport) -> str:
    """For a terminal."""
    plain = _Style(printable, printable, printable, _underlined, "  ")
    return "\n".join(_lines(report, plain)).strip() + "\n"


def as_markdown(report: ChangeReport) -> str:
    """For a job's summary on GitHub: markup in titles and names is shown as text."""
    marked = _Style(
        text=github_markdown.text,
        code=partial(github_markdown.code, most=_MAX_LENGTH),
        strong=lambda name: f"**{github_markdown.text(name, _MAX_LENGTH)}**",
        heading=lambda title: f"### {title}\n",
        item="- ",
    )
    body = "\n".join(_lines(report, marked)).strip()
    return f"## Effect of this change\n\n{body}\n"


def as_json(report: ChangeReport) -> str:
    """The fields of `ChangeReport`, with everything that the other formats leave out."""
    return json.dumps(msgspec.to_builtins(report), ensure_ascii=False, indent=1) + "\n"


FORMATS: Mapping[str, Callable[[ChangeReport], str]] = {
    "text": as_text,
    "markdown": as_markdown,
    "json": as_json,
}


def _underlined(text: str) -> str:
    return f"{text}\n{'-' * len(text)}"


def _lines(report: ChangeReport, style: _Style) -> Iterator[str]:
    comparison = report.comparison
    yield f"Compared with {style.code(report.base)} (commit {style.code(report.commit[:12])}).\n"
    if report.is_behind:
        yield (
            f"{style.code(report.base)} has commits that are missing here, so their changes appear "
            "as undone. Compare with the common ancestor instead: git merge-base prints it.\n"
        )
    if report.problems:
        count = counted(report.problems, "problem")
        yield f"The content there has {count}: only what could be read is compared.\n"
    if comparison.settings:
        keys = ", ".join(map(style.code, comparison.settings))
        yield f"The archive's settings change ({keys}): all pages and feeds are made again.\n"
    section = partial(_section, style)
    yield from section("Broken promises", _unsaid_first(report.broken), partial(_broken, style))
    if comparison.is_empty:
        yield "Nothing changes on the site."
        return
    yield from section("Please check", list(_warnings(comparison, style)), str)
    yield from section("Removed URLs", _by_weight(comparison.lost_urls), partial(_lost, style))
    yield from section("Tags", comparison.tags, partial(_tag, style))
    yield from section("Saved queries", comparison.queries, partial(_query, style))
    title = f"{counted(len(comparison.papers), 'paper')} with changed tags"
    yield from section(title, comparison.papers, partial(_paper, style))
    for title, papers in (
        ("New papers", comparison.new_papers),
        ("Removed papers", comparison.removed_papers),
    ):
        yield from section(f"{title}: {len(papers):,}", papers, partial(_titled, style))
    yield from section("Pages and feeds", comparison.pages, partial(_pages, style))


def _section(
    style: _Style, title: str, items: Sequence[T], line: Callable[[T], str]
) -> Iterator[str]:
    if not items:
        return
    yield style.heading(title)
    yield from (style.item + line(each) for each in items[:MAX_LINES])
    if len(items) > MAX_LINES:
        yield f"{style.item}and {len(items) - MAX_LINES:,} more"
    yield ""


def _warnings(comparison: Comparison, style: _Style) -> Iterator[str]:
    lost = sum(1 for each in comparison.lost_urls if not (each.redirect or each.is_conditional))
    if lost:
        yield f"{counted(lost, 'published URL')} would no longer exist and have no redirect."
    yield from (_broad(style, each) for each in comparison.broad_rules[:MAX_LINES])
    yield from (_similar(style, each) for each in comparison.similar_tags[:MAX_LINES])
    for query in comparison.queries[:MAX_LINES]:
        if query.kind in ("new", "changed") and not query.after:
            yield f"The saved query {style.strong(query.name)} finds no paper: is that intended?"


def _broad(style: _Style, broad: BroadRule) -> str:
    share = round(100 * broad.papers / broad.of)
    return (
        f"The rule of {style.strong(broad.name)} matches {broad.papers:,} of {broad.of:,} papers "
        f"({share} %), {broad.by_phrase:,} of them by {style.code(broad.phrase)}: is it too broad?"
    )


def _similar(style: _Style, similar: SimilarTags) -> str:
    new, other = style.code(similar.slug), style.code(similar.other)
    reasons = []
    if similar.names:
        name, other_name = map(style.text, similar.names)
        reasons.append(f"their names are “{name}” and “{other_name}”")
    if similar.shared:
        either = counted(similar.of, "paper")
        reasons.append(f"of {either} with at least one of them, {similar.shared:,} have both")
    return f"The new tag {new} is similar to {other}: {'; '.join(reasons)}."


def _unsaid_first(broken: Iterable[BrokenPromise]) -> list[BrokenPromise]:
    return sorted(broken, key=lambda each: bool(each.said))


def _broken(style: _Style, broken: BrokenPromise) -> str:
    message = style.text(broken.problem.message)
    if broken.said:
        return f"{message}: intended, {style.code(broken.said)} says: {style.text(broken.reason)}"
    if broken.way is None:
        return f"{message}: not said to be intended"
    return f"{message}: not said to be intended by {style.code(broken.way.line)}"


def _by_weight(lost: Iterable[LostUrl]) -> list[LostUrl]:
    """Permanent URLs without a redirect first, then conditional ones, then redirects."""
    return sorted(lost, key=lambda each: (bool(each.redirect), each.is_conditional))


def _lost(style: _Style, lost: LostUrl) -> str:
    url = style.code(f"/{lost.site_path}")
    if lost.redirect:
        return f"{url} redirects to {style.code(f'/{lost.redirect}')}"
    if lost.is_conditional:
        return f"{url} would no longer exist; it depends on the number of papers"
    return f"{url} would no longer exist"


def _tag(style: _Style, tag: TagChange) -> str:
    name = f"{style.strong(tag.name)} ({style.code(tag.slug)})"
    counts = f"{tag.before:,} → {counted(tag.after, 'paper')}"
    if tag.gained or tag.lost:
        counts += f", +{tag.gained:,} −{tag.lost:,}"
    before = counted(tag.before, "paper")
    change = {
        "new": f"is new: {counted(tag.after, 'paper')}",
        "changed": f"changes in {', '.join(tag.changed)}: {counts}",
        "renamed": f"is renamed to {style.code(tag.replacement)}: {counts}",
        "merged": f"is merged into {style.code(tag.replacement)}, with {before}",
        "gone": f"is removed; {before} had it",
        "same": f"is on other papers: {counts}",
    }[tag.kind]
    if not tag.likely_replacement:
        return f"{name} {change}"
    new = style.code(tag.likely_replacement)
    return (
        f"{name} {change}, and {new} is on mostly the same papers: if that is its new name, "
        f"add {style.code(tag.slug)} to aliases and former of {new}"
    )


def _query(style: _Style, query: QueryChange) -> str:
    name = f"{style.strong(query.name)} ({style.code(query.slug)})"
    counts = f"{query.before:,} → {counted(query.after, 'paper')}"
    change = {
        "new": f"is new: {counted(query.after, 'paper')}",
        "gone": f"is removed with its feeds; it found {counted(query.before, 'paper')}",
        "changed": f"changes in {', '.join(query.changed)}: {counts}",
        "same": f"finds other papers: {counts}",
    }[query.kind]
    parts = [f"{name} {change}"]
    for sign, papers in (("+", query.gained), ("−", query.lost)):
        if papers and query.kind != "gone":
            shown = "; ".join(_titled(style, each) for each in papers[:MAX_TITLES])
            more = len(papers) - MAX_TITLES
            parts.append(f"{sign} {shown}" + (f"; {more:,} more" if more > 0 else ""))
    return " · ".join(parts)


def _titled(style: _Style, paper: tuple[str, str]) -> str:
    key, title = paper
    return f"{style.code(key)} {style.text(title)}"


def _paper(style: _Style, paper: PaperChange) -> str:
    gained = [
        f"+ {style.strong(each.name)} "
        + (f"(rule: {style.code(each.phrase)})" if each.origin == "rule" else "(people)")
        for each in paper.gained[:MAX_TAGS]
    ]
    lost = [f"− {style.strong(name)}" for name in paper.lost[:MAX_TAGS]]
    more = max(0, len(paper.gained) - MAX_TAGS) + max(0, len(paper.lost) - MAX_TAGS)
    tags = "; ".join([*gained, *lost, *([f"{more} more"] if more else [])])
    return f"{_titled(style, (paper.key, paper.title))}: {tags}"


def _pages(style: _Style, pages: PageChanges) -> str:
    numbers = (("new", pages.new), ("changed", pages.changed), ("removed", pages.removed))
    parts = []
    for word, (count, examples) in numbers:
        if count:
            shown = ", ".join(style.code(f"/{path}") for path in examples)
            more = ", …" if count > len(examples) else ""
            parts.append(f"{count:,} {word} ({shown}{more})")
    return f"{pages.group}: {'; '.join(parts)}"
