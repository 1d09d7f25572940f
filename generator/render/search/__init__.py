"""The search index, made by Pagefind in parts by year.

Comes in: an `Archive`. Goes out: the bundles that a reader's browser loads. Leaves a part alone of
which nothing changed, and never talks to the network.
"""
