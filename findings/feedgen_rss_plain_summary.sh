#!/bin/sh
# feedgen 1.0.0: summary(..., type="text") is correct in Atom, but loses text in RSS.
#
# A summary that is declared as plain text should read the same in both formats. feedgen writes the
# same characters to Atom's <summary type="text">, which is plain text, and to RSS's <description>,
# which feed readers parse as HTML, so it would have to be escaped once more. Therefore "<" before a
# letter starts an element there, and feedparser (and `reader`, which uses it) loses the text up to
# the next ">". There is no error, but the sentence has a different meaning.
#
# This affects publishers who write abstracts (p<q, <think>, List<T>) to RSS but check only the Atom
# feed, and their subscribers. Workaround: pass `html.escape(text)` as the RSS description.
#
# Exits with 0 if feedgen behaves as described, with 1 otherwise.
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
