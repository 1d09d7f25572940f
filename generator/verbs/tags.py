"""`tag`, `queue` and `rename-tag`: tags given, asked for and renamed."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from generator import (
    build,
    edits,
    files,
    gathering,
    issueform,
    markup,
    renaming,
    reports,
    stamp,
    suggestions,
    waiting,
)
from generator.cache import Cache
from generator.errors import UsageError
from generator.progress import say
from generator.verbs.common import (
    Parser,
    Verbs,
    add_cache,
    count,
    count_problems,
    processors,
    today,
)


def add_tag(verbs: Verbs, common: Parser) -> None:
    """The verb `tag`."""
    give = verbs.add_parser("tag", parents=[common], help="give tags to a paper, or take them away")
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


def add_queue(verbs: Verbs, common: Parser) -> None:
    """The verb `queue`."""
    queue = verbs.add_parser(
        "queue", parents=[common], help="list papers that wait for tags by people"
    )
    queue.add_argument("--limit", type=count, default=20, metavar="N", help="default: 20")
    queue.add_argument("--format", choices=sorted(waiting.FORMATS), default="text")
    queue.add_argument(
        "--counted", action="store_true", help="tags as on the site's page, not learnt ones"
    )
    add_cache(queue)
    queue.set_defaults(run=_queue)


def add_rename(verbs: Verbs, common: Parser) -> None:
    """The verb `rename-tag`."""
    rename = verbs.add_parser(
        "rename-tag",
        parents=[common],
        help="give a tag another slug, or merge it into another tag",
        description="Renames a tag in the vocabulary and in all taggings. If there is a tag NEW, "
        "OLD becomes part of it: to retire a tag, merge it into its parent. OLD stays as another "
        "name of NEW, so its addresses lead there.",
    )
    rename.add_argument("old", metavar="OLD", help="the tag's slug")
    rename.add_argument("new", metavar="NEW", help="its new slug, or the slug of another tag")
    rename.add_argument("--name", default="", help="what the tag is shown as from now on")
    add_cache(rename)
    rename.set_defaults(run=_rename_tag)


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
    cache = Cache(options.cache, stamp.toolchain(Path()))
    done = edits.tag(options.content, options.paper, options.add, options.remove, cache)
    if done.problems:
        sys.stdout.write(reports.as_text(done.problems))
        say("the file has problems, so it was left as it is: mend them first")
        return 1
    says = "changed" if done.is_changed else "as it was, it says so already"
    for path in done.paths:
        say(f"{path}: {says} ({markup.plain(done.title)})")
    return 0


def _tag_from_issue(options: argparse.Namespace) -> int:
    cache = Cache(options.cache, stamp.toolchain(Path()))
    answer = edits.tag_from_form(options.content, _form(options.from_issue), cache)
    told = issueform.report(answer)
    if options.report:
        files.write(options.report, told.encode())
    else:
        sys.stdout.write(told)
    return 0 if answer.is_understood else 1


def _tag_from_issues(options: argparse.Namespace) -> int:
    listed = gathering.read(options.from_issues)
    cache = Cache(options.cache, stamp.toolchain(Path()))
    done = gathering.gather(options.content, listed, cache)
    texts = gathering.answers(done)
    if done.changed:
        texts["pull"] = gathering.pull_request(done)
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
            stream.write(gathering.outputs(done))
    count = len(done.every)
    say(f"{len(done.changed)} of {count} issue{'' if count == 1 else 's'} became a commit")
    return 0


def _form(named: str) -> bytes:
    """A form's text; of a longer one only as much as shows that it is too long."""
    most = issueform.MOST_BYTES + 1
    if named == "-":
        return sys.stdin.buffer.read(most)
    with files.outside(f"cannot read {named}"), Path(named).open("rb") as stream:
        return stream.read(most)


def _rename_tag(options: argparse.Namespace) -> int:
    cache = Cache(options.cache, stamp.toolchain(Path()))
    name = markup.clean(options.name)
    done = renaming.rename(options.content, options.old, options.new, name, today(), cache)
    if done.problems or done.tag is None:
        sys.stdout.write(reports.as_text(done.problems))
        say(f"{count_problems(len(done.problems))}; nothing was renamed: mend them first")
        return 1
    if not done.is_changed:
        say(f"nothing to do: {options.old} is {done.tag.slug}, shown as '{done.tag.name}', already")
        return 0
    did = "merged into" if done.is_merged else "renamed to"
    changed = f"{done.taggings} tagging{'' if done.taggings == 1 else 's'} changed"
    say(f"{options.old} {did} {done.tag.slug}, shown as '{done.tag.name}'; {changed}")
    return 0


def _queue(options: argparse.Namespace) -> int:
    cache = Cache(options.cache, stamp.toolchain(Path()))
    read = build.load(options.content, today(), cache, processors())
    entries = list(waiting.papers(read))
    shown = entries[: options.limit]
    hints = waiting.Hints(read)
    if suggestions.is_installed() and not options.counted:
        say(f"learning tags from {len(read.entries)} papers; --counted does without")
        tags = suggestions.suggest(read, shown, hints.unwanted)
    else:
        tags = list(map(hints.of, shown))
    found = list(map(waiting.Waiting, shown, tags))
    sys.stdout.write(waiting.FORMATS[options.format](read.settings, found))
    say(f"{len(entries)} papers wait for tags by people; these are the first {len(shown)}")
    return 0
