"""Paths below `content/` and `docs/`, and the paths of the site.

Takes slugs, keys, names and days, gives paths. Does no I/O. Paths of the site never change once
published: `docs/dev/site-paths.md` lists them, `page_kinds.py` says which kind each is of.
"""

from __future__ import annotations

from datetime import date

from generator.core import ids

# --- below content/ -----------------------------------------------------------------------


def list_file(day: date) -> str:
    """The daily list of a day."""
    return f"daily/{day.year:04}/{day.isoformat()}.yaml"


def tagging_file(key: str, part: str = "") -> str:
    """A tagging file of a paper, in a folder named after the start of the key: folders stay small.

    Without a `part` the file is named after the paper; with one, the folder is, and the file after
    the part.
    """
    start = key[:4].rstrip("-.")
    # Windows can't have a folder con, as for a key that begins with con-.
    folder = start if ids.is_portable(start) else f"{start}-"
    return f"tagging/{folder}/{key}{part and '/'}{part}.yaml"


def tag_file(tag_slug: str) -> str:
    """The file of a tag of the vocabulary."""
    return f"tags/{tag_slug}.yaml"


def query_file(query_slug: str) -> str:
    """The file of a saved query."""
    return f"feeds/{query_slug}.yaml"


def breaking_change_file(slug: str) -> str:
    """The file of a change that breaks links or feeds on purpose."""
    return f"{BREAKING_CHANGES}/{slug}.yaml"


BREAKING_CHANGES = "breaking-changes"

# --- below docs/: the path of a page on the site is that of its file, without .md -----------


def paper_page(key: str) -> str:
    """A paper's page."""
    return f"papers/{key}.md"


def day_page(day: date) -> str:
    """A day's page."""
    return f"daily/{day.isoformat()}.md"


def day_part_page(day: date, number: int) -> str:
    """A further part of a day with very many papers, by its number, from 2."""
    return f"daily/{day.isoformat()}/{number}.md"


def week_name(day: date) -> str:
    """The ISO 8601 week of a day, as 2025-W11."""
    year, week, _ = day.isocalendar()
    return f"{year:04}-W{week:02}"


def month_name(day: date) -> str:
    """The month of a day, as 2025-03."""
    return f"{day.year:04}-{day.month:02}"


def week_page(name: str) -> str:
    """A week's page, by the week's name."""
    return f"weekly/{name}.md"


def month_page(name: str) -> str:
    """A month's page, by the month's name."""
    return f"monthly/{name}.md"


def year_page(year: int) -> str:
    """A year's page."""
    return f"yearly/{year:04}.md"


def tag_page(tag_slug: str) -> str:
    """A tag's page."""
    return f"tags/{tag_slug}.md"


PAGE = ".md"
"""How a page's path ends."""


def listing_year_page(page: str, year: int) -> str:
    """The papers of one year on the page of a tag, an author or a saved query."""
    return f"{page.removesuffix(PAGE)}/{year:04}.md"


def listing_month_page(page: str, day: date) -> str:
    """The papers of one month, that of `day`, on the page of a tag or a saved query."""
    return f"{page.removesuffix(PAGE)}/{month_name(day)}.md"


def tag_path(tag_slug: str, rest: str) -> str:
    """A path of a tag: its page if `rest` is `.md`, else a page or file below it."""
    return f"tags/{tag_slug}{rest}"


def author_page(author_slug: str) -> str:
    """An author's page."""
    return f"authors/{author_slug}.md"


def query_page(query_slug: str) -> str:
    """A saved query's page."""
    return f"feeds/{query_slug}.md"


def query_feeds(query_slug: str) -> str:
    """The folder of a saved query's feeds, ending in a slash."""
    return f"feeds/{query_slug}/"


def query_export_file(query_slug: str, ending: str) -> str:
    """A saved query's papers in a format of citations, by the ending of its files."""
    return f"{query_feeds(query_slug)}{query_slug}.{ending}"


LETTER_FOLDER = "letter"
"""The folder of lists of authors by first letters.

An author with this slug has a page, but none of years: they would lie in this folder.
"""


