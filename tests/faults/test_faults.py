"""A few faults of each kind in each command; `make faults` tries many more."""

from __future__ import annotations

import random
import re
import subprocess
import sys

import pytest

from tests.archives import ROOT
from tests.faults import oracle
from tests.faults.attacks import ATTACKS, Point
from tests.faults.process import Ended
from tests.faults.run import Outcome, Try, sampled, table
from tests.faults.scenarios import SCENARIOS


def attack(*words: str) -> subprocess.CompletedProcess[str]:
    """Run the harness in a process of its own, which has no threads when it forks."""
    return subprocess.run(
        [sys.executable, "-m", "tests.faults", *words],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.mark.slow
def test_no_fault_loses_or_wedges_anything() -> None:
    done = attack("--most", "1", "--every", "2", "--jobs", "2")
    assert done.returncode == 0, done.stdout + done.stderr
    words = set(re.findall(r"[a-z-]+", done.stdout))
    assert words >= ATTACKS.keys() | SCENARIOS.keys()


def test_one_try_can_be_made_alone() -> None:
    done = attack("--jobs", "1", "tag kill 1")
    assert "| kill | tag | 1 | 0 |" in done.stdout, done.stdout + done.stderr


def test_a_name_that_nothing_has_is_no_success() -> None:
    done = attack("tag no-such-attack")
    assert done.returncode == 2
    assert "no-such-attack" in done.stderr


# --- the judge itself: it has to see what a fault may do


def ended(code: int = 0, err: str = "", *troubles: str) -> Ended:
    return Ended((), code, "", err, troubles)


OLD = {
    "content/a.yaml": b"old",
    "site/.build": b"1",
    "site/index.html": b"old",
    "docs/a.md": b"old",
}
NEW = {
    "content/a.yaml": b"new",
    "site/.build": b"2",
    "site/index.html": b"new",
    "docs/a.md": b"new",
}


def test_a_half_written_or_lost_file_is_seen() -> None:
    assert not list(oracle.each_old_or_new(OLD, NEW, OLD | {"docs/a.md": b"new"}))
    assert list(oracle.each_old_or_new(OLD, NEW, OLD | {"content/a.yaml": b"ne"}))
    lost = {name: data for name, data in OLD.items() if name != "content/a.yaml"}
    assert list(oracle.each_old_or_new(OLD, NEW, lost)) == ["content/a.yaml is lost"]
    assert list(oracle.each_old_or_new(OLD, NEW, lost, lambda _: True))
    no_page = {name: data for name, data in OLD.items() if name != "docs/a.md"}
    assert list(oracle.each_old_or_new(OLD, NEW, no_page)) == ["docs/a.md is lost"]
    assert not list(oracle.each_old_or_new(OLD, NEW, no_page, lambda name: name == "docs/a.md"))


def test_a_mixed_site_is_seen_if_its_mark_says_whole() -> None:
    mixed = NEW | {"site/index.html": b"old"}
    assert list(oracle.site_is_whole(OLD, NEW, mixed))
    unmarked = {name: data for name, data in mixed.items() if name != "site/.build"}
    assert not list(oracle.site_is_whole(OLD, NEW, unmarked))
    assert list(oracle.site_stands(OLD, NEW, unmarked))
    assert list(oracle.site_is_whole(OLD, NEW, {"content/a.yaml": b"old"}))


@pytest.mark.parametrize(
    "name",
    [
        "content/daily/.a.yaml.part",
        "content/tags/.a.yaml.old.part",
        ".site.new/",
        ".site.new.docs/about.md",
        ".site.old/index.html",
        ".site.aside/",
        "site/search/index/.2025.new/",
    ],
)
def test_what_is_left_of_begun_work_is_seen(name: str) -> None:
    assert list(oracle.no_strays({name: b""}))
    assert not list(oracle.no_strays({"site/papers/old/index.html": b"", "docs/part.md": b""}))


def test_a_lost_tagging_is_seen_even_under_another_name_of_the_tag() -> None:
    tags = {
        "content/tags/new.yaml": b"name: New\naliases: [old]\n",
    }
    before = tags | {"content/tagging/2503/2503.00001/old.yaml": b"tags: [old]\n"}
    after = tags | {"content/tagging/2503/2503.00001/new.yaml": b"tags: [new]\n"}
    assert not list(oracle.no_tagging_lost(before, after, before, {}))
    assert not list(oracle.no_tagging_lost(before, after, after, {}))
    assert list(oracle.no_tagging_lost(before, after, tags, {})) == [
        "a person's tagging is lost: tags new of 2503.00001"
    ]


def test_the_end_of_a_command_is_judged() -> None:
    assert not list(oracle.ended_well(ended(3, "cannot write"), {0, 3}))
    assert list(oracle.ended_well(ended(1, "1 problem"), {0, 3}))
    assert list(oracle.ended_well(ended(3), {0, 3})) == ["exit code 3 without a word"]
    assert not list(oracle.ended_well(ended(130, "interrupted; no file is half-written"), {130}))
    assert list(oracle.ended_well(ended(130, "the build failed"), {130}))
    assert list(oracle.ended_well(ended(3, "Traceback (most recent call last)"), {3}))
    assert list(oracle.ended_well(ended(0, "", "a process lived on"), {0}))


def test_an_untrue_message_is_seen() -> None:
    denial = ended(3, "cannot change all files, so none was changed")
    assert not list(oracle.spoke_truly(denial, OLD, OLD))
    assert list(oracle.spoke_truly(denial, OLD, NEW))


def test_a_sample_has_as_many_kinds_as_possible() -> None:
    points = [Point(str(number), "many") for number in range(50)] + [Point("x", "one")]
    assert "x" in sampled(points, 2, random.Random(1))
    assert sampled(points, 2, random.Random(1)) == sampled(points, 2, random.Random(1))
    assert len(sampled(points, 100, random.Random(1))) == 51


def test_the_table_counts_tries_and_failures() -> None:
    first, second = (Try("tag", "kill", point) for point in "12")
    text = table([Outcome(first, ()), Outcome(second, ("lost",))])
    assert "| kill | tag 1/2 | 2 | 1 |" in text
    assert set(ATTACKS) >= {"kill", "term", "interrupt", "damage", "two-at-once"}
