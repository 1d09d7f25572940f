"""The contract with subscribers, rule by rule, on feeds of a few entries."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest
from msgspec.structs import replace

from generator.review.feeds import rules
from generator.review.feeds.parse import ParsedEntry, ParsedFeed
from generator.review.feeds.rules import Breach, EntryStatus, Rhythm


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
    path: str = "rss.xml",
    days: frozenset[date] = frozenset(),
) -> list[Breach]:
    feeds = ParsedFeed(tuple(old)), ParsedFeed(tuple(new))
    rhythm = Rhythm(max_per_day, days)
    return list(rules.compare(path, *feeds, rhythm, lambda _: status))


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


@pytest.mark.parametrize("path", ["rss.xml", "tags/graphs/rss.xml"])
def test_whole_new_days_may_be_as_many_as_were_missed(path: str) -> None:
    """New days of up to 100 entries are no flood, whatever the days before had."""
    missed = [item(100 * day + n, day) for day in range(13, 28) for n in range(100)]
    assert codes([*missed, *OLD], path=path) == []


@pytest.mark.parametrize(("largest", "most"), [(2, 100), (25, 100), (30, 120), (90, 360)])
def test_a_day_far_larger_than_those_before_is_a_flood(largest: int, most: int) -> None:
    right = [*(item(100 + n, 13) for n in range(most)), *(item(1000 + n, 14) for n in range(most))]
    assert codes([*right, *OLD], max_per_day=largest) == []
    (breach,) = compare([item(5000, 14), *right, *OLD], max_per_day=largest)
    assert (breach.code, breach.subject) == ("too-many-new", "2025-03-14")
    assert (
        f"{most + 1} new entries of 2025-03-14 at once; the largest day before had {largest}"
        in (breach.message)
    )
    assert [way.line for way in breach.ways] == ["floods: [/daily/2025-03-14/]"]


def test_old_entries_are_counted_together_and_apart_from_new_days() -> None:
    late = [item(6, 11), item(7, 10)]
    assert codes([item(9, 13), item(8, 13), *OLD, *late]) == []
    (breach,) = compare([*OLD, *late, item(8, 10)])
    assert breach.code == "too-many-new"
    assert "3 old entries at once" in breach.message
    assert [way.line for way in breach.ways] == ["floods: [/]"]


def test_a_day_that_was_missed_between_others_is_a_new_day() -> None:
    old = [each for each in OLD if each.published != item(1, 11).published]
    missed = [item(100 + n, 11) for n in range(60)]
    assert codes([*old[:2], *missed, old[2]], old) == []
    assert codes([*old[:2], *missed, old[2]], old, days=frozenset({date(2025, 3, 11)})) == [
        "too-many-new"
    ]


def test_days_before_the_oldest_do_not_fill_up_a_main_feed_but_one_of_a_tag() -> None:
    older = [item(100 + n, 1 + n % 9) for n in range(90)]
    assert codes([*OLD, *older]) == ["too-many-new"]
    assert codes([*OLD, *older], path="tags/graphs/rss.xml") == []


def test_people_may_give_a_tag_to_some_old_papers_but_not_to_very_many() -> None:
    published = frozenset(date(2025, 3, day) for day in range(1, 13))
    few = [item(100 + n, 1 + n % 9) for n in range(20)]
    path = "tags/graphs/rss.xml"
    assert codes([*OLD, *few], path=path, days=published) == []
    (breach,) = compare([*OLD, *few, item(999, 2)], path=path, days=published)
    assert [way.line for way in breach.ways] == ["floods: [/tags/graphs/]"]


# ---- addresses


def test_a_main_feed_that_says_another_address() -> None:
    old, new = (
        ParsedFeed(tuple(OLD), f"https://{host}.example.org/papers/rss.xml")
        for host in ("old", "new")
    )
    (breach,) = rules.compare("rss.xml", old, new, Rhythm(2), lambda _: EntryStatus.BELONGS)
    assert (breach.code, breach.subject) == ("site-moved", "https://old.example.org/papers/")
    assert [way.line for way in breach.ways] == [
        "settings: {site_url: https://old.example.org/papers/}"
    ]
    assert list(rules.compare("a/rss.xml", old, new, Rhythm(2), lambda _: EntryStatus.LEFT)) == []


def test_a_feed_that_had_nothing_can_take_all() -> None:
    assert codes(OLD, [], max_per_day=1) == []


def test_the_most_entries_of_a_day() -> None:
    assert rules.largest_day(ParsedFeed(tuple(OLD))) == 2
    assert rules.largest_day(ParsedFeed((item(1, published=None),))) == 0
    assert rules.largest_day(ParsedFeed(())) == 0


# ---- problems


def test_the_same_breach_in_many_feeds_is_one_problem_of_the_topmost() -> None:
    breach = Breach("id-changed", "x", "It changed", "change it back")
    other = replace(breach, subject="y", message="So did this")
    found = rules.distinct([("tags/b/rss.xml", breach), ("rss.xml", breach), ("a.xml", other)] * 2)
    assert [(path, each.message) for path, each in found] == [
        ("a.xml", "So did this; the same in 1 more feed"),
        ("rss.xml", "It changed; the same in 3 more feeds"),
    ]
