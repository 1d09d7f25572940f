"""Feeds as RSS 2.0, Atom and JSON Feed 1.1, an Atom document for each month, and `feeds.opml`.

Comes in: an `Archive`. Goes out: targets. `catalog` decides which feeds there are and what is in
each, `entry` describes an entry independently of formats, and the other modules write the formats.
All times come from the content.
"""
