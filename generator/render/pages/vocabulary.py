"""The vocabulary on one page: the tree of tags, what each means, and how many papers have it.

Takes an archive, gives one target.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from functools import partial

from generator.archive.corrections import Corrected, Correction
from generator.archive.model import Archive, TagPage
from generator.core import links, paths
from generator.core.target import Target, digest
from generator.render.pages.page import link, outward, page
from generator.render.pages.tag_tree import tag_tree
from generator.text import markup
from generator.text.dates import counted
from generator.text.markup import Markdown

MAX_CHANGES = 10
"""At most this many changes of tags are shown, the newest."""
Origins = Mapping[tuple[str, str], int]
"""How many papers have a tag, by its slug and its origin, `rule` or `people`."""


def targets(archive: Archive, corrected: Corrected = None) -> Iterator[Target]:
    """The page of the vocabulary; it shows recent changes of tags if corrections are known."""
    changes = [each for each in corrected or () if each.is_of_tag][:MAX_CHANGES]
    origins = _origins(archive)
    sizes = [(each.tag, len(each.entries)) for each in archive.tags.values()]
    make = partial(_vocabulary, archive, origins, changes)
    yield Target(paths.VOCABULARY_PAGE, digest((sizes, sorted(origins.items()), changes)), make)


def _origins(archive: Archive) -> Origins:
    """Counts only tags that people gave, which are few; rules gave all others."""
    tagged = [entry for entry in archive.entries.values() if entry.tagging]
    by_people = Counter(
        use.tag.slug for entry in tagged for use in entry.tags if use.origin == "people"
    )
    origins: dict[tuple[str, str], int] = {}
    for slug, tag_page in archive.tags.items():
        counts = {"rule": tag_page.own - by_people[slug], "people": by_people[slug]}
        origins |= {(slug, origin): count for origin, count in counts.items() if count}
    return origins


def _vocabulary(archive: Archive, origins: Origins, changes: Sequence[Correction]) -> bytes:
    names = sum(len(each.tag.aliases) for each in archive.tags.values())
    return page(
        archive,
        paths.VOCABULARY_PAGE,
        "vocabulary.md.j2",
        title="Vocabulary",
        kind="vocabulary",
        description="What each tag means, and how many papers have it by rule and by people.",
        values={
            "tree": tag_tree(archive, partial(_line, origins)),
            "names": names,
            "by_rule": sum(count for (_, origin), count in origins.items() if origin == "rule"),
            "by_people": sum(count for (_, origin), count in origins.items() if origin == "people"),
            "history": outward("All changes of tags", links.history_url(archive.settings, "tags")),
            "changes": changes,
        },
    )


def _line(origins: Origins, tag_page: TagPage) -> str:
    tag = tag_page.tag
    counts = [(origin, origins.get((tag.slug, origin), 0)) for origin in ("rule", "people")]
    facts = [counted(len(tag_page.entries), "paper")]
    facts += (Markdown(f"{count:,} by {origin}") for origin, count in counts if count)
    label = link(tag.name, paths.VOCABULARY_PAGE, paths.tag_page(tag.slug))
    shown = [f"{label} *{' · '.join(facts)}*", markup.escape(tag.description)]
    if tag.aliases:
        shown.append(f"Also: {', '.join(map(markup.escape, tag.aliases))}.")
    return " ".join(shown)
