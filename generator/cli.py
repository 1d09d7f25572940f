"""The command `paper-archive`: verbs, exit codes, messages.

Takes arguments, calls one function a verb. Exit codes: 0 done, 1 problems in the content,
2 wrong usage, 3 something outside failed.
"""

from __future__ import annotations

import argparse
import io
import os
import sys
from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import get_args

from generator import (
    addresses,
    against,
    budget,
    build,
    checks,
    comparison,
    content,
    contract,
    digests,
    edits,
    effects,
    feedcheck,
    files,
    gathering,
    importers,
    issueform,
    joining,
    mailing,
    markup,
    published,
    renaming,
    reports,
    sending,
    stamp,
    stats,
    suggestions,
    waiting,
    yamltext,
)
from generator.budget import Budget, Weights
from generator.build import ContentError, Folders, How
from generator.cache import Cache
from generator.content import Loaded
from generator.effects import Report
from generator.errors import ArchiveError, OutsideError, UsageError
from generator.model import Problem
from generator.progress import reading, say, track
from generator.shelf import Shelf

INTERRUPTED = 130
CACHE = ".cache/paper-archive"
LEDGER = "sent"
BUDGET = "budget.yaml"
"""What the site may weigh, beside `mkdocs.yml`."""
SUMMARY = "GITHUB_STEP_SUMMARY"
"""GitHub's variable that names the file of a job's summary."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one verb; returns the exit code."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")
    options = parser().parse_args(arguments)
    try:
        code: int = options.run(options)
        sys.stdout.flush()
    except ContentError as error:
        sys.stderr.write(reports.as_text(error.problems))
        say(f"{_problems(len(error.problems))}; nothing was built, the old site is as it was")
        return error.exit_code
    except ArchiveError as error:
        say(f"paper-archive: {error}")
        return error.exit_code
    except KeyboardInterrupt:
        say("paper-archive: interrupted; no file is half-written")
        return INTERRUPTED
    except BrokenPipeError:
        _silence()
        return 0
    except OSError as error:
        _silence()
        say(f"paper-archive: cannot print: {error.strerror or error}")
        return OutsideError.exit_code
    return code


def _silence() -> None:
    """Let Python not try again, at its end, to print what could not be printed."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def parser() -> argparse.ArgumentParser:
    """All verbs and their options."""
    top = argparse.ArgumentParser(
        prog="paper-archive", description="Keeps an archive of daily paper lists as a website."
    )
    verbs = top.add_subparsers(title="verbs", metavar="VERB", required=True)
    common = argparse.ArgumentParser(add_help=False)
    common.add_argument(
        "--content", type=Path, default=Path("content"), metavar="DIR", help="default: content"
    )

    add = verbs.add_parser(
        "import", parents=[common], help="write daily lists from a source's file"
    )
    add.add_argument("format", choices=sorted(importers.FORMATS), metavar="FORMAT")
    add.add_argument("file", type=Path, metavar="FILE")
    add.add_argument("--date", type=_day, metavar="YYYY-MM-DD", help="the list's day")
    add.add_argument("--no-abstracts", action="store_true", help="leave the abstracts out")
    add.add_argument("--newest", type=_count, metavar="N", help="only the N newest lists")
    add.formatter_class = argparse.RawDescriptionHelpFormatter
    add.epilog = "formats:\n" + "\n".join(
        f"  {name:<8} {each.help}; --date: {each.date_help}"
        for name, each in sorted(importers.FORMATS.items())
    )
    add.set_defaults(run=_import)

    check = verbs.add_parser("check", parents=[common], help="print every problem of the content")
    check.add_argument("paths", nargs="*", type=Path, metavar="PATH", help="only of these files")
    check.add_argument("--format", choices=sorted(reports.FORMATS), default="text")
    check.add_argument(
        "--against", metavar="BASE", help="also fail where addresses of a git revision would vanish"
    )
    check.set_defaults(run=_check)

    differ = verbs.add_parser(
        "diff", parents=[common], help="tell what differs on the site from a git revision's"
    )
    differ.add_argument("base", metavar="BASE", help="a branch, tag or commit, such as main")
    differ.add_argument("--format", choices=sorted(effects.FORMATS), default="text")
    differ.add_argument("--cache", type=Path, default=Path(CACHE), metavar="DIR")
    differ.set_defaults(run=_diff)

    _site_verbs(verbs, common)

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
    give.add_argument("--cache", type=Path, default=Path(CACHE), metavar="DIR")
    give.set_defaults(run=_tag)

    queue = verbs.add_parser(
        "queue", parents=[common], help="list papers that wait for tags by people"
    )
    queue.add_argument("--limit", type=_count, default=20, metavar="N", help="default: 20")
    queue.add_argument("--format", choices=sorted(waiting.FORMATS), default="text")
    queue.add_argument(
        "--counted", action="store_true", help="tags as on the site's page, not learnt ones"
    )
    queue.add_argument("--cache", type=Path, default=Path(CACHE), metavar="DIR")
    queue.set_defaults(run=_queue)

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
    rename.add_argument("--cache", type=Path, default=Path(CACHE), metavar="DIR")
    rename.set_defaults(run=_rename_tag)

    _add_digest(verbs, common)

    figures = verbs.add_parser(
        "stats", parents=[common], help="print figures: papers, tags, how many papers have one"
    )
    figures.set_defaults(run=_stats)
    return top


