"""`check --against` and `diff`: whatever would stop a publication is found before the merge.

Each change is made to real files in a real repository. What the pull request doesn't find, the
publication must not find either; what is said in the lines that the check prints passes both.
"""

from __future__ import annotations

import json
import re
import shutil
from datetime import date
from pathlib import Path

import pytest
import yaml
from msgspec.structs import replace

from generator.cli import main
from generator.core.model import BreakingChange, Content, DailyList, Tagging
from tests.archives import (
    ROOT,
    build_arguments,
    commit,
    daily,
    git,
    paper,
    saved,
    tag,
    whole,
    write,
)

CAPSYS = pytest.CaptureFixture[str]
DAYS = (3, 4, 10, 11, 12)
FILE = "breaking-changes/intended.yaml"


def listed(day: int, count: int = 4) -> DailyList:
    papers = [
        paper(
            f"25{day:02}.0000{n}",
            f"{'On graphs' if n % 2 else 'On sets'}, paper {n} of {day}",
            authors=("A. Author", "B. Author") if n < 2 else ("C. Author",) if day > 10 else (),
        )
        for n in range(count)
    ]
    return daily(date(2025, 3, day), *papers)


BASE = whole(
    *map(listed, DAYS),
    tags=[tag("graphs", match=("graphs",)), tag("sets"), tag("few")],
    taggings=[Tagging("2510.00000", ("few",))],
    queries=[saved("on-sets", "sets"), saved("on-graphs", "graphs")],
    feed_entries=15,
)


def run(*arguments: str | Path) -> int:
    return main.main([str(argument) for argument in arguments])


def with_list(what: Content, number: int, **values: object) -> Content:
    lists = list(what.lists)
    lists[number] = replace(lists[number], **values)
    return replace(what, lists=tuple(lists))


def with_paper(what: Content, number: int, place: int, **values: object) -> Content:
    papers = list(what.lists[number].papers)
    papers[place] = replace(papers[place], **values)
    return with_list(what, number, papers=tuple(papers))


def without(values: tuple, slug: str) -> tuple:  # type: ignore[type-arg]
    return tuple(each for each in values if each.slug != slug)


def moved_paper(what: Content, from_: int, to: int) -> Content:
    """The first paper of a list is now in another list."""
    paper_ = what.lists[from_].papers[0]
    taken = with_list(what, from_, papers=what.lists[from_].papers[1:])
    return with_list(taken, to, papers=(*taken.lists[to].papers, paper_))


def settings(**values: object) -> Content:
    return replace(BASE, settings=replace(BASE.settings, **values))


def many_tagged() -> Content:
    """Thirty old papers that a rule now gives a tag, and a base in which it doesn't."""
    old = [paper(f"2501.{n:05}", f"On trees {n}") for n in range(30)]
    lists = [daily(date(2025, 1, 5 + n), *old[5 * n : 5 * n + 5]) for n in range(6)]
    return replace(settings(feed_entries=100), lists=(*lists, *BASE.lists))


OLD_TREES = many_tagged()
RETAGGED = replace(
    OLD_TREES,
    tags=tuple(
        replace(each, match=("trees",)) if each.slug == "few" else each for each in OLD_TREES.tags
    ),
)
LARGE = daily(date(2025, 3, 13), *(paper(f"2513.{n:05}", f"On heaps {n}") for n in range(101)))

