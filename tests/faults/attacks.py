"""Attacks on commands: what is done to a command or to its files, and at which points.

An attack gives the points at which it applies to a scenario, and makes one try at a point; a try
gives complaints. Which tries are made is up to `run.py`.
"""

from __future__ import annotations

import contextlib
import errno
import os
import re
import shutil
import signal
import subprocess
import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import product
from pathlib import Path
from typing import ClassVar

from generator.core.model import Content
from tests.archives import build_arguments
from tests.faults import mail, oracle
from tests.faults.fault import Action, Event, Fault, Who, fill
from tests.faults.oracle import Tree
from tests.faults.process import Ended, call
from tests.faults.scenarios import (
    HANDWRITTEN,
    Digest,
    Following,
    Fresh,
    Merge,
    Scenario,
    Serve,
    States,
    archive,
    copy,
    edited,
    rewrite,
    start,
)

SPACE = 24 << 20
"""Bytes of the disk that is filled."""


# --- what tries need ------------------------------------------------------------------------


class Prepared:
    """A scenario that is ready in a folder: its states, what its command does, places for tries."""

    def __init__(self, scenario: Scenario, root: Path) -> None:
        self.scenario, self.root, self.base = scenario, root, root / scenario.name
        (root / "fresh").mkdir(exist_ok=True)
        self.fresh = Fresh(root / "fresh")
        self.base.mkdir()
        scenario.prepare(self.base)
        before = oracle.tree(self.base)
        with self.place() as folder:
            done = scenario.accompany(scenario.start(folder, Fault()))
            if done.code:
                raise RuntimeError(f"{scenario.name} fails without a fault:\n{done.said}")
            self.states = States(before, oracle.tree(folder))
            self.events = done.events
            """The command's file operations, in order."""

    @contextlib.contextmanager
    def place(self) -> Iterator[Path]:
        """A copy of the scenario's archive, for one try."""
        with tempfile.TemporaryDirectory(dir=self.root, prefix="try-") as top:
            folder = Path(top) / "archive"
            folder.mkdir()
            copy(self.base, folder)
            yield folder

    @contextlib.contextmanager
    def small_disk(self) -> Iterator[Path | None]:
        """The same on a disk of its own; None if none can be mounted here."""
        with tempfile.TemporaryDirectory(dir=self.root, prefix="disk-") as top:
            if not mounted(Path(top)):
                yield None
                return
            try:
                folder = Path(top) / "archive"
                folder.mkdir()
                copy(self.base, folder)
                yield folder
            finally:
                subprocess.run([*_as_root(), "umount", "-l", top], check=True)


def mounted(folder: Path) -> bool:
    """Mount a small disk in memory, as far as that is permitted."""
    options = f"size={SPACE},mode=0700,uid={os.getuid()},gid={os.getgid()}"
    mount = [*_as_root(), "mount", "-t", "tmpfs", "-o", options, "tmpfs", str(folder)]
    try:
        return subprocess.run(mount, capture_output=True, check=False).returncode == 0
    except FileNotFoundError:
        return False


def _as_root() -> list[str]:
    return [] if os.geteuid() == 0 else ["sudo", "-n"]


# --- attacks --------------------------------------------------------------------------------


@dataclass(frozen=True)
class Point:
    """Where an attack applies: its name, and what it has in common with points like it."""

    name: str
    kind: str


@dataclass(frozen=True)
class Attack:
    """One way to disturb a command."""

    name: str
    weight: int = field(default=1, kw_only=True)
    """How many times as many tries as others it gets."""

    def points(self, on: Prepared) -> list[Point]:
        """Where it applies; empty if the scenario isn't about this."""
        raise NotImplementedError

    def attempt(self, on: Prepared, point: str) -> Iterator[str]:
        """Attack a copy of the scenario at a point; gives complaints."""
        raise NotImplementedError

    def describe(self, on: Prepared, point: str) -> str:
        """What a point is about, in words."""
        return f"{self.name} {point} in {on.scenario.name}"


def _next_name(scenario: Scenario, number: int) -> str:
    return scenario.follows[number % len(scenario.follows)]


def _operations(events: Sequence[Event], who: Who, reads: bool) -> list[tuple[int, Event]]:
    """The operations that count for a fault, with their numbers."""
    counted = [each for each in events if each.who == who and (each.kind == "read") == reads]
    return list(enumerate(counted, 1))


