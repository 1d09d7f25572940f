"""What every part of the archive stands on: types, ids, paths, links, files, cache, git, processes.

Comes in: plain values. Goes out: the types that all folders share, and the few doors to the disk,
to git and to other processes. Never knows YAML, templates, feeds or MkDocs, and nothing of
untrusted text.
"""
