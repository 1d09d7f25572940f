"""Digests as mail: what a digest contains, and the message as a mail program reads it."""

from __future__ import annotations

import re
from datetime import date
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from pathlib import Path

import pytest

from generator.archive.build import build_archive
from generator.archive.model import Archive
from generator.archive.period import PeriodKind, period_of
from generator.core.errors import UsageError
from generator.core.model import SavedQuery
from generator.mail import compose, digest
from generator.mail.compose import Envelope
from generator.mail.digest import Digest
from tests.archives import MONDAY, ROOT, daily, joined, paper, tag, varied
from tests.render.feeds.test_feeds import HOSTILE, Markup

LEAVE = ("https://example.org/leave?id=1", "mailto:leave@example.org")
GOLDEN = ROOT / "tests" / "golden_mail"
ELEMENTS = set("html head meta title style body table tr td h1 h2 h3 p a".split())
HEADERS = set("From To Subject Date Message-ID List-Id MIME-Version Content-Type".split())


def digest_of(
    read: Archive, kind: PeriodKind = "week", day: date = MONDAY, chosen: str = ""
) -> Digest:
    return digest.digest_for(read, digest.select(read, chosen), period_of(day, kind))


def message(
    read: Archive, kind: PeriodKind = "week", envelope: Envelope | None = None, **more: str
) -> EmailMessage:
    """The mail of the week of MONDAY, read back from its bytes."""
    made = compose.message(read.settings, digest_of(read, kind, **more), envelope or Envelope())  # type: ignore[arg-type]
    found = message_from_bytes(made.as_bytes(), policy=default)
    assert isinstance(found, EmailMessage)
    assert found.defects == []
    return found


def parts(found: EmailMessage) -> tuple[str, str]:
    text, html = found.iter_parts()
    assert (text.get_content_type(), html.get_content_type()) == ("text/plain", "text/html")
    return text.get_content().replace("\r\n", "\n"), html.get_content()


# ---- what a digest contains


def test_a_week_has_each_paper_once_on_the_day_it_was_listed_first() -> None:
    found = digest_of(build_archive(varied()))
    assert [(day.title, [number for number, _ in day.papers]) for day in found.days] == [
        ("Monday, 10 March 2025", [1, 2]),
        ("Wednesday, 12 March 2025", [3]),
    ]
    assert (found.name, found.count) == ("2025-W11", 3)
    assert found.url == "https://example.org/papers/weekly/2025-W11/"


def test_a_day_is_whole_however_long() -> None:
    read = joined(daily(MONDAY, *(paper(f"2503.{n:05}") for n in range(500))))
    assert digest_of(read, "day").count == 500


def test_a_tag_has_its_papers_and_those_of_tags_below_it() -> None:
    found = digest_of(build_archive(varied()), chosen="methods")
    assert [number for day in found.days for number, _ in day.papers] == [1, 2]
    assert found.url == "https://example.org/papers/tags/methods/"


def test_a_saved_query_has_the_papers_it_finds() -> None:
    saved = SavedQuery("placeholders", "Placeholders", "Those.", "placeholder OR methods")
    read = joined(daily(MONDAY, paper("2503.00001"), paper("2503.00002")), queries=[saved])
    found = digest.digest_for(
        read, digest.select(read, query="placeholders"), period_of(MONDAY, "week")
    )
    assert found.count == len(read.queries["placeholders"].entries) > 0
    assert found.url == "https://example.org/papers/feeds/placeholders/"
    mail = compose.message(read.settings, found, Envelope())
    assert "Placeholders" in mail["Subject"]
    assert "feed.placeholders" in mail["List-Id"]
    with pytest.raises(UsageError, match="did you mean placeholders"):
        digest.select(read, query="placeholder")


def test_an_unknown_tag_is_wrong_usage_with_the_nearest() -> None:
    with pytest.raises(UsageError, match="did you mean graphs"):
        digest.select(build_archive(varied()), "graph")


