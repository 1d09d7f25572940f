"""Commands in small archives, the states they may leave, and what the next command has to do.

A scenario is prepared once; each try works in a copy. Its states are learnt by running it without
a fault, and what a build makes is always compared with a build of the same content in an empty
folder.
"""

from __future__ import annotations

import hashlib
import json
import os
import pickle
import re
import shutil
import signal
import subprocess
import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

from msgspec.structs import replace

from generator.core.model import Content, Tagging
from tests.archives import MONDAY, build_arguments, daily, paper, saved, tag, whole, write
from tests.faults import mail, oracle
from tests.faults.fault import Fault
from tests.faults.oracle import Tree
from tests.faults.process import Ended, Running, call

HANDWRITTEN = "docs/dev/by-hand.md"
TAGGED = "2503.00001"
LISTS = tuple(f"{name}@lists.example.org" for name in ("one", "two", "three"))
"""Addresses that a digest goes to."""


def archive() -> Content:
    """A few papers in four lists, with taggings filed in both ways and a saved query."""
    tags = (
        tag("methods"),
        tag("graphs", parent="methods", match=("graph",)),
        tag("long-context", "Long context", aliases=("long contexts",)),
        tag("retrieval"),
    )
    taggings = (
        Tagging("2503.00001", tags=("long-context", "retrieval")),
        Tagging("2503.00002", part="long-context", tags=("long-context",)),
        Tagging("2503.00002", part="retrieval", tags=("retrieval",)),
        Tagging("2503.00003", part="graphs", remove=("graphs",)),
        Tagging("2503.00003", part="long-context", remove=("long-context",)),
        Tagging("2412.00009", tags=("Long context",), remove=("graphs",)),
        Tagging("placeholders-without-a-number", part="retrieval", tags=("retrieval",)),
    )
    return whole(
        daily(date(2024, 12, 30), paper("2412.00009", "Older graphs", authors=("A. Author",))),
        daily(
            MONDAY,
            paper("2503.00001", "On contexts", authors=("A. Author", "B. Author"), upvotes=3),
            paper("2503.00002", "On graphs", abstract="An abstract of $n$ words."),
        ),
        daily(date(2025, 3, 11), paper("placeholders-without-a-number", "Placeholders")),
        daily(date(2025, 3, 12), paper("2503.00003", "Graphs again", authors=("A. Author",))),
        tags=tags,
        taggings=taggings,
        queries=(saved("about-graphs", "tag:graphs"),),
        author_min_papers=2,
    )


def edited() -> Content:
    """The same after some days: a list more, one withdrawn, a title corrected, a tag given."""
    was = archive()
    _, monday, *others = was.lists
    first, *rest = monday.papers
    corrected = replace(monday, papers=(replace(first, title="On contexts, corrected"), *rest))
    new = daily(date(2025, 3, 13), paper("2503.00004", "A new graph"))
    given = Tagging("2503.00003", part="retrieval", tags=("retrieval",))
    return replace(
        was,
        lists=(corrected, *others, new),
        taggings=tuple(
            sorted(
                (*(each for each in was.taggings if each.paper != "2412.00009"), given),
                key=lambda each: (each.paper, each.part),
            )
        ),
    )


def rewrite(folder: Path, content: Content) -> None:
    """Let a folder's content be this, file by file, as an editor or git would."""
    with tempfile.TemporaryDirectory(dir=folder.parent) as top:
        new = oracle.tree(write(Path(top), content))
    place = folder / "content"
    for name, data in new.items():
        if name.endswith("/"):
            (place / name).mkdir(parents=True, exist_ok=True)
        elif not (place / name).is_file() or (place / name).read_bytes() != data:
            (place / name).write_bytes(data)
    for name in sorted(oracle.tree(place).keys() - new.keys(), reverse=True):
        (place / name).rmdir() if name.endswith("/") else (place / name).unlink()


