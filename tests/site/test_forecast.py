"""What a site will weigh is known before it is made: its files exactly, its size at least."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
import yaml

from generator.cli import main, site_options
from generator.core.model import Content
from generator.core.page_kinds import INDEX
from generator.core.target import Target
from generator.render.targets import all_targets
from generator.site import build, forecast
from generator.site.options import BuildOptions, Folders
from generator.site.size_budget import Weights
from tests.archives import (
    MONDAY,
    ROOT,
    TODAY,
    build_arguments,
    daily,
    joined,
    paper,
    tag,
    tree,
    whole,
    write,
)


def content() -> Content:
    """Papers of a few authors, with a tag that has redirects."""
    papers = [
        paper(
            f"2503.{n:05}", f"Graphs {n}", authors=(f"A. Author {n % 20}",), abstract="Words. " * n
        )
        for n in range(100)
    ]
    tags = [tag("graphs", match=("graphs",), aliases=[f"alias-{n}" for n in range(60)])]
    return whole(daily(MONDAY, *papers), tags=tags)


def built(root: Path, expected: list[Weights], options: BuildOptions | None = None) -> Weights:
    folders = Folders(root / "content", root / "docs", root / "site", ROOT, root / "cache")
    return build.build(folders, TODAY, options or BuildOptions(), expected=expected.append).weights


def test_files_are_counted_and_sizes_are_not_overestimated(tmp_path: Path) -> None:
    write(tmp_path / "content", content())
    found: list[Weights] = []
    real = built(tmp_path, found)
    (expected,) = found
    for group in ("papers", "tags", "authors", "days", "feeds", "feeds of authors"):
        assert expected.groups[group].files == real.groups[group].files, group
        assert expected.groups[group].size <= real.groups[group].size, group
    index = INDEX.group
    assert expected.groups[index].files <= real.groups[index].files
    assert expected.groups[index].size <= real.groups[index].size
    assert 0.5 * real.groups["papers"].size < expected.groups["papers"].size


def test_only_a_new_or_much_larger_site_is_estimated(tmp_path: Path) -> None:
    write(tmp_path / "content", content())
    found: list[Weights] = []
    options = BuildOptions(searchable=False)
    built(tmp_path, found, options)
    built(tmp_path, found, options)
    assert len(found) == 1
    write(tmp_path / "content", whole(tags=[tag("sets", aliases=[f"set-{n}" for n in range(99)])]))
    built(tmp_path, found, options)
    assert len(found) == 2


def test_only_a_sample_is_made() -> None:
    made: list[str] = []

    def watched(target: Target) -> Target:
        def make() -> bytes:
            made.append(target.path)
            return target.make()

        return target._replace(make=make)

    read = joined(daily(MONDAY, *(paper(f"2503.{n:05}") for n in range(500))))
    weights = forecast.forecast(map(watched, all_targets(read)), searchable=False)
    assert weights.groups["papers"].files == 500
    assert 0 < len(made) < 4 * forecast.SAMPLE
    assert INDEX.group not in weights.groups


@pytest.mark.parametrize("strict", [True, False])
def test_a_build_that_would_be_over_budget_says_so_before_it_makes_anything(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    strict: bool,
) -> None:
    tags = [tag(f"t{n}", aliases=[f"t{n}-a{m}" for m in range(50)]) for n in range(20)]
    arguments = build_arguments(tmp_path, write(tmp_path / "content", whole(daily(), tags=tags)))
    monkeypatch.chdir(ROOT)
    monkeypatch.setattr(site_options, "BUDGET", str(tmp_path / "budget.yaml"))
    (tmp_path / "budget.yaml").write_text(yaml.safe_dump({"files": 900, "bytes": 100_000}))
    flags = ["--strict-budget"] if strict else []
    assert main.main([*arguments, "--no-search", *flags]) == int(strict)
    said = capsys.readouterr().err
    before = said.partition("making: ")[0]
    assert "over budget: the site would have 1," in before
    assert "files; the limit is 900" in before
    if strict:
        assert "nothing was built: the limits are in " in said
        assert not [path for path in tree(tmp_path) if path.startswith(("site", "docs", ".site"))]
    else:
        assert (tmp_path / "site" / "index.html").is_file()


def test_a_size_that_is_over_the_limit_is_told_before(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    arguments = build_arguments(tmp_path, write(tmp_path / "content", content()))
    monkeypatch.chdir(ROOT)
    monkeypatch.setattr(site_options, "BUDGET", str(tmp_path / "budget.yaml"))
    (tmp_path / "budget.yaml").write_text("bytes: 100000\n")
    assert main.main([*arguments, "--no-search", "--strict-budget"]) == 1
    said = capsys.readouterr().err
    assert re.search("would have [0-9]{3},[0-9]{3} bytes or more; the limit is 100,000", said), said
    assert not (tmp_path / "site").exists()


def test_a_budget_is_read_up_to_its_limit(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    arguments = build_arguments(tmp_path, write(tmp_path / "content", whole(daily())))
    monkeypatch.chdir(ROOT)
    monkeypatch.setattr(site_options, "BUDGET", str(tmp_path / "budget.yaml"))
    with (tmp_path / "budget.yaml").open("wb") as file:
        file.truncate(1 << 40)
    assert main.main(arguments) == 1
    assert "budget.yaml:0:0: too-large the file is larger than 8 KB" in capsys.readouterr().err