def _site_verbs(
    verbs: argparse._SubParsersAction[argparse.ArgumentParser], common: argparse.ArgumentParser
) -> None:
    """The verbs that make a website, and their options."""
    folders = argparse.ArgumentParser(add_help=False)
    folders.add_argument("--docs", type=Path, default=Path("docs"), metavar="DIR")
    folders.add_argument("--site", type=Path, default=Path("site"), metavar="DIR")
    folders.add_argument(
        "--cache",
        type=Path,
        default=Path(CACHE),
        metavar="DIR",
        help="what builds remember; may be deleted at any time",
    )

    strict = argparse.ArgumentParser(add_help=False)
    strict.add_argument(
        "--strict-budget", action="store_true", help=f"fail if the site is over {BUDGET}"
    )
    make = verbs.add_parser("build", parents=[common, folders, strict], help="make the site")
    make.add_argument(
        "--jobs", type=_count, default=_processors(), metavar="N", help="processes; default: all"
    )
    make.add_argument("--full", action="store_true", help="make everything again")
    make.add_argument(
        "--shard", type=_shard, default=(1, 1), metavar="K/N", help="build one part of the pages"
    )
    make.add_argument("--no-search", action="store_true", help="leave the search index out")
    make.set_defaults(run=_build)

    join = verbs.add_parser(
        "merge", parents=[strict], help="put together a site built in parts with --shard"
    )
    join.add_argument("parts", nargs="+", type=Path, metavar="PART", help="folders of the parts")
    join.add_argument("--site", type=Path, default=Path("site"), metavar="DIR")
    join.set_defaults(run=_merge)

    feeds = verbs.add_parser(
        "check-feeds",
        parents=[common],
        help="compare the feeds of a built site with those that subscribers have",
        description="Fails if subscribers would miss entries, get them twice or get too many. "
        "Codes: " + ", ".join(feedcheck.CODES) + ".",
    )
    feeds.add_argument(
        "--against",
        metavar="OLD_SITE",
        help="a folder or tar archive of the site as it was, or an address, of which only the "
        "feeds of the whole archive are fetched; default: the address in archive.yaml",
    )
    feeds.add_argument("--site", type=Path, default=Path("site"), metavar="DIR")
    feeds.add_argument(
        "--allow",
        type=_codes,
        action="extend",
        default=[],
        metavar="CODE[,CODE]",
        help="tell of these findings, but don't fail for them",
    )
    feeds.add_argument("--format", choices=sorted(reports.FORMATS), default="text")
    feeds.set_defaults(run=_check_feeds)

    serve = verbs.add_parser(
        "serve", parents=[common, folders], help="preview the site and pick up edits"
    )
    serve.set_defaults(run=_serve)


