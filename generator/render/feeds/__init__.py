"""Feeds as RSS 2.0, Atom and JSON Feed 1.1, months as Atom, and the list of all of them.

Comes in: an `Archive`. Goes out: targets. `catalog` decides which feeds there are and what is in
each, `entry` describes an entry once, the other modules write it. Every time comes from the
content.
"""
