"""The search index, made by Pagefind, with a part for each year.

Comes in: an `Archive`. Goes out: the bundles that a reader's browser loads. Makes only parts that
changed, and never uses the network.
"""