def _add_digest(
    verbs: argparse._SubParsersAction[argparse.ArgumentParser], common: argparse.ArgumentParser
) -> None:
    """The verb `digest`."""
    post = verbs.add_parser(
        "digest", parents=[common], help="make mails of a day or week, and send them to lists"
    )
    post.add_argument("--period", choices=digests.PERIODS, required=True)
    post.add_argument(
        "--date",
        type=_day,
        metavar="YYYY-MM-DD",
        help="a day of the period; default: the newest day, the newest week that is over",
    )
    which = post.add_mutually_exclusive_group()
    which.add_argument("--tag", default="", metavar="TAG", help="only papers of this tag")
    which.add_argument(
        "--feed", default="", metavar="NAME", help="only papers of this saved query (content/feeds)"
    )
    what = post.add_mutually_exclusive_group()
    what.add_argument("--out", type=Path, metavar="FOLDER", help="write the mail as an .eml file")
    what.add_argument("--send", action="store_true", help="send it to the list addresses")
    what.add_argument("--reserve", action="store_true", help="note what --send is going to send")
    post.add_argument("--dry-run", action="store_true", help="print what --send would send")
    post.add_argument(
        "--ledger",
        type=Path,
        default=Path(LEDGER),
        metavar="DIR",
        help=f"what was sent; belongs into git; default: {LEDGER}",
    )
    post.add_argument(
        "--uncertain",
        choices=get_args(mailing.Uncertain),
        default="ask",
        help="where it is unknown whether a mail went out: send it again, or take it as sent",
    )
    post.add_argument(
        "--timeout", type=_count, default=sending.TIMEOUT, metavar="SECONDS", help="of the server"
    )
    post.set_defaults(run=_digest)


def _import(options: argparse.Namespace) -> int:
    report = importers.run(
        options.content,
        options.format,
        options.file,
        options.date,
        abstracts=not options.no_abstracts,
        newest=options.newest,
        track=track,
    )
    print(report)
    return 0


def _check(options: argparse.Namespace) -> int:
    shelf = Shelf(Cache(None, b"")) if options.against is not None else None
    loaded = content.load(options.content, reading, shelf=shelf, jobs=_processors())
    problems = checks.check(loaded, _today())
    if shelf and not problems:
        problems = _vanished(loaded, shelf, options.against)
    missing = [path for path in options.paths if not path.exists()]
    if missing:
        raise UsageError(f"there is no {missing[0]}: pass files or folders of the content")
    if options.paths:
        wanted = {path.resolve() for path in options.paths}
        problems = [
            problem
            for problem in problems
            if wanted & {Path(problem.path).resolve(), *Path(problem.path).resolve().parents}
        ]
    sys.stdout.write(reports.FORMATS[options.format](problems))
    if options.format == "github":
        _summarise(reports.as_summary(problems))
    lists = loaded.content.lists
    papers = sum(len(each.papers) for each in lists)
    held = f"{_lists(len(lists))} with {papers} paper{'' if papers == 1 else 's'}"
    say(f"{_problems(len(problems))} in {held}")
    return 1 if problems else 0


def _vanished(loaded: Loaded, shelf: Shelf, base: str) -> list[Problem]:
    """What was published at a revision and would be gone; `loaded` has no problems."""
    kept = Cache(None, b"")
    with build.without_collecting():
        both = against.both(
            loaded, shelf, base, _today(), cache=kept, base_cache=kept, jobs=_processors()
        )
        return sorted(addresses.vanished(both.before, both.after, loaded.root.as_posix()))


def _summarise(text: str) -> None:
    """Add to the summary of the job on GitHub, where there is one."""
    path = os.environ.get(SUMMARY)
    if not (path and text):
        return
    with (
        files.outside("cannot write the job's summary"),
        Path(path).open("a", encoding="utf-8") as out,
    ):
        out.write(text)


