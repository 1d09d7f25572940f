"""Months of mornings: real feeds and pages, checked as a workflow does it, with what goes wrong.

A morning adds to the content, builds, and compares with what was published last; only what passes
is published. Nobody ever allows anything by hand.
"""

from __future__ import annotations

import json
import random
import shutil
from collections.abc import Iterable
from datetime import date, timedelta
from pathlib import Path

import pytest
from msgspec.structs import replace

from generator.cli import main
from generator.core.model import BreakingChange, Content, DailyList, Tagging
from tests.archives import ROOT, build_arguments, daily, paper, saved, tag, whole, write

FIRST = date(2025, 1, 1)
AUTHORS = [f"A. Author{letter}" for letter in "abcdefgh"]


def listed(day: date, count: int, first: int = 0) -> DailyList:
    """A day's list; each paper has some of the words that rules and queries look for."""
    number = (day - date(2024, 1, 1)).days
    papers = [
        paper(
            f"{day:%y%m}.{number % 1000 * 100 + n:05}",
            f"On {'graphs' if n % 3 else 'sets'}, part {n} of {day}",
            authors=(AUTHORS[(number + n) % len(AUTHORS)],),
        )
        for n in range(first, first + count)
    ]
    return daily(day, *papers)


class Archive:
    """An archive that is built and published below a folder."""

    def __init__(self, root: Path, **settings: int) -> None:
        self.root = root
        self.lists: dict[date, DailyList] = {}
        self.taggings: list[Tagging] = []
        self.said: list[BreakingChange] = []
        self.settings = settings
        self.published = root / "published"

    def add(self, *lists: DailyList) -> None:
        self.lists |= {each.date: each for each in lists}

    def content(self) -> Content:
        return whole(
            *self.lists.values(),
            tags=[tag("graphs", match=("graphs",)), tag("sets"), tag("few")],
            taggings=self.taggings,
            queries=[saved("sets", "sets")],
            breaking_changes=self.said,
            **self.settings,
        )

    def build(self) -> Path:
        shutil.rmtree(self.root / "content", ignore_errors=True)
        write(self.root / "content", self.content())
        arguments = build_arguments(self.root)
        assert main.main([*map(str, arguments), "--no-search", "--jobs", "1"]) == 0
        return self.root / "site"

    def publish(self) -> int:
        """What a push does: 0 if it is published now."""
        site = self.build()
        check = ["check-feeds", "--content", str(self.root / "content"), "--site", str(site)]
        if self.published.exists():
            code = main.main([*check, "--against", str(self.published)])
        else:
            code = 0
        if code == 0:
            shutil.rmtree(self.published, ignore_errors=True)
            shutil.copytree(site, self.published)
        return code

    def entries(self, feed: str = "feed.json") -> list[str]:
        return main_ids(self.published / feed)


def main_ids(feed: Path) -> list[str]:
    return [item["id"].rpartition("/")[2] for item in json.loads(feed.read_bytes())["items"]]


def days(start: date, count: int) -> Iterable[date]:
    return (start + timedelta(n) for n in range(count))


@pytest.fixture
def archive(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Archive:
    monkeypatch.chdir(ROOT)
    return Archive(tmp_path, feed_entries=30)


def test_months_of_mornings_with_all_that_goes_wrong_are_published_by_themselves(
    archive: Archive,
) -> None:
    """Missed publications, days that come late, papers that do, past months, tags by people."""
    chance = random.Random(18)  # always the same mornings
    archive.add(*(listed(day, 6) for day in days(FIRST, 8)))
    assert archive.publish() == 0
    today, missing = FIRST + timedelta(8), list[date]()
    past = FIRST
    published = 0
    for morning in range(10):
        for _ in range(chance.choice([1, 1, 2, 9, 30])):  # so many mornings without a publication
            if chance.random() < 0.15:
                missing.append(today)
            else:
                archive.add(listed(today, chance.choice([1, 2, 3, 4, 12])))
            today += timedelta(1)
        if missing and chance.random() < 0.5:
            archive.add(*(listed(day, 5) for day in missing))  # lists that come days later
            missing.clear()
        if chance.random() < 0.4:
            day = chance.choice(sorted(archive.lists)[-6:])  # a paper that comes late
            has = archive.lists[day]
            more = listed(day, 1, first=60 + morning).papers
            archive.lists[day] = replace(has, papers=(*has.papers, *more))
        if morning % 4 == 1:
            archive.add(*(listed(past - timedelta(n), 7) for n in range(1, 9)))  # a past week
            past -= timedelta(8)
        if chance.random() < 0.4:
            some = chance.sample(sorted(archive.lists), 3)
            keys = [chance.choice(archive.lists[day].papers).id for day in some]
            known = {each.paper for each in archive.taggings}
            archive.taggings += [Tagging(key, ("few",)) for key in set(keys) - known]
        published += archive.publish() == 0
    assert published == 10


def test_missed_mornings_come_whole_with_the_next_push(archive: Archive) -> None:
    archive.add(*(listed(day, 6) for day in days(FIRST, 10)))
    assert archive.publish() == 0
    for day in days(FIRST + timedelta(10), 40):
        archive.add(listed(day, 12))
    assert archive.publish() == 0
    assert archive.entries()[0].startswith("2502.")


def test_past_days_do_not_touch_the_main_feeds(archive: Archive) -> None:
    archive.add(*(listed(day, 1) for day in days(FIRST, 45)))
    assert archive.publish() == 0
    before = {
        path: (archive.published / path).read_bytes()
        for path in ("rss.xml", "atom.xml", "feed.json", "daily/feed.json", "weekly/feed.json")
    }
    archive.add(*(listed(FIRST - timedelta(n), 9) for n in range(1, 30)))
    assert archive.publish() == 0
    assert before == {path: (archive.published / path).read_bytes() for path in before}


def test_a_young_archive_is_not_filled_up_in_crowds(
    archive: Archive, capsys: pytest.CaptureFixture[str]
) -> None:
    archive.add(*(listed(day, 3) for day in days(FIRST, 4)))
    assert archive.publish() == 0
    archive.add(*(listed(FIRST - timedelta(n), 3) for n in range(1, 60)))
    assert archive.publish() == 1
    said = capsys.readouterr()
    assert " too-many-new feed readers would get 18 old entries at once" in said.out
    assert "floods:\n- /\n" in said.err
    archive.said.append(BreakingChange("all", FIRST, "We import all.", floods=("/",)))
    assert archive.publish() == 0


def test_a_list_far_larger_than_all_before_is_not_published_until_it_is_said(
    archive: Archive, capsys: pytest.CaptureFixture[str]
) -> None:
    archive.add(*(listed(day, 6) for day in days(FIRST, 10)))
    assert archive.publish() == 0
    archive.add(listed(FIRST + timedelta(10), 101), listed(FIRST + timedelta(11), 7))
    assert archive.publish() == 1
    said = capsys.readouterr()
    assert said.out.count(" too-many-new ") == 1
    assert "101 new entries of 2025-01-11 at once; the largest day before had 6" in said.out
    assert "floods:\n- /daily/2025-01-11/\n" in said.err
    flood = BreakingChange("large", FIRST, "A conference.", floods=("/daily/2025-01-11/",))
    archive.said.append(flood)
    assert archive.publish() == 0
    assert "large: A conference.: " in capsys.readouterr().err
