"""`paper-archive check-feeds`: built sites compared with built sites, each rule broken once."""

from __future__ import annotations

import http.server
import json
import shutil
import subprocess
import threading
from collections.abc import Callable
from datetime import date, timedelta
from functools import partial
from pathlib import Path

import pytest
from msgspec.structs import replace

from generator.cli import check_feeds, main
from generator.core.model import BreakingChange, Content, Tagging
from generator.review.feeds import check, rules, sources
from tests.archives import ROOT, build_arguments, daily, paper, tag, whole, write
from tests.effort import peak_memory

CAPSYS = pytest.CaptureFixture[str]
PAGE = ROOT / "docs" / "dev" / "feed-contract.md"


@pytest.fixture(autouse=True)
def _in_the_repository(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(ROOT)


def run(*arguments: str | Path) -> int:
    try:
        return main.main([str(argument) for argument in arguments])
    except SystemExit as ending:
        return int(str(ending.code))


def days(*numbers: int, papers: int = 3) -> Content:
    """Days of March with papers, one of them about graphs."""
    lists = [
        daily(
            date(2025, 3, day),
            *(paper(f"25{day}.0000{n}", f"Paper {n} of {day}") for n in range(papers)),
        )
        for day in numbers
    ]
    graphs = Tagging(f"25{numbers[0]}.00001", ("graphs",))
    return whole(*lists, tags=[tag("graphs"), tag("sets")], taggings=[graphs])


OLD = days(10, 11, 12)


def changed(what: Content, day: int, number: int, **values: object) -> Content:
    """The content with something else said of one paper."""
    one = what.lists[day]
    papers = list(one.papers)
    papers[number] = replace(papers[number], **values)
    return with_list(what, day, papers=tuple(papers))


def with_list(what: Content, day: int, **values: object) -> Content:
    lists = list(what.lists)
    lists[day] = replace(lists[day], **values)
    return replace(what, lists=tuple(lists))


Build = Callable[[Content], Path]


@pytest.fixture(scope="module")
def build(tmp_path_factory: pytest.TempPathFactory) -> Build:
    """Builds a site of some content."""

    def made(what: Content) -> Path:
        root = tmp_path_factory.mktemp("archive")
        write(root / "content", what)
        assert run(*build_arguments(root), "--no-search", "--jobs", "1") == 0
        return root / "site"

    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(ROOT)
        return made


@pytest.fixture(scope="module")
def old(build: Build) -> Path:
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(ROOT)
        return build(OLD)


@pytest.fixture
def copy(old: Path, tmp_path: Path) -> Path:
    """A copy of the old site, to be changed by hand."""
    shutil.copytree(old, tmp_path / "site")
    return tmp_path / "site"


def of(old: Path) -> tuple[str | Path, ...]:
    """The command, with the content that the old site was made of."""
    return ("check-feeds", "--content", old.parent / "content")


def codes(old: Path, new: Path) -> set[str]:
    return {each.code for each in check.check(new, sources.at(str(old))).problems}


# ---- what is right


def test_the_same_site_is_right(old: Path, capsys: CAPSYS) -> None:
    assert run(*of(old), "--against", old, "--site", old) == 0
    said = capsys.readouterr()
    assert said.out == ""
    assert said.err.startswith("no problems in ")


@pytest.mark.parametrize(
    "new",
    [
        days(10, 11, 12, 13),
        days(10, 11, 12, 13, papers=4),
        days(10, 11, 12, 13, 14, 17, 18),
        changed(OLD, 0, 0, title="A corrected title", authors=("A. Author",)),
        replace(OLD, taggings=(Tagging("2510.00001", ("sets",)),)),
        replace(OLD, taggings=()),
    ],
    ids=[
        "a new day",
        "a new day and late papers",
        "new days after a pause",
        "a corrected title",
        "a retag",
        "an untag",
    ],
)
def test_everyday_work_is_right(build: Build, old: Path, new: Content) -> None:
    assert codes(old, build(new)) == set()


# ---- each rule, broken once


@pytest.mark.parametrize(
    ("new", "code", "times"),
    [
        (changed(OLD, 1, 1, id="2511.00009"), "id-changed", 1),
        (replace(OLD, settings=replace(OLD.settings, id="example.org,2026")), "id-changed", 9),
        (with_list(OLD, 2, date=date(2025, 3, 13)), "published-moved", 3),
        (with_list(OLD, 1, papers=OLD.lists[1].papers[1:]), "entry-vanished", 1),
        (with_list(OLD, 0, papers=OLD.lists[0].papers[1:]), "entry-vanished", 1),
        (replace(OLD, lists=OLD.lists[1:], taggings=()), "entry-vanished", 3),
        (days(10, 11, 12, papers=5), "too-many-new", 1),
    ],
    ids=[
        "a paper's id",
        "the archive's id",
        "a day",
        "a paper",
        "a paper of the oldest day",
        "the oldest day",
        "many late papers",
    ],
)
def test_what_breaks_the_contract(
    build: Build, old: Path, new: Content, code: str, times: int
) -> None:
    found = check.check(build(new), sources.at(str(old))).problems
    papers = [each for each in found if each.code == code and "papers/" in each.message]
    assert len(papers or found) == times
    assert {each.code for each in found if "papers/" in each.message} <= {code}


def test_a_feed_that_is_gone(old: Path, copy: Path) -> None:
    (copy / "tags" / "graphs" / "rss.xml").write_bytes((old / "rss.xml").read_bytes())
    assert codes(copy, copy) == set()
    (copy / "tags" / "graphs" / "rss.xml").rename(copy / "gone")
    before = copy.with_name("before")
    shutil.copytree(copy, before)
    (before / "gone").rename(before / "tags" / "graphs" / "rss.xml")
    (problem,) = check.check(copy, sources.at(str(before))).problems
    assert (problem.code, problem.path) == ("feed-vanished", str(copy / "tags/graphs/rss.xml"))


def test_a_feed_that_is_broken(old: Path, copy: Path) -> None:
    whole_feed = (copy / "rss.xml").read_bytes()
    (copy / "rss.xml").write_bytes(whole_feed[:-9])
    assert codes(old, copy) == {"feed-broken"}
    assert codes(copy, old) == {"old-feed-broken"}


def test_a_feed_that_is_new_and_broken(old: Path, copy: Path) -> None:
    (copy / "tags" / "new").mkdir()
    (copy / "tags" / "new" / "feed.json").write_bytes(b"[" * 100_000)
    assert codes(old, copy) == {"feed-broken"}


ATOM = """<feed xmlns="http://www.w3.org/2005/Atom"><entry>
<id>tag:example.org,2025:papers/2510.00000</id><title>T</title>
<published>2025-03-10T00:00:00Z</published><updated>2025-03-10T00:00:00Z</updated>
<content>Text</content><category term="graphs"/></entry></feed>"""


def test_an_update_without_a_change(copy: Path) -> None:
    before = copy.with_name("before")
    shutil.copytree(copy, before)
    (before / "atom.xml").write_text(ATOM)
    (copy / "atom.xml").write_text(ATOM.replace("10T00:00:00Z</up", "11T00:00:00Z</up"))
    assert codes(before, copy) == {"updated-moved"}
    (copy / "atom.xml").write_text(ATOM.replace('"graphs"', '"sets"'))
    assert codes(before, copy) == set()


@pytest.mark.parametrize(
    ("page", "expected"),
    [
        ('<a href="../../tags/graphs/">Graphs</a>', {"entry-vanished"}),
        ('<a href="../../tags/graphs-of-all/">Graphs</a>', set()),
        (None, {"entry-vanished"}),
    ],
    ids=["it has the tag", "it has another", "it is gone"],
)
def test_a_paper_may_leave_the_feed_of_a_tag_it_no_longer_has(
    copy: Path, page: str | None, expected: set[str]
) -> None:
    feed = "tags/graphs/atom.xml"
    before = copy.with_name("before")
    shutil.copytree(copy, before)
    (before / feed).write_text(ATOM)
    (copy / feed).write_text(ATOM[: ATOM.index("<entry>")] + "</feed>")
    own = copy / "papers" / "2510.00000" / "index.html"
    own.unlink() if page is None else own.write_text(page)
    assert codes(before, copy) == expected


# ---- the command


def test_a_finding_is_a_line_and_can_be_allowed(old: Path, copy: Path, capsys: CAPSYS) -> None:
    text = (copy / "rss.xml").read_text()
    (copy / "rss.xml").write_text(text.replace("Wed, 12 Mar", "Thu, 13 Mar"))
    check = (*of(old), "--against", old, "--site", copy)
    assert run(*check) == 1
    said = capsys.readouterr()
    first, *more = said.out.splitlines()
    assert first.startswith(f"{copy / 'rss.xml'}:0:0: published-moved 'Paper ")
    assert len(more) == 2
    assert "pass --allow published-moved; see docs/dev/feed-contract.md" in said.err

    assert run(*check, "--allow", "published-moved,entry-vanished") == 0
    said = capsys.readouterr()
    assert said.out == ""
    assert said.err.count("allowed: ") == 3
    assert run(*check, "--allow", "") == 1
    assert run(*check, "--allow", "entry-vanished", "--allow", "published-moved") == 0
    assert run(*check, "--allow", "everything") == 2
    assert "'everything' is not one of the codes: entry-vanished, " in capsys.readouterr().err


def test_json_and_github(old: Path, copy: Path, capsys: CAPSYS) -> None:
    (copy / "rss.xml").write_bytes(b"<rss/>")
    check = (*of(old), "--against", old, "--site", copy, "--format")
    assert run(*check, "json") == 1
    (problem,) = json.loads(capsys.readouterr().out)
    assert problem["code"] == "feed-broken"
    assert run(*check, "github") == 1
    assert capsys.readouterr().out.startswith("::error file=")


def test_hostile_titles_stay_on_their_line(old: Path, copy: Path, capsys: CAPSYS) -> None:
    text = (old / "rss.xml").read_text()
    (copy / "rss.xml").write_text(
        text.replace("<title>Paper 0 of 12", "<title>\u202e::error::&#10;x")
    )
    assert run(*of(old), "--against", copy, "--site", old) == 0
    (copy / "rss.xml").write_text(
        text.replace("<title>Paper 0 of 12", "<title>\u202e&#10;::error::x").replace(
            "12 Mar", "9 Mar"
        )
    )
    assert run(*of(old), "--against", copy, "--site", old) == 1
    out = capsys.readouterr().out
    assert "\u202e" not in out
    assert not [line for line in out.splitlines() if not line.startswith(str(old))]


def test_wrong_usage(old: Path, tmp_path: Path, capsys: CAPSYS) -> None:
    assert run(*of(old), "--against", tmp_path / "nowhere", "--site", old) == 2
    assert "to compare with" in capsys.readouterr().err
    assert run(*of(old), "--against", old, "--site", tmp_path) == 2
    assert "build the site first" in capsys.readouterr().err
    assert run(*of(old), "--against", tmp_path, "--site", old) == 2
    assert "has no feeds" in capsys.readouterr().err


class Published:
    """A website on loopback; `code` is what it answers besides, 0: nothing."""

    def __init__(self, root: Path, code: int = 200) -> None:
        class Handler(http.server.SimpleHTTPRequestHandler):
            def do_GET(self) -> None:
                if code == 200:
                    super().do_GET()
                else:
                    self.send_error(code)

            def log_message(self, *_: object) -> None:
                pass

        handler = partial(Handler, directory=str(root))
        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler)
        self.url = f"http://127.0.0.1:{self.server.server_port}/"
        self.thread = threading.Thread(target=self.server.serve_forever, args=(0.01,))

    def __enter__(self) -> str:
        self.thread.start()
        return self.url

    def __exit__(self, *_: object) -> None:
        self.server.shutdown()
        self.thread.join()
        self.server.server_close()


