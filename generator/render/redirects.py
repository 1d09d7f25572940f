"""Redirects from old URLs of tags, so that links and subscriptions survive a renaming.

Takes an archive and the targets made for it, gives more targets: for each page a small page that
redirects without JavaScript, and a copy of each feed. Never takes the URL of a tag.
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
<meta http-equiv="refresh" content="0; url={relative_url}">
</head>
<body>
<p><a href="{relative_url}">{name}</a></p>
</body>
</html>
"""


def targets(archive: Archive, made: Iterable[Target]) -> Iterator[Target]:
    """The files at old URLs of tags; `made` has the targets of the tags, among others.

    Each other name of a tag redirects to its page. At a former slug there are also redirects to the
    pages of years and months, and the feeds.
    """
    tags = [each.tag for each in archive.tags.values()]
    names = {tag.slug: tag.name for tag in tags}
    former = tag_names.former(tags)
    prefix = paths.tag_path("", "")
    # Filtered first, since there are many paths, and only few have to be split.
    for target in [each for each in made if each.path.startswith(prefix)]:
        slug, rest = page_kinds.tag_parts(target.path)
        for old, was_slug in former.get(slug, {}).items():
            if was_slug or rest == paths.PAGE:
                yield _redirect(archive, target, old, rest, names[slug])


def _redirect(archive: Archive, target: Target, old: str, rest: str, name: str) -> Target:
    path = paths.tag_path(old, rest)
    if not path.endswith(paths.PAGE):
        return target._replace(path=path)
    inputs = digest((target.path, name))
    return Target(paths.site_file(path), inputs, partial(_page, archive, target.path, rest, name))


def _page(archive: Archive, path: str, rest: str, name: str) -> bytes:
    site_path = paths.site_path(path)
    up = "../" * (rest.count("/") + 1)
    text = _PAGE.format(
        language=escape(archive.settings.language),
        name=escape(markup.clean(name)),
        url=escape(archive.settings.site_url + site_path),
        relative_url=escape(up + site_path.partition("/")[2]),
    )
    return text.encode()