def start(folder: Path, content: Content) -> None:
    """An archive that wasn't built yet."""
    (folder / "content").mkdir()
    rewrite(folder, content)
    (folder / HANDWRITTEN).parent.mkdir(parents=True)
    (folder / HANDWRITTEN).write_text("# By hand\n\nA page that a person wrote.\n", "utf-8")
    (folder / "tmp").mkdir()


def copy(source: Path, target: Path) -> None:
    """Copy a folder with the times of its files, and with hard links."""
    subprocess.run(["cp", "-a", f"{source}/.", target], check=True)


class Fresh:
    """Builds in empty folders, one for each content."""

    def __init__(self, root: Path) -> None:
        self._root = root

    def __call__(self, files: Tree, arguments: Sequence[str] = ()) -> Tree:
        """What a build of a tree's content makes from nothing."""
        content = {
            name: data
            for name, data in files.items()
            if name.startswith("content/") or name == HANDWRITTEN
        }
        key = hashlib.sha256(repr((sorted(content.items()), arguments)).encode()).hexdigest()[:20]
        known = self._root / f"{key}.tree"
        if not known.exists():
            folder = self._root / f"{key}-{os.getpid()}"
            for name, data in content.items():
                if not name.endswith("/"):
                    (folder / name).parent.mkdir(parents=True, exist_ok=True)
                    (folder / name).write_bytes(data)
            (folder / "tmp").mkdir()
            temporary = {"TMPDIR": str(folder / "tmp")}
            done = call([*build_arguments(folder), *arguments], folder, None, temporary)
            if done.code:
                raise RuntimeError(f"the content can't be built:\n{done.said}")
            part = known.with_suffix(f".{os.getpid()}")
            part.write_bytes(pickle.dumps(oracle.tree(folder)))
            part.replace(known)
            shutil.rmtree(folder)
        made: Tree = pickle.loads(known.read_bytes())
        return made


@dataclass(frozen=True)
class States:
    """The trees before the command, and after it without a fault."""

    before: Tree
    after: Tree


@dataclass(frozen=True)
class Following:
    """A command that ran in a folder after the attack."""

    name: str
    """`again` is the same as before, others are in `Scenario.other`."""
    ended: Ended
    folder: Path
    states: States
    """Of the scenario."""
    before: Tree
    """The folder before this command."""
    fresh: Fresh