def _diff(options: argparse.Namespace) -> int:
    tools = stamp.toolchain(Path())
    cache, base_cache = (Cache(options.cache / each, tools) for each in ("", "base"))
    shelf = Shelf(cache)
    with build.without_collecting():
        loaded = content.load(options.content, reading, shelf=shelf, jobs=_processors())
        problems = checks.check(loaded, _today())
        if problems:
            sys.stderr.write(reports.as_text(problems))
            say(f"{_problems(len(problems))}: mend them, then compare")
            return 1
        both = against.both(
            loaded,
            shelf,
            options.base,
            _today(),
            cache=cache,
            base_cache=base_cache,
            jobs=_processors(),
        )
        found = comparison.compare(both.before, both.after)
    of = both.revision
    report = Report(of.name, of.commit, of.is_behind, both.problems, found)
    sys.stdout.write(effects.FORMATS[options.format](report))
    return 0


def _build(options: argparse.Namespace) -> int:
    how = How(options.jobs, options.full, options.shard, not options.no_search)
    is_part = how.shard[1] > 1
    if is_part and options.strict_budget:
        raise UsageError("a part of a site has no budget: pass --strict-budget to merge")
    limits = _limits()
    report = build.build(_folders(options), _today(), how)
    say(
        f"built {options.site}: {report.changed} pages and files made, "
        f"{report.unchanged} as before, {report.removed} removed"
    )
    return 0 if is_part else _weighed(report.weights, limits, strict=options.strict_budget)


def _merge(options: argparse.Namespace) -> int:
    limits = _limits()
    weights = joining.join(options.parts, options.site)
    say(f"built {options.site}: {weights.files} files of {len(options.parts)} parts")
    return _weighed(weights, limits, strict=options.strict_budget)


def _check_feeds(options: argparse.Namespace) -> int:
    place = options.against if options.against is not None else _site_url(options.content)
    found = contract.check(options.site, published.at(place))
    if not found.compared:
        if not published.is_address(place):
            raise UsageError(f"there are no feeds in {place}: pass a site that this command built")
        say(f"nothing to compare with: {place} has no feeds yet; each of those built can be read")
    told = [each for each in found.problems if each.code not in options.allow]
    allowed = [each for each in found.problems if each.code in options.allow]
    sys.stdout.write(reports.FORMATS[options.format](told))
    if options.format == "github":
        _summarise(reports.as_summary(told))
    for each in allowed:
        say(f"allowed: {reports.printable(str(each))}")
    say(f"{_problems(len(told))} in {found.built} feeds, beside {found.compared} from {place}")
    if told:
        codes = ",".join(sorted({each.code for each in told}))
        say(f"if it is meant: --allow {codes}; docs/dev/feed-contract.md says more")
    return 1 if told else 0


def _site_url(root: Path) -> str:
    """Where the site is published. Raises ContentError."""
    settings, problems = content.read_settings(root)
    if problems:
        raise ContentError(list(problems))
    return settings.site_url


def _limits() -> Budget:
    """What the site may weigh; no limit where there is no such file. Raises ContentError."""
    path = Path(BUDGET)
    with files.outside(f"cannot read {path}"):
        data = path.read_bytes() if path.exists() else b"pages: {}\n"
    limits, problems = budget.read(path.as_posix(), data)
    if problems:
        raise ContentError(list(problems))
    return limits


def _weighed(weights: Weights, limits: Budget, *, strict: bool) -> int:
    """Print what the site weighs, and what is too much."""
    sys.stdout.write(budget.table(weights, limits))
    too_much = list(budget.over(limits, weights))
    for each in too_much:
        say(f"over budget: {each}")
    if too_much:
        say(f"limits are in {BUDGET}; docs/dev/performance.md says what to switch off, and when")
    return 1 if too_much and strict else 0


def _serve(options: argparse.Namespace) -> int:
    # MkDocs takes longer to load than a small change to build.
    from generator import site  # noqa: PLC0415

    folders = replace(_folders(options), site=options.docs.parent / ".serve")
    how = How(_processors())
    settings = build.build(folders, _today(), how).settings

    def rebuild() -> None:
        try:
            report = build.build(folders, _today(), how)
        except ContentError as error:
            sys.stderr.write(reports.as_text(error.problems))
            say(f"{_problems(len(error.problems))}; showing the last good state")
        except ArchiveError as error:
            say(f"paper-archive: {error}")
        else:
            say(f"{report.changed} pages and files made again")

    project = folders.project
    watched = (folders.content, project / "docs", project / "mkdocs.yml", project / "generator")
    site.serve(folders.site, settings.site_url, watched, rebuild)
    return 0


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


