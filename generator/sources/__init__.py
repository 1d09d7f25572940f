"""Daily lists from outside sources: one importer for each format, and the merge into `content/`.

Comes in: a source's file. Goes out: daily lists below `content/`, and nothing else. Importing the
same file again changes nothing.
"""
