"""The hooks that MkDocs calls while it builds; `mkdocs.yml` names this file.

MkDocs calls the functions named `on_…`. They fill in the archive's settings, which a build writes
to a hidden file below docs/, and give pages their head. In a build of the frame they also add
placeholders for the archive's pages, which MkDocs never reads, and collect the page templates.
Never looks at `content/`.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path, PurePath
from typing import Any

from markupsafe import escape
from mkdocs.config.config_options import PathSpec
from mkdocs.exceptions import PluginError
from mkdocs.structure.files import File, Files, InclusionLevel

from generator.core import paths
from generator.core.page_kinds import KINDS
from generator.site import html_head, page_template
from generator.site.page_template import PageTemplate

REQUESTED_PAGES = "requested_pages"
"""The key of `RequestedPages` in MkDocs' `extra` configuration, during a build of the frame."""
DEPTHS = range(4)
"""How many folders deep the URLs of the archive's pages are."""
_TEMPLATE_PATH = "template/template/template"
_STYLESHEETS = "assets/stylesheets/main.*.min.css"
_UNUSED = re.compile(r"assets/(javascripts|images)/|assets/stylesheets/palette\.|.*\.map$")
"""Material's files that no page of the site loads."""


@dataclass
class RequestedPages:
    """The archive's pages that MkDocs looks up, and the page templates that it makes."""

    is_target: Callable[[str], bool]
    """Whether a path below docs/ is a page or file of the archive."""
    in_nav: frozenset[str]
    """The archive's pages in the navigation."""
    asked: dict[str, bool] = field(default_factory=dict)
    """The answers of `is_target` by path."""
    templates: dict[str, PageTemplate] = field(default_factory=dict)
    """By `page_template.template_key`."""


class LazyFiles(Files):
    """MkDocs' files, and placeholders for the archive's pages, made when they are looked up."""

    def __init__(self, own: Files, config: Any, pages: RequestedPages) -> None:
        super().__init__(own)
        self._config = config
        self._pages = pages

    def get_file_from_path(self, path: str) -> File | None:
        """A file that MkDocs has, or a placeholder for a page of the archive."""
        found = super().get_file_from_path(path)
        if found is not None:
            return found
        name = PurePath(path).as_posix()
        is_target = self._pages.asked.setdefault(name, self._pages.is_target(name))
        return mkdocs_file(self._config, name) if is_target else None


class _AnyAnchor(set[str]):
    """The anchors of a page that MkDocs doesn't render: it must not report any as missing."""

    def __contains__(self, anchor: object) -> bool:
        return True


def mkdocs_file(config: Any, path: str) -> File:
    """MkDocs' description of a file of the docs folder, whether it exists or not."""
    return File(path, config.docs_dir, config.site_dir, config.use_directory_urls)


def _blank(config: Any, path: str) -> File:
    return File.generated(config, path, content="", inclusion=InclusionLevel.NOT_IN_NAV)


def on_config(config: Any) -> Any:
    """Fill in the settings of `content/archive.yaml`.

    Texts are escaped here, because MkDocs' templates don't escape them.
    """
    path = Path(config.docs_dir, paths.SETTINGS_FILE)
    if not path.is_file():
        raise PluginError(f"{path} is missing: run `paper-archive build`, which makes it")
    values: dict[str, Any] = json.loads(path.read_text("utf-8"))
    config.site_name = escape(values["title"])
    config.site_description = escape(values["description"])
    config.site_url = values["site_url"]
    config.theme["language"] = values["language"]
    config.extra["archive"] = values
    config.extra["rss"] = paths.RSS_FILE
    config.extra["stylesheet"] = _stylesheet(config)
    config.not_in_nav = _not_in_nav(config.not_in_nav)
    return config


def _not_in_nav(written: Any) -> Any:
    """The pages that may be missing from the navigation: those written there, and all of ours."""
    promised = (kind.path.partition("/") for kind in KINDS if kind.is_page)
    tops = dict.fromkeys(f"/{first}{slash}" for first, slash, _ in promised if "{" not in first)
    own = PathSpec().validate("\n".join(tops))
    return type(own)([*(written.patterns if written else ()), *own.patterns])


def _stylesheet(config: Any) -> str:
    """The path of Material's style sheet, whose name has a hash that differs between releases."""
    for folder in map(Path, config.theme.dirs):
        for path in sorted(folder.glob(_STYLESHEETS)):
            return path.relative_to(folder).as_posix()
    raise PluginError("the theme has no style sheet: is mkdocs-material installed?")


def on_files(files: Files, config: Any, **_: Any) -> Files:
    """Leave out unused files; in a build of the frame, add blank pages for the page templates."""
    for file in list(files):
        is_of_theme = file.src_dir not in (None, config.docs_dir)
        if is_of_theme and _UNUSED.match(file.src_uri):
            files.remove(file)
    pages = config.extra.get(REQUESTED_PAGES)
    if pages is None:
        return files
    for path in sorted(pages.in_nav.union(map(_template_path, DEPTHS))):
        files.append(_blank(config, path))
    return LazyFiles(files, config, pages)


def _template_path(depth: int) -> str:
    return "/".join(_TEMPLATE_PATH.split("/")[:depth] or ["index"]) + ".md"


def on_env(env: Any, **_: Any) -> Any:
    """Remove the white space around template tags, which would make pages half as long again."""
    env.trim_blocks = env.lstrip_blocks = True
    return env


def on_page_markdown(markdown: str, page: Any, config: Any, **_: Any) -> str:
    """Define hand-written pages' links to the repository and the site, which differ in forks."""
    if "kind" in page.meta or _is_template(page, config):
        return markdown
    if markdown.startswith("---"):  # MkDocs would show the front matter on the page
        raise PluginError(f"{page.file.src_uri}: its front matter can't be read")
    archive = config.extra["archive"]
    repository = archive["repository"] or "https://example.org/"
    return f"{markdown}\n\n[repository]: {repository}\n[site]: {archive['site_url']}\n"


def on_page_content(html: str, page: Any, config: Any, **_: Any) -> str:
    """Put a mark in the place of a page template's content; any anchor may exist in real pages."""
    if not _is_template(page, config):
        return html
    page.present_anchor_ids = _AnyAnchor()
    return page_template.BODY


def on_page_context(context: Any, page: Any, config: Any, **_: Any) -> Any:
    """Give MkDocs' templates the page's head as HTML, or a mark in a page template."""
    archive = config.extra["archive"]
    if _is_template(page, config):
        page.meta = {"head": page_template.HEAD, "kind": page_template.KIND}
        return context
    meta = {"title": str(page.title), **page.meta}
    page.meta["head"] = html_head.head(meta, page.canonical_url, context["base_url"], archive)
    return context


def on_post_page(output: str, page: Any, config: Any, **_: Any) -> str:
    """Collect a page template; MkDocs writes no file for an empty page."""
    if not _is_template(page, config):
        return output
    pages = config.extra[REQUESTED_PAGES]
    key = page_template.template_key(page.file.src_uri, pages.in_nav)
    pages.templates[key] = page_template.page_template(output)
    return ""


def _is_template(page: Any, config: Any) -> bool:
    return REQUESTED_PAGES in config.extra and page.file.generated_by is not None
