"""`paper-archive tag`: tags given to a paper or taken away, by options or by forms."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from generator.cli.options import Commands, Parser, add_cache
from generator.content import problems
from generator.content.edit import from_issues, issue_form, tag_paper
from generator.core import files, toolchain
from generator.core.cache import Cache
from generator.core.errors import UsageError
from generator.core.progress import say
from generator.text import markup
from generator.text.dates import counted


def add(commands: Commands, common: Parser) -> None:
    """The options of `tag`."""
    give = commands.add_parser(
        "tag", parents=[common], help="give tags to a paper, or take them away"
    )
    give.add_argument(
        "paper", nargs="?", metavar="PAPER", help="its id, or the address of its page"
    )
    give.add_argument("--add", action="append", default=[], metavar="TAG")
    give.add_argument("--remove", action="append", default=[], metavar="TAG")
    give.add_argument("--from-issue", metavar="FILE", help="the form of an issue; - for stdin")
    give.add_argument(
        "--from-issues",
        type=Path,
        metavar="FOLDER",
        help="the forms of issues, as JSON files of GitHub's; commits each",
    )
    give.add_argument(
        "--report",
        type=Path,
        metavar="PATH",
        help="a file for the answer to a form; with --from-issues a folder for answers "
        "(NUMBER.md) and the text of a pull request (pull.md)",
    )
    give.add_argument(
        "--outputs",
        type=Path,
        metavar="FILE",
        help="with --from-issues: gets changed, issues, base, branch and title, for workflows",
    )
    add_cache(give)
    give.set_defaults(run=_tag)


def _tag(options: argparse.Namespace) -> int:
    forms = [each for each in (options.from_issue, options.from_issues) if each is not None]
    if len(forms) + bool(options.paper or options.add or options.remove) > 1:
        raise UsageError("pass a paper and its tags, --from-issue, or --from-issues: one of them")
    if options.outputs and options.from_issues is None:
        raise UsageError("--outputs goes with --from-issues")
    if options.from_issue is not None:
        return _tag_from_issue(options)
    if options.from_issues is not None:
        return _tag_from_issues(options)
    if not options.paper:
        raise UsageError("which paper? pass its id, or --from-issue FILE")
    if options.report:
        raise UsageError("--report goes with --from-issue and --from-issues")
    if not (options.add or options.remove):
        raise UsageError("nothing to do: pass --add TAG or --remove TAG, or several of them")
    cache = Cache(options.cache, toolchain.fingerprint(Path()))
    done = tag_paper.tag_paper(options.content, options.paper, options.add, options.remove, cache)
    if done.problems:
        sys.stdout.write(problems.as_text(done.problems))
        say("the file has problems, so it was left as it is: fix them first")
        return 1
    says = "changed" if done.is_changed else "as it was, it says so already"
    for path in done.paths:
        say(f"{path}: {says} ({markup.plain(done.title)})")
    return 0


def _tag_from_issue(options: argparse.Namespace) -> int:
    cache = Cache(options.cache, toolchain.fingerprint(Path()))
    answer = tag_paper.tag_from_form(options.content, _form(options.from_issue), cache)
    told = issue_form.report(answer)
    if options.report:
        files.write(options.report, told.encode())
    else:
        sys.stdout.write(told)
    return 0 if answer.is_understood else 1


def _tag_from_issues(options: argparse.Namespace) -> int:
    listed = from_issues.read(options.from_issues)
    cache = Cache(options.cache, toolchain.fingerprint(Path()))
    done = from_issues.handle_issues(options.content, listed, cache)
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
    say(f"{len(done.changed)} of {counted(len(done.issues), 'issue')} became a commit")
    return 0


def _form(named: str) -> bytes:
    """A form's text; of a longer one only as much as shows that it is too long."""
    most = issue_form.MAX_BYTES + 1
    if named == "-":
        return sys.stdin.buffer.read(most)
    with files.outside(f"cannot read {named}"), Path(named).open("rb") as stream:
        return stream.read(most)
