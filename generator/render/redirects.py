"""Old addresses of tags: every other name of a tag leads to it, and what was published stays.

Takes an archive and the targets made for it, gives more targets: a small page that redirects
without JavaScript for each page, and the same bytes for each feed, so that whoever subscribed
before a tag was renamed goes on reading. Never takes the place of a tag.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import partial
from html import escape

from generator.archive.model import Archive
from generator.content import tag_names
from generator.core import page_kinds, paths
from generator.core.target import Target, digest
from generator.text import markup

_PAGE = """\
<!DOCTYPE html>
<html lang="{language}">
<head>
<meta charset="utf-8">
<title>{name}</title>
<meta name="robots" content="noindex">
<link rel="canonical" href="{url}">
<meta http-equiv="refresh" content="0; url={way}">
</head>
<body>
<p><a href="{way}">{name}</a></p>
</body>
</html>
"""


def targets(archive: Archive, made: Iterable[Target]) -> Iterator[Target]:
    """What stands at the old addresses of tags, where `made` has what belongs to them.

    Any other name leads to the tag's page. Of one that was a tag's slug, the pages of years and
    months and the feeds have their old addresses too.
    """
    tags = [each.tag for each in archive.tags.values()]
    names = {tag.slug: tag.name for tag in tags}
    former = tag_names.former(tags)
    below = paths.tag_path("", "")
    # Of very many paths few are taken apart.
    for target in [each for each in made if each.path.startswith(below)]:
        slug, rest = page_kinds.tag_parts(target.path)
        for old, is_whole in former.get(slug, {}).items():
            if is_whole or rest == paths.PAGE:
                yield _moved(archive, target, old, rest, names[slug])


def _moved(archive: Archive, target: Target, old: str, rest: str, name: str) -> Target:
    path = paths.tag_path(old, rest)
    if not path.endswith(paths.PAGE):
        return target._replace(path=path)
    inputs = digest((target.path, name))
    return Target(paths.site_file(path), inputs, partial(_page, archive, target.path, rest, name))


def _page(archive: Archive, path: str, rest: str, name: str) -> bytes:
    address = paths.site_path(path)
    up = "../" * (rest.count("/") + 1)
    text = _PAGE.format(
        language=escape(archive.settings.language),
        name=escape(markup.clean(name)),
        url=escape(archive.settings.site_url + address),
        way=escape(up + address.partition("/")[2]),
    )
    return text.encode()
