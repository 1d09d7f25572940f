"""Content to the archive in memory, and what is computed from it.

Comes in: content that is free of problems. Goes out: an `Archive`, joined and indexed by paper,
day, tag and author, and statistics, trends, corrections and the tagging queue computed from it.
Never renders anything.
"""
