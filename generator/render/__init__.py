"""The archive to files: Markdown pages, feeds, the search index, redirects, the sitemap, JSON.

Comes in: an `Archive`. Goes out: targets, each a path, a digest of all it shows and a function that
makes its bytes. Never decides whether a target is made, never writes below docs/ or site/, never
knows MkDocs.
"""