BREAKS: dict[str, tuple[Content, Content, str, str, str]] = {
    # name: base, change, code, place, lines
    "a paper's id": (
        BASE,
        with_paper(BASE, 3, 2, id="2511.00009"),
        "id-changed",
        "daily/2025/2025-03-11.yaml:13:7",
        "moved:\n  /papers/2511.00002/: /papers/2511.00009/\n",
    ),
    "a paper on another day": (
        BASE,
        moved_paper(BASE, 3, 2),
        "published-moved",
        "daily/2025/2025-03-10.yaml",
        "redated:\n- /papers/2511.00000/\n",
    ),
    "a paper in another month": (
        BASE,
        replace(
            with_list(BASE, 4, papers=BASE.lists[4].papers[1:]),
            lists=(
                daily(date(2025, 2, 3), BASE.lists[4].papers[0]),
                *with_list(BASE, 4, papers=BASE.lists[4].papers[1:]).lists,
            ),
        ),
        "published-moved",
        "daily/2025/2025-02-03.yaml:7:7",
        "redated:\n- /papers/2512.00000/\n",
    ),
    "a list under another day": (
        BASE,
        with_list(BASE, 4, date=date(2025, 3, 13)),
        "vanished-url",
        "daily/2025/2025-03-12.yaml:0:0",
        "removed:\n- /daily/2025-03-12/\n",
    ),
    "a paper": (
        BASE,
        with_list(BASE, 2, papers=BASE.lists[2].papers[:3]),
        "vanished-url",
        "daily/2025/2025-03-10.yaml:0:0",
        "removed:\n- /papers/2510.00003/\n",
    ),
    "a tag": (
        BASE,
        replace(BASE, tags=without(BASE.tags, "few"), taggings=()),
        "vanished-url",
        "tags/few.yaml:0:0",
        "removed:\n- /tags/few/\n",
    ),
    "a saved query": (
        BASE,
        replace(BASE, queries=without(BASE.queries, "on-sets")),
        "vanished-url",
        "feeds/on-sets.yaml:0:0",
        "removed:\n- /feeds/on-sets/\n",
    ),
    "authors' pages": (
        BASE,
        settings(author_min_papers=10),
        "vanished-url",
        "archive.yaml:9:20",
        "settings:\n  author_min_papers: 3\n",
    ),
    "authors' feeds": (
        BASE,
        settings(author_feed_min_papers=8),
        "feed-vanished",
        "archive.yaml:12:25",
        "settings:\n  author_feed_min_papers: all\n",
    ),
    "all authors' feeds": (
        BASE,
        settings(author_feed_min_papers=0),
        "feed-vanished",
        "archive.yaml:12:25",
        "settings:\n  author_feed_min_papers: all\n",
    ),
    "fewer entries": (
        BASE,
        settings(feed_entries=5),
        "feed-shortened",
        "archive.yaml:10:15",
        "settings:\n  feed_entries: 15\n",
    ),
    "the site's address": (
        BASE,
        settings(site_url="https://new.example.org/"),
        "site-moved",
        "archive.yaml:3:11",
        "settings:\n  site_url: https://example.org/papers/\n",
    ),
    "the archive's id": (
        BASE,
        settings(id="example.org,2026"),
        "id-changed",
        "archive.yaml:4:5",
        'settings:\n  id: "example.org,2025"\n',
    ),
    "a rule that takes many": (
        OLD_TREES,
        RETAGGED,
        "too-many-new",
        "tags/few.yaml:0:0",
        "floods:\n- /tags/few/\n",
    ),
    "a very large day": (
        BASE,
        replace(BASE, lists=(*BASE.lists, LARGE)),
        "too-many-new",
        "daily/2025/2025-03-13.yaml:0:0",
        "floods:\n- /daily/2025-03-13/\n",
    ),
}


