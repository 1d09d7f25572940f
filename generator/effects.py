"""The effect report: what a merge would do, as text, as Markdown for GitHub, as JSON.

Takes a `Comparison` and what it is of, gives text. Lists end after some entries, so that a report
is short to read and stays far below the 1 MiB that GitHub allows; JSON has everything. Does no I/O.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass

from generator import gfm, reports
from generator.comparison import Alike, Broad, Comparison, Gone, Pages, PaperChange, TagChange

MOST = 50
"""So many papers, tags and addresses are listed; the rest is counted."""
MOST_TAGS = 10
"""So many tags that one paper gains or loses are named."""


@dataclass(frozen=True, slots=True)
class Report:
    """What is told."""

    base: str
    """The revision's name, as it was asked for."""
    commit: str
    is_behind: bool
    """Whether the revision has commits that the working tree lacks."""
    problems: int
    """Of the content at the revision."""
    comparison: Comparison


@dataclass(frozen=True, slots=True)
class _Style:
    """How a format writes."""

    text: Callable[[str], str]
    code: Callable[[str], str]
    strong: Callable[[str], str]
    heading: Callable[[str], str]
    item: str


def as_text(report: Report) -> str:
    """For a terminal."""
    plain = _Style(reports.printable, reports.printable, reports.printable, _underlined, "  ")
    return "\n".join(_lines(report, plain)).strip() + "\n"


def as_markdown(report: Report) -> str:
    """For a job's summary on GitHub: whatever titles and names hold is shown and does nothing."""
    marked = _Style(
        gfm.text, gfm.code, lambda t: f"**{gfm.text(t)}**", lambda t: f"### {t}\n", "- "
    )
    body = "\n".join(_lines(report, marked)).strip()
    return f"## What a merge would do\n\n{body}\n"


def as_json(report: Report) -> str:
    """The fields of `Report`, with all that the other formats leave out."""
    return json.dumps(asdict(report), ensure_ascii=False, indent=1) + "\n"


FORMATS: Mapping[str, Callable[[Report], str]] = {
    "text": as_text,
    "markdown": as_markdown,
    "json": as_json,
}


def _underlined(text: str) -> str:
    return f"{text}\n{'-' * len(text)}"


def _lines(report: Report, style: _Style) -> Iterator[str]:
    found = report.comparison
    yield f"Compared with {style.code(report.base)} (commit {style.code(report.commit[:12])}).\n"
    if report.is_behind:
        yield (
            f"{style.code(report.base)} has commits that are missing here: what they did shows as "
            "undone. Compare with the commit where the two parted, as git merge-base tells it.\n"
        )
    if report.problems:
        told = _counted(report.problems, "problem")
        yield f"The content there has {told}: the comparison is of what could be read.\n"
    if found.settings:
        keys = ", ".join(map(style.code, found.settings))
        yield f"The archive's settings change ({keys}): every page and feed is made again.\n"
    if found.is_empty:
        yield "Nothing changes on the site."
        return
    yield from _section("Look at these", list(_warnings(found, style)), style)
    yield from _section(
        "Addresses that go", [_gone(each, style) for each in _shown_gone(found)], style
    )
    yield from _section("Tags", [_tag(each, style) for each in found.tags], style)
    title = f"{_counted(len(found.papers), 'paper')} with other tags"
    yield from _section(title, [_paper(each, style) for each in found.papers], style)
    for title, papers in (("New papers", found.new_papers), ("Papers gone", found.gone_papers)):
        lines = [f"{style.code(key)} {style.text(name)}" for key, name in papers]
        yield from _section(f"{title}: {len(papers):,}", lines, style)
    yield from _section("Pages and feeds", [_pages(each, style) for each in found.pages], style)


def _section(title: str, lines: Sequence[str], style: _Style) -> Iterator[str]:
    if not lines:
        return
    yield style.heading(title)
    yield from (style.item + line for line in lines[:MOST])
    if len(lines) > MOST:
        yield f"{style.item}and {len(lines) - MOST:,} more"
    yield ""


