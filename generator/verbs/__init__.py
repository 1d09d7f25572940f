"""The verbs of the command: the options of each, one call into the layers below, what it says.

`add` puts all of them into a parser, in the order in which its help lists them. A verb's `run`
takes the options and gives an exit code.
"""

from __future__ import annotations

from generator.verbs import check, digest, feeds, lists, site, tags
from generator.verbs.common import Parser, Verbs


def add(verbs: Verbs, common: Parser) -> None:
    """All verbs; `common` has the options of those that read content."""
    lists.add_import(verbs, common)
    check.add_check(verbs, common)
    check.add_diff(verbs, common)
    site.add_build(verbs, common)
    site.add_merge(verbs)
    feeds.add_check_feeds(verbs, common)
    site.add_serve(verbs, common)
    tags.add_tag(verbs, common)
    tags.add_queue(verbs, common)
    tags.add_rename(verbs, common)
    digest.add_digest(verbs, common)
    lists.add_stats(verbs, common)