@pytest.mark.parametrize(
    ("count", "shown"),
    [(1, "A 0"), (4, "A 0, A 1, A 2, A 3"), (5, "A 0, A 1, A 2 and 2 more"), (0, "")],
)
def test_lists_of_authors_are_shortened(count: int, shown: str) -> None:
    read = joined(daily(MONDAY, paper(authors=tuple(f"A {n}" for n in range(count)))))
    text, _ = parts(message(read))
    lines = ["  1. A Placeholder", *([f"     {shown}"] if shown else []), "     https://"]
    assert "\n".join(lines) in text


def test_a_long_summary_is_cut() -> None:
    read = joined(daily(MONDAY, paper(summary="Some words of it. " * 90)))
    ((_, short),) = digest_of(read).days[0].papers
    assert 0 < len(short.excerpt) <= digest.EXCERPT_LENGTH


# ---- the message


def test_the_headers() -> None:
    found = message(
        build_archive(varied()), envelope=Envelope("P <p@example.org>", "l@example.org", LEAVE)
    )
    assert {name: str(value) for name, value in found.items()} == {
        "From": "P <p@example.org>",
        "To": "l@example.org",
        "Subject": "Archive of Placeholders: 3 papers, 10 to 16 March 2025",
        "Date": "Sun, 16 Mar 2025 00:00:00 +0000",
        "Message-ID": found["Message-ID"],
        "List-Id": "<all.weekly.example.org>",
        "List-Unsubscribe": "<https://example.org/leave?id=1>, <mailto:leave@example.org>",
        "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
        "MIME-Version": "1.0",
        "Content-Type": str(found["Content-Type"]),
    }
    assert re.fullmatch(r"<2025-W11\.[0-9a-f]{24}@example\.org>", found["Message-ID"])


def test_one_click_needs_https() -> None:
    found = message(joined(daily()), envelope=Envelope(unsubscribe=LEAVE[1:]))
    assert found["List-Unsubscribe-Post"] is None
    assert message(joined(daily()))["List-Unsubscribe"] is None


def test_the_same_content_is_the_same_bytes() -> None:
    def made() -> bytes:
        read = build_archive(varied())
        return compose.message(read.settings, digest_of(read), Envelope()).as_bytes()

    assert made() == made()


def test_the_id_stays_when_texts_are_corrected_and_the_site_moves() -> None:
    moved = joined(
        daily(MONDAY, paper(title="Corrected")), site_url="https://example.com/", title="New"
    )
    assert message(moved)["Message-ID"] == message(joined(daily()))["Message-ID"]


def test_ids_differ_by_archive_period_and_tag() -> None:
    one = joined(daily(), tags=[tag("a", match=("placeholder",))])
    other = joined(daily(), id="example.org,2026")
    found = [message(one), message(one, "day"), message(one, chosen="a"), message(other)]
    assert len({each["Message-ID"] for each in found}) == 4


def test_lines_are_short_and_plain_ascii() -> None:
    """Any server and any relay passes them on as they are (RFC 5322, 2.1.1)."""
    names = tuple("Ö" * 60 for _ in range(9))
    read = joined(daily(MONDAY, paper(title="Ü" * 3000, authors=names)), title="Ä" * 900)
    data = compose.message(read.settings, digest_of(read), Envelope()).as_bytes()
    assert data.isascii()
    assert max(map(len, data.split(b"\r\n"))) <= 78
    assert b"\n" not in data.replace(b"\r\n", b"")


def test_plain_text_is_wrapped_and_links_stand_alone() -> None:
    words = "A sentence that goes on for quite a while, as sentences of abstracts do. "
    read = joined(daily(MONDAY, paper(title="Title " * 30, abstract=words * 20)))
    text, _ = parts(message(read, envelope=Envelope(unsubscribe=LEAVE)))
    for line in text.splitlines():
        assert len(line) <= 72 or line.split() == [line.strip()]
        assert "http" not in line or line.split() == [line.strip()]
    assert "\n  1. Title Title" in text
    assert "\n\n\n\n" not in text
    assert "\n-- \n" in text


