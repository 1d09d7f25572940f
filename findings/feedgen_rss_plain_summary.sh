#!/bin/sh
# feedgen 1.0.0: summary(..., type="text") is right in Atom, and loses text in RSS.
#
# One would expect that a summary declared to be plain text reads the same in both formats. feedgen
# writes the same characters into Atom's <summary type="text">, which is text, and into RSS's
# <description>, which readers take for HTML; it would have to be escaped once more there. So "<"
# before a letter begins an element: feedparser (and `reader`, which uses it) drops it, and with it
# what follows up to ">". Nothing fails; the sentence says something else.
#
# It hurts whoever publishes abstracts (p<q, <think>, List<T>) as RSS and checks them in Atom, and
# the readers of those feeds. Around it: write the RSS description of `html.escape(text)`.
#
# Exits 0 as long as this is so, 1 if it changed.
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/python" -m pip install --quiet --disable-pip-version-check \
    feedgen==1.0.0 feedparser==6.0.14 lxml==6.1.3 python-dateutil==2.9.0.post0
"$folder/venv/bin/python" - <<'PYTHON'
import sys
from datetime import UTC, datetime
from importlib.metadata import version

import feedparser
from feedgen.feed import FeedGenerator

print("feedgen", version("feedgen"), "· feedparser", version("feedparser"))
TEXT = "Works if p<q, and fails when q>p. Emits <think> and </think>."
day = datetime(2025, 3, 10, tzinfo=UTC)

feed = FeedGenerator()
feed.id("tag:example.org,2025:feed")
feed.title("Placeholder")
feed.description("Placeholder")
feed.link(href="https://example.org/", rel="alternate")
feed.updated(day)
entry = feed.add_entry()
entry.guid("tag:example.org,2025:papers/1")
entry.title("A Placeholder Paper")
entry.link(href="https://example.org/papers/1/")
entry.updated(day)
entry.summary(TEXT, type="text")

shown = {}
for name, document in (("Atom", feed.atom_str(pretty=True)), ("RSS", feed.rss_str(pretty=True))):
    (line,) = (each for each in document.decode().splitlines() if "Works if" in each)
    (found,) = feedparser.parse(document).entries
    shown[name] = found.summary
    print(f"{name}: {line.strip()}")
    print(f"  read as {found.summary_detail.type}: {found.summary}")

is_so = shown == {"Atom": TEXT, "RSS": "Works if p<q>p. Emits  and ."}
print("as described" if is_so else f"CHANGED; given was: {TEXT}")
sys.exit(not is_so)
PYTHON