def _kind(event: Event) -> str:
    """The same for operations on files of one sort, such as all papers' pages."""
    return f"{event.kind} {re.sub(r'[0-9a-f]{2,}|[0-9]', 'N', event.path).rpartition('/')[0]}"


@dataclass(frozen=True)
class AtOperation(Attack):
    """Something that happens at the nth file operation."""

    action: Action
    codes: frozenset[int]
    """Exit codes that the command may end with."""
    who: Who = "main"
    is_clean: bool = False
    """Whether the command has the chance to clean up."""
    errors: tuple[int, ...] = (errno.ENOSPC,)
    """Used in turn."""
    limits: tuple[int, ...] = (0,)
    kinds: frozenset[str] | None = None
    """Kinds of operations at which it applies; None: all."""
    breaks_pages: bool = False
    """Whether a page of `docs/`, which is overwritten in place, may be half-written or go."""

    def points(self, on: Prepared) -> list[Point]:
        operations = _operations(on.events, self.who, reads=self.action == "refuse reads")
        return [
            Point(str(number), _kind(event))
            for number, event in operations
            if self.kinds is None or event.kind in self.kinds
        ]

    def describe(self, on: Prepared, point: str) -> str:
        return str(self._operation(on.events, int(point)) or "")

    def _operation(self, events: Sequence[Event], number: int) -> Event | None:
        """The operation with a number among those that count."""
        operations = dict(_operations(events, self.who, reads=self.action == "refuse reads"))
        return operations.get(number)

    def attempt(self, on: Prepared, point: str) -> Iterator[str]:
        number = int(point)
        fault = Fault(
            self.action,
            number,
            self.who,
            self.errors[number % len(self.errors)],
            self.limits[number % len(self.limits)],
        )
        with on.place() as folder:
            ended = on.scenario.accompany(on.scenario.start(folder, fault))
            hit = self._operation(ended.events, number)
            yield from self.judge(on, folder, ended, number, hit)

    def judge(
        self,
        on: Prepared,
        folder: Path,
        ended: Ended,
        number: int,
        hit: Event | None = None,
    ) -> Iterator[str]:
        """Complaints after the attack, which hit an operation, and after the next command."""
        states = on.states
        attacked = oracle.tree(folder)
        yield from _label("at once", self.at_once(on.scenario, states, attacked, ended, hit))
        name = _next_name(on.scenario, number)
        for each in dict.fromkeys((name, "again")):
            following = on.scenario.next(folder, each)
            yield from _label(
                f"after the next command ({each})",
                on.scenario.finally_(
                    Following(each, following, folder, states, attacked, on.fresh)
                ),
            )
            attacked = oracle.tree(folder)

    def at_once(
        self, scenario: Scenario, states: States, now: Tree, ended: Ended, hit: Event | None
    ) -> Iterator[str]:
        """Complaints before anything else runs."""
        before, after = states.before, states.after
        yield from oracle.ended_well(ended, self.codes | {0})
        yield from oracle.spoke_truly(ended, before, now)
        yield from oracle.each_old_or_new(before, after, now, self._may_be_half)
        if scenario.edits:
            yield from oracle.no_tagging_lost(before, after, now, scenario.keys)
        if scenario.site:
            yield from oracle.site_is_whole(before, after, now, scenario.site)
        else:
            yield from oracle.same(before, now, ("site", "docs"), "that before")
        if self.is_clean:
            if scenario.site:
                yield from oracle.site_stands(before, after, now, scenario.site)
            # Cleaning up that is itself disturbed is left to the next command.
            if not (hit and _is_cleaning_up(hit, now)):
                yield from oracle.no_strays(now)
        if ended.code == 0 and not isinstance(scenario, Serve):
            tops = ("content", "docs", *([scenario.site] if scenario.site else []))
            yield from oracle.same(
                after, now, tops, "that of an undisturbed run, in spite of exit 0"
            )

    def _may_be_half(self, name: str) -> bool:
        """Whether a file needn't be the old or the new one: a page, or the log of sent mail."""
        is_page = name.startswith("docs/") and name.endswith(".md")
        breaks_pages = self.breaks_pages or self.who == "worker"  # others stop anywhere
        return (breaks_pages and is_page) or name.startswith("sent/")