def test_html_has_no_scripts_no_images_and_links_that_are_absolute() -> None:
    _, html = parts(message(build_archive(varied()), envelope=Envelope(unsubscribe=LEAVE)))
    found = Markup(html).elements
    assert {name for name, _ in found} - {"declaration DOCTYPE html"} <= ELEMENTS | {
        "declaration doctype html"
    }
    links = [dict(attributes)["href"] or "" for name, attributes in found if name == "a"]
    assert all(link.startswith(("https://", "mailto:")) for link in links)
    assert LEAVE[0] in links
    assert "url(" not in html


@pytest.mark.parametrize(
    "text", [*HOSTILE, "a\r\nBcc: x@example.org", "\u200f\u202eabc", "long " * 500]
)
def test_nothing_in_a_text_becomes_a_header_or_markup(text: str) -> None:
    links = (("<b>code", "https://example.org/?a=1&b='2'"),)
    read = joined(
        daily(
            MONDAY,
            paper(title=f"T {text}", authors=(f"A {text}",), summary=f"S {text}", links=links),
        ),
        tags=[tag("graphs", f"N {text}", match=("T",))],
        title=f"T {text}",
    )
    for chosen in ("", "graphs"):
        found = message(read, chosen=chosen)
        assert set(found.keys()) == HEADERS
        assert len(found["Subject"]) < 220
        assert not re.search("[\u200e\u200f\u202a-\u202e\r\n]", found["Subject"])
        assert found["From"].addresses[0].addr_spec == "digest@example.org"
        _, html = parts(found)
        elements = Markup(html).elements
        assert {name for name, _ in elements} <= ELEMENTS | {"declaration doctype html"}
        assert {
            name for _, attributes in elements for name, _ in attributes if name[:2] == "on"
        } == set()


@pytest.mark.parametrize(
    "text",
    ["", "nobody", "a@b", "a b@example.org", "a@example.org, b@example.org", "<a@example.org"],
)
def test_what_is_not_a_mail_address_is_refused(text: str) -> None:
    with pytest.raises(UsageError):
        compose.address(text)


@pytest.mark.parametrize(
    "text",
    ["http://example.org/", "javascript:x", "https://a b", "leave", "https://u:p@example.org/"],
)
def test_other_ways_to_unsubscribe_are_refused(text: str) -> None:
    with pytest.raises(UsageError):
        compose.unsubscribe(f"mailto:a@example.org, {text}")


def test_ways_to_unsubscribe() -> None:
    assert compose.unsubscribe(f" <{LEAVE[0]}>, {LEAVE[1]},") == LEAVE
    assert compose.unsubscribe("") == ()


@pytest.mark.parametrize(
    ("archive_id", "host"),
    [
        ("example.org,2025", "example.org"),
        ("me@example.org,2025-01", "example.org"),
        ("x,2025", "archive.invalid"),
    ],
)
def test_the_host_of_an_archive(archive_id: str, host: str) -> None:
    assert message(joined(daily(), id=archive_id))["Message-ID"].endswith(f"@{host}>")


# ---- expected files


@pytest.mark.parametrize(
    ("name", "kind", "chosen"),
    [("week", "week", ""), ("day", "day", ""), ("tag", "week", "methods")],
)
def test_golden_mails(name: str, kind: PeriodKind, chosen: str, update_golden: bool) -> None:
    read = build_archive(varied())
    envelope = Envelope("Papers <papers@example.org>", "list@example.org", LEAVE)
    made = compose.message(read.settings, digest_of(read, kind, chosen=chosen), envelope).as_bytes()
    path: Path = GOLDEN / f"{name}.eml"
    if update_golden:
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(made)
    assert made.decode() == path.read_bytes().decode()
