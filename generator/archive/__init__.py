"""Content to the archive in memory, and what is counted from it.

Comes in: content that is free of problems. Goes out: an `Archive`, joined and indexed by paper,
day, tag and author, and figures, trends, corrections and the tagging queue of it. Never renders
anything.
"""