@dataclass(frozen=True)
class Scenario:
    """A command in a prepared folder, and what holds after it and after the next command."""

    name: str
    arguments: Callable[[Path], list[str]]
    content: Callable[[], Content] = archive
    """Of the archive before the command."""
    built: Sequence[Sequence[str]] = ()
    """Builds, given by further arguments, before people edit the content."""
    edit: Callable[[Path], None] = lambda _: None
    """What people do before the command."""
    options: tuple[str, ...] = ()
    """Further arguments of builds."""
    site: str = ""
    """The folder of the site that the command writes."""
    follows: tuple[str, ...] = ("again",)
    """Names of next commands, used in turn."""
    rivals: tuple[str, ...] = ()
    """Names of commands that people may run at the same time."""
    edits: bool = True
    """Whether all changes of the content are the command's."""
    keys: Mapping[str, str] = field(default_factory=dict)
    """New keys of papers by old ones, if the command gives some."""
    codes: frozenset[int] = frozenset({0})
    """Exit codes of the command and of the next one, if nothing disturbs them."""

    def prepare(self, folder: Path) -> None:
        """The archive before the command."""
        start(folder, self.content())
        for more in self.built:
            arguments = [*build_arguments(folder), *(each.format(folder) for each in more)]
            done = call(arguments, folder, None, self.environment(folder))
            if done.code:
                raise RuntimeError(f"{self.name} can't be prepared:\n{done.said}")
        self.edit(folder)

    def environment(self, folder: Path) -> dict[str, str]:
        """Temporary files of a command belong to its folder, too."""
        return {"TMPDIR": str(folder / "tmp")}

    def start(self, folder: Path, fault: Fault | None = None) -> Running:
        """Start the command."""
        return Running(self.arguments(folder), folder, fault, self.environment(folder))

    def accompany(self, running: Running) -> Ended:
        """Do what people do while the command runs, and wait for its end."""
        return running.finish()

    def next(self, folder: Path, name: str) -> Ended:
        """Run the command that people run next, or at the same time."""
        if name == "again":
            return self.accompany(self.start(folder))
        return self.other(folder, name).finish()

    def other(self, folder: Path, name: str) -> Running:
        """Start another command."""
        content = ["--content", str(folder / "content")]
        cache = ["--cache", str(folder / "cache")]
        arguments = {
            "build": [*build_arguments(folder), *self.options],
            "check": ["check", *content],
            "tag": ["tag", TAGGED, "--add", "graphs", *content, *cache],
            "tag-new": ["tag", "2503.00003", "--add", "methods", *content, *cache],
            "import": import_arguments(folder),
        }
        return Running(
            arguments.get(name) or self.arguments(folder),
            folder,
            None,
            self.environment(folder),
        )

    def finally_(self, last: Following) -> Iterator[str]:
        """Complaints about the folder after the next command, which has this name."""
        now = oracle.tree(last.folder)
        is_refused = (
            last.name != "again" and last.ended.code == 1 and "interrupted" in last.ended.said
        )
        if not is_refused:  # half a change isn't published, and the same command is the way out
            yield from oracle.ended_well(last.ended, self.codes)
        yield from oracle.spoke_truly(last.ended, last.before, now)
        # Only the same command writes again what half-named files of a killed one were for.
        others = () if last.name == "again" else ("cache/", "content/")
        yield from oracle.no_strays(now, ("tmp/", *others))
        if self.edits:
            yield from oracle.no_tagging_lost(last.states.before, last.states.after, now, self.keys)
        if last.name == "again":
            yield from oracle.same(last.states.after, now, ("content",), "what was asked for")
        else:
            yield from oracle.each_old_or_new(
                oracle.below("content", last.states.before),
                oracle.below("content", last.states.after),
                oracle.below("content", now),
            )
        if last.ended.code == 0 and (last.name == "build" or (last.name == "again" and self.site)):
            made = last.fresh(now, self.options)
            yield from oracle.same(made, now, ("docs",), "that of a build in an empty folder")
            yield from oracle.same_site(made, now, self.site if last.name == "again" else "site")


# --- commands -------------------------------------------------------------------------------


def import_arguments(folder: Path) -> list[str]:
    return ["import", "jsonl", str(folder / "input.jsonl"), "--content", str(folder / "content")]


def edit_command(name: str, *words: str) -> Callable[[Path], list[str]]:
    """A command that edits the content."""
    return lambda folder: [
        name,
        *words,
        "--content",
        str(folder / "content"),
        "--cache",
        str(folder / "cache"),
    ]


def build_command(*more: str) -> Callable[[Path], list[str]]:
    return lambda folder: [*build_arguments(folder), *more]


def serve_command(folder: Path) -> list[str]:
    arguments = build_arguments(folder)
    place = arguments.index("--site")
    return ["serve", *arguments[1:place], *arguments[place + 2 :]]


def edit_lists(folder: Path) -> None:
    rewrite(folder, edited())


def retitle(folder: Path) -> None:
    """A setting that every page shows, besides other edits."""
    rewrite(folder, replace(edited(), settings=replace(edited().settings, title="Retitled")))


def many_papers() -> Content:
    """So many papers that processes share the work."""
    was = archive()
    lists = [
        daily(
            date(2025, 4, number),
            *(paper(f"2504.{number:02}{each:03}", f"Number {each}") for each in range(8)),
        )
        for number in range(1, 27)
    ]
    return replace(was, lists=(*was.lists, *lists))


