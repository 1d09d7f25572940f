"""The groups of a benchmark, each of which compares some commands.

Takes a corpus and a work folder, makes their projects, gives cases. Measures nothing.
"""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

from benchmarks import edits, ours
from benchmarks.corpora import ROOT
from benchmarks.measure import Case, measure
from benchmarks.rivals import hugo, material, pelican

HUGO, COPY = "Hugo", "`cp -r` of our site"
OURS_SITE = "ours, Markdown to site"
OURS_WHOLE = "ours, content to site"
MAX_NAVIGATION = 2_000
"""Maximum papers in stock Material's navigation; more take half an hour and gigabytes."""


@dataclass(slots=True)
class Bench:
    """A corpus, a folder for everything made from it, and the available competitors."""

    content: Path
    papers: int
    work: Path
    pelican: Path | None = None
    skipped: list[str] = field(default_factory=list)
    """Reasons why cases are left out; filled while cases are made."""
    room: int = 25_000_000_000
    """Bytes to leave free on the disk; a copy of 100,000 papers takes six gigabytes."""
    _ready: set[str] = field(default_factory=set)

    @property
    def docs(self) -> Path:
        return self.work / "ready" / "docs"

    @property
    def site(self) -> Path:
        return self.work / "ready" / "site"

    @property
    def target(self) -> Path:
        return self.work / "made"

    def prepare(self) -> None:
        """Build the site once, for rivals that start from its Markdown, and for `cp -r`."""
        command = ours.build(self.content, self.docs, self.site, full=True)
        self.once("ready", lambda _: measure(Case("the first build", command, ROOT)))

    def once(self, name: str, make: Callable[[Path], object]) -> Path:
        """A folder that several groups need, made for the first of them."""
        folder = self.work / name
        if name not in self._ready:
            self.put_aside(folder)
            make(folder)
            self._ready.add(name)
        return folder

    def clear(self) -> None:
        """Move the results of a group aside, before the next group."""
        self.put_aside(self.target)
        self.target.mkdir(parents=True)

    def put_aside(self, path: Path) -> None:
        """Move a folder out of the way.

        Deleting it would slow down the creation of files for five minutes: ext4 skips recently
        deleted inodes one by one (`recently_deleted` in fs/ext4/ialloc.c). Folders that were moved
        earlier are deleted only if the disk gets full.
        """
        if not path.exists():
            return
        if shutil.disk_usage(path).free < self.room:
            self.forget()
        self._past.mkdir(parents=True, exist_ok=True)
        path.rename(self._past / str(len(list(self._past.iterdir()))))

    def forget(self) -> None:
        """Delete the folders that were moved aside."""
        shutil.rmtree(self._past, ignore_errors=True)

    @property
    def _past(self) -> Path:
        return self.work / "past"

    def skip(self, reason: str) -> None:
        if reason not in self.skipped:
            self.skipped.append(reason)


def full(bench: Bench) -> Iterator[Case]:
    """A whole build, other generators, and the lower limit."""
    yield from _ours_site(bench)
    yield from _ours_whole(bench)
    yield from _hugo(bench)
    yield from _pelican(bench)
    yield from _copy(bench)


def quick(bench: Bench) -> Iterator[Case]:
    """A whole build, Hugo, and the lower limit."""
    yield from _ours_site(bench)
    yield from _ours_whole(bench)
    yield from _hugo(bench)
    yield from _copy(bench)


def stock(bench: Bench) -> Iterator[Case]:
    """Stock Material, our build and Hugo, on a corpus that Material can build."""
    bench.prepare()
    project = bench.once("material", lambda folder: material.prepare(bench.docs, folder))
    yield from _ours_site(bench)
    yield from _hugo(bench)
    names = {
        "Material, papers outside the navigation, search off": material.LEARNED,
        "Material as one starts": material.STARTED,
    }
    for name, configuration in names.items():
        if configuration == material.STARTED and bench.papers > MAX_NAVIGATION:
            bench.skip(f"{name}: its time grows quadratically, so at most 2,000 papers")
            continue
        target = bench.target / configuration.removesuffix(".yml")
        environment = {"NO_MKDOCS_2_WARNING": "1"}
        command = material.command(configuration, target)
        yield _case(bench, name, command, project, target, environment)


def incremental(bench: Bench) -> Iterator[Case]:
    """A day's work on an archive that is already built."""
    yield from _days_work(bench)
    yield from _hugo(bench)


def _days_work(bench: Bench) -> Iterator[Case]:
    folder = bench.once("built", partial(_built, bench.content))
    made = bench.target / "a-day"
    command = _build(made)
    changes: dict[str, Callable[[Path], None]] = {
        "ours, nothing changed": edits.nothing,
        "ours, a new day": edits.add_day,
        "ours, one tag given to one paper": edits.tag_paper,
    }
    for name, change in changes.items():
        before = partial(_edited, bench, folder, made, change)
        yield Case(name, command, ROOT, made / "site", before)


