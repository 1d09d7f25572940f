#!/bin/sh
# feedgen 1.0.0: links of Atom entries lose rel, type, title, hreflang and length.
#
# One would expect <link rel="related" type="application/pdf"> beside the entry's page. feedgen's
# loop over an entry's links reuses its variable for the new element, so all but href is looked up
# in that and never written (FeedEntry.atom_entry; open as python-feedgen issue 135). A link without
# rel is an alternate: the entry has two of them, which RFC 4287 (4.1.2) forbids, and feedparser (and
# `reader`, which uses it) takes the last for the entry's address. RSS of the same feed is right.
#
# It hurts whoever gives entries a second link: a click on a paper opens its PDF, or whatever was
# added last, instead of its page, and programs can't find the PDF by its type. Around it: add such
# links by an extension (BaseEntryExtension.extend_atom).
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
PAGE, PDF = "https://example.org/papers/1/", "https://example.org/papers/1.pdf"
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
entry.updated(day)
entry.summary("Placeholder.", type="text")
entry.link(href=PAGE, rel="alternate", type="text/html")
entry.link(href=PDF, rel="related", type="application/pdf", title="PDF")

links, opened = {}, {}
for name, document in (("Atom", feed.atom_str(pretty=True)), ("RSS", feed.rss_str(pretty=True))):
    lines = [each.strip() for each in document.decode().splitlines()]
    links[name] = [each for each in lines if each.startswith("<link") and "/papers/" in each]
    (found,) = feedparser.parse(document).entries
    opened[name] = found.link
    print(f"{name}: {' '.join(links[name])}")
    print(f"  a reader opens {found.link}")

is_so = (
    links["Atom"] == [f'<link href="{PAGE}"/>', f'<link href="{PDF}"/>']
    and opened == {"Atom": PDF, "RSS": PAGE}
)
print("as described" if is_so else "CHANGED")
sys.exit(not is_so)
PYTHON