def _is_cleaning_up(hit: Event, now: Tree) -> bool:
    """Whether an operation is a part of removing files: a folder is opened to empty it."""
    is_folder = hit.kind == "read" and f"{hit.path}/" in now
    return is_folder or hit.kind in {"remove", "rmdir"}


def _label(when: str, complaints: Iterator[str]) -> Iterator[str]:
    return (f"{when}: {each}" for each in complaints)


class AtEitherEnd(AtOperation):
    """A mail server that stops the client just before or after it takes a message."""

    def points(self, on: Prepared) -> list[Point]:
        if not isinstance(on.scenario, Digest):
            return []
        return [Point(str(number), "message") for number in range(1, 7)]

    def attempt(self, on: Prepared, point: str) -> Iterator[str]:
        number = signal.SIGKILL if self.action == "kill" else signal.SIGTERM
        with on.place() as folder:
            running = on.scenario.start(folder, Fault())
            mail.server().stop_client(int(point), number)
            mail.server().client_is(running.pid)
            yield from self.judge(on, folder, running.finish(), int(point))


@dataclass(frozen=True)
class FullDisk(AtOperation):
    """A real disk with some space left; more is there before the next command."""

    STEPS: ClassVar[tuple[int, ...]] = (
        *range(0, 64, 4), *range(64, 256, 16), *range(256, 2048, 64)
    )  # fmt: skip

    def points(self, on: Prepared) -> list[Point]:
        if isinstance(on.scenario, Serve | Digest):
            return []
        states = on.states
        written = sum(
            len(data) // 1024 + 4
            for name, data in states.after.items()
            if states.before.get(name) != data
        )
        return [
            Point(str(free), f"space {free // 64}")
            for free in self.STEPS
            if free <= max(16, 2 * written)
        ]

    def attempt(self, on: Prepared, point: str) -> Iterator[str]:
        with on.small_disk() as folder:
            if folder is None:
                # What comes nearest without a disk of our own: no file may grow beyond a limit.
                with on.place() as place:
                    fault = Fault("cut", 1, limit=int(point) << 8)
                    ended = on.scenario.accompany(on.scenario.start(place, fault))
                    yield from self.judge(on, place, ended, int(point))
                return
            filler = folder.parent / "filler"
            fill(filler, int(point) << 10)
            ended = on.scenario.accompany(on.scenario.start(folder, Fault()))
            filler.unlink(missing_ok=True)
            if ended.code == 3 and "space" not in ended.said:
                yield f"at once: no word of the space that is missing: {ended.said[-200:]}"
            yield from self.judge(on, folder, ended, int(point) // 4)


@dataclass(frozen=True)
class SpaceComesBack(AtOperation):
    """A disk that is full only while a program runs that the command started."""

    def points(self, on: Prepared) -> list[Point]:
        runs = [
            number
            for number, event in _operations(on.events, self.who, reads=False)
            if event.kind == "run"
        ]
        return [
            Point(f"{number}+{free}", f"run {number}")
            for number, free in product(runs, range(0, 176, 8))
        ]

    def describe(self, on: Prepared, point: str) -> str:
        number, _, free = point.partition("+")
        return f"{super().describe(on, number)}, {free} KiB are free"

    def attempt(self, on: Prepared, point: str) -> Iterator[str]:
        number, _, free = point.partition("+")
        with on.small_disk() as folder:
            if folder is None:
                with on.place() as place:
                    fault = Fault("cut", int(number), self.who, limit=int(free) << 7)
                    ended = on.scenario.accompany(on.scenario.start(place, fault))
                    yield from self.judge(on, place, ended, int(number))
                return
            fault = Fault("fill", int(number), self.who, limit=int(free) << 10)
            ended = on.scenario.accompany(on.scenario.start(folder, fault))
            (folder / "filler").unlink(missing_ok=True)
            yield from self.judge(on, folder, ended, int(number))


@dataclass(frozen=True)
class TwoAtOnce(Attack):
    """A second command that begins while the first is at an operation, and ends before it."""

    def points(self, on: Prepared) -> list[Point]:
        return [
            Point(f"{number}+{rival}", f"{rival} {_kind(event)}")
            for rival in on.scenario.rivals
            for number, event in _operations(on.events, "main", reads=False)
        ]

    def describe(self, on: Prepared, point: str) -> str:
        operations = dict(_operations(on.events, "main", reads=False))
        return str(operations.get(int(point.partition("+")[0]), ""))

    def attempt(self, on: Prepared, point: str) -> Iterator[str]:
        number, _, rival = point.partition("+")
        with on.place() as folder:
            if rival == "import" and not (folder / "input.jsonl").exists():
                (folder / "input.jsonl").write_text(
                    '{"list_date": "2025-03-20", "arxiv_id": "2503.00099", "title": "Meanwhile"}\n'
                )
            states = on.states
            first = on.scenario.start(folder, Fault("pause", int(number)))
            if not first.pause():
                yield f"it did not come to its operation {number}"
            second = on.scenario.other(folder, rival)
            # One that waits for the first goes on when that has ended.
            second.ends(seconds=3)
            first.proceed()
            ended = [first.finish(), second.finish()]
            for each in ended:
                yield from _label("at once", oracle.ended_well(each, {0, 3}))
                yield from _label("at once", oracle.names_the_other(each))
            if all(each.code for each in ended):
                yield "at once: neither command did its work"
            if on.scenario.site:
                now = oracle.tree(folder)
                if rival == "again":
                    yield from _label(
                        "at once", oracle.site_stands(states.before, states.after, now)
                    )
            yield from _label("at once", oracle.no_strays(oracle.tree(folder)))
            # Whoever was refused tries again, one after the other.
            if ended[0].code:
                yield from oracle.ended_well(on.scenario.next(folder, "again"), {0})
            if ended[1].code:
                yield from oracle.ended_well(on.scenario.other(folder, rival).finish(), {0})
            yield from self._both_did_it(on, folder, rival)

    def _both_did_it(self, on: Prepared, folder: Path, rival: str) -> Iterator[str]:
        """In the end, all is as after one command and then the other."""
        if isinstance(on.scenario, Digest):
            following = on.scenario.next(folder, "again")
            states = on.states
            yield from on.scenario.finally_(
                Following("again", following, folder, states, {}, on.fresh)
            )
            return
        with on.place() as one_by_one:
            if (folder / "input.jsonl").exists():
                shutil.copy(folder / "input.jsonl", one_by_one)
            on.scenario.next(one_by_one, "again")
            on.scenario.other(one_by_one, rival).finish()
            wanted = oracle.tree(one_by_one)
        following = on.scenario.next(folder, "again")
        yield from oracle.ended_well(following, {0})
        now = oracle.tree(folder)
        yield from oracle.same(wanted, now, ("content",), "that after one and then the other")
        yield from oracle.no_strays(now)
        if on.scenario.site and not isinstance(on.scenario, Merge):
            made = on.fresh(now, on.scenario.options)
            yield from oracle.same(made, now, ("docs",), "that of a build in an empty folder")
            yield from oracle.same_site(made, now, on.scenario.site)


def _put_folder(path: Path) -> None:
    path.unlink()
    path.mkdir()


def _put_link(path: Path) -> None:
    """A link that leads nowhere."""
    path.unlink()
    path.symlink_to("nowhere")


def _beside(path: Path) -> Path:
    """The place of another file in the same folder."""
    return path.with_name(f"{path.stem}-more{path.suffix}")


@dataclass(frozen=True)
class Damage(Attack):
    """Files that earlier builds left, damaged before the next build."""

    WAYS: ClassVar[Mapping[str, Callable[[Path], object]]] = {
        "missing": Path.unlink,
        "empty": lambda path: path.write_bytes(b""),
        "cut": lambda path: path.write_bytes(path.read_bytes()[: path.stat().st_size // 2]),
        "flipped": lambda path: path.write_bytes(_flipped(path.read_bytes())),
        "garbage": lambda path: path.write_bytes(b"\xff\x00 no such thing\n" * 3),
        "doubled": lambda path: path.write_bytes(path.read_bytes() * 2),
        "folder": _put_folder,
        "link": _put_link,
        "beside": lambda path: _beside(path).write_text("mine"),
    }

    def points(self, on: Prepared) -> list[Point]:
        if not on.scenario.built or not on.scenario.site or isinstance(on.scenario, Serve | Merge):
            return []
        kept = [
            name
            for name in on.states.before
            if name.startswith(("cache/", "docs/", "site/"))
            and not name.endswith("/")
            and name != HANDWRITTEN
        ]
        return [
            Point(f"{way}:{name}", f"{way} {_kind_of_kept(name)}")
            for name, way in product(kept, self.WAYS)
            if not (way == "beside" and (name.startswith("docs/dev") or name.count("/") < 2))
        ]

    def attempt(self, on: Prepared, point: str) -> Iterator[str]:
        way, _, name = point.partition(":")
        with on.place() as folder:
            self.WAYS[way](folder / name)
            states = on.states
            before = oracle.tree(folder)
            ended = on.scenario.next(folder, "again")
            now = oracle.tree(folder)
            if way in {"folder", "link", "beside"} and ended.code in {2, 3}:
                # What nobody can have meant may be refused, with the old site as it was.
                yield from oracle.ended_well(ended, {2, 3})
                yield from oracle.same(before, now, ("content", "site"), "that before")
                if Path(name).name not in ended.said and name.partition("/")[0] not in ended.said:
                    yield f"the message doesn't name {name}: {ended.said[-300:]}"
                self._repair(folder / name, way, on.base / name)
                ended = on.scenario.next(folder, "again")
            for own in folder.glob(f"docs/.*/*/{Path(HANDWRITTEN).relative_to('docs')}"):
                # What may be a person's was moved away, with a word: the person puts it back.
                if not re.search(r"docs/\.\S*/", ended.said):
                    yield f"{HANDWRITTEN} was moved without a word"
                own.rename(folder / HANDWRITTEN)
                shutil.rmtree(folder / Path(*own.relative_to(folder).parts[:2]))
                ended = on.scenario.next(folder, "again")
            yield from on.scenario.finally_(
                Following("again", ended, folder, states, before, on.fresh)
            )

    def _repair(self, path: Path, way: str, original: Path) -> None:
        if way == "beside":
            _beside(path).unlink()
            return
        if path.is_dir() and not path.is_symlink():
            shutil.rmtree(path)
        else:
            path.unlink(missing_ok=True)
        shutil.copy2(original, path)


def _flipped(data: bytes) -> bytes:
    """The same with one byte in the middle that is another."""
    changed = bytearray(data)
    if changed:
        changed[len(changed) // 2] ^= 0xFF
    return bytes(changed)


def _kind_of_kept(name: str) -> str:
    """The same for kept files that are alike."""
    path = Path(name)
    top = path.parts[0]
    if top == "cache" or path.name.startswith("."):
        return re.sub(r"[0-9a-f]{4,}", "N", name)
    if "search/index" in name:
        return f"index {path.suffix} {path.name if path.suffix == '.json' else ''}"
    return f"{top} {path.parts[1] if len(path.parts) > 2 else ''} {path.suffix}"


@dataclass(frozen=True)
class SameTimes(Attack):
    """Edits by which neither the size nor the time of a file changes."""

    EDITS: ClassVar[Mapping[str, tuple[str, bytes, bytes]]] = {
        "list": ("content/daily/2025/2025-03-12.yaml", b"Graphs again", b"Graphs anew!"),
        "tag": ("content/tags/retrieval.yaml", b"What", b"That"),
        "tagging": ("content/tagging/2503/2503.00001.yaml", b"retrieval", b"methods  "),
        "query": ("content/feeds/about-graphs.yaml", b"What", b"That"),
        "settings": ("content/archive.yaml", b"Placeholders", b"Placeholderz"),
        "by-hand": (HANDWRITTEN, b"person", b"people"),
    }

    def points(self, on: Prepared) -> list[Point]:
        if on.scenario.name != "build-edit":
            return []
        return [Point(name, name) for name in self.EDITS]

    def attempt(self, on: Prepared, point: str) -> Iterator[str]:
        name, old, new = self.EDITS[point]
        with on.place() as folder:
            on.scenario.next(folder, "again")
            path = folder / name
            status, data = path.stat(), path.read_bytes()
            if old not in data:
                raise RuntimeError(f"{name} has no {old!r}")
            path.write_bytes(data.replace(old, new))
            os.utime(path, ns=(status.st_atime_ns, status.st_mtime_ns))
            ended = on.scenario.next(folder, "again")
            yield from oracle.ended_well(ended, {0})
            now = oracle.tree(folder)
            made = on.fresh(now, on.scenario.options)
            yield from oracle.same(
                made, now, ("docs", "site"), "that of a build in an empty folder"
            )


@dataclass(frozen=True)
class Orders(Attack):
    """Two site folders that share `docs/` and the cache, built in any order between edits."""

    BUILDS: ClassVar[Mapping[str, tuple[str, ...]]] = {
        "A": ("--site", "site"),
        "B": ("--site", "other"),
        "N": ("--site", "other", "--no-search"),
        "F": ("--site", "site", "--full"),
    }

    def points(self, on: Prepared) -> list[Point]:
        if on.scenario.name != "build-edit":
            return []
        return [
            Point("".join(order), order[0] + order[-1])
            for order in product("ABNF", repeat=4)
            if "A" in order and {"B", "N"} & {*order}
        ]

    def attempt(self, on: Prepared, point: str) -> Iterator[str]:
        with tempfile.TemporaryDirectory(dir=on.root, prefix="try-") as top:
            folder = Path(top)
            start(folder, archive())
            for number, letter in enumerate(point):
                rewrite(folder, _EDITIONS[number]())
                _, site, *more = self.BUILDS[letter]
                arguments = build_arguments(folder)
                arguments[arguments.index("--site") + 1] = str(folder / site)
                environment = on.scenario.environment(folder)
                ended = call([*arguments, *more], folder, None, environment)
                now = oracle.tree(folder)
                made = on.fresh(now, more if "--no-search" in more else ())
                when = f"after {point[: number + 1]}"
                yield from _label(when, oracle.ended_well(ended, {0}))
                yield from _label(when, oracle.same_site(made, now, site))
                yield from _label(when, oracle.no_strays(now))


_EDITIONS: Sequence[Callable[[], Content]] = (archive, edited, edited, archive)
"""Of four builds: the second is of an edit, the third of the same content as the second."""

_REFUSALS = (errno.ENOSPC, errno.EIO, errno.EACCES, errno.EDQUOT)
_SPACE = (errno.ENOSPC, errno.EDQUOT)
_FAILED = frozenset({3})
ATTACKS: Mapping[str, Attack] = {
    each.name: each
    for each in (
        AtOperation("kill", "kill", frozenset({-9}), weight=3),
        AtOperation("kill-in-a-write", "cut and kill", frozenset({-25}), limits=(1, 40, 400),
                    kinds=frozenset({"write"}), breaks_pages=True),
        AtOperation("term", "term", frozenset({143, -15}), is_clean=True, weight=2),
        AtOperation("interrupt", "int", frozenset({130}), is_clean=True),
        AtOperation("refuse-once", "refuse once", _FAILED, is_clean=True, errors=_REFUSALS),
        AtOperation("refuse-writes", "refuse writes", _FAILED, is_clean=True, errors=_SPACE),
        AtOperation("refuse-all", "refuse all", _FAILED, errors=(errno.EIO, errno.EACCES)),
        AtOperation("refuse-a-read", "refuse reads", frozenset({1, 3}), is_clean=True,
                    errors=(errno.EIO, errno.EACCES)),
        AtOperation("stop-in-a-write", "cut", _FAILED, is_clean=True, limits=(1, 40, 400),
                    kinds=frozenset({"write"}), breaks_pages=True),
        FullDisk("full-disk", "none", _FAILED, is_clean=True, breaks_pages=True),
        SpaceComesBack("full-for-a-program", "fill", _FAILED, "worker", is_clean=True),
        AtOperation("kill-a-worker", "kill", _FAILED, "worker", is_clean=True),
        AtOperation("term-a-worker", "term", _FAILED, "worker", is_clean=True),
        AtOperation("refuse-a-worker", "refuse writes", _FAILED, "worker", is_clean=True),
        AtOperation("kill-main-alone", "kill parent", frozenset({-9}), "worker"),
        AtOperation("term-main-alone", "term parent", frozenset({143, -15}), "worker",
                    is_clean=True),
        AtOperation("interrupt-all", "int group", frozenset({130}), "worker", is_clean=True),
        AtOperation("kill-all", "kill all", frozenset({-9}), "worker"),
        AtEitherEnd("kill-at-server", "kill", frozenset({-9})),
        AtEitherEnd("term-at-server", "term", frozenset({143, -15}), is_clean=True),
        TwoAtOnce("two-at-once", weight=2),
        Damage("damage", weight=6),
        SameTimes("same-times"),
        Orders("two-sites", weight=2),
    )
}  # fmt: skip
