"""The effect of a change: pages, tags and URLs compared with those of a git revision.

Comes in: two states of the archive. Goes out: differences and warnings as text, Markdown or JSON.
Never builds a site, changes nothing.
"""
