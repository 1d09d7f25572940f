"""Forms of several issues, done one after the other: one commit each, one pull request for all.

Takes the content's folder and the issues; changes and commits `tagging/` below it and nothing else.
What goes to GitHub are numbers, names GitHub gave, and the archive's own values: texts that people
typed only stand in answers, as code.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

from msgspec import Struct

from generator.content.edit import github_issues, issue_form, tag_paper
from generator.content.edit.github_issues import GitHubIssue
from generator.content.edit.issue_form import TagAnswer
from generator.core import files, git
from generator.core.cache import Cache
from generator.core.errors import UsageError
from generator.text import github_markdown

FOLDER = "tagging"
"""Of the content: what may change."""
_MOST_OF_TITLE = 120


class HandledIssue(Struct, frozen=True):
    """An issue, and what became of it."""

    issue: GitHubIssue
    answer: TagAnswer

    @property
    def needs_answer(self) -> bool:
        """Whether the person has to be told anything that the pull request doesn't say."""
        return bool(self.answer.refused) or not self.answer.is_changed


class HandledIssues(Struct, frozen=True):
    """What became of several issues."""

    base: str
    """The commit that was there before."""
    every: tuple[HandledIssue, ...]

    @property
    def changed(self) -> tuple[HandledIssue, ...]:
        """Those that became a commit."""
        return tuple(each for each in self.every if each.answer.is_changed)


def read(folder: Path) -> tuple[GitHubIssue, ...]:
    """The issues in the JSON files of a folder, each once, by number; raises UsageError."""
    if not folder.is_dir():
        raise UsageError(f"there is no folder {folder}: pass one with JSON files of issues")
    found: dict[int, GitHubIssue] = {}
    with files.outside(f"cannot read {folder}"):
        for path in sorted(folder.glob("*.json")):
            with path.open("rb") as stream:
                data = stream.read(github_issues.MOST_BYTES + 1)
            try:
                found |= {each.number: each for each in github_issues.read(data)}
            except UsageError as error:
                raise UsageError(f"{path}: {error}") from None
    if not found:
        raise UsageError(f"there is no issue in {folder}: pass a folder with JSON files of issues")
    if len(found) > github_issues.MOST:
        raise UsageError(
            f"{folder} holds more than {github_issues.MOST} issues: take fewer at once"
        )
    return tuple(found[number] for number in sorted(found))


def handle_issues(root: Path, listed: Sequence[GitHubIssue], cache: Cache) -> HandledIssues:
    """Do what the forms ask for, a commit each; raises UsageError, OutsideError."""
    base = git.find(root, "HEAD").commit
    if not git.is_clean(root, FOLDER):
        raise UsageError(f"{root / FOLDER} has changes that are not committed: commit them first")
    every: list[HandledIssue] = []
    for issue in listed:
        done = HandledIssue(issue, tag_paper.tag_from_form(root, issue.body, cache))
        every.append(done)
        if done.answer.is_changed:
            git.commit(root, FOLDER, message(done))
    return HandledIssues(base, tuple(every))


def message(done: HandledIssue) -> str:
    """Of the commit: what changed, which issue it closes, whom to thank."""
    wishes = [f"- {verb} {slug}" for verb, slug in _wishes(done.answer)]
    lines = [f"Tags for {done.answer.key}", "", *wishes, "", f"Closes #{done.issue.number}"]
    if done.issue.credit:
        lines += ["", f"Co-authored-by: {done.issue.credit}"]
    return "".join(f"{line}\n" for line in lines)


def _wishes(answer: TagAnswer) -> Iterator[tuple[str, str]]:
    yield from (("add", slug) for slug in answer.added)
    yield from (("take away", slug) for slug in answer.removed)


def pull_request(gathered: HandledIssues) -> str:
    """The text of a pull request with what changed, in GitHub's Markdown."""
    lines = ["Asked for with the form:", ""]
    for each in gathered.changed:
        answer, number = each.answer, each.issue.number
        by = f", asked for by @{each.issue.login}" if each.issue.login else ""
        title = github_markdown.text(answer.title, _MOST_OF_TITLE)
        lines.append(f"- {github_markdown.code(answer.key)} {title}. Closes #{number}{by}")
        lines += [f"  - {verb} {github_markdown.code(slug)}" for verb, slug in _wishes(answer)]
        if answer.refused:
            lines.append(f"  - refused: {len(answer.refused)}, see #{number}")
    undone = list(_undone(gathered.changed))
    if undone:
        said = "**Decide:** these ask for the opposite of each other, the later one is done."
        lines += ["", said, "", *undone]
    return "".join(f"{line}\n" for line in lines)


def _undone(changed: Sequence[HandledIssue]) -> Iterator[str]:
    """Where a later request takes back what an earlier one asked for."""
    said: dict[tuple[str, str], tuple[bool, int]] = {}
    for each in changed:
        for slugs, is_given in ((each.answer.added, True), (each.answer.removed, False)):
            for slug in slugs:
                place, now = (each.answer.key, slug), (is_given, each.issue.number)
                was_given, earlier = said.setdefault(place, now)
                if was_given != is_given:
                    of = github_markdown.code(each.answer.key)
                    yield f"- #{now[1]} and #{earlier}: {github_markdown.code(slug)} of {of}"
                said[place] = now


def answers(gathered: HandledIssues) -> dict[str, str]:
    """A text for each issue whose author has to be told something, by the issue's number."""
    return {
        str(each.issue.number): issue_form.report(each.answer)
        for each in gathered.every
        if each.needs_answer
    }


def outputs(gathered: HandledIssues) -> str:
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
