"""The only module that knows MkDocs: the site's frame, the preview, and MkDocs' hook file.

Takes folders of Markdown with the archive's settings in a hidden file. The frame is what MkDocs
makes itself: hand-written pages, the theme's files, and the shells that the archive's pages are
filled into. Plain `mkdocs build` makes all of the site from the same folder, only slower. Never
looks at `content/`. What MkDocs itself calls are the functions named `on_…`.
"""

from __future__ import annotations

import json
import logging
import os
import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path, PurePath
from typing import Any
from urllib.parse import urlsplit

os.environ.setdefault("NO_MKDOCS_2_WARNING", "1")

from markupsafe import escape
from mkdocs.commands import build as mkdocs_build
from mkdocs.config import load_config
from mkdocs.exceptions import MkDocsException, PluginError
from mkdocs.livereload import LiveReloadServer
from mkdocs.structure.files import File, Files, InclusionLevel
from mkdocs.structure.pages import Page

from generator import files, heads, shells, urls
from generator.errors import OutsideError, UsageError
from generator.progress import say
from generator.shells import Frame, Shell

CONFIG = "mkdocs.yml"
HOST, PORT = "127.0.0.1", 8000
DEPTHS = range(1, 4)
"""Pages lie so deep below the root."""
_SHELL = "shell/shell/shell"
_STYLESHEETS = "assets/stylesheets/main.*.min.css"
_UNUSED = re.compile(r"assets/(javascripts|images)/|assets/stylesheets/palette\.|.*\.map$")
"""Material's files that no page here asks for."""


# --- the frame ------------------------------------------------------------------------------


@dataclass
class _Asked:
    """The pages that are not MkDocs' own, as it asks for them."""

    known: Callable[[str], bool]
    in_nav: frozenset[str]
    asked: dict[str, bool] = field(default_factory=dict)
    shells: dict[str, Shell] = field(default_factory=dict)


def frame(project: Path, docs: Path, site: Path, known: Callable[[str], bool]) -> Frame:
    """Make hand-written pages and the theme's files in the folder `site`, and the shells.

    `docs` holds hand-written pages and the settings only; `known` tells of any other path whether
    there will be such a file. Raises OutsideError.
    """
    config = _config(project, docs, site)
    in_nav = frozenset(path for path in _nav_paths(config.nav or ()) if known(path))
    asked = config.extra["asked"] = _Asked(known, in_nav)
    try:
        config.plugins.on_startup(command="build", dirty=False)
        mkdocs_build.build(config)
        config.plugins.on_shutdown()
    except (MkDocsException, SystemExit) as error:
        raise OutsideError(f"MkDocs could not make the site: {error}") from error
    return Frame(asked.shells, in_nav, asked.asked)


def _nav_paths(nav: Iterable[Any]) -> Iterator[str]:
    for item in nav:
        values = item.values() if isinstance(item, dict) else (item,)
        for value in values:
            if isinstance(value, str):
                yield value
            else:
                yield from _nav_paths(value)


class _Lazy(Files):
    """Files among which the archive's pages appear when someone asks for them."""

    def __init__(self, own: Files, config: Any, asked: _Asked) -> None:
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
        return _file(self._config, name) if known else None


class _Everything(set[str]):
    """Anchors of a page that isn't rendered here: none is known to be missing."""

    def __contains__(self, anchor: object) -> bool:
        return True


def _file(config: Any, path: str) -> File:
    return File(path, config.docs_dir, config.site_dir, config.use_directory_urls)


def _blank(config: Any, path: str) -> File:
    return File.generated(config, path, content="", inclusion=InclusionLevel.NOT_IN_NAV)


class Fallback:
    """Markdown that the dialect doesn't know, rendered by MkDocs itself."""

    def __init__(self, project: Path, docs: Path, known: Callable[[str], bool]) -> None:
        self._config = on_config(_config(project, docs, docs.with_name(f".{docs.name}.none")))
        self._files = _Lazy(Files([]), self._config, _Asked(known, frozenset()))

    def html(self, text: str, path: str) -> str:
        """The content of a page."""
        page = Page(None, _file(self._config, path), self._config)
        page.markdown = text
        page.render(self._config, self._files)
        return page.content or ""


def _config(project: Path, docs: Path, site: Path) -> Any:
    path = project / CONFIG
    if not path.is_file():
        raise UsageError(f"there is no {path}: run this in the folder of the archive")
    logger = logging.getLogger("mkdocs")
    if not logger.handlers:
        logger.addHandler(logging.StreamHandler())
        logger.setLevel(logging.WARNING)
    return load_config(
        config_file=str(path),
        docs_dir=str(docs.resolve()),
        site_dir=str(site.resolve()),
        strict=True,
    )