NOWHERE = "http://127.0.0.1:9/"
UNKNOWN = "https://127.0.0.1:9/"
TODAY = date(2025, 6, 1)


@pytest.fixture
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """The same tries without the pauses between them, on a day that stays."""
    monkeypatch.setattr(sources, "LIMITS", sources.LIMITS._replace(pauses=(0.01,)))
    monkeypatch.setattr(check_feeds, "today", lambda: TODAY)


def at(root: Path, site_url: str, *said: BreakingChange) -> Path:
    settings = replace(OLD.settings, site_url=site_url)
    return write(root / "content", replace(OLD, settings=settings, breaking_changes=said))


def moved(former: str, since: date = TODAY) -> BreakingChange:
    return BreakingChange("moved", since, "A new address.", settings=(("site_url", former),))


@pytest.mark.usefixtures("quick")
@pytest.mark.parametrize("url", [NOWHERE, UNKNOWN])
def test_a_site_that_does_not_answer_stops_all_but_the_first_publication(
    old: Path, tmp_path: Path, capsys: CAPSYS, url: str
) -> None:
    what = at(tmp_path, url)
    check_it = ("check-feeds", "--content", what, "--site", old)
    assert run(*check_it) == 3
    said = capsys.readouterr().err
    assert f"cannot fetch {url}rss.xml" in said
    assert "if nothing was published before, pass --first-publication" in said
    assert run(*check_it, "--first-publication") == 0
    said = capsys.readouterr().err
    assert f"nothing to compare with: {url} has no feeds yet; all built feeds can be read" in said
    (what / "archive.yaml").write_text("title: [")
    assert run(*check_it) == 1


