"""Daily lists from elsewhere: one importer a format, and the merge into `content/`.

Comes in: a source's file. Goes out: daily lists below `content/`, and nothing anywhere else.
Importing again changes nothing.
"""