def serve(root: Path, site_url: str, watched: Iterable[Path], rebuild: Callable[[], None]) -> None:
    """Serve a folder at the path it has on the web, and rebuild on each edit, until interrupted.

    `rebuild` says itself what is wrong and never raises.
    """
    mount = urlsplit(site_url).path
    with files.outside(f"cannot serve on {HOST}:{PORT}"):
        server = LiveReloadServer(
            builder=rebuild, host=HOST, port=PORT, root=str(root), mount_path=mount
        )
        try:
            say(f"serving http://{HOST}:{PORT}{mount}, and building again on each edit")
            say("Ctrl-C ends it")
            for path in watched:
                server.watch(str(path))
            server.serve()  # type: ignore[no-untyped-call]
        except KeyboardInterrupt:
            pass
        finally:
            server.server_close()


# --- MkDocs' hooks --------------------------------------------------------------------------


def on_config(config: Any) -> Any:
    """Fill in what a fork sets in `content/archive.yaml` rather than in `mkdocs.yml`.

    MkDocs' templates don't escape, so texts go in as escaped markup.
    """
    path = Path(config.docs_dir, urls.SETTINGS_FILE)
    if not path.is_file():
        raise PluginError(f"{path} is missing: run `paper-archive build`, which makes it")
    values: dict[str, Any] = json.loads(path.read_text("utf-8"))
    config.site_name = escape(values["title"])
    config.site_description = escape(values["description"])
    config.site_url = values["site_url"]
    config.theme["language"] = values["language"]
    config.extra["archive"] = values
    config.extra["rss"] = urls.RSS_FILE
    config.extra["stylesheet"] = _stylesheet(config)
    return config


def _stylesheet(config: Any) -> str:
    """Material's style sheet, whose name holds a hash that each release changes."""
    for folder in map(Path, config.theme.dirs):
        for path in sorted(folder.glob(_STYLESHEETS)):
            return path.relative_to(folder).as_posix()
    raise PluginError("the theme has no style sheet: is mkdocs-material installed?")


def on_files(files: Files, config: Any, **_: Any) -> Files:
    """Leave out what no page asks for; in a frame, add the pages that become shells."""
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
        files.append(_blank(config, _shell_path(depth)))
    return _Lazy(files, config, asked)


def _shell_path(depth: int) -> str:
    return "/".join(_SHELL.split("/")[:depth]) + ".md"


def on_env(env: Any, **_: Any) -> Any:
    """Leave no white space where template tags stood: a page is half as long again otherwise."""
    env.trim_blocks = env.lstrip_blocks = True
    return env


def on_page_markdown(markdown: str, page: Any, config: Any, **_: Any) -> str:
    """Give hand-written pages the links that forks differ in."""
    if "kind" in page.meta or _is_shell(page, config):
        return markdown
    if markdown.startswith("---"):  # else it would be shown as text, and its markup as markup
        raise PluginError(f"{page.file.src_uri}: its front matter can't be read")
    archive = config.extra["archive"]
    repository = archive["repository"] or "https://example.org/"
    return f"{markdown}\n\n[repository]: {repository}\n[site]: {archive['site_url']}\n"


def on_page_content(html: str, page: Any, config: Any, **_: Any) -> str:
    """Nothing but a mark is the content of a shell, and each anchor may be in the real page."""
    if not _is_shell(page, config):
        return html
    page.present_anchor_ids = _Everything()
    return shells.BODY


def on_page_context(context: Any, page: Any, config: Any, **_: Any) -> Any:
    """Give the template the page's head as HTML."""
    archive = config.extra["archive"]
    if _is_shell(page, config):
        page.meta = {"head": shells.HEAD, "kind": shells.KIND}
        return context
    meta = {"title": str(page.title), **page.meta}
    page.meta["head"] = heads.head(meta, page.canonical_url, context["base_url"], archive)
    return context


def on_post_page(output: str, page: Any, config: Any, **_: Any) -> str:
    """Keep a shell and leave no file of it."""
    if not _is_shell(page, config):
        return output
    asked = config.extra["asked"]
    asked.shells[shells.key(page.file.src_uri, asked.in_nav)] = shells.shell(output)
    return ""


def _is_shell(page: Any, config: Any) -> bool:
    return "asked" in config.extra and page.file.generated_by is not None
