"""Which files below docs/ are a build's: the list of them, and builds where it is damaged."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from generator.core import files, paths
from generator.core.errors import OutsideError
from generator.site import build, generated
from generator.site.generated import Manifest
from generator.site.options import BuildOptions, Folders
from tests.archives import MONDAY, ROOT, daily, paper, tag, tree, whole
from tests.archives import write as write_content

FILES = st.dictionaries(
    st.sampled_from(["a", "b", "c/d", "c/e", "f/g/h"]), st.binary(max_size=3), max_size=5
)


def write(folder: Path, made: dict[str, bytes]) -> int:
    """One run as the build does it; gives how many files it removed."""
    listed = generated.manifest(folder).names
    stale = sorted(listed - made.keys())
    generated.add_to_manifest(folder, made.keys() - listed)
    for name, data in made.items():
        files.write(folder / name, data)
    generated.remove_stale(folder, stale)
    return len(stale)


def contents(folder: Path) -> dict[str, bytes]:
    return {name: data for name, data in tree(folder).items() if name != generated.MANIFEST}


def test_stale_files_are_removed_and_counted(tmp_path: Path) -> None:
    assert write(tmp_path, {"a": b"1", "b/c": b"2"}) == 0
    assert contents(tmp_path) == {"a": b"1", "b/c": b"2"}
    assert write(tmp_path, {"a": b"1", "b/d": b"3"}) == 1
    assert contents(tmp_path) == {"a": b"1", "b/d": b"3"}


def test_unchanged_files_are_not_touched(tmp_path: Path) -> None:
    write(tmp_path, {"a": b"1"})
    os.utime(tmp_path / "a", ns=(1, 1))
    write(tmp_path, {"a": b"1", "b": b"2"})
    assert (tmp_path / "a").stat().st_mtime_ns == 1


def test_empty_folders_go_with_their_last_file(tmp_path: Path) -> None:
    write(tmp_path, {"a/b/c": b"1"})
    write(tmp_path, {})
    assert [path.name for path in tmp_path.iterdir()] == [generated.MANIFEST]


def test_a_file_that_a_person_put_there_stays(tmp_path: Path) -> None:
    write(tmp_path, {"a/b": b"1"})
    (tmp_path / "a" / "mine").write_bytes(b"mine")
    write(tmp_path, {})
    assert contents(tmp_path) == {"a/mine": b"mine"}


@pytest.mark.parametrize("line", ["../outside", "/etc/passwd", "a/../../outside"])
def test_a_damaged_manifest_removes_nothing_outside(tmp_path: Path, line: str) -> None:
    (tmp_path / "outside").write_bytes(b"mine")
    folder = tmp_path / "docs"
    folder.mkdir()
    (folder / generated.MANIFEST).write_text(f"{line}\n", encoding="utf-8")
    write(folder, {})
    assert (tmp_path / "outside").exists()


def test_a_manifest_that_is_no_text_is_an_error_with_a_message(tmp_path: Path) -> None:
    (tmp_path / generated.MANIFEST).write_bytes(b"\xff\xfe")
    try:
        write(tmp_path, {"a": b"1"})
    except OutsideError:
        return
    assert contents(tmp_path) == {"a": b"1"}


def test_a_damaged_manifest_is_told_from_a_whole_one(tmp_path: Path) -> None:
    assert generated.manifest(tmp_path) == Manifest(frozenset(), is_whole=True)
    write(tmp_path, {"a": b"1", "b": b"1", paths.SETTINGS_FILE: b"{}"})
    names = generated.manifest(tmp_path).names
    path = tmp_path / generated.MANIFEST
    whole = path.read_bytes()
    assert generated.manifest(tmp_path).is_whole
    rest = whole.partition(b"\n")[2]
    damages = [
        b"",
        whole[:-2],
        whole[5:],
        whole + b"c\n",
        rest,
        whole.replace(b"b\n", b""),
        b"\0" * 9,
    ]
    for damaged in damages:
        path.write_bytes(damaged)
        assert not generated.manifest(tmp_path).is_whole, damaged
        assert generated.manifest(tmp_path).names <= {
            *names,
            "c",
            whole[5:].partition(b"\n")[0].decode(),
        }
    path.unlink()
    assert generated.manifest(tmp_path) == Manifest(frozenset(), is_whole=False)
    generated.add_to_manifest(tmp_path, set(names))
    assert path.read_bytes() == whole


def test_lines_that_damage_doubled_go(tmp_path: Path) -> None:
    write(tmp_path, {"a": b"1", "b": b"1"})
    path = tmp_path / generated.MANIFEST
    whole = path.read_bytes()
    path.write_bytes(whole * 2)
    write(tmp_path, {"a": b"1", "b": b"1"})
    assert path.read_bytes() == whole


@pytest.mark.parametrize("line", ["a/b", "a\0b", "x" * 300, "folder", "missing"])
def test_a_line_that_names_no_file_is_no_error(tmp_path: Path, line: str) -> None:
    """Damage may join lines, and people may put a folder where a file was."""
    (tmp_path / "a").write_bytes(b"mine")
    (tmp_path / "folder").mkdir()
    (tmp_path / generated.MANIFEST).write_text(f"{line}\n")
    write(tmp_path, {"c": b"1"})
    assert contents(tmp_path) == {"a": b"mine", "c": b"1"}
    assert (tmp_path / "folder").is_dir()
    assert generated.manifest(tmp_path) == Manifest(frozenset({"c"}), is_whole=True)


def test_what_is_set_aside_is_never_replaced(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for text in (b"1", b"2"):
        files.write(tmp_path / "papers/a.md", text)
        generated.set_aside(tmp_path, ["papers/a.md"])
    generated.set_aside(tmp_path, [])
    aside = tmp_path / generated.SET_ASIDE
    assert tree(tmp_path) == {
        f"{aside.name}/1/papers/a.md": b"1", f"{aside.name}/2/papers/a.md": b"2"
    }  # fmt: skip
    assert f"who made papers/a.md: moved to {aside / '1'}." in capsys.readouterr().err


@pytest.mark.parametrize("after", range(4))
def test_an_interrupted_run_leaves_no_file_outside_the_manifest(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, after: int
) -> None:
    write(tmp_path, {"old": b"1"})
    real = files.write
    calls = 0

    def interrupted(path: Path, data: bytes) -> bool:
        nonlocal calls
        calls += 1
        if calls > after:
            raise KeyboardInterrupt
        return real(path, data)

    monkeypatch.setattr(files, "write", interrupted)
    with pytest.raises(KeyboardInterrupt):
        write(tmp_path, {"new": b"2", "newer": b"3"})
    monkeypatch.undo()
    write(tmp_path, {"newest": b"4"})
    assert contents(tmp_path) == {"newest": b"4"}


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(st.lists(FILES, min_size=1, max_size=4))
def test_the_folder_holds_what_the_last_run_made(
    tmp_path_factory: pytest.TempPathFactory, runs: list[dict[str, bytes]]
) -> None:
    folder = tmp_path_factory.mktemp("docs")
    for made in runs:
        write(folder, made)
    assert contents(folder) == runs[-1]


# --- builds -------------------------------------------------------------------------------------

TODAY = date(2100, 1, 1)
KEPT, WITHDRAWN = paper("2503.00001", "Kept"), paper("2503.00002", "On a graph")
GRAPHS = tag("graphs", match=("graph",), aliases=("nets",))
OWN = {"about.md": "# About\n", "contribute.md": "# Contribute\n", "dev/mine.md": "# Mine\n"}
WITHDRAWN_PAGES = ("papers/2503.00002.md", "tags/graphs.md", "tags/graphs/rss.xml")


@pytest.fixture(scope="module")
def before(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A project whose content has a paper that will be withdrawn, built into two folders of docs.

    `docs` is the project's own, with hand-written pages; these are copied to `other`.
    """
    project = tmp_path_factory.mktemp("project")
    shutil.copy(ROOT / "mkdocs.yml", project)
    (project / "generator").symlink_to(ROOT / "generator")
    for name, text in OWN.items():
        files.write(project / "docs" / name, text.encode())
    files.write(project / "docs/old.md", b"# Old\n")
    config = (project / "mkdocs.yml").read_text().replace("/saved-queries.md", "/old.md")
    (project / "mkdocs.yml").write_text(config)
    write_content(project / "content", whole(daily(MONDAY, KEPT, WITHDRAWN), tags=[GRAPHS]))
    for docs in ("docs", "other"):
        make(project, docs)
        assert all((project / docs / name).exists() for name in WITHDRAWN_PAGES)
    return project


