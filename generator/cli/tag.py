"""`paper-archive tag`: adds tags to a paper or removes them, from options or from issues."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from generator.cli.options import Commands, Parser, add_cache, add_wait, editing
from generator.content import problems
from generator.content.edit import from_issues, issue_form, tag_paper
from generator.core import files, toolchain
from generator.core.cache import Cache
from generator.core.errors import UsageError
from generator.core.progress import say
from generator.text import markup
from generator.text.dates import counted


def add(commands: Commands, common: Parser) -> None:
    """Add `tag` and its options."""
    parser = commands.add_parser("tag", parents=[common], help="add or remove tags of a paper")
    parser.add_argument(
        "paper",
        nargs="?",
        metavar="PAPER",
        help="id of the paper, or the URL of its page, here or on arXiv, Hugging Face or doi.org",
    )
    parser.add_argument(
        "--add", action="append", default=[], metavar="TAG", help="add a tag; may be repeated"
    )
    parser.add_argument(
        "--remove", action="append", default=[], metavar="TAG", help="remove a tag; may be repeated"
    )
    parser.add_argument(
        "--from-issue",
        metavar="FILE",
        help="take paper and tags from the text of an issue; - is standard input",
    )
    parser.add_argument(
        "--from-issues",
        type=Path,
        metavar="FOLDER",
        help="take them from issues, as JSON files of GitHub's API, with a commit for each",
    )
    parser.add_argument(
        "--report",
        type=Path,
        metavar="PATH",
        help="with --from-issue: file for the answer to the issue; with --from-issues: folder "
        "for the answers (NUMBER.md) and the text of a pull request (pull.md)",
    )
    parser.add_argument(
        "--outputs",
        type=Path,
        metavar="FILE",
        help="with --from-issues: file to which the outputs for a workflow are appended "
        "(changed, issues, base, branch, title)",
    )
    add_cache(parser)
    add_wait(parser)
    parser.set_defaults(run=_tag)


def _tag(options: argparse.Namespace) -> int:
    issues = [each for each in (options.from_issue, options.from_issues) if each is not None]
    if len(issues) + bool(options.paper or options.add or options.remove) > 1:
        raise UsageError("pass only one of: a paper and tags, --from-issue, --from-issues")
    if options.outputs and options.from_issues is None:
        raise UsageError("--outputs is only for --from-issues")
    if options.from_issue is not None:
        return _tag_from_issue(options)
    if options.from_issues is not None:
        return _tag_from_issues(options)
    if not options.paper:
        raise UsageError("no paper: pass its id, or --from-issue FILE")
    if options.report:
        raise UsageError("--report is only for --from-issue and --from-issues")
    if not (options.add or options.remove):
        raise UsageError("nothing to do: pass --add TAG or --remove TAG")
    cache = Cache(options.cache, toolchain.fingerprint(Path()))
    with editing(options, "tag"):
        done = tag_paper.tag_paper(
            options.content, options.paper, options.add, options.remove, cache
        )
    if done.problems:
        sys.stdout.write(problems.as_text(done.problems))
        say("nothing was changed: fix the file and try again")
        return 1
    outcome = "changed" if done.is_changed else "already as asked"
    for path in done.paths:
        say(f"{path}: {outcome} ({markup.plain(done.title)})")
    return 0


def _tag_from_issue(options: argparse.Namespace) -> int:
    cache = Cache(options.cache, toolchain.fingerprint(Path()))
    text = _issue_text(options.from_issue)
    with editing(options, "tag"):
        answer = tag_paper.tag_from_form(options.content, text, cache)
    report = issue_form.report(answer)
    if options.report:
        files.write(options.report, report.encode())
    else:
        sys.stdout.write(report)
    return 0 if answer.is_understood else 1


def _tag_from_issues(options: argparse.Namespace) -> int:
    cache = Cache(options.cache, toolchain.fingerprint(Path()))
    with editing(options, "tag"):
        issues = from_issues.read(options.from_issues)
        done = from_issues.handle_issues(options.content, issues, cache)
    texts = from_issues.answers(done)
    if done.changed:
        texts["pull"] = from_issues.pull_request(done)
    for name, text in texts.items():
        if options.report:
            files.write(options.report / f"{name}.md", text.encode())
        else:
            print(f"{'Pull request' if name == 'pull' else f'#{name}'}\n\n{text}")
    if options.outputs:
        with (
            files.outside(f"cannot write {options.outputs}"),
            options.outputs.open("a", encoding="utf-8") as stream,
        ):
            stream.write(from_issues.outputs(done))
    issues_read = counted(len(done.issues), "issue")
    say(f"committed the changes of {len(done.changed)} of {issues_read}")
    return 0


def _issue_text(name: str) -> bytes:
    """The text of an issue, read only up to the first byte over the limit."""
    size = issue_form.MAX_BYTES + 1
    if name == "-":
        return sys.stdin.buffer.read(size)
    with files.outside(f"cannot read {name}"), Path(name).open("rb") as stream:
        return stream.read(size)
