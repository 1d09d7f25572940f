"""Tags from issues: applies several forms, with one commit each and one pull request for all.

Takes the content folder and the issues; changes and commits `tagging/` below it and nothing else.
Only numbers, names from GitHub and the archive's own values go to GitHub; what people typed appears
only in answers, as code.
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
"""The only folder of the content that may change."""
_MAX_TITLE = 120


class HandledIssue(Struct, frozen=True):
    """An issue and the answer to its form."""

    issue: GitHubIssue
    answer: TagAnswer

    @property
    def needs_answer(self) -> bool:
        """Whether the author needs an answer, in addition to the pull request."""
        return bool(self.answer.refused) or not self.answer.is_changed


class HandledIssues(Struct, frozen=True):
    """Several issues and their answers."""

    base: str
    """The commit before those of the issues."""
    issues: tuple[HandledIssue, ...]

    @property
    def changed(self) -> tuple[HandledIssue, ...]:
        """Those that became a commit."""
        return tuple(each for each in self.issues if each.answer.is_changed)


def read(folder: Path) -> tuple[GitHubIssue, ...]:
    """The issues in the JSON files of a folder, each once, by number; raises UsageError."""
    if not folder.is_dir():
        raise UsageError(f"there is no folder {folder}: pass one with JSON files of issues")
    found: dict[int, GitHubIssue] = {}
    with files.outside(f"cannot read {folder}"):
        for path in sorted(folder.glob("*.json")):
            with path.open("rb") as stream:
                data = stream.read(github_issues.MAX_BYTES + 1)
            try:
                found |= {each.number: each for each in github_issues.read(data)}
            except UsageError as error:
                raise UsageError(f"{path}: {error}") from None
    if not found:
        raise UsageError(f"there is no issue in {folder}: pass a folder with JSON files of issues")
    if len(found) > github_issues.MAX_ISSUES:
        raise UsageError(
            f"{folder} has more than {github_issues.MAX_ISSUES} issues: pass fewer at once"
        )
    return tuple(found[number] for number in sorted(found))


def handle_issues(root: Path, issues: Sequence[GitHubIssue], cache: Cache) -> HandledIssues:
    """Apply the forms, with one commit each; raises UsageError, OutsideError."""
    base = git.find(root, "HEAD").commit
    if not git.is_clean(root, FOLDER):
        raise UsageError(f"{root / FOLDER} has uncommitted changes: commit them first")
    handled: list[HandledIssue] = []
    for issue in issues:
        done = HandledIssue(issue, tag_paper.tag_from_form(root, issue.body, cache))
        handled.append(done)
        if done.answer.is_changed:
            git.commit(root, FOLDER, message(done))
    return HandledIssues(base, tuple(handled))


def message(done: HandledIssue) -> str:
    """The commit message: what changed, the issue to close, and the author as co-author."""
    changes = [f"- {action} {slug}" for action, slug in _changes(done.answer)]
    lines = [f"Tags for {done.answer.key}", "", *changes, "", f"Closes #{done.issue.number}"]
    if done.issue.credit:
        lines += ["", f"Co-authored-by: {done.issue.credit}"]
    return "".join(f"{line}\n" for line in lines)


def _changes(answer: TagAnswer) -> Iterator[tuple[str, str]]:
    """What to do with which tag."""
    yield from (("add", slug) for slug in answer.added)
    yield from (("take away", slug) for slug in answer.removed)


def pull_request(handled: HandledIssues) -> str:
    """The description of the pull request, in GitHub's Markdown."""
    lines = ["Requested with the form:", ""]
    for each in handled.changed:
        answer, number = each.answer, each.issue.number
        by = f", requested by @{each.issue.login}" if each.issue.login else ""
        title = github_markdown.text(answer.title, _MAX_TITLE)
        lines.append(f"- {github_markdown.code(answer.key)} {title}. Closes #{number}{by}")
        lines += [f"  - {action} {github_markdown.code(slug)}" for action, slug in _changes(answer)]
        if answer.refused:
            lines.append(f"  - refused: {len(answer.refused)}, see #{number}")
    contradictions = list(_contradictions(handled.changed))
    if contradictions:
        notice = "**Decide:** these requests contradict each other; the later one was applied."
        lines += ["", notice, "", *contradictions]
    return "".join(f"{line}\n" for line in lines)


def _contradictions(changed: Sequence[HandledIssue]) -> Iterator[str]:
    """A line for each tag of a paper that a later request reverses."""
    latest: dict[tuple[str, str], tuple[bool, int]] = {}
    for each in changed:
        for slugs, is_given in ((each.answer.added, True), (each.answer.removed, False)):
            for slug in slugs:
                place, now = (each.answer.key, slug), (is_given, each.issue.number)
                was_given, earlier = latest.setdefault(place, now)
                if was_given != is_given:
                    of = github_markdown.code(each.answer.key)
                    yield f"- #{now[1]} and #{earlier}: {github_markdown.code(slug)} of {of}"
                latest[place] = now


def answers(handled: HandledIssues) -> dict[str, str]:
    """The answers to authors who need one, by the issue's number."""
    return {
        str(each.issue.number): issue_form.report(each.answer)
        for each in handled.issues
        if each.needs_answer
    }


def outputs(handled: HandledIssues) -> str:
    """Lines of `name=value` for the next steps of a workflow; none contains what people typed."""
    changed = handled.changed
    numbers = " ".join(str(each.issue.number) for each in handled.issues)
    about = [f"issues={numbers}", f"base={handled.base}"]
    if not changed:
        return "".join(f"{line}\n" for line in ["changed=false", *about])
    keys = {each.answer.key for each in changed}
    first, more = changed[0].issue.number, len(changed) - 1
    topic = f"and-{more}-more" if more else _in_branch(changed[0].answer.key)
    title = f"Tags for {keys.pop() if len(keys) == 1 else f'{len(keys)} papers'}"
    lines = ["changed=true", *about, f"branch=tags/{first}-{topic}", f"title={title}"]
    return "".join(f"{line}\n" for line in lines)


def _in_branch(key: str) -> str:
    """A paper's key for a branch's name, which git doesn't allow to end in `.lock`."""
    return key.replace(".lock", "-lock")