def make(
    project: Path, docs: str, *, full: bool = False, site: str = "", cache: str = ""
) -> dict[str, bytes]:
    """Build; gives the site."""
    where = Folders(
        project / "content",
        project / docs,
        project / (site or f"site-{docs}"),
        project,
        project / (cache or f"cache-{docs}"),
    )
    build.build(where, TODAY, BuildOptions(full=full, searchable=False))
    return tree(where.site)


def without_cache(project: Path) -> dict[str, bytes]:
    return {name: data for name, data in tree(project).items() if not name.startswith("cache-")}


@pytest.fixture
def project(before: Path, tmp_path: Path) -> Path:
    """A copy of `before`, from which the paper and a hand-written page are gone."""
    project = tmp_path / "project"
    shutil.copytree(before, project, symlinks=True)
    shutil.rmtree(project / "content")
    write_content(project / "content", whole(daily(MONDAY, KEPT)))
    (project / "docs/old.md").unlink()
    return project


@pytest.fixture(scope="module")
def expected(before: Path, tmp_path_factory: pytest.TempPathFactory) -> dict[str, bytes]:
    """The site that is built from what `project` has, with nothing of a build before."""
    project = tmp_path_factory.mktemp("expected")
    shutil.copy(before / "mkdocs.yml", project)
    (project / "generator").symlink_to(ROOT / "generator")
    for name, text in OWN.items():
        files.write(project / "docs" / name, text.encode())
    write_content(project / "content", whole(daily(MONDAY, KEPT)))
    return make(project, "docs")


