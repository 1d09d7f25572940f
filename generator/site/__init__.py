"""The build: what changed since the last one is made again and put in place. Only here is MkDocs.

Comes in: folders. Goes out: the site, whole or as it was. Decides what to make from digests, never
from the clock, and never looks into content itself.
"""
