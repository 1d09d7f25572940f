"""What a change would do: pages, tags and addresses beside those of a git revision.

Comes in: two states of the archive. Goes out: differences and warnings as text, Markdown or JSON.
Never builds a site and changes nothing.
"""
