"""YAML below `content/` to types and back: read, check, merge, write.

Comes in: a content folder. Goes out: well-formed types, a problem for everything that is wrong, and
the text of files. Never renders, and never decides what a page or feed shows.
"""
