"""What MkDocs calls while it builds: the hook file that `mkdocs.yml` names.

Takes what MkDocs passes to functions named `on_…`. Fills in what a fork sets in
`content/archive.yaml`, which rendering leaves in a hidden file below docs/, and gives pages their
head. In a build of the frame it also stands in for the archive's pages, which MkDocs never reads,
and keeps the page templates. Never looks at `content/`.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path, PurePath
from typing import Any

from markupsafe import escape
from mkdocs.exceptions import PluginError
from mkdocs.structure.files import File, Files, InclusionLevel
from pathspec.gitignore import GitIgnoreSpec

from generator.core import paths
from generator.core.page_kinds import KINDS
from generator.site import html_head, html_page
from generator.site.html_page import PageTemplate

DEPTHS = range(1, 4)
"""Pages lie so deep below the root."""
_TEMPLATE_PATH = "template/template/template"
_STYLESHEETS = "assets/stylesheets/main.*.min.css"
_UNUSED = re.compile(r"assets/(javascripts|images)/|assets/stylesheets/palette\.|.*\.map$")
"""Material's files that no page here asks for."""


@dataclass
class RequestedPages:
    """The pages that are not MkDocs' own, as it asks for them."""

    known: Callable[[str], bool]
    in_nav: frozenset[str]
    asked: dict[str, bool] = field(default_factory=dict)
    templates: dict[str, PageTemplate] = field(default_factory=dict)


class LazyFiles(Files):
    """Files among which the archive's pages appear when someone asks for them."""

    def __init__(self, own: Files, config: Any, asked: RequestedPages) -> None:
        super().__init__(own)
        self._config = config
        self._asked = asked

    def get_file_from_path(self, path: str) -> File | None:
        """A file MkDocs has, or one standing for a page of the archive."""
        found = super().get_file_from_path(path)
        if found is not None:
            return found
        name = PurePath(path).as_posix()
        known = self._asked.asked.setdefault(name, self._asked.known(name))
        return mkdocs_file(self._config, name) if known else None


class _Everything(set[str]):
    """Anchors of a page that isn't rendered here: none is known to be missing."""

    def __contains__(self, anchor: object) -> bool:
        return True


def mkdocs_file(config: Any, path: str) -> File:
    """A file of the docs folder, there or not, as MkDocs describes it."""
    return File(path, config.docs_dir, config.site_dir, config.use_directory_urls)


def _blank(config: Any, path: str) -> File:
    return File.generated(config, path, content="", inclusion=InclusionLevel.NOT_IN_NAV)


def on_config(config: Any) -> Any:
    """Fill in what a fork sets in `content/archive.yaml` rather than in `mkdocs.yml`.

    MkDocs' templates don't escape, so texts go in as escaped markup.
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


def _not_in_nav(written: GitIgnoreSpec | None) -> GitIgnoreSpec:
    """The pages that may be missing from the navigation: those written there, and all of ours."""
    promised = (kind.path.partition("/") for kind in KINDS if kind.is_page)
    ours = (f"/{first}{slash}" for first, slash, _ in promised if "{" not in first)
    own = GitIgnoreSpec.from_lines(dict.fromkeys(ours))
    return GitIgnoreSpec([*(written.patterns if written else ()), *own.patterns])


def _stylesheet(config: Any) -> str:
    """Material's style sheet, whose name holds a hash that each release changes."""
    for folder in map(Path, config.theme.dirs):
        for path in sorted(folder.glob(_STYLESHEETS)):
            return path.relative_to(folder).as_posix()
    raise PluginError("the theme has no style sheet: is mkdocs-material installed?")


def on_files(files: Files, config: Any, **_: Any) -> Files:
    """Leave out what no page asks for; in a frame, add the pages that become page templates."""
    for file in list(files):
        of_theme = file.src_dir not in (None, config.docs_dir)
        if of_theme and _UNUSED.match(file.src_uri):
            files.remove(file)
    asked = config.extra.get("asked")
    if asked is None:
        return files
    for path in sorted(asked.in_nav):
        files.append(_blank(config, path))
    for depth in DEPTHS:
        files.append(_blank(config, _template_path(depth)))
    return LazyFiles(files, config, asked)


def _template_path(depth: int) -> str:
    return "/".join(_TEMPLATE_PATH.split("/")[:depth]) + ".md"


def on_env(env: Any, **_: Any) -> Any:
    """Leave no white space where template tags stood: a page is half as long again otherwise."""
    env.trim_blocks = env.lstrip_blocks = True
    return env


def on_page_markdown(markdown: str, page: Any, config: Any, **_: Any) -> str:
    """Give hand-written pages the links that forks differ in."""
    if "kind" in page.meta or _is_template(page, config):
        return markdown
    if markdown.startswith("---"):  # else it would be shown as text, and its markup as markup
        raise PluginError(f"{page.file.src_uri}: its front matter can't be read")
    archive = config.extra["archive"]
    repository = archive["repository"] or "https://example.org/"
    return f"{markdown}\n\n[repository]: {repository}\n[site]: {archive['site_url']}\n"


def on_page_content(html: str, page: Any, config: Any, **_: Any) -> str:
    """A page template's content is one mark, and each anchor may be in the real page."""
    if not _is_template(page, config):
        return html
    page.present_anchor_ids = _Everything()
    return html_page.BODY


def on_page_context(context: Any, page: Any, config: Any, **_: Any) -> Any:
    """Give the template the page's head as HTML."""
    archive = config.extra["archive"]
    if _is_template(page, config):
        page.meta = {"head": html_page.HEAD, "kind": html_page.KIND}
        return context
    meta = {"title": str(page.title), **page.meta}
    page.meta["head"] = html_head.head(meta, page.canonical_url, context["base_url"], archive)
    return context


def on_post_page(output: str, page: Any, config: Any, **_: Any) -> str:
    """Keep a page template, and leave no file of it."""
    if not _is_template(page, config):
        return output
    asked = config.extra["asked"]
    key = html_page.template_key(page.file.src_uri, asked.in_nav)
    asked.templates[key] = html_page.page_template(output)
    return ""


def _is_template(page: Any, config: Any) -> bool:
    return "asked" in config.extra and page.file.generated_by is not None