def halve(path: Path) -> None:
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])


def flip(path: Path) -> None:
    data = bytearray(path.read_bytes())
    data[len(data) // 3] ^= 1
    path.write_bytes(bytes(data))


def forget_the_withdrawn(path: Path) -> None:
    lines = path.read_bytes().splitlines(keepends=True)
    path.write_bytes(b"".join(line for line in lines if b"2503.00002" not in line))


def as_an_earlier_version_wrote_it(path: Path) -> None:
    path.write_bytes(path.read_bytes().partition(b"\n")[2])


def lose_hidden_files(path: Path) -> None:
    """As a copy of all that a shell's `*` names."""
    path.unlink()
    (path.parent / paths.SETTINGS_FILE).unlink()


DAMAGES: tuple[Callable[[Path], object], ...] = (
    Path.unlink,
    lambda path: path.write_bytes(b""),
    lambda path: path.write_bytes(b"\xff\xfe" * 99),
    halve,
    flip,
    forget_the_withdrawn,
    as_an_earlier_version_wrote_it,
    lose_hidden_files,
)


@pytest.mark.parametrize(
    ("docs", "kept"),
    [("docs", "everything"), ("other", "no cache"), ("docs", "everything, --full")],
)
@pytest.mark.parametrize("damage", DAMAGES)
def test_nothing_withdrawn_is_published_whatever_became_of_the_manifest(
    project: Path,
    expected: dict[str, bytes],
    docs: str,
    kept: str,
    damage: Callable[[Path], object],
) -> None:
    if kept == "no cache":
        shutil.rmtree(project / f"cache-{docs}")
    damage(project / docs / generated.MANIFEST)
    assert make(project, docs, full=kept.endswith("--full")) == expected
    there = {name for name in tree(project / docs) if not name.startswith(generated.SET_ASIDE)}
    assert there.isdisjoint(WITHDRAWN_PAGES)
    assert "old.md" not in there
    assert there >= OWN.keys()
    assert generated.manifest(project / docs) == Manifest(
        frozenset(there - (OWN.keys() if docs == "docs" else set()) - {generated.MANIFEST}),
        is_whole=True,
    )


def test_what_nobody_can_tell_is_set_aside_and_nothing_is_lost(
    project: Path, expected: dict[str, bytes], capsys: pytest.CaptureFixture[str]
) -> None:
    docs = project / "docs"
    mine = {"papers/mine.md": b"# Mine\n", "queue.md": b"# My queue\n", "feeds/a.png": b"1"}
    for name, data in mine.items():
        files.write(docs / name, data)
    (docs / generated.MANIFEST).unlink()
    shutil.rmtree(project / "cache-docs")
    assert make(project, "docs") == expected
    aside = tree(docs / generated.SET_ASIDE / "1")
    assert {name: aside.get(name) for name in mine} == mine
    assert set(WITHDRAWN_PAGES) <= aside.keys()
    assert "papers/2503.00001.md" not in aside, "it has the form of generated pages"
    said = capsys.readouterr().err
    assert (
        "docs/.generated, the list of generated files, is missing, damaged or of an earlier" in said
    )
    assert f"moved to {docs / generated.SET_ASIDE / '1'}" in said
    make(project, "docs")
    assert "set-aside" not in capsys.readouterr().err
    assert tree(docs / generated.SET_ASIDE) == {f"1/{name}": data for name, data in aside.items()}


@pytest.mark.parametrize("site", ["", "site"])
def test_pages_of_people_outlive_builds_that_copy_them(
    project: Path, expected: dict[str, bytes], site: str
) -> None:
    """As `make publish` does beside `make site`, with one cache: records name the copies."""
    for docs in ("docs", "other", "docs", "other"):
        assert make(project, docs, site=site, cache="cache") == expected
        for name, text in OWN.items():
            assert (project / "docs" / name).read_text() == text


@pytest.mark.parametrize("full", [False, True])
@pytest.mark.parametrize("name", ["papers/mine.md", "tags/x/y.png", "api", "queue.md/a"])
def test_a_persons_file_where_a_build_puts_files_is_refused(
    project: Path, name: str, full: bool
) -> None:
    docs = project / "docs"
    first = docs / name.partition("/")[0]
    if first.suffix or name == "api":
        shutil.rmtree(first) if first.is_dir() else first.unlink()
    files.write(docs / name, b"mine")
    before = without_cache(project)
    message = f"{docs / name} is where only generated files belong.*move it to another folder"
    with pytest.raises(OutsideError, match=message):
        make(project, "docs", full=full)
    assert without_cache(project) == before
    files.write(docs / "dev/moved.md", b"# Mine\n")
    (docs / name).unlink()
    files.remove_empty(docs, (docs / name).parent)
    assert "dev/moved/index.html" in make(project, "docs", full=full)


def test_a_page_of_people_is_not_replaced_by_the_first_build(tmp_path: Path) -> None:
    """Somebody adds the generator to a folder of MkDocs that has an index.md already."""
    files.write(tmp_path / "docs/index.md", b"# Mine\n")
    write_content(tmp_path / "content", whole(daily()))
    where = Folders(tmp_path / "content", tmp_path / "docs", tmp_path / "site", ROOT)
    with pytest.raises(OutsideError, match=r"index\.md is where only generated files belong"):
        build.build(where, TODAY)
    assert tree(tmp_path / "docs") == {"index.md": b"# Mine\n"}


def test_a_build_killed_before_the_manifest_is_whole_leaves_it_so(
    project: Path, expected: dict[str, bytes], monkeypatch: pytest.MonkeyPatch
) -> None:
    (project / "docs" / generated.MANIFEST).unlink()
    shutil.rmtree(project / "cache-docs")
    real = os.rename

    def stopped(source: str, target: str) -> None:
        if generated.SET_ASIDE in str(target) and str(source).endswith("rss.xml"):
            raise KeyboardInterrupt
        real(source, target)

    monkeypatch.setattr(os, "rename", stopped)
    with pytest.raises(KeyboardInterrupt):
        make(project, "docs")
    monkeypatch.undo()
    assert not generated.manifest(project / "docs").is_whole
    assert make(project, "docs") == expected


@pytest.mark.parametrize("without", ["mark", "cache", "neither, --full"])
def test_a_whole_build_keeps_nothing_that_no_build_put_into_the_site(
    project: Path, expected: dict[str, bytes], without: str
) -> None:
    site = project / "site-docs"
    for name in ("papers/2503.00001/secret.html", "papers/2503.00009/index.html", "search/x.html"):
        files.write(site / name, b"leaked")
    if without == "mark":
        (site / ".build").unlink()
    elif without == "cache":
        shutil.rmtree(project / "cache-docs")
    assert make(project, "docs", full=without.endswith("--full")) == expected
