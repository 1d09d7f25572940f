"""What all pages share: the template environment, front matter, links, and a paper's short form.

Takes a page's path and values, gives its Markdown. Knows no kind of page.
"""

from __future__ import annotations

import functools
import json
import re
from collections.abc import Iterable, Mapping
from operator import attrgetter
from typing import TYPE_CHECKING, Any

from generator.archive.model import Archive, Author, Entry, TagUse
from generator.core import paths
from generator.core.model import Tag
from generator.render import preview
from generator.text import dates, markup
from generator.text.markup import Markdown

if TYPE_CHECKING:
    from jinja2 import Environment

MAX_AUTHORS = 5
DESCRIPTION_LENGTH = 155
TITLE_LENGTH = 64
"""At most this many characters of a title are shown in links to the previous and next paper."""
EXCERPT_LENGTH = 280
_DIGEST = attrgetter("digest")
_FEEDS = (("RSS", paths.RSS_FILE), ("Atom", paths.ATOM_FILE), ("JSON", paths.JSON_FEED_FILE))

_BLANK_LINES = re.compile(r"\n{3,}")
_URL_ESCAPES = str.maketrans(
    {
        "&": "&amp;",
        "$": "%24",
        "(": "%28",
        ")": "%29",
        "[": "%5B",
        "]": "%5D",
        "*": "%2A",
        "'": "%27",
    }
)


def page(
    archive: Archive,
    path: str,
    template: str,
    *,
    title: str,
    kind: str,
    description: str,
    values: Mapping[str, Any],
    head: Mapping[str, Any] | None = None,
) -> bytes:
    """Render a page; `title` and `description` are plain text, `head` is added to front matter."""
    front = {"title": title, "description": description, "kind": kind, **(head or {})}
    body = (
        environment()
        .get_template(template)
        .render(archive=archive, settings=archive.settings, path=path, **values)
    )
    text = front_matter(front) + _BLANK_LINES.sub("\n\n", body.strip()) + "\n"
    return text.encode()


def digests(entries: Iterable[Entry]) -> bytes:
    """What a list of papers depends on."""
    return b"".join(map(_DIGEST, entries))


def front_matter(values: Mapping[str, Any]) -> str:
    """YAML front matter, each value as JSON, which is YAML that needs no further quoting."""
    lines = (f"{key}: {json.dumps(value, ensure_ascii=False)}\n" for key, value in values.items())
    return f"---\n{''.join(lines)}---\n\n"