def retitle_many(folder: Path) -> None:
    rewrite(folder, replace(many_papers(), settings=replace(archive().settings, title="Retitled")))


def put_input(*rows: Mapping[str, object]) -> Callable[[Path], None]:
    """A file to import."""
    text = "".join(f"{json.dumps(row)}\n" for row in rows)

    def put(folder: Path) -> None:
        (folder / "input.jsonl").write_text(text, "utf-8")

    return put


def build_shards(folder: Path) -> None:
    """A site of another content, and the shards of this one."""
    edit_lists(folder)
    for number in (1, 2):
        shard = folder / f"shard{number}"
        arguments = [*build_arguments(folder), "--shard", f"{number}/2"]
        for option in ("docs", "site", "cache"):
            place = arguments.index(f"--{option}") + 1
            arguments[place] = str(shard / option)
        shutil.copytree(folder / "docs" / "dev", shard / "docs" / "dev")
        done = call(arguments, folder, None, {"TMPDIR": str(folder / "tmp")})
        if done.code:
            raise RuntimeError(f"a shard can't be built:\n{done.said}")


def merge_command(folder: Path) -> list[str]:
    shards = [str(folder / f"shard{number}" / "site") for number in (1, 2)]
    return ["merge-shards", *shards, "--site", str(folder / "site")]


@dataclass(frozen=True)
class Merge(Scenario):
    """Shards merged into a site; `docs/` isn't touched."""

    def finally_(self, last: Following) -> Iterator[str]:
        now = oracle.tree(last.folder)
        yield from oracle.ended_well(last.ended, self.codes)
        yield from oracle.no_strays(now)
        made = last.fresh(now, self.options)
        yield from oracle.same_site(made, now, self.site)
        yield from oracle.same(last.states.before, now, ("content", "docs"), "that before")


@dataclass(frozen=True)
class Serve(Scenario):
    """A preview that is started, follows an edit, and is ended by Ctrl-C."""

    def accompany(self, running: Running) -> Ended:
        if running.says("press Ctrl-C"):
            edit_lists(running.folder)
            # It says so before it looks: an edit that comes too early is made again.
            answers = ("rebuilt", "cannot", "still showing", "interrupted", "terminated")
            for _ in range(100):
                if running.says(*answers, seconds=3) or running.ends(0):
                    break
                (running.folder / "content" / "archive.yaml").touch()
            running.send(signal.SIGINT)
        return running.finish()

    def finally_(self, last: Following) -> Iterator[str]:
        if last.name == "again":
            yield from super().finally_(last)
            return
        # A build of `site` leaves alone what is of `.serve`.
        now = oracle.tree(last.folder)
        yield from oracle.ended_well(last.ended, {0})
        yield from oracle.no_strays(now, ("tmp/", "..serve"))
        made = last.fresh(now, self.options)
        yield from oracle.same(made, now, ("docs",), "that of a build in an empty folder")
        yield from oracle.same_site(made, now, "site")


@dataclass(frozen=True)
class Digest(Scenario):
    """A digest to three lists, by a real server; each gets it once."""

    codes: frozenset[int] = frozenset({0, 3})

    def environment(self, folder: Path) -> dict[str, str]:
        to = {"PAPER_ARCHIVE_SMTP_TO": ",".join(LISTS)}
        return {**super().environment(folder), **to, **mail.server().environment}

    def start(self, folder: Path, fault: Fault | None = None) -> Running:
        if fault is not None:
            mail.server().empty()
        return super().start(folder, fault)

    def finally_(self, last: Following) -> Iterator[str]:
        unclear = (
            re.findall(r"\S+@\S+(?=[,:])", last.ended.err)
            if "unknown whether" in last.ended.err
            else []
        )
        for to in dict.fromkeys(unclear):
            # A person looks whether the message is there, and says so.
            answer = "skip" if to in mail.server().to() else "resend"
            alone = self.environment(last.folder) | {"PAPER_ARCHIVE_SMTP_TO": to}
            arguments = [*self.arguments(last.folder), "--if-unknown", answer]
            yield from oracle.ended_well(call(arguments, last.folder, None, alone), {0})
        yield from oracle.ended_well(self.next(last.folder, "again"), {0})
        yield from oracle.no_strays(oracle.tree(last.folder))
        got = sorted(mail.server().to())
        if got != sorted(LISTS):
            yield f"each list has to get one message, but these got one: {got}"