def _rename_tag(options: argparse.Namespace) -> int:
    cache = Cache(options.cache, stamp.toolchain(Path()))
    name = markup.clean(options.name)
    done = renaming.rename(options.content, options.old, options.new, name, _today(), cache)
    if done.problems or done.tag is None:
        sys.stdout.write(reports.as_text(done.problems))
        say(f"{_problems(len(done.problems))}; nothing was renamed: mend them first")
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
    read = build.load(options.content, _today(), cache, _processors())
    entries = waiting.papers(read)
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


def _digest(options: argparse.Namespace) -> int:
    if not (options.out or options.send or options.reserve or options.dry_run):
        raise UsageError("nothing to do: pass --out FOLDER, --dry-run or --send")
    if options.dry_run and (options.out or options.reserve):
        raise UsageError("--dry-run is for --send")
    told = mailing.addresses(os.environ)
    archive = build.load(options.content, _today())
    selection = digests.select(archive, options.tag, options.feed)
    issue = mailing.due(archive, selection, options.period, options.date)
    if issue is None:
        say(f"no papers for {_period_words(options)}: nothing to send")
        return 0
    if not told.unsubscribe:
        say(
            f"without List-Unsubscribe: set {mailing.UNSUBSCRIBE} unless the list's service adds it"
        )
    if options.out:
        say(f"{mailing.write(archive, issue, told, options.out)}: {issue.count} papers")
        return 0
    post = mailing.Mailing(archive, issue, told, options.ledger)
    if options.dry_run:
        lines = mailing.preview(post)
    elif options.reserve:
        lines = mailing.reserve(post, options.uncertain)
    else:
        server = sending.server(os.environ, options.timeout)
        lines = mailing.send(post, server, options.uncertain)
    for line in lines:
        print(line, flush=True)
    return 0


def _period_words(options: argparse.Namespace) -> str:
    if options.date:
        return f"the {options.period} of {options.date}"
    return "any day" if options.period == "day" else "a week that is over"


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


def _stats(options: argparse.Namespace) -> int:
    sys.stdout.write(stats.figures(build.load(options.content, _today())))
    return 0


def _folders(options: argparse.Namespace) -> Folders:
    return Folders(options.content, options.docs, options.site, project=Path(), cache=options.cache)


def _today() -> date:
    """The only look at the clock: a check refuses lists from the future."""
    return date.today()  # noqa: DTZ011 - a list's day is the day where the archive is kept


def _day(text: str) -> date:
    day = yamltext.parse_day(text)
    if day is None:
        raise argparse.ArgumentTypeError(f"'{text}' is not a day; write it as 2025-03-11")
    return day


def _count(text: str) -> int:
    if text.isascii() and text.isdigit() and int(text) > 0:
        return int(text)
    raise argparse.ArgumentTypeError(f"'{text}' is not a number above 0")


def _shard(text: str) -> tuple[int, int]:
    number, slash, of = text.partition("/")
    if slash and 0 < int(_count(number)) <= _count(of):
        return int(number), int(of)
    raise argparse.ArgumentTypeError(f"'{text}' is not a part; write the second of four as 2/4")


def _codes(text: str) -> list[str]:
    codes = [code.strip() for code in text.split(",") if code.strip()]
    unknown = [code for code in codes if code not in feedcheck.CODES]
    if unknown:
        known = ", ".join(feedcheck.CODES)
        raise argparse.ArgumentTypeError(f"'{unknown[0]}' is not one of the codes: {known}")
    return codes


def _processors() -> int:
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def _lists(count: int) -> str:
    return f"{count} list{'' if count == 1 else 's'}"


def _problems(count: int) -> str:
    return "no problems" if count == 0 else f"{count} problem{'' if count == 1 else 's'}"