def author_letter_page(letters: str) -> str:
    """Authors by the first letters of their slug; two levels deep, so no author's slug clashes."""
    return f"authors/{LETTER_FOLDER}/{letters}.md"


HOME_PAGE = "index.md"
DAYS_PAGE = "daily/index.md"
TAGS_PAGE = "tags/index.md"
AUTHORS_PAGE = "authors/index.md"
QUERIES_PAGE = "feeds/index.md"
SEARCH_PAGE = "search.md"
VOCABULARY_PAGE = "vocabulary.md"
"""Not below tags/, where any name may be a tag's slug."""
QUEUE_PAGE = "queue.md"
SUBSCRIBE_PAGE = "subscribe.md"
SEARCH_INDEX = "search/index"
"""The folder of the search index, beside the `index.html` of the search page."""
SEARCH_LISTING = "parts.json"
"""A file of the search index that lists its parts, newest first, for the search page's script."""
SEARCH_RECORD = ".bundles"
"""A file of the search index that records what its bundles were made from and hold."""
TAGS_FILE = "api/v1/tags.json"
RSS_FILE, ATOM_FILE, JSON_FEED_FILE = "rss.xml", "atom.xml", "feed.json"
"""The feeds of the whole archive; other feeds have the same names, in folders of their own."""
FEED_TYPES = {
    RSS_FILE: "application/rss+xml",
    ATOM_FILE: "application/atom+xml",
    JSON_FEED_FILE: "application/feed+json",
}
"""Media types by the name of a feed's file."""
DAILY_FEEDS, WEEKLY_FEEDS = "daily/", "weekly/"
"""Folders of the feeds of digests."""
CORRECTIONS_FEEDS = "corrections/"
"""The folder of the feeds of corrections."""
CORRECTIONS_PAGE = "corrections/index.md"
OPML_FILE = "feeds.opml"
FEED_STYLE = "assets/feed.css"
"""A file of the theme: the style sheet for feeds that are opened in a browser."""
SITEMAP_FILE = "sitemap.xml"
SETTINGS_FILE = ".archive.json"
"""A file below docs/ for MkDocs' hooks; the site doesn't have it."""


def sitemap_part(name: str) -> str:
    """One part of the sitemap, by its name."""
    return f"sitemaps/{name}.xml"


def tag_feeds(tag_slug: str) -> str:
    """The folder of a tag's feeds."""
    return f"tags/{tag_slug}/"


def author_feeds(author_slug: str) -> str:
    """The folder of an author's feeds."""
    return f"authors/{author_slug}/"


def month_feed(name: str) -> str:
    """The Atom document with a month's papers, by the month's name."""
    return f"monthly/{name}/{ATOM_FILE}"


def site_path(page: str) -> str:
    """The path of a Markdown page on the site: without a leading slash, ending in a slash."""
    stem = page.removesuffix(".md")
    if stem == "index":
        return ""
    return f"{stem.removesuffix('/index')}/"


def page_url(site_url: str, page: str) -> str:
    """The absolute URL of a Markdown page."""
    return site_url + site_path(page)


def address(path: str) -> str:
    """How people write the path on the site of a page or file: `/papers/2503.01496/`."""
    return f"/{site_path(path) if path.endswith(PAGE) else path.removesuffix('index.html')}"


def site_file(path: str) -> str:
    """The file of the site that is made from a file below docs/."""
    if not path.endswith(".md"):
        return path
    # Called for each target: most pages aren't the index of a folder, and need only this.
    return (
        f"{site_path(path)}index.html" if path.endswith("index.md") else f"{path[:-3]}/index.html"
    )


def page_name(page: str) -> str:
    """The name of a period's page as people see it: the last part of its path, as 2025-W11."""
    return "All days" if page == DAYS_PAGE else page.removesuffix(".md").split("/")[-1]


def relative(page: str, target: str) -> str:
    """The relative link from a Markdown page to another file below docs/."""
    here = page.split("/")[:-1]
    there = target.split("/")
    while here and len(there) > 1 and here[0] == there[0]:
        here, there = here[1:], there[1:]
    return "../" * len(here) + "/".join(there)
