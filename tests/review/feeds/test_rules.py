"""The contract with subscribers, rule by rule, on feeds of a few entries."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from msgspec.structs import replace

from generator.review.feeds import rules
from generator.review.feeds.parse import ParsedEntry, ParsedFeed
from generator.review.feeds.rules import Breach, EntryStatus


def item(number: int, day: int = 10, **more: object) -> ParsedEntry:
    moment = datetime(2025, 3, day, tzinfo=UTC)
    made = ParsedEntry(
        id=f"tag:example.org,2025:papers/{number}",
        link=f"https://example.org/papers/{number}/",
        title=f"Paper {number}",
        published=moment,
        updated=moment,
        content=b"content",
    )
    return replace(made, **more)


OLD = [item(5, 12), item(4, 12), item(3, 11), item(2, 11), item(1, 10)]


def compare(
    new: list[ParsedEntry],
    old: list[ParsedEntry] = OLD,
    max_per_day: int = 2,
    status: EntryStatus = EntryStatus.BELONGS,
) -> list[Breach]:
    feeds = ParsedFeed(tuple(old)), ParsedFeed(tuple(new))
    return list(rules.compare(*feeds, max_per_day, lambda _: status))


def codes(new: list[ParsedEntry], old: list[ParsedEntry] = OLD, **more: object) -> list[str]:
    return [breach.code for breach in compare(new, old, **more)]  # type: ignore[arg-type]


def test_an_unchanged_feed_is_right() -> None:
    assert codes(OLD) == []


def test_a_new_day_pushes_the_oldest_out() -> None:
    assert codes([item(7, 13), item(6, 13), *OLD[:2]]) == []


# ---- ids


def test_another_id_for_the_same_page() -> None:
    new = [item(5, 12, id="other", title="Renamed"), *OLD[1:]]
    (breach,) = compare(new)
    assert breach.code == "id-changed"
    assert breach.message == "'Paper 5' (tag:example.org,2025:papers/5) now has the id other"


def test_another_id_for_the_same_title() -> None:
    assert codes([item(9, 12, title="Paper 5"), *OLD[1:]]) == ["id-changed"]


def test_an_id_that_changed_is_neither_gone_nor_new() -> None:
    assert (
        codes([replace(each, id=f"new-{each.id}") for each in OLD], max_per_day=1)
        == ["id-changed"] * 5
    )


# ---- times


def test_a_date_of_publication_that_moved() -> None:
    (breach,) = compare([item(5, 12), item(4, 11, updated=OLD[1].updated), *OLD[2:]])
    assert breach.code == "published-moved"
    assert "was published 2025-03-12, now 2025-03-11" in breach.message


def test_an_update_that_changes_with_the_date_is_one_breach() -> None:
    assert codes([item(5, 12), item(4, 11), *OLD[2:]]) == ["published-moved"]


def test_a_date_of_publication_that_is_lost() -> None:
    assert codes([item(5, 12, published=None), *OLD[1:]]) == ["published-moved"]


def test_an_update_without_a_change() -> None:
    later = datetime(2025, 4, 1, 12, tzinfo=UTC)
    (breach,) = compare([item(5, 12, updated=later), *OLD[1:]])
    assert breach.code == "updated-moved"
    assert "now 2025-04-01T12:00:00+00:00" in breach.message


def test_an_update_with_a_change_and_a_change_without_an_update() -> None:
    later = datetime(2025, 4, 1, tzinfo=UTC)
    assert codes([item(5, 12, updated=later, content=b"other"), *OLD[1:]]) == []
    assert codes([item(5, 12, content=b"other"), *OLD[1:]]) == []


def test_a_format_that_begins_to_have_updates() -> None:
    assert codes(OLD, [replace(each, updated=None) for each in OLD]) == []


# ---- entries that are gone


@pytest.mark.parametrize("gone", range(4))
def test_an_entry_that_is_gone_before_older_ones(gone: int) -> None:
    new = [each for number, each in enumerate(OLD) if number != gone]
    assert codes(new) == ["entry-vanished"]


def test_a_feed_drops_days_whole() -> None:
    assert codes(OLD[:4]) == []
    assert codes(OLD[:3]) == ["entry-vanished"], "a paper of the same day is still there"
    assert codes(OLD[:2]) == []


def test_an_older_entry_further_up_counts_too() -> None:
    old = [item(1, 10), item(3, 12)]
    assert codes(old[:1], old) == ["entry-vanished"]


def test_a_feed_that_is_empty_all_at_once() -> None:
    assert codes([]) == ["entry-vanished"] * 5


def test_newer_entries_may_push_all_others_out() -> None:
    assert codes([item(7, 13), item(6, 13)]) == []


def test_a_removed_page_is_a_breach_wherever_the_entry_was() -> None:
    (breach,) = compare(OLD[:4], status=EntryStatus.REMOVED)
    assert breach.code == "entry-vanished"
    assert "and its page no longer exists" in breach.message


def test_a_paper_that_left_the_tag_is_no_loss() -> None:
    assert codes(OLD[1:], status=EntryStatus.LEFT) == []


# ---- floods


def test_one_new_day_may_be_of_any_size() -> None:
    assert codes([*(item(20 + n, 13) for n in range(30)), *OLD]) == []


def test_more_than_a_day_at_once() -> None:
    new = [item(8, 14), item(7, 13), item(6, 13), *OLD]
    (breach,) = compare(new)
    assert breach.code == "too-many-new"
    assert "3 new entries of new days at once; a day has at most 2" in breach.message


def test_small_days_that_make_up_one_are_no_flood() -> None:
    assert codes([item(7, 14), item(6, 13), *OLD]) == []


def test_late_papers_are_counted_separately() -> None:
    late = [item(6, 11), item(7, 10)]
    assert codes([item(9, 13), item(8, 13), *OLD, *late]) == []
    assert codes([*OLD, *late, item(8, 10)]) == ["too-many-new"]


def test_a_feed_that_had_nothing_can_take_all() -> None:
    assert codes(OLD, [], max_per_day=1) == []


def test_the_most_entries_of_a_day() -> None:
    assert rules.max_per_day(ParsedFeed(tuple(OLD))) == 2
    assert rules.max_per_day(ParsedFeed((item(1, published=None),))) == 0
    assert rules.max_per_day(ParsedFeed(())) == 0


# ---- problems


def test_the_same_breach_in_many_feeds_is_one_problem_of_the_topmost() -> None:
    breach = Breach("id-changed", "x", "It changed", "change it back")
    other = replace(breach, subject="y", message="So did this")
    problems = rules.as_problems(
        [("tags/b/rss.xml", breach), ("rss.xml", breach), ("a.xml", other)] * 2
    )
    assert [(each.path, each.message) for each in problems] == [
        ("a.xml", "So did this; the same in 1 more feed"),
        ("rss.xml", "It changed; the same in 3 more feeds"),
    ]