def _warnings(found: Comparison, style: _Style) -> Iterator[str]:
    lost = sum(1 for each in found.gone if not (each.leads_to or each.comes_and_goes))
    if lost:
        yield f"{_counted(lost, 'published address', 'es')} would lead nowhere."
    yield from (_broad(each, style) for each in found.broad)
    yield from (_alike(each, style) for each in found.alike)


def _broad(broad: Broad, style: _Style) -> str:
    share = round(100 * broad.papers / broad.of)
    return (
        f"The rule of {style.strong(broad.name)} finds {broad.papers:,} of {broad.of:,} papers "
        f"({share} %), {broad.by_phrase:,} of them by {style.code(broad.phrase)}: is it too broad?"
    )


def _alike(alike: Alike, style: _Style) -> str:
    new, other = style.code(alike.slug), style.code(alike.other)
    shared = f"{alike.shared:,} of the {alike.of:,} papers that have one of the two have both"
    if alike.names:
        one, its = map(style.text, alike.names)
        return f"The new tag {new} looks like {other}: “{one}”, “{its}”; {shared}."
    return f"The new tag {new} looks like {other}: {shared}."


def _shown_gone(found: Comparison) -> list[Gone]:
    """Those that matter most first."""
    return sorted(found.gone, key=lambda each: (bool(each.leads_to), each.comes_and_goes))


def _gone(gone: Gone, style: _Style) -> str:
    address = style.code(f"/{gone.address}")
    if gone.leads_to:
        return f"{address} leads on to {style.code(f'/{gone.leads_to}')}"
    if gone.comes_and_goes:
        return f"{address}, a page that comes and goes with the number of papers"
    return f"{address} would lead nowhere"


def _tag(tag: TagChange, style: _Style) -> str:
    name = f"{style.strong(tag.name)} ({style.code(tag.slug)})"
    counts = f"{tag.before:,} → {_counted(tag.after, 'paper')}"
    if tag.gained or tag.lost:
        counts += f", +{tag.gained:,} −{tag.lost:,}"
    had = _counted(tag.before, "paper")
    told = {
        "new": f"is new: {_counted(tag.after, 'paper')}",
        "changed": f"changes in {', '.join(tag.changed)}: {counts}",
        "renamed": f"becomes {style.code(tag.into)}: {counts}",
        "merged": f"goes into {style.code(tag.into)}, with {had}",
        "gone": f"goes; {had} had it",
        "same": f"has other papers: {counts}",
    }[tag.how]
    if not tag.perhaps:
        return f"{name} {told}"
    new = style.code(tag.perhaps)
    return f"{name} {told}, and {new} has much the same: if it is renamed, make this its alias"


def _paper(paper: PaperChange, style: _Style) -> str:
    gained = [
        f"+ {style.strong(each.name)} "
        + (f"(rule: {style.code(each.phrase)})" if each.origin == "rule" else "(people)")
        for each in paper.gained[:MOST_TAGS]
    ]
    lost = [f"− {style.strong(name)}" for name in paper.lost[:MOST_TAGS]]
    more = max(0, len(paper.gained) - MOST_TAGS) + max(0, len(paper.lost) - MOST_TAGS)
    told = "; ".join([*gained, *lost, *([f"{more} more"] if more else [])])
    return f"{style.code(paper.key)} {style.text(paper.title)}: {told}"


def _pages(pages: Pages, style: _Style) -> str:
    told = (("new", pages.new), ("changed", pages.changed), ("gone", pages.gone))
    parts = []
    for word, (count, examples) in told:
        if count:
            shown = ", ".join(style.code(f"/{address}") for address in examples)
            more = ", …" if count > len(examples) else ""
            parts.append(f"{count:,} {word} ({shown}{more})")
    return f"{pages.kind}: {'; '.join(parts)}"


def _counted(count: int, noun: str, plural: str = "s") -> str:
    return f"{count:,} {noun}{'' if count == 1 else plural}"