@pytest.mark.usefixtures("quick")
@pytest.mark.parametrize(("code", "later", "first"), [(404, 0, 0), (410, 0, 0), (503, 3, 0)])
def test_what_an_answer_means_later_and_at_first(
    old: Path, tmp_path: Path, code: int, later: int, first: int
) -> None:
    with Published(old, code) as url:
        check_it = ("check-feeds", "--content", at(tmp_path, url), "--site", old)
        assert run(*check_it) == later
        assert run(*check_it, "--first-publication") == first


@pytest.mark.usefixtures("quick")
def test_a_first_publication_beside_feeds_that_exist_is_compared_with_them(
    old: Path, copy: Path, tmp_path: Path
) -> None:
    """What is asked for isn't believed where the site knows better."""
    (copy / "rss.xml").write_text((old / "rss.xml").read_text().replace("12 Mar", "13 Mar"))
    with Published(old) as url:
        check_it = ("check-feeds", "--content", at(tmp_path, url), "--site", copy)
        assert run(*check_it, "--first-publication") == 1


@pytest.mark.usefixtures("quick")
def test_a_site_that_moved_lately_is_compared_with_its_former_address(
    build: Build, old: Path, copy: Path, tmp_path: Path, capsys: CAPSYS
) -> None:
    new = build(replace(OLD, settings=replace(OLD.settings, site_url=UNKNOWN)))
    with Published(old) as former:
        long_ago = at(tmp_path, UNKNOWN, moved(former, TODAY - timedelta(31)))
        assert run("check-feeds", "--content", long_ago, "--site", new) == 3
        before = replace(moved(NOWHERE, TODAY - timedelta(9)), slug="moved-before")
        lately = at(tmp_path, UNKNOWN, moved(former), before)
        capsys.readouterr()
        # The archive of this test says another address in its feeds than the one it is served at.
        assert run("check-feeds", "--content", lately, "--site", new) == 1
        assert capsys.readouterr().out.count(" site-moved ") == 1
        said = replace(
            moved(former), slug="in-feeds", settings=(("site_url", OLD.settings.site_url),)
        )
        both = at(tmp_path, UNKNOWN, moved(former), said)
        assert run("check-feeds", "--content", both, "--site", new) == 0
        assert f"compared with 3 from {former}" in capsys.readouterr().err
        shutil.copytree(new, copy.with_name("broken"))
        (copy.with_name("broken") / "rss.xml").write_text("<rss/>")
        assert run("check-feeds", "--content", both, "--site", copy.with_name("broken")) == 1
    assert run("check-feeds", "--content", both, "--site", new) == 0