def digest_command(folder: Path) -> list[str]:
    folders = ["--content", str(folder / "content"), "--sent-log", str(folder / "sent")]
    return ["digest", "--period", "day", "--date", "2025-03-11", "--send", *folders]


_ROW = {"list_date": "2025-03-10", "arxiv_id": "2503.00001", "title": "On contexts", "upvotes": 9}
_NEW_ROWS = [
    {"list_date": f"2025-03-{day}", "arxiv_id": f"2503.001{day}", "title": f"Of day {day}"}
    for day in (14, 15, 16)
]
_IDENTIFIED = {
    "list_date": "2025-03-11",
    "arxiv_id": "2503.00055",
    "title": "Placeholders without a number",
}


def unidentified() -> Content:
    """The title of the paper without an id is such that its slug is its key."""
    was = archive()
    named = daily(
        date(2025, 3, 11),
        paper("placeholders-without-a-number", "Placeholders without a number"),
    )
    return replace(
        was, lists=tuple(named if each.date == named.date else each for each in was.lists)
    )


_RENAME = edit_command("rename-tag", "long-context", "wide-context")
_MERGE = edit_command("rename-tag", "long-context", "retrieval")
_EDITS = ("again", "check", "build")
SCENARIOS: Mapping[str, Scenario] = {
    each.name: each
    for each in (
        Scenario(
            "build-first",
            build_command("--no-search"),
            options=("--no-search",),
            site="site",
            follows=("again",),
        ),
        Scenario(
            "build-edit",
            build_command(),
            built=[[]],
            edit=edit_lists,
            site="site",
            rivals=("again", "tag", "import"),
        ),
        Scenario(
            "build-all", build_command(), built=[[]], edit=retitle, site="site", rivals=("again",)
        ),
        Scenario(
            "build-workers",
            build_command("--no-search", "--jobs", "3"),
            content=many_papers,
            built=[["--no-search"]],
            edit=retitle_many,
            options=("--no-search",),
            site="site",
        ),
        Serve(
            "serve",
            serve_command,
            built=[["--site", "{}/.serve"]],
            site=".serve",
            follows=("build", "again"),
            edits=False,
        ),
        Scenario(
            "import",
            import_arguments,
            edit=put_input({**_ROW}, *_NEW_ROWS),
            follows=_EDITS,
            rivals=("again", "tag-new"),
        ),
        Scenario(
            "import-id",
            import_arguments,
            content=unidentified,
            edit=put_input(_IDENTIFIED),
            follows=("again", "check", "build"),
            keys={"placeholders-without-a-number": "2503.00055"},
        ),
        Scenario(
            "tag",
            edit_command("tag", TAGGED, "--add", "graphs", "--remove", "retrieval"),
            follows=_EDITS,
            rivals=("again", "tag"),
        ),
        Scenario(
            "tag-parts",
            edit_command("tag", "2503.00002", "--add", "methods", "--remove", "long-context"),
            follows=_EDITS,
        ),
        Scenario("rename-tag", _RENAME, follows=_EDITS, rivals=("again", "tag", "import")),
        Scenario("merge-tag", _MERGE, follows=_EDITS),
        Merge(
            "merge-shards",
            merge_command,
            built=[["--no-search"]],
            edit=build_shards,
            site="site",
            rivals=("again",),
        ),
        Digest("digest", digest_command, rivals=("again",)),
    )
}
