"""Forms of several issues, done one after the other: one commit each, one pull request for all.

Takes the content's folder and the issues; changes and commits `tagging/` below it and nothing else.
What goes to GitHub are numbers, names GitHub gave, and the archive's own values: texts that people
typed only stand in answers, as code.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

from msgspec import Struct

from generator import commits, edits, files, gfm, issueform, issues, revisions
from generator.cache import Cache
from generator.errors import UsageError
from generator.issueform import Answer
from generator.issues import Issue

FOLDER = "tagging"
"""Of the content: what may change."""
_MOST_OF_TITLE = 120


class Done(Struct, frozen=True):
    """An issue, and what became of it."""

    issue: Issue
    answer: Answer

    @property
    def needs_answer(self) -> bool:
        """Whether the person has to be told anything that the pull request doesn't say."""
        return bool(self.answer.refused) or not self.answer.is_changed


class Gathered(Struct, frozen=True):
    """What became of several issues."""

    base: str
    """The commit that was there before."""
    every: tuple[Done, ...]

    @property
    def changed(self) -> tuple[Done, ...]:
        """Those that became a commit."""
        return tuple(each for each in self.every if each.answer.is_changed)


def read(folder: Path) -> tuple[Issue, ...]:
    """The issues in the JSON files of a folder, each once, by number; raises UsageError."""
    if not folder.is_dir():
        raise UsageError(f"there is no folder {folder}: pass one with JSON files of issues")
    found: dict[int, Issue] = {}
    with files.outside(f"cannot read {folder}"):
        for path in sorted(folder.glob("*.json")):
            with path.open("rb") as stream:
                data = stream.read(issues.MOST_BYTES + 1)
            try:
                found |= {each.number: each for each in issues.read(data)}
            except UsageError as error:
                raise UsageError(f"{path}: {error}") from None
    if not found:
        raise UsageError(f"there is no issue in {folder}: pass a folder with JSON files of issues")
    if len(found) > issues.MOST:
        raise UsageError(f"{folder} holds more than {issues.MOST} issues: take fewer at once")
    return tuple(found[number] for number in sorted(found))


def gather(root: Path, listed: Sequence[Issue], cache: Cache) -> Gathered:
    """Do what the forms ask for, a commit each; raises UsageError, OutsideError."""
    base = revisions.find(root, "HEAD").commit
    if not commits.is_clean(root, FOLDER):
        raise UsageError(f"{root / FOLDER} has changes that are not committed: commit them first")
    every: list[Done] = []
    for issue in listed:
        done = Done(issue, edits.tag_from_form(root, issue.body, cache))
        every.append(done)
        if done.answer.is_changed:
            commits.commit(root, FOLDER, message(done))
    return Gathered(base, tuple(every))


def message(done: Done) -> str:
    """Of the commit: what changed, which issue it closes, whom to thank."""
    wishes = [f"- {verb} {slug}" for verb, slug in _wishes(done.answer)]
    lines = [f"Tags for {done.answer.key}", "", *wishes, "", f"Closes #{done.issue.number}"]
    if done.issue.credit:
        lines += ["", f"Co-authored-by: {done.issue.credit}"]
    return "".join(f"{line}\n" for line in lines)


def _wishes(answer: Answer) -> Iterator[tuple[str, str]]:
    yield from (("add", slug) for slug in answer.added)
    yield from (("take away", slug) for slug in answer.removed)


def pull_request(gathered: Gathered) -> str:
    """The text of a pull request with what changed, in GitHub's Markdown."""
    lines = ["Asked for with the form:", ""]
    for each in gathered.changed:
        answer, number = each.answer, each.issue.number
        by = f", asked for by @{each.issue.login}" if each.issue.login else ""
        title = gfm.text(answer.title, _MOST_OF_TITLE)
        lines.append(f"- {gfm.code(answer.key)} {title}. Closes #{number}{by}")
        lines += [f"  - {verb} {gfm.code(slug)}" for verb, slug in _wishes(answer)]
        if answer.refused:
            lines.append(f"  - refused: {len(answer.refused)}, see #{number}")
    undone = list(_undone(gathered.changed))
    if undone:
        said = "**Decide:** these ask for the opposite of each other, the later one is done."
        lines += ["", said, "", *undone]
    return "".join(f"{line}\n" for line in lines)


def _undone(changed: Sequence[Done]) -> Iterator[str]:
    """Where a later request takes back what an earlier one asked for."""
    said: dict[tuple[str, str], tuple[bool, int]] = {}
    for each in changed:
        for slugs, is_given in ((each.answer.added, True), (each.answer.removed, False)):
            for slug in slugs:
                place, now = (each.answer.key, slug), (is_given, each.issue.number)
                was_given, earlier = said.setdefault(place, now)
                if was_given != is_given:
                    of = gfm.code(each.answer.key)
                    yield f"- #{now[1]} and #{earlier}: {gfm.code(slug)} of {of}"
                said[place] = now


def answers(gathered: Gathered) -> dict[str, str]:
    """A text for each issue whose author has to be told something, by the issue's number."""
    return {
        str(each.issue.number): issueform.report(each.answer)
        for each in gathered.every
        if each.needs_answer
    }


def outputs(gathered: Gathered) -> str:
    """Lines of `name=value` for the steps that follow; nothing in them is as typed."""
    changed = gathered.changed
    numbers = " ".join(str(each.issue.number) for each in gathered.every)
    about = [f"issues={numbers}", f"base={gathered.base}"]
    if not changed:
        return "".join(f"{line}\n" for line in ["changed=false", *about])
    keys = {each.answer.key for each in changed}
    first, more = changed[0].issue.number, len(changed) - 1
    named = f"and-{more}-more" if more else _in_branch(changed[0].answer.key)
    title = f"Tags for {keys.pop() if len(keys) == 1 else f'{len(keys)} papers'}"
    lines = ["changed=true", *about, f"branch=tags/{first}-{named}", f"title={title}"]
    return "".join(f"{line}\n" for line in lines)


def _in_branch(key: str) -> str:
    """A paper's key in the name of a branch, which git doesn't let end so."""
    return key.replace(".lock", "-lock")
