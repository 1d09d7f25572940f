"""The generator of a paper archive: daily lists in, a website out.

The folders are the flow; `docs/dev/architecture.md` draws it. A folder imports only from folders on
lines below its own, folders on one line don't know each other, and within a folder there are no
circles.
"""