def test_old_feeds_that_are_broken_are_reported_and_stop_nothing(
    old: Path, copy: Path, capsys: CAPSYS
) -> None:
    (copy / "rss.xml").write_bytes(b"<rss/>")
    assert run(*of(old), "--against", copy, "--site", old) == 0
    assert "allowed: " in (said := capsys.readouterr().err)
    assert " old-feed-broken " in said


def test_files_of_breaking_changes_that_are_wrong_are_said(
    old: Path, tmp_path: Path, capsys: CAPSYS
) -> None:
    what = at(tmp_path, NOWHERE, moved(UNKNOWN))
    file = what / "breaking-changes" / "moved.yaml"
    file.write_text(file.read_text().replace("since", "sinse"))
    assert run("check-feeds", "--content", what, "--site", old, "--against", old) == 1
    assert f"{file}:1:1: unknown-key 'sinse' is not a known key" in capsys.readouterr().err


def test_the_command_changes_nothing(old: Path, copy: Path) -> None:
    before = {path: path.stat().st_mtime_ns for path in copy.rglob("*")}
    assert run(*of(old), "--against", old, "--site", copy) == 0
    assert {path: path.stat().st_mtime_ns for path in copy.rglob("*")} == before


def test_memory_does_not_grow_with_the_number_of_feeds(old: Path, copy: Path) -> None:
    data = (old / "rss.xml").read_bytes()
    for number in range(1_000):
        folder = copy / "authors" / f"a-{number}"
        folder.mkdir(parents=True)
        (folder / "rss.xml").write_bytes(data.replace(b"12 Mar", b"13 Mar"))
    before = copy.with_name("before")
    shutil.copytree(copy, before)
    for path in before.glob("authors/a-*/rss.xml"):
        path.write_bytes(data)
    assert peak_memory(lambda: check.check(copy, sources.at(str(before)))) < 4_000_000
    found = check.check(copy, sources.at(str(before)))
    assert [each.message.partition("; ")[2] for each in found.problems] == [
        "the same in 999 more feeds"
    ] * 3
    assert found.compared == found.built >= 1_001


# ---- documents


def test_the_page_of_the_contract_has_one_row_for_each_code_with_its_meaning() -> None:
    rows = [
        [cell.strip() for cell in line.split("|")[1:3]]
        for line in PAGE.read_text(encoding="utf-8").splitlines()
        if line.startswith("| `")
    ]
    assert rows == [[f"`{code}`", meaning] for code, meaning in sorted(rules.CODES.items())]


def test_the_makefile_passes_what_is_allowed_as_one_argument(tmp_path: Path) -> None:
    """Text typed into a form must not become a command."""
    result = subprocess.run(
        ["make", "--dry-run", "check-feeds"],
        cwd=ROOT,
        env={"PATH": "/usr/bin:/bin", "ALLOW": "$(shell touch made) `touch made`"},
        capture_output=True,
        text=True,
        check=True,
    )
    assert '--allow "$ALLOW"' in result.stdout
    assert "made" not in result.stdout
