"""Redirects from old addresses, so that links and subscriptions survive a renaming or a move.

Takes an archive and the targets made for it, gives more targets: for each page a small page that
redirects without JavaScript, and a copy of each feed. Never takes the address of something else.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
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
    """The files at old addresses; `made` has all other targets except those in batches."""
    made = list(made)
    of_tags = list(_of_tags(archive, made))
    yield from of_tags
    if archive.moved:
        taken = {paths.address(target.path): target for target in (*made, *of_tags)}
        yield from _of_moved(archive, taken)


# --- tags -------------------------------------------------------------------------------------


def _of_tags(archive: Archive, made: Iterable[Target]) -> Iterator[Target]:
    """Each other name of a tag redirects to its page.

    At a former slug there are also redirects to the pages of years and months, and the feeds.
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
                yield _of_tag(archive, target, old, rest, names[slug])


def _of_tag(archive: Archive, target: Target, old: str, rest: str, name: str) -> Target:
    path = paths.tag_path(old, rest)
    if not path.endswith(paths.PAGE):
        return target._replace(path=path)
    site_path = paths.site_path(target.path)
    relative = "../" * (rest.count("/") + 1) + site_path.partition("/")[2]
    inputs = digest((target.path, name))
    make = partial(_page, archive, site_path, relative, name)
    return Target(paths.site_file(path), inputs, make)


# --- what moved -------------------------------------------------------------------------------


def _of_moved(archive: Archive, made: Mapping[str, Target]) -> Iterator[Target]:
    """Redirects from addresses that moved; below the page of a saved query, from all there is."""
    for old, new in sorted(archive.moved.items()):
        if not has_page(archive, made, new) or has_page(archive, made, old):
            continue
        yield _redirect(archive, old, new)
        if page_kinds.kind_of(_file(new)).subject != "query":
            continue
        names = [address.strip("/").rpartition("/")[2] for address in (old, new)]
        for address, target in made.items():
            if address.startswith(new) and address != new:
                # A bibliography is named after its query.
                rest = address.removeprefix(new).replace(f"{names[1]}.", f"{names[0]}.", 1)
                is_page = address.endswith("/")
                yield (
                    _redirect(archive, old + rest, address)
                    if is_page
                    else target._replace(path=(old + rest)[1:])
                )


def has_page(archive: Archive, made: Mapping[str, object], address: str) -> bool:
    """Whether there is a page at an address; `made` has those of all targets outside of batches."""
    return address in made or archive.has_page(f"{address.strip('/')}{paths.PAGE}")


def _redirect(archive: Archive, old: str, new: str) -> Target:
    """A page that leads from one address to another, both of pages."""
    make = partial(_page, archive, new[1:], "../" * (old.count("/") - 1) + new[1:], new)
    return Target(_file(old), digest((old, new)), make)


def _file(address: str) -> str:
    """The file of the site at the address of a page."""
    return f"{address[1:]}index.html"


def _page(archive: Archive, site_path: str, relative_url: str, name: str) -> bytes:
    text = _PAGE.format(
        language=escape(archive.settings.language),
        name=escape(markup.clean(name)),
        url=escape(archive.settings.site_url + site_path),
        relative_url=escape(relative_url),
    )
    return text.encode()