def _build(folder: Path) -> list[str]:
    return ours.build(folder / "content", folder / "docs", folder / "site", full=False)


def _built(content: Path, folder: Path) -> None:
    """Build an archive without its newest day."""
    shutil.copytree(content, folder / "content")
    edits.hold_out(folder / "content")
    measure(Case("before the edits", _build(folder), ROOT))


def _edited(bench: Bench, built: Path, made: Path, change: Callable[[Path], None]) -> None:
    """Edit a copy of the built archive with its file times, since undoing an edit leaves traces."""
    bench.put_aside(made)
    measure(Case("a copy of what was built", ["cp", "-a", str(built), str(made)], ROOT))
    change(made / "content")


def loading(bench: Bench) -> Iterator[Case]:
    """Loading content from files; the first case is the start of any Python program."""
    content = bench.content
    yield Case("Python and its imports", ours.step("start"), ROOT)
    yield Case("content read, no cache", ours.step("load", content=content), ROOT)
    cache = bench.work / "loading-cache"
    warm = Case("warm", ours.step("load", content=content, cache=cache), ROOT)
    yield Case("content read, from its cache", warm.command, ROOT, before=_filled(warm, cache))
    yield Case("content read and checked", ours.step("check", content=content), ROOT)


def search(bench: Bench) -> Iterator[Case]:
    """The additional cost of the search index."""
    if not ours.knows("--no-search"):
        bench.skip("the search index alone: builds without --no-search always include it")
        return
    yield from _ours_whole(bench)
    target = bench.target / "ours-search"
    docs = bench.target / "ours-search-docs"
    command = ours.build(bench.content, docs, target, full=True, search=True)
    yield _case(bench, f"{OURS_WHOLE}, with search", command, ROOT, target, also=docs)


def scale(bench: Bench) -> Iterator[Case]:
    """Content to site, and a day's work, for corpora of several sizes."""
    yield next(_ours_whole(bench))
    yield from _days_work(bench)


GROUPS: dict[str, tuple[str, Callable[[Bench], Iterator[Case]], str]] = {
    "full": ("A full build", full, HUGO),
    "incremental": ("A day's work", incremental, HUGO),
    "loading": ("Loading", loading, ""),
    "search": ("The search index", search, ""),
    "stock": ("Stock Material", stock, HUGO),
    "scale": ("Growth", scale, ""),
    "quick": ("A full build", quick, HUGO),
}
"""Title, cases, and the name of the case to compare with."""


# --- commands ---------------------------------------------------------------------------------


def _ours_site(bench: Bench) -> Iterator[Case]:
    bench.prepare()
    target = bench.target / "ours-site"
    command = ours.step("site", docs=bench.docs, site=target)
    yield _case(bench, OURS_SITE, command, ROOT, target)


def _ours_whole(bench: Bench) -> Iterator[Case]:
    for jobs in (0, 2):
        if jobs and not ours.knows("--jobs"):
            bench.skip("two processes: this build has no --jobs")
            continue
        target, docs = bench.target / f"ours-{jobs}", bench.target / f"ours-{jobs}-docs"
        command = ours.build(bench.content, docs, target, full=True, jobs=jobs)
        name = f"{OURS_WHOLE}, {jobs} processes" if jobs else OURS_WHOLE
        yield _case(bench, name, command, ROOT, target, also=docs)


def _hugo(bench: Bench) -> Iterator[Case]:
    if shutil.which("hugo") is None:
        bench.skip("Hugo: it isn't on the PATH; on Debian: apt-get install hugo")
        return
    bench.prepare()
    project = bench.once("hugo", lambda folder: hugo.prepare(bench.docs, bench.site, folder))
    target = bench.target / "hugo"
    yield _case(bench, HUGO, hugo.command(target), project, target)


def _pelican(bench: Bench) -> Iterator[Case]:
    if bench.pelican is None:
        bench.skip("Pelican: it could not be installed with pip")
        return
    bench.prepare()
    project = bench.once("pelican", lambda folder: pelican.prepare(bench.docs, bench.site, folder))
    target = bench.target / "pelican"
    yield _case(bench, "Pelican", pelican.command(bench.pelican, target), project, target)


def _copy(bench: Bench) -> Iterator[Case]:
    bench.prepare()
    target = bench.target / "copy"
    yield _case(bench, COPY, ["cp", "-r", str(bench.site), str(target)], ROOT, target)


def _case(
    bench: Bench,
    name: str,
    command: Sequence[str],
    folder: Path,
    target: Path,
    environment: dict[str, str] | None = None,
    also: Path | None = None,
) -> Case:
    """A case that starts without an old result, since overwriting one has a different cost."""

    def clear() -> None:
        for path in filter(None, (target, also)):
            bench.put_aside(path)

    return Case(name, command, folder, target, clear, environment=environment or {})


def _filled(warm: Case, cache: Path) -> Callable[[], None]:
    def fill() -> None:
        if not cache.exists():
            measure(warm)

    return fill