@pytest.fixture
def root(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(ROOT)
    return tmp_path / "content"


def begin(root: Path, base: Content, change: Content) -> None:
    """A repository with the base, and the change in its working tree."""
    write(root, base)
    commit(root.parent)
    rewrite(root, change)


def rewrite(root: Path, what: Content) -> None:
    shutil.rmtree(root)
    write(root, what)


def against(root: Path) -> int:
    return run("check", "--content", root, "--against", "HEAD")


def say(root: Path, lines: str) -> Path:
    file = root / FILE
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(f"since: 2025-03-14\nreason: It is intended.\n{lines}")
    return file


@pytest.mark.parametrize("name", BREAKS)
def test_what_breaks_a_promise_is_found_in_the_pull_request(
    root: Path, capsys: CAPSYS, name: str
) -> None:
    base, change, code, place, lines = BREAKS[name]
    begin(root, base, change)
    assert against(root) == 1
    said = capsys.readouterr()
    (line,) = said.out.splitlines()
    assert line.startswith(f"{root}/{place}")
    assert f" {code} " in line
    assert "if it is intended, say in " in line
    assert re.search(rf"\nreason: …\n{re.escape(lines)}```\n", said.err), said.err


@pytest.mark.parametrize("name", BREAKS)
def test_what_is_said_passes_and_is_shown(root: Path, capsys: CAPSYS, name: str) -> None:
    base, change, _, _, lines = BREAKS[name]
    begin(root, base, change)
    say(root, lines)
    assert against(root) == 0, capsys.readouterr().out
    diff = ("diff", "HEAD", "--content", root, "--cache", root.with_name("cache"))
    capsys.readouterr()
    assert run(*diff) == 0
    shown = capsys.readouterr().out
    assert f": intended, {FILE} says: It is intended.\n" in shown
    assert run(*diff, "--format", "markdown") == 0
    assert f": intended, `{FILE}` says: It is intended.\n" in capsys.readouterr().out


@pytest.mark.parametrize("name", BREAKS)
def test_publication_and_pull_request_agree(root: Path, capsys: CAPSYS, name: str) -> None:
    """The same feeds, built and compared: stopped unless it is said, and then not."""
    base, change, code, _, lines = BREAKS[name]
    write(root, base)
    site = build(root)
    published = site.rename(root.with_name("published"))
    rewrite(root, change)
    build(root)
    check = ("check-feeds", "--content", root, "--site", site, "--against", published)
    capsys.readouterr()
    stops = run(*check) == 1
    said = capsys.readouterr()
    # A feed doesn't say how much it should hold: there the pull request is stricter.
    assert stops == (code != "feed-shortened")
    if stops:
        key = lines.partition(":")[0]
        assert f"\n{key}:\n" in said.err
    say(root, lines)
    assert run(*check) == 0, capsys.readouterr().out


def build(root: Path) -> Path:
    arguments = build_arguments(root.parent)
    assert run(*arguments, "--no-search", "--jobs", "1") == 0
    return root.with_name("site")


# ---- what isn't a broken promise


@pytest.mark.parametrize(
    "change",
    [
        replace(BASE, lists=(*BASE.lists, *map(listed, (13, 14, 17)))),
        replace(BASE, lists=(listed(5), *BASE.lists)),
        replace(BASE, taggings=()),
        with_paper(BASE, 2, 0, title="A corrected title", authors=("D. Author",)),
        replace(
            with_list(BASE, 1, papers=tuple(replace(p, authors=()) for p in BASE.lists[1].papers)),
            settings=BASE.settings,
        ),
        settings(title="Another title", feed_entries=16, author_min_papers=2),
    ],
    ids=["new days", "a late day", "untagged", "corrected", "authors corrected", "settings"],
)
def test_everyday_work_breaks_nothing(root: Path, capsys: CAPSYS, change: Content) -> None:
    begin(root, BASE, change)
    assert against(root) == 0, capsys.readouterr().out


def test_an_author_who_has_too_few_papers_after_a_correction_is_no_broken_promise(
    root: Path, capsys: CAPSYS
) -> None:
    change = BASE
    for number in range(len(DAYS)):
        papers = [
            replace(p, authors=tuple(a for a in p.authors if a != "B. Author"))
            for p in change.lists[number].papers
        ]
        change = with_list(change, number, papers=tuple(papers))
    write(root, BASE)
    commit(root.parent)
    published = build(root).rename(root.with_name("published"))
    assert (published / "authors/b-author/rss.xml").exists()
    rewrite(root, change)
    assert against(root) == 0
    site = build(root)
    assert not (site / "authors/b-author/rss.xml").exists()
    check = ("check-feeds", "--content", root, "--site", site, "--against", published)
    assert run(*check) == 0, capsys.readouterr().out


def test_the_settings_alone_explain_that_all_ids_change_even_of_days_that_change(
    root: Path, capsys: CAPSYS
) -> None:
    """The entry of a day has a new id, a new link and another number of papers in its title."""
    moved = settings(site_url="https://new.example.org/", id="new.example.org,2026")
    begin(root, BASE, moved_paper(moved, 3, 4))
    assert against(root) == 1
    printed = re.search(r"```yaml\n(.*)```", capsys.readouterr().err, re.DOTALL)
    assert printed
    assert set(yaml.safe_load(printed[1])) == {"since", "reason", "settings"}
    say(root, "".join(printed[1].splitlines(keepends=True)[2:]))
    assert against(root) == 0, capsys.readouterr().out


def test_what_moved_on_paper_and_is_still_there_is_refused(root: Path, capsys: CAPSYS) -> None:
    begin(root, BASE, BASE)
    say(root, "moved:\n  /feeds/on-sets/: /feeds/on-graphs/\n")
    assert against(root) == 1
    assert "nothing-broken /feeds/on-sets/ still exists" in capsys.readouterr().out


def test_two_papers_that_exchange_their_ids_both_moved(root: Path, capsys: CAPSYS) -> None:
    change = with_paper(with_paper(BASE, 3, 2, id="2511.00003"), 3, 3, id="2511.00002")
    begin(root, BASE, change)
    assert against(root) == 1
    say(
        root,
        "moved:\n  /papers/2511.00002/: /papers/2511.00003/\n"
        "  /papers/2511.00003/: /papers/2511.00002/\n",
    )
    assert against(root) == 0, capsys.readouterr().out


# ---- files that stay


def test_what_was_said_stays_harmless_and_does_not_speak_for_later_changes(
    root: Path, capsys: CAPSYS
) -> None:
    """A paper comes back, and goes again: the first file is no error, and no excuse either."""
    base, gone, _, _, lines = BREAKS["a paper"]
    begin(root, base, gone)
    first = say(root, lines)
    assert against(root) == 0
    kept = first.read_bytes()
    commit(root.parent)
    rewrite(root, base)
    first.parent.mkdir()
    first.write_bytes(kept)
    assert run("check", "--content", root) == against(root) == 0
    commit(root.parent)
    rewrite(root, gone)
    first.parent.mkdir()
    first.write_bytes(kept)
    assert run("check", "--content", root) == 0
    assert against(root) == 1
    (root / "breaking-changes" / "again.yaml").write_text(kept.decode())
    capsys.readouterr()
    assert against(root) == 0, capsys.readouterr().out


def test_what_was_merged_unsaid_can_be_said_later(root: Path, capsys: CAPSYS) -> None:
    """The base has lost it already, and git's history knows that it existed."""
    base, gone, _, _, lines = BREAKS["a paper"]
    begin(root, base, gone)
    commit(root.parent)
    say(root, lines)
    assert against(root) == 0, capsys.readouterr().out
    say(root, lines.replace("2510", "2519"))
    assert against(root) == 1
    assert "nothing-broken there never was /papers/2519.00003/" in capsys.readouterr().out


def test_a_clone_without_history_believes_it(root: Path) -> None:
    base, gone, _, _, lines = BREAKS["a paper"]
    begin(root, base, gone)
    commit(root.parent)
    commit(root.parent)
    shallow = root.parent / "shallow"
    git(root.parent, "clone", "-q", "--depth", "1", f"file://{root.parent}", shallow)
    say(shallow / "content", lines)
    assert against(shallow / "content") == 0


def test_a_file_without_what_it_says_is_refused(root: Path, capsys: CAPSYS) -> None:
    begin(root, BASE, BASE)
    say(root, BREAKS["a tag"][4])
    assert run("check", "--content", root) == 0
    assert against(root) == 1
    assert f"{root}/{FILE}:4:3: nothing-broken /tags/few/ still exists" in capsys.readouterr().out


# ---- what the lines look like, and where the addresses lead


def test_a_file_may_say_as_much_as_a_change_breaks(root: Path, capsys: CAPSYS) -> None:
    """An import that gives very many papers a better id, and a large list that is taken back."""
    slugs = [
        paper(f"a-slug-that-is-as-long-as-many-titles-are-{n:03}", f"T {n}") for n in range(200)
    ]
    lists = (*BASE.lists, daily(date(2025, 3, 13), *slugs))
    better = daily(
        date(2025, 3, 13), *(replace(p, id=f"2513.{n:05}") for n, p in enumerate(slugs[:80]))
    )
    begin(root, replace(BASE, lists=lists), replace(BASE, lists=(*BASE.lists, better)))
    assert against(root) == 1
    printed = re.search(r"```yaml\n(.*)```", capsys.readouterr().err, re.DOTALL)
    assert printed
    assert len(printed[1].splitlines()) == 204
    (root / "breaking-changes").mkdir()
    (root / FILE).write_text(printed[1])
    assert against(root) == 0, capsys.readouterr().out


def test_a_week_that_is_no_longer_over_can_be_said(root: Path, capsys: CAPSYS) -> None:
    """Its digest leaves the feed with the only later list, and its address has a capital letter."""
    begin(root, replace(BASE, lists=(*BASE.lists, listed(18))), BASE)
    assert against(root) == 1
    lines = "removed:\n- /daily/2025-03-18/\nredated:\n- /weekly/2025-W11/\n"
    assert f"\nreason: …\n{lines}```\n" in capsys.readouterr().err
    say(root, lines)
    assert against(root) == 0, capsys.readouterr().out


def test_the_printed_file_can_be_added_as_it_is(root: Path, capsys: CAPSYS) -> None:
    base, _, _, _, _ = BREAKS["a tag"]
    change = replace(
        with_paper(BASE, 3, 2, id="doi:10.1000/ab:c"),
        tags=without(base.tags, "few"),
        taggings=(),
        settings=replace(BASE.settings, id="example.org,2026", feed_entries=10),
    )
    begin(root, base, change)
    assert against(root) == 1
    said = capsys.readouterr().err
    found = re.search(r"add `(.+)`:\n\n```yaml\n(.+?)```", said, re.DOTALL)
    assert found
    file = Path(found[1])
    assert file.parent == root / "breaking-changes"
    assert set(yaml.safe_load(found[2])) == {"since", "reason", "removed", "moved", "settings"}
    file.parent.mkdir()
    file.write_text(found[2])
    assert against(root) == 0, capsys.readouterr().out


def test_moved_pages_redirect_and_moved_queries_keep_their_feeds(
    root: Path, capsys: CAPSYS
) -> None:
    renamed = replace(BASE.queries[1], slug="of-sets")
    change = replace(with_paper(BASE, 3, 2, id="2511.00009"), queries=(BASE.queries[0], renamed))
    begin(root, BASE, change)
    assert BASE.queries[1].slug == "on-sets"
    say(
        root,
        "moved:\n  /papers/2511.00002/: /papers/2511.00009/\n  /feeds/on-sets/: /feeds/of-sets/\n",
    )
    assert against(root) == 0, capsys.readouterr().out
    assert run("diff", "HEAD", "--content", root, "--cache", root.with_name("cache")) == 0
    shown = capsys.readouterr().out
    assert "/papers/2511.00002/ redirects to /papers/2511.00009/\n" in shown
    assert "/feeds/on-sets/rss.xml redirects to /feeds/of-sets/rss.xml\n" in shown
    site = build(root)
    page = (site / "papers/2511.00002/index.html").read_text()
    assert 'content="0; url=../../papers/2511.00009/"' in page
    feed = (site / "feeds/on-sets/rss.xml").read_bytes()
    assert feed == (site / "feeds/of-sets/rss.xml").read_bytes()
    bibliographies = [site / f"feeds/{name}/{name}.bib" for name in ("on-sets", "of-sets")]
    assert bibliographies[0].read_bytes() == bibliographies[1].read_bytes()


def test_json_has_what_is_broken_and_what_is_said(root: Path, capsys: CAPSYS) -> None:
    base, change, _, _, lines = BREAKS["a tag"]
    begin(root, base, change)
    diff = ("diff", "HEAD", "--content", root, "--cache", root.with_name("cache"))
    assert run(*diff, "--format", "json") == 0
    (broken,) = json.loads(capsys.readouterr().out)["broken"]
    assert (broken["problem"]["code"], broken["said"]) == ("vanished-url", "")
    assert broken["way"] == ["removed", "/tags/few/", ""]
    say(root, lines)
    assert run(*diff, "--format", "json") == 0
    (broken,) = json.loads(capsys.readouterr().out)["broken"]
    assert (broken["said"], broken["reason"]) == (FILE, "It is intended.")


def test_every_statement_is_read_as_it_was_written(root: Path) -> None:
    from generator.content import reader

    change = BreakingChange(
        "all-of-it",
        date(2025, 3, 14),
        "Everything at once: for a test.",
        removed=("/tags/a/", "/daily/2025-03-01/"),
        moved=(("/feeds/a/", "/feeds/b/"),),
        redated=("/papers/2503.00001/",),
        floods=("/",),
        settings=(("site_url", "https://example.org/"), ("feed_entries", "100")),
    )
    write(root, replace(BASE, breaking_changes=(change,)))
    assert reader.load_content(root).content.breaking_changes == (change,)
    assert reader.read_breaking_changes(root) == ((change,), ())