@functools.cache
def environment() -> Environment:
    """The templates; every value that isn't `Markdown` is escaped on output."""
    # A build that makes no page spares the time to load Jinja.
    from jinja2 import Environment, PackageLoader, StrictUndefined  # noqa: PLC0415

    env = Environment(
        loader=PackageLoader("generator.render"),
        autoescape=False,  # noqa: S701 - finalize escapes for Markdown, which HTML escaping can't
        finalize=_finalize,
        undefined=StrictUndefined,
        auto_reload=False,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    env.filters |= {
        "tex": markup.inline,
        "short_title": short_title,
        "paragraphs": markup.paragraphs,
        "day": dates.long_day,
        "short_day": dates.short_day,
        "month": dates.month,
        "number": "{:,}".format,
        "byline": byline,
        "excerpt": excerpt,
        "anchor": anchor,
        "tag_list": tag_list,
        "tag_counts": tag_counts,
        "source_links": source_links,
        "counted": dates.counted,
        "papers": functools.partial(dates.counted, noun="paper"),
        "upvotes": functools.partial(dates.counted, noun="upvote"),
    }
    env.globals |= {
        "author_lines": author_lines,
        "author_names": author_names,
        "feed_links": feed_links,
        "lines": lines,
        "link": link,
        "outward": outward,
        "paths": paths,
    }
    return env


def _finalize(value: object) -> str:
    return value if isinstance(value, Markdown) else markup.escape(str(value))


# --- links ----------------------------------------------------------------------------------


def link(label: str, path: str, target: str) -> Markdown:
    """A link from one page to another file of the site."""
    return Markdown(f"[{_finalize(label)}]({paths.relative(path, target)})")


def link_with(label: str, count: int, path: str, target: str) -> Markdown:
    """A link that shows how many papers there are."""
    return link(Markdown(f"{_finalize(label)} *{count:,}*"), path, target)


def feed_links(folder: str, path: str) -> Markdown:
    """Links to the feeds in a folder, one for each format."""
    made = (f"[{label}]({paths.relative(path, folder + file)})" for label, file in _FEEDS)
    return Markdown(" · ".join(made))


def lines(entries: Iterable[Entry], path: str) -> Markdown:
    """A list of papers on a page outside `papers/`: title, first authors, day and upvotes of each.

    This is a function rather than a template, since a paper is listed on dozens of pages.
    """
    top = "../" * path.count("/")
    return Markdown("\n".join(top.join(_line(entry)) for entry in entries))


def author_lines(authors: Iterable[Author], path: str) -> Markdown:
    """A list of authors: their names, and how many papers each has."""
    made = (f"- {_author_link(author, path)} *{author.count}*" for author in authors)
    return Markdown("\n".join(made))


def author_names(authors: Iterable[Author], path: str) -> Markdown:
    """A list of authors' names, which changes only if an author is added or removed."""
    return Markdown("\n".join(f"- {_author_link(author, path)}" for author in authors))


def _author_link(author: Author, path: str) -> Markdown:
    target = paths.relative(path, paths.author_page(author.slug))
    return Markdown(f"[{markup.inline(author.name)}]({target})")


@functools.lru_cache(maxsize=16_384)
def _line(entry: Entry) -> tuple[str, str]:
    """A paper's line before and after the relative path to the top of the site."""
    paper = entry.paper
    facts = [dates.short_day(entry.listed)]
    if paper.authors:
        facts.insert(0, byline(entry, 2))
    if paper.upvotes is not None:
        facts.append(dates.counted(paper.upvotes, "upvote"))
    shown = " · ".join(facts)
    return f"- [{markup.inline(paper.title)}](", f"{paths.paper_page(entry.key)})\n  *{shown}*"


def literal(text: str) -> Markdown:
    """A block of literal text; indentation works whatever the text contains."""
    return Markdown("".join(f"    {line}\n" for line in text.splitlines()))


def outward(label: str, url: str) -> Markdown:
    """A link out of the site, to a web URL that was checked; empty if the URL is empty."""
    if not url:
        return Markdown("")
    return Markdown(f"[{_finalize(label)}]({url.translate(_URL_ESCAPES)})")


def source_links(entry: Entry) -> Markdown:
    """Links to the paper where it is published, its PDF, code and so on."""
    links = preview.source_links(entry.paper)
    return Markdown(" · ".join([outward(each.label, each.url) for each in links]))


def tag_list(uses: Iterable[TagUse], path: str) -> Markdown:
    """Links to tags, side by side."""
    tags = (use.tag for use in uses)
    return Markdown(" ".join(link(tag.name, path, paths.tag_page(tag.slug)) for tag in tags))


def tag_counts(counts: Iterable[tuple[Tag, int]], path: str) -> Markdown:
    """Links to tags, side by side, with the number of papers of each."""
    made = (link_with(tag.name, count, path, paths.tag_page(tag.slug)) for tag, count in counts)
    return Markdown(" ".join(made))


def anchor(entry: Entry) -> Markdown:
    """The id of a paper's heading in a list."""
    return Markdown("p-" + entry.key.replace(".", "-"))


# --- words ----------------------------------------------------------------------------------


def byline(entry: Entry, most: int = MAX_AUTHORS) -> Markdown:
    """The first authors as text, and how many more there are."""
    return Markdown(preview.byline(entry.paper.authors, most, shown=markup.inline))


def excerpt(entry: Entry) -> Markdown:
    """The summary, or the beginning of the abstract; empty if there is neither."""
    return markup.inline(preview.excerpt(entry.paper, EXCERPT_LENGTH))


def short_title(source: str) -> str:
    """The beginning of a title, for links to the previous and next paper."""
    return markup.excerpt(source, TITLE_LENGTH)


def short_text(source: str) -> str:
    """The beginning of a text as plain text, for the description in a page's head."""
    return markup.plain(markup.excerpt(source, DESCRIPTION_LENGTH))
